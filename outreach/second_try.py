"""A text that found the telephone switched off is tried once more, the day after (ux §5.7, docs/adr/0017)."""

from collections.abc import Collection
from datetime import datetime, timedelta

import storage.campaign_queue
import storage.campaigns
import storage.second_tries
from outreach import pace, quiet_hours
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import local
from storage.messages import Message

# What the code tables beside the clients call a telephone that is off or out of reach.
PHONE_OFF = "phone_off"
# Why a second try that waited is taken back.
ARRIVED = "det första kom fram till slut"
WITHIN = timedelta(hours=48)
# What a human writes, what helps in a crisis and what confirms a stop is for people to follow up.
KINDS = ("campaign", "ladder", "nudge", "follow_up", "reminder", "reply")
# These say "tomorrow" and are followed by a second reminder, or offer a seat that goes to the next in line at once.
ONCE = ("REM-24", "REM-2", "SPOT")
# Their last moment is only the evening of the day that the pace gave them.
PLANNED = ("campaign", "ladder")


def follow(session: Session, message: Message, *, meaning: str, now: datetime) -> None:
    """What a text's new state means for a second try: one is planned, or one that waits is not needed any more."""
    if message.state == "delivered":
        storage.second_tries.take_back(session, message.id, reason=ARRIVED, now=now)
    elif message.state == "undelivered" and meaning == PHONE_OFF:
        _plan(session, message, now)


def overtaken(session: Session, first_ids: Collection[int], now: datetime) -> set[int]:
    """Which of these first tries are not to be said again, by what has happened since."""
    return storage.second_tries.overtaken(session, first_ids, since=now - WITHIN, now=now) if first_ids else set()


def _plan(session: Session, first: Message, now: datetime) -> None:
    """Put the text in the queue once more, where it may still be wanted then. Whether it leaves is the gate's word."""
    at = _moment(first, now) if _may_be_tried(session, first) else None
    if at is None or overtaken(session, [first.id], at):
        return
    campaign = storage.campaigns.get(session, first.campaign_id) if first.campaign_id is not None else None
    if campaign is not None and not _open(session, campaign, now):
        return
    before = pace.stale_after(at) if first.kind in PLANNED else first.send_before
    storage.second_tries.add(session, first, send_after=at, send_before=before, now=now)


def _may_be_tried(session: Session, first: Message) -> bool:
    return (
        first.again_of_id is None
        and first.kind in KINDS
        and first.text_code not in ONCE
        and first.person_id is not None
    )


def _moment(first: Message, now: datetime) -> datetime | None:
    """The same hour the day after, or that morning where the text does not keep for so long, at an allowed hour; None
    where there is none in time.
    """
    tried_at = first.claimed_at or first.created_at
    last = tried_at + WITHIN
    if first.send_before is not None and first.kind not in PLANNED:
        last = min(last, first.send_before)
    tomorrow = local(tried_at) + timedelta(days=1)
    morning = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    allowed = [quiet_hours.next_allowed(max(moment, now)) for moment in (tomorrow, morning)]
    return next((moment for moment in allowed if moment < last), None)


def _open(session: Session, campaign: Campaign, now: datetime) -> bool:
    """Let a campaign that was done go on: it is not done after all, and what went before is not held against it again.
    False where somebody has stopped it.
    """
    if storage.campaigns.move(session, campaign, ("done",), "running"):
        gone = storage.campaign_queue.gone(session, campaign.id)
        storage.campaigns.begin_anew(session, campaign, gone=gone, now=now)
    return campaign.state in ("running", "paused")
