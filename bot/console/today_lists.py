"""The worklists that Idag points to: how many wait on each, and where it is (ux §4.2, §4.10). Nobody with protected
identity is counted on any.
"""

from typing import Any

import storage.imports
import storage.register
from bot.requests import Ask
from outreach import in_words, ladder_lists, ladder_rules
from outreach.lists import missing
from storage.register import Filter

Data = dict[str, Any]
# Steps of the ladder that are worklists of their own, and where each is.
_STEPS = (
    ("find_number", "/trappan/nummer"), ("postcard", "/trappan/vykort"),
    ("closing_card", "/trappan/vykort?slag=closing"),
)  # fmt: skip
_TASKS = ("shared_number", "hand_over", "my_data")
TURNS = (18, 20, 30)


def waiting(ask: Ask, due: dict[str, int]) -> list[Data]:
    """Every list on which somebody waits: its name, how many and its address."""
    steps = [(ladder_rules.IN_WORDS[kind], due.get(kind, 0), href) for kind, href in _STEPS]
    tasks = [(in_words.TASKS[kind], count(ask, task=kind), f"/register?uppgift={kind}") for kind in _TASKS]
    lists = [*steps, *tasks, *_missing(ask)]
    return [{"label": label, "count": people, "href": href} for label, people, href in lists if people]


def turning(ask: Ask) -> list[Data]:
    """Who soon comes to an age that changes something: 18, 20 and 30."""
    return [
        {"label": f"Fyller {years} inom 60 dagar", "count": people, "href": f"/register?fyller={years}"}
        for years in TURNS
        if (people := count(ask, turns=years))
    ]


def due(ask: Ask) -> dict[str, int]:
    """How many are due on those steps of the ladder that are lists here."""
    return ladder_lists.count_steps(ask.session, ask.office_ids, [kind for kind, _ in _STEPS], ask.now)


def count(ask: Ask, **wanted: Any) -> int:
    """How many of the offices' people fit, as their lists would show them."""
    mine = Filter(office_ids=tuple(ask.office_ids), protected=False, reader_id=ask.who.staff.id, **wanted)
    return storage.register.count(ask.session, mine, now=ask.now)


def _missing(ask: Ask) -> list[tuple[str, int, str]]:
    """Those a complete list no longer holds, whom nobody has decided about."""
    if not ask.who.may("import"):
        return []
    importer = ask.who.narrowed("import")
    return [
        ("Finns inte längre i listan", len(missing.waiting(ask.session, run, importer)),
         f"/register/import/{run.code}/saknas")
        for run in storage.imports.latest_done(ask.session, ask.where("import"))
        if run.counts.get("missing")
    ]  # fmt: skip
