"""Which hours a line speaks of: "halv tre", "efter 15", "mellan 10 och 12", "på förmiddagen". Knows nothing of days."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from bot.conversation import calendar_words as words

_FORENOON = {"forenoon", "morning"}


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until `closes` (None: the day out), spoken of between `start` and `end` in the line.

    A clock time has `opens` and `closes` the same; `part` names a part of the day and is empty for clock times.
    `is_turned` tells refused hours that leave the others: these stand in `opens` and `closes` then.
    `is_bare` is true of a number that is an hour only because it stands beside a day.
    """

    start: int
    end: int
    opens: time
    closes: time | None
    part: str = ""
    is_negated: bool = False
    is_turned: bool = False
    is_bare: bool = False


# Which half of the day is meant: "fm", "em", or empty when nothing says.
Half = Literal["fm", "em", ""]
_Halves = Sequence[tuple[int, int, Half]]
_Reader = Callable[[re.Match[str], Half], Hours | None]

# Marks where a day stood, so that "tis 14" and "14 på tisdag" are told from other numbers.
_DAY = "\x01"


def find_hours(line: str, days: Sequence[tuple[int, int]]) -> list[Hours]:
    """The hours in the line, in order; "inte på morgonen" is marked as negated.

    A bare number is an hour only beside one of the `days` (places in the line).
    """
    without_days = line
    for start, end in days:
        without_days = without_days[:start] + _DAY * (end - start) + without_days[end:]
    halves = _halves_of_day(line)
    clocks = _found(_CLOCKS if days else _CLOCKS_ALONE, without_days, halves)
    found = clocks or _united(line, _found(_PARTS, line, halves))
    marked = [_heeding_not(line, _relative(line, hours)) for hours in found]
    return sorted(marked, key=lambda hours: (hours.is_bare and not _is_named(line, hours), hours.start))


def _is_named(line: str, hours: Hours) -> bool:
    return "kl" in line[hours.start : hours.end]


def _found(patterns: words.Patterns, line: str, halves: _Halves) -> list[Hours]:
    """What the patterns read in the line, the first of them first; a stretch is read once."""
    found = []
    for pattern in patterns.worth_trying(line):
        for match in pattern.expression.finditer(line):
            hours = _READERS[pattern.reader](match, _half_near(halves, match))
            line = line[: match.start()] + "\x00" * len(match[0]) + line[match.end() :]
            if hours is not None:
                found.append(hours)
    return _joined(found)


_NOT = re.compile(
    r"(?<!\w)(?:inte|not|aldrig|cant|dont|ej|varken|utom|förutom|except|undvik|slipper|istället för|instead of|än|than)"
    r"(?:\s+(?:på|i|in|the|kan|gärna|så|för|alltför|too|do|typ|any))*\s*$"
)
_NOT_BEFORE = re.compile(r"(?:inte|not)\s")
_NOT_AFTERWARDS = re.compile(
    r"\s*(?:går|funkar|passar|kan|är|works?|is|are)?\s*(?:jag|det|that|i)?\s*(?<!\w)"
    r"(?:inte|cant|doesnt|bad|dåligt|kass|för tidigt|för sent|too early|too late)(?!\w)"
    r"(?!\s+(?:förrän|före|innan|until))"
)


def _heeding_not(line: str, hours: Hours) -> Hours:
    """ "Inte efter 15" is before 15, "inte på förmiddagen" from noon; other hours that are refused tell no time."""
    refused = _NOT.search(line[: hours.start]) and not _NOT_BEFORE.match(line, hours.start)
    if not (refused or _NOT_AFTERWARDS.match(line, hours.end)):
        return hours
    opens, closes = hours.opens, hours.closes
    if closes is None:
        return replace(hours, opens=time(0), closes=opens, is_negated=True, is_turned=True)
    if hours.part in _FORENOON or (opens == time(0) and closes > opens):
        return replace(hours, opens=closes, closes=None, is_negated=True, is_turned=True)
    if hours.part in ("afternoon", "evening"):
        return replace(hours, opens=time(0), closes=opens, is_negated=True, is_turned=True)
    return replace(hours, is_negated=True)


_AFTER_THAT = re.compile(r"(?<!\w)(?:efter det|efter dess|efteråt|därefter|after that|afterwards)(?!\w)")
_BEFORE_THAT = re.compile(r"(?<!\w)(?:innan det|före det|innan dess|dessförinnan|before that)(?!\w)")


def _relative(line: str, hours: Hours) -> Hours:
    """ "Lektionen är till 14.20, kan efter det"."""
    if hours.part or hours.opens != hours.closes:
        return hours
    if _AFTER_THAT.search(line, hours.end):
        return replace(hours, closes=None)
    return replace(hours, opens=time(0)) if _BEFORE_THAT.search(line, hours.end) else hours


_OR = re.compile(r"\s*(?:,|/|&|\+|-|–|eller|or|och|and|till|to)\s*(?:på |i |in the )?\s*")


