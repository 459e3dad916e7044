"""What a campaign's trial showed: versions and a control group side by side, and the choice after a pilot (ux §4.9)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.trials
from bot import shown as words
from bot.console import campaign_draft, campaign_people, campaign_trying, campaign_words
from bot.requests import Ask, Writing, go
from outreach import campaign_rest, campaign_results, campaign_versions
from outreach.campaign_results import Compared, Group, Report
from outreach.lists.words import many
from outreach.proportions import FEWEST, Difference
from storage.campaigns import Campaign

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
TOO_FEW = "För få för att säga något än"


@routes.post("/utskick/{code}/resten")
def choose(ask: Writing, code: str, version: Annotated[str, Form()] = "") -> Response:
    """Let the rest have a version after a pilot."""
    campaign = campaign_draft.mine(ask, code)
    chosen = campaign_rest.choose(
        ask.session, campaign, version, ask.house.sender.rules, now=ask.now, staff_id=ask.who.staff.id,
        regret=timedelta(seconds=ask.house.settings.regret_seconds),
    )  # fmt: skip
    return go(f"/utskick/{code}", done="" if chosen else "redan")


def shown(ask: Ask, campaign: Campaign) -> Data | None:
    """The comparison, or until when it is too early for one; None for a campaign that tries nothing."""
    report = campaign_results.report(ask.session, campaign, now=ask.now)
    if report is None or not (report.versions or report.control):
        return None
    trial = campaign_versions.trial(ask.session, campaign)
    waits = len(storage.trials.waiting(ask.session, campaign.id))
    return {
        "question": trial.question if report.versions else "",
        "early": "" if report.is_ready else _early(ask, report),
        "counts": campaign_trying.RULES[report.rule].capitalize(),
        "counts_control": campaign_trying.in_control(report.rule).capitalize(),
        "versions": [_row(campaign, group, report) for group in report.versions],
        "control": [_row(campaign, group, report) for group in report.control],
        "differences": [_sentence(one) for one in report.differences] if report.is_ready else [],
        "effect": _sentence(report.effect) if report.is_ready and report.effect else "",
        "method": f"Intervallet håller i 95 fall av 100 (Newcombe). Under {FEWEST} personer i en grupp sägs inget.",
        "waits": many(waits, "person", "personer") if waits else "",
        "choices": _choices(campaign, report, waits),
        "chosen": _chosen(ask, campaign),
    }


def to_choose(ask: Ask, campaign: Campaign) -> str:
    """That a pilot is over and somebody is to choose; empty otherwise, so that nobody is forgotten who waits."""
    if campaign.state != "running" or not storage.trials.any_waiting(ask.session, campaign.id):
        return ""
    report = campaign_results.report(ask.session, campaign, now=ask.now)
    return "Piloten är klar. Välj vilken version resten ska få." if report is not None and report.is_ready else ""


def _early(ask: Ask, report: Report) -> str:
    days = campaign_versions.FOLLOWED[report.rule].days
    if report.due is None:
        return f"För tidigt att jämföra. Alla ska ha haft {days} dagar från sitt sms, och alla sms har inte gått än."
    return (
        f"För tidigt att jämföra. Alla har haft {days} dagar från sitt sms {campaign_words.near(report.due, ask.now)}."
    )


def _row(campaign: Campaign, group: Group, report: Report) -> Data:
    """A group's figures. What decides is not told before it may be compared, so that nobody stops on a good day."""
    return {
        "name": campaign_people.group_name(group.name),
        "people": len(group.people),
        "people_href": campaign_people.link(campaign, f"grupp:{group.name}"),
        "hits": len(group.hits) if report.is_ready else None,
        "hits_href": campaign_people.link(campaign, f"grupp_ja:{group.name}"),
        "share": words.percent(group.share.value, 0) if report.is_ready else "",
        "stopped": len(group.stopped),
        "stopped_href": campaign_people.link(campaign, f"grupp_stopp:{group.name}"),
    }


def _sentence(one: Compared) -> str:
    """Version B jämfört med version A: 12 procentenheter fler, troligen mellan 3 och 21 fler."""
    first, second = (campaign_people.group_name(group.name) for group in (one.first, one.second))
    return f"{first} jämfört med {second[:1].lower()}{second[1:]}: {_difference(one.difference)}"


def _difference(found: Difference) -> str:
    interval = f"{_points(found.value)}, troligen {_between(round(100 * found.low), round(100 * found.high))}"
    if found.verdict == "too_few":
        return f"{TOO_FEW} ({interval})." if found.fewest >= FEWEST else f"{TOO_FEW}."
    return f"{interval}." if found.verdict in ("more", "less") else f"ingen skillnad som märks ({interval})."


def _points(share: float) -> str:
    """12 procentenheter fler"""
    points = round(100 * share)
    if not points:
        return "lika många"
    return f"{many(abs(points), 'procentenhet', 'procentenheter')} {'fler' if points > 0 else 'färre'}"


def _between(low: int, high: int) -> str:
    """mellan 3 och 21 fler; mellan 4 färre och 12 fler"""
    if low < 0 < high:
        return f"mellan {-low} färre och {high} fler"
    if high > 0:
        return f"mellan {low} och {high} fler"
    return f"mellan {-high} och {-low} färre"


def _choices(campaign: Campaign, report: Report, waits: int) -> list[str]:
    if not waits or campaign_rest.why_not_yet(campaign, report):
        return []
    return [group.name for group in report.versions]


def _chosen(ask: Ask, campaign: Campaign) -> str:
    trial = campaign_versions.trial(ask.session, campaign)
    if not trial.winner or trial.winner_at is None:
        return ""
    return f"Resten fick version {trial.winner}, valt {campaign_words.near(trial.winner_at, ask.now)}."
