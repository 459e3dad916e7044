"""Reads a person from a row of text: values, things to say about them, at most one fault that holds the row back."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach import personnummer, phone_numbers
from outreach.lists import secrecy
from outreach.lists.columns import Column, like_identity
from outreach.lists.dates import read_birth_date, read_date
from outreach.lists.layout import Layout
from outreach.lists.tables import Line
from outreach.phone_numbers import ReadNumber

AGES = {"kaa": (0, 20), "uppsok": (20, 30), "tip": (20, 30)}
"""From and below which age a list takes people in. Outside is a notice, not a fault."""

_NOT_PROTECTED = ("", "n", "nej")
_PROTECTED = ("j", "ja", "y", "yes", "x", "1", "s", "sant", "true")
_PROTECTED_BEGINNINGS = ("skydd", "sekretess", "kvarskriv", "protected")
_POSTCODE = re.compile(r"^(?:SE?[- ]?)?(\d{3})\s?(\d{2})$", re.IGNORECASE)
_WITH_TOWN = re.compile(r"^(?:(.+?),\s*)?(?:SE?[- ]?)?(\d{3}\s?\d{2})\s+([^\W\d_]{2}.*)$", re.IGNORECASE)
_CARE_OF = re.compile(r"^c/o\s+([^,]+)(?:,\s*(.+))?$", re.IGNORECASE)
_PHONE_DIGITS = 7
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"[\d+(][\d\s()+./-]*")
_NAME_AND_NUMBER = re.compile(rf"([^\d+(]*)({_NUMBER.pattern})")
_ROLE = re.compile(r"\([^()\d]*\)")
_TELEPHONE_WORD = re.compile(r"\b(?:tel|tfn|telefon|mob|mobil|hem|arb|jobb|nr|och|samt|eller)\b[.:]?", re.IGNORECASE)
# The whole of a cell, with a day at most: "mamma är avliden" is about somebody else.
_DECEASED = re.compile(r"(?:av\W+)?(?:avlid(?:en|na|it)|död(?:förklarad)?)(?:[\s\d.,:()/-]*)", re.IGNORECASE)
_SAYS_SOMETHING = re.compile(r"[^\W_]|\?")


@dataclass(frozen=True, slots=True)
class Remark:
    """A notice or a fault: its code in the contract's vocabulary, and the head of the column it is about."""

    code: str
    column: str | None


