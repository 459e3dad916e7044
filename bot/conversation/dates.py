"""Which days a line speaks of: weekdays, dates, weeks, spans and "om två veckor", seen from a given day."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.conversation import calendar_words as words

# What must be asked back.
PAST, WHICH_WEEK, NO_SUCH_DATE, MISMATCH = "past", "which_week", "no_such_date", "mismatch"

# A date without a year that passed this recently was meant, and is asked about; one further back is next year's.
_RECENT = timedelta(days=180)
# "Den 23:e" said on the 24th is a slip; said on the 30th it is next month's.
_JUST_NOW = timedelta(days=3)
# "Tis den 24 nov": so near each other a weekday and a date are one day.
_NEAR = 5


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both counted, spoken of between `start` and `end` in the line.

    `ask` says what is unclear; the days are then only a guess, and `either` the other day that may be meant.
    `is_day` tells a day from a week or a longer span.
    """

    start: int
    end: int
    first: date
    last: date
    ask: str = ""
    either: date | None = None
    is_day: bool = True
    is_weekday: bool = False
    is_negated: bool = False


_Reader = Callable[[re.Match[str], date], Days | None]


def find_days(line: str, today: date) -> list[Days]:
    """Every day or span in the line, in order; "inte fredag" is marked as negated. Past spans ("igår") are left out."""
    found: list[Days] = []
    rest = line
    possible = words.possible(line)
    for pattern in _PATTERNS:
        for match in pattern.expression.finditer(rest) if pattern.needs <= possible else ():
            days = _READERS[pattern.reader](match, today)
            rest = rest[: match.start()] + "\x00" * len(match[0]) + rest[match.end() :]
            if days is not None:
                found.append(replace(days, is_negated=_is_negated(line, days)))
    return _weekdays_joined(sorted(found, key=lambda days: days.start))


def _weekdays_joined(found: list[Days]) -> list[Days]:
    """ "Tis 24/11" is one day: the weekday only confirms the date, and one that does not fit is asked about."""
    dates = [days for days in found if days.is_day and not days.is_weekday]
    joined = []
    for days in found:
        date_beside = next((other for other in dates if days.is_weekday and _are_neighbours(days, other)), None)
        if date_beside is None:
            joined.append(days)
        elif not date_beside.ask and date_beside.first.weekday() != days.first.weekday():
            return [replace(days, ask=MISMATCH)]
    return joined


def _are_neighbours(days: Days, other: Days) -> bool:
    return 0 <= other.start - days.end <= _NEAR or 0 <= days.start - other.end <= _NEAR


# ------------------------------------------------------------------------- negation

_NOT_BEFORE = re.compile(
    r"(?<!\w)(?:inte|aldrig|not|cant|dont|wont|never|ingen|isnt)(?:\s+(?!förrän|före|innan|until|before)[^\W\d]+){0,3}\s*$"
)
_NOT_AFTER = re.compile(
    r"\s*(?:kl\s*)?(?:\d+\s*)?(?:går|funkar|fungerar|passar|kan|hinner|är|blir|works?|can|does|will|is)?"
    r"\s*(?:det|jag|tyvärr|nog|i|that|it)?\s*(?<!\w)(?:inte|doesnt|wont|isnt|cant|not|aldrig)(?!\w)"
    r"(?!\s+(?:förrän|före|innan|until|before))"
)
_BOUNDARY = re.compile(r"[,.;!?\n]|(?<!\w)(?:men|fast|utan|but|however|istället|så|och|and|instead)(?!\w)")


def _is_negated(line: str, days: Days) -> bool:
    before = _BOUNDARY.split(line[: days.start])[-1]
    after = _BOUNDARY.split(line[days.end :], maxsplit=1)[0]
    return bool(_NOT_BEFORE.search(before) or _NOT_AFTER.match(after))


# ------------------------------------------------------------------------- weekdays


