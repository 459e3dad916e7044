"""The list of campaigns: what runs, what is planned, drafts and what is done (ux §4.7)."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.campaigns
import storage.messages
from bot import requests
from bot.console import approval_words, campaign_build, campaign_tried, campaign_words, import_trial
from bot.console.campaign_draft import address
from bot.requests import Ask, Reading
from outreach import campaign_answers, campaign_plan, prices
from outreach.prices import Price
from storage.campaigns import Campaign

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
TABS = {
    "pagar": ("Pågår", ("running", "paused")),
    "schemalagda": ("Schemalagda", ("scheduled",)),
    "utkast": ("Utkast", ("draft",)),
    "klara": ("Klara", ("done", "stopped")),
}
_EMPTY = {
    "pagar": "Inget utskick pågår.",
    "schemalagda": "Inget utskick är schemalagt.",
    "utkast": "Inga utkast. När du börjar på ett utskick sparas det här.",
    "klara": "Inget utskick är klart ännu.",
}
ON_A_PAGE = 25


@routes.get("/utskick")
def page(ask: Reading, flik: str = "", sida: int = 1) -> Response:
    """The list under one of its four tabs; the first one that holds anything unless one is asked for."""
    ask.needs("campaigns")
    return requests.page(ask, "utskick.html", title="Utskick", camps=_shown(ask, flik, sida))


@routes.get("/utskick/del/lista")
def live_list(ask: Reading, flik: str = "", sida: int = 1) -> Response:
    """The rows alone, for live updating."""
    ask.needs("campaigns")
    return requests.fragment(ask, "_utskick_lista.html", camps=_shown(ask, flik, sida))


def _shown(ask: Ask, tab: str, number: int) -> Data:
    by_tab = _by_tab(ask)
    if tab not in TABS:
        tab = next((name for name, rows in by_tab.items() if rows), "pagar")
    found, price = by_tab[tab], prices.sms(ask.session)
    pager = import_trial.pager(f"/utskick?flik={tab}", number, len(found), ON_A_PAGE)
    return {
        "fault": _fault(ask),
        "tabs": [
            {"label": label, "href": f"/utskick?flik={name}", "count": len(by_tab[name]), "current": name == tab}
            for name, (label, _) in TABS.items()
        ],
        "rows": [_row(ask, campaign, price) for campaign in found[pager["first"] - 1 : pager["last"]]],
        "pager": pager,
        "query": f"?flik={tab}&sida={number}",
        "empty_text": _EMPTY[tab],
        "starters": campaign_build.starters(),
    }


def _fault(ask: Ask) -> str:
    """What is wrong with the way out, in words; empty while texts leave as they should."""
    route = ask.house.sms_route
    return "" if route is None or route.is_well else str(route.health())


def _by_tab(ask: Ask) -> dict[str, Sequence[Campaign]]:
    everything = [
        campaign
        for campaign in storage.campaigns.all_campaigns(ask.session)
        if campaign_plan.may_see(ask.session, campaign, ask.office_ids, now=ask.now)
    ]
    return {name: [one for one in everything if one.state in states] for name, (_, states) in TABS.items()}


def _row(ask: Ask, campaign: Campaign, price: Price) -> Data:
    base = f"/utskick/{campaign.code}"
    row: Data = {
        "id": campaign.code,
        "href": address("mottagare", campaign) if campaign.state == "draft" else base,
        "name": campaign.name,
        "audience": campaign_words.audience(campaign),
        "channel": "Sms",
        "state": campaign_words.state(campaign),
        "why": _why(ask, campaign),
        "sent": None,
        "answered": None,
        "booked": None,
        "cost": None,
    }
    if campaign.launched_at is not None:
        counts = storage.messages.counts_of_campaign(ask.session, campaign.id)
        row |= {
            "sent": counts.get("sent", 0) + counts.get("delivered", 0),
            "answered": sum(storage.campaigns.answer_counts(ask.session, campaign.id).values()),
            "booked": len(campaign_answers.who_booked(ask.session, campaign)),
            "cost": price.of(storage.messages.parts_of_campaign(ask.session, campaign.id)),
            "sent_href": f"{base}/personer?visa=skickade",
            "answered_href": f"{base}/personer?visa=svarade",
            "booked_href": f"{base}/personer?visa=bokade",
        }
    return row


def _why(ask: Ask, campaign: Campaign) -> str:
    """What it waits for."""
    if campaign.state == "draft":
        return approval_words.in_short(ask, campaign)
    halted = campaign_words.halted(campaign, ask.now, ask.house.sender.rules.allowed_hours)
    return halted or campaign_tried.to_choose(ask, campaign)
