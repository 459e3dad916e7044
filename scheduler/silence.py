"""Silence after an invitation or an offer: the one reminder, and the times said once more (ux §5.7). When the silence
lasts, a human rings: see promises.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.conversations
import storage.meetings
import storage.silence
from outreach import meetings, one_by_one, own_questions, quiet_hours
from outreach.gate import Rules
from scheduler import promises, unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Slot
from storage.people import Person

NUDGE_AFTER = timedelta(days=7)
REPEAT_AFTER = timedelta(hours=24)


def speak_up(session: Session, rules: Rules, now: datetime, say: Say) -> int:
    """Remind of invitations and offers that have met with silence, each once; returns how many."""
    silent = storage.silence.AFTER_INVITATION.over(session, now - NUDGE_AFTER)
    done = one_by_one.each(
        session, silent, lambda pair: promises.nudge(session, *pair, say, now=now), job="speak_up"
    )  # fmt: skip
    if not _may_speak(rules, now):
        # Which times are free is asked when the text can leave.
        return done
    undecided = storage.silence.AFTER_FIRST_OFFER.over(session, now - REPEAT_AFTER)
    return done + one_by_one.each(
        session, undecided, lambda pair: _repeat(session, *pair, say, now), job="speak_up"
    )  # fmt: skip


def any_due(session: Session, rules: Rules, now: datetime) -> bool:
    """Whether there is a silence to break, at this hour."""
    return storage.silence.AFTER_INVITATION.any_over(session, now - NUDGE_AFTER) or (
        _may_speak(rules, now) and storage.silence.AFTER_FIRST_OFFER.any_over(session, now - REPEAT_AFTER)
    )


def next_due(session: Session) -> datetime | None:
    """When the next of these silences has lasted long enough."""
    invited = storage.silence.AFTER_INVITATION.first(session)
    offered = storage.silence.AFTER_FIRST_OFFER.first(session)
    moments = (
        invited and invited + NUDGE_AFTER,
        offered and quiet_hours.next_allowed(offered + REPEAT_AFTER),
    )  # fmt: skip
    return min((moment for moment in moments if moment is not None), default=None)


def _may_speak(rules: Rules, now: datetime) -> bool:
    return quiet_hours.next_allowed(now, rule=rules.allowed_hours) <= now


def _repeat(session: Session, conversation: Conversation, person: Person, say: Say, now: datetime) -> None:
    """Say the times that are still free once more; where none is, others; where there are none, a human rings."""
    asked, offered = conversation.context["asked"], _asked_about(session, conversation)
    office_id = offered[0].office_id if offered else person.office_id or 0
    free = {row.id for row in meetings.free(session, office_id, conversation_id=None, now=now, even_held=True)}
    slots = [slot for slot in offered if slot.id in free]
    code = asked if asked == "TIME-OK?" and slots else own_questions.AGAIN
    slots = slots or meetings.offer(session, office_id, conversation_id=conversation.id, now=now)
    if not slots:
        promises.hand_to_caller(session, conversation, person, "inga lediga tider", now=now)
        return
    storage.meetings.hold(session, [slot.id for slot in slots], conversation.id, until=now + meetings.HOLD)
    if code == own_questions.AGAIN:
        _remember_numbers(session, conversation, slots)
    # By then the times are no longer held, and may not be free.
    unasked.queue(session, Wish(code, conversation, person, slots), say, now=now, send_before=now + meetings.HOLD)


def _asked_about(session: Session, conversation: Conversation) -> Sequence[Slot]:
    context = conversation.context
    return storage.meetings.slots(session, context.get("options") or [context.get("proposed") or 0])


def _remember_numbers(session: Session, conversation: Conversation, slots: Sequence[Slot]) -> None:
    """What the numbers will mean once the text has left; until then they mean what the earlier text says."""
    ids = [slot.id for slot in slots]
    shown = list(dict.fromkeys([*conversation.context.get("shown", []), *ids]))
    conversation.context = {**conversation.context, "again": {"options": ids, "shown": shown}}
    storage.conversations.keep(session, conversation)
