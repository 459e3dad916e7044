"""How far each member of staff has read each talk: it is unread for them when more has come in since (ux §4.3)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlmodel import Field, SQLModel, col

from storage.columns import among
from storage.conversations import Conversation
from storage.database import Session


class TalkRead(SQLModel, table=True):
    """Somebody has read a talk `up_to` the text that came in last then."""

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", primary_key=True)
    up_to: datetime


_KEEP = sqlite.insert(TalkRead.__table__)  # type: ignore[attr-defined]
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["staff_id", "conversation_id"], set_={"up_to": _KEEP.excluded.up_to}
)


def read(session: Session, staff_id: int, conversation: Conversation) -> None:
    """Note that somebody has read all that has come in."""
    if conversation.last_inbound_at is not None:
        row = {"staff_id": staff_id, "conversation_id": conversation.id, "up_to": conversation.last_inbound_at}
        session.each(_KEEP, [row])


_UP_TO = select(col(TalkRead.conversation_id), col(TalkRead.up_to)).where(among(TalkRead.conversation_id))


def read_up_to(session: Session, staff_id: int, conversation_ids: Iterable[int]) -> dict[int, datetime]:
    """How far somebody has read these talks; those they have never read are left out."""
    query = _UP_TO.where(col(TalkRead.staff_id) == staff_id)
    return {row.conversation_id: row.up_to for row in session.rows(query, ids=list(conversation_ids))}


def is_unread(conversation: Conversation, up_to: datetime | None) -> bool:
    """Whether more has come in than somebody has read."""
    last = conversation.last_inbound_at
    return last is not None and (up_to is None or up_to < last)
