"""Goals: text and measure, what is counted of what, in which direction, how far and until when (ux §4.14, domain S67).
A report reads them from `storage.goals`; what was changed is noted, and can be taken back.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import storage.audit
import storage.goals
import storage.settings
from outreach.errors import BadInput, NotFound
from storage.database import Session
from storage.goals import DIRECTIONS, MEASURES, Goal

# Begins the key of a change of one of them.
KEY = "goal:"
LONGEST_NAME, LONGEST_RULE = 80, 200
MOST_PEOPLE, WHOLE = 1_000_000, 100
_NUMBER = re.compile(r"\d{1,7}(?:,\d)?")
_FIELDS = ("name", "measure", "numerator", "denominator", "direction", "office_id")


@dataclass(frozen=True, slots=True)
class Preset:
    """A goal that some municipality has had: `source` says which, and how it went. The target is as it is typed."""

    key: str
    name: str
    measure: str
    numerator: str
    direction: str
    source: str
    denominator: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A goal as somebody has written it; `target` as typed: 850, 54,3 or 1 250."""

    name: str
    measure: str
    numerator: str
    denominator: str
    direction: str
    target: str
    due_on: date
    office_id: int | None


@cache
def presets() -> Sequence[Preset]:
    """Goals to begin from."""
    data = tomllib.loads((Path(__file__).parent / "goals.toml").read_text(encoding="utf-8"))
    return tuple(Preset(**one) for one in data["presets"])


def keep(session: Session, goal_id: int, wanted: Wanted, *, now: datetime, staff_id: int) -> Goal:
    """Keep a new goal (id 0) or change one. Raises BadInput with one sentence, NotFound for one that is gone."""
    _check(wanted)
    target = _tenths(wanted)
    goal = _standing(session, goal_id) if goal_id else None
    before = kept_as(goal) if goal is not None else None
    goal = goal or Goal(name="", measure="count", numerator="", target_tenths=0, due_on=wanted.due_on, made_at=now)
    goal.name, goal.measure, goal.numerator = wanted.name, wanted.measure, wanted.numerator
    goal.denominator = "" if wanted.measure == "count" else wanted.denominator
    goal.direction, goal.target_tenths = wanted.direction, target
    goal.due_on, goal.office_id = wanted.due_on, wanted.office_id
    storage.goals.keep(session, goal)
    _note(session, goal, before, kept_as(goal), now=now, staff_id=staff_id)
    return goal


def take_away(session: Session, goal_id: int, *, now: datetime, staff_id: int) -> bool:
    """Let it be a goal no longer; False where it was none already."""
    goal = storage.goals.find(session, goal_id)
    if goal is None or goal.ended_at is not None:
        return False
    goal.ended_at = now
    _note(session, goal, kept_as(goal), None, now=now, staff_id=staff_id)
    return True


def put_back(session: Session, goal_id: int, value: dict[str, Any] | None, *, now: datetime, staff_id: int) -> None:
    """Let the goal be this again, as it was kept once; None: no goal."""
    goal = storage.goals.find(session, goal_id)
    if goal is None:
        raise NotFound("Målet finns inte kvar.")
    before = kept_as(goal) if goal.ended_at is None else None
    goal.ended_at = now if value is None else None
    for name in _FIELDS if value is not None else ():
        setattr(goal, name, (value or {})[name])
    if value is not None:
        goal.due_on, goal.target_tenths = date.fromisoformat(value["due_on"]), _read(value["target"])
    _note(session, goal, before, value, now=now, staff_id=staff_id)


def kept_as(goal: Goal) -> dict[str, Any]:
    """The goal as a change of it is noted."""
    own = {name: getattr(goal, name) for name in _FIELDS}
    return {**own, "target": in_figures(goal.target_tenths), "due_on": goal.due_on.isoformat()}


def in_figures(tenths: int) -> str:
    """850, or 54,3: a target as it is typed."""
    whole, tenth = divmod(tenths, 10)
    return f"{whole},{tenth}" if tenth else str(whole)


def _note(session: Session, goal: Goal, before: Any, after: Any, *, now: datetime, staff_id: int) -> None:
    if before == after:
        return
    storage.goals.keep(session, goal)
    storage.settings.note_change(session, f"{KEY}{goal.id}", before, after, now=now, staff_id=staff_id)
    storage.audit.write(session, "goal_changed", now=now, staff_id=staff_id, goal=goal.id, stands=after is not None)


def _standing(session: Session, goal_id: int) -> Goal:
    goal = storage.goals.find(session, goal_id)
    if goal is None or goal.ended_at is not None:
        raise NotFound("Målet finns inte kvar.")
    return goal


def _check(wanted: Wanted) -> None:
    if not wanted.name or len(wanted.name) > LONGEST_NAME:
        raise BadInput(f"Skriv målet med högst {LONGEST_NAME} tecken.")
    if wanted.measure not in MEASURES or wanted.direction not in DIRECTIONS:
        raise BadInput("Välj hur målet mäts och åt vilket håll det ska gå.")
    if not wanted.numerator:
        raise BadInput("Skriv vad som räknas.")
    if wanted.measure != "count" and not wanted.denominator:
        raise BadInput("Skriv vad det räknas av: utan det går andelen eller förändringen inte att förstå.")
    if max(len(wanted.numerator), len(wanted.denominator)) > LONGEST_RULE:
        raise BadInput(f"Det som räknas är för långt. Skriv högst {LONGEST_RULE} tecken.")


def _tenths(wanted: Wanted) -> int:
    """The target in tenths. A count is of whole people, a share goes to a hundred."""
    written = re.sub(r"[\s%]", "", wanted.target).replace(".", ",")
    if not _NUMBER.fullmatch(written):
        raise BadInput("Skriv målet som ett tal, till exempel 850 eller 54,3.")
    tenths = _read(written)
    if wanted.measure == "count" and (tenths % 10 or tenths > MOST_PEOPLE * 10):
        raise BadInput("Ett antal är ett helt tal.")
    if wanted.measure == "share" and tenths > WHOLE * 10:
        raise BadInput("En andel är högst 100 %.")
    return tenths


def _read(figures: str) -> int:
    whole, _, tenth = figures.partition(",")
    return int(whole) * 10 + int(tenth or 0)
