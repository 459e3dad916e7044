"""The register's filter and the rows it shows: one query for lists, audiences and exports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import col, or_, select

from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import OPEN, Booking, Slot
from storage.messages import Message
from storage.numbers import Number, PersonNumber
from storage.offices import Office
from storage.people import Person, ProgrammeMembership, name_key
from storage.tasks import TALKED, Attempt, last_tried

# States in which two-way contact with the right person has taken place (domain C4: nådd).
REACHED_STATES = (
    "offered", "time_proposed", "booked", "confirmed", "cancelled", "met", "no_show", "resting", "declined",
    "occupied", "follow_up", "signed_up", "waiting_list", "human", "urgent", "ended",
)  # fmt: skip
SOON = timedelta(days=60)
LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Filter:
    """What to pick from the register; every part that is set must hold. Ages are whole years on the day asked for.

    `protected=False` leaves out people with protected identity, as every list on screen must. `turns` picks those who
    turn that age within 60 days; `not_arrived` those to whom a text did not arrive in the last seven days, by the
    provider's code ("?" where it gave none, "*" for any).
    """

    text: str = ""
    programme: str = ""
    office_id: int | None = None
    office_ids: tuple[int, ...] | None = None
    district: str = ""
    has_mobile: bool | None = None
    reached: bool | None = None
    booked: bool | None = None
    states: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    language: str = ""
    closed: bool | None = False
    ids: tuple[int, ...] | None = None
    protected: bool | None = None
    turns: int | None = None
    not_arrived: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the register."""

    person: Person
    office: str
    state: str
    state_at: datetime | None
    waiting_since: datetime | None
    last_inbound_at: datetime | None


def rows(
    session: Session, wanted: Filter, *, now: datetime, offset: int = 0, limit: int | None = None, sort: str = "name"
) -> Sequence[Row]:
    """People that fit, by the wanted order."""
    query = _apply(
        select(Person, Office.name, Conversation)
        .join(Office, col(Office.id) == Person.office_id, isouter=True)
        .join(Conversation, col(Conversation.person_id) == Person.id, isouter=True),
        wanted,
        now,
    )
    query = query.order_by(*_order(sort)).offset(offset)
    if limit is not None:
        query = query.limit(limit)
    return [_row(person, office, conversation) for person, office, conversation in session.execute(query).all()]


def count(session: Session, wanted: Filter, *, now: datetime) -> int:
    """How many people fit."""
    query = _apply(
        select(func.count(col(Person.id))).join(Conversation, col(Conversation.person_id) == Person.id, isouter=True),
        wanted,
        now,
    )
    return int(session.execute(query).scalar_one())


def ids(session: Session, wanted: Filter, *, now: datetime) -> list[int]:
    """Ids of the people that fit, in the order they were registered."""
    query = _apply(
        select(Person.id).join(Conversation, col(Conversation.person_id) == Person.id, isouter=True), wanted, now
    )
    return list(session.execute(query.order_by(col(Person.id))).scalars())


