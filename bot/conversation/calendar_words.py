"""The words for days, months, numbers and parts of the day, as tables and patterns. Data in lexicon/day_time.toml."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from functools import cached_property, lru_cache
from typing import Any

from bot.conversation.holidays import FESTIVALS, HOLIDAYS
from bot.conversation.words import LEXICON, read_lines

# So many different sets of what a line may speak of are remembered.
_REMEMBERED = 1000
_DATA: Mapping[str, Any] = tomllib.loads((LEXICON / "day_time.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the day; without `closes` it lasts the day out."""

    name: str
    opens: time
    closes: time | None


def _by_word(section: str) -> dict[str, int]:
    return {word: int(number) for number, words in _DATA[section].items() for word in words}


def _parts() -> Iterator[tuple[str, Part]]:
    for name, part in _DATA["parts"].items():
        closes = time.fromisoformat(part["to"]) if part["to"] else None
        for word in part["words"]:
            yield word, Part(name, time.fromisoformat(part["from"]), closes)


def _month_and_day(section: str) -> dict[str, tuple[int, int]]:
    return {word: (month, day) for word, (month, day) in _DATA[section].items()}


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first, as whole words; digits may stand close by ("fredag15")."""
    return rf"(?<![^\W\d]){one_of(words)}(?![^\W\d])"


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, longest first, also inside a longer word."""
    longest_first = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(_spaced(re.escape(word)) for word in longest_first)})"


def _spaced(pattern: str) -> str:
    return re.sub(r"\\? +", r"\\s+", pattern)


WEEKDAYS = _by_word("weekdays")
# "Sat" is a day only beside an hour (dates.txt).
WEEKDAYS_BY_CONTEXT = WEEKDAYS | _by_word("weekdays_beside_an_hour")
MONTHS = _by_word("months")
_CARDINALS = _by_word("numbers")
_ORDINALS = _by_word("ordinals")
NUMBERS = _CARDINALS | _ORDINALS
MINUTES = _by_word("minutes")
OFFSETS = _by_word("offsets")
PARTS: Mapping[str, Part] = dict(_parts())
SEASONS_END = _month_and_day("seasons")
SEASONS_BEGIN = _month_and_day("seasons_begin")
# What may stand beside "igår" in a text that says no more, and what makes a day one that is taken.
SMALL = frozenset(_DATA["other"]["small"])
BUSY: str = any_of(_DATA["other"]["busy"])
MOVING: str = any_of(_DATA["other"]["moving"])

_NUMBER = rf"(?:(?<![\w.:/])\d{{1,2}}(?!\d)|(?<!\w){one_of(NUMBERS)}(?!\w))"

