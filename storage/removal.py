"""Taking people out of the register whom an import alone has put there, and telling whether anybody has had to do with
them since.

A row that the log speaks of cannot go away, and its id must never mean somebody else. So it stays, emptied and hidden.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Select, delete, func, or_, select, update
from sqlmodel import col

from storage.cards import Card, CardBatch
from storage.columns import among
from storage.conversations import Conversation
from storage.database import Session
from storage.imports import ImportedPerson, ImportRun
from storage.inbound import InboundText
from storage.ladders import LadderPlace
from storage.meetings import Booking
from storage.messages import Message
from storage.numbers import Number, PersonNumber
from storage.people import Guardian, Person, ProgrammeMembership
from storage.tables import metadata
from storage.tasks import Attempt, Task

# Notes that are no try to reach anybody.
_NO_CONTACT = ("note", "look_up")
# What an import writes about a person, and what happens by itself around it. Any other table that names a person says
# that somebody has had to do with them: a table made later is counted without anybody's having to think of it.
_BY_ITSELF = frozenset(
    {"person", "personnumber", "guardian", "programmemembership", "ladderplace", "ladderevent", "task", "auditevent",
     "importedperson"}
)  # fmt: skip
_EMPTY = {
    "first_name": "", "last_name": "", "name_key": "", "birth_date": None, "identity_kind": "", "identity_sealed": None,
    "identity_mark": None, "care_of": "", "street": "", "postcode": "", "town": "", "district": "", "school": "",
    "dropout_date": None, "language": "", "protected": False, "protection_unclear": False, "responsible_id": None,
    "source": "", "paused_until": None, "paused_why": "",
}  # fmt: skip


def spoken_with(session: Session, ids: Iterable[int], since: datetime) -> set[int]:
    """Who has been written to, rung, met, booked or sent a card since a moment, or has written; a text that waits to be
    sent counts too.
    """
    wanted = list(ids)
    return {person_id for query in _contacts(since) for (person_id,) in session.rows(query, ids=wanted)}


def _contacts(since: datetime) -> tuple[Select[Any], ...]:
    return (
        select(col(Message.person_id)).where(among(Message.person_id), col(Message.created_at) >= since),
        select(col(Attempt.person_id)).where(
            among(Attempt.person_id), col(Attempt.at) >= since, col(Attempt.kind).not_in(_NO_CONTACT)
        ),
        select(col(Booking.person_id)).where(among(Booking.person_id), col(Booking.made_at) >= since),
        select(col(Conversation.person_id))
        .join(InboundText, col(InboundText.conversation_id) == Conversation.id)
        .where(among(Conversation.person_id), col(InboundText.received_at) >= since),
        select(col(Card.person_id))
        .join(CardBatch, col(CardBatch.id) == Card.batch_id)
        .where(among(Card.person_id), col(CardBatch.sent_at) >= since),
    )


def dealt_with(session: Session, ids: Iterable[int], run: ImportRun) -> set[int]:
    """Whom somebody has had to do with beside this import: a note, an outcome, a number found or struck, a changed
    page, another list.
    """
    wanted = list(ids)
    others = (
        select(col(Person.id)).where(
            among(Person.id), or_(col(Person.changed_at) != run.imported_at, col(Person.merged_into_id).is_not(None))
        ),
        select(col(PersonNumber.person_id)).where(
            among(PersonNumber.person_id),
            or_(col(PersonNumber.found_at) != run.imported_at, col(PersonNumber.standing) != "unverified"),
        ),
        select(col(Task.person_id)).where(among(Task.person_id), col(Task.done_by_id).is_not(None)),
        select(col(ImportedPerson.person_id))
        .join(ImportRun, col(ImportRun.id) == ImportedPerson.run_id)
        .where(among(ImportedPerson.person_id), col(ImportRun.id) != run.id, col(ImportRun.state) != "undone"),
    )
    named = (select(column).where(among(column)) for column in _references(Person, but=_BY_ITSELF))
    return {person_id for query in (*others, *named) for (person_id,) in session.rows(query, ids=wanted)}


def _references(to: type[Person | Number], *, but: Collection[str]) -> list[Column[int]]:
    """Every column in other tables that names a row of this one."""
    key = to.__table__.c.id  # type: ignore[union-attr]
    tables = [table for name, table in metadata.tables.items() if name not in but]
    return [column for table in tables for column in table.columns if column.references(key)]


def remove(session: Session, ids: Iterable[int], *, now: datetime) -> None:
    """Take people out of the register, with their numbers, guardians, programmes and place on the ladder. Nothing finds
    or counts them any longer; the log's lines about them stay.
    """
    wanted = list(ids)
    numbers = [row[0] for row in session.rows(
        select(col(PersonNumber.number_id)).where(among(PersonNumber.person_id)), ids=wanted
    )]  # fmt: skip
    for table in (PersonNumber, Guardian, ProgrammeMembership, LadderPlace):
        session.rows(delete(table).where(among(table.person_id)), ids=wanted)
    done = update(Task).where(among(Task.person_id), col(Task.done_at).is_(None))
    session.rows(done.values(done_at=now, outcome="import_undone"), ids=wanted)
    # Whoever stands as merged into somebody is left out everywhere; an emptied row stands for nobody but itself.
    hidden = {"merged_into_id": Person.id, "closed_at": now, "closed_reason": "importen ångrad", "changed_at": now}
    session.rows(update(Person).where(among(Person.id)).values(**_EMPTY, **hidden), ids=wanted)
    forget_numbers(session, numbers)


def untie(session: Session, ties: Iterable[PersonNumber]) -> None:
    """Take numbers away from people."""
    gone = [(tie.id, tie.number_id) for tie in ties]
    session.rows(delete(PersonNumber).where(among(PersonNumber.id)), ids=[tie for tie, _ in gone])
    forget_numbers(session, [number for _, number in gone])


def forget_numbers(session: Session, ids: Iterable[int]) -> None:
    """Those of these numbers that nobody has any longer, and that nothing has happened at, are kept for nothing."""
    unused = delete(Number).where(among(Number.id))
    for column in _references(Number, but=()):
        unused = unused.where(~select(column).where(column == Number.id).exists())
    session.rows(unused, ids=list(ids))


def drop_guardian(session: Session, guardian: Guardian) -> None:
    """A guardian whom an import named, and nobody else."""
    session.delete(guardian)


def end_membership(session: Session, person_id: int, programme: str, run_day: object, reason: str) -> None:
    """A programme that a person came into by a list of this day; one that somebody has ended since stays as it is."""
    mine = delete(ProgrammeMembership).where(
        col(ProgrammeMembership.person_id) == person_id, col(ProgrammeMembership.programme) == programme,
        col(ProgrammeMembership.valid_from) == run_day, col(ProgrammeMembership.reason) == reason,
        col(ProgrammeMembership.valid_to).is_(None),
    )  # fmt: skip
    session.rows(mine)


def later_runs(session: Session, run: ImportRun) -> int:
    """How many imports that hold came after this one to the same office, or wrote about somebody in it."""
    mine = select(col(ImportedPerson.person_id)).where(col(ImportedPerson.run_id) == run.id)
    touched = select(col(ImportedPerson.run_id)).where(
        col(ImportedPerson.run_id) > run.id, col(ImportedPerson.person_id).in_(mine)
    )
    later = select(func.count()).select_from(ImportRun).where(
        col(ImportRun.id) > run.id, col(ImportRun.state) != "undone",
        or_(col(ImportRun.office_id) == run.office_id, col(ImportRun.id).in_(touched)),
    )  # fmt: skip
    return int(session.rows(later).scalar_one())