def _united(line: str, found: list[Hours]) -> list[Hours]:
    """ "Fm eller em" is both when little lies between them."""
    ordered = sorted(found, key=lambda hours: hours.start)
    for one, other in zip(ordered, ordered[1:], strict=False):
        adjacent = one.closes is not None and one.opens < other.opens <= _an_hour_after(one.closes)
        if adjacent and _OR.fullmatch(line[one.end : other.start]):
            return [replace(one, end=other.end, closes=other.closes)]
    return ordered


def _an_hour_after(moment: time) -> time:
    return moment.replace(hour=min(moment.hour + 1, 23))


def _joined(found: list[Hours]) -> list[Hours]:
    """ "Efter 10 men innan 14" is one stretch."""
    after = [hours for hours in found if hours.closes is None]
    before = [hours for hours in found if hours.opens == time(0)]
    closes = before[0].closes if before else None
    if after and closes is not None and after[0].opens < closes:
        return [replace(after[0], closes=closes)]
    return found


# --------------------------------------------------------------------------- clocks

_HALF = re.compile(r"(?P<before>(?:fem|tio|\d+)\s*(?:min\w*)?\s*(?P<side>i|över)\s+)?(?:halv|half)\s*(?P<hour>[^\W_]+)")
_HALF_PAST = re.compile(r"half\s+past\s+(?P<hour>[^\W_]+)")
_QUARTER = re.compile(
    r"(?:a\s+)?(?P<count>kvart|quarter|[^\W_]+)\s*(?:min\w*)?\s+(?P<side>i|över|to|past|till)\s+(?P<hour>[^\W_]+)"
)
_DIGITS = re.compile(r"(?P<hour>\d{1,2})(?:[.:h,\s]|\s+och\s+)?(?P<minute>[0-5]\d)?(?!\d)")
_WITH_MINUTES = re.compile(rf"(?P<hour>[^\W\d_]+)\s+(?:och\s+)?(?P<minutes>{words.one_of(words.MINUTES)})")
_SUFFIX = re.compile(  # "3em", "3 em", "tretiden"; but "fem" is five
    r"[\s-]*(?:(?<![^\W\d])(?:(?P<am>am|a\.m|fm)|(?P<pm>pm|p\.m|em)|h)|tiden|snåret|ish|isch|o\s?clock|oclock)$"
)
_NOON = re.compile(r"(?:12\s+)?(?:noon|midday)")
_PREFIX = re.compile(r"^(?:klockan|kl|at|@|vid)\.?\s*")
_AFTERNOON_UNTIL = 8


def _clock(text: str, half: Half) -> time | None:
    """The time that a wording stands for; 1-7 without fm means afternoon (ux.md 5.5)."""
    bare = _PREFIX.sub("", text.strip())
    suffix = _SUFFIX.search(bare)
    if suffix:
        half = "fm" if suffix["am"] else "em" if suffix["pm"] else half
        bare = bare[: suffix.start()]
    minutes = _minutes(bare.strip())
    return _on_the_day(minutes, half, written_out=bare.startswith("0"))


def _minutes(text: str) -> int | None:
    """Minutes after midnight as worded, before anybody has thought of fm and em."""
    if match := _HALF_PAST.fullmatch(text):
        return _whole(match["hour"], 30)
    if match := _HALF.fullmatch(text):
        sign = 1 if match["side"] == "över" else -1
        shift = sign * _count(match["before"].split()[0]) if match["before"] else 0
        return _whole(match["hour"], shift + (30 if match[0].startswith("half") else -30))
    if _NOON.fullmatch(text):
        return 12 * 60
    if (match := _WITH_MINUTES.fullmatch(text)) and match["hour"] in words.NUMBERS:
        return _whole(match["hour"], words.MINUTES[words.as_key(match["minutes"])])
    if match := _QUARTER.fullmatch(text):
        return _whole(match["hour"], (1 if match["side"] in ("över", "past") else -1) * _count(match["count"]))
    if match := _DIGITS.fullmatch(text):
        return int(match["hour"]) * 60 + int(match["minute"] or 0)
    return _whole(text, 0)


def _whole(hour: str, minutes: int) -> int | None:
    known = hour.isdigit() or hour in words.NUMBERS
    return words.number(hour) * 60 + minutes if known else None


def _count(text: str) -> int:
    if text in ("kvart", "quarter"):
        return 15
    return words.number(text) if text.isdigit() or text in words.NUMBERS else 0


def _on_the_day(minutes: int | None, half: Half, *, written_out: bool) -> time | None:
    if minutes is None or not 0 <= minutes < 24 * 60:
        return None
    hour, minute = divmod(minutes, 60)
    early = hour < _AFTERNOON_UNTIL and not written_out
    if (early and not half) or (half == "em" and hour < 12):
        hour += 12
    return time(hour, minute)


