"""Which days a line speaks of: weekdays, dates, weeks, spans and "om två veckor", seen from a given day."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from bot.conversation import calendar_words as words
from bot.conversation import date_spans
from bot.conversation.days import (
    MISMATCH,
    NO_SUCH_DATE,
    PAST,
    RECENT,
    WHICH_WEEK,
    Days,
    dated,
    monday_of,
    next_month,
    span,
    week_monday,
)

# A date that passed so recently in the old year is asked about as well.
_RECENT_LAST_YEAR = timedelta(days=60)
# "Den 23:e" said on the 24th is a slip; said on the 30th it is next month's.
_JUST_NOW = timedelta(days=3)
# "Tis den 24 nov": so near each other a weekday and a date are one day.
_NEAR = 5
_Reader = Callable[[re.Match[str], date], Days | None]


def find_days(line: str, today: date) -> list[Days]:
    """Every day or span that the line names, in order; what the words around say of them is not yet heeded."""
    found: list[Days] = []
    rest = line
    for pattern in _PATTERNS.worth_trying(line):
        for match in pattern.expression.finditer(rest):
            days = _READERS[pattern.reader](match, today)
            rest = rest[: match.start()] + "\x00" * len(match[0]) + rest[match.end() :]
            if days is not None:
                found.append(days)
    return _weekdays_joined(line, sorted(found, key=lambda days: days.start))


def _weekdays_joined(line: str, found: list[Days]) -> list[Days]:
    """ "Tis 24/11" is one day: the weekday only confirms the date, and one that does not fit is asked about."""
    dates = [days for days in found if days.is_day and not days.is_weekday and not days.is_gone]
    joined = list(found)
    for days in found:
        date_beside = next((other for other in dates if days.is_weekday and _are_neighbours(line, days, other)), None)
        if date_beside is None:
            continue
        if not date_beside.ask and date_beside.first.weekday() != days.first.weekday():
            return [replace(days, ask=MISMATCH)]
        start, end = min(days.start, date_beside.start), max(days.end, date_beside.end)
        joined = [
            replace(other, start=start, end=end) if other is date_beside else other
            for other in joined
            if other is not days
        ]
    return joined


_APART = re.compile(r"[-–/!?;\n]|(?<!\w)(?:eller|or|och|and|till|to|men|but|inte|not)(?!\w)")


def _are_neighbours(line: str, days: Days, other: Days) -> bool:
    """ "Tis. 24/11" is one day; "inte imorgon. torsdag" and "imorgon, torsdag" are two."""
    between = line[min(days.end, other.end) : max(days.start, other.start)]
    if other.is_offset:
        return between.strip() in ("", "på", "on")
    if other.start < days.start:
        return between.strip() in ("", ",", "(", "på", "on")
    return len(between) <= _NEAR and not _APART.search(between)


# ------------------------------------------------------------------------- weekdays


def _on_weekday(today: date, weekday: int) -> date:
    """The next such weekday; today's own name means a week from now, since today is "idag"."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekday(match: re.Match[str], today: date) -> Days:
    day = _on_weekday(today, words.WEEKDAYS_BY_CONTEXT[match["weekday"]])
    return Days(match.start(), match.end(), day, day, is_weekday=True)


def _week_after_weekday(match: re.Match[str], today: date) -> Days:
    """ "A week from friday"."""
    day = _on_weekday(today, words.WEEKDAYS[match["weekday"]]) + timedelta(weeks=1)
    return Days(match.start(), match.end(), day, day)


def _next_weekday(match: re.Match[str], today: date) -> Days:
    """ "Nästa onsdag" is next week's (ux.md 5.5), but said before Wednesday many mean the nearest: that is asked."""
    weekday = words.WEEKDAYS[match["weekday"]]
    day = monday_of(today) + timedelta(days=7 + weekday)
    days = Days(match.start(), match.end(), day, day, is_weekday=True)
    nearest = _on_weekday(today, weekday)
    return days if nearest == day else replace(days, ask=WHICH_WEEK, either=nearest)


def _weekday_in_week(match: re.Match[str], today: date) -> Days:
    """A weekday together with the week it is in: "tisdag v 48", "nästa vecka på onsdag", "fredag om två veckor"."""
    groups = match.groupdict()
    if groups.get("week"):
        monday = week_monday(int(groups["week"]), today)
    else:
        weeks = words.number(groups["weeks"]) if groups.get("weeks") else 1
        monday = monday_of(today) + timedelta(weeks=weeks)
    if monday is None:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)
    return replace(dated(match, monday + timedelta(days=words.WEEKDAYS[groups["weekday"]]), today), is_in_week=True)


