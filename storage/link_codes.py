"""Codes that tie a chat without telephone number (Telegram) to a person: random, for one use, for some days."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, update
from sqlmodel import Field, SQLModel, col, select

from storage.columns import one_of
from storage.conversations import Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.messages import Message
from storage.people import Person

LINKABLE = ("telegram",)


class LinkCode(SQLModel, table=True):
    """A code that was given to a person. Kept as a keyed hash only: whoever reads the table can use none of them.

    `address` is the chat that opened it; the tie itself is made when the first name has been confirmed (ux §5.8).
    """

    __table_args__ = (one_of("channel", LINKABLE),)

    mark: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str = "telegram"
    made_at: datetime
    expires_at: datetime
    address: str = ""
    used_at: datetime | None = None


def add(session: Session, code: LinkCode) -> None:
    """Keep a new code; the person's older ones end, opened or not."""
    end(session, code.person_id, now=code.made_at)
    session.add(code)
    session.flush()


def end(session: Session, person_id: int, *, now: datetime) -> None:
    """No code of this person's holds any longer."""
    session.execute(
        update(LinkCode)
        .where(col(LinkCode.person_id) == person_id, col(LinkCode.expires_at) > now)
        .values(expires_at=now)
    )


def use(session: Session, mark: str, address: str, *, now: datetime) -> LinkCode | None:
    """Spend the code for this chat by one conditional write. None when it is unknown, too old, or spent already."""
    result = session.execute(
        update(LinkCode)
        .where(col(LinkCode.mark) == mark, col(LinkCode.used_at).is_(None), col(LinkCode.expires_at) > now)
        .values(used_at=now, address=address)
    )
    return session.get(LinkCode, mark) if result.rowcount else None  # type: ignore[attr-defined]


def opened(session: Session, mark: str, address: str, *, now: datetime) -> LinkCode | None:
    """The code that this chat has opened, while it holds."""
    query = select(LinkCode).where(LinkCode.mark == mark, LinkCode.address == address, LinkCode.expires_at > now)
    return session.exec(query.execution_options(populate_existing=True)).first()


def tries(session: Session, channel: str, address: str, since: datetime) -> int:
    """How many links this chat has been opened by since a moment; a link's mark stands as the text's recipient."""
    query = (
        select(func.count())
        .select_from(InboundText)
        .where(InboundText.channel == channel, InboundText.sender == address, InboundText.received_at >= since)
        .where(col(InboundText.recipient) != "")
    )
    return session.exec(query).one()


def hand_on(session: Session, chat: Conversation, talk: Conversation) -> None:
    """What was said in an anonymous chat becomes part of the talk with the person."""
    for table in (InboundText, Message):
        session.execute(update(table).where(col(table.conversation_id) == chat.id).values(conversation_id=talk.id))
    session.execute(update(Message).where(col(Message.conversation_id) == talk.id).values(person_id=talk.person_id))


def talks(session: Session, channel: str, office_id: int | None = None) -> Sequence[Conversation]:
    """People's talks that go on in this channel, of one office or of all."""
    query = (
        select(Conversation)
        .join(Person, col(Person.id) == Conversation.person_id)
        .where(Conversation.channel == channel)
    )
    if office_id is not None:
        query = query.where(Person.office_id == office_id)
    return session.exec(query).all()
