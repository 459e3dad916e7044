"""What became of a text. Receipts are appended; the text's state only moves forward, so late or doubled news
changes nothing.
"""

from datetime import datetime

import storage.conversations
import storage.messages
import storage.people
from outreach import consent, numbers
from outreach.channels import Receipt
from storage.database import Session
from storage.messages import Message, ReceiptRow


def record(session: Session, receipt: Receipt, *, now: datetime) -> bool:
    """Keep a receipt and what follows from it. False when no text of ours is meant, which is no fault.

    1. find the text by our code, else by the provider's id, 2. append, 3. move the state forward,
    4. only if it moved: the number works, is dead, or its owner has said stop at the provider.
    """
    message = _find(session, receipt)
    if message is None:
        return False
    storage.messages.add_receipt(
        session, ReceiptRow(message_id=message.id, state=receipt.state, error=receipt.error or "", at=receipt.at)
    )
    if receipt.provider_id and message.provider_id is None:
        message.provider_id = receipt.provider_id
    reason = receipt.sentence or ""
    if storage.messages.advance(session, message, receipt.state, now=now, reason=reason, error=receipt.error or ""):
        follow(session, message, meaning=receipt.meaning or "", now=now)
    return True


def follow(session: Session, message: Message, *, meaning: str, now: datetime) -> None:
    """What a text's fate says about the number it went to."""
    if message.person_id is None or message.channel != "sms":
        return _stop_if_asked(session, message, meaning, now)
    if message.state == "delivered":
        numbers.mark_works(session, message.person_id, message.address, now=now)
    elif meaning == "number_dead":
        person = storage.people.get(session, message.person_id)
        numbers.mark_dead(session, person, message.address, why=message.reason, now=now)
    return _stop_if_asked(session, message, meaning, now)


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
