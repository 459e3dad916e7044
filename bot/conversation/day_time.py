"""When somebody wants to meet: a stretch of time read from a text, or what must be asked back. Never a guess."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from bot.conversation import calendar_words, day_context, hours
from bot.conversation.days import PAST, WHICH_WEEK, Days
from bot.conversation.hours import Hours
from outreach.quiet_hours import STOCKHOLM

# Only days or hours that do not suit were named.
WHICH_DAY = "which_day"

_AHEAD = calendar_words.compiled(
    r"(?:om|in) (?:typ |ca |cirka |ungefär |about |max )?(?:"
    r"(?P<whole>en|ett|an|one|\d) ?(?:och|and) (?:en |a )?(?:halv|half) (?:timm(?:e|ar)|tim|hours?)"
    r"|(?P<count>{any_number}[.,]5|{any_number}|en|halv|half an?) ?"
    r"(?P<unit>halvtimme|kvart|timm(?:e|ar)|tim|minuter|min|hours?|minutes|mins?|h))(?!\w)"
)
_MINUTES_IN = {"halvtimme": 30, "kvart": 15, "t": 60, "h": 60, "m": 1}
_HALF = re.compile(r"(?<!\w)half(?! past| an? )")
_SAYS_SWEDISH = re.compile(
    r"[åäö]|(?<!\w)(?:på|imorgon|idag|kan|jag|funkar|går|kl|typ|tis|ons|tors|fre|fredag|onsdag|torsdag|tisdag)(?!\w)"
)
_WORD = re.compile(r"[^\W_]+")
_ASCII_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


_Spans = tuple[tuple[int, int], ...]


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
    spans: _Spans


@dataclass(frozen=True, slots=True)
class _Named:
    """The days and hours that a line names, and which of them belong together."""

    line: str
    days: Sequence[Days]
    clocks: Sequence[Hours]

    def clocks_of(self, days: Days) -> list[Hours]:
        return [clock for clock in self.clocks if self.day_of(clock) is days]

    def has_hours(self, days: Days) -> bool:
        return any(not clock.is_negated for clock in self.clocks_of(days))

    def day_of(self, clock: Hours) -> Days:
        """The nearest day in the same clause, else the last before the hour."""
        beside = [days for days in self.days if self._are_in_one_clause(days, clock)]
        if beside:
            return min(beside, key=lambda days: max(days.start - clock.end, clock.start - days.end))
        before = [days for days in self.days if days.end <= clock.start]
        return before[-1] if before else self.days[0]

    def _are_in_one_clause(self, days: Days, clock: Hours) -> bool:
        between = self.line[min(days.end, clock.end) : max(days.start, clock.start)]
        return not day_context.BOUNDARY.search(between)


def read_day_time(line: str, *, ref: datetime, options: Sequence[datetime] = ()) -> DayTime | None:
    """What the line says about time, seen from `ref`; None when it says nothing.

    `options` are the times that were offered last: they settle what "onsdag" or "nästa onsdag" means when only one
    fits. The line is lower case with slips mended (words.Line.text).
    """
    now = ref.astimezone(STOCKHOLM)
    offered = [option.astimezone(STOCKHOLM) for option in options]
    line = _evened(line)
    if "ahead" in calendar_words.possible(line) and (ahead := _AHEAD.search(line)):
        return _in_a_while(ahead, now)
    days = day_context.read_days(line, now.date())
    clocks = hours.find_hours(line, [(found.start, found.end) for found in days])
    spans = (*((found.start, found.end) for found in days), *((clock.start, clock.end) for clock in clocks))
    return _read(_Named(line, days, clocks), now, offered, spans) if spans else None


def _read(named: _Named, now: datetime, offered: Sequence[datetime], spans: _Spans) -> DayTime | None:
    days = [found for found in named.days if not found.is_gone]
    clocks = [clock for clock in named.clocks if not (named.days and named.day_of(clock).is_gone)]
    if not days and not clocks:
        return _asking(PAST, spans) if _says_no_more(named.line, spans) else None
    if wanted := _wanted(days, named):
        return _on_days(_settled(wanted, offered), named.clocks_of(wanted), now, spans)
    wanted_clocks = [clock for clock in clocks if not clock.is_negated]
    if days or not wanted_clocks:
        return _asking(WHICH_DAY, spans)
    return _at_hours(wanted_clocks[0], now, offered, spans)


def _evened(line: str) -> str:
    """The line with one kind of digits, and with "half" as "halv" where the writer is Swedish; nothing is moved."""
    digits = line if line.isascii() else line.translate(_ASCII_DIGITS)
    if "half" not in digits or not _SAYS_SWEDISH.search(digits):
        return digits
    return _HALF.sub("halv", digits)


def _says_no_more(line: str, spans: _Spans) -> bool:
    words = [match for match in _WORD.finditer(line) if not any(start <= match.start() < end for start, end in spans)]
    return all(match[0] in calendar_words.SMALL for match in words)


def _wanted(days: Sequence[Days], named: _Named) -> Days | None:
    """The days that suit: the best of them, else the first that is not refused and not taken."""
    suiting = [found for found in days if not found.is_negated]
    free = [found for found in suiting if not found.is_busy or named.has_hours(found)]
    return next((found for found in free if found.is_preferred), free[0] if free else None)


def _in_a_while(match: re.Match[str], now: datetime) -> DayTime:
    minutes = _minutes_ahead(match["whole"], match["count"] or "", match["unit"] or "timme")
    # Elapsed time, not wall-clock time: an hour is an hour also when the clocks change.
    moment = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(STOCKHOLM).replace(second=0, microsecond=0)
    return DayTime(moment, moment, None, any_day=False, is_day=True, has_clock=True, spans=(match.span(),))


def _minutes_ahead(whole: str | None, count: str, unit: str) -> float:
    """The minutes in "en halv timme", "1,5 timme", "20 min", "en och en halv timme"."""
    per_unit = _MINUTES_IN.get(unit) or _MINUTES_IN[unit[0]]
    if whole is not None:
        return (calendar_words.number(whole) + 0.5) * 60
    if count.startswith(("halv", "half")):
        return 0.5 * per_unit
    number = count.removesuffix(".5").removesuffix(",5")
    return (calendar_words.number(number) + (0.5 if number != count else 0)) * per_unit


def _asking(ask: str, spans: _Spans) -> DayTime:
    return DayTime(None, None, ask, any_day=False, is_day=True, has_clock=False, spans=spans)


def _settled(days: Days, offered: Sequence[datetime]) -> Days:
    """The days, unless exactly one of the offered times tells that another was meant."""
    fitting = {option.date() for option in offered if option.weekday() == days.first.weekday()}
    if not days.is_weekday or len(fitting) != 1:
        return days
    (day,) = fitting
    if days.ask == WHICH_WEEK and day not in (days.first, days.either):
        return days
    return replace(days, first=day, last=day, ask="" if days.ask == WHICH_WEEK else days.ask)


def _on_days(days: Days, clocks: Sequence[Hours], now: datetime, spans: _Spans) -> DayTime:
    if days.ask:
        return replace(_asking(days.ask, spans), is_day=days.is_day)
    usable = [clock for clock in clocks if not clock.is_negated] or [clock for clock in clocks if clock.is_turned]
    clock = usable[0] if usable else None
    if clock is not None and (days.first == days.last or days.is_list):
        start, end = _stretch(days.first, clock)
    else:
        start, end = _midnight(days.first), _midnight(days.last + timedelta(days=1))
    if end < now or (clock and start == end and start < now):
        return _asking(PAST, spans)
    has_clock = clock is not None and not clock.part
    return DayTime(
        max(start, now), end, None, any_day=False, is_day=days.is_day, has_clock=has_clock, spans=spans
    )  # fmt: skip


def _at_hours(clock: Hours, now: datetime, offered: Sequence[datetime], spans: _Spans) -> DayTime:
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
    start = _moment(day, clock.opens)
    if clock.closes is None:
        return start, _midnight(day + timedelta(days=1))
    return start, _moment(day, clock.closes)


def _midnight(day: date) -> datetime:
    return _moment(day, time())


def _moment(day: date, clock: time) -> datetime:
    """The moment on the wall clock; one that is skipped when the clocks go forward is an hour later."""
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC).astimezone(STOCKHOLM)
