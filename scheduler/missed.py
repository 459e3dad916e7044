"""Meetings somebody did not come to: a word about it the same day, once, and then nothing until a person acts."""

from datetime import datetime, timedelta

import storage.conversations
import storage.silence
from outreach import aftermath, follow_ups, one_by_one
from scheduler import promises, unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Booking, Slot
from storage.people import Person

LET_BE_AFTER = timedelta(days=5)
# So far back a missed meeting is looked for: when its day went by unserved (a stop of the service) a human rings.
_LOOK_BACK = timedelta(days=14)


def ask_missed(session: Session, now: datetime, say: Say) -> int:
    """Write to those who were missed today, ring where that could not leave, and let be who has not answered; returns
    how many.
    """
    missed = storage.silence.missed_meetings(session, now - _LOOK_BACK)
    done = one_by_one.each(session, missed, lambda row: _ask(session, *row, say, now), job="ask_missed")
    unheard = storage.silence.MISSED_UNHEARD.over(session, now)
    done += one_by_one.each(
        session, unheard, lambda pair: promises.hand_to_caller(session, *pair, aftermath.MISSED, now=now),
        job="ask_missed",
    )  # fmt: skip
    silent = storage.silence.AFTER_MISSED.over(session, now - LET_BE_AFTER)
    return done + one_by_one.each(session, silent, lambda pair: _let_be(session, pair[0], now), job="ask_missed")


def any_due(session: Session, now: datetime) -> bool:
    """Whether anybody was missed, was not reached about it, or has not answered."""
    return (
        storage.silence.any_missed(session, now - _LOOK_BACK)
        or storage.silence.MISSED_UNHEARD.any_over(session, now)
        or storage.silence.AFTER_MISSED.any_over(session, now - LET_BE_AFTER)
    )


def next_due(session: Session) -> datetime | None:
    """When somebody has not answered for so long that we let them be, or a text is found not to have left."""
    waits = (
        (storage.silence.AFTER_MISSED.first(session), LET_BE_AFTER),
        (storage.silence.MISSED_UNHEARD.first(session), timedelta()),
    )
    return min((moment + wait for moment, wait in waits if moment is not None), default=None)


def _let_be(session: Session, conversation: Conversation, now: datetime) -> None:
    conversation.state, conversation.state_at, conversation.context = "resting", now, {}
    storage.conversations.keep(session, conversation)


def _ask(
    session: Session, booking: Booking, slot: Slot, conversation: Conversation, person: Person, say: Say, now: datetime
) -> bool:
    """Queue the text for its hour; False when it was too late in the day from the start, and a human rings. The text
    says "today": after midnight it expires, and a human rings after all.
    """
    at = aftermath.say_at(slot.starts_at, booking.state_at)
    if at is None:
        return False
    wish = Wish(storage.silence.MISSED, conversation, person)
    message = unasked.queue(session, wish, say, now=now, send_before=follow_ups.midnight_after(at))
    message.send_after = max(at, now)
    return True
