"""How weeks, months, seasons and "om två veckor" are read: the readers of spans that lexicon/dates.txt names."""

from collections.abc import Callable
from datetime import date, timedelta
from re import Match

from bot.conversation import calendar_words as words
from bot.conversation import holidays
from bot.conversation.days import (
    LATER_ON,
    NO_SUCH_DATE,
    PAST,
    WHICH_WEEK,
    Days,
    monday_of,
    next_month,
    span,
    week_monday,
)

# ---------------------------------------------------------------------------- weeks


def _week(match: Match[str], today: date) -> Days:
    monday = week_monday(int(match["week"]), today)
    if monday is None:
        return span(match, today, today, NO_SUCH_DATE)
    sunday = monday + timedelta(days=6)
    return span(match, monday, sunday, PAST if sunday < today else "", is_week=True)


def _weeks(match: Match[str], today: date) -> Days:
    """ "V 49-50", "vecka 49 eller 50"; weeks that are not one after the other are not one span."""
    first, last = week_monday(int(match["week"]), today), week_monday(int(match["week2"]), today)
    if first is None or last is None:
        return span(match, today, today, NO_SUCH_DATE)
    sunday = max(first, last) + timedelta(days=6) if last >= first else first + timedelta(days=6)
    return span(match, first, sunday, PAST if sunday < today else "", is_week=last <= first)


_PARTS_OF_WEEK = {"början": (0, 1), "start": (0, 1), "beginning": (0, 1), "mitten": (1, 3), "middle": (1, 3),
                  "slutet": (3, 4), "end": (3, 4)}  # fmt: skip


def _part_of_week(match: Match[str], today: date, weeks: int = 0) -> Days:
    first, last = _PARTS_OF_WEEK.get(match.groupdict().get("part") or "", (0, 6))
    monday = monday_of(today) + timedelta(weeks=weeks)
    return span(match, monday + timedelta(days=first), monday + timedelta(days=last), is_week=last == 6)


def _part_of_next_week(match: Match[str], today: date) -> Days:
    return _part_of_week(match, today, weeks=1)


def _next_two_weeks(match: Match[str], today: date) -> Days:
    monday = monday_of(today) + timedelta(weeks=1)
    return span(match, monday, monday + timedelta(days=13))


def _week_after_next(match: Match[str], today: date) -> Days:
    return _part_of_week(match, today, weeks=2)


def _weekend(match: Match[str], today: date) -> Days:
    """ "Nästa helg" said before the weekend is as unclear as "nästa onsdag" on a Tuesday."""
    saturday = monday_of(today) + timedelta(days=5)
    if match["next"]:
        saturday += timedelta(days=7)
    return span(match, saturday, saturday + timedelta(days=1), WHICH_WEEK if match["next"] else "")


def _nth_week(match: Match[str], today: date) -> Days:
    """ "Första veckan i december": a week is of the month that has most of it, as in ISO 8601."""
    month = words.MONTHS[match["month"]]
    first = monday_of(date(today.year + (month < today.month), month, 4))
    if match["ordinal"] in ("sista", "last"):
        first = monday_of(next_month(first + timedelta(days=6)) - timedelta(days=4))
    else:
        first += timedelta(weeks=words.NUMBERS[match["ordinal"]] - 1)
    sunday = first + timedelta(days=6)
    return Days(
        match.start(), match.end(), first, sunday, PAST if sunday < today else "", is_day=False, is_week=True
    )  # fmt: skip


# ---------------------------------------------------------------------------- months, seasons and what is ahead

# By the first letter: vecka and week, månad and month, halvår, år and year.
_MONTHS_IN = {"m": 1, "h": 6, "å": 12, "y": 12}


def _in_units(match: Match[str], today: date) -> Days:
    """ "Om två veckor" is the second week from this, "om en månad" the week that
    begins on that day."""
    count, unit = words.number(match["count"]), match["unit"]
    if unit[0] in "vw":
        monday = monday_of(today) + timedelta(weeks=count)
        return span(match, monday, monday + timedelta(days=6), is_week=True)
    first = _months_later(today, count * _MONTHS_IN[unit[0]])
    return span(match, first, first + timedelta(days=6))


