"""A meeting of one's own on the phone: how it stands, and a ready word to those who come (ux §4.13)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.ambassadors
from bot.console import ambassador_frame as frame
from bot.conversation import gathering_texts
from bot.requests import Ask, Reading, Writing, go
from outreach import ambassadors, gathering_changes, gathering_word, gatherings, share_links
from outreach.gathering_news import News
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
WORDS = {"DM-HERE": "Vi är på plats", "DM-DOOR": "Ny ingång", "DM-DELAY": "10 minuter sena"}


@routes.get("/a/mote/{code}")
def page(ask: Reading, code: str) -> Response:
    """How it stands, and the ways on."""
    slot = frame.own(ask, code)
    data = {
        "m": frame.cards(ask, [slot])[0], "sources": share_links.counts(ask.session, slot),
        "supervisor": frame.supervisor(ask),
    }  # fmt: skip
    return frame.page(ask, "a_mote.html", title="Möte", a=data)


@routes.get("/a/mote/{code}/sag")
def words(ask: Reading, code: str) -> Response:
    """Säg till dem: four ready texts, of which the last is a wish to staff."""
    slot = frame.own(ask, code)
    said = storage.ambassadors.said(ask.session, slot.id)
    wished = storage.ambassadors.wishes_about(ask.session, slot.id)
    data = {
        "m": frame.cards(ask, [slot])[0], "open": gathering_word.is_open(slot, ask.now),
        "many": len(gathering_changes.listeners(ask.session, slot)),
        "texts": [
            {"code": text, "label": label, "text": _text(ask, slot, text), "said": text in said}
            for text, label in WORDS.items()
        ],
        "wished": any(one.kind == "call_off" and one.state == "open" for one in wished),
        "supervisor": frame.supervisor(ask), "ahead": gatherings.is_ahead(slot, ask.now),
    }  # fmt: skip
    return frame.page(ask, "a_sag.html", title="Säg till dem", back=frame.address(slot, "vilka"), a=data)


def _text(ask: Ask, slot: Slot, code: str) -> str:
    return gathering_texts.write(ask.session, News(code, "sv", slot, ask.who.staff.first_name)).text


@routes.post("/a/mote/{code}/sag")
def say(ask: Writing, code: str, text: Text = "") -> Response:
    """Tell everybody on the list, through the gate."""
    slot = frame.own(ask, code)
    gathering_word.say(ask.session, slot, text, ask.who.staff, gathering_texts.write, now=ask.now)
    return go(frame.address(slot, "sag"), done="skickat_alla")


@routes.post("/a/mote/{code}/stallin")
def ask_to_call_off(ask: Writing, code: str) -> Response:
    """Inställt needs staff: they are asked, and see it at once."""
    slot = frame.own(ask, code)
    ambassadors.wish(ask.session, slot, "call_off", ask.who.staff, now=ask.now)
    return go(frame.address(slot, "sag"), done="onskat")
