"""Möte: who, when, where and whether it is confirmed; who came; what comes next; and calling it off (ux §4.11)."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.follow_ups
import storage.meetings
import storage.offices
import storage.people
import storage.reminders
import storage.staff
from bot import requests, shown
from bot.console import calendar_rows, opening, words
from bot.conversation import unasked
from bot.requests import Ask, Reading, Writing, go
from outreach import called_off, contact, follow_ups, gate
from outreach.errors import BadInput, Conflict, NotFound
from scheduler import called_off as telling
from storage.local_time import local
from storage.meetings import OPEN, Booking, Slot
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/kalender/mote"
CAME = {"kom": (True, False), "kom_sent": (True, True), "kom_inte": (False, False)}
# Whoever is marked as missing can be marked as met afterwards; every other mark stands.
_MARKED = ("came", "came_late")
_REMINDED = {"REM-24": "Påminnelse dagen före", "REM-2": "Påminnelse samma dag"}


@routes.get(HERE + "/{code}")
def page(ask: Reading, code: str) -> Response:
    """The meeting; whoever may not see the person sees none of it."""
    booking, slot, person = _enter(ask, code)
    opening.log_reading(ask, person)
    crumbs = [{"label": "Kalender", "href": "/kalender"}]
    return requests.page(
        ask, "kalender_mote.html", title="Möte", m=_shown(ask, booking, slot, person), frame={"crumbs": crumbs}
    )  # fmt: skip


@routes.post(HERE + "/{code}/narvaro")
def attendance(ask: Writing, code: str, utfall: Text = "", fran: Text = "") -> Response:
    """Kom, Kom sent, Kom inte or Vi ställde in: one press."""
    booking, slot, person = _enter(ask, code)
    back = {"person": f"/register/{person.code}", "mote": f"{HERE}/{code}"}.get(fran, "/idag")
    if utfall == "installt":
        if slot.starts_at > ask.now:
            raise Conflict("Mötet har inte börjat än. Ställ in det på mötets sida, så får personen nya tider.")
        _call_off(ask, booking, slot)
        return go(back, done="installt")
    if utfall not in CAME:
        raise BadInput("Välj Kom eller Kom inte.")
    came, late = CAME[utfall]
    contact.attendance(ask.session, booking, person, ask.who.staff, came=came, late=late, now=ask.now)
    return go(back, done="narvaro_kom" if came and fran == "mote" else "sparat")


@routes.post(HERE + "/{code}/stallin")
def call_off(ask: Writing, code: str) -> Response:
    """Call the meeting off before it begins, and propose new times."""
    booking, slot, person = _enter(ask, code)
    if slot.starts_at <= ask.now:
        raise Conflict("Mötet har börjat. Välj Vi ställde in.")
    _call_off(ask, booking, slot)
    reason = telling.tell(ask.session, person, slot, ask.house.sender.rules, unasked.write, ask.now)
    return go(f"{HERE}/{code}?sms={reason}" if reason else f"{HERE}/{code}", done="installt")


@routes.post(HERE + "/{code}/uppfoljning")
def no_follow_up(ask: Writing, code: str) -> Response:
    """Do not ask how it goes after this meeting."""
    booking, _, person = _enter(ask, code)
    follow_ups.turn_off(ask.session, booking, person, ask.who.staff.id, now=ask.now)
    return go(f"{HERE}/{code}", done="sparat")


def _enter(ask: Ask, code: str) -> tuple[Booking, Slot, Person]:
    ask.needs("inbox")
    booking = storage.meetings.booking_by_code(ask.session, code)
    if booking is None:
        raise NotFound("Bokningen finns inte kvar.")
    person = opening.enter(ask, storage.people.get(ask.session, booking.person_id).code)
    return booking, storage.meetings.slot(ask.session, booking.slot_id), person


def _call_off(ask: Ask, booking: Booking, slot: Slot) -> None:
    if not called_off.call_off(ask.session, booking, slot, ask.who.staff, now=ask.now):
        raise Conflict("Bokningen gäller inte längre. Läs om sidan.")


def _shown(ask: Ask, booking: Booking, slot: Slot, person: Person) -> Data:
    stands, begun = booking.state in OPEN, slot.starts_at <= ask.now
    planned = storage.follow_ups.of_person(ask.session, person.id)
    places = storage.offices.places(ask.session, slot.office_id)
    return {
        "code": booking.code,
        "name": person.name, "href": f"/register/{person.code}",
        "day": slot.starts_at, "clock": shown.time_text(slot.starts_at), "until": local(slot.ends_at),
        "place": slot.place,
        "directions": next((one.directions for one in places if one.name == slot.place), ""),
        "with_name": storage.staff.names(ask.session).get(slot.staff_id or 0, ""),
        "state": calendar_rows.state(ask, booking, slot),
        "confirmed": booking.state == "confirmed", "stands": stands, "ahead": stands and not begun,
        "to_mark": begun and (stands or booking.state == "no_show"), "missed": booking.state == "no_show",
        "next_step": booking.state in _MARKED,
        "follow_ups": [row.due_at for row in planned if row.booking_id == booking.id and row.done_at is None],
        "history": _history(ask, booking),
        "why_no_text": gate.REASONS.get(ask.request.query_params.get("sms", ""), ""),
        "unconfirmed": gate.REASONS.get(ask.request.query_params.get("obekraftad", ""), ""),
    }  # fmt: skip


def _history(ask: Ask, booking: Booking) -> list[Data]:
    """Everything that has happened to the booking and those it was moved from, newest first."""
    names = storage.staff.names(ask.session)
    found: list[Data] = []
    one: Booking | None = booking
    while one is not None:
        found += _events(ask, one, names)
        one = storage.meetings.booking(ask.session, one.moved_from_id) if one.moved_from_id else None
    return sorted(found, key=lambda event: event["at"], reverse=True)


def _events(ask: Ask, booking: Booking, names: dict[int, str]) -> list[Data]:
    slot = storage.meetings.slot(ask.session, booking.slot_id)
    when = f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}"
    by = calendar_rows.first_name(names, booking.made_by_id) or "Automaten"
    found = [{"at": local(booking.made_at), "who": by, "what": f"Bokade {when}"}]
    if booking.state_at - booking.made_at > timedelta() and booking.state != "booked":
        found.append({"at": local(booking.state_at), "who": "", "what": words.booking(booking.state)["text"]})
    for reminder in storage.reminders.of_booking(ask.session, booking.id):
        if reminder.done_at is not None and reminder.outcome == "queued":
            found.append({"at": local(reminder.done_at), "who": "Automaten", "what": _REMINDED[reminder.kind]})
    return found
