"""Mina tider: patterns, days off, single times, and the calendar feed; one's own or, for those who lead, a colleague's
(ux §4.11).
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.staff
import storage.time_patterns
from bot import requests, shown
from bot.console import calendar_forms
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import calendar_feed, own_times
from outreach.errors import BadInput, Conflict, NotAllowed, NotFound
from storage.local_time import local_date
from storage.staff import Staff
from storage.time_patterns import DayOff, TimePattern

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = "/kalender/tider"
LEADS = ("enhetschef", "samordnare")
_CHANGED = ("rhythm", "weekday", "nth", "begins", "ends", "minutes", "pause", "most_a_day", "how", "place", "title",
            "first_after_hours", "latest_days", "valid_from", "valid_to", "office_id")  # fmt: skip


@routes.get(HERE)
def page(ask: Reading, vem: str = "", andra: str = "") -> Response:
    """The patterns and days off; `andra` is the pattern to be changed."""
    staff = whose(ask, vem)
    pattern = storage.time_patterns.by_code(ask.session, andra) if andra else None
    typed = calendar_forms.typed(pattern) if pattern is not None and pattern.staff_id == staff.id else {}
    return _page(ask, staff, typed)


@routes.post(HERE)
def save(ask: Writing, form: Written) -> Response:
    """A new pattern for each chosen day and stretch, or a changed one."""
    staff = whose(ask, form.get("vem", ""))
    try:
        with ask.session.begin_nested():
            wanted = calendar_forms.patterns(ask, staff, form)
            for pattern in _changed(ask, staff, form, wanted):
                own_times.save(ask.session, pattern, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _page(ask, staff, form, error)
    return go(_back(ask, staff), done="tider")


@routes.post(HERE + "/bort")
def remove(ask: Writing, form: Written) -> Response:
    """A pattern ends."""
    pattern = storage.time_patterns.by_code(ask.session, form.get("monster", ""))
    if pattern is None:
        raise NotFound
    staff = whose(ask, storage.staff.get(ask.session, pattern.staff_id).code)
    own_times.end(ask.session, pattern, ask.who.staff, now=ask.now)
    return go(_back(ask, staff), done="tider")


@routes.post(HERE + "/ledig")
def take_off(ask: Writing, form: Written) -> Response:
    """Days off."""
    staff = whose(ask, form.get("vem", ""))
    try:
        days = calendar_forms.period(ask, form)
        own_times.take_off(
            ask.session, staff, *days, form.get("varfor", "").strip(), ask.who.staff, now=ask.now
        )  # fmt: skip
    except BadInput as error:
        return _page(ask, staff, form, error)
    return go(_back(ask, staff), done="ledig")


@routes.post(HERE + "/ledig/bort")
def work_again(ask: Writing, form: Written) -> Response:
    """The days are working days again."""
    row = storage.time_patterns.days_off_by_code(ask.session, form.get("dagar", ""))
    if row is None:
        raise NotFound("Spärren är redan borttagen.")
    staff = whose(ask, storage.staff.get(ask.session, row.staff_id).code)
    own_times.work_again(ask.session, row, ask.who.staff, now=ask.now)
    return go(_back(ask, staff), done="tider")


@routes.post(HERE + "/tid")
def add_single(ask: Writing, form: Written) -> Response:
    """Lägg upp en tid."""
    staff = whose(ask, form.get("vem", ""))
    try:
        slot = calendar_forms.single(ask, staff, form)
        own_times.add_single(ask.session, slot, ask.who.staff, now=ask.now)
    except (BadInput, Conflict) as error:
        return _page(ask, staff, form, error)
    return go(_back(ask, staff), done="tid_uppe")


@routes.post(HERE + "/flode")
def feed(ask: Writing, form: Written) -> Response:
    """Turn one's own calendar feed on, give it another address, or turn it off. The address is shown this once."""
    ask.needs("inbox")
    staff = ask.who.staff
    if form.get("gor") == "av":
        calendar_feed.turn_off(ask.session, staff, now=ask.now)
        return go(HERE, done="sparat")
    secret = calendar_feed.turn_on(ask.session, staff, now=ask.now)
    base = str(ask.house.settings.public_url).rstrip("/") or str(ask.request.base_url).rstrip("/")
    return _page(ask, staff, {}, feed_address=f"{base}/kalender/flode/{secret}.ics")


