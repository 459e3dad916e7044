"""Secret addresses at which staff read their own bookings in another calendar; only fingerprints are kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.meetings import Booking, Slot


class CalendarFeed(SQLModel, table=True):
    """Somebody's feed is on while there is a row; `mark` is the fingerprint of the secret in its address."""

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    mark: str = Field(unique=True)
    made_at: datetime


def of_staff(session: Session, staff_id: int) -> CalendarFeed | None:
    """The feed of a member of staff, when it is on."""
    return session.get(CalendarFeed, staff_id)


def by_mark(session: Session, mark: str) -> CalendarFeed | None:
    """The feed whose secret has this fingerprint."""
    return session.exec(select(CalendarFeed).where(CalendarFeed.mark == mark)).first()


def keep(session: Session, staff_id: int, mark: str, *, now: datetime) -> None:
    """Turn a feed on, or give it another secret; the one before opens nothing any more."""
    session.merge(CalendarFeed(staff_id=staff_id, mark=mark, made_at=now))
    session.flush()


def remove(session: Session, feed: CalendarFeed) -> None:
    """Turn a feed off."""
    session.delete(feed)
    session.flush()


def booked(
    session: Session, staff_id: int, states: Sequence[str], start: datetime, end: datetime
) -> Sequence[Slot]:  # fmt: skip
    """Somebody's times in a period that have a booking in one of these states, in order."""
    has_booking = select(Booking.slot_id).where(col(Booking.state).in_(list(states)))
    query = select(Slot).where(
        Slot.staff_id == staff_id, Slot.starts_at >= start, Slot.starts_at < end,
        col(Slot.called_off_at).is_(None), col(Slot.id).in_(has_booking),
    )  # fmt: skip
    return session.exec(query.order_by(col(Slot.starts_at), col(Slot.id))).all()
