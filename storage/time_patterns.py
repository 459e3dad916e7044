"""When members of staff have time: patterns that come back, days off, and the times that the patterns have laid out."""

from collections.abc import Sequence
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, bindparam, exists, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, col, or_, select

import storage.meetings
from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session
from storage.meetings import Seat, Slot
from storage.staff import Staff

# Every week, every second week counted from the first one, the nth such weekday of a month, one day.
RHYTHMS = ("weekly", "second_week", "monthly", "once")
WAYS = ("place", "phone", "video")
LAST_OF_MONTH = 5


class TimePattern(SQLModel, table=True):
    """A stretch of hours in which a member of staff has times at an office, by the wall clock of Stockholm.

    `weekday` is 0 for Monday. `nth` is which one of the month, 5 the last; it says nothing in other rhythms. `pause` is
    minutes between two times; `most_a_day` is 0 for no limit. A time is offered until `first_after_hours` before it
    begins, and is laid out `latest_days` ahead. A pattern that has ended lays out nothing more.
    """

    __table_args__ = (one_of("rhythm", RHYTHMS), one_of("how", WAYS))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    rhythm: str = "weekly"
    weekday: int
    nth: int = 0
    begins: time
    ends: time
    minutes: int = 45
    pause: int = 0
    most_a_day: int = 0
    how: str = "place"
    place: str
    title: str = ""
    first_after_hours: int = 4
    latest_days: int = 14
    valid_from: date
    valid_to: date | None = None
    made_at: datetime
    ended_at: datetime | None = None


class DayOff(SQLModel, table=True):
    """Days on which a member of staff has no times, the first and the last included; and who answers meanwhile."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    first: date
    last: date = Field(index=True)
    why: str = ""
    made_at: datetime
    made_by_id: int | None = Field(default=None, foreign_key="staff.id")
    substitute_id: int | None = Field(default=None, foreign_key="staff.id")


def keep(session: Session, pattern: TimePattern) -> TimePattern:
    """Keep a new or changed pattern."""
    session.add(pattern)
    session.flush()
    return pattern


def by_code(session: Session, code: str) -> TimePattern | None:
    """The pattern a form means."""
    return session.exec(select(TimePattern).where(TimePattern.code == code)).first()


_STANDING = (
    select(TimePattern)
    .join(Staff, col(Staff.id) == col(TimePattern.staff_id))
    .where(col(TimePattern.ended_at).is_(None), col(Staff.left_at).is_(None))
    .order_by(col(TimePattern.weekday), col(TimePattern.begins), col(TimePattern.id))
)


def standing(session: Session, staff_id: int | None = None) -> Sequence[TimePattern]:
    """Patterns that have not ended, of those who work here still, or of one of them; in the order of the week."""
    query = _STANDING if staff_id is None else _STANDING.where(col(TimePattern.staff_id) == staff_id)
    return session.execute(query).scalars().all()


def add_days_off(session: Session, row: DayOff) -> DayOff:
    """Keep days off."""
    session.add(row)
    session.flush()
    return row


def remove_days_off(session: Session, row: DayOff) -> None:
    """The days are working days again."""
    session.delete(row)
    session.flush()


def days_off_by_code(session: Session, code: str) -> DayOff | None:
    """The days off a form means."""
    return session.exec(select(DayOff).where(DayOff.code == code)).first()


def days_off(session: Session, first: date, last: date | None = None) -> Sequence[DayOff]:
    """Everybody's days off that touch a period; without a last day from the first one on."""
    query = select(DayOff).where(DayOff.last >= first)
    if last is not None:
        query = query.where(DayOff.first <= last)
    return session.exec(query.order_by(col(DayOff.first), col(DayOff.id))).all()


_taken = (
    exists()
    .where(col(Seat.slot_id) == col(Slot.id))
    .where(or_(col(Seat.taken_by).is_not(None), col(Seat.signup_id).is_not(None)))
)


_AHEAD = (
    select(Slot, _taken)
    .where(col(Slot.starts_at) > bindparam("now"), col(Slot.staff_id).is_not(None))
    .where(or_(col(Slot.called_off_at).is_(None), col(Slot.pattern_id).is_not(None)))
    .order_by(col(Slot.starts_at), col(Slot.id))
)


def ahead(session: Session, now: datetime) -> Sequence[tuple[Slot, bool]]:
    """Times with a member of staff that have not begun, each with whether anybody has taken a seat; of those called
    off only such as a pattern laid out.
    """
    return [(slot, bool(taken)) for slot, taken in session.execute(_AHEAD, {"now": now})]


_ANY_LAID = (
    select(col(Slot.id)).where(col(Slot.starts_at) > bindparam("now"), col(Slot.pattern_id).is_not(None)).limit(1)
)


def any_laid(session: Session, now: datetime) -> bool:
    """Whether a pattern has laid out any time that has not begun."""
    return session.finds(_ANY_LAID, now=now)


def room(session: Session, slot_ids: Sequence[int]) -> dict[int, int]:
    """How many empty seats each of these times has; times without any are left out."""
    query = (
        select(Seat.slot_id, func.count())
        .where(col(Seat.slot_id).in_(list(slot_ids)), col(Seat.taken_by).is_(None), col(Seat.signup_id).is_(None))
        .group_by(col(Seat.slot_id))
    )
    return dict(session.exec(query).all())


def lay(session: Session, slot: Slot) -> bool:
    """Keep a time that a pattern wants, with one seat; False when it has been laid out already."""
    try:
        with session.begin_nested():
            storage.meetings.add_slot(session, slot)
    except IntegrityError:
        return False
    return True


def withdraw(session: Session, slot: Slot, *, now: datetime) -> bool:
    """Take away a time of a pattern by one conditional write; False when somebody has taken it, or it was off. It
    belongs to no pattern then, so that the same time can be laid out again.
    """
    return _change(session, slot, col(Slot.called_off_at).is_(None), called_off_at=now, pattern_id=None)


def block(session: Session, slot: Slot, *, now: datetime) -> bool:
    """Close a free time by hand; its pattern does not lay it out again. False when somebody has taken it."""
    return _change(session, slot, col(Slot.called_off_at).is_(None), called_off_at=now)


def unblock(session: Session, slot: Slot) -> bool:
    """Open a time again that was closed by hand; False when it is open."""
    return _change(session, slot, col(Slot.called_off_at).is_not(None), called_off_at=None)


def _change(session: Session, slot: Slot, condition: ColumnElement[bool], **values: object) -> bool:
    session.flush()
    free = update(Slot).where(col(Slot.id) == slot.id, condition, ~_taken)
    result = session.execute(free.values(**values))
    session.refresh(slot)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