def last_sent(session: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """When each person was last texted."""
    query = (
        select(Message.person_id, func.max(Message.sent_at))
        .where(col(Message.person_id).in_(list(person_ids)), col(Message.sent_at).is_not(None))
        .group_by(col(Message.person_id))
    )
    return {person_id: moment for person_id, moment in session.exec(query) if person_id and moment}


def last_contacts(session: Session, shown: Sequence[Row]) -> dict[int, datetime]:
    """When each of these people was last texted, last answered or was last tried by hand, whichever is latest."""
    people = [row.person.id for row in shown]
    answered = {row.person.id: row.last_inbound_at for row in shown if row.last_inbound_at is not None}
    sources = (last_sent(session, people), last_tried(session, people), answered)
    return {
        person_id: max(moments)
        for person_id in people
        if (moments := [source[person_id] for source in sources if person_id in source])
    }


def next_meetings(session: Session, person_ids: Sequence[int], *, now: datetime) -> dict[int, Slot]:
    """Each person's next booked time."""
    query = (
        select(Booking.person_id, Slot)
        .join(Slot, col(Slot.id) == Booking.slot_id)
        .where(col(Booking.person_id).in_(list(person_ids)), col(Booking.state).in_(OPEN), Slot.starts_at > now)
        .order_by(col(Slot.starts_at).desc())
    )
    return dict(session.exec(query).all())


def _row(person: Person, office: str | None, conversation: Conversation | None) -> Row:
    if conversation is None:
        return Row(person, office or "", "new", None, None, None)
    return Row(
        person, office or "", conversation.state, conversation.state_at, conversation.waiting_since,
        conversation.last_inbound_at,
    )  # fmt: skip


def _order(sort: str) -> tuple[Any, ...]:
    """Missing values come last whichever way; a leading minus turns the order round. By age: the youngest first."""
    name = sort.removeprefix("-")
    column = {
        "waiting": col(Conversation.waiting_since),
        "age": col(Person.birth_date),
        "area": func.nullif(col(Person.district), ""),
        "state": col(Conversation.state),
        "last": col(Conversation.last_inbound_at),
        "office": col(Office.name),
    }.get(name, col(Person.name_key))
    turned = sort.startswith("-") != (name == "age")
    return (column.is_(None), column.desc() if turned else column, col(Person.id))


def _apply(query: Any, wanted: Filter, now: datetime) -> Any:
    for condition in [col(Person.merged_into_id).is_(None), *_conditions(wanted, now), *_states(wanted, now)]:
        query = query.where(condition)
    return query


def _conditions(wanted: Filter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.closed is not None:
        found.append(col(Person.closed_at).is_not(None) if wanted.closed else col(Person.closed_at).is_(None))
    if wanted.text:
        found.append(_text(wanted.text))
    if wanted.programme:
        found.append(_in_programme(wanted.programme, local_date(now)))
    if wanted.office_id is not None:
        found.append(col(Person.office_id) == wanted.office_id)
    if wanted.office_ids is not None:
        found.append(col(Person.office_id).in_(wanted.office_ids))
    if wanted.district:
        found.append(_same(Person.district, wanted.district))
    if wanted.language:
        found.append(_same(Person.language, wanted.language))
    return found + _exactly(wanted, now) + _ages(wanted, local_date(now))


def _exactly(wanted: Filter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.ids is not None:
        found.append(col(Person.id).in_(wanted.ids))
    if wanted.protected is not None:
        found.append(col(Person.protected).is_(wanted.protected))
    if wanted.not_arrived:
        found.append(_not_arrived(wanted.not_arrived, now - LATELY))
    return found


def _ages(wanted: Filter, today: date) -> list[Any]:
    found: list[Any] = []
    if wanted.age_from is not None:
        found.append(col(Person.birth_date) <= _years_before(today, wanted.age_from))
    if wanted.age_to is not None:
        found.append(col(Person.birth_date) > _years_before(today, wanted.age_to + 1))
    if wanted.turns is not None:
        found.append(col(Person.birth_date) > _years_before(today, wanted.turns))
        found.append(col(Person.birth_date) <= _years_before(today + SOON, wanted.turns))
    return found


def _states(wanted: Filter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.has_mobile is not None:
        found.append(_has_own_mobile() if wanted.has_mobile else ~_has_own_mobile())
    if wanted.states:
        named = col(Conversation.state).in_(wanted.states)
        found.append(or_(named, col(Conversation.id).is_(None)) if "new" in wanted.states else named)
    if wanted.reached is not None:
        found.append(_reached() if wanted.reached else ~_reached())
    if wanted.booked is not None:
        found.append(_booked(now) if wanted.booked else ~_booked(now))
    return found


def _text(text: str) -> Any:
    digits = "".join(character for character in text if character.isdigit())
    pattern = "%" + name_key(text).replace("%", "").replace("_", "") + "%"
    wanted = or_(col(Person.name_key).like(pattern), _same(Person.district, text))
    if len(digits) >= 4 and len(digits) >= len(text.replace(" ", "").replace("-", "").replace("+", "")):
        return or_(wanted, _number_ends_with(digits.lstrip("0")), _born(digits))
    return wanted


def _same(column: str, word: str) -> Any:
    # SQLite's lower() leaves Å, Ä and Ö as they are.
    spellings = {word, word.lower(), word.capitalize(), word.title()}
    return or_(func.lower(column) == word.lower(), col(column).in_(spellings))


def _number_ends_with(digits: str) -> Any:
    return exists(
        select(1)
        .where(col(PersonNumber.person_id) == Person.id, col(PersonNumber.number_id) == Number.id)
        .where(col(Person.protected).is_(False), col(Number.e164).like("%" + digits))
    ).correlate(Person)


def _born(digits: str) -> Any:
    try:
        return col(Person.birth_date) == date.fromisoformat(digits[:8])
    except ValueError:
        return col(Person.id).is_(None)


def _reached() -> Any:
    return or_(
        func.coalesce(col(Conversation.state), "new").in_(REACHED_STATES),
        exists(select(1).where(col(Attempt.person_id) == Person.id, Attempt.result == TALKED)).correlate(Person),
    )


def _not_arrived(code: str, since: datetime) -> Any:
    query = (
        select(1)
        .where(col(Message.person_id) == Person.id, Message.state_at >= since)
        .where(col(Message.state).in_(("undelivered", "failed")))
    )
    if code != "*":
        query = query.where(Message.error == ("" if code == "?" else code))
    return exists(query).correlate(Person)


def _in_programme(programme: str, today: date) -> Any:
    return exists(
        select(1)
        .where(col(ProgrammeMembership.person_id) == Person.id, ProgrammeMembership.programme == programme)
        .where(ProgrammeMembership.valid_from <= today)
        .where(or_(col(ProgrammeMembership.valid_to).is_(None), col(ProgrammeMembership.valid_to) >= today))
    ).correlate(Person)


def _has_own_mobile() -> Any:
    return exists(
        select(1)
        .where(col(PersonNumber.person_id) == Person.id, col(PersonNumber.number_id) == Number.id)
        .where(Number.kind == "mobile", col(PersonNumber.standing).not_in(("dead", "wrong_person")))
    ).correlate(Person)


def _booked(now: datetime) -> Any:
    return exists(
        select(1)
        .where(col(Booking.person_id) == Person.id, col(Booking.slot_id) == Slot.id)
        .where(col(Booking.state).in_(OPEN), Slot.starts_at > now - timedelta(hours=1))
    ).correlate(Person)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
