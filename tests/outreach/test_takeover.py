"""One voice at a time."""

from datetime import date, datetime, timedelta

import pytest
from builders import a_booking, a_person, a_slot, a_staff, a_talk, a_task, a_text_out

import storage.audit
import storage.messages
import storage.tasks
from outreach import takeover
from outreach.errors import BadInput, Conflict
from storage.database import Session


def test_taking_over_takes_back_what_the_automatic_service_had_on_its_way(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
    reply = a_text_out(session, talk, kind="reply")
    reminder = a_text_out(session, talk, kind="reminder")

    taken_back = takeover.take_over(session, talk, sara, now=now)

    session.refresh(reply)
    session.refresh(reminder)
    assert (taken_back, reply.state, reply.reason, reminder.state) == (1, "cancelled", "human_has_it", "queued")
    assert talk.held_by_id == sara.id
    assert storage.audit.latest(session)[0].action == "took_over"


def test_who_waits_goes_on_waiting_until_somebody_writes(session: Session, now: datetime) -> None:
    sara, talk = a_staff(session), a_talk(session, a_person(session, mobile="05"), waits=timedelta(hours=1))

    takeover.take_over(session, talk, sara, now=now)
    assert talk.waiting_since is not None

    message = takeover.write(session, talk, sara, "Hej, jag ringer i dag.", now=now)
    assert talk.waiting_since is None
    assert (message.kind, message.staff_id, message.state) == ("staff", sara.id, "queued")


def test_taking_what_one_has_changes_nothing(session: Session, now: datetime) -> None:
    sara, talk = a_staff(session), a_talk(session, a_person(session, mobile="05"))
    takeover.take_over(session, talk, sara, now=now)
    mine = a_text_out(session, talk, kind="reply")

    assert takeover.take_over(session, talk, sara, now=now + timedelta(hours=1)) == 0

    assert mine.state == "queued"
    assert talk.held_since == now


def test_a_colleague_cannot_take_it_the_same_day(session: Session, now: datetime) -> None:
    sara, omar = a_staff(session), a_staff(session, "konsulent", name="Omar Haddad")
    talk = a_talk(session, a_person(session, mobile="05"))
    takeover.take_over(session, talk, sara, now=now)

    with pytest.raises(Conflict, match="Sara har redan samtalet"):
        takeover.take_over(session, talk, omar, now=now + timedelta(hours=2))


def test_a_colleague_may_take_it_after_a_working_day(session: Session, now: datetime) -> None:
    sara, omar = a_staff(session), a_staff(session, "konsulent", name="Omar Haddad")
    talk = a_talk(session, a_person(session, mobile="05"))
    takeover.take_over(session, talk, sara, now=now)

    takeover.take_over(session, talk, omar, now=now + timedelta(days=1, hours=1))

    assert talk.held_by_id == omar.id


def test_writing_needs_taking_over_first(session: Session, now: datetime) -> None:
    talk = a_talk(session, a_person(session, mobile="05"))

    with pytest.raises(Conflict, match="Ta över först"):
        takeover.write(session, talk, a_staff(session), "Hej!", now=now)


@pytest.mark.parametrize(
    ("text", "why"),
    [("  \n", "tomt"), ("x" * 1601, "för långt"), ("Stämmer 20070906-2384?", "personnummer")],
)
def test_a_text_that_must_not_be_sent_is_refused(session: Session, now: datetime, text: str, why: str) -> None:
    sara, talk = a_staff(session), a_talk(session, a_person(session, mobile="05"), waits=timedelta(hours=1))
    takeover.take_over(session, talk, sara, now=now)

    with pytest.raises(BadInput, match=why):
        takeover.write(session, talk, sara, text, now=now)

    assert talk.waiting_since is not None
    assert storage.messages.of_conversation(session, talk.id) == []


def test_nobody_writes_to_somebody_who_has_said_stop(session: Session, now: datetime) -> None:
    sara, talk = a_staff(session), a_talk(session, a_person(session, mobile="05"), state="stopped")
    takeover.take_over(session, talk, sara, now=now)

    with pytest.raises(Conflict, match="sagt stopp"):
        takeover.write(session, talk, sara, "Hej!", now=now)


@pytest.mark.parametrize(("step", "state"), [("bokning", "offered"), ("vantar", "resting"), ("avsluta", "ended")])
def test_giving_back_goes_on_from_the_chosen_step(session: Session, now: datetime, step: str, state: str) -> None:
    sara = a_staff(session)
    talk = a_talk(session, a_person(session, mobile="05"), state="human", waits=timedelta(hours=1),
                  resume_state="invited", context={"asked": "OFFER", "options": [1]})  # fmt: skip
    takeover.take_over(session, talk, sara, now=now)

    takeover.give_back(session, talk, sara, step=step, now=now)

    assert (talk.state, talk.held_by_id, talk.waiting_since, talk.context) == (state, None, None, {})


def test_giving_back_leaves_a_standing_booking_as_it_is(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    a_booking(session, leila, a_slot(session, now + timedelta(days=2)), state="confirmed")
    talk = a_talk(session, leila, state="human", resume_state="confirmed")
    takeover.take_over(session, talk, sara, now=now)

    takeover.give_back(session, talk, sara, step="bokning", now=now)

    assert talk.state == "confirmed"


def test_an_open_reminder_can_still_be_answered_after_the_talk(session: Session, now: datetime) -> None:
    sara, asked = a_staff(session), {"asked": "REM-24", "asked_at": now.isoformat(), "booking": 1}
    talk = a_talk(session, a_person(session, mobile="05"), state="booked", context=asked)
    takeover.take_over(session, talk, sara, now=now)

    takeover.give_back(session, talk, sara, step="vantar", now=now)

    assert (talk.state, talk.context) == ("booked", asked)


def test_done_after_an_acute_state_keeps_the_automatic_service_out(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    talk = a_talk(session, leila, state="urgent", waits=timedelta(minutes=5), why="akut")
    a_task(session, leila, "crisis")
    takeover.take_over(session, talk, sara, now=now)

    takeover.done(session, talk, sara, now=now)

    assert (talk.state, talk.waiting_since, talk.held_by_id) == ("human", None, None)
    assert storage.tasks.open_task(session, "crisis", leila.id) is None


def test_nobody_calls_a_colleagues_talk_done(session: Session, now: datetime) -> None:
    sara, omar = a_staff(session), a_staff(session, "konsulent", name="Omar Haddad")
    talk = a_talk(session, a_person(session, mobile="05"), waits=timedelta(hours=1))
    takeover.take_over(session, talk, sara, now=now)

    with pytest.raises(Conflict, match="Sara har samtalet"):
        takeover.done(session, talk, omar, now=now)


def test_a_first_text_goes_to_the_persons_mobile(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")

    talk = takeover.begin(session, leila, sara, now=now)

    assert (talk.address, talk.held_by_id) == ("+46701740605", sara.id)


@pytest.mark.parametrize("protected", [True, False])
def test_no_first_text_without_a_number_or_to_somebody_protected(
    session: Session, now: datetime, protected: bool
) -> None:  # fmt: skip
    person = a_person(session, mobile="05" if protected else "", protected=protected, born=date(2008, 1, 1))

    with pytest.raises(Conflict, match="inget mobilnummer"):
        takeover.begin(session, person, a_staff(session), now=now)
