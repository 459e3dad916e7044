"""Who answered a campaign and who did not: those who booked because of it, and those to remind or ring (ux §4.9).

A person is reminded once, in a campaign of its own that passes the gate like every other. The reminder's selection is
a rule: whoever answers before it leaves is in it no longer.
"""

from datetime import datetime, timedelta

import storage.campaigns
import storage.meetings
import storage.settings
import storage.signups
from storage.campaigns import Campaign, Line
from storage.database import Session

# The template of a reminder, and how long after a campaign's last text one may be made.
REMINDER, WAITS = "NUDGE", timedelta(days=7)
# What the selection of a reminder says, before the code of the campaign it is about.
PHRASE = "inte svarat på utskick "
_LEFT = ("sent", "delivered")


def who_booked(session: Session, campaign: Campaign) -> frozenset[int]:
    """Who has booked a time, or has a place at a dialog meeting, because of the campaign."""
    booked = storage.meetings.people_booked_by_campaign(session, campaign.id)
    return frozenset(booked | storage.signups.people_of_campaign(session, campaign.id))


def is_silent(line: Line, booked: frozenset[int]) -> bool:
    """Whether somebody's text has left and they have neither answered nor booked."""
    return line.state in _LEFT and not line.answer and line.person_id not in booked


def silent(session: Session, code: str) -> list[int]:
    """The people a campaign has texted who have not answered; nobody for a campaign that there is not."""
    campaign = storage.campaigns.by_code(session, code)
    if campaign is None:
        return []
    booked = who_booked(session, campaign)
    return [
        line.person_id for line in storage.campaigns.lines(session, campaign.id) if is_silent(line, booked)
    ]  # fmt: skip


def may_be_reminded(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Whether a reminder may be made: once, a week after the last text, of a first question and not of a reminder. An
    invitation to a meeting is made once for each person, so there is none of those.
    """
    if campaign.finished_at is None or campaign.finished_at + WAITS > now:
        return False
    first = campaign.text_code != REMINDER and campaign.slot_id is None
    return first and reminder(session, campaign) is None


def reminder(session: Session, campaign: Campaign) -> Campaign | None:
    """The reminder that has been made of a campaign; None where there is none, or its draft was thrown away."""
    code = storage.settings.read(session, _key(campaign), default="")
    return storage.campaigns.by_code(session, code) if code else None


def note_reminder(session: Session, campaign: Campaign, made: Campaign, *, now: datetime) -> None:
    """Remember that this one is the reminder, so that no second is offered."""
    storage.settings.write(session, _key(campaign), made.code, now=now)


def _key(campaign: Campaign) -> str:
    return f"campaign_reminder_{campaign.code}"
