"""The register's filter, and the conditions it means; lists, counts, audiences and exports all go by it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, text
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, or_, select

from storage.cards import Card, CardBatch
from storage.conversations import Conversation
from storage.ladders import LadderPlace
from storage.local_time import local_date
from storage.meetings import OPEN, Booking, Slot
from storage.messages import NOT_ARRIVED, STANDS, UNSETTLED, Message
from storage.numbers import Number, PersonNumber
from storage.people import Person, ProgrammeMembership, name_key
from storage.sharing import Acquaintance
from storage.tasks import NO_TRY, TALKED, Attempt, Task

# States in which two-way contact with the right person has taken place (domain C4: nådd).
REACHED_STATES = (
    "offered", "time_proposed", "booked", "confirmed", "cancelled", "met", "no_show", "resting", "declined",
    "occupied", "follow_up", "signed_up", "waiting_list", "human", "urgent", "ended",
)  # fmt: skip
LATELY = timedelta(days=7)
_YOUTH = aliased(Person)


@dataclass(frozen=True, slots=True)
class Filter:
    """What to pick from the register; every part that is set must hold. Ages are whole years on the day asked for.

    `protected=False` leaves out people with protected identity, as every list on screen must. `turns` picks those who
    turn that age within `turns_days`; `not_arrived` those to whom a text did not arrive in the last seven days, by the
    provider's code ("?" where it gave none, "*" for any). `reader_id` is the member of staff who reads: whoever they
    know (jäv) is left out. `step` is the one they stand on in the ladder; `contact_days` picks those who have been in
    contact or been tried in so many days, `silent_days` those who have not; `responsible_id` is 0 for those nobody has.
    `task` is a kind of thing that somebody is to do about them.
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
    turns_days: int = 60
    not_arrived: str = ""
    reader_id: int | None = None
    step: str = ""
    contact_days: int | None = None
    silent_days: int | None = None
    source: str = ""
    responsible_id: int | None = None
    task: str = ""


def apply(query: Any, wanted: Filter, now: datetime) -> Any:
    """A query of people, narrowed to those that fit; merged ones never do."""
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
    if wanted.source:
        found.append(_same(Person.source, wanted.source))
    if wanted.responsible_id is not None:
        found.append(func.coalesce(col(Person.responsible_id), 0) == wanted.responsible_id)
    return found + _exactly(wanted, now) + _ages(wanted, local_date(now)) + _ladder_and_contact(wanted, now)


def _exactly(wanted: Filter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.ids is not None:
        found.append(col(Person.id).in_(wanted.ids))
    if wanted.protected is not None:
        found.append(col(Person.protected).is_(wanted.protected))
    if wanted.reader_id is not None:
        found.append(col(Person.id).not_in(_known_to(wanted.reader_id)))
    if wanted.not_arrived:
        found.append(_not_arrived(wanted.not_arrived, now - LATELY))
    return found


def _known_to(staff_id: int) -> Any:
    return select(Acquaintance.person_id).where(Acquaintance.staff_id == staff_id, col(Acquaintance.ended_at).is_(None))


def _ladder_and_contact(wanted: Filter, now: datetime) -> list[Any]:
    found: list[Any] = []
    if wanted.step:
        place = select(1).where(col(LadderPlace.person_id) == Person.id, LadderPlace.state == "on")
        found.append(exists(place.where(LadderPlace.kind == wanted.step)).correlate(Person))
    if wanted.task:
        waits = select(Task.person_id).where(Task.kind == wanted.task, col(Task.done_at).is_(None))
        found.append(col(Person.id).in_(waits.where(col(Task.person_id).is_not(None))))
    if wanted.contact_days is not None:
        found.append(_contact_since(now - timedelta(days=wanted.contact_days)))
    if wanted.silent_days is not None:
        found.append(~_contact_since(now - timedelta(days=wanted.silent_days)))
    return found


def _contact_since(moment: datetime) -> Any:
    """Texts and cards of ours, tries by hand and answers, as the column Senaste kontakt counts them."""
    texted = select(Message.person_id).where(Message.sent_at >= moment)  # type: ignore[operator]
    tried = select(Attempt.person_id).where(Attempt.at >= moment, col(Attempt.kind).not_in(NO_TRY))
    answered = select(Conversation.person_id).where(col(Conversation.last_inbound_at) >= moment)
    carded = select(Card.person_id).join(CardBatch, col(CardBatch.id) == Card.batch_id)
    sources = (texted, tried, answered, carded.where(col(CardBatch.sent_at) >= moment))
    # An id that is NULL would make everybody's answer unknown.
    return or_(*(col(Person.id).in_(source.where(source.selected_columns[0].is_not(None))) for source in sources))


def _ages(wanted: Filter, today: date) -> list[Any]:
    found: list[Any] = []
    if wanted.age_from is not None:
        found.append(col(Person.birth_date) <= _years_before(today, wanted.age_from))
    if wanted.age_to is not None:
        found.append(col(Person.birth_date) > _years_before(today, wanted.age_to + 1))
    if wanted.turns is not None:
        soon = today + timedelta(days=wanted.turns_days)
        born = col(_YOUTH.birth_date)
        turning = born > _years_before(today, wanted.turns), born <= _years_before(soon, wanted.turns)
        # A few hundred birthdays: found first, or the whole office would be looked through.
        found.append(col(Person.id).in_(select(_YOUTH.id).where(*turning)))
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


def _text(words: str) -> Any:
    digits = "".join(character for character in words if character.isdigit())
    wanted = or_(_named(words), _same(Person.district, words))
    if len(digits) >= 4 and len(digits) >= len(words.replace(" ", "").replace("-", "").replace("+", "")):
        return or_(wanted, _number_ends_with(digits.lstrip("0")), _born(digits))
    return wanted


# How letters may be written by whoever has not got them, or spells the name as a neighbour would.
_FOLDED = {"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o", "é": "e", "ü": "u"}
_SIGNS = str.maketrans("".join(_FOLDED), "".join(_FOLDED.values()))


def _named(words: str) -> Any:
    """Every word, in any order, is part of the name, however their letters are dotted or joined."""
    searched = plain(words).replace("%", "").replace("_", "")
    folded: Any = col(Person.name_key)
    for sign, letter in _FOLDED.items():
        # Each costs some milliseconds among 20 000 names; letters that were not searched for may stand as they are.
        if letter in searched:
            folded = func.replace(folded, sign, letter)
    parts = searched.split()
    return and_(*(folded.like(f"%{part}%") for part in parts)) if parts else col(Person.id).is_(None)


def plain(name: str) -> str:
    """A name as it is searched for: as it is compared, without dots and accents."""
    return name_key(name).translate(_SIGNS)


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
    answered = select(Conversation.person_id).where(col(Conversation.state).in_(REACHED_STATES))
    talked = select(Attempt.person_id).where(Attempt.result == TALKED)
    return or_(col(Person.id).in_(answered.where(col(Conversation.person_id).is_not(None))), col(Person.id).in_(talked))


def _not_arrived(code: str, since: datetime) -> Any:
    query = select(Message.person_id).where(text(UNSETTLED), col(Message.state).in_(NOT_ARRIVED))
    query = query.where(Message.state_at >= since, STANDS)
    if code != "*":
        query = query.where(Message.error == ("" if code == "?" else code))
    return col(Person.id).in_(query)


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
