"""What texts may cost: a cap a month for the installation and a cap for each campaign, both counted in SMS parts.

Nothing that answers somebody is ever held for money: the cap stops what we start, and the campaign asks.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time

import storage.campaigns
import storage.settings
import storage.spending
from outreach import limits, prices
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date

_RAISED_BY = "Enhetschefen kan höja det i Inställningar. Annars kan ni fortsätta nästa månad."


@dataclass(slots=True)
class Purse:
    """What is left to spend while a batch of texts passes the gate: `None` is no limit. Asked and taken from in memory,
    so that the cap costs one look a batch and not one a text.
    """

    month: int | None = None
    campaigns: dict[int, int] = field(default_factory=dict)

    def left(self, campaign_id: int | None) -> int | None:
        """How many parts a text of this campaign, or of none, may have."""
        limits = [self.month, self.campaigns.get(campaign_id or 0)]
        return min((limit for limit in limits if limit is not None), default=None)

    def take(self, parts: int, campaign_id: int | None) -> None:
        """A text goes: its parts are spent."""
        if self.month is not None:
            self.month -= parts
        if campaign_id in self.campaigns:
            self.campaigns[campaign_id] -= parts


def purse(session: Session, campaign_ids: Iterable[int], *, now: datetime, keep: bool = False) -> Purse:
    """What is left now, for the month and for those of these campaigns that have a cap. With `keep`, which sending
    says and pages do not, the sums are kept so that the next look is as cheap.
    """
    capped, cap = storage.campaigns.with_budget(session, campaign_ids), monthly_kr(session)
    if not capped and not cap:
        return Purse()
    price, begins = prices.sms(session), _month_begins(now)
    spent = {
        one.id: storage.spending.of_campaign(session, one.id, one.created_at, now=now, keep=keep) for one in capped
    }
    return Purse(
        price.parts_for(cap) - storage.spending.this_month(session, begins, now=now, keep=keep) if cap else None,
        {one.id: price.parts_for(one.budget_kr) - spent[one.id] for one in capped},
    )


def monthly_kr(session: Session) -> int:
    """The cap of a calendar month in kronor; 0 = none."""
    return int(storage.settings.read(session, limits.MONTHLY_CAP, default=0))


def left_this_month(session: Session, *, now: datetime) -> int | None:
    """How many parts are left of the month's cap, never less than none; None without a cap."""
    left = purse(session, (), now=now).month
    return left if left is None else max(left, 0)


def why(session: Session, campaign: Campaign, *, now: datetime) -> str:
    """Which cap holds a campaign, in a sentence, and what can be done."""
    left = purse(session, [campaign.id], now=now)
    if left.month is not None and left.month <= left.campaigns.get(campaign.id, left.month):
        cap = monthly_kr(session)
        return f"Månadens kostnadstak på {cap} kr är nått. {_RAISED_BY}"
    return f"Utskickets kostnadstak på {campaign.budget_kr} kr är nått. Höj taket och fortsätt, eller avsluta."


def _month_begins(now: datetime) -> datetime:
    return datetime.combine(local_date(now).replace(day=1), time(), tzinfo=STOCKHOLM)
