"""After a pilot: the rest gets the version that somebody chooses, and nothing before somebody does (ux §4.8)."""

from datetime import datetime, timedelta

import storage.audit
import storage.trials
from outreach import campaign_plan, campaign_results, campaign_texts, campaign_versions, campaigns
from outreach.campaign_results import Report
from outreach.errors import BadInput
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.database import Session


def choose(
    session: Session, campaign: Campaign, letter: str, rules: Rules, *, now: datetime,
    staff_id: int, regret: timedelta = timedelta(),
) -> bool:  # fmt: skip
    """Let those who wait get a version; False when somebody has chosen before, so that nobody gets two. Each is judged
    by the gate as things are now, and once more when their text leaves. What the pilot showed then is logged with the
    choice. Raises BadInput before the pilot's days are over, and where nobody would answer.
    """
    showed = campaign_results.report(session, campaign, now=now)
    why = why_not_yet(campaign, showed)
    letters = [words.letter for words in campaign_versions.of(session, campaign)]
    if letter not in letters or not campaign_versions.is_pilot(session, campaign):
        why = "Ingen väntar på den versionen."
    if why := why or campaigns.why_no_start(session, campaign, now, now=now):
        raise BadInput(why)
    campaign_texts.check(session, campaign)
    if not storage.trials.choose(session, campaign_versions.trial(session, campaign), letter, now=now):
        return False
    rows = storage.trials.waiting(session, campaign.id)
    planned = campaign_plan.plan_rest(session, campaign, letter, rules, now=now, start_at=now + regret)
    storage.trials.settle(session, {rows[entry.person.id]: entry.withheld for entry in planned.entries})
    campaigns.put_in_queue(session, campaign, planned.entries, rules, now=now, by_lot=False)
    storage.audit.write(
        session, "campaign_version_chosen", now=now, staff_id=staff_id, campaign=campaign.code, version=letter,
        recipients=len(planned.sending), left_out=planned.left_out, showed=_figures(showed),
    )  # fmt: skip
    campaigns.finish_if_done(session, campaign, now=now)
    return True


def why_not_yet(campaign: Campaign, showed: Report | None) -> str:
    """Why nobody may choose yet, in plain words; empty when somebody may."""
    if campaign.state != "running":
        return "Utskicket är pausat eller avslutat. Fortsätt det först."
    if showed is None or not showed.is_ready:
        return "Pilotens dagar är inte över. Vänta, så att alla hinner svara."
    return ""


def _figures(showed: Report | None) -> dict[str, str]:
    groups = showed.versions if showed is not None else []
    return {group.name: f"{group.share.hits}/{group.share.of}" for group in groups}
