"""Writing the wish: a text put in the queue. Whether it may leave is the gate's word, when it is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import storage.bulk
import storage.messages
import storage.queue
from outreach import wording
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message

# Lower goes first: help and stops before answers, answers before reminders, everything before campaigns.
PRIORITY = {
    "crisis": 0, "stop_confirmation": 0, "staff": 1, "reply": 1, "test": 1, "notice": 2, "reminder": 2,
    "nudge": 4, "follow_up": 4, "ladder": 4, "campaign": 5,
}  # fmt: skip

# An answer that could not leave for this long would surprise more than silence does.
ANSWER_KEEPS = timedelta(hours=12)


def queue(
    session: Session, conversation: Conversation, text: str, *, kind: str, now: datetime, text_code: str = "",
    send_before: datetime | None = None, buttons: Sequence[str] = (), staff_id: int | None = None,
) -> Message:  # fmt: skip
    """Put a text to the person at the other end of a conversation in the queue."""
    values = _values(conversation, text, kind, now, text_code, buttons)
    keeps = send_before or now + ANSWER_KEEPS
    return storage.messages.add(session, Message(**values, staff_id=staff_id, send_before=keeps))


def answer(
    session: Session, conversation: Conversation, text: str, *, kind: str, now: datetime, text_code: str,
    buttons: Sequence[str] = (),
) -> None:  # fmt: skip
    """As `queue`, for the answer to a text that came in: nobody goes on working with the row, which makes it cheap."""
    values = _values(conversation, text, kind, now, text_code, buttons)
    row = storage.bulk.row(Message, **values, send_before=now + ANSWER_KEEPS)
    storage.bulk.add(session, Message, [row])


def _values(
    conversation: Conversation, text: str, kind: str, now: datetime, text_code: str, buttons: Sequence[str]
) -> dict[str, Any]:
    size = wording.measure(text)
    return {
        "kind": kind, "channel": conversation.channel, "address": conversation.address, "text": text,
        "text_code": text_code, "lang": conversation.lang, "encoding": size.encoding, "parts": size.parts,
        "buttons": "|".join(buttons), "person_id": conversation.person_id, "conversation_id": conversation.id,
        "priority": PRIORITY[kind], "send_after": now, "created_at": now, "state_at": now,
    }  # fmt: skip


def put_back(session: Session, conversation: Conversation, *, reason: str, since: datetime, now: datetime) -> int:
    """Give the queue back what was taken from it for a reason that did not hold; answers are left, since they would
    come too late. Returns how many texts; whether they leave is the gate's word.
    """
    back = [
        text
        for text in storage.messages.of_conversation(session, conversation.id)
        if text.state == "cancelled" and text.reason == reason and text.state_at >= since
        and text.kind not in ("reply", "notice", "staff") and (text.send_before is None or text.send_before > now)
    ]  # fmt: skip
    for text in back:
        storage.queue.requeue(session, text, text.send_after, now=now)
    return len(back)
