"""Texts that leave by the clock and answer nobody: what each is to say is handed to whoever has the words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from outreach import delivery
from scheduler.reminders import Written
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Slot
from storage.messages import Message
from storage.people import Person


@dataclass(frozen=True, slots=True)
class Wish:
    """Which text is wanted and for whom; the times in it by number, who signs it where that is not whoever reads the
    answers, and the meeting it is about.
    """

    code: str
    conversation: Conversation
    person: Person
    slots: Sequence[Slot] = ()
    name: str = ""
    about: Slot | None = None


Say = Callable[[Session, Wish, datetime], Written]


def queue(
    session: Session, wish: Wish, say: Say, *, now: datetime, send_before: datetime, kind: str = "nudge"
) -> Message:  # fmt: skip
    """Put the text in the queue. Whether it leaves is the gate's word; its question is open when it has left."""
    written = say(session, wish, now)
    return delivery.queue(
        session, wish.conversation, written.text, kind=kind, text_code=wish.code, send_before=send_before,
        buttons=written.buttons if wish.conversation.channel != "sms" else (), now=now,
    )  # fmt: skip
