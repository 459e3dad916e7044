"""What pauses a campaign by itself: texts that do not arrive, stops, a fault at the provider, the evening and the
budget. A person lets it go on (`campaigns.resume`); then its beginning is watched anew (ux §4.9).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import storage.campaign_queue
import storage.campaigns
from outreach import budget, campaigns, quiet_hours
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.database import Session
from storage.messages import Message

# More than 10 % of the first 30 that did not arrive, more than 8 % of the first 50 that said stop (ux §4.9). The text
# that makes it so is enough: a fourth failure among the first twelve is one among the first thirty too.
FIRST_TO_ARRIVE, MAY_FAIL = 30, 3
FIRST_TO_STOP, MAY_STOP = 50, 4
# So many lost answers with none that came between them: the next text would only become one more that nobody knows of.
LOST_IN_A_ROW = 30
# How the reason begins when the day's hours ended before a campaign did; whoever shows it adds when it may go on.
EVENING = "Kvällen kom"
# How it begins when something is wrong; the others are questions.
SOMETHING_WRONG = "Vi pausade."


def after_sending(session: Session, campaign_ids: Iterable[int], *, now: datetime) -> None:
    """Pause those of these campaigns of whose first texts too many have failed, or that no answers come to any longer.
    Called each time results are recorded, so it looks no further for failures where the first texts are behind.
    """
    for campaign_id in campaign_ids:
        campaign = storage.campaigns.get(session, campaign_id)
        if campaign.state == "running" and not _provider_is_silent(session, campaign, now):
            gone = storage.campaigns.beginning(session, campaign).gone
            if not storage.campaign_queue.has_gone(session, campaign_id, gone + 2 * FIRST_TO_STOP):
                _too_many_failed(session, campaign, now)


def after_gate(session: Session, held: Mapping[int, str], rules: Rules, *, now: datetime) -> None:
    """Pause campaigns whose texts the gate made wait for a person: campaign id -> the gate's reason."""
    for campaign_id, reason in held.items():
        if reason == "cut_by_evening":
            cut_by_evening(session, storage.campaigns.get(session, campaign_id), rules, now=now)
        elif reason == "budget":
            campaign = storage.campaigns.get(session, campaign_id)
            campaigns.pause(session, campaign, why=budget.why(session, campaign, now=now), now=now)


def operator_fault(session: Session, message: Message, *, now: datetime) -> bool:
    """Pause the campaign of a text that the provider refused because of us: our account, our keys, our sender or what
    we write. The next text would fare no better. False when nothing was paused.
    """
    if message.campaign_id is None:
        return False
    why = f"{SOMETHING_WRONG} {message.reason.rstrip('. ')}. Be den som sköter er sms-leverantör att se över det."
    return campaigns.pause(session, storage.campaigns.get(session, message.campaign_id), why=why, now=now)


def watch(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Pause a running campaign that begins badly, by failures or by stops, also such as came in later."""
    return _too_many_failed(session, campaign, now) or _too_many_stopped(session, campaign, now)


def cut_by_evening(session: Session, campaign: Campaign, rules: Rules, *, now: datetime) -> bool:
    """Pause a running campaign with texts that may no longer leave on the day they were planned for, and ask: they are
    not sent the next morning unless somebody says so (pitfalls 6). Texts planned for later days are none of them.
    """
    allowed = quiet_hours.next_allowed(now, rule=rules.allowed_hours)
    left = storage.campaign_queue.stale(session, campaign.id, allowed)
    return left > 0 and campaigns.pause(session, campaign, why=f"{EVENING}: {left} hann inte skickas.", now=now)


def _provider_is_silent(session: Session, campaign: Campaign, now: datetime) -> bool:
    since = storage.campaigns.beginning(session, campaign).since
    if not storage.campaign_queue.only_lost(session, campaign.id, since, LOST_IN_A_ROW):
        return False
    why = f"{SOMETHING_WRONG} Leverantören svarar inte: om de senaste {LOST_IN_A_ROW} gick fram vet ingen än."
    return campaigns.pause(session, campaign, why=why, now=now)


def _too_many_failed(session: Session, campaign: Campaign, now: datetime) -> bool:
    since = storage.campaigns.beginning(session, campaign).since
    failed = storage.campaign_queue.first_failed(session, campaign.id, since, FIRST_TO_ARRIVE)
    if len(failed) <= MAY_FAIL:
        return False
    sent = storage.campaign_queue.first_sent(session, campaign.id, since, FIRST_TO_ARRIVE)
    everyone = {text.id: text for text in (*sent, *failed)}.values()
    first = sorted(everyone, key=lambda text: (text.begun_at, text.id))[:FIRST_TO_ARRIVE]
    bad = sum(text.failed for text in first)
    why = f"{SOMETHING_WRONG} {bad} av {len(first)} gick inte fram. Se över numren."
    return bad > MAY_FAIL and campaigns.pause(session, campaign, why=why, now=now)


def _too_many_stopped(session: Session, campaign: Campaign, now: datetime) -> bool:
    since = storage.campaigns.beginning(session, campaign).since
    first = storage.campaign_queue.first_sent(session, campaign.id, since, FIRST_TO_STOP)
    stopped = storage.campaign_queue.stopped_after(session, first)
    why = f"{SOMETHING_WRONG} {stopped} av {len(first)} har sagt stopp. Se över texten."
    return stopped > MAY_STOP and campaigns.pause(session, campaign, why=why, now=now)
