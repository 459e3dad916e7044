"""Readings that staff have corrected: collected for review, never learnt from in silence (ux §5.5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Field, SQLModel, col, or_, select

from storage.conversations import Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.people import Person
from storage.tasks import Outcome


class Correction(SQLModel, table=True):
    """What a text was read as, and what it meant. One a text: a later correction replaces the one before."""

    inbound_id: int = Field(foreign_key="inboundtext.id", primary_key=True)
    was: str
    meant: str
    at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")


class Corrected(NamedTuple):
    """A text whose reading has been corrected, its talk, and who wrote it if we know."""

    correction: Correction
    text: InboundText
    conversation: Conversation
    person: Person | None


def text(session: Session, inbound_id: int) -> InboundText | None:
    """The text with this id."""
    return session.get(InboundText, inbound_id)


def read_with(session: Session, inbound: InboundText) -> Sequence[InboundText]:
    """The texts that were read as one with this one, itself among them, in the order they came."""
    query = select(InboundText).where(
        InboundText.conversation_id == inbound.conversation_id, InboundText.handled_at == inbound.handled_at,
        InboundText.intent == inbound.intent, InboundText.rule == inbound.rule,
    )  # fmt: skip
    return session.exec(query.order_by(col(InboundText.id))).all()


def keep(session: Session, correction: Correction) -> None:
    """Keep a correction in the place of the text's earlier one."""
    session.merge(correction)
    session.flush()


def take_away(session: Session, inbound_ids: Iterable[int]) -> None:
    """Let these texts mean what they were read as."""
    for correction in session.exec(select(Correction).where(col(Correction.inbound_id).in_(list(inbound_ids)))):
        session.delete(correction)
    session.flush()


def of_texts(session: Session, inbound_ids: Iterable[int]) -> dict[int, Correction]:
    """The corrections of these texts, by text."""
    rows = session.exec(select(Correction).where(col(Correction.inbound_id).in_(list(inbound_ids))))
    return {row.inbound_id: row for row in rows}


def collected(session: Session) -> Sequence[Corrected]:
    """Every correction with its text, in the order the texts came; those of people with protected identity left out."""
    query = (
        select(Correction, InboundText, Conversation, Person)
        .join(InboundText, col(InboundText.id) == Correction.inbound_id)
        .join(Conversation, col(Conversation.id) == InboundText.conversation_id)
        .join(Person, col(Person.id) == Conversation.person_id, isouter=True)
        .where(or_(col(Person.id).is_(None), col(Person.protected).is_(False)))
        .order_by(col(InboundText.id))
    )
    return [Corrected(*row) for row in session.exec(query)]


def names(session: Session) -> set[str]:
    """Every first and last name in the register."""
    rows = session.exec(select(Person.first_name, Person.last_name).distinct())
    return {name for row in rows for name in row if name}


def forget_proposed(session: Session, person_id: int, source: str) -> None:
    """Take back outcomes that were proposed by a correction and that nobody has confirmed."""
    mine = (Outcome.person_id == person_id, Outcome.source == source, col(Outcome.confirmed_at).is_(None))
    for outcome in session.exec(select(Outcome).where(*mine)):
        session.delete(outcome)
    session.flush()
