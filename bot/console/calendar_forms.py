"""What the forms about one's own times hold, read into patterns, days off and single times (ux §4.11)."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from itertools import product
from typing import Any

import storage.offices
from bot.console import typed_times
from bot.requests import Ask, whole
from bot.shown import WEEKDAYS
from outreach import own_times
from outreach.errors import BadInput
from storage.local_time import local_date
from storage.meetings import Slot
from storage.offices import Office
from storage.staff import Staff
from storage.time_patterns import LAST_OF_MONTH, TimePattern

Data = dict[str, Any]
Form = Mapping[str, str]
RHYTHMS = (
    ("weekly", "Varje vecka"), ("second_week", "Varannan vecka, med början veckan för första dagen"),
    ("monthly", "En gång i månaden"), ("once", "Bara en dag, den första dagen"),
)  # fmt: skip
NTH = ((1, "första"), (2, "andra"), (3, "tredje"), (4, "fjärde"), (LAST_OF_MONTH, "sista"))
WAYS = (("place", "På plats"), ("phone", "På telefon"), ("video", "På video"))
# Monday to Saturday.
WORKDAYS = tuple(enumerate(WEEKDAYS[:6]))


class Unread(BadInput):
    """Fältet går inte att läsa."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def patterns(ask: Ask, staff: Staff, form: Form) -> list[TimePattern]:
    """A pattern for each day and stretch that was written. Raises Unread."""
    first = _day(ask, form, "forsta") or local_date(ask.now)
    rhythm = form.get("rytm", "weekly") if form.get("rytm") in dict(RHYTHMS) else "weekly"
    weekdays = [first.weekday()] if rhythm == "once" else [day for day, _ in WORKDAYS if form.get(f"dag{day}")]
    if not weekdays:
        raise Unread("dag0", "Välj minst en veckodag.")
    office, how = office_of(ask, form.get("kontor", "")), form.get("hur", "place")
    common: Data = {
        "staff_id": staff.id, "office_id": office.id, "rhythm": rhythm, "made_at": ask.now,
        "nth": _one_of(form, "nummer", [number for number, _ in NTH]) if rhythm == "monthly" else 0,
        "minutes": _one_of(form, "langd", own_times.LENGTHS), "pause": _one_of(form, "paus", own_times.PAUSES),
        "most_a_day": whole(form.get("mest", "")) or 0, "how": how if how in dict(WAYS) else "place",
        "place": place(ask, office, form), "title": form.get("med", "").strip()[:60],
        "first_after_hours": _one_of(form, "tidigast", own_times.FIRST_AFTER),
        "latest_days": _one_of(form, "langst", own_times.LATEST),
        "valid_from": first, "valid_to": first if rhythm == "once" else _day(ask, form, "sista"),
    }  # fmt: skip
    return [
        TimePattern(weekday=day, begins=begins, ends=ends, **common)
        for day, (begins, ends) in product(weekdays, _stretches(form))
    ]


def single(ask: Ask, staff: Staff, form: Form) -> Slot:
    """One time. Raises Unread."""
    day, clock = _day(ask, form, "dag"), _clock(form, "klockan")
    if day is None or clock is None:
        raise Unread("dag" if day is None else "klockan", "Skriv vilken dag och vilken tid.")
    office, starts_at = office_of(ask, form.get("kontor", "")), typed_times.moment(day, clock)
    return Slot(
        office_id=office.id, staff_id=staff.id, place=place(ask, office, form), starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=_one_of(form, "langd", own_times.LENGTHS)),
    )  # fmt: skip


def period(ask: Ask, form: Form) -> tuple[date, date]:
    """The first and the last day of an absence. Raises Unread."""
    first = _day(ask, form, "ledig_fran")
    if first is None:
        raise Unread("ledig_fran", "Skriv vilken dag.")
    return first, _day(ask, form, "ledig_till") or first


def office_of(ask: Ask, written: str) -> Office:
    """The office that was chosen, or the one the page is about."""
    mine = {str(office.id): office for office in ask.who.offices}
    found = mine.get(written) or ask.office or next(iter(mine.values()), None)
    if found is None:
        raise Unread("kontor", "Du hör inte till något kontor.")
    return found


def place(ask: Ask, office: Office, form: Form) -> str:
    """Where one meets: what was written, or the office's first place that may be named in a text."""
    how = form.get("hur", "place")
    return own_times.BY_WIRE.get(how) or form.get("plats", "").strip() or usual_place(ask, office)


def usual_place(ask: Ask, office: Office | None) -> str:
    """The office's first place that may be named in a text; empty when there is none."""
    places = storage.offices.places(ask.session, office.id) if office is not None else []
    return next((one.name for one in places if not one.sensitive), "")


def typed(pattern: TimePattern) -> Data:
    """A pattern as the form that changes it shows it."""
    return {
        "monster": pattern.code, "kontor": str(pattern.office_id), "rytm": pattern.rhythm,
        f"dag{pattern.weekday}": "ja", "nummer": pattern.nth, "fran": _clock_text(pattern.begins),
        "till": _clock_text(pattern.ends), "langd": pattern.minutes, "paus": pattern.pause,
        "mest": pattern.most_a_day or "", "hur": pattern.how,
        "plats": pattern.place if pattern.how == "place" else "", "med": pattern.title,
        "tidigast": pattern.first_after_hours, "langst": pattern.latest_days,
        "forsta": pattern.valid_from.isoformat(), "sista": pattern.valid_to.isoformat() if pattern.valid_to else "",
    }  # fmt: skip


def in_words(pattern: TimePattern) -> str:
    """tisdagar 10.00–12.00; varannan tisdag; andra onsdagen i månaden; 1 december 2026."""
    stretch = f"{_clock_text(pattern.begins)}–{_clock_text(pattern.ends)}"
    day = WEEKDAYS[pattern.weekday]
    when = {
        "weekly": f"{day}ar", "second_week": f"varannan {day}", "once": pattern.valid_from.isoformat(),
        "monthly": f"{dict(NTH).get(pattern.nth, '')} {day}en i månaden",
    }[pattern.rhythm]  # fmt: skip
    return f"{when[:1].upper()}{when[1:]} {stretch}"


def _clock_text(clock: time) -> str:
    return f"{clock.hour}.{clock.minute:02}"


def _stretches(form: Form) -> list[tuple[time, time]]:
    found = []
    for begins, ends in (("fran", "till"), ("fran2", "till2")):
        first, last = _clock(form, begins), _clock(form, ends)
        if first is None and last is None and begins != "fran":
            continue
        if first is None or last is None:
            raise Unread(begins if first is None else ends, "Skriv när tiderna börjar och slutar.")
        found.append((first, last))
    return found


def _clock(form: Form, field: str) -> time | None:
    written = form.get(field, "").strip()
    try:
        return typed_times.read_clock(written) if written else None
    except BadInput as error:
        raise Unread(field, error.sentence) from error


def _day(ask: Ask, form: Form, field: str) -> date | None:
    written = form.get(field, "").strip()
    try:
        return typed_times.read_day(written, local_date(ask.now)) if written else None
    except BadInput as error:
        raise Unread(field, error.sentence) from error


def _one_of(form: Form, field: str, known: Sequence[int]) -> int:
    chosen = whole(form.get(field, ""))
    return chosen if chosen in known and chosen is not None else next(iter(known))
