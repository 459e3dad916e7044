"""A started campaign: how far it has come, the ways to stop it, and what became of it (ux §4.9)."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.campaign_queue
import storage.messages
import storage.trials
from bot import requests, shown
from bot.console import campaign_after, campaign_draft, campaign_people, campaign_saving, campaign_tried, campaign_words
from bot.console.campaign_draft import address
from bot.requests import Ask, Reading, Writing, go
from outreach import campaign_lists, campaign_versions, campaigns, global_pause, halts, prices
from outreach.campaign_lists import Everybody
from outreach.campaigns import Results
from outreach.lists.words import many
from storage.campaigns import Campaign

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
# A regret that lasts longer than this is told as a time, not counted down.
COUNTDOWN = 600


@routes.get("/utskick/{code}")
def show(ask: Reading, code: str) -> Response:
    """A campaign as it stands; a draft is opened for writing."""
    campaign = campaign_draft.visible(ask, code)
    if campaign.state == "draft":
        return go(address("mottagare", campaign))
    whole = _whole(ask, campaign)
    return requests.page(ask, "utskick_visa.html", title=campaign.name, camp=whole, frame={"browser_title": "Utskick"})


@routes.get("/utskick/{code}/del/{part}")
def live_part(ask: Reading, code: str, part: str) -> Response:
    """How far it has come, or what became of it, alone, for live updating."""
    campaign = campaign_draft.visible(ask, code)
    name = "_utskick_resultat.html" if part == "resultat" else "_utskick_progress.html"
    return requests.fragment(ask, name, camp=_whole(ask, campaign))


@routes.post("/utskick/{code}/angra")
def regret(ask: Writing, code: str) -> Response:
    """Undo a start before anything has left; a scheduled one becomes a draft again."""
    campaign = campaign_draft.mine(ask, code)
    who = ask.who.staff.id
    if campaign.state == "scheduled":
        undone = campaigns.unschedule(ask.session, campaign, now=ask.now, staff_id=who)
        return go(address("tid", campaign) if undone else f"/utskick/{code}", done="" if undone else "forsent")
    undone = campaigns.regret(ask.session, campaign, now=ask.now, staff_id=who)
    return go(f"/utskick/{code}", done="angrat" if undone else "forsent")


@routes.post("/utskick/{code}/pausa")
def pause(ask: Writing, code: str) -> Response:
    """Hold what has not left."""
    return _do(ask, code, lambda campaign, who: campaigns.pause(
        ask.session, campaign, why="", now=ask.now, staff_id=who
    ))  # fmt: skip


@routes.post("/utskick/{code}/fortsatt")
def resume(ask: Writing, code: str) -> Response:
    """Let what waits leave."""
    campaign_draft.mine(ask, code)
    rules = ask.house.sender.rules
    return _do(ask, code, lambda campaign, who: campaigns.resume(
        ask.session, campaign, rules, now=ask.now, staff_id=who
    ))  # fmt: skip


@routes.post("/utskick/{code}/tak")
def cap(ask: Writing, code: str, tak: Annotated[str, Form()] = "") -> Response:
    """Change what a campaign may cost while it waits or runs."""
    campaign = campaign_draft.mine(ask, code)
    campaigns.change_budget(ask.session, campaign, campaign_saving.kronor(tak), now=ask.now, staff_id=ask.who.staff.id)
    return go(f"/utskick/{code}", done="sparat")


@routes.post("/utskick/{code}/stoppa")
def stop(ask: Writing, code: str) -> Response:
    """Take back what has not left."""
    return _do(ask, code, lambda campaign, who: campaigns.stop(ask.session, campaign, now=ask.now, staff_id=who))


@routes.post("/utskick/{code}/lardom")
def learn(ask: Writing, code: str, lardom: Annotated[str, Form()] = "") -> Response:
    """Keep what was learned with the template."""
    campaign = campaign_draft.mine(ask, code)
    campaign_versions.write_learned(ask.session, campaign, lardom, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"/utskick/{code}", done="sparat")


def _do(ask: Ask, code: str, act: Callable[[Campaign, int], bool]) -> Response:
    done = act(campaign_draft.visible(ask, code), ask.who.staff.id)
    return go(f"/utskick/{code}", done="" if done else "redan")


def _whole(ask: Ask, campaign: Campaign) -> Data:
    results = campaigns.results(ask.session, campaign)
    people = campaign_lists.everybody(ask.session, campaign, now=ask.now)
    return {
        "id": campaign.code,
        "name": campaign.name,
        "topic": f"utskick-{campaign.code}",
        **_progress(ask, campaign, results),
        "result": _result(ask, campaign, results, people) if results.sent or results.answered else None,
        "sum": _sum(results) if results.audience else "",
        "withheld": _withheld(campaign, results),
        "after": campaign_after.offered(ask, campaign),
        "tried": campaign_tried.shown(ask, campaign),
        "learned": campaign_versions.trial(ask.session, campaign).learned,
        "may_learn": campaign.launched_at is not None,
    }


def _progress(ask: Ask, campaign: Campaign, results: Results) -> Data:
    total = results.audience - results.withheld
    waits = results.waiting > 0
    awaits = storage.trials.any_waiting(ask.session, campaign.id)
    rule = ask.house.sender.rules.allowed_hours
    cut = campaign.state_why.startswith(halts.EVENING)
    open_now = campaign.state in ("running", "paused")
    return {
        "state": campaign_words.state(campaign),
        "audience": campaign_words.audience(campaign),
        **_regret(ask, campaign),
        "scheduled": campaign.state == "scheduled",
        "done": total - results.waiting,
        "total": total,
        "words": _words(results, total) if campaign.launched_at else "",
        **_ahead(ask, campaign),
        "halted": campaign_words.halted(campaign, ask.now, rule) or campaign_tried.to_choose(ask, campaign),
        "halted_kind": campaign_words.halted_kind(campaign),
        "held": waits and global_pause.current(ask.session) is not None,
        "waits": waits,
        "awaits": awaits,
        "queued": not awaits or storage.campaign_queue.queued_between(ask.session, campaign.id) is not None,
        "goes_on": campaign_words.goes_on(ask.now, rule),
        "cut": cut,
        "cap": campaign.budget_kr,
        "capped": open_now and (waits or campaign.budget_kr > 0),
        "counts": _counts(ask, campaign, results) if campaign.launched_at else [],
        "can_pause": campaign.state == "running" and waits,
        "can_resume": campaign.state == "paused",
        "can_stop": open_now and waits,
        "gone": f"{many(results.sent, 'sms', 'sms')} har redan gått ut och går inte att ta tillbaka."
        if open_now and results.sent
        else "",
    }


def _regret(ask: Ask, campaign: Campaign) -> Data:
    if not campaigns.can_be_regretted(campaign, now=ask.now) or campaign.start_at is None:
        return {"regret_left": 0, "regret_until": ""}
    left = int((campaign.start_at - ask.now).total_seconds()) + 1
    if left > COUNTDOWN:
        return {"regret_left": 0, "regret_until": campaign_words.near(campaign.start_at, ask.now)}
    return {"regret_left": left, "regret_until": ""}


def _words(results: Results, total: int) -> str:
    parts = [f"{shown.number(results.sent)} av {shown.number(total)} skickade", f"{results.delivered} levererade"]
    parts += [f"{results.failed} gick inte fram"] if results.failed else []
    parts += [f"{results.answered} svar"]
    return " · ".join(parts)


def _ahead(ask: Ask, campaign: Campaign) -> Data:
    """When the next text leaves, and when the last one is thought to."""
    ahead = storage.campaign_queue.queued_between(ask.session, campaign.id) if campaign.state == "running" else None
    if ahead is None:
        return {"next": "", "finish": ""}
    first, last = ahead
    soon = (first - ask.now).total_seconds() < COUNTDOWN
    ends = (last - ask.now).total_seconds() < COUNTDOWN
    return {
        "next": "" if soon else f"Nästa skickas {campaign_words.near(first, ask.now)}",
        "finish": "" if ends else f"Klart cirka {campaign_words.near(last, ask.now)}",
    }


def _counts(ask: Ask, campaign: Campaign, results: Results) -> list[Data]:
    silent = campaigns.without_receipt(ask.session, campaign, now=ask.now)
    numbers = (
        ("Skickade", results.sent, "skickade", False), ("Levererade", results.delivered, "levererade", False),
        ("Svar", results.answered, "svarade", False), ("Bokade", results.booked, "bokade", False),
        ("Väntar", results.waiting, "vantar", False), ("Gick inte fram", results.failed, "misslyckade", True),
        ("Okända", results.unknown, "okanda", True), ("Fick inget sms", results.withheld, "utan", False),
        ("Hann inte", results.expired, "inaktuella", False), ("Utan kvitto", silent, "utan_kvitto", True),
    )  # fmt: skip
    return [
        {"label": label, "number": number, "href": campaign_people.link(campaign, key), "fault": fault}
        for label, number, key, fault in numbers
        if number or key in ("skickade", "levererade", "svarade", "bokade")
    ]


def _sum(results: Results) -> str:
    """Everybody in the selection, told once: the numbers add up to the first one."""
    told = (
        (results.sent, "skickade"), (results.waiting, "väntar"), (results.failed, "gick inte fram"),
        (results.unknown, "okända"), (results.withheld, "fick inget sms"), (results.expired, "hann inte skickas"),
    )  # fmt: skip
    parts = [f"{shown.number(number)} {label}" for number, label in told if number]
    if results.taken_back:
        back = f"{shown.number(results.taken_back)} togs tillbaka"
        parts = [f"{part} ({back})" if part.endswith("fick inget sms") else part for part in parts]
    return f"{shown.number(results.audience)} i urvalet: {', '.join(parts)}."


def _withheld(campaign: Campaign, results: Results) -> list[dict[str, object]]:
    ordered = dict(sorted(results.withheld_reasons.items(), key=lambda pair: -pair[1]))
    lists = {reason: campaign_people.link(campaign, f"utan:{reason}") for reason in ordered if reason != "protected"}
    return campaign_words.reasons(ordered, lists)


def _result(ask: Ask, campaign: Campaign, results: Results, people: Everybody) -> Data:
    cost = prices.sms(ask.session).of(storage.messages.parts_of_campaign(ask.session, campaign.id))
    return {
        "sentence": _sentence(results, people),
        "chart": _chart(campaign, results, people),
        "answers": [
            {
                "label": campaign_words.answer(answer).capitalize(),
                "count": count,
                "href": campaign_people.link(campaign, f"svar:{answer}"),
            }
            for answer, count in people.answers().items()
        ],
        "hours": _hours(campaign, people),
        "cost": cost,
        "per_booking": cost / results.booked if results.booked else None,
        "unknown": results.unknown,
        "unknown_href": campaign_people.link(campaign, "okanda"),
        "unsettled_href": "/utskick/okanda",
    }


def _hours(campaign: Campaign, people: Everybody) -> Data | None:
    """When on the day people answer: that is when somebody should be there, and when the next text may leave."""
    by_hour = people.by_hour()
    if not by_hour:
        return None
    most = max(by_hour, key=lambda hour: by_hour[hour])
    return {
        "title": "När på dygnet svaren kom",
        "sentence": f"Flest svar kom mellan kl. {most} och {most + 1}: {by_hour[most]} av {sum(by_hour.values())}.",
        "head": "Klockan",
        "unit": "Svar",
        "rows": [
            {"label": f"kl. {hour}", "value": count, "href": campaign_people.link(campaign, f"timme:{hour}")}
            for hour, count in by_hour.items()
        ],
    }


def _sentence(results: Results, people: Everybody) -> str:
    """Av 171 svarade 61, 38 vill ses, 27 har bokat, 9 jobbar eller pluggar, 6 sa stopp, 5 fel nummer."""
    if not results.answered:
        return f"Ingen av {shown.number(results.sent)} har svarat ännu."
    said = (
        (people.count("vill_ses"), "vill ses"), (results.booked, "har bokat"),
        (results.answers.get("occupied", 0), "jobbar eller pluggar"), (results.answers.get("opt_out", 0), "sa stopp"),
        (results.answers.get("wrong_number", 0), "fel nummer"),
    )  # fmt: skip
    parts = [f"Av {shown.number(results.sent)} svarade {results.answered}"]
    return ", ".join(parts + [f"{number} {label}" for number, label in said if number]) + "."


def _chart(campaign: Campaign, results: Results, people: Everybody) -> Data:
    steps = (
        ("Skickat", results.sent, "skickade"), ("Levererat", results.delivered, "levererade"),
        ("Svar", results.answered, "svarade"), ("Vill ses", people.count("vill_ses"), "vill_ses"),
        ("Bokat", results.booked, "bokade"),
    )  # fmt: skip
    share = shown.percent(results.answered / results.sent, 0) if results.sent else "0 %"
    return {
        "title": f"{share} har svarat" if results.answered else "Inga svar ännu",
        "sentence": ", ".join(f"{label.lower()} {number}" for label, number, _ in steps).capitalize() + ".",
        "head": "Steg",
        "unit": "Personer",
        "rows": [
            {"label": label, "value": number, "href": campaign_people.link(campaign, key)}
            for label, number, key in steps
        ],
    }
