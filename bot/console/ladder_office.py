"""Inställningar, Kontakttrappa: each office's steps, waiting days and tries, and how its texts leave (ux §4.10, 4.16).

The steps stand in the order of their days, so that a change of order is a change of day.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.ladders
import storage.offices
import storage.staff
from bot import requests, shown
from bot.console import ladder_words, setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import access, ladder_rules, ladder_settings
from outreach.errors import BadInput, NotAllowed, NotFound
from outreach.ladder_settings import Wanted
from storage.ladders import STEP_KINDS
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
Many = Annotated[list[str], Form()]
HERE = settings_tabs.PAGES["Kontakttrappa"]
TAKEN_AWAY = ""
_HINTS = {
    "guardian_call": "bara under 18 år",
    "home_visit": "bara med uppdrag",
    "chat": "noteras för hand",
    "other_way": "fältare, skola, fritidsgård",
    "rest": "så många dagar, sedan börjar trappan om",
}


@routes.get(HERE)
def page(ask: Reading, kontor: str = "") -> Response:
    """How an office's ladder is run."""
    ask.needs("settings")
    office = _office(ask, kontor)
    return _page(ask, office, ladder_settings.steps(ask.session, office.id))


@routes.post(HERE)
def save_steps(
    ask: Writing, kontor: Text = "", gor: Text = "spara", steg: Many = [], dagar: Many = [], pa: Many = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Other steps, or a look at how they would read."""
    ask.needs("settings")
    office = _office(ask, kontor)
    wanted = _wanted(steg, dagar, pa)
    if gor == "visa" and all(step.kind in STEP_KINDS for step in wanted):
        return _page(ask, office, wanted, preview=True)
    if gor == "standard":
        wanted = [Wanted(*row) for row in ladder_rules.DEFAULT]
    try:
        ladder_settings.change_steps(ask.session, office.id, ask.who.staff, wanted, now=ask.now)
    except BadInput as error:
        return _page(ask, office, wanted, errors=[{"field": "steg", "text": error.sentence}])
    return go(f"{HERE}?kontor={office.id}", done="sparat")


@routes.post(HERE + "/sms")
def save_texts(
    ask: Writing, kontor: Text = "", sjalv: Text = "", svarar: Text = "", forvarna: Text = "", fore: Text = ""
) -> Response:
    """How the texts of the ladder leave."""
    ask.needs("settings")
    office = _office(ask, kontor)
    answering = {one.code: one.id for one in _candidates(ask, office)}
    try:
        ladder_settings.change(
            ask.session, office.id, ask.who.staff, texts_itself=sjalv == "ja", answerer_id=answering.get(svarar),
            announce_first=forvarna == "ja", text_before_call=fore == "ja", now=ask.now,
        )  # fmt: skip
    except BadInput as error:
        steps = ladder_settings.steps(ask.session, office.id)
        return _page(ask, office, steps, errors=[{"field": "svarar", "text": error.sentence}])
    return go(f"{HERE}?kontor={office.id}", done="sparat")


def _office(ask: Ask, written: str) -> Office:
    """The office that is set: the one named, else the chosen one, else the first."""
    mine = ask.who.offices
    if not mine:
        raise NotAllowed
    if written and whole(written) not in [office.id for office in mine]:
        raise NotFound("Kontoret finns inte bland dina.")
    named = [office for office in mine if office.id == whole(written)]
    return named[0] if named else ask.office or mine[0]


def _wanted(kinds: Sequence[str], days: Sequence[str], on: Sequence[str]) -> list[Wanted]:
    """The steps as typed, in the order of their days and a rest last; a row without a step is left out."""
    rows = [
        # Days that are no number are refused with the others that do not fit.
        Wanted(kind, -1 if (number := whole(typed.strip())) is None else number, str(place) in on)
        for place, (kind, typed) in enumerate(zip(kinds, days, strict=False))
        if kind != TAKEN_AWAY
    ]
    return sorted(rows, key=lambda step: (step.kind == "rest", step.after_days))


def _candidates(ask: Ask, office: Office) -> list[Staff]:
    """Who may answer: those who read what youths of the office write."""
    inbox = [role for role, may in access.MAY.items() if "inbox" in may]
    today = local_date(ask.now)
    found = {
        one.id: one for role in inbox for one in storage.staff.with_role(ask.session, role, office.id, on=today)
    }  # fmt: skip
    return sorted(found.values(), key=lambda one: one.name)


def _page(
    ask: Ask, office: Office, steps: Sequence[Wanted], *, preview: bool = False, errors: Sequence[Data] = ()
) -> Response:  # fmt: skip
    row = ladder_settings.read(ask.session, office.id, ask.now)
    answerer = storage.staff.find(ask.session, row.answerer_id)
    data = {
        **setting_history.for_page(ask, "Kontakttrappa"),
        "office": {"id": office.id, "name": office.name},
        "offices": [(one.id, one.name) for one in ask.who.offices],
        "steps": [{"kind": one.kind, "days": max(one.after_days, 0), "on": one.is_on,
                   "hint": _HINTS.get(one.kind, "")} for one in steps],
        "kinds": [*((kind, ladder_rules.IN_WORDS[kind]) for kind in STEP_KINDS), (TAKEN_AWAY, "Ta bort steget")],
        "sentence": ladder_words.in_a_sentence(steps if preview else ladder_settings.steps(ask.session, office.id)),
        "preview": preview,
        "texts": row,
        "staff": [("", "Ingen"), *((one.code, one.name) for one in _candidates(ask, office))],
        "answerer": answerer.code if answerer is not None else "",
        "changed": _changed(ask, row),
        "errors": list(errors),
        "error": {one["field"]: one["text"] for one in errors},
    }  # fmt: skip
    return requests.page(
        ask, "installningar_trappan.html", title="Kontakttrappa", s=data, status_code=422 if errors else 200
    )


def _changed(ask: Ask, row: storage.ladders.Ladder) -> str:
    by = storage.staff.find(ask.session, row.changed_by_id)
    return f"Ändrat {shown.date_table(row.changed_at)} av {by.name}." if by is not None else ""