_SAYS_PART = words.compiled("{part}")
# "Kl 10, inte på kvällen" and "jobbar kvällar så kl 10" are no times at night.
_UNFIT = re.compile(rf"{_NOT.pattern}|{words.BUSY}(?:\s+(?:på|i|in|at))*\s+$")
_FAR = 20


def _halves_of_day(line: str) -> _Halves:
    """Where the line speaks of a half of the day that may suit, and of which."""
    if "part" not in words.possible(line):
        return ()
    said = [match for match in _SAYS_PART.finditer(line) if not _UNFIT.search(line[: match.start()])]
    return [(match.start(), match.end(), _half(match["part"])) for match in said]


def _half(part: str) -> Half:
    name = words.PARTS[words.as_key(part)].name
    return "fm" if name in _FORENOON else "em" if name == "evening" else ""


def _half_near(halves: _Halves, match: re.Match[str]) -> Half:
    """The half of the day spoken of near a clock, when it is one only."""
    near = {half for start, end, half in halves if start - match.end() <= _FAR and match.start() - end <= _FAR}
    return near.pop() if len(near) == 1 else ""


# -------------------------------------------------------------------------- readers


def _at(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), clock, clock) if clock else None


def _moved(match: re.Match[str], half: Half) -> Hours | None:
    """ "Flytta från onsdag till kl 10": only the end of it is the hour."""
    hours = _at(match, half)
    return hours and replace(hours, start=match.start("clock"))


def _bare(match: re.Match[str], half: Half) -> Hours | None:
    hours = _at(match, half)
    return hours and replace(hours, is_bare=True)


def _after(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), clock, None) if clock else None


def _before(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), time(0), clock) if clock else None


def _between(match: re.Match[str], half: Half) -> Hours | None:
    """ "Mellan 2 och 4"; "2-4 pm" tells the half of both, "10-2" ends at 14."""
    ending = match["clock2"].lower()
    shared: Half = half or ("em" if ending.endswith(("pm", "p.m", "em")) else "fm" if ending.endswith("am") else "")
    opens, closes = _clock(match["clock"], shared), _clock(ending, "")
    if opens is None or closes is None:
        return None
    if opens >= closes:
        opens, closes = _in_order(match, opens, closes)
    return Hours(match.start(), match.end(), opens, closes) if opens < closes else None


def _in_order(match: re.Match[str], opens: time, closes: time) -> tuple[time, time]:
    """ "7-9" is in the morning, when people work; "5-8" can only be in the evening."""
    morning = _clock(match["clock"], "fm")
    if opens.hour == _AFTERNOON_UNTIL + 11 and morning and closes.hour <= 12:
        return morning, closes
    return opens, closes.replace(hour=closes.hour + 12) if closes.hour < 12 else closes


def _after_both(match: re.Match[str], half: Half) -> Hours | None:
    """ "Jobbar 8-16": from the end of it."""
    taken = _between(match, half)
    return taken and replace(taken, opens=taken.closes or taken.opens, closes=None)


def _part(match: re.Match[str], _half: Half) -> Hours:
    part = words.PARTS[words.as_key(match["part"])]
    return Hours(match.start("part"), match.end(), part.opens, part.closes, part.name)


def _nothing(_match: re.Match[str], _half: Half) -> None:
    """Digits that are no hour: an age, "för tio minuter sen"."""


_READERS: Mapping[str, _Reader] = {
    "at": _at, "bare": _bare, "moved": _moved, "after": _after, "after_both": _after_both, "before": _before,
    "between": _between, "part": _part, "nothing": _nothing,
}  # fmt: skip
_SMALL_WORDS = (
    r"(?:\s|,|-|\.(?=\d|kl)|kl|klockan|vid|at|runt|typ|ca|då|funkar|går|passar|kanske|men|bara|den|ungefär|around"
    r"|about)*"
)
_BESIDE_A_DAY = (
    rf"(?<={_DAY}){_SMALL_WORDS}(?P<clock>{words.CLOCK})",
    rf"(?P<clock>{words.CLOCK})\s*(?:(?:eller|or)\s+{words.CLOCK}\s*)?(?:på|on|the|,|nu)?\s*(?={_DAY})",
)
_WORDED = tuple(words.patterns("hours.txt"))
_BESIDE = tuple(words.Pattern("bare", expression, frozenset({"clock"})) for expression in _BESIDE_A_DAY)
_PARTS = words.Patterns(pattern for pattern in _WORDED if pattern.reader == "part")
_CLOCKS_ALONE = words.Patterns(pattern for pattern in _WORDED if pattern.reader != "part")
_CLOCKS = words.Patterns((*_CLOCKS_ALONE, *_BESIDE))


def compile_all() -> None:
    """Make every pattern ready now, for a process that has somebody waiting when the first text comes."""
    for pattern in (*_WORDED, *_CLOCKS):
        re.compile(pattern.expression)
