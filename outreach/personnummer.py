"""Reads personnummer, samordningsnummer and schools' interim numbers as lists write them (ux §1.4)."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from personnummer import personnummer as check

from outreach.errors import BadInput

CHECK_DIGIT = "personnummer_check_digit"
UNREADABLE = "personnummer_unreadable"
LOST_ZERO = "personnummer_leading_zero"
COORDINATION = "coordination_number"
INTERIM = "interim_number"

_SENTENCES = {
    CHECK_DIGIT: "Sista siffran i personnumret stämmer inte. Kontrollera numret, eller spara utan personnummer.",
    UNREADABLE: "Personnumret går inte att läsa. Skriv det med tio eller tolv siffror, till exempel 20070906-2384.",
}
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff']")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
# The date with or without century (or with its first zero lost), then four digits or an interim ending such as T393.
_SHAPE = re.compile(r"^(\d{8}|\d{5,6})([-+]?)(\d{4}|[A-Z][A-Z\d]\d{2})$", re.ASCII)
_EARLIEST_YEAR = 1890


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that stands for one person: `digits` is always twelve characters, date first."""

    kind: str
    digits: str
    birth_date: date
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a cell holds: an identity, or a fault. `birth_date` is known also when only the check digit is wrong."""

    identity: Identity | None = None
    fault: str | None = None
    birth_date: date | None = None


def read(text: str, today: date) -> Reading:
    """The identity in a cell; ten digits get the latest century that makes the person 0-99 years old on `today`."""
    shape = _SHAPE.match(_clean(text))
    if shape is None:
        return Reading(fault=UNREADABLE)
    day, sign, ending = shape.groups()
    day, notices = ("0" + day, (LOST_ZERO,)) if len(day) == 5 else (day, ())
    born = _birth_date(day, sign, today)
    if born is None or ending.startswith("000"):
        return Reading(fault=UNREADABLE)
    return _judge(born, day, ending, notices)


def parse(text: str, today: date) -> Identity:
    """The identity typed in a field. Raises BadInput, with what to do, when it cannot be one."""
    reading = read(text, today)
    if reading.identity is None:
        raise BadInput(_SENTENCES[reading.fault or UNREADABLE])
    return reading.identity


def masked(digits: str) -> str:
    """The number as it stands on screen until somebody opens it: 20080514-••••."""
    return f"{digits[:8]}-••••"


def in_clear(digits: str) -> str:
    """The number as it stands when it has been opened: 20080514-2384."""
    return f"{digits[:8]}-{digits[8:]}"


def age(birth_date: date, today: date) -> int:
    """Whole years on that day."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def _clean(text: str) -> str:
    text = _DASHES.sub("-", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).upper()
    return re.sub(r"[.,]0+$", "", text)


def _birth_date(day: str, sign: str, today: date) -> date | None:
    if len(day) == 8:
        born = _date(int(day[:4]), day)
        return born if born and born.year >= _EARLIEST_YEAR and born <= today else None
    oldest, youngest = (199, 100) if sign == "+" else (99, 0)
    centuries = range(today.year // 100 * 100, _EARLIEST_YEAR - 100, -100)
    dates = (_date(century + int(day[:2]), day) for century in centuries)
    return next((born for born in dates if born and youngest <= age(born, today) <= oldest and born <= today), None)


def _date(year: int, day: str) -> date | None:
    """The date at the end of `day`; a samordningsnummer has 60 added to its day."""
    month, number = int(day[-4:-2]), int(day[-2:])
    try:
        return date(year, month, number - 60 if number > 60 else number)
    except ValueError:
        return None


def _judge(born: date, day: str, ending: str, notices: tuple[str, ...]) -> Reading:
    digits = f"{born.year}{day[-4:]}{ending}"
    if not ending.isdigit():
        return Reading(Identity("interim", digits, born, (*notices, INTERIM)), birth_date=born)
    if not check.valid(digits):
        return Reading(fault=CHECK_DIGIT, birth_date=born)
    if int(day[-2:]) > 60:
        return Reading(Identity("samordningsnummer", digits, born, (*notices, COORDINATION)), birth_date=born)
    return Reading(Identity("personnummer", digits, born, notices), birth_date=born)
