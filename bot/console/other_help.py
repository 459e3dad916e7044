"""Hjälpte någon utanför målgruppen: a count in two presses, never a record (domain S50)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.other_help
import storage.staff
from bot import requests
from bot.console import typed_times
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import other_help
from outreach.errors import BadInput, NotFound
from storage.local_time import local_date
from storage.offices import Office

routes = APIRouter(include_in_schema=False)
HERE = "/register/annan-malgrupp"
Text = Annotated[str, Form()]
SHOWN = 20


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """The form, how many this year, and the latest with a way to undo."""
    ask.needs("register")
    return _page(ask)


@routes.post(HERE)
def note(ask: Writing, vad: Text = "", antal: Text = "1", dag: Text = "", kontor: Text = "") -> Response:
    """One more, or as many as were written."""
    ask.needs("register")
    try:
        on = typed_times.read_day(dag, local_date(ask.now)) if dag.strip() else local_date(ask.now)
        other_help.note(
            ask.session, _office(ask, kontor), ask.who.staff, on=on, what=vad, how_many=whole(antal) or 0, now=ask.now
        )
    except BadInput as error:
        return _page(ask, error.sentence)
    return go(HERE, done="sparat")


@routes.post(HERE + "/{code}/angra")
def undo(ask: Writing, code: str) -> Response:
    """It was noted by mistake."""
    ask.needs("register")
    row = storage.other_help.by_code(ask.session, code)
    if row is None or row.office_id not in ask.who.office_ids:
        raise NotFound("Raden finns inte kvar.")
    other_help.undo(ask.session, row, ask.who.staff, now=ask.now)
    return go(HERE, done="sparat")


def _office(ask: Ask, chosen: str) -> Office:
    mine = {office.id: office for office in ask.who.offices}
    office = mine.get(whole(chosen) or 0) or ask.office
    if office is None:
        raise BadInput("Välj vilket kontor som hjälpte.")
    return office


def _page(ask: Ask, error: str = "") -> Response:
    today, names = local_date(ask.now), storage.staff.names(ask.session)
    rows = storage.other_help.latest(ask.session, ask.office_ids, SHOWN)
    data = {
        "year": today.year,
        "count": storage.other_help.helped(ask.session, ask.office_ids, today.replace(month=1, day=1), today),
        "kinds": [(kind, kind) for kind in other_help.KINDS],
        "offices": [(str(office.id), office.name) for office in ask.who.offices] if ask.office is None else [],
        "rows": [
            {"code": row.code, "on": row.on, "how_many": row.how_many, "what": row.what,
             "by": names.get(row.noted_by_id or 0, "")}
            for row in rows
        ],
        "error": error,
    }  # fmt: skip
    return requests.page(
        ask, "register_annan.html", title="Annan målgrupp", status_code=422 if error else 200, other=data
    )
