"""The contact ladder (kontakttrappan): the steps each office goes through, where everybody stands on them, and what has
happened there.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Index, UniqueConstraint, and_, bindparam, case, delete, func, insert, literal, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.columns import among, one_of, these
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import OPEN, Booking, Slot
from storage.numbers import Number, PersonNumber, Stop
from storage.people import Person
from storage.signups import STANDING, Signup
from storage.tasks import TALKED, Attempt

# Ring, text, remind by text, write in a chat or on social media (by hand), send a postcard (vykort), go another way
# (fältare, skola, fritidsgård: noted by hand), ring a guardian, knock on the door, rest and begin again.
STEP_KINDS = ("ring", "sms", "reminder", "chat", "postcard", "other_way", "guardian_call", "home_visit", "rest")
# What stands between the steps: a number to find first, and the last card before the 20th birthday (avslutningskort).
PLACE_KINDS = (*STEP_KINDS, "find_number", "closing_card")
PLACE_STATES = ("on", "left", "ended")


class Ladder(SQLModel, table=True):
    """How an office's ladder is run. `texts_itself`: its texts leave by themselves and `answerer_id` answers for them;
    else somebody sends them from the worklist. `announce_first`: no first text before a card, a letter or a call has
    announced the number (JO 494-2016). `text_before_call`: a text goes out half an hour before somebody is rung.
    """

    office_id: int = Field(foreign_key="office.id", primary_key=True)
    texts_itself: bool = False
    answerer_id: int | None = Field(default=None, foreign_key="staff.id")
    announce_first: bool = False
    text_before_call: bool = False
    changed_at: datetime
    changed_by_id: int | None = Field(default=None, foreign_key="staff.id")


class LadderStep(SQLModel, table=True):
    """A step of an office's ladder. `after_days` counts from when the person came on to the ladder; for a rest it is
    how long it lasts. Steps of one kind are tries of that kind.
    """

    __table_args__ = (UniqueConstraint("office_id", "position"), one_of("kind", STEP_KINDS))

    id: int = Field(default=None, primary_key=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    position: int
    kind: str
    after_days: int
    is_on: bool = True


class LadderPlace(SQLModel, table=True):
    """Where a person stands: the step that is next and when it falls due. `round` counts how many times the ladder has
    begun; `began_at` is when this round did. A place that was left says why.
    """

    __table_args__ = (
        one_of("kind", PLACE_KINDS),
        one_of("state", PLACE_STATES),
        Index("ladder_places_due", "state", "due_at"),
        # Whose turn it is at a step, counted on every opening of Idag.
        Index("ladder_list", "state", "kind", "due_at", "person_id"),
    )

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    kind: str
    position: int
    attempt: int = 1
    round: int = 1
    state: str = "on"
    began_at: datetime
    entered_at: datetime
    due_at: datetime
    left_at: datetime | None = None
    left_why: str = ""


class LadderEvent(SQLModel, table=True):
    """What happened to a person on the ladder: a step was done, passed over with a reason, or the ladder left."""

    __table_args__ = (one_of("kind", PLACE_KINDS),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    at: datetime
    kind: str
    position: int
    attempt: int = 1
    round: int = 1
    what: str
    why: str = ""
    staff_id: int | None = Field(default=None, foreign_key="staff.id")


class Known(NamedTuple):
    """All that decides whether somebody belongs on the ladder, and where they stand there; plain values, since a whole
    register goes through here. `reach` is how they can be rung or texted: "mobile", "phone" (not a mobile) or "";
    `number_at` is when the latest such number was found. `ahead` is true with a booked time or a sign-up before them.
    """

    person_id: int
    office_id: int | None
    birth_date: date | None
    closed_at: datetime | None
    protected: bool
    is_merged: bool
    paused_until: datetime | None
    talk_state: str | None
    talk_state_at: datetime | None
    last_inbound_at: datetime | None
    held_by_id: int | None
    waiting_since: datetime | None
    talked_at: datetime | None
    stopped_at: datetime | None
    ahead: int
    reach: str
    number_at: datetime | None
    kind: str | None
    state: str | None
    round: int | None
    began_at: datetime | None
    entered_at: datetime | None
    left_why: str | None


USABLE = ("unverified", "works", "confirmed")
_person, _talk = Person.__table__.c, Conversation.__table__.c  # type: ignore[attr-defined]
_place, _attempt = LadderPlace.__table__.c, Attempt.__table__.c  # type: ignore[attr-defined]
_number = (
    select(PersonNumber)
    .join(Number, col(Number.id) == PersonNumber.number_id)
    .where(PersonNumber.person_id == _person.id, PersonNumber.owner != "guardian")
    .where(col(PersonNumber.standing).in_(these(USABLE)))
)
_booked = (
    select(func.count(col(Booking.id)))
    .join(Slot, col(Slot.id) == Booking.slot_id)
    .where(Booking.person_id == _person.id, col(Booking.state).in_(these(OPEN)), col(Slot.starts_at) > bindparam("now"))
)
_signed_up = (
    select(func.count(col(Signup.id)))
    .join(Slot, col(Slot.id) == Signup.slot_id)
    .where(
        Signup.person_id == _person.id, col(Signup.state).in_(these(STANDING)), col(Slot.starts_at) > bindparam("now")
    )
)
_talked_at = select(func.max(_attempt.at)).where(_attempt.person_id == _person.id, _attempt.result == TALKED)
_stopped_at = select(func.max(Stop.since)).where(
    Stop.person_id == _person.id, Stop.channel == "sms", col(Stop.until).is_(None)
)
_KNOWN = (
    select_columns(
        _person.id, _person.office_id, _person.birth_date, _person.closed_at, _person.protected,
        _person.merged_into_id.is_not(None), _person.paused_until,
        _talk.state, _talk.state_at, _talk.last_inbound_at, _talk.held_by_id, _talk.waiting_since,
        _talked_at.correlate(Person).scalar_subquery(), _stopped_at.correlate(Person).scalar_subquery(),
        _booked.correlate(Person).scalar_subquery() + _signed_up.correlate(Person).scalar_subquery(),
        # "mobile" comes before "phone" in the alphabet.
        _number.with_only_columns(func.min(case((col(Number.kind) == "mobile", "mobile"), else_="phone")))
        .correlate(Person).scalar_subquery(),
        _number.with_only_columns(func.max(PersonNumber.found_at)).correlate(Person).scalar_subquery(),
        _place.kind, _place.state, _place.round, _place.began_at, _place.entered_at, _place.left_why,
    )
    .select_from(Person)
    .join(Conversation, _talk.person_id == _person.id, isouter=True)
    .join(LadderPlace, _place.person_id == _person.id, isouter=True)
    .order_by(_person.id)
)  # fmt: skip
_KNOWN_OF = _KNOWN.where(among(_person.id))
# In a register of some years most people are closed and have left for that: of them there is nothing to ask.
_rests_closed = and_(
    _person.closed_at.is_not(None), _person.merged_into_id.is_(None), func.coalesce(_place.left_why, "") == "closed"
)
_KNOWN_OPEN = _KNOWN.where(~_rests_closed)


def known(session: Session, now: datetime, ids: Sequence[int] | None = None) -> list[Known]:
    """What is known of everybody in the register but those who are closed and off the ladder for it, or of these."""
    rows = session.rows(_KNOWN_OPEN, now=now) if ids is None else session.rows(_KNOWN_OF, now=now, ids=list(ids))
    return [Known._make(row)._replace(reach=row[15] or "") for row in rows]


def place(session: Session, person_id: int) -> LadderPlace | None:
    """Where a person stands."""
    return session.get(LadderPlace, person_id)


def places(session: Session, person_ids: Iterable[int]) -> dict[int, LadderPlace]:
    """Where people stand, by person."""
    rows = session.exec(select(LadderPlace).where(among(LadderPlace.person_id)), params={"ids": list(person_ids)})
    return {row.person_id: row for row in rows}


def keep(session: Session, *rows: SQLModel) -> None:
    """Keep places, steps, events or ladders, new or changed."""
    session.add_all(rows)
    session.flush()


def tell(session: Session, event: LadderEvent) -> None:
    """Add to what has happened; it is written with what is kept next, since few things cost a turn as much as writing
    twice.
    """
    session.add(event)


_MOMENT = _place.due_at.type
_LEAVE = (
    update(LadderPlace.__table__)  # type: ignore[attr-defined]
    .where(_place.person_id == bindparam("of"))
    .values(
        state=bindparam("to_state"), left_why=bindparam("because"), left_at=bindparam("now"),
        due_at=func.coalesce(bindparam("due", type_=_MOMENT), _place.due_at),
    )
)  # fmt: skip
_FROM_PLACE = ("person_id", "kind", "position", "attempt", "round")
_LEFT = insert(LadderEvent.__table__).from_select(  # type: ignore[attr-defined]
    [*_FROM_PLACE, "at", "what", "why"],
    select_columns(
        *(_place[name] for name in _FROM_PLACE), bindparam("now", type_=_MOMENT), literal("left"), bindparam("because")
    ).where(_place.person_id == bindparam("of")),
)


def leave(session: Session, person_id: int, state: str, why: str, *, now: datetime, due_at: datetime | None) -> None:
    """Somebody leaves the step they stand at, for a reason, and it is told; `due_at` is when it is worth looking again.
    Two plain statements, since it happens in most turns.
    """
    session.rows(_LEFT, of=person_id, now=now, because=why)
    session.rows(_LEAVE, of=person_id, to_state=state, because=why, now=now, due=due_at)
    session.read_again(LadderPlace, person_id)


def forget_place(session: Session, place_: LadderPlace) -> None:
    """The person stands nowhere any longer: somebody else stands for them."""
    session.delete(place_)
    session.flush()


def events(session: Session, person_id: int) -> Sequence[LadderEvent]:
    """Everything that has happened to a person on the ladder, in the order it was noted."""
    query = select(LadderEvent).where(LadderEvent.person_id == person_id)
    return session.exec(query.order_by(col(LadderEvent.id))).all()


def forget_event(session: Session, event_id: int) -> None:
    """Take an event away: what it told of has been undone."""
    row = session.get(LadderEvent, event_id)
    if row is not None:
        session.delete(row)
        session.flush()


def ladder(session: Session, office_id: int) -> Ladder | None:
    """How an office has set its ladder; None when it never has."""
    return session.get(Ladder, office_id)


_TEXTING = select(Ladder).where(Ladder.texts_itself, col(Ladder.answerer_id).is_not(None))


def texting(session: Session) -> Sequence[Ladder]:
    """Ladders whose texts leave by themselves and that somebody answers for."""
    return session.execute(_TEXTING).scalars().all()


def steps(session: Session, office_id: int) -> Sequence[LadderStep]:
    """An office's own steps in order, those that are off too; none when it has set none."""
    query = select(LadderStep).where(LadderStep.office_id == office_id)
    return session.exec(query.order_by(col(LadderStep.position))).all()


def replace_steps(session: Session, office_id: int, rows: Sequence[LadderStep]) -> None:
    """Give an office these steps instead of those it had."""
    session.execute(delete(LadderStep).where(col(LadderStep.office_id) == office_id))
    keep(session, *rows)


def standing_at(session: Session, office_id: int) -> Sequence[LadderPlace]:
    """Everybody of an office who is on the ladder, or comes back to where they stood."""
    query = select(LadderPlace).join(Person, col(Person.id) == LadderPlace.person_id)
    comes_back = and_(col(LadderPlace.state) == "left", col(LadderPlace.left_why) != "reached")
    return session.exec(
        query.where(Person.office_id == office_id, or_(col(LadderPlace.state) == "on", comes_back))
    ).all()
