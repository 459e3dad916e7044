"""The page that a postcard's QR code leads to: who we are and how to reach us, the same for every code, also for one
that no card bears. Public: no account, no cookies, no name (ux §4.10).
"""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

import storage.cards
import storage.offices
from bot import requests
from bot.requests import House
from outreach import cards, phone_numbers
from storage.local_time import local_date
from storage.offices import Office

routes = APIRouter(include_in_schema=False)


@routes.get("/k")
@routes.get("/k/{code}")
def page(request: Request, house: House, code: str = "") -> Response:
    """Who we are. That a card's page was opened is counted, once for each card, and told to nobody."""
    now = house.now()
    known = cards.read_code(code)
    with house.database.read() as session:
        offices = [office for office in storage.offices.all_offices(session) if _is_open(office, now)]
        opened = bool(known) and storage.cards.is_unopened(session, known)
    if opened:
        with house.database.write() as session:
            storage.cards.note_opened(session, known, now=now)
    return requests.bare_page(
        request, "vykort_oppen.html", title="Vilka vi är", now=now, practice=house.settings.practice,
        us=_us(offices, house.sms_number), frame={"unit": _names(offices), "brand": _names(offices), "scripts": False},
    )  # fmt: skip


def _is_open(office: Office, now: Any) -> bool:
    today = local_date(now)
    return (office.valid_from or today) <= today <= (office.valid_to or today)


def _names(offices: Sequence[Office]) -> str:
    return " och ".join(_once(office.sender_name for office in offices))


def _us(offices: Sequence[Office], sms_number: str) -> dict[str, Any]:
    return {
        "names": _names(offices) or "Ungdomsenheten",
        "municipality": " och ".join(_once(office.municipality for office in offices)),
        "phones": _once(office.phone for office in offices),
        "switchboards": _once(office.switchboard for office in offices),
        "websites": _once(office.website for office in offices),
        "sms": {"shown": phone_numbers.show(sms_number), "digits": sms_number} if sms_number else None,
    }


def _once(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))
