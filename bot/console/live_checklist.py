"""Settings, Checklista för skarp drift: what is done, what is left, and how (ux §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.staff
from bot import requests
from bot.console import settings_tabs
from bot.requests import Ask, Reading, Writing, go
from outreach import live_checklist, phone_numbers
from outreach.errors import BadInput
from outreach.live_checklist import Line, Machine

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Skarp drift"]


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Every line."""
    ask.needs("settings")
    return _page(ask, "", None)


@routes.post(HERE)
def confirm(ask: Writing, rad: Text = "", anteckning: Text = "", gor: Text = "") -> Response:
    """Confirm a line with one's name, or take one's word back."""
    ask.needs("settings")
    try:
        if gor == "tillbaka":
            live_checklist.take_back(ask.session, rad, ask.who.staff, now=ask.now)
        else:
            live_checklist.confirm(ask.session, rad, ask.who.staff, anteckning, now=ask.now)
    except BadInput as error:
        return _page(ask, rad, error)
    return go(f"{HERE}#{rad}", done="sparat")


def _page(ask: Ask, code: str, error: BadInput | None) -> Response:
    settings, number = ask.house.settings, ask.house.sms_number
    machine = Machine(settings.practice, phone_numbers.show(number) if number else "", str(settings.public_url))
    lines = live_checklist.lines(ask.session, ask.who.offices, machine, now=ask.now)
    names = storage.staff.names(ask.session)
    left = sum(not line.is_done for line in lines)
    data = {
        "tabs": settings_tabs.tabs(HERE), "done": len(lines) - left, "of": len(lines),
        "lines": [_line(ask, line, names) for line in lines],
        "errors": [{"field": f"anteckning-{code}", "text": error.sentence}] if error else [],
        "error": {code: error.sentence} if error else {},
    }  # fmt: skip
    return requests.page(
        ask, "installningar_checklista.html", title="Checklista för skarp drift", s=data,
        status_code=422 if error else 200,
    )  # fmt: skip


def _line(ask: Ask, line: Line, names: dict[int, str]) -> Data:
    return {
        "code": line.code, "title": line.title, "done": line.is_done, "said": line.said, "todo": line.todo,
        "href": line.href, "by_people": line.by_people, "note": line.note,
        "confirmed": [{"name": names.get(one.staff_id, "En kollega"), "on": one.on, "note": one.note}
                      for one in line.confirmed],
        "mine": any(one.staff_id == ask.who.staff.id for one in line.confirmed),
    }  # fmt: skip
