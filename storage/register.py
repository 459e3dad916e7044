"""The rows the register shows: one query for lists, audiences and exports, by the filter of storage.selecting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

import storage.cards
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import OPEN, Booking, Slot
from storage.messages import Message
from storage.offices import Office
from storage.people import Person
from storage.selecting import LATELY, REACHED_STATES, Filter, apply, plain
from storage.tasks import last_tried

__all__ = [
    "LATELY", "REACHED_STATES", "Filter", "Row", "count", "ids", "last_contacts", "last_sent", "next_meetings", "rows",
    "sources", "words_of_names",
]  # fmt: skip


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
    whole = select(Person, Office.name, Conversation)
    if limit is None:
        query = apply(_beside(whole), wanted, now)
    else:
        # Which people stand on a page is told by narrow indexes; only theirs are whole rows.
        chosen = apply(_beside(select(Person.id)), wanted, now).order_by(*_order(sort)).offset(offset).limit(limit)
        query = _beside(whole).where(col(Person.id).in_(session.execute(chosen).scalars().all()))
    found = session.execute(query.order_by(*_order(sort))).all()
    return [_row(person, office, conversation) for person, office, conversation in found]


def count(session: Session, wanted: Filter, *, now: datetime) -> int:
    """How many people fit."""
    query = apply(_with_talks(select(func.count(col(Person.id))), wanted), wanted, now)
    return int(session.execute(query).scalar_one())


def ids(session: Session, wanted: Filter, *, now: datetime) -> list[int]:
    """Ids of the people that fit, in the order they were registered."""
    query = apply(_with_talks(select(Person.id), wanted), wanted, now)
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
    """When each of these people was last texted or sent a card, last answered or was last tried by hand, whichever is
    latest.
    """
    people = [row.person.id for row in shown]
    answered = {row.person.id: row.last_inbound_at for row in shown if row.last_inbound_at is not None}
    sources = (
        last_sent(session, people),
        last_tried(session, people),
        storage.cards.last_sent(session, people),
        answered,
    )
    return {
        person_id: max(moments)
        for person_id in people
        if (moments := [source[person_id] for source in sources if person_id in source])
    }


def words_of_names(session: Session, office_ids: Sequence[int]) -> set[str]:
    """Every part of the names that stand in the offices' lists, for somebody who has misspelt one."""
    query = select(Person.name_key).where(
        col(Person.office_id).in_(office_ids), col(Person.closed_at).is_(None), col(Person.merged_into_id).is_(None),
        col(Person.protected).is_(False),
    )  # fmt: skip
    return {word for name in session.exec(query.distinct()) for word in plain(name).split()}


def sources(session: Session, office_ids: Sequence[int]) -> Sequence[str]:
    """Where the people in the offices' lists come from."""
    query = select(Person.source).where(col(Person.office_id).in_(office_ids), col(Person.protected).is_(False))
    return sorted(source for source in session.exec(query.distinct()) if source)


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
    if name == "name":
        by_name = col(Person.name_key), col(Person.id)
        return tuple(column.desc() for column in by_name) if sort.startswith("-") else by_name
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


def _beside(query: Any) -> Any:
    return query.join(Office, col(Office.id) == Person.office_id, isouter=True).join(
        Conversation, col(Conversation.person_id) == Person.id, isouter=True
    )


def _with_talks(query: Any, wanted: Filter) -> Any:
    """A count asks no talk that does not matter to it."""
    if not wanted.states:
        return query
    return query.join(Conversation, col(Conversation.person_id) == Person.id, isouter=True)
