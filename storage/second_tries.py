"""Second tries in the queue: a row of its own for a text whose first try found the telephone switched off."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Table, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.campaigns import Campaign
from storage.columns import among, this
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Booking, Slot
from storage.messages import STANDS, UNSENT, Message
from storage.tasks import TALKED, Attempt

_texts: Table = Message.__table__  # type: ignore[attr-defined]
# What is said again as it was said the first time.
_SAME = (
    "kind", "channel", "address", "text", "text_code", "lang", "encoding", "parts", "buttons", "person_id",
    "conversation_id", "campaign_id", "priority",
)  # fmt: skip
# Answers and what meetings bring: they hold only as long as the talk stands where it stood.
_OF_THE_MOMENT = ("reply", "reminder")

_newer = aliased(Message)
_said_since = exists().where(
    col(_newer.conversation_id) == col(Message.conversation_id), col(_newer.id) > col(Message.id),
    col(_newer.again_of_id).is_(None), col(_newer.state).not_in((*UNSENT, "failed")),
)  # fmt: skip
_talked_since = exists().where(
    col(Attempt.person_id) == col(Message.person_id), col(Attempt.result) == TALKED,
    col(Attempt.at) > col(Message.claimed_at),
)  # fmt: skip
_moved_on = or_(
    col(Conversation.state_at) > col(Message.created_at),
    exists().where(col(Booking.person_id) == col(Message.person_id), col(Booking.state_at) > col(Message.created_at)),
)
_meeting_is_over = exists().where(
    col(Campaign.id) == col(Message.campaign_id), col(Slot.id) == col(Campaign.slot_id),
    or_(col(Slot.called_off_at).is_not(None), col(Slot.starts_at) <= bindparam("now")),
)  # fmt: skip
_OVERTAKEN = (
    select(col(Message.id))
    .join(Conversation, col(Conversation.id) == col(Message.conversation_id))
    .where(among(Message.id))
    .where(or_(
        col(Message.claimed_at) < bindparam("since"),
        col(Conversation.channel) != col(Message.channel), col(Conversation.address) != col(Message.address),
        col(Conversation.last_inbound_at) > col(Message.claimed_at),
        and_(col(Message.kind).in_(_OF_THE_MOMENT), _moved_on), _said_since, _talked_since, _meeting_is_over,
    ))
)  # fmt: skip
_TAKE_BACK = (
    update(_texts)
    .where(_texts.c.again_of_id == bindparam("first"), _texts.c.state == this("queued"))
    .values(state="cancelled", reason=bindparam("why"), state_at=bindparam("now"))
)


def add(session: Session, first: Message, *, send_after: datetime, send_before: datetime | None, now: datetime) -> None:
    """Put a text in the queue once more. The column's own rule lets no text be tried a third time."""
    same = {name: getattr(first, name) for name in _SAME}
    session.add(Message(
        **same, again_of_id=first.id, send_after=send_after, send_before=send_before, created_at=now, state_at=now
    ))  # fmt: skip
    session.flush()


def telling(session: Session, message_id: int) -> Message:
    """The text, or its second try where that is what says how it went."""
    one_of_both = or_(col(Message.id) == message_id, col(Message.again_of_id) == message_id)
    found: Message = session.execute(select(Message).where(one_of_both, STANDS)).scalar_one()
    return found


def overtaken(session: Session, ids: Iterable[int], *, since: datetime, now: datetime) -> set[int]:
    """Which of these first tries are not to be said again: they left before `since`, something newer has been said by
    either side, written or spoken, the talk has moved on or to another address, or the meeting they invite to is over.
    """
    return set(session.rows(_OVERTAKEN, ids=list(ids), since=since, now=now).scalars())


def take_back(session: Session, first_id: int, *, reason: str, now: datetime) -> None:
    """Cancel a second try that has not left."""
    session.rows(_TAKE_BACK, first=first_id, why=reason, now=now)
