"""Scheduled campaigns start when their hour comes."""

from datetime import datetime

import storage.campaigns
from outreach import campaigns
from outreach.gate import Rules
from storage.database import Session


def start_due(session: Session, rules: Rules, now: datetime) -> int:
    """Launch every scheduled campaign whose hour has come; returns how many."""
    due = storage.campaigns.due_to_start(session, now)
    return sum(campaigns.launch(session, campaign, rules, now=now) for campaign in due)