def whose(ask: Ask, code: str) -> Staff:
    """Whose times a page is about: one's own, or a colleague's for those who lead their office. Raises NotAllowed."""
    ask.needs("inbox")
    if code in ("", ask.who.staff.code):
        return ask.who.staff
    found = next((one for one in colleagues(ask) if one.code == code), None)
    if found is None:
        raise NotAllowed
    return found


def colleagues(ask: Ask) -> list[Staff]:
    """Oneself, and whom one leads: everybody at the offices where one is head or coordinator."""
    led = [
        office.id
        for office in ask.who.offices
        if any(role.role in LEADS and role.office_id in (None, office.id) for role in ask.who.roles)
    ]
    others = storage.staff.at_offices(ask.session, led, local_date(ask.now)) if led else []
    return [ask.who.staff, *(one for one in others if one.id != ask.who.staff.id)]


def _changed(ask: Ask, staff: Staff, form: Written, wanted: list[TimePattern]) -> list[TimePattern]:
    """What is to be saved: new patterns, or the one that is changed."""
    pattern = storage.time_patterns.by_code(ask.session, form.get("monster", ""))
    if pattern is None or pattern.staff_id != staff.id or pattern.ended_at is not None:
        return wanted
    for name in _CHANGED:
        setattr(pattern, name, getattr(wanted[0], name))
    return [pattern, *wanted[1:]]


def _back(ask: Ask, staff: Staff) -> str:
    return HERE if staff.id == ask.who.staff.id else f"{HERE}?vem={staff.code}"


def _page(
    ask: Ask, staff: Staff, typed: Any, error: BadInput | Conflict | None = None, feed_address: str = ""
) -> Response:
    field = getattr(error, "field", "fran")
    data = {
        "staff": staff.code,
        "staff_name": staff.first_name,
        "mine": staff.id == ask.who.staff.id,
        "colleagues": [(one.code, one.name) for one in colleagues(ask)],
        "patterns": [_pattern(one) for one in storage.time_patterns.standing(ask.session, staff.id)],
        "off": [_off(row) for row in storage.time_patterns.days_off(ask.session, local_date(ask.now))
                if row.staff_id == staff.id],
        "unfitting": [f"{shown.relative_day(slot.starts_at, ask.now)} kl. {shown.time_text(slot.starts_at)}"
                      for slot in own_times.unfitting(ask.session, staff, ask.now)],
        "offices": [(str(office.id), office.name) for office in ask.who.offices],
        "rhythms": calendar_forms.RHYTHMS, "nth": calendar_forms.NTH, "ways": calendar_forms.WAYS,
        "weekdays": calendar_forms.WORKDAYS,
        "lengths": [(number, f"{number} minuter") for number in sorted(own_times.LENGTHS)],
        "pauses": [(number, f"{number} minuter" if number else "Ingen") for number in own_times.PAUSES],
        "first_after": [(hours, f"{hours} timmar före") for hours in own_times.FIRST_AFTER],
        "latest": [(number, f"{number} dagar framåt") for number in own_times.LATEST],
        "place": calendar_forms.usual_place(ask, ask.office or (ask.who.offices[0] if ask.who.offices else None)),
        "typed": {"langd": 45, "rytm": "weekly", "hur": "place", **typed},
        "errors": [{"field": field, "text": error.sentence}] if error is not None else [],
        "error": {field: error.sentence} if error is not None else {},
        "feed_on": calendar_feed.is_on(ask.session, ask.who.staff),
        "feed_address": feed_address,
    }  # fmt: skip
    return requests.page(
        ask, "kalender_tider.html", title="Mina tider" if data["mine"] else "En kollegas tider", t=data,
        status_code=422 if error is not None else 200,
    )  # fmt: skip


def _pattern(pattern: TimePattern) -> Data:
    parts = [f"{pattern.minutes} minuter"]
    parts += [f"{pattern.pause} minuters paus"] if pattern.pause else []
    parts += [f"högst {pattern.most_a_day} om dagen"] if pattern.most_a_day else []
    parts += [pattern.place, *([pattern.title] if pattern.title else [])]
    parts += [f"från {pattern.valid_from.isoformat()}"] if pattern.rhythm == "second_week" else []
    parts += [f"till {pattern.valid_to.isoformat()}"] if pattern.valid_to and pattern.rhythm != "once" else []
    return {"code": pattern.code, "when": calendar_forms.in_words(pattern), "how": " · ".join(parts)}


def _off(row: DayOff) -> Data:
    last = f"–{row.last.isoformat()}" if row.last != row.first else ""
    return {"code": row.code, "days": f"{row.first.isoformat()}{last}", "why": row.why}
