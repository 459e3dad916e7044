"""Settings of goals: what is counted, of what, how far and until when, with those of other municipalities to begin from
(ux §4.14, §4.16).
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.goals
from bot import requests, shown
from bot.console import setting_history, settings_tabs
from bot.console.typed_times import read_day
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import goals, in_words
from outreach.errors import BadInput, NotFound
from outreach.goals import Wanted
from storage.goals import Goal
from storage.local_time import local_date

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Mål"]
_WORDS = {("count", "up"): "Minst {}", ("count", "down"): "Högst {}", ("share", "up"): "Minst {} %",
          ("share", "down"): "Högst {} %", ("change", "up"): "Upp med minst {} %",
          ("change", "down"): "Ner med minst {} %"}  # fmt: skip
_NAMES = ("name", "measure", "numerator", "denominator", "direction", "target", "due", "office")


@routes.get(HERE)
def page(ask: Reading, andra: str = "", fran: str = "") -> Response:
    """Every goal; the form holds the one that is changed, or one of others to begin from."""
    ask.needs("settings")
    goal = storage.goals.find(ask.session, whole(andra) or 0)
    if goal is not None and goal.ended_at is None and _is_mine(ask, goal.office_id):
        return _page(ask, _typed(goal))
    preset = next((asdict(one) for one in goals.presets() if one.key == fran), {})
    return _page(ask, {**_new(ask), **preset})


@routes.post(HERE)
def save(ask: Writing, form: Written) -> Response:
    """Keep a goal."""
    ask.needs("settings")
    goal_id = whole(form.get("goal", "")) or 0
    _must_be_mine(ask, goal_id)
    try:
        wanted = _read(ask, form)
        if wanted.office_id is None:
            ask.needs_everywhere()
        goals.keep(ask.session, goal_id, wanted, now=ask.now, staff_id=ask.who.staff.id)
    except BadInput as error:
        return _page(ask, {**_new(ask), **{name: form.get(name, "") for name in (*_NAMES, "goal")}}, error.sentence)
    return go(f"{HERE}#mal", done="sparat")


@routes.post(HERE + "/bort")
def take_away(ask: Writing, form: Written) -> Response:
    """Let it be a goal no longer; it can be put back under the latest changes."""
    ask.needs("settings")
    goal_id = whole(form.get("goal", "")) or 0
    _must_be_mine(ask, goal_id)
    done = goals.take_away(ask.session, goal_id, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#andringar", done="sparat" if done else "redan")


def _is_mine(ask: Ask, office_id: int | None) -> bool:
    return office_id is None or office_id in ask.who.office_ids


def _must_be_mine(ask: Ask, goal_id: int) -> None:
    goal = storage.goals.find(ask.session, goal_id)
    if goal is not None and not _is_mine(ask, goal.office_id):
        raise NotFound("Målet finns inte kvar.")
    if goal is not None and goal.office_id is None:
        ask.needs_everywhere()


def _read(ask: Ask, form: Mapping[str, str]) -> Wanted:
    words = {name: " ".join(form.get(name, "").split()) for name in _NAMES}
    office_id = whole(words["office"])
    if words["office"] and (office_id is None or office_id not in ask.who.office_ids):
        raise BadInput("Välj ett av dina egna kontor, eller alla.")
    return Wanted(
        words["name"], words["measure"], words["numerator"], words["denominator"], words["direction"], words["target"],
        read_day(words["due"], local_date(ask.now)), office_id,
    )  # fmt: skip


# ------------------------------------------------------------------------- what the page shows


def _page(ask: Ask, typed: Data, error: str = "") -> Response:
    offices = {office.id: office.name for office in ask.who.offices if office.id is not None}
    data = {
        "tabs": settings_tabs.tabs(HERE), "typed": typed,
        "goals": [_goal(ask, one, offices) for one in storage.goals.standing(ask.session, ask.who.office_ids)],
        "presets": goals.presets(), "measures": list(in_words.GOAL_MEASURES.items()),
        "directions": list(in_words.GOAL_DIRECTIONS.items()),
        "offices": [*_all_offices(ask), *((str(key), name) for key, name in offices.items())],
        "history": setting_history.rows(ask, "Mål"), "errors": [{"field": "name", "text": error}] if error else [],
    }  # fmt: skip
    return requests.page(ask, "installningar_mal.html", title="Mål", s=data, status_code=422 if error else 200)


def _new(ask: Ask) -> Data:
    return {
        **dict.fromkeys(_NAMES, ""), "goal": "", "measure": "count", "direction": "up",
        "due": f"{local_date(ask.now).year}-12-31",
    }  # fmt: skip


def _typed(goal: Goal) -> Data:
    return {
        "goal": goal.id, "name": goal.name, "measure": goal.measure, "numerator": goal.numerator,
        "denominator": goal.denominator, "direction": goal.direction, "target": goals.in_figures(goal.target_tenths),
        "due": goal.due_on.isoformat(), "office": goal.office_id or "",
    }  # fmt: skip


def _all_offices(ask: Ask) -> list[tuple[str, str]]:
    return [("", "Alla kontor")] if ask.leads_everywhere else []


def _goal(ask: Ask, goal: Goal, offices: Mapping[int, str]) -> Data:
    return {
        "may": goal.office_id is not None or ask.leads_everywhere,
        "id": goal.id, "name": goal.name, "numerator": goal.numerator, "denominator": goal.denominator,
        "target": _WORDS[goal.measure, goal.direction].format(_number(goal.target_tenths)),
        "due": shown.date_text(goal.due_on), "office": offices.get(goal.office_id or 0, "Alla kontor"),
    }  # fmt: skip


def _number(tenths: int) -> str:
    whole_part, tenth = divmod(tenths, 10)
    return f"{shown.number(whole_part)},{tenth}" if tenth else shown.number(whole_part)