@dataclass(frozen=True, slots=True)
class ReadGuardian:
    """A guardian (vårdnadshavare) as the row names them."""

    name: str = ""
    phones: tuple[ReadNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One person as one row has them; "" and None where the row says nothing. A faulty row holds what could be read."""

    row: int
    first_name: str = ""
    last_name: str = ""
    identity: personnummer.Identity | None = None
    birth_date: date | None = None
    phones: tuple[ReadNumber, ...] = ()
    guardians: tuple[ReadGuardian, ReadGuardian] = (ReadGuardian(), ReadGuardian())
    care_of: str = ""
    street: str = ""
    postcode: str = ""
    town: str = ""
    district: str = ""
    school: str = ""
    dropout_date: date | None = None
    language: str = ""
    protected: bool = False
    protection_unclear: bool = False
    notices: tuple[Remark, ...] = ()
    fault: Remark | None = None

    @property
    def name(self) -> str:
        """First name and surname."""
        return f"{self.first_name} {self.last_name}".strip()


def read_people(layout: Layout, *, list_type: str, today: date, with_hidden: bool = False) -> list[ReadRow]:
    """Every person in the list, in its order; hidden rows only when the reader has said so."""
    passed_over = frozenset() if with_hidden else frozenset(layout.hidden_rows)
    ages, columns = AGES[list_type], layout.by_meaning()
    left_out = [column for column in layout.columns if not column.meaning]
    return [
        _Reader(columns, left_out, line, today).read(ages) for line in layout.people if line.number not in passed_over
    ]


def read_person(columns: Sequence[Column], line: Line, *, ages: tuple[int, int], today: date) -> ReadRow:
    """The one person a line holds; `ages` are from and below which nothing is said about the age."""
    return _Reader({column.meaning: [column] for column in columns}, [], line, today).read(ages)


class _Reader:
    """Reads one line, column by column, and collects what there is to say on the way."""

    def __init__(
        self, columns: Mapping[str, list[Column]], left_out: Sequence[Column], line: Line, today: date
    ) -> None:
        self._columns = columns
        self._left_out = left_out
        self._line = line
        self._today = today
        self._may_be_marked = secrecy.may_speak(line.cells)
        self._notices: list[tuple[int, Remark]] = []
        self._faults: list[Remark] = []

    def read(self, ages: tuple[int, int]) -> ReadRow:
        identity, birth_date = self._identity(ages)
        first_name, last_name = self._name()
        care_of, street, postcode, town = self._address()
        protected, unclear = self._protection()
        phones = self._phones("own_phone")
        guardians = self._guardians()
        dropout_date = self._dropout_date()
        self._look_for_death()
        return ReadRow(
            row=self._line.number, first_name=first_name, last_name=last_name, identity=identity, birth_date=birth_date,
            phones=phones, guardians=guardians, care_of=care_of, street=street, postcode=postcode, town=town,
            district=self._text("district"), school=self._text("school"), dropout_date=dropout_date,
            language=self._text("language"), protected=protected, protection_unclear=unclear,
            notices=self._remarks(), fault=next(iter(self._faults), None),
        )  # fmt: skip

    def _look_for_death(self) -> None:
        # Whatever the column is called: nobody is to write to the dead.
        columns = [*self._with_meaning(*self._columns), *self._left_out]
        told = (column for column in columns if _DECEASED.fullmatch(tidy(self._line.cell(column.index))))
        for column in told:
            self._fault(column, "says_deceased")

    def _remarks(self) -> tuple[Remark, ...]:
        in_order = sorted(self._notices, key=lambda notice: notice[0])
        return tuple(dict.fromkeys(remark for _, remark in in_order))

    def _notice(self, column: Column, *codes: str) -> None:
        self._notices.extend((column.index, Remark(code, column.head)) for code in codes)

    def _fault(self, column: Column, code: str) -> None:
        self._faults.append(Remark(code, column.head))

    def _with_meaning(self, *meanings: str) -> list[Column]:
        return [column for meaning in meanings for column in self._columns.get(meaning, ())]

    def _cells(self, *meanings: str) -> Iterator[tuple[Column, str]]:
        """The written cells of these columns; "-" and its like say nothing, and a mark of protection is no value."""
        for meaning in meanings:
            for column in self._columns.get(meaning, ()):
                text = self._line.cell(column.index)
                if self._may_be_marked:
                    text = secrecy.without(text)
                if text and _SAYS_SOMETHING.search(text):
                    yield column, text

    def _text(self, meaning: str) -> str:
        return next((tidy(text) for _, text in self._cells(meaning)), "")

    def _identity(self, ages: tuple[int, int]) -> tuple[personnummer.Identity | None, date | None]:
        # A personnummer says more than a birth date, wherever the column stands.
        cells = [(column, text) for column, text in self._cells("personnummer", "birth_date") if _has_digit(text)]
        for column, text in cells:
            identity, birth_date = self._read_identity(column, text)
            if birth_date and not self._faults:
                if not ages[0] <= personnummer.age(birth_date, self._today) < ages[1]:
                    self._notice(column, "outside_age_range")
                return identity, birth_date
        known = next((born for column, text in cells if (born := self._birth_date_behind_fault(column, text))), None)
        if not cells:
            self._fault(self._with_meaning("personnummer", "birth_date")[0], "identity_missing")
        return None, known

    def _read_identity(self, column: Column, text: str) -> tuple[personnummer.Identity | None, date | None]:
        if column.meaning == "birth_date" and not like_identity(text):
            birth_date = read_birth_date(text, self._today)
            if birth_date is None:
                self._fault(column, "birth_date_unreadable")
            return None, birth_date
        reading = personnummer.read(text, self._today)
        if reading.fault:
            self._fault(column, reading.fault)
        elif reading.identity:
            self._notice(column, *reading.identity.notices)
        return reading.identity, reading.birth_date

    def _birth_date_behind_fault(self, column: Column, text: str) -> date | None:
        """What a faulty row still tells of whom it means, so that a known person is not called missing."""
        if column.meaning == "birth_date" and not like_identity(text):
            return read_birth_date(text, self._today)
        return personnummer.read(text, self._today).birth_date

    def _name(self) -> tuple[str, str]:
        first, last = self._letters("first_name"), self._letters("last_name")
        if first and last:
            return first, last
        whole = self._letters("name")
        if whole and (first or last):
            return _with_its_other_half(whole, first, last)
        if whole:
            return split_name(whole)
        turned = self._letters("last_first_name")
        if turned:
            surname, _, given = turned.partition(" ")
            return split_name(turned if "," in turned or not given else f"{surname}, {given}")
        if not first and not last:
            self._fault(self._with_meaning("name", "last_first_name", "last_name", "first_name")[0], "name_missing")
        return first or last, ""

    def _letters(self, meaning: str) -> str:
        text = self._text(meaning)
        return text if any(character.isalpha() for character in text) else ""

    def _phones(self, meaning: str) -> tuple[ReadNumber, ...]:
        found: dict[str, ReadNumber] = {}
        for column, text in self._cells(meaning):
            numbers = phone_numbers.read_cell(text)
            if numbers.fault:
                self._fault(column, numbers.fault)
            self._notice(column, *numbers.notices)
            found.update({number.e164: number for number in numbers.found})
        return tuple(found.values())

    def _guardians(self) -> tuple[ReadGuardian, ReadGuardian]:
        """The first and the second guardian, who may share the first one's cell."""
        first, second = self._guardian(1), self._guardian(2)
        if second != ReadGuardian():
            return first, second
        both = [guardian for _, text in self._cells("guardian_1") for guardian in _guardians_in(text)]
        if len(both) < 2:
            return first, second
        in_cell = {number.e164 for guardian in both for number in guardian.phones}
        beside = tuple(number for number in first.phones if number.e164 not in in_cell)
        return ReadGuardian(both[0].name, (*beside, *both[0].phones)), both[1]

    def _guardian(self, place: int) -> ReadGuardian:
        phones = {number.e164: number for number in self._phones(f"guardian_{place}_phone")}
        names: list[str] = []
        for _, text in self._cells(f"guardian_{place}"):
            if sum(character.isdigit() for character in text) >= _PHONE_DIGITS:
                phones.update({number.e164: number for number in phone_numbers.read_cell(text).found})
            names.append(_name_beside_numbers(text))
        return ReadGuardian(" ".join(name for name in names if name), tuple(phones.values()))

    def _address(self) -> tuple[str, str, str, str]:
        """c/o, street, postcode and town, also where a column holds more than its head says."""
        found: dict[str, str] = {"care_of": "", "street": "", "postcode": "", "town": ""}
        for column, text in self._cells("care_of", "street", "postal", "postcode", "town"):
            for part, value in _address_parts(column.meaning, text):
                found[part] = found[part] or value
        return found["care_of"], found["street"], found["postcode"], found["town"]

    def _dropout_date(self) -> date | None:
        for column, text in self._cells("dropout_date"):
            day = read_date(text, self._today)
            if day:
                return day
            self._notice(column, "date_unreadable")
        return None

    def _protection(self) -> tuple[bool, bool]:
        """Protected, and whether that is in doubt: by a sign nobody understands, or by words in a remark."""
        clear, unclear = self._marks_in_their_column()
        if self._may_be_marked:
            clear, unclear = clear or self._is_marked_beside_a_value(), [*unclear, *self._remarks_of_protection()]
        for column in unclear:
            self._notice(column, "protection_unclear")
        return clear or bool(unclear), bool(unclear) and not clear

    def _marks_in_their_column(self) -> tuple[bool, list[Column]]:
        """Whether a column about protection says yes, and those with another sign. Only empty, N and Nej say no."""
        signs = [(column, self._line.cell(column.index)) for column in self._with_meaning("protected")]
        signs = [(column, tidy(text).casefold().rstrip(".")) for column, text in signs]
        signs = [(column, sign) for column, sign in signs if sign not in _NOT_PROTECTED]
        unclear = [
            column for column, sign in signs if sign not in _PROTECTED and not sign.startswith(_PROTECTED_BEGINNINGS)
        ]  # fmt: skip
        return len(unclear) < len(signs), unclear

    def _is_marked_beside_a_value(self) -> bool:
        taken = [column for meaning in self._columns if meaning != "protected" for column in self._columns[meaning]]
        return any(secrecy.in_value(self._line.cell(column.index)) for column in taken)

    def _remarks_of_protection(self) -> list[Column]:
        return [column for column in self._left_out if secrecy.in_remark(self._line.cell(column.index))]


def tidy(text: str) -> str:
    """The text with single spaces, composed letters and no signs that nobody sees, as it is kept."""
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def split_name(name: str) -> tuple[str, str]:
    """First name and surname of "Karlsson, Linn" and of "Linn Karlsson"; the first word is the first name."""
    surname, comma, given = name.partition(",")
    if comma and given.strip():
        return given.strip(), surname.strip()
    first, _, last = surname.partition(" ")
    return first, last.strip()


def _with_its_other_half(name: str, first: str, last: str) -> tuple[str, str]:
    """ "Namn" beside "Efternamn" is the first name, and beside "Förnamn" the surname, unless it holds both."""
    if (first or last).casefold() in name.casefold():
        return split_name(name)
    return first or name, last or name


def _name_beside_numbers(text: str) -> str:
    """A guardian's name without numbers, "tel" and "(mamma)"."""
    text = _NUMBER.sub(" ", _ROLE.sub(" ", text))
    return tidy(_TELEPHONE_WORD.sub(" ", text)).strip(" ,;:-/&")


def _guardians_in(text: str) -> list[ReadGuardian]:
    """Guardians who stand in one cell, each with the numbers after the name; empty when no number tells them apart."""
    found: list[ReadGuardian] = []
    for name, number in _NAME_AND_NUMBER.findall(_ROLE.sub(" ", text)):
        numbers, called = phone_numbers.read_cell(number).found, _name_beside_numbers(name)
        if found and not called:
            found[-1] = ReadGuardian(found[-1].name, (*found[-1].phones, *numbers))
        elif numbers:
            found.append(ReadGuardian(called, numbers))
    return found


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _address_parts(meaning: str, text: str) -> list[tuple[str, str]]:
    text = tidy(", ".join(line.strip() for line in text.splitlines() if line.strip()))
    if postcode := _POSTCODE.match(text):
        return [("postcode", f"{postcode[1]} {postcode[2]}")]
    if meaning in ("street", "postal") and (whole := _WITH_TOWN.match(text)):
        street = _address_parts("street", whole[1]) if whole[1] else []
        return [*street, *_address_parts("postcode", whole[2]), ("town", whole[3])]
    if care_of := _CARE_OF.match(text):
        return [("care_of", care_of[1]), ("street", care_of[2] or "")]
    return [("street" if meaning == "postal" else meaning, text)]
