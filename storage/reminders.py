"""Reminders of meetings and of places at dialog meetings: when each is due, and what came of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete
from sqlmodel import col, select

from storage.database import Session
from storage.meetings import OPEN, REMINDER_KINDS, Booking, Reminder, Slot
from storage.signups import Signup

_PLANNED = select(Reminder).where(col(Reminder.done_at).is_(None)).order_by(col(Reminder.due_at))
_DUE = _PLANNED.where(col(Reminder.due_at) <= bindparam("now"))


def due(session: Session, now: datetime) -> Sequence[Reminder]:
    """Reminders whose time has come and that have not been dealt with."""
    return session.execute(_DUE, {"now": now}).scalars().all()


def second_at(session: Session, reminder: Reminder) -> datetime | None:
    """When the second reminder of the same meeting falls due, or fell; None where none is planned."""
    query = select(Reminder.due_at).where(
        Reminder.kind == REMINDER_KINDS[1], Reminder.booking_id == reminder.booking_id,
        Reminder.signup_id == reminder.signup_id,
    )  # fmt: skip
    return session.exec(query).first()


_NEXT_DUE = _PLANNED.with_only_columns(col(Reminder.due_at)).limit(1)


def next_due(session: Session) -> datetime | None:
    """When the next reminder is due."""
    moment: datetime | None = session.rows(_NEXT_DUE).scalar()
    return moment


def set_for_signup(session: Session, signup_id: int, reminders: Sequence[tuple[str, datetime]]) -> None:
    """Remind of a sign-up at these moments, and at no others."""
    session.execute(delete(Reminder).where(col(Reminder.signup_id) == signup_id, col(Reminder.done_at).is_(None)))
    session.add_all([Reminder(signup_id=signup_id, kind=kind, due_at=due_at) for kind, due_at in reminders])
    session.flush()


def of_booking(session: Session, booking_id: int) -> Sequence[Reminder]:
    """A booking's reminders, done ones too."""
    return session.exec(select(Reminder).where(Reminder.booking_id == booking_id).order_by(col(Reminder.due_at))).all()


# A member of staff has said that the person is not to be reminded.
SWITCHED_OFF = "switched_off"


def ahead(
    session: Session, person_id: int | None, conversation_id: int, *, now: datetime
) -> list[tuple[Reminder, Slot]]:  # fmt: skip
    """Reminders that have not fallen due of a person's booked times, and of places taken in a talk; switched off ones
    too.
    """
    waits = (
        col(Reminder.due_at) > now, col(Reminder.done_at).is_(None) | (Reminder.outcome == SWITCHED_OFF),
    )  # fmt: skip
    of_times = (
        select(Reminder, Slot)
        .join(Booking, col(Booking.id) == Reminder.booking_id)
        .join(Slot, col(Slot.id) == Booking.slot_id)
        .where(Booking.person_id == person_id, col(Booking.state).in_(OPEN), *waits)
    )
    of_places = (
        select(Reminder, Slot)
        .join(Signup, col(Signup.id) == Reminder.signup_id)
        .join(Slot, col(Slot.id) == Signup.slot_id)
        .where(Signup.conversation_id == conversation_id, Signup.state == "signed_up", *waits)
    )
    found = [*session.exec(of_times), *session.exec(of_places)]
    return sorted(((reminder, slot) for reminder, slot in found), key=lambda pair: pair[0].due_at)


def switch(session: Session, reminder: Reminder, *, on: bool, now: datetime) -> None:
    """Let a reminder that has not fallen due leave when it does, or not at all."""
    reminder.done_at, reminder.outcome = (None, "") if on else (now, SWITCHED_OFF)
    session.add(reminder)


def finish(session: Session, reminder: Reminder, outcome: str, *, now: datetime) -> None:
    """Deal with a reminder once and for all; the outcome says what came of it."""
    reminder.done_at, reminder.outcome = now, outcome
    session.add(reminder)
