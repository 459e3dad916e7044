"""Every text that came in: kept before it is answered, looked at, read, and never lost."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, UniqueConstraint, bindparam, func, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import sqlite
from sqlmodel import Field, SQLModel, col, or_, select

from storage.columns import among, one_of
from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import CHANNELS


class InboundText(SQLModel, table=True):
    """A text that came in; kept before it is answered. `due_at` is when it shall be read (together with its
    neighbours), empty until somebody has looked whether it can wait. `provider_did` says what the provider has done
    about it by itself: "stop", "start" or "help". `recipient` is our number, or the mark of the link that a Telegram
    chat was opened by.
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


_KEEP = sqlite.insert(InboundText.__table__).on_conflict_do_nothing().inline()  # type: ignore[attr-defined]


def keep_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep texts that came in, in this order; those that the provider has told us of before are passed over."""
    session.each(_KEEP, rows)


def keep(session: Session, row: Mapping[str, Any]) -> bool:
    """Keep a text that came in; False when the provider has told us of it before."""
    return session.rows(_KEEP, **row).rowcount == 1


def wordings(session: Session, channel: str, sender: str, message: str) -> Sequence[InboundText]:
    """Every wording of a text that its writer has changed, oldest first; `message` is its name at the provider."""
    query = select(InboundText).where(InboundText.channel == channel, InboundText.sender == sender)
    named = col(InboundText.provider_id).endswith(f":{message}", autoescape=True)
    return session.exec(query.where(named).order_by(col(InboundText.id))).all()


_UNREAD_FROM = (
    select(InboundText)
    .where(InboundText.channel == bindparam("from_channel"), InboundText.sender == bindparam("from_sender"))
    .where(col(InboundText.handled_at).is_(None))
    .order_by(col(InboundText.id))
)


def unread_from(session: Session, channel: str, sender: str) -> Sequence[InboundText]:
    """Texts from an address that have not been handled, in the order they came."""
    return session.exec(_UNREAD_FROM, params={"from_channel": channel, "from_sender": sender}).all()


class Unread(NamedTuple):
    """What reading a text must know of it, without the rest of the row."""

    id: int
    channel: str
    recipient: str
    text: str
    provider_did: str
    received_at: datetime
    rule: str


_TO_READ = _UNREAD_FROM.with_only_columns(*(getattr(InboundText, name) for name in Unread._fields)).with_for_update()


def to_read(session: Session, channel: str, sender: str) -> Sequence[Unread]:
    """The same, for whoever reads them: nobody else does until the transaction ends."""
    return [Unread._make(row) for row in session.rows(_TO_READ, from_channel=channel, from_sender=sender)]


_HANDLED = (
    update(InboundText.__table__)  # type: ignore[attr-defined]
    .where(among(InboundText.id))
    .values(handled_at=bindparam("now"), conversation_id=bindparam("talk"), rule=bindparam("by_rule"))
)
_HANDLED_AS = _HANDLED.values(intent=bindparam("meant"), considered=bindparam("others"))


def handled(session: Session, ids: Iterable[int], conversation_id: int, rule: str, *, now: datetime) -> None:
    """Note that texts need no reading any more, and in a word why."""
    session.rows(_HANDLED, ids=list(ids), talk=conversation_id, by_rule=rule, now=now)


def read_as(
    session: Session, ids: Iterable[int], conversation_id: int, intent: str, rule: str, considered: Sequence[str], *,
    now: datetime,
) -> None:  # fmt: skip
    """Note what texts were read as: the meaning, the rule that told, and the others that fitted."""
    values = {"meant": intent, "by_rule": rule, "others": list(considered)}
    session.rows(_HANDLED_AS, ids=list(ids), talk=conversation_id, now=now, **values)


class NewText(NamedTuple):
    """A text that nobody has looked at yet."""

    id: int
    channel: str
    sender: str
    text: str
    provider_did: str
    received_at: datetime


_NEW = (
    select_columns(*(getattr(InboundText, name) for name in NewText._fields))
    .where(col(InboundText.due_at).is_(None), col(InboundText.handled_at).is_(None))
    .order_by(col(InboundText.id))
    .limit(bindparam("most"))
)
_FIRST_UNREAD = (
    select_columns(InboundText.channel, InboundText.sender, func.min(InboundText.received_at))  # type: ignore[call-overload]
    .where(among(InboundText.sender), col(InboundText.handled_at).is_(None))
    .group_by(InboundText.channel, InboundText.sender)
)
_READ_AT = (
    update(InboundText.__table__)  # type: ignore[attr-defined]
    .where(col(InboundText.channel) == bindparam("from_channel"), col(InboundText.sender) == bindparam("from_sender"))
    .where(col(InboundText.handled_at).is_(None), col(InboundText.id) <= bindparam("up_to"))
    .where(or_(col(InboundText.due_at).is_(None), col(InboundText.due_at) > bindparam("came")))
    .values(due_at=bindparam("at"))
)


def not_looked_at(session: Session, most: int) -> Sequence[NewText]:
    """Texts that have come in since anybody looked, in the order they came."""
    return [NewText(*row) for row in session.rows(_NEW, most=most)]


def first_unread(session: Session, senders: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When the oldest unread text of each of these senders came, by channel and sender."""
    return {(channel, sender): at for channel, sender, at in session.rows(_FIRST_UNREAD, ids=list(senders))}


