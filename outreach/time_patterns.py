"""Which times a pattern means on a day: rhythms, stretches by the wall clock, public holidays and eves left out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from outreach import quiet_hours
from storage.local_time import STOCKHOLM
from storage.time_patterns import LAST_OF_MONTH, TimePattern

WEEK = 7


def falls_on(pattern: TimePattern, day: date) -> bool:
    """Whether the pattern has times on a day: it is valid, its rhythm comes round, and the day is no holiday or eve."""
    if pattern.ended_at is not None or not pattern.valid_from <= day <= (pattern.valid_to or day):
        return False
    return day.weekday() == pattern.weekday and _comes_round(pattern, day) and quiet_hours.red_day(day) is None


def _comes_round(pattern: TimePattern, day: date) -> bool:
    if pattern.rhythm == "second_week":
        return (_monday(day) - _monday(pattern.valid_from)).days // WEEK % 2 == 0
    if pattern.rhythm == "monthly":
        return _is_nth(day, pattern.nth)
    return pattern.rhythm == "weekly" or day == pattern.valid_from


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _is_nth(day: date, nth: int) -> bool:
    if nth == LAST_OF_MONTH:
        return (day + timedelta(days=WEEK)).month != day.month
    return (day.day - 1) // WEEK + 1 == nth


def times(pattern: TimePattern, day: date) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of each time of the pattern on a day, in UTC; hours that a change of the clock skips are left
    out.
    """
    minute, last = _minutes(pattern.begins), _minutes(pattern.ends)
    while minute + pattern.minutes <= last:
        starts_at = moment(day, time(*divmod(minute, 60)))
        if starts_at is not None:
            yield starts_at, starts_at + timedelta(minutes=pattern.minutes)
        minute += pattern.minutes + pattern.pause


def moment(day: date, clock: time) -> datetime | None:
    """The hour on the wall clock that day, in UTC; None for an hour that summer time skips."""
    there = datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)
    return there if there.astimezone(STOCKHOLM).time() == clock else None


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute
