"""Which hours a line speaks of: "halv tre", "efter 15", "mellan 10 och 12", "på förmiddagen". Knows nothing of days."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from typing import Literal

from bot.conversation import calendar_words as words

_FORENOON = {"forenoon", "morning"}


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until `closes` (None: the day out), spoken of between `start` and `end` in the line.

    A clock time has `opens` and `closes` the same; `part` names a part of the day and is empty for clock times.
    """

    start: int
    end: int
    opens: time
    closes: time | None
    part: str = ""
    is_negated: bool = False


# Which half of the day is meant: "fm", "em", or empty when nothing says.
Half = Literal["fm", "em", ""]
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
    half = _half_of_day(line)
    clocks = _found(_CLOCKS if days else _CLOCKS_ALONE, without_days, half)
    found = clocks or _found(_PARTS, line, half)
    marked = [replace(hours, is_negated=_is_negated(line, hours)) for hours in found]
    return sorted(marked, key=lambda hours: hours.start)


def _found(patterns: Iterable[words.Pattern], line: str, half: Half) -> list[Hours]:
    """What the patterns read in the line, the first of them first; a stretch is read once."""
    found = []
    possible = words.possible(line)
    for pattern in patterns:
        for match in pattern.expression.finditer(line) if pattern.needs <= possible else ():
            hours = _READERS[pattern.reader](match, half)
            line = line[: match.start()] + "\x00" * len(match[0]) + line[match.end() :]
            if hours is not None:
                found.append(hours)
    return _joined(found)


_NOT = re.compile(r"(?<!\w)(?:inte|not|aldrig|cant|ej)(?:\s+(?:på|i|in|the|kan|gärna|så))*\s*$")
_NOT_BEFORE = re.compile(r"(?:inte förrän|inte före|inte innan|not before|not until)")


def _is_negated(line: str, hours: Hours) -> bool:
    return bool(_NOT.search(line[: hours.start])) and not _NOT_BEFORE.match(line, hours.start)


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
_DIGITS = re.compile(r"(?P<hour>\d{1,2})[.:]?(?P<minute>[0-5]\d)?(?!\d)")
_SUFFIX = re.compile(r"\s*(?:(?P<am>am|a\.m|fm)|(?P<pm>pm|p\.m|em)|tiden|o\s?clock|oclock|h)$")
_PREFIX = re.compile(r"^(?:klockan|kl|at|@|vid)\.?\s*")
_AFTERNOON_UNTIL = 8


def _clock(text: str, half: Half) -> time | None:
    """The time that a wording stands for; 1-7 without fm means afternoon (ux.md 5.5)."""
    bare = _PREFIX.sub("", text.strip())
    suffix = _SUFFIX.search(bare)
    if suffix:
        half = "fm" if suffix["am"] else "em" if suffix["pm"] else half
        bare = bare[: suffix.start()]
    minutes = _minutes(bare.removesuffix("tiden").strip())
    return _on_the_day(minutes, half, written_out=bare.startswith("0"))


def _minutes(text: str) -> int | None:
    """Minutes after midnight as worded, before anybody has thought of fm and em."""
    if match := _HALF_PAST.fullmatch(text):
        return _whole(match["hour"], 30)
    if match := _HALF.fullmatch(text):
        sign = 1 if match["side"] == "över" else -1
        shift = sign * _count(match["before"].split()[0]) if match["before"] else 0
        return _whole(match["hour"], shift + (30 if match[0].startswith("half") else -30))
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


def _half_of_day(line: str) -> Half:
    """The half of the day that the line speaks of, when it speaks of one only."""
    if "part" not in words.possible(line):
        return ""
    names = {words.PARTS[re.sub(r"\s+", " ", match["part"])].name for match in _SAYS_PART.finditer(line)}
    halves = {"fm" if name in _FORENOON else "em" for name in names}
    if len(halves) != 1:
        return ""
    return "fm" if "fm" in halves else "em"


# -------------------------------------------------------------------------- readers


def _at(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), clock, clock) if clock else None


def _after(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), clock, None) if clock else None


def _before(match: re.Match[str], half: Half) -> Hours | None:
    clock = _clock(match["clock"], half)
    return Hours(match.start(), match.end(), time(0), clock) if clock else None


def _between(match: re.Match[str], half: Half) -> Hours | None:
    opens, closes = _clock(match["clock"], half), _clock(match["clock2"], "")
    if opens is None or closes is None or opens >= closes:
        return None
    return Hours(match.start(), match.end(), opens, closes)


def _part(match: re.Match[str], _half: Half) -> Hours:
    part = words.PARTS[re.sub(r"\s+", " ", match["part"])]
    return Hours(match.start("part"), match.end(), part.opens, part.closes, part.name)


def _nothing(_match: re.Match[str], _half: Half) -> None:
    """Digits that are no hour: an age, "för tio minuter sen"."""


_READERS: Mapping[str, _Reader] = {
    "at": _at, "after": _after, "before": _before, "between": _between, "part": _part, "nothing": _nothing,
}  # fmt: skip
_BESIDE_A_DAY = (
    rf"(?<={_DAY})(?:\s|,|-|kl|klockan|vid|at|runt|typ|ca|den|då|funkar|går|passar|kanske)*(?P<clock>{words.CLOCK})",
    rf"(?P<clock>{words.CLOCK})\s*(?:(?:eller|or)\s+{words.CLOCK}\s*)?(?:på|on|the|,|nu)?\s*(?={_DAY})",
)
_WORDED = tuple(words.patterns("hours.txt"))
_PARTS = tuple(pattern for pattern in _WORDED if pattern.reader == "part")
_CLOCKS_ALONE = tuple(pattern for pattern in _WORDED if pattern.reader != "part")
_CLOCKS = _CLOCKS_ALONE + tuple(words.Pattern("at", expression, frozenset({"clock"})) for expression in _BESIDE_A_DAY)


def compile_all() -> None:
    """Make every pattern ready now, for a process that has somebody waiting when the first text comes."""
    for pattern in (*_WORDED, *_CLOCKS):
        re.compile(pattern.expression)
