"""What follows from a meeting that has been: where the person stands, and what is asked next (ux §5.3, §5.7)."""

from datetime import datetime, timedelta

import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.tasks
from outreach import follow_ups, quiet_hours
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Booking, Slot
from storage.tasks import Task

MISSED_AFTER = timedelta(hours=2)
MISSED = "kom inte till mötet"
# Only people move somebody out of the first three; in the others the talk has gone on to a new time.
_LEFT_ALONE = ("urgent", "human", "stopped", "offered", "time_proposed")


def came(session: Session, booking: Booking, slot: Slot, *, now: datetime, staff_id: int | None) -> None:
    """The person came, perhaps although it was first marked otherwise: nothing is said of a missed meeting."""
    conversation = storage.conversations.of_person(session, booking.person_id)
    if conversation is not None:
        _take_back(session, conversation, now)
        _stand(session, conversation, "met", now)
    task = storage.tasks.open_task(session, "ring", booking.person_id)
    if task is not None and task.why == MISSED:
        storage.tasks.finish(session, task, now=now, staff_id=staff_id, outcome="came")
    follow_ups.plan(session, booking, slot.starts_at)


def missed(session: Session, booking: Booking, slot: Slot, *, now: datetime) -> None:
    """The person did not come. When it is too late in the day to write about it, or nobody may, a human rings."""
    conversation = storage.conversations.of_person(session, booking.person_id)
    if conversation is not None:
        _stand(session, conversation, "no_show", now)
    unheard = conversation is None or conversation.state == "stopped"
    is_late = conversation is not None and conversation.state == "no_show" and say_at(slot.starts_at, now) is None
    if unheard or is_late:
        ring(session, booking.person_id, conversation, now=now)


def say_at(starts_at: datetime, marked_at: datetime) -> datetime | None:
    """When to say that we missed each other: two hours after the start, or at once if it is marked later; None when
    that is not the same day, within the hours in which we write.
    """
    moment = quiet_hours.next_allowed(max(starts_at + MISSED_AFTER, marked_at))
    return moment if local_date(moment) == local_date(starts_at) else None


def ring(session: Session, person_id: int, conversation: Conversation | None, *, now: datetime) -> None:
    """A human rings about the missed meeting."""
    person = storage.people.get(session, person_id)
    task = Task(
        kind="ring", person_id=person_id, conversation_id=conversation.id if conversation else None,
        office_id=person.office_id, why=MISSED, created_at=now,
    )  # fmt: skip
    storage.tasks.ensure(session, task)


def _take_back(session: Session, conversation: Conversation, now: datetime) -> None:
    storage.messages.hold_back(session, conversation.id, ("nudge",), reason="personen kom till mötet", now=now)
    if conversation.context.get("asked") in ("NOSHOW", "REM-24"):
        conversation.context = {}


def _stand(session: Session, conversation: Conversation, state: str, now: datetime) -> None:
    ahead = storage.meetings.open_booking(session, conversation.person_id or 0, after=now)
    if conversation.state not in _LEFT_ALONE and ahead is None:
        conversation.state, conversation.state_at = state, now
    storage.conversations.keep(session, conversation)
