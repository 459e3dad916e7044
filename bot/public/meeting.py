"""One dialog meeting, open to all (ux §4.19): what, when, where, who, and three ways to say yes. Nothing is kept of who
looks; a number that is typed here gets one text, and nothing more is done before the telephone itself has answered.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

import storage.gatherings
import storage.offices
from bot.conversation import gathering_texts, replies
from bot.public import frame, meeting_words
from bot.public.frame import LANGUAGES, Data
from bot.requests import House, Installation
from outreach import icalendar, meeting_calendar, page_asks
from outreach.page_asks import Asked
from outreach.share_links import Door
from storage.database import Session

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
# Programs that fetch a page to show a preview of it where it was shared: nobody has read it.
PREVIEWS = ("bot", "crawler", "spider", "facebookexternalhit", "whatsapp", "preview", "slurp")


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stood in the form, kept where something is wrong with it."""

    first_name: str = ""
    mobile: str = ""


@routes.get("/m/{code}.ics")
def calendar_file(house: House, code: str) -> Response:
    """The meeting for a calendar."""
    now = house.now()
    with house.database.read() as session:
        door = meeting_words.door(session, code)
        if door is None:
            return Response(status_code=404)
        office = storage.offices.get(session, door.slot.office_id)
        link = f"{house.settings.public_url.rstrip('/')}/m/{door.slot.short_code}"
        made = meeting_calendar.of_meeting(session, door.slot, office, link, now=now)
    headers = {"content-disposition": 'inline; filename="traff.ics"', "cache-control": frame.ASKED_ANEW,
               "x-robots-tag": "noindex"}  # fmt: skip
    return Response(made, media_type=icalendar.MEDIA_TYPE, headers=headers)


@routes.get("/m/{code}")
def page(request: Request, house: House, code: str, sprak: str = "", skickat: str = "") -> Response:
    """The meeting. A link that was put up somewhere counts that it was opened, once for each opening."""
    now, lang = house.now(), frame.language(sprak)
    with house.database.read() as session:
        door = meeting_words.door(session, code)
        counts = door is not None and door.link is not None and not (sprak or skickat) and not _is_preview(request)
        answer = _page(request, house, session, code, door, lang, now, sent=bool(skickat))
    if counts and door is not None and door.link is not None:
        with house.database.write() as session:
            storage.gatherings.count_view(session, door.link)
    return answer


@routes.post("/m/{code}")
def sign_up(
    request: Request, house: House, code: str, fornamn: Text = "", mobil: Text = "", tomt: Text = "", sprak: Text = ""
) -> Response:
    """Text the number that was typed, once. What is answered here is the same whether the number is known or not, has
    said stop, or has had its text for today.
    """
    now, lang, typed = house.now(), frame.language(sprak), _Typed(fornamn[:100], mobil[:100])
    frame.from_here(request, lang)
    number, name = page_asks.mobile(typed.mobile), page_asks.first_name(typed.first_name)
    with house.database.write() as session:
        door = meeting_words.door(session, code)
        faults = [] if tomt else [one for one, said in (("first_name", name), ("mobile", number)) if not said]
        view = meeting_words.shown(session, house, door, code, lang, now) if door is not None else {}
        if door is None or not view["may_sign_up"] or faults:
            return _page(request, house, session, code, door, lang, now, typed=typed, faults=faults)
        if not tomt:
            asked = Asked(number, frame.came_from(request), door.slot, name)
            if page_asks.is_too_much(session, asked.came_from, now=now):
                return _page(request, house, session, code, door, lang, now, typed=typed, faults=["too_much"])
            page_asks.keep(session, asked, _text(session, door, code, lang), LANGUAGES[lang], now=now)
    extra = "" if lang == "sv" else f"&sprak={lang}"
    return RedirectResponse(f"/m/{code}?skickat=1{extra}#anmal", status_code=303)


def _text(session: Session, door: Door, code: str, lang: str) -> str:
    office = storage.offices.get(session, door.slot.office_id)
    values = {
        "tid_kort": replies.say_short(door.slot.starts_at, LANGUAGES[lang]), "kod": code.upper(),
        "enhet": office.sender_name, "kommun": office.municipality,
    }  # fmt: skip
    return gathering_texts.said(session, page_asks.COME, LANGUAGES[lang], values)


def _page(
    request: Request, house: Installation, session: Session, code: str, door: Door | None, lang: str, now: datetime,
    *, sent: bool = False, typed: _Typed | None = None, faults: list[str] | None = None,
) -> Response:  # fmt: skip
    if door is None:
        return _gone(request, house, session, lang, now)
    view = meeting_words.shown(session, house, door, code, lang, now)
    status = 410 if not view["open"] else 429 if faults == ["too_much"] else 422 if faults else 200
    return frame.page(
        request, house, "oppen_mote.html", lang=lang, title=view["time"], unit=view["unit"], now=now,
        status_code=status, m=view, sent=sent, typed=typed or _Typed(), faults=faults or [],
    )  # fmt: skip


def _gone(request: Request, house: Installation, session: Session, lang: str, now: datetime) -> Response:
    us = frame.us(frame.open_offices(session, now), house.sms_number, lang)
    found: Data = {"next": meeting_words.next_one(session, None, lang, now), "us": us}
    return frame.page(
        request, house, "oppen_mote_borta.html", lang=lang, title=frame.words(lang)("gone"), unit=us["names"], now=now,
        status_code=404, m=found,
    )  # fmt: skip


def _is_preview(request: Request) -> bool:
    program = request.headers.get("user-agent", "").casefold()
    return any(word in program for word in PREVIEWS)