# "14", "tre"; no hour stands before a unit ("3 veckor", "10 min") or inside a date.
_UNCOUNTED = {"a", "an", "en", "par", "ett par", "couple", "couple of", "a couple of", "few", "a few", "några"}
_HOUR_WORDS = {word for word, number in _CARDINALS.items() if number < 24} - _UNCOUNTED
_ON_THE_DIAL = one_of(word for word in _HOUR_WORDS if _CARDINALS[word] < 13)
_HOUR_WORD = rf"(?:(?<!\w)|(?<=halv)|(?<=half)){one_of(_HOUR_WORDS)}(?!\w)"
# A digit stands free, after a day ("tors.14", a day is \x01s then) or after a small word ("kl.9").
_FREE = r"(?:(?<![\w.:/])|(?<=kl)|(?<=kl\.)|(?<=\x01\.))"
_HOUR_DIGITS = rf"(?:{_FREE}|(?<=halv)|(?<=half)|(?<=vid))(?:[01]?\d|2[0-3])(?!\d)"
_HOUR = rf"(?:{_HOUR_DIGITS}|{_HOUR_WORD})"
_NO_UNIT = rf"(?![.:/]\d|\s*(?:%|{one_of(_DATA['other']['units'])}|:?(?:e|a|an|st|th|nd|rd)(?!\w)))"
# "ten to four", "10 min to 4"; "10 to 4" is a stretch.
_MINUTES_TO = rf"(?:(?:a\s+)?(?:kvart|quarter)|{_HOUR}(?:\s*min\w*)?)\s+(?:i|över|past)\s+{_HOUR}"
_MINUTES_TO += rf"|(?:(?:a\s+)?quarter|five|ten|twenty|{_HOUR}\s*min\w*)\s+to\s+{_HOUR}"
# "Tio och femton" may be two hours, "tio och trettio" is half past ten.
_NO_HOURS = [word for word, number in MINUTES.items() if number > 23]
_ISH = r"(?:[\s-]*(?:ish|isch)(?!\w))?"
_EXACT = (
    rf"(?:(?:fem|tio|\d{{1,2}})\s*(?:min\w*\s*)?(?:i|över)\s+)?(?<!\w)(?:halv|half)\s*{_HOUR}"
    rf"|(?<!\w)halv\s*{_ON_THE_DIAL}(?:tiden|snåret)(?!\w)"
    rf"|half\s+past\s+{_HOUR}|{_MINUTES_TO}"
    rf"|{_FREE}(?:[01]?\d|2[0-3])[.:h][0-5]\d(?![\d/]|[.:]\d)(?:\s*(?:am|pm|fm|em)(?!\w))?"
    rf"{_ISH}(?!\s*kr)"
    rf"|{_HOUR}[\s-]*(?:am|pm|a\.m|p\.m|tiden|snåret|ish|isch|o\s?clock|oclock)(?!\w)"
    rf"|(?<!\w){_ON_THE_DIAL}(?:tiden|snåret|ish)(?!\w)"
    rf"|{_HOUR_WORD}\s+(?:{one_of(MINUTES)}|och\s+{one_of(_NO_HOURS)})(?!\w)(?!\s*min)"
    r"|(?<!\w)(?:12\s+)?(?:noon|midday)(?:ish)?(?!\w)"
)
CLOCK = (
    rf"(?:(?:kl|klockan|at|vid|@)\.?\s*)?(?:{_EXACT}"
    r"|(?:(?<![\w.:/,])|(?<=kl))(?<!\d\s)(?:[01]?\d|2[0-3])(?:(?:,|\s)(?:00|15|30|45)|\soch\s(?:30|45))(?![\d.:/,-]|\s*\d|\s+\D?\d)"
    rf"|{_FREE}(?:[01]\d|2[0-3])[0-5][05](?!\d)|{_HOUR}(?:\s*(?:am|pm|fm|em|h)(?!\w))?{_NO_UNIT})"
)
_PLACEHOLDERS = {
    "{any_weekday}": any_of(WEEKDAYS),
    "{any_month}": any_of(MONTHS),
    "{any_number}": _NUMBER,
    "{weekday}": f"(?P<weekday>{any_of(WEEKDAYS)})",
    "{month}": f"(?P<month>{any_of(MONTHS)})",
    "{number}": f"(?P<number>{_NUMBER})",
    "{next}": "(?:nästa|nästkommande|näst|next)",
    "{th}": r"(?:\s*:?\s*(?:e|a|de|te|st|nd|rd|th)(?!\w))?",
    "{ordinal}": f"(?P<ordinal>{any_of(_ORDINALS)}|sista|last)",
    "{any_ordinal}": any_of(_ORDINALS),
    "{day}": "\x01+",
    "{busy}": BUSY,
    "{moving}": MOVING,
    "{at_work}": any_of(_DATA["other"]["at_work"]),
    "{week}": r"(?:v|ve|vecka|veckan|week)\.?\s*(?P<week>\d{1,2})(?!\d|\s*(?:dag|veck|månad|gång))",
    "{ahead}": rf"(?:om|in) (?P<weeks>{_NUMBER}) (?:vecka|veckor|week|weeks)",
    "{offset}": f"(?P<offset>{any_of(OFFSETS)})",
    "{season_end}": f"(?P<season>{any_of(SEASONS_END)})",
    "{season_begin}": f"(?P<season>{any_of(SEASONS_BEGIN)})",
    "{holiday}": f"(?P<holiday>{any_of(HOLIDAYS)})",
    "{festival}": f"(?P<holiday>{any_of(FESTIVALS)})",
    # These stand for nothing: they only tell what must be in a line.
    "{says_week}": "",
    "{says_weekend}": "",
    "{says_gone}": "",
    "{says_every}": "",
    "{says_free}": "",
    "{says_part_of}": "",
    "{says_number}": "",
    "{says_digits}": "",
    "{any_part}": any_of(PARTS),
    "{part}": f"(?P<part>{any_of(PARTS)})",
    "{exact}": f"(?P<clock>{_EXACT})",
    "{clock}": f"(?P<clock>{CLOCK})",
    "{clock2}": f"(?P<clock2>{CLOCK})",
}


@dataclass(frozen=True)
class Pattern:
    """A line of a lexicon file: the reader's name, and what must be in a line for it to be worth trying."""

    reader: str
    source: str
    needs: frozenset[str]

    @cached_property
    def expression(self) -> re.Pattern[str]:
        """Compiled when it is first tried: all of them at start would cost every command a second."""
        return re.compile(self.source)


def patterns(name: str) -> Iterator[Pattern]:
    """The `reader = pattern` lines of a lexicon file; each pattern begins at the beginning of a word."""
    for line in read_lines(name):
        reader, _, pattern = line.partition(" = ")
        needs = frozenset(kind for kind in _NEEDED if f"{{{kind}}}" in pattern)
        if not needs and r"\d" in pattern:
            needs = frozenset({"says_digits"})
        yield Pattern(reader.strip(), _expression(pattern.strip()), needs)


