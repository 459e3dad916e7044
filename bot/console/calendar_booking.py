"""Boka tid: staff choose a person and a free time. Who was searched for is posted and never stands in an address
(ux §4.11).
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.meetings
import storage.people
import storage.register
import storage.staff
from bot import requests, shown
from bot.console import calendar, calendar_rows, opening, today_blocks
from bot.conversation import by_phone
from bot.requests import Ask, Reading, Writing, go
from outreach import personnummer, staff_booking
from outreach.errors import BadInput, BryggaError, NotFound
from outreach.staff_booking import Taken
from storage.local_time import age, local_date
from storage.meetings import Slot
from storage.people import Person
from storage.register import Filter

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/kalender/boka"
MOST, TIMES = 20, 60


@routes.get(HERE)
def page(ask: Reading, tid: str = "", mote: str = "") -> Response:
    """Free times, and a search; `mote` is a meeting of the person who is to be booked."""
    ask.needs("inbox")
    return _page(ask, person=_of_meeting(ask, mote) if mote else None, chosen=tid)


@routes.post(HERE + "/sok")
def search(ask: Writing, q: Text = "", tid: Text = "") -> Response:
    """Whom the words may mean."""
    ask.needs("inbox")
    return _page(ask, found=_found(ask, q.strip()[:100]), words=q.strip()[:100], chosen=tid)


@routes.post(HERE)
def book(ask: Writing, person: Text = "", tid: Text = "", sms: Text = "") -> Response:
    """Book, or move the meeting there is; a time that is gone gives the two nearest."""
    ask.needs("inbox")
    if not person:
        return _page(ask, chosen=tid, error=BadInput("Välj vem som ska bokas."))
    them = opening.enter(ask, person)
    if not tid:
        return _page(ask, person=them, error=BadInput("Välj en tid."))
    slot = calendar.find_slot(ask, tid)
    try:
        booking = staff_booking.book(ask.session, them, slot, ask.who.staff, now=ask.now)
    except Taken as error:
        return _page(ask, person=them, nearest=staff_booking.nearest(ask.session, slot, ask.now), error=error)
    reason = ""
    if sms == "ja":
        reason = by_phone.confirm(ask.session, them, slot, ask.who.staff, ask.house.sender.rules, ask.now)
    address = f"/kalender/mote/{booking.code}"
    return go(f"{address}?obekraftad={reason}" if reason else address, done="bokad")


def _of_meeting(ask: Ask, code: str) -> Person:
    booking = storage.meetings.booking_by_code(ask.session, code)
    if booking is None:
        raise NotFound("Bokningen finns inte kvar.")
    return opening.enter(ask, storage.people.get(ask.session, booking.person_id).code)


def _found(ask: Ask, words: str) -> list[Person]:
    """People of one's own offices; the two named roles find somebody with protected identity by personnummer alone."""
    identity = personnummer.read(words, local_date(ask.now)).identity
    if identity is not None:
        known = storage.people.by_identity(ask.session, identity.digits)
        return [known] if known is not None and calendar_rows.is_ours(ask, known) else []
    if not words:
        return []
    wanted = Filter(text=words, office_ids=tuple(ask.who.office_ids), protected=False, reader_id=ask.who.staff.id)
    return [row.person for row in storage.register.rows(ask.session, wanted, now=ask.now, limit=MOST)]


def _page(
    ask: Ask, *, person: Person | None = None, found: Sequence[Person] | None = None, words: str = "",
    chosen: str = "", nearest: Sequence[Slot] = (), error: BryggaError | None = None,
) -> Response:  # fmt: skip
    free = [slot for office in ask.office_ids for slot in staff_booking.free(ask.session, office, ask.now)]
    free = sorted(free, key=lambda slot: slot.starts_at)
    names = storage.staff.names(ask.session)
    picked = next((slot for slot in free if slot.code == chosen), None)
    if nearest:
        free = list(nearest)
    data = {
        "person": _person(ask, person) if person is not None else None,
        "standing": _standing(ask, person) if person is not None else "",
        "found": [_person(ask, one) for one in found] if found is not None else None,
        "words": words,
        "chosen": picked.code if picked is not None else "",
        "days": [
            {"day": shown.date_text(day), "times": [_time(slot, names) for slot in slots]}
            for day, slots in groupby(free[:TIMES], key=lambda slot: local_date(slot.starts_at))
        ],
        "picked": f"{shown.date_text(picked.starts_at)} kl. {shown.time_text(picked.starts_at)}" if picked else "",
        "nearest": bool(nearest),
        "errors": [{"field": "tid" if person is not None else "sok-person", "text": error.sentence}] if error else [],
    }
    status = 200 if error is None else 409 if isinstance(error, Taken) else 422
    return requests.page(ask, "kalender_boka.html", title="Boka tid", b=data, status_code=status)


def _person(ask: Ask, person: Person) -> Data:
    years = age(person.birth_date, local_date(ask.now)) if person.birth_date else None
    name = today_blocks.name(person) if person.protected else person.name
    return {"code": person.code, "name": name, "age": None if person.protected else years, "area": person.district}


def _standing(ask: Ask, person: Person) -> str:
    """The meeting that a new time replaces."""
    booking = storage.meetings.open_booking(ask.session, person.id, after=ask.now)
    if booking is None:
        return ""
    slot = storage.meetings.slot(ask.session, booking.slot_id)
    return f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}"


def _time(slot: Slot, names: dict[int, str]) -> Data:
    with_name = calendar_rows.first_name(names, slot.staff_id)
    return {"code": slot.code, "clock": shown.time_text(slot.starts_at), "place": slot.place, "with_name": with_name}
