"""Sparade urval: rules with a name, how many each means just now, and since last week (ux §4.4)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.campaigns
import storage.register
import storage.staff
from bot import requests
from bot.console import selection
from bot.requests import Ask, Reading, Writing, go
from outreach import selections
from outreach.errors import NotFound
from storage.campaigns import SavedAudience

routes = APIRouter(include_in_schema=False)
HERE = "/register/urval"
Text = Annotated[str, Form()]
Data = dict[str, Any]
MOST_USED_IN = 3


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """All that one may see."""
    ask.needs("register")
    return _page(ask, None)


@routes.post(HERE + "/{number}/andra")
def change(ask: Writing, number: int, namn: Text = "", delat: Text = "") -> Response:
    """Another name, or who sees it."""
    selections.rename(
        ask.session, _mine(ask, number), namn, shared=delat == "ja", by=ask.who.staff, now=ask.now
    )  # fmt: skip
    return go(HERE, done="sparat")


@routes.post(HERE + "/{number}/ta-bort")
def remove(ask: Writing, number: int) -> Response:
    """Take it away; the page that comes offers to put it back."""
    saved = _mine(ask, number)
    gone = {"name": saved.name, "sentence": saved.sentence, "shared": "ja" if saved.shared else "nej"}
    selections.remove(ask.session, saved, by=ask.who.staff, now=ask.now)
    return _page(ask, gone)


def _mine(ask: Ask, number: int) -> SavedAudience:
    ask.needs("register")
    seen = {saved.id: saved for saved in selections.visible(ask.session, ask.who.staff.id)}
    if number not in seen or selection.address_of(ask, seen[number]) is None:
        raise NotFound("Urvalet finns inte kvar.")
    return seen[number]


def _page(ask: Ask, gone: Data | None) -> Response:
    names = storage.staff.names(ask.session)
    rows = [_row(ask, saved, names) for saved in selections.visible(ask.session, ask.who.staff.id)]
    data = {"rows": [row for row in rows if row], "gone": gone}
    return requests.page(ask, "register_urval.html", title="Sparade urval", saved=data)


def _row(ask: Ask, saved: SavedAudience, names: dict[int, str]) -> Data | None:
    shown = selection.address_of(ask, saved)
    if shown is None:
        return None
    address, wanted = shown
    people = storage.register.count(ask.session, wanted, now=ask.now)
    change = selections.change(ask.session, saved, people, now=ask.now)
    mine = saved.created_by_id == ask.who.staff.id
    maker = "du" if mine else names.get(saved.created_by_id or 0, "")
    return {
        "id": saved.id, "name": saved.name, "href": address, "rule": saved.sentence, "count": people,
        "change": None if change is None else f"{change:+d}".replace("-", "−"), "shared": saved.shared,
        "seen_by": "Alla som arbetar med kontorets personer" if saved.shared else "Bara du", "made_by": maker,
        "used_in": _used_in(ask, saved),
    }  # fmt: skip


def _used_in(ask: Ask, saved: SavedAudience) -> list[Data]:
    found = storage.campaigns.with_audience(ask.session, (saved.name, saved.sentence))
    mine = [one for one in found if ask.who.may("campaigns", one.office_id)]
    return [{"name": one.name, "href": f"/utskick/{one.code}"} for one in mine[:MOST_USED_IN]]