def _on_weekday(today: date, weekday: int) -> date:
    """The next such weekday; today's own name means a week from now, since today is "idag"."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekday(match: re.Match[str], today: date) -> Days:
    day = _on_weekday(today, words.WEEKDAYS[match["weekday"]])
    return Days(match.start(), match.end(), day, day, is_weekday=True)


def _next_weekday(match: re.Match[str], today: date) -> Days:
    """ "Nästa onsdag" is next week's (ux.md 5.5), but said before Wednesday many mean the nearest: that is asked."""
    weekday = words.WEEKDAYS[match["weekday"]]
    day = _monday(today) + timedelta(days=7 + weekday)
    days = Days(match.start(), match.end(), day, day, is_weekday=True)
    nearest = _on_weekday(today, weekday)
    return days if nearest == day else replace(days, ask=WHICH_WEEK, either=nearest)


def _weekday_in_week(match: re.Match[str], today: date) -> Days:
    """A weekday together with the week it is in: "tisdag v 48", "nästa vecka på onsdag", "fredag om två veckor"."""
    groups = match.groupdict()
    if groups.get("week"):
        monday = _week_monday(int(groups["week"]), today)
    else:
        weeks = words.number(groups["weeks"]) if groups.get("weeks") else 1
        monday = _monday(today) + timedelta(weeks=weeks)
    if monday is None:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)
    return _dated(match, monday + timedelta(days=words.WEEKDAYS[groups["weekday"]]), today)


# ---------------------------------------------------------------------------- dates


def _dated(match: re.Match[str], day: date, today: date) -> Days:
    return Days(match.start(), match.end(), day, day, PAST if day < today else "")


def _date(match: re.Match[str], today: date) -> Days:
    """A day and a month, with or without a year."""
    month = int(match["month"]) if match["month"].isdigit() else words.MONTHS[match["month"]]
    year = match.groupdict().get("year")
    try:
        if year:
            return _dated(match, date(int(year[-2:]) + 2000, month, words.number(match["day"])), today)
        return _dated(match, _coming(today, month, words.number(match["day"])), today)
    except ValueError:
        return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)


