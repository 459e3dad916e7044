"""What happens by itself around dialog meetings: offers that nobody answered go on to the next in line, whether there
are enough to run it is asked when the hour comes, and those who came are asked the day after.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import storage.gatherings
import storage.settings
import storage.signups
from outreach import gatherings, one_by_one, quiet_hours
from outreach.gathering_news import Write
from outreach.gathering_plans import CALLS_OFF
from storage.database import Session
from storage.gatherings import Gathering
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


def decide(session: Session, now: datetime, write: Write) -> int:
    """Meetings whose hour to decide has come: one that is wanted by enough runs, staff are asked about any other. It is
    called off unasked only where the unit has said so. Returns how many were dealt with.
    """
    due = storage.gatherings.to_decide(session, now)
    return one_by_one.each(session, due, lambda row: _decide(session, *row, write, now), job="decide_meetings")


def _decide(session: Session, row: Gathering, slot: Slot, write: Write, now: datetime) -> bool:
    enough = storage.gatherings.signed_up(session, slot.id) >= row.minimum
    if not enough and storage.settings.read(session, CALLS_OFF, default=False):
        gatherings.call_off(session, slot, write, now=now)
        return True
    row.decision = "runs" if enough else "asked"
    storage.gatherings.keep(session, row)
    return True


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
    """When the next offer runs out, or the next hour to decide comes."""
    moments = (storage.signups.next_offer_ends(session), storage.gatherings.next_decision(session))
    return min((moment for moment in moments if moment is not None), default=None)
