"""Reads dates as Swedish lists write them: day before month, with or without words, or as Excel's serial numbers."""

import re
from datetime import date, timedelta

_MONTHS = {
    "jan": 1, "januari": 1, "january": 1, "feb": 2, "febr": 2, "februari": 2, "february": 2, "mar": 3, "mars": 3,
    "march": 3, "apr": 4, "april": 4, "maj": 5, "may": 5, "jun": 6, "juni": 6, "june": 6, "jul": 7, "juli": 7,
    "july": 7, "aug": 8, "augusti": 8, "august": 8, "sep": 9, "sept": 9, "september": 9, "okt": 10, "oktober": 10,
    "oct": 10, "october": 10, "nov": 11, "november": 11, "dec": 12, "december": 12,
}  # fmt: skip
_TIME = r"(?:[t ,]+(?:kl\.? ?)?\d{1,2}[:.]\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"^(\d{{4}})[-/. ]+(\d{{1,2}})[-/. ]+(\d{{1,2}}){_TIME}$")
_YEAR_FIRST_SHORT = re.compile(r"^(\d{2})-(\d{2})-(\d{2})$")
_DAY_FIRST = re.compile(rf"^(\d{{1,2}})[-/. ]+(\d{{1,2}})[-/. ]+(\d{{4}}|\d{{2}}){_TIME}$")
_MONTH_IN_WORDS = re.compile(rf"^(\d{{1,2}})[-/. ]*([a-z]+)[-/., ]*(\d{{4}}|\d{{2}}){_TIME}$")
_WORD_FIRST = re.compile(r"^([a-z]+)[. ]+(\d{1,2})[, ]+(\d{4})$")
_YEAR_AND_WORD = re.compile(r"^(\d{4})[-/. ]+([a-z]+)[-/. ]+(\d{1,2})$")
_COMPACT = re.compile(r"^(\d{4}|\d{2})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"^(\d{5})(?:\.\d+)?$")
_WEEKDAY = re.compile(r"^(?:mån|tis|ons|tors?|fre|lör|sön)(?:dag)?(?:en)?\.?,?\s+|^den\s+")
# Written where the rest of a personnummer would stand but is not known.
_UNKNOWN_ENDING = re.compile(r"^(\d{8}|\d{6})[-+]?(?:x{4}|\*{4}|\?{4}|0000|_{4})?$", re.IGNORECASE)
_FIRST_SERIAL, _LAST_SERIAL = 20_000, 60_000
_EXCEL_BEGINS = date(1899, 12, 30)
_YEARS_AHEAD = 10


def read_date(text: str, today: date) -> date | None:
    """The date in a cell; None when it names no whole date ("ht 2026", "2003", "höstlovet")."""
    text = _tidy(text)
    parts = _parts(text)
    if parts is not None:
        return _date(*parts, latest_year=today.year + _YEARS_AHEAD)
    return _from_serial(text)


def read_birth_date(text: str, today: date) -> date | None:
    """As any date, but two digits of a year get the latest century that makes the person 0-99 years old."""
    text = _tidy(text)
    unknown_ending = _UNKNOWN_ENDING.match(text)
    parts = _parts(unknown_ending.group(1) if unknown_ending else text)
    if parts is None:
        return _born(_from_serial(text), today)
    year, month, day = parts
    latest_year = today.year if (month, day) <= (today.month, today.day) else today.year - 1
    return _born(_date(year, month, day, latest_year=latest_year), today)


def _born(day: date | None, today: date) -> date | None:
    return day if day and day <= today else None


def _tidy(text: str) -> str:
    text = " ".join(text.casefold().replace("\u2013", "-").replace("\u2212", "-").split())
    text = re.sub(r"(\d):[ea]\b", r"\1", text)
    previous = ""
    while previous != text:
        previous, text = text, _WEEKDAY.sub("", text)
    return re.sub(r"^(\d{6}|\d{8})[.,]0+$", r"\1", text)


def _parts(text: str) -> tuple[str, int, int] | None:
    """Year as written, month and day; None when the text has no such shape."""
    if found := _YEAR_FIRST.match(text) or _YEAR_FIRST_SHORT.match(text) or _COMPACT.match(text):
        return found[1], int(found[2]), int(found[3])
    if found := _DAY_FIRST.match(text):
        return found[3], int(found[2]), int(found[1])
    if found := _MONTH_IN_WORDS.match(text):
        return found[3], _MONTHS.get(found[2], 0), int(found[1])
    if found := _WORD_FIRST.match(text):
        return found[3], _MONTHS.get(found[1], 0), int(found[2])
    if found := _YEAR_AND_WORD.match(text):
        return found[1], _MONTHS.get(found[2], 0), int(found[3])
    return None


def _date(year: str, month: int, day: int, *, latest_year: int) -> date | None:
    full = int(year)
    if len(year) == 2:
        century = latest_year // 100 * 100
        full += century if century + full <= latest_year else century - 100
    try:
        return date(full, month, day) if full >= 1900 else None
    except ValueError:
        return None


def _from_serial(text: str) -> date | None:
    serial = _SERIAL.match(text)
    if serial is None or not _FIRST_SERIAL <= int(serial[1]) <= _LAST_SERIAL:
        return None
    return _EXCEL_BEGINS + timedelta(days=int(serial[1]))
