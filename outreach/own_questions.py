"""Questions that we ask unasked: each is open from the moment its text left, and not before, so that a number in an
answer never means something else than what stands in the telephone.
"""

from collections.abc import Iterable
from datetime import datetime

import storage.conversations
import storage.follow_ups
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.queue import Due

AGAIN, MISSED, FOLLOW_UPS = "OFFER-AGAIN", "NOSHOW", storage.follow_ups.KINDS
KINDS = ("nudge", "follow_up")
_ONLY_PEOPLE = ("human", "urgent", "stopped")


def open_those_of(session: Session, texts: Iterable[tuple[Due | Message, datetime]], *, now: datetime) -> None:
    """Open the questions of texts that have left, each with the moment it left. Twice changes nothing, and where the
    person has written since, or a human has the talk, nothing is asked any more.
    """
    for text, left_at in texts:
        if text.kind in KINDS and text.conversation_id is not None:
            conversation = storage.conversations.get(session, text.conversation_id)
            if text.text_code in FOLLOW_UPS:
                _note_follow_up(session, conversation, text.text_code)
            if _is_open_to_questions(conversation, left_at):
                _open(conversation, text.text_code, now)
                storage.conversations.keep(session, conversation)


def _note_follow_up(session: Session, conversation: Conversation, code: str) -> None:
    row = storage.follow_ups.asked(session, conversation.person_id or 0, code)
    if row is not None and row.outcome == storage.follow_ups.QUEUED:
        row.outcome = storage.follow_ups.ASKED


def _is_open_to_questions(conversation: Conversation, left_at: datetime) -> bool:
    heard = conversation.last_inbound_at
    free = conversation.held_by_id is None and conversation.state not in _ONLY_PEOPLE
    return free and (heard is None or heard < left_at)


def _open(conversation: Conversation, code: str, now: datetime) -> None:
    if code == AGAIN and (times := conversation.context.get("again")):
        # Its numbers are those of the new text. How long somebody has been silent is counted as before.
        conversation.context = {**times, "asked": "OFFER", "asked_at": now.isoformat()}
        conversation.state = "offered"
    elif code == MISSED and conversation.state == "no_show":
        conversation.context = {"asked": code, "asked_at": now.isoformat()}
    elif code in FOLLOW_UPS and conversation.context.get("asked") != code:
        conversation.context = {"asked": code, "asked_at": now.isoformat()}
        conversation.state, conversation.state_at = "follow_up", now
