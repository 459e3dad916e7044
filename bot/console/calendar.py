"""Kalender: the week by day or as a table, one's own or the office's, and closing single times (ux §4.11)."""

import re
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.meetings
from bot import requests, shown
from bot.console import calendar_rows
from bot.console.calendar_rows import Week
from bot.requests import Ask, Reading, Writing, go
from outreach import own_times
from outreach.errors import NotFound
from storage.local_time import local_date
from storage.meetings import Slot

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = "/kalender"
_WEEK = re.compile(r"(\d{4})-(\d{2})")
VIEWS = {"lista": "Lista", "vecka": "Vecka"}
# More open times a day than this are folded: what is booked is what the day is about.
OPEN_SHOWN = 3


@routes.get(HERE)
def page(ask: Reading, vecka: str = "", visa: str = "lista", vem: str = "alla") -> Response:
    """A week: this one unless another is asked for."""
    ask.needs("inbox")
    visa = visa if visa in VIEWS else "lista"
    week = Week(_monday(vecka, local_date(ask.now)), ask.who.staff.id if vem == "jag" else None)
    return requests.page(ask, "kalender.html", title="Kalender", k=_shown(ask, week, visa))


@routes.post(HERE + "/tid/{code}/sparra")
def close(ask: Writing, code: str) -> Response:
    """Close a free time."""
    slot = find_slot(ask, code)
    own_times.close(ask.session, slot, ask.who.staff, now=ask.now)
    return go(_back(slot), done="tid_sparrad")


@routes.post(HERE + "/tid/{code}/oppna")
def open_again(ask: Writing, code: str) -> Response:
    """Open a closed time again."""
    slot = find_slot(ask, code)
    own_times.open_again(ask.session, slot, ask.who.staff, now=ask.now)
    return go(_back(slot), done="sparat")


def find_slot(ask: Ask, code: str) -> Slot:
    """The time a form means, at one of one's own offices. Raises NotFound."""
    ask.needs("inbox")
    slot = storage.meetings.slot_by_code(ask.session, code)
    if slot is None or slot.kind != "meeting" or slot.office_id not in ask.who.office_ids:
        raise NotFound("Tiden finns inte kvar. Läs om kalendern.")
    return slot


def address(monday: date, view: str = "lista", staff_id: int | None = None) -> str:
    """The calendar of a week."""
    week = Week(monday, staff_id)
    more = ("&visa=vecka" if view == "vecka" else "") + ("&vem=jag" if staff_id else "")
    return f"{HERE}?vecka={week.number}{more}"


def _back(slot: Slot) -> str:
    day = local_date(slot.starts_at)
    return address(day - timedelta(days=day.weekday()))


def _monday(written: str, today: date) -> date:
    match = _WEEK.fullmatch(written)
    try:
        year, week = (int(match[1]), int(match[2])) if match else today.isocalendar()[:2]
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return today - timedelta(days=today.weekday())


def _shown(ask: Ask, week: Week, view: str) -> Data:
    days = calendar_rows.days(ask, week)
    monday, mine = week.monday, week.staff_id
    this_week = local_date(ask.now) - timedelta(days=local_date(ask.now).weekday())
    return {
        "week": shown.week(monday),
        "dates": f"{_short(monday)}–{_short(monday + timedelta(days=calendar_rows.DAYS - 1))}",
        "view": view,
        "days": days,
        "grid": calendar_rows.grid(days) if view == "vecka" else [],
        "nothing": not any(day["rows"] for day in days),
        "free": storage.meetings.next_free(ask.session, ask.office_ids, now=ask.now),
        "open_shown": OPEN_SHOWN,
        "previous": address(monday - timedelta(days=calendar_rows.DAYS), view, mine),
        "next": address(monday + timedelta(days=calendar_rows.DAYS), view, mine),
        "this_week": "" if monday == this_week else address(this_week, view, mine),
        "tabs": [
            {"label": label, "href": address(monday, name, mine), "current": name == view}
            for name, label in VIEWS.items()
        ],
        "whose": [
            {"label": "Hela kontoret", "href": address(monday, view), "current": mine is None},
            {"label": "Mina", "href": address(monday, view, ask.who.staff.id), "current": mine is not None},
        ],
    }


def _short(day: date) -> str:
    return f"{day.day} {shown.MONTHS[day.month - 1][:3]}"
