"""Writing the wish: a text put in the queue. Whether it may leave is the gate's word, when it is sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.messages
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
    size = wording.measure(text)
    return storage.messages.add(
        session,
        Message(
            kind=kind, channel=conversation.channel, address=conversation.address, text=text, text_code=text_code,
            lang=conversation.lang, encoding=size.encoding, parts=size.parts, buttons="|".join(buttons),
            person_id=conversation.person_id, conversation_id=conversation.id, staff_id=staff_id,
            priority=PRIORITY[kind], send_after=now, send_before=send_before or now + ANSWER_KEEPS, created_at=now,
            state_at=now,
        ),
    )  # fmt: skip
