"""Days and hours as people type them: 2026-11-24, 24/11, 24 nov, 24.11.2026, tis v 48, i morgon; 13.00, kl. 9."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

from bot.shown import MONTHS, WEEKDAYS
from outreach.errors import BadInput
from storage.local_time import STOCKHOLM

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.]\s*(\d{1,2})\.?(?:[\s./-]*(\d{4}))?")
_MONTH = re.compile(r"(?:den\s+)?(\d{1,2})(?::?e|:?a|\.)?\s+([a-zåäö]{3,9})\.?(?:\s+(\d{4}))?")
_WEEK = re.compile(r"(?:([a-zåäö]{3,6})\.?\s+)?(?:v|vecka)\.?\s*(\d{1,2})(?:\s+(\d{4}))?")
# No day that anybody means lies outside these; the calendar's own ends cannot be counted from.
FIRST_YEAR, LAST_YEAR = 1900, 2199
_NEAR = {"i dag": 0, "idag": 0, "i morgon": 1, "imorgon": 1, "i övermorgon": 2, "övermorgon": 2}
_CLOCK = re.compile(r"(?:kl\.?\s*)?(\d{1,2})(?:[.:]?([0-5]\d))?")


def read_day(text: str, today: date) -> date:
    """The day; without a year the next one that comes. Raises BadInput in plain words."""
    written = " ".join(text.casefold().split())
    try:
        for read in (_near, _iso, _numbers, _month, _week, _weekday):
            day = read(written, today)
            if day is not None and FIRST_YEAR <= day.year <= LAST_YEAR:
                return day
    except ValueError:
        pass
    raise BadInput(f"Vi förstår inte dagen ”{text.strip()}”. Skriv till exempel 24 nov eller tis v 48.")


def read_clock(text: str) -> time:
    """The hour of the day. Raises BadInput in plain words."""
    match = _CLOCK.fullmatch(" ".join(text.casefold().split()))
    if match is None or int(match[1]) > 23:
        raise BadInput(f"Vi förstår inte tiden ”{text.strip()}”. Skriv till exempel 13.00.")
    return time(int(match[1]), int(match[2] or 0))


def moment(day: date, clock: time) -> datetime:
    """The day and the hour on the wall clock, as aware UTC."""
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)


def _near(written: str, today: date) -> date | None:
    return today + timedelta(days=_NEAR[written]) if written in _NEAR else None


def _iso(written: str, _today: date) -> date | None:
    match = _ISO.fullmatch(written)
    return date(int(match[1]), int(match[2]), int(match[3])) if match else None


def _numbers(written: str, today: date) -> date | None:
    match = _NUMBERS.fullmatch(written)
    return _dated(int(match[1]), int(match[2]), match[3], today) if match else None


def _month(written: str, today: date) -> date | None:
    match = _MONTH.fullmatch(written)
    months = [number for number, name in enumerate(MONTHS, start=1) if match and name.startswith(match[2])]
    return _dated(int(match[1]), months[0], match[3], today) if match and months else None


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if year:
        return date(int(year), month, day)
    return _next(lambda candidate: date(candidate, month, day), today)


def _week(written: str, today: date) -> date | None:
    match = _WEEK.fullmatch(written)
    if match is None:
        return None
    weekday = _weekday_number(match[1]) if match[1] else 1
    if weekday is None:
        return None
    if match[3]:
        return date.fromisocalendar(int(match[3]), int(match[2]), weekday)
    return _next(lambda year: date.fromisocalendar(year, int(match[2]), weekday), today, today.isocalendar().year)


def _weekday(written: str, today: date) -> date | None:
    number = _weekday_number(written.removeprefix("på "))
    return today + timedelta(days=(number - today.isoweekday()) % 7) if number else None


def _weekday_number(word: str) -> int | None:
    return next(
        (number for number, name in enumerate(WEEKDAYS, start=1) if len(word) >= 3 and name.startswith(word)), None
    )


def _next(made: Callable[[int], date], today: date, year: int | None = None) -> date:
    """The day in this year, or in the next one when it has been."""
    first = year or today.year
    day = made(first)
    return day if day >= today else made(first + 1)
