"""Sjuk i dag: today is blocked, whoever had a time is told and gets new ones to choose from, and the page says what was
done for each (ux §4.11).
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.messages
from bot import requests, shown
from bot.console import calendar_rows, calendar_times, today_blocks, words
from bot.conversation import unasked
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import called_off, own_times
from outreach.called_off import Meeting
from outreach.meetings import CALLED_OFF, CALLED_OFF_BY_PHONE
from scheduler import called_off as telling
from storage.local_time import local_date
from storage.staff import Staff

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = "/kalender/sjuk"


@routes.get(HERE)
def page(ask: Reading, vem: str = "") -> Response:
    """Whom it affects, and afterwards what was done."""
    staff = calendar_times.whose(ask, vem)
    today = local_date(ask.now)
    ahead = called_off.affected(ask.session, staff, ask.who.office_ids, today, ask.now)
    done = [
        row
        for row in called_off.of_day(ask.session, staff, ask.who.office_ids, today)
        if row[0].state == "called_off" and local_date(row[0].state_at) == today
    ]
    data = {
        "staff": staff.code, "name": staff.first_name, "mine": staff.id == ask.who.staff.id,
        "ahead": [_row(ask, row) for row in ahead], "done": [_row(ask, row) | _what(ask, row) for row in done],
        "blocked": _is_blocked(ask, staff),
    }  # fmt: skip
    return requests.page(ask, "kalender_sjuk.html", title="Sjuk i dag", s=data)


@routes.post(HERE)
def ill(ask: Writing, form: Written) -> Response:
    """Block the day and tell everybody."""
    staff = calendar_times.whose(ask, form.get("vem", ""))
    if _is_blocked(ask, staff) and not called_off.affected(
        ask.session, staff, ask.who.office_ids, local_date(ask.now), ask.now
    ):
        return go(_address(ask, staff), done="redan")
    rules = ask.house.sender.rules
    for _, slot, person in called_off.ill_today(ask.session, staff, ask.who.office_ids, ask.who.staff, now=ask.now):
        telling.tell(ask.session, person, slot, rules, unasked.write, ask.now)
    return go(_address(ask, staff))


def _address(ask: Ask, staff: Staff) -> str:
    return HERE if staff.id == ask.who.staff.id else f"{HERE}?vem={staff.code}"


def _is_blocked(ask: Ask, staff: Staff) -> bool:
    return own_times.is_off(ask.session, staff, local_date(ask.now))


def _row(ask: Ask, meeting: Meeting) -> Data:
    booking, slot, person = meeting
    ours = calendar_rows.is_ours(ask, person)
    return {
        "clock": shown.time_text(slot.starts_at), "name": today_blocks.name(person) if ours else "Upptagen",
        "href": f"/kalender/mote/{booking.code}" if ours else "",
    }  # fmt: skip


def _what(ask: Ask, meeting: Meeting) -> Data:
    """What was done for somebody whose meeting was called off, as far as it has come."""
    booking, _, person = meeting
    if not calendar_rows.is_ours(ask, person):
        return {"state": {"kind": "stop", "text": "Inställt"}, "what": "En kollega tar hand om det."}
    told = [
        text
        for text in storage.messages.of_person(ask.session, person.id)
        if text.text_code in (CALLED_OFF, CALLED_OFF_BY_PHONE) and text.created_at >= booking.state_at
    ]
    if not told:
        return {"state": {"kind": "needs", "text": "Ring"}, "what": "Fick inget sms. Ligger på Idag under Ring."}
    what = "Nya tider föreslagna" if told[-1].text_code == CALLED_OFF else "Inga lediga tider. Vi har lovat att ringa"
    return {"state": words.message(told[-1], ask.now), "what": what}
