"""Scheduled campaigns start when their hour comes."""

from datetime import datetime

import structlog

import storage.campaigns
from outreach import campaigns
from outreach.errors import BadInput
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.database import Session

log = structlog.get_logger()


def start_due(session: Session, rules: Rules, now: datetime) -> int:
    """Launch every scheduled campaign whose hour has come; returns how many. One that cannot start becomes a draft
    again, with the reason, and does not hold up the others.
    """
    return sum(_start(session, campaign, rules, now) for campaign in storage.campaigns.due_to_start(session, now))


def _start(session: Session, campaign: Campaign, rules: Rules, now: datetime) -> bool:
    try:
        with session.begin_nested():
            return campaigns.launch(session, campaign, rules, now=now)
    except BadInput as error:
        log.warning("campaign_not_started", campaign=campaign.code)
        session.refresh(campaign)
        return campaigns.unschedule(session, campaign, now=now, why=error.sentence)
