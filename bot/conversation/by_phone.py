"""The text that confirms a time which was agreed by telephone."""

from datetime import datetime, timedelta

import storage.conversations
import storage.messages
from bot.conversation.turn import Turn
from bot.conversation.unasked import office_of
from bot.conversation.understanding import UNKNOWN, Reading
from outreach import contact, delivery, gate, gate_facts
from outreach.contact import CONFIRMATION
from outreach.gate import Rules
from storage.database import Session
from storage.meetings import Slot
from storage.people import Person
from storage.staff import Staff

# So long the text waits, so that a wrong press can be taken back before anybody has read it.
WAITS = timedelta(seconds=15)
_LEFT = ("sending", "sent", "delivered", "undelivered", "unknown")


def confirm(session: Session, person: Person, slot: Slot, staff: Staff, rules: Rules, now: datetime) -> str:
    """Put the confirmation in the queue; whether it leaves is the gate's word. Returns the gate's reason where it could
    not leave, and then nothing is queued.
    """
    facts = gate_facts.of_people(session, {person.id: person}, kind="staff", now=now)[person.id]
    talk = contact.talk_of(session, person, now)
    if talk.channel == "sms":
        reason = gate.forbidden(facts, rules, now)
        if reason:
            return reason
        talk.address = facts.address
        storage.conversations.keep(session, talk)
    turn = Turn(session, talk, person, office_of(session, person), "", Reading(UNKNOWN), now)
    message = delivery.queue(
        session, talk, turn.render(CONFIRMATION, **turn.meeting_values(slot)), kind="staff", text_code=CONFIRMATION,
        send_before=slot.starts_at, staff_id=staff.id, now=now,
    )  # fmt: skip
    message.send_after = now + WAITS
    return ""


def has_left(session: Session, person: Person, staff: Staff, since: datetime) -> bool:
    """Whether a confirmation of theirs has left since a moment: it cannot be taken back."""
    return any(
        text.text_code == CONFIRMATION and text.staff_id == staff.id and text.state in _LEFT
        for text in storage.messages.of_person(session, person.id)
        if text.created_at >= since
    )
