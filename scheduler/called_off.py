"""What is said when we have called a meeting off: three new times in the same text, or that we ring (ux §4.11)."""

from datetime import datetime

import storage.conversations
from outreach import contact, delivery, gate, gate_facts, meetings, own_questions
from outreach.gate import Rules
from outreach.meetings import CALLED_OFF, CALLED_OFF_BY_PHONE
from scheduler import promises, unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Slot
from storage.people import Person

WHY = "vi ställde in mötet"
# The question that the numbers of the new times answer.
_ASKS = "TIME-FULL"
_ONLY_PEOPLE = {"stopped": "stopped", "urgent": "crisis", "human": "human_has_it"}


def tell(session: Session, person: Person, slot: Slot, rules: Rules, say: Say, now: datetime) -> str:
    """Tell somebody that their meeting is off, with new times where there are any. Returns the gate's reason where no
    text may leave; whoever gets no new times is rung.
    """
    talk = contact.talk_of(session, person, now)
    reason = why_not(session, talk, person, rules, now)
    if reason:
        promises.ring(session, talk, person, WHY, now=now)
        return reason
    slots = meetings.offer(session, slot.office_id, conversation_id=talk.id, now=now)
    code = CALLED_OFF if slots else CALLED_OFF_BY_PHONE
    wish = Wish(code, talk, person, slots, about=slot)
    keeps = max(now + delivery.ANSWER_KEEPS, slot.starts_at)
    text = unasked.queue(session, wish, say, now=now, send_before=keeps, kind="reminder")
    if slots:
        talk.state, talk.state_at = "offered", now
        ids = [one.id for one in slots]
        own_questions.ask_when_it_leaves(talk, text, _ASKS, now=now, options=ids, shown=ids)
    else:
        talk.state, talk.state_at = "cancelled", now
        promises.ring(session, talk, person, WHY, now=now)
    storage.conversations.keep(session, talk)
    return ""


def why_not(session: Session, talk: Conversation, person: Person, rules: Rules, now: datetime) -> str:
    """Why nothing may be written now; empty where a text may leave. It goes to the person's best number today."""
    if talk.held_by_id is not None or talk.state in _ONLY_PEOPLE:
        return _ONLY_PEOPLE.get(talk.state, "human_has_it")
    facts = gate_facts.of_people(session, {person.id: person}, kind="reminder", now=now)[person.id]
    if talk.channel != "sms":
        return "protected" if person.protected else ""
    reason = gate.forbidden(facts, rules, now)
    if not reason:
        talk.address = facts.address
    return reason
