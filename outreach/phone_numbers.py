"""Reads telephone numbers as people and Excel write them, and writes them as people read them (ux §1.3)."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from outreach.errors import BadInput

RUINED = "phone_ruined_by_excel"
UNREADABLE = "phone_unreadable"
LOST_ZERO = "phone_leading_zero"
SEVERAL = "several_numbers_in_cell"

_SENTENCES = {
    RUINED: "Excel har gjort om numret. Ändra kolumnen till text och spara om.",
    UNREADABLE: "Numret är för kort, för långt eller finns inte. Skriv det med riktnummer, till exempel 070-174 06 05.",
}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]")
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?\s?E\s?\+?\d{1,2}(?!\d)", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"^\+?\d+[.,]0+$")
_MAIL = re.compile(r"\S+@\S+")
# All of 070, 072, 073, 076 and 079 are mobiles (PTS numbering plan); asking the library takes ten times as long.
_SWEDISH_MOBILE = re.compile(r"^\+467[02369][0-9]{7}$")
_BETWEEN_NUMBERS = re.compile(r"[;,|&\n\r\t]|\b(?:eller|och|samt|alt|alternativt|el|resp|or|and)\b\.?", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[+(]*\s?\d[\d\s()./\\-]*")
_ZERO_IN_BRACKETS = re.compile(r"(?<=\d)\s*\(0\)")
_SWEDISH_MOBILE = re.compile(r"^\+46(7[02369])(\d{3})(\d{2})(\d{2})$")
# Whatever is longer than this holds no numbers that could be told apart.
_LONGEST_PART = 120
# A remark beside a number ("efter kl 15", "ankn 12") has at most this many digits.
_REMARK_DIGITS = 4


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """One number in E.164; `kind` is mobile, landline (any Swedish number that takes no text) or foreign."""

    e164: str
    kind: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a cell holds. With a `fault` nothing is certain and `found` holds what could be read all the same."""

    found: tuple[ReadNumber, ...] = ()
    notices: tuple[str, ...] = ()
    fault: str | None = None


def read_cell(text: str) -> Numbers:
    """Every number in a cell. Without a digit ("saknas") there is none, and that is no fault."""
    text = _clean(text)
    if not any(character.isdigit() for character in text):
        return Numbers()
    if _EXPONENT.search(text):
        return Numbers(fault=RUINED)
    readings = _without_remarks([(part, _read_part(part)) for part in _parts(text)])
    found = {number.e164: number for reading in readings for number in reading.found}
    notices = [LOST_ZERO] if any(LOST_ZERO in reading.notices for reading in readings) else []
    if len(found) > 1:
        notices.append(SEVERAL)
    fault = UNREADABLE if any(reading.fault for reading in readings) or not found else None
    return Numbers(tuple(found.values()), tuple(notices), fault)


def normalise(text: str) -> str:
    """One number as E.164. Raises BadInput, with what to do, for none, several or an unreadable one."""
    numbers = read_cell(text)
    if numbers.fault:
        raise BadInput(_SENTENCES[numbers.fault])
    if not numbers.found:
        raise BadInput("Det finns inget nummer här. Skriv ett nummer, till exempel 070-174 06 05.")
    if len(numbers.found) > 1:
        raise BadInput("Här står flera nummer. Skriv ett nummer i taget.")
    return numbers.found[0].e164


def kind(e164: str) -> str:
    """Mobile, landline or foreign, by the number itself."""
    number = phonenumbers.parse(e164)
    return _kind(number, phonenumbers.number_type(number))


