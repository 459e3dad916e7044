"""A campaign being built: who may open it, and all that is worked out from it before it starts."""

from dataclasses import dataclass
from urllib.parse import urlencode

import storage.campaigns
import storage.offices
from bot.requests import Ask
from outreach import approvals, budget, campaign_check, campaign_plan, campaign_versions, prices
from outreach.approvals import Standing
from outreach.budget import Purse
from outreach.campaign_check import Blocker, Remark
from outreach.campaign_plan import Plan
from outreach.campaign_versions import Words
from outreach.errors import NotAllowed, NotFound
from outreach.prices import Price
from storage.campaigns import Campaign
from storage.offices import Office
from storage.trials import CampaignTrial

STEPS = {"mottagare": "Mottagare", "meddelande": "Meddelande", "tid": "Tid", "kontroll": "Kontroll"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft with its dry run, what the word check says, and everything that still stops a start. `words` is the
    version of the text that is shown.
    """

    ask: Ask
    campaign: Campaign
    planned: Plan
    fault: str
    remarks: list[Remark]
    blockers: list[Blocker]
    price: Price
    offices: list[Office]
    purse: Purse
    approval: Standing
    trial: CampaignTrial
    versions: list[Words]
    words: Words

    @property
    def left_to_spend(self) -> int | None:
        """How many parts the caps of the month and of the campaign leave room for; None without any."""
        return self.purse.left(self.campaign.id)

    def left_in(self, step: str) -> list[Blocker]:
        """What is left to do in a step."""
        return [blocker for blocker in self.blockers if blocker.step == step]

    def reason_lists(self) -> dict[str, str]:
        """Where each reason's people are listed; protected people are a count only."""
        return {
            reason: address("personer", self.campaign, visa=reason)
            for reason in self.planned.left_out
            if reason != "protected"
        }


def address(step: str, campaign: Campaign, **more: object) -> str:
    """Where a step of a draft is."""
    return f"/utskick/nytt/{step}?{urlencode({'u': campaign.code, **more})}"


def visible(ask: Ask, code: str) -> Campaign:
    """The campaign a page means. Raises NotFound, also for one that only concerns other offices."""
    ask.needs("campaigns")
    campaign = storage.campaigns.by_code(ask.session, code)
    if campaign is None or not campaign_plan.may_see(ask.session, campaign, ask.who.office_ids, now=ask.now):
        raise NotFound("Utskicket finns inte kvar. Gå till listan över utskick.")
    return campaign


def mine(ask: Ask, code: str) -> Campaign:
    """A campaign one may write and start. Raises NotAllowed when it reaches people of offices one does not work in."""
    campaign = visible(ask, code)
    if not campaign_plan.may_change(ask.session, campaign, ask.who.office_ids, now=ask.now):
        raise NotAllowed("Utskicket når personer på kontor som du inte arbetar på. Be en kollega där.")
    return campaign


def work_out(ask: Ask, campaign: Campaign, version: str = "") -> Draft:
    """The dry run and everything that follows from it, with one version of the text in front."""
    planned, fault = campaign_check.dry_run(ask.session, campaign, ask.house.sender.rules, now=ask.now)
    remarks = campaign_check.remarks(ask.session, campaign, planned, now=ask.now)
    blockers = campaign_check.blockers(ask.session, campaign, planned, remarks, fault=fault, now=ask.now)
    reached = campaign_plan.office_ids(ask.session, campaign, now=ask.now)
    offices = [office for office in storage.offices.all_offices(ask.session) if reached is None or office.id in reached]
    purse = budget.purse(ask.session, [campaign.id], now=ask.now)
    approval = approvals.standing(ask.session, campaign, len(planned.sending), ask.house.sender.rules, now=ask.now)
    return Draft(
        ask, campaign, planned, fault, remarks, blockers, prices.sms(ask.session), offices, purse, approval,
        trial=campaign_versions.trial(ask.session, campaign), versions=campaign_versions.of(ask.session, campaign),
        words=campaign_versions.one(ask.session, campaign, version),
    )  # fmt: skip
