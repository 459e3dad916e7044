"""When somebody wants to meet: a stretch of time read from a text, or what must be asked back. Never a guess."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.conversation import calendar_words, dates, hours
from bot.conversation.dates import Days
from bot.conversation.hours import Hours
from outreach.quiet_hours import STOCKHOLM

# Only days or hours that do not suit were named.
WHICH_DAY = "which_day"

_AHEAD = calendar_words.compiled(
    r"(?:om|in) (?:typ |ca |cirka |ungefär |about |max )?(?P<count>{any_number}|en|halv)\s*"
    r"(?P<unit>halvtimme|kvart|timm(?:e|ar)|tim|minuter|min|hours?|minutes|mins?)(?!\w)"
)
_MINUTES_IN = {"halvtimme": 30, "kvart": 15, "t": 60, "h": 60, "m": 1}


@dataclass(frozen=True, slots=True)
class DayTime:
    """A stretch of time in Europe/Stockholm, or what to ask (then without a stretch).

    `start` and `end` are the same for a clock time ("tis 14"); a stretch is open at its end. `ask` is one of past,
    which_week ("nästa onsdag"), which_day ("inte fredag"), no_such_date, mismatch ("tis 25/11" on a Wednesday).
    `any_day` is true when only an hour was named: the stretch is its next occurrence. `is_day` is false for a week
    or more. `spans` are the places in the line that spoke of time.
    """

    start: datetime | None
    end: datetime | None
    ask: str | None
    any_day: bool
    is_day: bool
    has_clock: bool
    spans: tuple[tuple[int, int], ...]


def read_day_time(line: str, *, ref: datetime, options: Sequence[datetime] = ()) -> DayTime | None:
    """What the line says about time, seen from `ref`; None when it says nothing.

    `options` are the times that were offered last: they settle what "onsdag" or "nästa onsdag" means when only one
    fits. The line is lower case with slips mended (words.Line.text).
    """
    now = ref.astimezone(STOCKHOLM)
    offered = [option.astimezone(STOCKHOLM) for option in options]
    ahead = _AHEAD.search(line)
    if ahead:
        return _in_a_while(ahead.group("count"), ahead.group("unit"), now, ahead.span())
    days = dates.find_days(line, now.date())
    clocks = hours.find_hours(line, [(found.start, found.end) for found in days])
    if not days and not clocks:
        return None
    spans = tuple([(found.start, found.end) for found in days] + [(found.start, found.end) for found in clocks])
    wanted_days = [found for found in days if not found.is_negated]
    wanted_clocks = [found for found in clocks if not found.is_negated]
    if wanted_days:
        return _on_days(_settled(wanted_days[0], offered), wanted_clocks, now, spans)
    if days or not wanted_clocks:
        return _asking(WHICH_DAY, spans)
    return _at_hours(wanted_clocks[0], now, offered, spans)


def _in_a_while(count: str, unit: str, now: datetime, span: tuple[int, int]) -> DayTime:
    number = 1 if count == "en" else 0.5 if count == "halv" else calendar_words.number(count)
    minutes = number * (_MINUTES_IN.get(unit) or _MINUTES_IN[unit[0]])
    # Elapsed time, not wall-clock time: an hour is an hour also when the clocks change.
    moment = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(STOCKHOLM).replace(second=0, microsecond=0)
    return DayTime(moment, moment, None, any_day=False, is_day=True, has_clock=True, spans=(span,))


def _asking(ask: str, spans: tuple[tuple[int, int], ...]) -> DayTime:
    return DayTime(None, None, ask, any_day=False, is_day=True, has_clock=False, spans=spans)


def _settled(days: Days, offered: Sequence[datetime]) -> Days:
    """The days, unless exactly one of the offered times tells that another was meant."""
    fitting = {option.date() for option in offered if option.weekday() == days.first.weekday()}
    if not days.is_weekday or len(fitting) != 1:
        return days
    (day,) = fitting
    if days.ask == dates.WHICH_WEEK and day not in (days.first, days.either):
        return days
    return replace(days, first=day, last=day, ask="" if days.ask == dates.WHICH_WEEK else days.ask)


def _on_days(days: Days, clocks: Sequence[Hours], now: datetime, spans: tuple[tuple[int, int], ...]) -> DayTime:
    if days.ask:
        return replace(_asking(days.ask, spans), is_day=days.is_day)
    clock = clocks[0] if clocks else None
    if clock is not None and days.first == days.last:
        start, end = _stretch(days.first, clock)
    else:
        start, end = _midnight(days.first), _midnight(days.last + timedelta(days=1))
    if end < now or (clock and start == end and start < now):
        return _asking(dates.PAST, spans)
    has_clock = clock is not None and not clock.part
    return DayTime(
        max(start, now), end, None, any_day=False, is_day=days.is_day, has_clock=has_clock, spans=spans
    )  # fmt: skip


def _at_hours(clock: Hours, now: datetime, offered: Sequence[datetime], spans: tuple[tuple[int, int], ...]) -> DayTime:
    """Hours without a day: the one offered time that fits, else their next occurrence."""
    fitting = [option for option in offered if _holds(clock, option.time())]
    if len(fitting) == 1:
        start = end = fitting[0]
    else:
        start, end = _stretch(now.date(), clock)
        if end <= now:
            start, end = _stretch(now.date() + timedelta(days=1), clock)
    return DayTime(
        max(start, now) if end > start else start, end, None,
        any_day=True, is_day=True, has_clock=not clock.part, spans=spans,
    )  # fmt: skip


def _holds(clock: Hours, moment: time) -> bool:
    if clock.opens == clock.closes:
        return moment == clock.opens
    return clock.opens <= moment and (clock.closes is None or moment < clock.closes)


def _stretch(day: date, clock: Hours) -> tuple[datetime, datetime]:
    start = datetime.combine(day, clock.opens, tzinfo=STOCKHOLM)
    if clock.closes is None:
        return start, _midnight(day + timedelta(days=1))
    return start, datetime.combine(day, clock.closes, tzinfo=STOCKHOLM)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)