class Patterns:
    """Patterns in the order they are tried. Which of them a line is worth is remembered: most lines say little."""

    def __init__(self, all_of_them: Iterable[Pattern]) -> None:
        self._all = tuple(all_of_them)
        self._worth_trying = lru_cache(_REMEMBERED)(self._needing_no_more_than)

    def __iter__(self) -> Iterator[Pattern]:
        return iter(self._all)

    def worth_trying(self, line: str) -> Sequence[Pattern]:
        """Those that may fit somewhere in the line."""
        return self._worth_trying(possible(line))

    def _needing_no_more_than(self, there: frozenset[str]) -> Sequence[Pattern]:
        return [pattern for pattern in self._all if pattern.needs <= there]


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the lexicon as a regular expression."""
    return re.compile(_expression(pattern))


def _expression(pattern: str) -> str:
    expression = _spaced(pattern)
    for placeholder, meaning in _PLACEHOLDERS.items():
        expression = expression.replace(placeholder, _spaced(meaning))
    return rf"(?:(?<!\w)|(?<=\d)(?=[^\W\d])){expression}"


_AROUND_AN_HOUR = (("", ""), ("halv", ""), ("halv", "tiden"), ("", "tiden"), ("", "snåret"), ("", "ish"))
_CLOCK_WORDS = {f"{before}{word}{after}" for word in _HOUR_WORDS for before, after in _AROUND_AN_HOUR}
_CLOCK_WORDS |= {"noon", "noonish", "midday"}

# Which words make a placeholder possible. Trying a pattern costs much more than looking its words up.
_NEEDED: Mapping[str, set[str]] = {
    "weekday": set(WEEKDAYS_BY_CONTEXT),
    "month": set(MONTHS),
    "any_number": set(NUMBERS),
    "number": set(NUMBERS),
    "week": {"v", "ve", "vecka", "veckan", "week"},
    "ahead": {"om", "in"},
    "next": {"nästa", "nästkommande", "näst", "next"},
    "offset": set(OFFSETS) | {"i", "this"},
    "season_end": {"efter", "after"},
    "season_begin": {word for phrase in SEASONS_BEGIN for word in phrase.split()},
    "part": {word for phrase in PARTS for word in phrase.split()},
    "holiday": {word for phrase in HOLIDAYS for word in phrase.split()},
    "festival": {word for phrase in FESTIVALS for word in phrase.split()},
    "says_week": {"vecka", "veckan", "week", "weeks", "dennavecka", "nästnästa", "v"},
    "says_weekend": {"helgen", "helg", "helger", "helgerna", "weekend", "weekends", "weekenden"},
    "says_gone": set(_DATA["other"]["gone"]),
    "says_every": {"varje", "every", "varannan", "each"},
    "says_free": {"fri"},
    "says_part_of": {"början", "slutet", "mitten", "beginning", "end", "middle"},
    "says_number": set(NUMBERS),
    "says_digits": set(),
    "busy": {word for phrase in (*_DATA["other"]["busy"], *_DATA["other"]["at_work"]) for word in phrase.split()},
    "moving": set(_DATA["other"]["moving"]),
    "any_ordinal": set(_ORDINALS),
    "ordinal": {*_ORDINALS, "sista", "last"},
    "exact": _CLOCK_WORDS,
    "clock": _CLOCK_WORDS,
}
_NEEDED_BY_WORD: dict[str, set[str]] = defaultdict(set)
for _kind, _words in _NEEDED.items():
    for _word in _words:
        _NEEDED_BY_WORD[_word].add(_kind)
_BY_DIGITS = frozenset({"says_digits", "says_number", "any_number", "number", "exact", "clock"})
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")


# Days, hours and parts of the day are all looked for in one line.
@lru_cache(maxsize=4)
def possible(line: str) -> frozenset[str]:
    """The placeholders that something in the line may fill; empty for a line that cannot speak of time."""
    found: set[str] = set()
    for word in _LETTERS_OR_DIGITS.findall(line):
        found |= _BY_DIGITS if word.isdigit() else _NEEDED_BY_WORD.get(word, frozenset())
    return frozenset(found)


def all_words() -> set[str]:
    """Every single word here and in the patterns, so that slips in them can be mended and none is taken for a slip."""
    tables: Iterable[Iterable[str]] = (
        WEEKDAYS, MONTHS, NUMBERS, MINUTES, OFFSETS, PARTS, SEASONS_END, SEASONS_BEGIN, HOLIDAYS, FESTIVALS,
    )  # fmt: skip
    patterns_too = " ".join(line for name in ("dates.txt", "hours.txt") for line in read_lines(name))
    words = {word for table in tables for phrase in table for word in phrase.split()}
    return words | set(_DATA["other"]["known"]) | set(re.findall(r"(?<![\\<{\w])[^\W\d_]{3,}", patterns_too))


def number(text: str) -> int:
    """The number that digits or a number word stand for."""
    return int(text) if text.isdigit() else NUMBERS[as_key(text)]


def as_key(text: str) -> str:
    """Words from a line as the tables have them, with one space between."""
    return " ".join(text.split())