def read_at(session: Session, texts: Iterable[tuple[NewText, datetime]]) -> None:
    """Let each text be read at a moment, and with it every unread one of its sender that was not due when it came."""
    rows = [
        {"from_channel": text.channel, "from_sender": text.sender, "up_to": text.id, "came": text.received_at, "at": at}
        for text, at in texts
    ]
    session.each(_READ_AT, rows)


def read_now(session: Session, channel: str, sender: str, *, now: datetime) -> None:
    """Let every unread text of a sender be read at once."""
    session.execute(
        update(InboundText)
        .where(col(InboundText.channel) == channel, col(InboundText.sender) == sender)
        .where(col(InboundText.handled_at).is_(None))
        .values(due_at=now)
    )


_SENDERS_DUE = (
    select_columns(col(InboundText.channel), col(InboundText.sender))
    .where(col(InboundText.handled_at).is_(None), col(InboundText.due_at) <= bindparam("now"))
    .group_by(col(InboundText.channel), col(InboundText.sender))
    .order_by(func.min(InboundText.id))
    .limit(bindparam("most"))
)


def senders_due(session: Session, now: datetime, most: int = 100) -> Sequence[tuple[str, str]]:
    """Addresses (channel, sender) with texts whose time to be read has come, longest wait first."""
    return [(channel, sender) for channel, sender in session.rows(_SENDERS_DUE, now=now, most=most)]


def next_due(session: Session) -> datetime | None:
    """When the next unread text becomes due."""
    return session.exec(
        select(InboundText.due_at)
        .where(col(InboundText.handled_at).is_(None))
        .order_by(col(InboundText.due_at))
        .limit(1)
    ).first()


def of_conversation(session: Session, conversation_id: int) -> Sequence[InboundText]:
    """Every text that came in to a conversation, in order."""
    query = select(InboundText).where(InboundText.conversation_id == conversation_id)
    return session.exec(query.order_by(col(InboundText.id))).all()


def of_sender(session: Session, channel: str, sender: str, *, after_id: int = 0) -> Sequence[InboundText]:
    """Every text that came from an address, whoever it was tied to, in order."""
    query = select(InboundText).where(
        InboundText.channel == channel, InboundText.sender == sender, InboundText.id > after_id
    )
    return session.exec(query.order_by(col(InboundText.id))).all()


def latest(session: Session, conversation_ids: Iterable[int]) -> dict[int, InboundText]:
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
