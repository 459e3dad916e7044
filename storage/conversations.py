"""Conversations: one per person (or per unknown address), where each stands, and every text that came in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, func, text, update
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session
from storage.numbers import CHANNELS
from storage.people import Person

# The state chart of ux §5.3, in English: Ny, Inbjuden, Erbjuden, TidFöreslagen, Bokad, Bekräftad, Avbokad, Träffad;
# Uteblev, Vilar, Avböjt, Sysselsatt, FelNummer, Trappan, Uppföljning, Anmäld, Reserv; Människa, Akut, Spärrad,
# Avslutad.
STATES = (
    "new", "invited", "offered", "time_proposed", "booked", "confirmed", "cancelled", "met", "no_show", "resting",
    "declined", "occupied", "wrong_number", "ladder", "follow_up", "signed_up", "waiting_list", "human", "urgent",
    "stopped", "ended",
)  # fmt: skip


class Conversation(SQLModel, table=True):
    """Where a person stands, and in which channel we talk now. `waiting_since` is set while somebody must read.

    `context` holds the open question: its code, when it was asked, and the numbered options that were offered.
    """

    __table_args__ = (
        one_of("state", STATES),
        one_of("channel", CHANNELS),
        Index("one_conversation_per_unknown_address", "channel", "address", unique=True,
              sqlite_where=text("person_id IS NULL"), postgresql_where=text("person_id IS NULL")),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", unique=True)
    channel: str = "sms"
    address: str = Field(default="", index=True)
    lang: str = "sv"
    state: str = Field(default="new", index=True)
    state_at: datetime
    resume_state: str = ""
    context: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    introduced: bool = False
    waiting_since: datetime | None = Field(default=None, index=True)
    waiting_why: str = ""
    held_by_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    held_since: datetime | None = None
    last_inbound_at: datetime | None = None


class InboundText(SQLModel, table=True):
    """A text that came in; kept before it is answered. `due_at` is when it shall be read (together with its
    neighbours). `provider_did` says what the provider has done about it by itself: "stop", "start" or "help".
    """

    __table_args__ = (UniqueConstraint("channel", "provider_id"), one_of("channel", CHANNELS))

    id: int = Field(default=None, primary_key=True)
    channel: str
    provider_id: str
    sender: str = Field(index=True)
    recipient: str = ""
    text: str
    media: bool = False
    provider_did: str = ""
    received_at: datetime
    due_at: datetime | None = Field(default=None, index=True)
    handled_at: datetime | None = None
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    intent: str = ""
    rule: str = ""
    considered: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def of_person(session: Session, person_id: int) -> Conversation | None:
    """The person's conversation, if any text has ever been thought of."""
    return session.exec(select(Conversation).where(Conversation.person_id == person_id)).first()


def of_people(session: Session, person_ids: Iterable[int]) -> dict[int, Conversation]:
    """Conversations by person, in one query."""
    rows = session.exec(select(Conversation).where(col(Conversation.person_id).in_(list(person_ids))))
    return {row.person_id: row for row in rows if row.person_id is not None}


def many(session: Session, ids: Iterable[int]) -> Sequence[Conversation]:
    """Conversations by id, in one query."""
    return session.exec(select(Conversation).where(col(Conversation.id).in_(list(ids)))).all()


def of_unknown(session: Session, channel: str, address: str) -> Conversation | None:
    """The conversation with an address that nobody in the register has."""
    return session.exec(
        select(Conversation).where(
            Conversation.channel == channel, Conversation.address == address, col(Conversation.person_id).is_(None)
        )
    ).first()


def said_wrong_number(session: Session, channel: str, address: str) -> bool:
    """Whether somebody at this address has told us that it is not the person we look for."""
    query = select(Conversation.id).where(
        Conversation.channel == channel, Conversation.address == address, Conversation.state == "wrong_number"
    )
    return session.exec(query.limit(1)).first() is not None


def by_code(session: Session, code: str) -> Conversation | None:
    """The conversation a page address means."""
    return session.exec(select(Conversation).where(Conversation.code == code)).first()


def get(session: Session, conversation_id: int) -> Conversation:
    """The conversation; raises when there is none with this id."""
    return session.get_one(Conversation, conversation_id)


def keep(session: Session, conversation: Conversation) -> Conversation:
    """Keep a new or changed conversation."""
    session.add(conversation)
    session.flush()
    return conversation


def keep_many(session: Session, conversations: Sequence[Conversation]) -> None:
    """Keep many new or changed conversations."""
    session.add_all(conversations)
    session.flush()


def ids_of_people(session: Session) -> dict[int, int]:
    """The id of every person's conversation."""
    query = select(Conversation.person_id, Conversation.id).where(col(Conversation.person_id).is_not(None))
    return {person_id: conversation_id for person_id, conversation_id in session.exec(query) if person_id is not None}


def waiting(session: Session, office_ids: Sequence[int] | None = None) -> Sequence[tuple[Conversation, Person | None]]:
    """Conversations somebody must read: urgent first, then the longest wait (ux §4.2)."""
    query = (
        select(Conversation, Person)
        .join(Person, col(Person.id) == Conversation.person_id, isouter=True)
        .where(col(Conversation.waiting_since).is_not(None))
        .order_by((col(Conversation.state) != "urgent"), col(Conversation.waiting_since))
    )
    if office_ids is not None:
        query = query.where(or_(col(Person.office_id).in_(office_ids), col(Person.id).is_(None)))
    return session.exec(query).all()


def counts_by_state(session: Session) -> dict[str, int]:
    """How many conversations stand in each state."""
    return dict(session.exec(select(Conversation.state, func.count()).group_by(Conversation.state)).all())


