"""A talk of one's own to somebody who wants one after a dialog meeting, or in place of it: times at once."""

from datetime import datetime

import storage.conversations
import storage.meetings
from outreach import delivery, meetings, own_questions
from outreach.errors import Conflict
from outreach.gate import Rules
from scheduler import called_off, promises, unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.people import Person

WHY = "vill ha ett eget samtal"
# The times, without thanks for an answer that nobody has written; a number chooses one of them.
_TEXT, _ASKS = "OFFER-AGAIN", "OFFER"


def offer(session: Session, talk: Conversation, person: Person, rules: Rules, say: Say, now: datetime) -> str:
    """Offer times to somebody who has said that they want them. Returns why no text may leave, by the gate's reason or
    "no_times"; they are rung then. Raises Conflict for somebody who has a time.
    """
    if storage.meetings.open_booking(session, person.id, after=now) is not None:
        raise Conflict("Personen har redan en tid.")
    reason = called_off.why_not(session, talk, person, rules, now)
    slots = [] if reason else meetings.offer(session, person.office_id or 0, conversation_id=talk.id, now=now)
    if not slots:
        promises.ring(session, talk, person, WHY, now=now)
        return reason or "no_times"
    wish = Wish(_TEXT, talk, person, slots)
    text = unasked.queue(session, wish, say, now=now, send_before=now + delivery.ANSWER_KEEPS, kind="reminder")
    talk.state, talk.state_at = "offered", now
    ids = [slot.id for slot in slots]
    own_questions.ask_when_it_leaves(talk, text, _ASKS, now=now, options=ids, shown=ids)
    storage.conversations.keep(session, talk)
    return ""
