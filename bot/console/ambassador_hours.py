"""Timmar on the phone: suggested from meetings, filled in, handed in by the month (ux §4.13)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.ambassadors
import storage.meetings
from bot import shown
from bot.console import ambassador_frame as frame
from bot.console import typed_times
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import worked_hours
from outreach.errors import BadInput, NotFound
from outreach.worked_hours import Worked
from storage.ambassadors import WorkedHours
from storage.local_time import local_date

routes = APIRouter(include_in_schema=False)
HERE = "/a/timmar"
Data = dict[str, Any]
STATES = {
    "noted": ("rests", "Inte inskickat"), "handed_in": ("waits", "Inskickat"), "approved": ("done", "Godkänt"),
    "sent_back": ("needs", "Behöver rättas"), "corrected": ("stop", "Rättad"),
}  # fmt: skip


@routes.get(HERE)
def page(ask: Reading, manad: str = "", mote: str = "", ratta: str = "") -> Response:
    """The month, what is noted, and the form: empty, suggested from a meeting, or with a row to correct."""
    frame.mine(ask)
    form: Data = {"dag": local_date(ask.now).isoformat(), "vad": "outreach"}
    if mote:
        form = {**typed(worked_hours.suggestion(frame.own(ask, mote))), "mote": mote}
    if ratta:
        row = _own(ask, ratta)
        form = {**typed(Worked(row.on, row.what, row.begins, row.ends, row.minutes)), "ratta": ratta}
    return _page(ask, month_from(manad, local_date(ask.now)), form)


@routes.post(HERE)
def note(ask: Writing, form: Written) -> Response:
    """Keep hours, or a correction of a row."""
    frame.mine(ask)
    instead = _own(ask, form["ratta"]) if form.get("ratta") else None
    try:
        worked = _read(ask, form)
        office_id = instead.office_id if instead is not None else _office_of(ask, worked)
        frame.once(ask, form.get("nyckel", ""), lambda: worked_hours.note(
            ask.session, ask.who.staff, office_id, worked, now=ask.now, instead_of=instead
        ))  # fmt: skip
    except BadInput as error:
        return _page(ask, local_date(ask.now), form, error.sentence)
    return go(f"{HERE}?manad={worked.on:%Y-%m}", done="timmar_sparade")


@routes.post(HERE + "/skicka")
def hand_in(ask: Writing, form: Written) -> Response:
    """Skicka in: what is noted in the month."""
    frame.mine(ask)
    month = month_from(form.get("manad", ""), local_date(ask.now))
    frame.once(ask, form.get("nyckel", ""), lambda: worked_hours.hand_in(
        ask.session, ask.who.staff, month, now=ask.now
    ))  # fmt: skip
    return go(f"{HERE}?manad={month:%Y-%m}", done="timmar_inskickade")


def month_from(written: str, today: date) -> date:
    """The first day of a month as it stands in an address, else of this one."""
    try:
        return date.fromisoformat(f"{written}-01")
    except ValueError:
        return today.replace(day=1)


def in_hours(minutes: int) -> str:
    """11,5"""
    return shown.number(Decimal(minutes) / 60 if minutes % 6 == 0 else round(Decimal(minutes) / 60, 2))


def typed(worked: Worked) -> dict[str, str]:
    """Hours as the form shows them."""
    return {
        "dag": worked.on.isoformat(), "vad": worked.what,
        "fran": f"{worked.begins:%H:%M}" if worked.begins else "",
        "till": f"{worked.ends:%H:%M}" if worked.ends else "",
        "timmar": "" if worked.begins else in_hours(worked.minutes),
    }  # fmt: skip


def shown_row(row: WorkedHours, *, corrected: bool) -> Data:
    """A row as it is listed, for whoever worked and for whoever approves."""
    state = worked_hours.state(row, corrected=corrected)
    kind, word = STATES[state]
    between = f"{row.begins:%H.%M}–{row.ends:%H.%M}" if row.begins and row.ends else ""
    return {
        "code": row.code, "on": row.on, "hours": in_hours(row.minutes), "what": worked_hours.KINDS[row.what],
        "between": between, "state": state, "kind": kind, "word": word, "why": row.why,
        "is_correction": row.corrects_id is not None, "none": row.minutes == 0,
    }  # fmt: skip


def _office_of(ask: Ask, worked: Worked) -> int:
    """Where it was worked: at the meeting's office, else at one's own."""
    slot = storage.meetings.slot(ask.session, worked.slot_id) if worked.slot_id is not None else None
    return slot.office_id if slot is not None else ask.who.office_ids[0]


def _own(ask: Ask, code: str) -> WorkedHours:
    row = storage.ambassadors.hours_by_code(ask.session, code)
    if row is None or row.staff_id != ask.who.staff.id:
        raise NotFound("Raden finns inte.")
    return row


def _read(ask: Ask, form: Mapping[str, str]) -> Worked:
    on = typed_times.read_day(form.get("dag", ""), local_date(ask.now))
    begins, ends = (
        typed_times.read_clock(form[name]) if form.get(name, "").strip() else None for name in ("fran", "till")
    )
    slot = frame.own(ask, form["mote"]) if form.get("mote") else None
    return Worked(
        on, form.get("vad", ""), begins, ends, _minutes(form.get("timmar", "")),
        slot_id=slot.id if slot is not None else None,
    )  # fmt: skip


def _minutes(written: str) -> int:
    text = written.strip().replace(",", ".")
    if not text:
        return 0
    try:
        hours = Decimal(text)
    except InvalidOperation:
        hours = Decimal(-1)
    if not 0 <= hours <= 24:  # noqa: PLR2004
        raise BadInput("Skriv timmarna med siffror, till exempel 2,5.")
    return int(hours * 60)


def _page(ask: Ask, month: date, form: Mapping[str, str], error: str = "") -> Response:
    first, following = worked_hours.month_of(month)
    rows = storage.ambassadors.hours(ask.session, first, following, staff_id=ask.who.staff.id)
    gone = storage.ambassadors.corrected(ask.session, [row.id for row in rows])
    stands = [row for row in rows if row.id not in gone]
    worked, cap = worked_hours.total(stands), ask.who.staff.hours_cap
    name = shown.MONTHS[first.month - 1]
    data = {
        "form": form, "error": error, "kinds": list(worked_hours.KINDS.items()), "month": f"{first:%Y-%m}",
        "name": name, "previous": f"{first - timedelta(days=1):%Y-%m}",
        "following": f"{following:%Y-%m}" if following <= local_date(ask.now) else "",
        "rows": [shown_row(row, corrected=row.id in gone) for row in rows],
        "sum": f"{in_hours(worked)} av {cap} timmar i {name}" if cap else f"{in_hours(worked)} timmar i {name}",
        "over": cap is not None and worked > cap * 60, "near": cap is not None and worked > cap * 60 * 0.8,
        "to_hand_in": in_hours(sum(row.minutes for row in stands if row.sent_at is None)),
        "suggested": _suggested(ask) if not form.get("mote") and not form.get("ratta") else [],
    }  # fmt: skip
    return frame.page(ask, "a_timmar.html", title="Timmar", a=data, status_code=422 if error else 200)


def _suggested(ask: Ask) -> list[Data]:
    """Meetings that have been, and for which no hours are noted."""
    over = [slot for slot in frame.meetings(ask) if slot.ends_at <= ask.now and slot.called_off_at is None]
    noted = storage.ambassadors.slots_with_hours(ask.session, ask.who.staff.id, [slot.id for slot in over])
    return [{"code": slot.code, "at": slot.starts_at, "hours": in_hours(worked_hours.suggestion(slot).length)}
            for slot in reversed(over) if slot.id not in noted][:3]  # fmt: skip
