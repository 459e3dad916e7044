"""Promises that fall due: somebody who rests is heard from on the day that was agreed, and a silence that lasts
becomes a call (ux §5.3, §5.7).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import storage.conversations
import storage.meetings
import storage.silence
import storage.tasks
from outreach import ladder, one_by_one
from scheduler import unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.people import Person
from storage.tasks import Task

Pair = tuple[Conversation, Person]

SILENT_FOR = timedelta(hours=72)
NUDGE_WAITS = timedelta(days=4)
AT_ONCE = timedelta()
NO_ANSWER, NO_TIME = "har inte svarat på sms", "har inte valt någon tid"
PROMISED = "vi lovade höra av oss nu"


def keep_promises(session: Session, now: datetime, say: Say) -> int:
    """Make the calls that are due, and write to whoever has rested; returns how many."""
    undecided = storage.silence.AFTER_OFFER.over(session, now - SILENT_FOR)
    done = _each(session, undecided, lambda pair: _end_offer(session, *pair, now))
    unanswered = storage.silence.AFTER_NUDGE.over(session, now - NUDGE_WAITS)
    done += _each(session, unanswered, lambda pair: hand_to_caller(session, *pair, NO_ANSWER, now=now))
    unheard = storage.silence.REST_UNHEARD.over(session, now)
    done += _each(session, unheard, lambda pair: hand_to_caller(session, *pair, PROMISED, now=now))
    rested = storage.conversations.rested(session, now)
    return done + _each(session, rested, lambda pair: _wake(session, *pair, say, now))


def any_due(session: Session, now: datetime) -> bool:
    """Whether any call is due, or anybody has rested."""
    return (
        storage.silence.AFTER_OFFER.any_over(session, now - SILENT_FOR)
        or storage.silence.AFTER_NUDGE.any_over(session, now - NUDGE_WAITS)
        or storage.silence.REST_UNHEARD.any_over(session, now)
        or storage.conversations.any_rested(session, now)
    )


def _each(session: Session, pairs: Iterable[Pair], step: Callable[[Pair], None]) -> int:
    return one_by_one.each(session, pairs, step, job="keep_promises")


def next_due(session: Session) -> datetime | None:
    """When the next promise falls due."""
    waits = (
        (storage.silence.AFTER_OFFER.first(session), SILENT_FOR),
        (storage.silence.AFTER_NUDGE.first(session), NUDGE_WAITS),
        (storage.silence.REST_UNHEARD.first(session), AT_ONCE),
        (storage.conversations.next_rested(session), AT_ONCE),
    )
    return min((moment + wait for moment, wait in waits if moment is not None), default=None)


def nudge(session: Session, conversation: Conversation, person: Person, say: Say, *, now: datetime) -> None:
    """Put the reminder of an invitation in the queue. Later than when a human would ring it is not sent at all."""
    wish = Wish(storage.silence.NUDGE, conversation, person)
    unasked.queue(session, wish, say, now=now, send_before=now + NUDGE_WAITS)


def hand_to_caller(session: Session, conversation: Conversation, person: Person, why: str, *, now: datetime) -> None:
    """Texts have not done it: the talk goes to the ladder, and a human rings, unless somebody has talked with them."""
    has_talked = storage.tasks.talked_since(session, person.id, conversation.state_at)
    conversation.state, conversation.state_at = "ladder", now
    storage.conversations.keep(session, conversation)
    if not has_talked and not (why == NO_ANSWER and ladder.goes_on_without_call(session, person.id)):
        ring(session, conversation, person, why, now=now)


def ring(session: Session, conversation: Conversation, person: Person, why: str, *, now: datetime) -> None:
    """Somebody is to ring; one task a person, however many reasons there are."""
    task = Task(kind="ring", person_id=person.id, conversation_id=conversation.id, office_id=person.office_id, why=why,
                created_at=now)  # fmt: skip
    storage.tasks.ensure(session, task)


def _end_offer(session: Session, conversation: Conversation, person: Person, now: datetime) -> None:
    standing = storage.meetings.open_booking(session, person.id, after=now)
    if standing is None:
        hand_to_caller(session, conversation, person, NO_TIME, now=now)
        return
    # Wanted to move a meeting and has chosen no other time: the old one stands, as it was told.
    conversation.state, conversation.state_at, conversation.context = standing.state, now, {}
    storage.conversations.keep(session, conversation)


def _wake(session: Session, conversation: Conversation, person: Person, say: Say, now: datetime) -> None:
    person.paused_until = None
    if storage.tasks.open_task(session, "my_data", person.id) is not None:
        # Has been promised no invitations until the question about own data is answered.
        ring(session, conversation, person, PROMISED, now=now)
    else:
        nudge(session, conversation, person, say, now=now)