def _nth_weekday(match: re.Match[str], today: date) -> Days:
    """ "Första måndagen i december", "sista fredagen i november"."""
    month, weekday = words.MONTHS[match["month"]], words.WEEKDAYS[match["weekday"]]
    first = date(today.year + (month < today.month), month, 1)
    day = first + timedelta(days=(weekday - first.weekday()) % 7)
    fitting = [later for later in (day + timedelta(weeks=week) for week in range(5)) if later.month == month]
    if match["ordinal"] in ("sista", "last"):
        return dated(match, fitting[-1], today)
    place = words.NUMBERS[match["ordinal"]]
    if place > len(fitting):
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)
    return dated(match, fitting[place - 1], today)


# ---------------------------------------------------------------------------- dates


def _date(match: re.Match[str], today: date) -> Days:
    """A day and a month, with or without a year."""
    month = int(match["month"]) if match["month"].isdigit() else words.MONTHS[match["month"]]
    year = match.groupdict().get("year")
    try:
        if year:
            return dated(match, date(int(year[-2:]) + 2000, month, words.number(match["day"])), today)
        return dated(match, _coming(today, month, words.number(match["day"])), today)
    except ValueError:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)


def _coming(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    if today - this_year >= RECENT:
        return date(today.year + 1, month, day)
    if (month, day) != (2, 29) and today - this_year.replace(year=today.year - 1) < _RECENT_LAST_YEAR:
        return this_year.replace(year=today.year - 1)
    return this_year


def _date_span(match: re.Match[str], today: date) -> Days:
    """ "5-7 december", "mellan den 5 och 7/12"."""
    month = int(match["month"]) if match["month"].isdigit() else words.MONTHS[match["month"]]
    try:
        first, last = (_coming(today, month, int(match[day])) for day in ("day", "day2"))
    except ValueError:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)
    if first > last:
        return Days(match.start(), match.end(), first, first, PAST if first < today else "")
    return span(match, first, last, PAST if last < today else "")


def _day_in_next_month(match: re.Match[str], today: date) -> Days:
    try:
        return dated(match, next_month(today).replace(day=words.number(match["day"])), today)
    except ValueError:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)


def _day_of_month(match: re.Match[str], today: date) -> Days:
    """ "Den 24:e": this month's, or next month's when it has passed."""
    for month in _months_from(today):
        try:
            day = month.replace(day=words.number(match["day"]))
        except ValueError:
            continue
        if today - day <= _JUST_NOW:
            return dated(match, day, today)
    return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)


def _months_from(today: date) -> Iterator[date]:
    month = today.replace(day=1)
    for _ in range(3):
        yield month
        month = next_month(month)


def _offset(match: re.Match[str], today: date) -> Days:
    day = today + timedelta(days=words.OFFSETS[words.as_key(match["offset"])])
    return Days(match.start(), match.end(), day, day, is_offset=True)


def _in_days(match: re.Match[str], today: date) -> Days:
    """ "Om tre dagar"."""
    day = today + timedelta(days=words.number(match["count"]))
    return Days(match.start(), match.end(), day, day)


def _gone(match: re.Match[str], today: date) -> Days:
    """ "Igår", "i tisdags", "förra veckan": when it is offered as a time it is asked about."""
    yesterday = today - timedelta(days=1)
    return Days(match.start(), match.end(), yesterday, yesterday, PAST, is_gone=True)


def _nothing(_match: re.Match[str], _today: date) -> None:
    """A stretch that means no day."""


_READERS: Mapping[str, _Reader] = date_spans.READERS | {
    "gone": _gone, "nothing": _nothing, "date": _date, "date_span": _date_span, "day_of_month": _day_of_month,
    "day_in_next_month": _day_in_next_month, "weekday": _weekday, "next_weekday": _next_weekday,
    "weekday_in_week": _weekday_in_week, "nth_weekday": _nth_weekday, "offset": _offset, "in_days": _in_days,
    "week_after_weekday": _week_after_weekday,
}  # fmt: skip
_PATTERNS = words.Patterns(words.patterns("dates.txt"))


def compile_all() -> None:
    """Make every pattern ready now, for a process that has somebody waiting when the first text comes."""
    for pattern in _PATTERNS:
        re.compile(pattern.expression)
