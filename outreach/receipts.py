"""What became of a text. Receipts are appended; the text's state only moves forward, so late or doubled news
changes nothing.
"""

from collections.abc import Iterable
from datetime import datetime

import storage.conversations
import storage.messages
import storage.numbers
import storage.people
from outreach import consent, halts, linking, numbers, own_questions, second_try
from outreach.channels import Receipt
from storage.conversations import Invitation
from storage.database import Session
from storage.messages import Message, ReceiptRow
from storage.queue import Due

# Texts of these kinds ask the question of a campaign, and so does a reminder of it.
INVITING, NUDGE = ("campaign", "ladder"), "NUDGE"


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
        have_left(session, [(message, message.claimed_at or now)], now=now)
    if message.person_id is not None and message.channel == "sms":
        _judge_number(session, message, message.person_id, meaning, now)
    elif message.person_id is not None and meaning == "number_dead":
        _lose_chat(session, message, message.person_id, now)
    _stop_if_asked(session, message, meaning, now)
    if meaning == "operator":
        halts.operator_fault(session, message, now=now)
    second_try.follow(session, message, meaning=meaning, now=now)


def have_left(session: Session, texts: Iterable[tuple[Due | Message, datetime]], *, now: datetime) -> None:
    """The question of a campaign is open from the moment its text left (given beside it), whoever brings the news. A
    quick answer can be read before we have recorded that the text left: it is not forgotten.
    """
    gone = list(texts)
    invitations = [
        Invitation(text.conversation_id, text.text_code or "INV-1", left_at)
        for text, left_at in gone
        if (text.kind in INVITING or text.text_code == NUDGE) and text.conversation_id is not None
    ]
    storage.conversations.invite(session, invitations, now=now)
    own_questions.open_those_of(session, gone, now=now)


def _judge_number(session: Session, message: Message, person_id: int, meaning: str, now: datetime) -> None:
    if message.state == "delivered":
        numbers.mark_works(session, person_id, message.address, now=now)
    elif meaning == "number_dead":
        person = storage.people.get(session, person_id)
        numbers.mark_dead(session, person, message.address, why=message.reason, now=now)


def _lose_chat(session: Session, message: Message, person_id: int, now: datetime) -> None:
    """The chat is gone for good (account closed): the talk goes on by SMS."""
    person = storage.numbers.person_linked(session, message.channel, message.address)
    talk = storage.conversations.of_person(session, person_id)
    if person is not None and person.id == person_id and talk is not None:
        linking.untie(session, person, talk, why=message.reason, now=now)


def _stop_if_asked(session: Session, message: Message, meaning: str, now: datetime) -> None:
    if meaning == "opted_out" and message.conversation_id is not None:
        conversation = storage.conversations.get(session, message.conversation_id)
        # The talk may have moved to another channel since: the stop is about where this text went.
        consent.stop(session, conversation, how="provider", at=(message.channel, message.address), now=now)


def _find(session: Session, receipt: Receipt) -> Message | None:
    if receipt.code:
        found = storage.messages.by_code(session, receipt.code)
        if found is not None:
            return found
    return storage.messages.by_provider_id(session, receipt.provider_id) if receipt.provider_id else None
