"""What happens by itself around dialog meetings: offers that nobody answered go on to the next in line, and those who
came are asked the day after.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import storage.signups
from outreach import gatherings, one_by_one, quiet_hours
from outreach.gathering_news import Write
from storage.database import Session
from storage.local_time import STOCKHOLM, local
from storage.meetings import Slot
from storage.signups import Signup

AFTER = "DM-AFTER"
# Asked in the middle of the day; somebody marked as having come later than this is not asked any more.
ASKED_AT = time(12)
ASKED_WITHIN = timedelta(days=7)


def any_due(session: Session, now: datetime) -> bool:
    """Whether an offer has run out, or a place is free and somebody in line."""
    return gatherings.any_to_pass_on(session, now=now)


def pass_on(session: Session, now: datetime, write: Write) -> int:
    """End the offers that ran out and offer the places to the next; returns how much there was to do."""
    return gatherings.pass_on_due(session, write, now=now)


def ask_after(session: Session, now: datetime, write: Write) -> int:
    """Ask those who came, the day after, what we should do more of; returns how many were asked."""
    return one_by_one.each(session, to_ask(session, now), lambda row: _ask(session, *row, write, now), job="ask_after")


def to_ask(session: Session, now: datetime) -> Sequence[tuple[Signup, Slot]]:
    """Those who came and are to be asked now."""
    came = storage.signups.came_untold(session, AFTER, since=now - ASKED_WITHIN, now=now)
    return [(signup, slot) for signup, slot in came if ask_at(slot) <= now]


def _ask(session: Session, signup: Signup, slot: Slot, write: Write, now: datetime) -> bool:
    return gatherings.ask_after(session, signup, slot, write, keeps=slot.starts_at + ASKED_WITHIN, now=now)


def ask_at(slot: Slot) -> datetime:
    """Noon the day after, or when we next write at all: nobody is asked on a Saturday."""
    day = (local(slot.starts_at) + timedelta(days=1)).date()
    return quiet_hours.next_allowed(datetime.combine(day, ASKED_AT, tzinfo=STOCKHOLM).astimezone(slot.starts_at.tzinfo))


def next_due(session: Session) -> datetime | None:
    """When the next offer runs out."""
    return storage.signups.next_offer_ends(session)
