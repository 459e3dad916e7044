"""When we may write first, when the office is open, and what answer time we can promise; all in Europe/Stockholm."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")

Rule = Literal["office", "always"]
Hours = tuple[time, time]
# Weekday (Monday is 0) -> opens, closes. A weekday that is missing is closed.
Opening = Mapping[int, Hours]

OFFICE_HOURS: Opening = dict.fromkeys(range(5), (time(8), time(16, 30)))
# Messages that we start (ux.md 5.7).
SENDING_HOURS: Opening = {**dict.fromkeys(range(4), (time(10), time(19))), 4: (time(10), time(17))}

# An answer is never promised later than this on the next working day (ux.md 5.7).
LATEST_PROMISE = time(16)
# Less time than this before closing is no honest "i dag".
SHORTEST_PROMISE = timedelta(minutes=30)

_WEEKDAYS = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def weekdays(opens: str, closes: str) -> Opening:
    """The same hours Monday to Friday, from "08:00" to "16:30"."""
    return dict.fromkeys(range(5), (time.fromisoformat(opens), time.fromisoformat(closes)))


def red_day(day: date) -> str | None:
    """The Swedish name of the public holiday or eve (midsommarafton, julafton, nyårsafton), else None."""
    return _red_days(day.year).get(day)


def prepare(year: int) -> None:
    """Ask for a year's red days now. The library reads every country's at its first question: half a second, which
    somebody in danger would wait for when the first text that promises an answer is theirs.
    """
    _red_days(year)


@lru_cache(maxsize=32)
def _red_days(year: int) -> dict[date, str]:
    # The default category misses the eves on which Sweden is closed all the same.
    found = holidays.country_holidays("SE", years=year, language="sv", categories=("public", "de_facto"))
    return dict(found.items())


def is_working_day(day: date) -> bool:
    """Monday to Friday that is neither a public holiday nor an eve."""
    return day.weekday() < 5 and red_day(day) is None


def is_allowed(moment: datetime, *, rule: Rule = "office") -> bool:
    """Whether a message that we start may leave at this moment; the closing minute itself is too late."""
    return next_allowed(moment, rule=rule) == moment


def next_allowed(moment: datetime, *, rule: Rule = "office") -> datetime:
    """The moment itself when it is allowed, else the next opening; aware UTC in and out (ux.md 5.7)."""
    moment = _in_utc(moment)
    if rule == "always":
        return moment
    return next(max(opens, moment) for opens, closes in _open_periods(moment, SENDING_HOURS) if moment < closes)


def working_minutes_between(start: datetime, end: datetime, opening: Opening = OFFICE_HOURS) -> int:
    """Whole minutes of opening hours between two moments, holidays left out; 0 when `end` is not after `start`."""
    start, end = _in_utc(start), _in_utc(end)
    total = timedelta()
    for opens, closes in _open_periods(start, opening):
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, start), timedelta())
    return int(total.total_seconds() // 60)


def answered_by(now: datetime, opening: Opening = OFFICE_HOURS) -> datetime:
    """The moment that `answer_promise` names."""
    moment = _in_utc(now)
    today = moment.astimezone(STOCKHOLM).date()
    for opens, closes in _open_periods(moment, opening):
        if closes.astimezone(STOCKHOLM).date() > today:
            return min(closes, _at(opens.astimezone(STOCKHOLM).date(), LATEST_PROMISE))
        if moment + SHORTEST_PROMISE <= closes:
            return closes
    raise AssertionError("opening hours repeat for ever")


def answer_promise(now: datetime, opening: Opening = OFFICE_HOURS, lang: str = "sv") -> str:
    """{svarstid}: "i dag före kl. 16.30" while the office is open, else at the latest 16.00 the next working day."""
    moment = _in_utc(now)
    today = moment.astimezone(STOCKHOLM).date()
    for _opens, closes in _open_periods(moment, opening):
        closing = closes.astimezone(STOCKHOLM)
        if closing.date() > today:
            return _promise_later(closing, today, lang)
        if moment + SHORTEST_PROMISE <= closes:
            return f"i dag före kl. {say_clock(closing)}" if lang == "sv" else f"before {say_clock(closing)} today"
    raise AssertionError("opening hours repeat for ever")


def _promise_later(closing: datetime, today: date, lang: str) -> str:
    clock = say_clock(min(closing.time(), LATEST_PROMISE))
    days_ahead = (closing.date() - today).days
    day = _WEEKDAYS["sv" if lang == "sv" else "en"][closing.weekday()]
    if lang == "sv":
        return f"senast {'i morgon' if days_ahead == 1 else day} kl. {clock}"
    return f"by {clock} tomorrow" if days_ahead == 1 else f"by {clock} on {day}"


def say_clock(moment: datetime | time) -> str:
    """The hour as in a text: 9.00, 14.30."""
    return f"{moment.hour}.{moment.minute:02}"


def _open_periods(moment: datetime, opening: Opening) -> Iterator[tuple[datetime, datetime]]:
    """Opening and closing in UTC, from the day of `moment` on, for ever."""
    if not opening:
        raise ValueError("an office that never opens can promise nothing")
    day = moment.astimezone(STOCKHOLM).date()
    while True:
        if day.weekday() in opening and red_day(day) is None:
            opens, closes = opening[day.weekday()]
            yield _at(day, opens), _at(day, closes)
        day += timedelta(days=1)


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(UTC)