def keep_inbound(session: Session, inbound: InboundText) -> bool:
    """Keep a text that came in; False when the provider has told us of it before."""
    known = session.exec(
        select(InboundText.id).where(
            InboundText.channel == inbound.channel, InboundText.provider_id == inbound.provider_id
        )
    ).first()
    if known is not None:
        return False
    session.add(inbound)
    session.flush()
    return True


def unread_from(session: Session, channel: str, sender: str) -> Sequence[InboundText]:
    """Texts from an address that have not been handled, in the order they came."""
    query = select(InboundText).where(
        InboundText.channel == channel, InboundText.sender == sender, col(InboundText.handled_at).is_(None)
    )
    return session.exec(query.order_by(col(InboundText.id))).all()


def postpone_unread(session: Session, channel: str, sender: str, due_at: datetime) -> None:
    """A person who is still typing is waited for: every unread text of theirs becomes due together."""
    session.execute(
        update(InboundText)
        .where(col(InboundText.channel) == channel, col(InboundText.sender) == sender)
        .where(col(InboundText.handled_at).is_(None))
        .values(due_at=due_at)
    )


def senders_due(session: Session, now: datetime, limit: int = 100) -> Sequence[tuple[str, str]]:
    """Addresses (channel, sender) with texts whose time to be read has come, longest wait first."""
    query = (
        select(InboundText.channel, InboundText.sender)
        .where(col(InboundText.handled_at).is_(None), col(InboundText.due_at) <= now)
        .group_by(InboundText.channel, InboundText.sender)
        .order_by(func.min(InboundText.id))
        .limit(limit)
    )
    return session.exec(query).all()


def next_due(session: Session) -> datetime | None:
    """When the next unread text becomes due."""
    return session.exec(
        select(InboundText.due_at)
        .where(col(InboundText.handled_at).is_(None))
        .order_by(col(InboundText.due_at))
        .limit(1)
    ).first()


def inbound_of(session: Session, conversation_id: int) -> Sequence[InboundText]:
    """Every text that came in to a conversation, in order."""
    query = select(InboundText).where(InboundText.conversation_id == conversation_id)
    return session.exec(query.order_by(col(InboundText.id))).all()


def inbound_from(session: Session, channel: str, sender: str, *, after_id: int = 0) -> Sequence[InboundText]:
    """Every text that came from an address, whoever it was tied to, in order."""
    query = select(InboundText).where(
        InboundText.channel == channel, InboundText.sender == sender, InboundText.id > after_id
    )
    return session.exec(query.order_by(col(InboundText.id))).all()


def last_inbound(session: Session, conversation_ids: Iterable[int]) -> dict[int, InboundText]:
    """The latest text of each conversation."""
    latest = (
        select(func.max(InboundText.id))
        .where(col(InboundText.conversation_id).in_(list(conversation_ids)))
        .group_by(col(InboundText.conversation_id))
    )
    rows = session.exec(select(InboundText).where(col(InboundText.id).in_(latest)))
    return {row.conversation_id: row for row in rows if row.conversation_id is not None}


def unread_count(session: Session) -> int:
    """How many texts wait to be read by the service."""
    return session.exec(
        select(func.count()).select_from(InboundText).where(col(InboundText.handled_at).is_(None))
    ).one()


def give_to(session: Session, conversation: Conversation, staff_id: int | None, *, now: datetime) -> bool:
    """Change who has the talk by one conditional write; False when somebody else changed it first."""
    held_by = col(Conversation.held_by_id)
    unchanged = held_by.is_(None) if conversation.held_by_id is None else held_by == conversation.held_by_id
    session.flush()
    result = session.execute(
        update(Conversation)
        .where(col(Conversation.id) == conversation.id, unchanged)
        .values(held_by_id=staff_id, held_since=now if staff_id is not None else None)
    )
    session.refresh(conversation)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def last_intents(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """What each person's latest text was read as."""
    latest = (
        select(func.max(InboundText.id))
        .join(Conversation, col(Conversation.id) == InboundText.conversation_id)
        .where(col(Conversation.person_id).in_(list(person_ids)))
        .group_by(col(Conversation.person_id))
    )
    query = (
        select(Conversation.person_id, InboundText.intent)
        .join(Conversation, col(Conversation.id) == InboundText.conversation_id)
        .where(col(InboundText.id).in_(latest))
    )
    return {person_id: intent for person_id, intent in session.exec(query) if person_id is not None}


def silent_in(
    session: Session, states: Sequence[str], *, before: datetime
) -> Sequence[tuple[Conversation, Person]]:  # fmt: skip
    """Talks that have stood in these states, without a word from the person, since before a moment."""
    query = (
        select(Conversation, Person)
        .join(Person, col(Person.id) == Conversation.person_id)
        .where(col(Conversation.state).in_(states), Conversation.state_at < before)
        .where(or_(col(Conversation.last_inbound_at).is_(None), col(Conversation.last_inbound_at) < before))
        .where(col(Person.closed_at).is_(None), col(Person.protected).is_(False))
    )
    return session.exec(query).all()


def rested(session: Session, now: datetime) -> Sequence[tuple[Conversation, Person]]:
    """Talks that rest until a day that has come."""
    query = (
        select(Conversation, Person)
        .join(Person, col(Person.id) == Conversation.person_id)
        .where(Conversation.state == "resting", col(Person.paused_until) <= now)
        .where(col(Person.closed_at).is_(None), col(Person.protected).is_(False))
    )
    return session.exec(query).all()