def show(e164: str) -> str:
    """The number as Swedes write it, 070-174 06 05; a foreign one as +47 912 34 567."""
    mobile = _SWEDISH_MOBILE.match(e164)
    if mobile:
        # By far the most in any list; the library takes a hundred times as long.
        return "0{}-{} {} {}".format(*mobile.groups())
    number = phonenumbers.parse(e164)
    if number.country_code == 46:
        return _in_threes(phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL))
    national = phonenumbers.national_significant_number(number)
    if number.country_code == 47 and len(national) == 8 and national[0] in "49":
        # Norwegians group mobiles in three, two and three; the library groups them as landlines.
        return f"+47 {national[:3]} {national[3:5]} {national[5:]}"
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def _in_threes(national: str) -> str:
    """0980-31 92 00 as 0980-319 200: six digits after a long area code are read out in threes."""
    area, _, rest = national.partition("-")
    digits = rest.replace(" ", "")
    return f"{area}-{digits[:3]} {digits[3:]}" if len(area) == 4 and len(digits) == 6 else national


def _clean(text: str) -> str:
    text = _MAIL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))
    text = _DASHES.sub("-", text).strip().lstrip("'")
    return re.sub(r"[.,]0+$", "", text) if _WHOLE_FLOAT.match(text) else text


def _parts(text: str) -> list[str]:
    return [run.group() for piece in _BETWEEN_NUMBERS.split(text) for run in _NUMBER_LIKE.finditer(piece)]


def _without_remarks(parts: list[tuple[str, Numbers]]) -> list[Numbers]:
    """The readings without "kl 15" and "ankn 12", which are no numbers when a real one stands beside them."""
    if all(reading.fault for _, reading in parts):
        return [reading for _, reading in parts]
    return [reading for part, reading in parts if not reading.fault or _count_digits(part) > _REMARK_DIGITS]


def _count_digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _read_part(part: str) -> Numbers:
    """A stretch of digits and signs: one number, or several with only a slash, a plus or a space between them."""
    readings = [_read_one(part)]
    if readings[0].fault:
        readings = _divide(part) or readings
    found = tuple(number for reading in readings for number in reading.found)
    notices = tuple(notice for reading in readings for notice in reading.notices)
    return Numbers(found, notices, next((reading.fault for reading in readings if reading.fault), None))


def _divide(part: str) -> list[Numbers]:
    """The part cut at its slashes, pluses or spaces into numbers that can all be read; empty when it cannot be."""
    if len(part) > _LONGEST_PART:
        return []
    for cut in re.finditer(r"[/\\]|\s+|(?=\+)", part):
        first = _read_one(part[: cut.start()])
        if first.fault:
            continue
        rest = _read_one(part[cut.end() :])
        others = [rest] if not rest.fault else _divide(part[cut.end() :])
        if others:
            return [first, *others]
    return []


@lru_cache(maxsize=4096)
def _read_one(text: str) -> Numbers:
    digits = re.sub(r"[^\d+]", "", _ZERO_IN_BRACKETS.sub("", text))
    candidate, notices = _international(digits)
    if _SWEDISH_MOBILE.match(candidate):
        return Numbers((ReadNumber(candidate, "mobile"),), notices)
    try:
        number = phonenumbers.parse(candidate)
    except phonenumbers.NumberParseException:
        return Numbers(fault=UNREADABLE)
    # No such number is also a type, and asking twice would double the time a long list takes.
    number_type = phonenumbers.number_type(number)
    if number_type == PhoneNumberType.UNKNOWN:
        return Numbers(fault=UNREADABLE)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Numbers((ReadNumber(e164, _kind(number, number_type)),), notices)


def _international(digits: str) -> tuple[str, tuple[str, ...]]:
    """The digits with plus and country code, and a notice when Excel had taken the leading zero."""
    if digits.startswith(("+", "00")):
        return "+" + digits.lstrip("+0"), ()
    if digits.startswith("0"):
        return "+46" + digits[1:], ()
    if len(digits) == 9:
        return "+46" + digits, (LOST_ZERO,)
    return ("+" + digits if digits.startswith("46") else digits), ()


def _kind(number: PhoneNumber, number_type: int) -> str:
    if number.country_code != 46:
        return "foreign"
    return "mobile" if number_type == PhoneNumberType.MOBILE else "landline"
