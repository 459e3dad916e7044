"""Dela on the phone: ready texts with a link per place, so that counts show what works; the QR code to hold up; and a
wish to staff for texts to young people (ux §4.13).
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.ambassadors
import storage.gatherings
import storage.offices
from bot import requests, shown
from bot.console import ambassador_frame as frame
from bot.console.ambassador_frame import Data
from bot.print import posters
from bot.requests import Ask, Reading, Writing, go
from outreach import ambassadors, gatherings, share_links
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
# Where ambassadors share, in the order of ux §4.13; the last is for what is shown or said on the spot.
PLACES = ("instagram", "facebook", "whatsapp", "school", "youth_centre", "word_of_mouth")
ON_THE_SPOT = PLACES[-1]


@routes.get("/a/mote/{code}/dela")
def page(ask: Reading, code: str) -> Response:
    """Ready texts, each with the link of its place."""
    return _page(ask, frame.own(ask, code))


def _page(ask: Ask, slot: Slot, error: str = "") -> Response:
    links = _links(ask, slot)
    wishes = storage.ambassadors.wishes_about(ask.session, slot.id)
    data = {
        "m": frame.cards(ask, [slot])[0],
        "places": [
            {"label": _begun(share_links.PLACES[place]), "url": url, "text": _words(ask, slot), "id": place}
            for place, url in links.items()
        ],
        "sources": share_links.counts(ask.session, slot),
        "districts": list(storage.offices.districts_of(ask.session, slot.office_id)),
        "wished": [one.district for one in wishes if one.kind == "texts" and one.state == "open"],
        "designs": posters.DESIGNS.items(), "open": gatherings.is_ahead(slot, ask.now), "error": error,
    }  # fmt: skip
    return frame.page(
        ask, "a_dela.html", title="Dela", back=frame.address(slot), a=data, status_code=422 if error else 200
    )  # fmt: skip


def _begun(name: str) -> str:
    """With a capital: "WhatsApp" keeps its other one."""
    return name[:1].upper() + name[1:]


def _words(ask: Ask, slot: Slot) -> str:
    when = f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}"
    row = gatherings.terms(ask.session, slot)
    where = "" if row.place_after_signup else f" på {slot.place}"
    return f"Kom och prata om {slot.topic or 'det du vill'}! {when}{where}. Gratis, fika finns. Anmäl dig:"


def _links(ask: Ask, slot: Slot) -> Data:
    """The address for each place; what is missing is made now. Raises Conflict for a draft."""
    known = {link.place: link.code for link in storage.gatherings.links(ask.session, slot.id)}
    if any(place not in known for place in PLACES):
        if slot.short_code is None:
            raise Conflict("Mötet är inte publicerat än. Då finns det inget att dela.")
        with ask.house.database.write() as session:
            make_links(session, slot, now=ask.now)
            known = {link.place: link.code for link in storage.gatherings.links(session, slot.id)}
    base = str(ask.house.settings.public_url).rstrip("/")
    return {place: f"{base}/m/{known[place]}" for place in PLACES}


@routes.get("/a/mote/{code}/qr")
def qr(ask: Reading, code: str) -> Response:
    """The QR code on the whole screen, to be scanned by whoever stands beside."""
    slot = frame.own(ask, code)
    url = _links(ask, slot)[ON_THE_SPOT]
    data = {
        "m": frame.cards(ask, [slot])[0], "picture": requests.qr_picture(url),
        "url": url.partition("://")[2], "number": ask.house.sms_number,
    }  # fmt: skip
    return frame.page(ask, "a_qr.html", title="Visa QR", back=frame.address(slot), a=data)


@routes.post("/a/mote/{code}/onskan")
def ask_for_texts(ask: Writing, code: str, omrade: Text = "") -> Response:
    """Be om utskick: staff decide, and send."""
    slot = frame.own(ask, code)
    try:
        ambassadors.wish(ask.session, slot, "texts", ask.who.staff, district=omrade, now=ask.now)
    except BadInput as error:
        # One transaction writes at a time, and this one does.
        make_links(ask.session, slot, now=ask.now)
        return _page(ask, slot, error.sentence)
    return go(frame.address(slot, "dela"), done="onskat")


def make_links(session: Session, slot: Slot, *, now: datetime) -> None:
    """Make the link of each place that has none."""
    for place in PLACES:
        share_links.link(session, slot, place, now=now)
