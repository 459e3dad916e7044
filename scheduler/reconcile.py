"""Settling: texts whose sender died are unknown until a receipt or a person says what became of them; never sent
again.
"""

from datetime import datetime

import storage.campaigns
import storage.messages
from outreach import campaigns
from scheduler.sending import LEASE
from storage.database import Session


def settle_stuck(session: Session, now: datetime) -> int:
    """Texts claimed longer ago than the lease become unknown; returns how many."""
    stuck = storage.messages.stuck(session, now - LEASE)
    for message in stuck:
        storage.messages.advance(session, message, "unknown", now=now, reason="sändningen avbröts")
    for campaign_id in {message.campaign_id for message in stuck if message.campaign_id is not None}:
        campaigns.finish_if_done(session, storage.campaigns.get(session, campaign_id), now=now)
    return len(stuck)


def finish_campaigns(session: Session, now: datetime) -> int:
    """Call running campaigns done when nothing of theirs is left to send; returns how many."""
    running = storage.campaigns.in_states(session, ("running",))
    return sum(campaigns.finish_if_done(session, campaign, now=now) for campaign in running)
