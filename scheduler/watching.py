"""Running campaigns are watched: one that begins badly pauses, and one that the evening cut asks whether to go on."""

from collections.abc import Sequence
from datetime import datetime

import storage.campaigns
from outreach import halts
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.database import Session


def watch_campaigns(session: Session, now: datetime) -> int:
    """Pause running campaigns of whose first texts too many did not arrive or were answered with a stop; returns how
    many. Sending looks at its own failures at once (`halts.after_sending`); receipts and stops come in later.
    """
    return sum(halts.watch(session, campaign, now=now) for campaign in running(session, now))


def ask_at_evening(session: Session, rules: Rules, now: datetime) -> int:
    """Pause running campaigns with texts that may no longer leave on their day, and ask; returns how many. Also when
    nobody has been sending: a machine that was off all night asks in the morning.
    """
    return sum(halts.cut_by_evening(session, campaign, rules, now=now) for campaign in running(session, now))


def running(session: Session, _now: datetime) -> Sequence[Campaign]:
    """The campaigns to watch."""
    return storage.campaigns.in_states(session, ("running",))
