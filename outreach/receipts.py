"""What became of a text. Receipts are appended; the text's state only moves forward, so late or doubled news
changes nothing.
"""

from datetime import datetime

import storage.conversations
import storage.messages
import storage.people
from outreach import consent, numbers
from outreach.channels import Receipt
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message, ReceiptRow

# Talks in these states begin anew with a campaign's question; in the others the talk has gone further already.
INVITABLE = ("new", "invited", "resting", "ladder", "wrong_number")


def record(session: Session, receipt: Receipt, *, now: datetime) -> bool:
    """Keep a receipt and what follows from it. False when no text of ours is meant, which is no fault.

    1. find the text by our code, else by the provider's id, 2. append, 3. move the state forward,
    4. only if it moved: the person is invited, the number works, is dead, or its owner has said stop at the provider.
    """
    found = _find(session, receipt)
    if found is None:
        return False
    message = storage.messages.locked(session, [found.id])[0]
    storage.messages.add_receipt(
        session, ReceiptRow(message_id=message.id, state=receipt.state, error=receipt.error or "", at=receipt.at)
    )
    storage.messages.name_by_provider(session, message, receipt.provider_id)
    reason = receipt.sentence or ""
    if storage.messages.advance(session, message, receipt.state, now=now, reason=reason, error=receipt.error or ""):
        follow(session, message, meaning=receipt.meaning or "", now=now)
    return True


def follow(session: Session, message: Message, *, meaning: str, now: datetime) -> None:
    """What a text's fate says about the talk with the person, and about the number it went to."""
    if message.state in ("sent", "delivered"):
        _invite(session, message, now)
    if message.person_id is not None and message.channel == "sms":
        _judge_number(session, message, message.person_id, meaning, now)
    _stop_if_asked(session, message, meaning, now)


def _invite(session: Session, message: Message, now: datetime) -> None:
    """The question of a campaign is open from the moment its text has left, whoever brought the news."""
    if message.kind not in ("campaign", "ladder") or message.conversation_id is None:
        return
    conversation = storage.conversations.get(session, message.conversation_id)
    if conversation.state in INVITABLE and _not_answered_since(conversation, message):
        conversation.state, conversation.state_at = "invited", now
        conversation.context = {"asked": message.text_code or "INV-1", "asked_at": now.isoformat()}
        storage.conversations.keep(session, conversation)


def _not_answered_since(conversation: Conversation, message: Message) -> bool:
    # A quick answer can be read before we have recorded that the text left: it must not be forgotten.
    answered, left = conversation.last_inbound_at, message.claimed_at
    return answered is None or left is None or answered < left


def _judge_number(session: Session, message: Message, person_id: int, meaning: str, now: datetime) -> None:
    if message.state == "delivered":
        numbers.mark_works(session, person_id, message.address, now=now)
    elif meaning == "number_dead":
        person = storage.people.get(session, person_id)
        numbers.mark_dead(session, person, message.address, why=message.reason, now=now)


def _stop_if_asked(session: Session, message: Message, meaning: str, now: datetime) -> None:
    if meaning == "opted_out" and message.conversation_id is not None:
        conversation = storage.conversations.get(session, message.conversation_id)
        consent.stop(session, conversation, how="provider", now=now)


def _find(session: Session, receipt: Receipt) -> Message | None:
    if receipt.code:
        found = storage.messages.by_code(session, receipt.code)
        if found is not None:
            return found
    return storage.messages.by_provider_id(session, receipt.provider_id) if receipt.provider_id else None
