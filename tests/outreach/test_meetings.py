"""Meetings that end before they begin."""

from datetime import datetime, timedelta

from builders import a_booking, a_person, a_slot, a_talk, a_text_out

from outreach import meetings
from storage.database import Session


def test_a_reminder_that_waits_is_taken_back_with_its_meeting(session: Session, now: datetime) -> None:
    # It waits over a pause of all sending, or for the morning.
    leila, slots = a_person(session), [a_slot(session, now + timedelta(days=day)) for day in (1, 2)]
    talk = a_talk(session, leila, state="booked")
    for end in ("cancel", "move"):
        reminder = a_text_out(session, talk, kind="reminder")
        answer = a_text_out(session, talk)
        booking = a_booking(session, leila, slots[0], at=now)

        if end == "cancel":
            assert meetings.cancel(session, booking, now=now)
        else:
            assert meetings.move(session, booking, slots[1].id, now=now) is not None

        session.refresh(reminder)
        session.refresh(answer)
        assert (reminder.state, answer.state) == ("cancelled", "queued")
