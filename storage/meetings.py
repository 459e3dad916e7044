"""Times that can be booked, their seats, bookings and the reminders that hang on them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Index, UniqueConstraint, and_, bindparam, func, update
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import among, one_of, these
from storage.database import Session
from storage.people import Person

SLOT_KINDS = ("meeting", "dialog")
BOOKING_STATES = ("booked", "confirmed", "moved", "cancelled", "came", "came_late", "no_show", "called_off")
OPEN = ("booked", "confirmed")
REMINDER_KINDS = ("REM-24", "REM-2")


class Slot(SQLModel, table=True):
    """A time at a place with a member of staff: one seat for a talk, more for a dialog meeting (dialogmöte), which may
    have a short code to come by ("KOM 7K3P") and a topic. Laid out by a pattern of that member's where `pattern_id`
    says so; after `closes_at` it is offered to nobody, though staff may still book it.
    """

    __table_args__ = (
        one_of("kind", SLOT_KINDS), Index("slot_once_a_pattern", "pattern_id", "starts_at", unique=True)
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    kind: str = "meeting"
    office_id: int = Field(foreign_key="office.id", index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    title: str = ""
    topic: str = ""
    short_code: str | None = Field(default=None, index=True, unique=True)
    place: str
    starts_at: datetime = Field(index=True)
    ends_at: datetime
    closes_at: datetime | None = None
    called_off_at: datetime | None = None
    pattern_id: int | None = Field(default=None, foreign_key="timepattern.id")


class Seat(SQLModel, table=True):
    """One seat of a slot. Booking is one conditional write on this row: whoever changes it from empty has the seat.
    A seat of a dialog meeting is taken by a sign-up, which need not be anybody in the register.

    A soft hold (held_for, held_until) keeps a seat out of other people's offers; it does not stop the first to answer.
    """

    __table_args__ = (UniqueConstraint("slot_id", "position"),)

    id: int = Field(default=None, primary_key=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    position: int
    taken_by: int | None = Field(default=None, foreign_key="person.id")
    signup_id: int | None = Field(default=None, foreign_key="signup.id", index=True)
    taken_at: datetime | None = None
    held_for: int | None = Field(default=None, foreign_key="conversation.id")
    held_until: datetime | None = None


class Booking(SQLModel, table=True):
    """A person's seat through its life; a moved booking is kept and followed by a new one."""

    __table_args__ = (one_of("state", BOOKING_STATES),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    seat_id: int = Field(foreign_key="seat.id", index=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    state: str = Field(default="booked", index=True)
    made_at: datetime
    made_by_id: int | None = Field(default=None, foreign_key="staff.id")
    state_at: datetime
    moved_from_id: int | None = Field(default=None, foreign_key="booking.id")


class Reminder(SQLModel, table=True):
    """Remind booking B, or sign-up S, at T. Nothing is prepared: what is true is read when the time comes."""

    __table_args__ = (
        UniqueConstraint("booking_id", "kind"), UniqueConstraint("signup_id", "kind", name="one_reminder_a_signup"),
        one_of("kind", REMINDER_KINDS),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    booking_id: int | None = Field(default=None, foreign_key="booking.id", index=True)
    signup_id: int | None = Field(default=None, foreign_key="signup.id", index=True)
    kind: str
    due_at: datetime = Field(index=True)
    done_at: datetime | None = Field(default=None, index=True)
    outcome: str = ""


# A seat that nobody has.
EMPTY = and_(col(Seat.taken_by).is_(None), col(Seat.signup_id).is_(None))


def add_slot(session: Session, slot: Slot, seats: int = 1) -> Slot:
    """Keep a new time with its seats."""
    session.add(slot)
    session.flush()
    session.add_all([Seat(slot_id=slot.id, position=position) for position in range(1, seats + 1)])
    session.flush()
    return slot


def keep_slot(session: Session, slot_: Slot) -> Slot:
    """Keep a changed time."""
    session.add(slot_)
    session.flush()
    return slot_


def slot(session: Session, slot_id: int) -> Slot:
    """The time; raises when there is none with this id."""
    return session.get_one(Slot, slot_id)


_SLOTS = select(Slot).where(among(Slot.id))


def slots(session: Session, ids: Sequence[int]) -> Sequence[Slot]:
    """Times by id, in the order asked for; ids of times that are gone are left out."""
    if not ids:
        return []
    found = {row.id: row for row in session.exec(_SLOTS, params={"ids": list(ids)})}
    return [found[number] for number in ids if number in found]


def slot_by_code(session: Session, code: str) -> Slot | None:
    """The time a page address means."""
    return session.exec(select(Slot).where(Slot.code == code)).first()


def slot_by_short_code(session: Session, short_code: str) -> Slot | None:
    """The dialog meeting that a code on a poster means, case aside."""
    return session.exec(select(Slot).where(Slot.short_code == short_code.upper())).first()


def call_off(session: Session, slot_: Slot, *, now: datetime) -> bool:
    """The time does not take place, said by one conditional write; False when it was called off already."""
    session.flush()
    stands = update(Slot).where(col(Slot.id) == slot_.id, col(Slot.called_off_at).is_(None))
    result = session.execute(stands.values(called_off_at=now))
    session.refresh(slot_)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def slots_between(session: Session, office_ids: Sequence[int], start: datetime, end: datetime) -> Sequence[Slot]:
    """The offices' times in a period, called-off ones too, in order."""
    query = select(Slot).where(col(Slot.office_id).in_(office_ids), Slot.starts_at >= start, Slot.starts_at < end)
    return session.exec(query.order_by(col(Slot.starts_at), col(Slot.id))).all()


_FREE = (
    select(Slot)
    .join(Seat, col(Seat.slot_id) == Slot.id)
    .where(Slot.office_id == bindparam("office_id"), Slot.kind == "meeting", col(Slot.called_off_at).is_(None))
    .where(Slot.starts_at >= bindparam("start"), Slot.starts_at < bindparam("end"), EMPTY)
    .order_by(col(Slot.starts_at), col(Slot.id))
)
_FREE_AND_UNHELD = _FREE.where(
    or_(
        col(Seat.held_until).is_(None), col(Seat.held_until) <= bindparam("now"),
        col(Seat.held_for) == bindparam("talk"),
    )
)  # fmt: skip


def free_slots(
    session: Session, office_id: int, start: datetime, end: datetime, *, now: datetime, for_conversation: int | None,
    even_held: bool = False,
) -> Sequence[Slot]:  # fmt: skip
    """Times for a talk with an empty seat that nobody else holds just now (or held ones too), earliest first."""
    period = {"office_id": office_id, "start": start, "end": end}
    if even_held:
        return session.exec(_FREE, params=period).all()
    return session.exec(_FREE_AND_UNHELD, params={**period, "now": now, "talk": for_conversation}).all()


def hold(session: Session, slot_ids: Sequence[int], conversation_id: int, *, until: datetime) -> None:
    """Keep these times out of other people's offers for a while; earlier holds of this conversation are let go."""
    let_go(session, conversation_id)
    session.execute(
        update(Seat)
        .where(col(Seat.slot_id).in_(list(slot_ids)), EMPTY)
        .values(held_for=conversation_id, held_until=until)
    )


def let_go(session: Session, conversation_id: int) -> None:
    """End this conversation's soft holds."""
    session.execute(update(Seat).where(col(Seat.held_for) == conversation_id).values(held_for=None, held_until=None))


def held_until(session: Session, conversation_id: int) -> datetime | None:
    """Until when this conversation's offered times are held, if any are."""
    return session.exec(select(func.max(Seat.held_until)).where(Seat.held_for == conversation_id)).one()


def claim_seat(session: Session, slot_id: int, person_id: int, *, now: datetime) -> Seat | None:
    """Take an empty seat by one conditional write; None when it is gone. Never check first, insert later."""
    return _claim(session, slot_id, {"taken_by": person_id}, now)


def claim_seat_for_signup(session: Session, slot_id: int, signup_id: int, *, now: datetime) -> Seat | None:
    """As `claim_seat`, for a sign-up to a dialog meeting."""
    return _claim(session, slot_id, {"signup_id": signup_id}, now)


def _claim(session: Session, slot_id: int, taker: Mapping[str, int], now: datetime) -> Seat | None:
    empty = (
        select(Seat.id)
        .join(Slot, col(Slot.id) == Seat.slot_id)
        .where(Seat.slot_id == slot_id, EMPTY, col(Slot.called_off_at).is_(None), Slot.starts_at > now)
        .order_by(col(Seat.position))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(Seat)
        .where(col(Seat.id).in_(empty), EMPTY)
        .values(taken_at=now, held_for=None, held_until=None, **taker)
        .returning(col(Seat.id))
    ).scalar_one_or_none()
    return session.get(Seat, taken, populate_existing=True) if taken is not None else None


def free_seat(session: Session, seat_id: int) -> None:
    """Empty a seat again."""
    session.execute(update(Seat).where(col(Seat.id) == seat_id).values(taken_by=None, taken_at=None))


def free_seats_of_signup(session: Session, signup_id: int) -> int:
    """Empty every seat of a sign-up; returns how many there were."""
    freed = session.execute(update(Seat).where(col(Seat.signup_id) == signup_id).values(signup_id=None, taken_at=None))
    return int(freed.rowcount)  # type: ignore[attr-defined]


def seats_of_signup(session: Session, signup_id: int) -> int:
    """How many seats a sign-up has: its own and its companions'."""
    return session.exec(select(func.count()).select_from(Seat).where(Seat.signup_id == signup_id)).one()


def add_booking(session: Session, booking: Booking, reminders: Sequence[tuple[str, datetime]]) -> Booking:
    """Keep a booking and when to remind of it."""
    session.add(booking)
    session.flush()
    session.add_all([Reminder(booking_id=booking.id, kind=kind, due_at=due_at) for kind, due_at in reminders])
    session.flush()
    return booking


def booking(session: Session, booking_id: int) -> Booking:
    """The booking; raises when there is none with this id."""
    return session.get_one(Booking, booking_id)


def booking_by_code(session: Session, code: str) -> Booking | None:
    """The booking a page address means."""
    return session.exec(select(Booking).where(Booking.code == code)).first()


def change_booking(session: Session, booking_: Booking, from_states: Sequence[str], to: str, *, now: datetime) -> bool:
    """Change a booking's state by one conditional write; False when it no longer stands where we thought."""
    result = session.execute(
        update(Booking)
        .where(col(Booking.id) == booking_.id, col(Booking.state).in_(list(from_states)))
        .values(state=to, state_at=now)
    )
    session.refresh(booking_)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


_OPEN_BOOKING = (
    select(Booking)
    .join(Slot, col(Slot.id) == Booking.slot_id)
    .where(Booking.person_id == bindparam("person_id"), col(Booking.state).in_(these(OPEN)))
    .where(col(Slot.starts_at) > bindparam("after"))
    .order_by(col(Slot.starts_at))
)
# Most people have none, which a plain value tells at half the cost of a row.
_ANY_BOOKING = _OPEN_BOOKING.with_only_columns(col(Booking.id)).order_by(None).limit(1)


def open_booking(session: Session, person_id: int, *, after: datetime | None = None) -> Booking | None:
    """The person's standing booking, the next one of several; of those that start after a moment, if given."""
    values = {"person_id": person_id, "after": after or datetime.min.replace(tzinfo=UTC)}
    return session.exec(_OPEN_BOOKING, params=values).first() if session.rows(_ANY_BOOKING, **values).first() else None


_PEOPLE_BOOKED = (
    select(Booking.person_id)
    .join(Slot, col(Slot.id) == Booking.slot_id)
    .where(among(Booking.person_id), col(Booking.state).in_(OPEN), col(Slot.starts_at) > bindparam("after"))
)


def people_booked(session: Session, person_ids: Iterable[int], *, after: datetime) -> set[int]:
    """Which of these people have a meeting ahead of them."""
    return set(session.rows(_PEOPLE_BOOKED, ids=list(person_ids), after=after).scalars())


def bookings_of_person(session: Session, person_id: int) -> Sequence[tuple[Booking, Slot]]:
    """A person's bookings through time, oldest first."""
    query = (
        select(Booking, Slot)
        .join(Slot, col(Slot.id) == Booking.slot_id)
        .where(Booking.person_id == person_id)
        .order_by(col(Booking.id))
    )
    return session.exec(query).all()


def bookings_between(
    session: Session, office_ids: Sequence[int], start: datetime, end: datetime, *, even_called_off: bool = False
) -> Sequence[tuple[Booking, Slot, Person]]:
    """Bookings that stand or were met, by start time; those that we called off too, if asked for."""
    query = (
        select(Booking, Slot, Person)
        .join(Slot, col(Slot.id) == Booking.slot_id)
        .join(Person, col(Person.id) == Booking.person_id)
        .where(col(Slot.office_id).in_(office_ids), Slot.starts_at >= start, Slot.starts_at < end)
        .where(col(Booking.state).not_in(("moved", "cancelled", *(() if even_called_off else ("called_off",)))))
        .order_by(col(Slot.starts_at))
    )
    return session.exec(query).all()


def people_booked_by_campaign(session: Session, campaign_id: int) -> set[int]:
    """Who booked because of a campaign."""
    return set(session.exec(select(Booking.person_id).where(Booking.campaign_id == campaign_id)))


def seats_left(session: Session, slot_id: int) -> int:
    """Empty seats of a time."""
    return session.exec(select(func.count()).select_from(Seat).where(Seat.slot_id == slot_id, EMPTY)).one()


def next_free(session: Session, office_ids: Sequence[int], *, now: datetime) -> int:
    """How many free times the offices have ahead."""
    query = (
        select(func.count())
        .select_from(Seat)
        .join(Slot, col(Slot.id) == Seat.slot_id)
        .where(col(Slot.office_id).in_(office_ids), Slot.starts_at > now, Slot.kind == "meeting")
        .where(EMPTY, col(Slot.called_off_at).is_(None))
    )
    return session.exec(query).one()