def _weeks_ahead(match: Match[str], today: date) -> Days:
    """ "Om en vecka eller två", "om 2-3 veckor"."""
    fewest, most = sorted((words.number(match["count"]), words.number(match["count2"])))
    monday = monday_of(today)
    return span(match, monday + timedelta(weeks=fewest), monday + timedelta(weeks=most, days=6))


def _months_later(day: date, months: int) -> date:
    start = day.replace(day=1)
    for _ in range(months):
        start = next_month(start)
    last = next_month(start) - timedelta(days=1)
    return start.replace(day=min(day.day, last.day))


def _next_span(match: Match[str], today: date) -> Days:
    """ "Nästa månad", "nästa år", "nästa termin"."""
    if match["span"].startswith("m"):
        first = next_month(today)
        return span(match, first, next_month(first) - timedelta(days=1))
    if match["span"][0] in "åy":
        return span(match, date(today.year + 1, 1, 1), date(today.year + 1, 1, 31))
    first = date(today.year, 8, 20) if today < date(today.year, 8, 1) else date(today.year + 1, 1, 10)
    return span(match, first, first + timedelta(days=20))


_PARTS_OF_MONTH = {"b": (1, 10), "m": (11, 20), "s": (21, 31), "e": (21, 31)}


def _in_month(match: Match[str], today: date) -> Days:
    month = words.MONTHS[match["month"]]
    first = date(today.year + (month < today.month), month, 1)
    return _part_of(match, first, today)


def _part_of(match: Match[str], month: date, today: date) -> Days:
    """The month that begins so, or the third of it that the wording tells."""
    first, last = _PARTS_OF_MONTH.get((match.groupdict().get("part") or "-")[0], (1, 31))
    end = next_month(month) - timedelta(days=1)
    begins, ends = month + timedelta(days=first - 1), month.replace(day=min(last, end.day))
    return span(match, max(begins, today), ends, PAST if ends < today else "")


def _this_month(match: Match[str], today: date) -> Days:
    return _part_of(match, today.replace(day=1), today)


def _part_of_next_month(match: Match[str], today: date) -> Days:
    return _part_of(match, next_month(today), today)


def _after_month(match: Match[str], today: date) -> Days:
    """ "Efter januari"."""
    month = words.MONTHS[match["month"]]
    first = next_month(date(today.year + (month < today.month), month, 1))
    return span(match, first, first + LATER_ON)


def _holiday(match: Match[str], today: date) -> Days:
    first, last = holidays.coming(words.as_key(match["holiday"]), today)
    is_week = (last - first).days == 6
    return Days(match.start("holiday"), match.end(), first, last, is_day=first == last, is_week=is_week)


def _after_season(match: Match[str], today: date) -> Days:
    first = _next_occurrence(today, *words.SEASONS_END[words.as_key(match["season"])]) + timedelta(days=1)
    return span(match, first, first + timedelta(days=13))


def _in_season(match: Match[str], today: date) -> Days:
    first = _next_occurrence(today, *words.SEASONS_BEGIN[words.as_key(match["season"])])
    return span(match, first, first + timedelta(days=59))


def _next_occurrence(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year > today else date(today.year + 1, month, day)


READERS: dict[str, Callable[[Match[str], date], Days | None]] = {
    "week": _week,
    "weeks": _weeks,
    "nth_week": _nth_week,
    "part_of_week": _part_of_week,
    "part_of_next_week": _part_of_next_week,
    "week_after_next": _week_after_next,
    "next_two_weeks": _next_two_weeks,
    "weekend": _weekend,
    "in_units": _in_units,
    "weeks_ahead": _weeks_ahead,
    "next_span": _next_span,
    "in_month": _in_month,
    "after_month": _after_month,
    "this_month": _this_month,
    "part_of_next_month": _part_of_next_month,
    "after_season": _after_season,
    "in_season": _in_season,
    "holiday": _holiday,
}
