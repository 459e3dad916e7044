"""What stands in the calendar: a week's times and meetings, each with its state as a shape and a word (ux §4.11)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import storage.meetings
import storage.staff
import storage.time_patterns
from bot import shown
from bot.console import today_blocks, words
from bot.requests import Ask
from outreach import gatherings, quiet_hours, waiting
from storage.local_time import STOCKHOLM, local, local_date
from storage.meetings import OPEN, Booking, Slot
from storage.people import Person

Data = dict[str, Any]
DAYS = 7
OPEN_TIME, BLOCKED = {"kind": "rests", "text": "Öppen tid"}, {"kind": "stop", "text": "Spärrad"}
TAKEN = {"kind": "waits", "text": "Upptagen"}
_WORDS = {"booked": "Bokad", "confirmed": "Bekräftad", "came": "Möte klart", "came_late": "Möte klart, kom sent"}


@dataclass(frozen=True, slots=True)
class Week:
    """The week that begins on this Monday, of everybody at the offices or of one of them."""

    monday: date
    staff_id: int | None

    @property
    def number(self) -> str:
        """2026-48, as it stands in an address."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-{week:02}"


def midnight(day: date) -> datetime:
    """When a day begins in Stockholm."""
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)


def days(ask: Ask, week: Week) -> list[Data]:
    """The days of the week with what stands on them, in order."""
    rows = _rows(ask, week)
    off = storage.time_patterns.days_off(ask.session, week.monday, week.monday + timedelta(days=DAYS - 1))
    names = storage.staff.names(ask.session)
    colleagues = {one.id for one in storage.staff.at_offices(ask.session, ask.office_ids, week.monday)}
    found = []
    for day in (week.monday + timedelta(days=number) for number in range(DAYS)):
        away = [
            f"{first_name(names, row.staff_id)} ({row.why})" if row.why else first_name(names, row.staff_id)
            for row in off
            if row.first <= day <= row.last and row.staff_id in colleagues
            and week.staff_id in (None, row.staff_id)
        ]  # fmt: skip
        found.append({
            "day": day, "rows": rows[day], "off": away, "holiday": quiet_hours.red_day(day) or "",
            "today": day == local_date(ask.now),
        })  # fmt: skip
    return found


def first_name(names: Mapping[int, str], staff_id: int | None) -> str:
    """The first name of a colleague."""
    return names.get(staff_id or 0, "").split(" ")[0]


def _rows(ask: Ask, week: Week) -> dict[date, list[Data]]:
    start, end = midnight(week.monday), midnight(week.monday + timedelta(days=DAYS))
    slots = [
        slot
        for slot in storage.meetings.slots_between(ask.session, ask.office_ids, start, end)
        if week.staff_id in (None, slot.staff_id)
    ]
    room = storage.time_patterns.room(ask.session, [slot.id for slot in slots])
    bookings: dict[int, list[tuple[Booking, Person]]] = defaultdict(list)
    for booking, slot, person in storage.meetings.bookings_between(
        ask.session, ask.office_ids, start, end, even_called_off=True
    ):
        bookings[slot.id].append((booking, person))
    names = storage.staff.names(ask.session)
    found: dict[date, list[Data]] = defaultdict(list)
    for slot in slots:
        found[local_date(slot.starts_at)] += _of_slot(ask, slot, bookings[slot.id], room.get(slot.id, 0), names)
    return found


def _of_slot(
    ask: Ask, slot: Slot, bookings: list[tuple[Booking, Person]], room: int, names: Mapping[int, str]
) -> list[Data]:  # fmt: skip
    common = {
        "at": local(slot.starts_at), "until": local(slot.ends_at), "place": slot.place, "title": slot.title,
        "clock": shown.time_text(slot.starts_at), "with_name": first_name(names, slot.staff_id), "slot": slot.code,
        "name": "", "href": "", "bookable": False, "blocked": False, "closes": False,
    }  # fmt: skip
    if slot.kind == "dialog":
        return [common | _dialog(ask, slot, room)]
    if bookings:
        return [common | _booked(ask, slot, *row) for row in bookings]
    if slot.called_off_at is not None:
        is_shown = slot.pattern_id is not None
        return [common | {"state": BLOCKED, "blocked": slot.starts_at > ask.now}] if is_shown else []
    if not room:
        return [common | {"state": TAKEN}]
    if slot.starts_at <= ask.now:
        return []
    return [common | {"state": OPEN_TIME, "bookable": True, "closes": True}]


def _dialog(ask: Ask, slot: Slot, room: int) -> Data:
    way = {"href": f"/dialogmoten/{slot.code}" if ask.who.may("gatherings", slot.office_id) else ""}
    if slot.called_off_at is not None:
        return way | {"state": {"kind": "stop", "text": "Dialogmöte, inställt"}, "name": "Visa mötet"}
    if gatherings.terms(ask.session, slot).published_at is None:
        return way | {"state": {"kind": "rests", "text": "Dialogmöte, utkast"}, "name": "Visa utkastet"}
    named = f"{room} platser kvar" if room else "Fullt"
    return way | {"state": {"kind": "waits", "text": "Dialogmöte"}, "name": named}


def _booked(ask: Ask, slot: Slot, booking: Booking, person: Person) -> Data:
    if not is_ours(ask, person):
        # Whose time it is may be nobody's business here; that it is taken must be known.
        return {"state": TAKEN}
    return {
        "state": state(ask, booking, slot),
        "name": today_blocks.name(person),
        "href": f"/kalender/mote/{booking.code}",
    }


def is_ours(ask: Ask, person: Person) -> bool:
    """Whether one may know whom a meeting is with, without first saying why."""
    at_home = person.office_id is None or person.office_id in ask.who.office_ids
    return at_home and waiting.may_know_of(ask.who, person)


def state(ask: Ask, booking: Booking, slot: Slot) -> Data:
    """How a meeting stands, as shape and word."""
    if is_unmarked(ask, booking, slot):
        return {"kind": "needs", "text": "Närvaro saknas"}
    known = words.booking(booking.state)
    return known | {"text": _WORDS.get(booking.state, known["text"])}


def is_unmarked(ask: Ask, booking: Booking, slot: Slot) -> bool:
    """Whether the meeting has begun and nobody has said who came."""
    return booking.state in OPEN and slot.starts_at <= ask.now and slot.called_off_at is None


def grid(found: list[Data]) -> list[Data]:
    """The same week as rows of a table: a row for each hour at which something begins, a cell for each day."""
    clocks = sorted({row["at"].time() for day in found for row in day["rows"]})
    return [
        {
            "clock": f"{clock.hour}.{clock.minute:02}",
            "cells": [[row for row in day["rows"] if row["at"].time() == clock] for day in found],
        }
        for clock in clocks
    ]
