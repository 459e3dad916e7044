"""Who we are, for whoever has got a text from us (ux §4.19): the start, the sender check, what we keep, and how well
the pages can be used. What they say of numbers, names and times is what the settings hold.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

import storage.settings
from bot import requests
from bot.conversation import gathering_texts, tongues
from bot.public import frame, meeting_words
from bot.public.frame import LANGUAGES, Data
from bot.requests import House, Installation
from outreach import languages, linking, live_checklist, page_asks
from outreach.page_asks import Asked
from storage.database import Session
from storage.offices import Office

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
# What a language that a translator has checked says here, until it has words of its own for this page.
INTRODUCES = "INV-1"
OWN_NAMES = {"ar": "العربية", "so": "Soomaali", "ti": "ትግርኛ", "fa": "فارسی"}
RIGHT_TO_LEFT = ("ar", "fa")


@routes.get("/")
def start(request: Request, house: House, sprak: str = "") -> Response:
    """Who we are; whoever is signed in goes on to the day's work."""
    now = house.now()
    with house.database.read() as session:
        row = requests.browser_session(request, session, now)
    if row is not None and row.step == "in":
        return RedirectResponse("/hem", status_code=303)
    return _page(request, house, "oppen_start.html", "about_us", sprak, kept=frame.ASKED_ANEW)


@routes.get("/om-sms")
def about_texts(request: Request, house: House, sprak: str = "", skickat: str = "") -> Response:
    """Whether a text came from us, and how to get no more of them."""
    return _page(request, house, "oppen_om_sms.html", "about_sms", sprak, sent=bool(skickat))


@routes.post("/om-sms")
def stop(request: Request, house: House, mobil: Text = "", tomt: Text = "", sprak: Text = "") -> Response:
    """Text the number that was typed, once, and ask it to answer STOPP. What is said here is alike for every number."""
    now, lang, typed = house.now(), frame.language(sprak), mobil[:100]
    frame.from_here(request, lang)
    number = page_asks.mobile(typed)
    if not tomt and not number:
        return _page(request, house, "oppen_om_sms.html", "about_sms", lang, typed=typed, fault="fault_mobile")
    if not tomt:
        with house.database.write() as session:
            asked = Asked(number, frame.came_from(request))
            too_much = page_asks.is_too_much(session, asked.came_from, now=now)
            if not too_much:
                page_asks.keep(session, asked, _text(session, lang, now), LANGUAGES[lang], now=now)
        if too_much:
            return _page(request, house, "oppen_om_sms.html", "about_sms", lang, typed=typed,
                         fault="fault_stop_too_much")  # fmt: skip
    extra = "" if lang == "sv" else f"&sprak={lang}"
    return RedirectResponse(f"/om-sms?skickat=1{extra}#stopp", status_code=303)


@routes.get("/integritet")
def privacy(request: Request, house: House, sprak: str = "") -> Response:
    """What we keep, why, for how long, and whom to ask."""
    return _page(request, house, "oppen_integritet.html", "about_privacy", sprak)


@routes.get("/tillganglighet")
def accessibility(request: Request, house: House, sprak: str = "") -> Response:
    """How well the pages can be used, what is lacking, and how to tell us (DIGG's model of a statement)."""
    return _page(request, house, "oppen_tillganglighet.html", "about_access", sprak)


def _page(
    request: Request, house: Installation, template: str, title: str, sprak: str, *, kept: str = frame.KEPT,
    sent: bool = False, typed: str = "", fault: str = "",
) -> Response:  # fmt: skip
    now, lang = house.now(), frame.language(sprak)
    with house.database.read() as session:
        offices = frame.open_offices(session, now)
        facts = _facts(session, house, offices, lang, now)
    status = 429 if fault.endswith("too_much") else 422 if fault else 200
    return frame.page(
        request, house, template, lang=lang, title=frame.words(lang)(title), unit=facts["us"]["names"], now=now,
        status_code=status, indexed=True, kept=frame.ASKED_ANEW if sent else kept, f=facts, sent=sent, typed=typed,
        fault=fault,
    )  # fmt: skip


def _facts(session: Session, house: Installation, offices: Sequence[Office], lang: str, now: datetime) -> Data:
    telegram = any(linking.is_on(session, office.id) for office in offices)
    decided = live_checklist.confirmed(session, "gallring")
    return {
        "us": frame.us(offices, house.sms_number, lang),
        "senders": [frame.number(one) for one in _senders(house)],
        "telegram": linking.bot_name(session) if telegram else "",
        "help": [{"name": line.name, "number": frame.number(line.number), "hours": line.hours,
                  "young": line.age_below <= 18} for line in storage.settings.help_lines(session)],  # fmt: skip
        "kept": decided[-1].note if decided else "",
        "tongues": [] if lang == "latt" else _tongues(session, offices),
        "next": meeting_words.next_one(session, None, lang, now),
    }  # fmt: skip


def _senders(house: Installation) -> list[str]:
    """Every number that our texts may come from: the one in use first, then that of whoever stands in."""
    settings = house.settings
    both = (house.sms_number, settings.twilio_from, settings.elks_from)
    return list(dict.fromkeys(number for number in both if number))


def _tongues(session: Session, offices: Sequence[Office]) -> list[Data]:
    """What is said in the languages that a translator has checked; nothing is translated by a machine."""
    if not offices:
        return []
    values = {"enhet": offices[0].sender_name, "kommun": offices[0].municipality}
    return [
        {
            "lang": lang, "name": OWN_NAMES[lang],
            "dir": "rtl" if lang in RIGHT_TO_LEFT else "ltr",
            "text": tongues.everyone()[lang].about or gathering_texts.said(session, INTRODUCES, lang, values),
        }
        for lang in languages.MENU
        if lang in languages.NEEDS_TRANSLATOR and languages.is_on(session, lang)
    ]  # fmt: skip


def _text(session: Session, lang: str, now: datetime) -> str:
    us = frame.us(frame.open_offices(session, now), "", lang)
    values = {"enhet": us["names"], "kommun": us["municipality"]}
    return gathering_texts.said(session, page_asks.STOP, LANGUAGES[lang], values)