def _coming(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if today - this_year < _RECENT else date(today.year + 1, month, day)


def _day_of_month(match: re.Match[str], today: date) -> Days:
    """ "Den 24:e": this month's, or next month's when it has passed."""
    for month in _months_from(today):
        try:
            day = month.replace(day=words.number(match["day"]))
        except ValueError:
            continue
        if today - day <= _JUST_NOW:
            return _dated(match, day, today)
    return Days(match.start(), match.end(), today, today, NO_SUCH_DATE)


def _months_from(today: date) -> Iterator[date]:
    month = today.replace(day=1)
    for _ in range(3):
        yield month
        month = _next_month(month)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


# ---------------------------------------------------------------------------- spans


def _span(match: re.Match[str], first: date, last: date, ask: str = "") -> Days:
    return Days(match.start(), match.end(), first, last, ask, is_day=False)


def _week_monday(week: int, today: date) -> date | None:
    """The Monday of this ISO week this year, or next year when it is long past; None for no such week."""
    try:
        monday = date.fromisocalendar(today.isocalendar().year, week, 1)
        if today - monday > _RECENT:
            return date.fromisocalendar(today.isocalendar().year + 1, week, 1)
    except ValueError:
        return None
    return monday


def _week(match: re.Match[str], today: date) -> Days:
    monday = _week_monday(int(match["week"]), today)
    if monday is None:
        return _span(match, today, today, NO_SUCH_DATE)
    sunday = monday + timedelta(days=6)
    return _span(match, monday, sunday, PAST if sunday < today else "")


_PARTS_OF_WEEK = {"början": (0, 1), "start": (0, 1), "beginning": (0, 1), "mitten": (1, 3), "middle": (1, 3),
                  "slutet": (3, 4), "end": (3, 4)}  # fmt: skip


def _part_of_week(match: re.Match[str], today: date, weeks: int = 0) -> Days:
    first, last = _PARTS_OF_WEEK.get(match.groupdict().get("part") or "", (0, 6))
    monday = _monday(today) + timedelta(weeks=weeks)
    return _span(match, monday + timedelta(days=first), monday + timedelta(days=last))


def _part_of_next_week(match: re.Match[str], today: date) -> Days:
    return _part_of_week(match, today, weeks=1)


def _week_after_next(match: re.Match[str], today: date) -> Days:
    return _part_of_week(match, today, weeks=2)


def _weekend(match: re.Match[str], today: date) -> Days:
    """ "Nästa helg" said before the weekend is as unclear as "nästa onsdag" on a Tuesday."""
    saturday = _monday(today) + timedelta(days=5)
    if match["next"]:
        saturday += timedelta(days=7)
    return _span(match, saturday, saturday + timedelta(days=1), WHICH_WEEK if match["next"] else "")


def _offset(match: re.Match[str], today: date) -> Days:
    day = today + timedelta(days=words.OFFSETS[match["offset"]])
    return Days(match.start(), match.end(), day, day)


# By the first letter: vecka and week, månad and month, halvår, år and year.
_MONTHS_IN = {"m": 1, "h": 6, "å": 12, "y": 12}


def _in_units(match: re.Match[str], today: date) -> Days:
    """ "Om tre dagar" is that day, "om två veckor" the week that begins then, "om en månad" likewise."""
    count, unit = words.number(match["count"]), match["unit"]
    if unit.startswith("d"):
        day = today + timedelta(days=count)
        return Days(match.start(), match.end(), day, day)
    first = today + timedelta(weeks=count) if unit[0] in "vw" else _months_later(today, count * _MONTHS_IN[unit[0]])
    return _span(match, first, first + timedelta(days=6))


def _months_later(day: date, months: int) -> date:
    start = day.replace(day=1)
    for _ in range(months):
        start = _next_month(start)
    last = _next_month(start) - timedelta(days=1)
    return start.replace(day=min(day.day, last.day))


def _next_span(match: re.Match[str], today: date) -> Days:
    """ "Nästa månad", "nästa år", "nästa termin"."""
    if match["span"].startswith("m"):
        first = _next_month(today)
        return _span(match, first, _next_month(first) - timedelta(days=1))
    if match["span"][0] in "åy":
        return _span(match, date(today.year + 1, 1, 1), date(today.year + 1, 1, 31))
    first = date(today.year, 8, 20) if today < date(today.year, 8, 1) else date(today.year + 1, 1, 10)
    return _span(match, first, first + timedelta(days=20))


def _in_month(match: re.Match[str], today: date) -> Days:
    month = words.MONTHS[match["month"]]
    first = today if month == today.month else date(today.year + (month < today.month), month, 1)
    return _span(match, first, _next_month(first) - timedelta(days=1))


def _after_season(match: re.Match[str], today: date) -> Days:
    first = _next_occurrence(today, *words.SEASONS_END[match["season"]]) + timedelta(days=1)
    return _span(match, first, first + timedelta(days=13))


def _in_season(match: re.Match[str], today: date) -> Days:
    first = _next_occurrence(today, *words.SEASONS_BEGIN[match["season"]])
    return _span(match, first, first + timedelta(days=59))


def _next_occurrence(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year > today else date(today.year + 1, month, day)


def _nothing(_match: re.Match[str], _today: date) -> None:
    """A stretch that is past or means no day."""


_READERS: Mapping[str, _Reader] = {
    "nothing": _nothing, "date": _date, "weekday": _weekday, "next_weekday": _next_weekday,
    "weekday_in_week": _weekday_in_week, "day_of_month": _day_of_month, "week": _week, "part_of_week": _part_of_week,
    "part_of_next_week": _part_of_next_week, "week_after_next": _week_after_next, "weekend": _weekend,
    "offset": _offset, "in_units": _in_units, "next_span": _next_span, "in_month": _in_month,
    "after_season": _after_season, "in_season": _in_season,
}  # fmt: skip
_PATTERNS = tuple(words.patterns("dates.txt"))


def compile_all() -> None:
    """Make every pattern ready now, for a process that has somebody waiting when the first text comes."""
    for pattern in _PATTERNS:
        re.compile(pattern.expression)
