"""The Swedish feast days of any year, by the names youths give them. Data in lexicon/holidays.toml."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial

from bot.conversation.words import LEXICON

_DATA = tomllib.loads((LEXICON / "holidays.toml").read_text(encoding="utf-8"))

# The first and last day of a feast in a year.
_Stretch = Callable[[int], tuple[date, date]]


def easter(year: int) -> date:
    """Easter Sunday (the Gregorian computus of Meeus, Jones and Butcher)."""
    golden, century, rest = year % 19, year // 100, year % 100
    moon = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _fixed(first: str, last: str, year: int) -> tuple[date, date]:
    """Between two "12-24"; a feast that runs over New Year ends in the year after."""
    begins, ends = date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")
    return begins, ends if ends >= begins else ends.replace(year=year + 1)


def _by_easter(first: int, last: int, year: int) -> tuple[date, date]:
    return easter(year) + timedelta(days=first), easter(year) + timedelta(days=last)


def _by_weekday(weekday: int, earliest: str, year: int) -> tuple[date, date]:
    """The first such weekday on or after a date ("midsommarafton" is the Friday from 19 June)."""
    start = date.fromisoformat(f"{year}-{earliest}")
    day = start + timedelta(days=(weekday - start.weekday()) % 7)
    return day, day


def _by_week(week: int, year: int) -> tuple[date, date]:
    return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)


_WAYS: Mapping[str, Callable[..., tuple[date, date]]] = {
    "fixed": _fixed, "easter": _by_easter, "weekday": _by_weekday, "week": _by_week,
}  # fmt: skip


def _by_name(section: str) -> dict[str, _Stretch]:
    return {
        name: partial(_WAYS[way], *arguments)
        for way, feasts in _DATA[section].items()
        for *arguments, names in feasts
        for name in names
    }


# Days and weeks that are named whatever stands before them, and feasts that need it ("god jul" is no day).
HOLIDAYS = _by_name("holidays")
FESTIVALS = _by_name("festivals")
_ALL = HOLIDAYS | FESTIVALS


def coming(name: str, today: date) -> tuple[date, date]:
    """The first and last day of the feast that is going on or comes next."""
    stretches = (_ALL[name](year) for year in range(today.year - 1, today.year + 2))
    return next(stretch for stretch in stretches if stretch[1] >= today)
