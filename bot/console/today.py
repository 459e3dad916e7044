"""Idag: what needs me now, in five seconds; four blocks and how things stand (ux §4.2)."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi import APIRouter
from fastapi.responses import Response

from bot import requests
from bot.console import approval_words, today_blocks
from bot.requests import Ask, Reading
from outreach.errors import NotFound

routes = APIRouter(include_in_schema=False)
log = structlog.get_logger()

Data = dict[str, Any]
ROWS, MOST = 7, 200
TITLES = {
    "manniska": "Behöver en människa",
    "bokat": "Bokat",
    "ring": "Ring",
    "nummer": "Numret fungerar inte",
}
_MAKERS: Mapping[str, Callable[[Ask, int], Data]] = {
    "manniska": today_blocks.who_waits,
    "bokat": today_blocks.booked,
    "ring": today_blocks.to_ring,
    "nummer": today_blocks.dead_numbers,
}


@routes.get("/idag")
def page(ask: Reading, visa: str = "") -> Response:
    """The whole page; `visa` names a block that shows all its rows."""
    ask.needs("inbox")
    blocks = [_block(ask, name, everything=visa == name) for name in TITLES]
    idag = {
        "approvals": _approvals(ask),
        "blocks": blocks,
        "side": _side(ask),
        "may_import": ask.who.may("import"),
        "may_send": ask.who.may("campaigns"),
        "may_meet": ask.who.may("gatherings"),
    }
    waiting = blocks[0]["total"]
    frame = {"differs": f"{waiting} väntar" if waiting else ""}
    return requests.page(ask, "idag.html", title="Idag", idag=idag, frame=frame)


@routes.get("/idag/del/{name}")
def part(ask: Reading, name: str, visa: str = "") -> Response:
    """One block alone, for live updating."""
    ask.needs("inbox")
    if name == "godkanna":
        return requests.fragment(ask, "_idag_godkanna.html", approvals=_approvals(ask))
    if name == "sida":
        return requests.fragment(ask, "_idag_sida.html", side=_side(ask))
    if name not in TITLES:
        raise NotFound
    return requests.fragment(ask, f"_idag_{name}.html", block=_block(ask, name, everything=visa == name))


def _block(ask: Ask, name: str, *, everything: bool) -> Data:
    empty: Data = {"name": name, "title": TITLES[name], "total": 0, "rows": [], "query": "visa=" + name * everything}
    return {**empty, **_guarded(ask, name, lambda: _MAKERS[name](ask, MOST if everything else ROWS))}


def _approvals(ask: Ask) -> Data:
    return _guarded(ask, "godkanna", lambda: {"rows": approval_words.rows(ask)})


def _side(ask: Ask) -> Data:
    return {"running": [], **_guarded(ask, "sida", lambda: today_blocks.side(ask))}


def _guarded(ask: Ask, name: str, make: Callable[[], Data]) -> Data:
    """What was made; a part that fails says so in its own place while the others work."""
    try:
        with ask.session.begin_nested():
            return make()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other parts must still be shown
        # The kind of fault, never its words: they could hold a name.
        log.error("block_failed", block=name, kind=type(error).__name__)
        return {"fault": "Den här delen kunde inte hämtas. Resten av sidan stämmer. Läs om sidan om en stund."}
