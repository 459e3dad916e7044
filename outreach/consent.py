"""Stops and starts: who does not want to be reached, in which channel. A stop is a wish, not an erasure (domain B5)."""

from datetime import datetime

import storage.audit
import storage.conversations
import storage.messages
import storage.numbers
from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import Stop

# Whatever is on its way to somebody who has said stop is taken back.
_TAKEN_BACK = ("campaign", "ladder", "nudge", "follow_up", "reminder", "reply", "notice", "staff")


def stop(session: Session, conversation: Conversation, *, how: str, now: datetime) -> bool:
    """The person at this address wants no more texts in this channel. False when that was already so."""
    new = storage.numbers.stop(
        session,
        Stop(channel=conversation.channel, address=conversation.address, person_id=conversation.person_id,
             since=now, how=how),
    )  # fmt: skip
    storage.messages.hold_back(session, conversation.id, _TAKEN_BACK, reason="stopped", now=now)
    if conversation.state != "stopped":
        conversation.resume_state = conversation.state
        conversation.state, conversation.state_at = "stopped", now
    storage.conversations.keep(session, conversation)
    if new:
        storage.audit.write(session, "stop", now=now, person_id=conversation.person_id, channel=conversation.channel)
    return new


def start(session: Session, conversation: Conversation, *, now: datetime) -> bool:
    """The person wrote START. False when nothing was stopped."""
    ended = storage.numbers.end_stops(
        session, conversation.channel, conversation.address, conversation.person_id, now=now
    )
    if conversation.state == "stopped":
        conversation.state, conversation.state_at, conversation.resume_state = "invited", now, ""
        storage.conversations.keep(session, conversation)
    if ended:
        storage.audit.write(session, "start", now=now, person_id=conversation.person_id, channel=conversation.channel)
    return ended > 0


def is_stopped(session: Session, conversation: Conversation) -> bool:
    """Whether an open stop stands at the conversation's address, or is the person's own."""
    if storage.numbers.stops_at(session, conversation.channel, [conversation.address]):
        return True
    person_id = conversation.person_id
    return person_id is not None and bool(storage.numbers.people_stopped(session, conversation.channel, [person_id]))
