"""Tells what each column of a list is: by its head, by the head above that, and by its cells where they decide."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from outreach import personnummer
from outreach.lists import meanings
from outreach.lists.tables import Line

NAMES = frozenset({"name", "last_first_name", "first_name", "last_name"})
IDENTITIES = frozenset({"personnummer", "birth_date"})
_MANY_COLUMNS = frozenset(
    {"own_phone", "protected", "guardian_1", "guardian_2", "guardian_1_phone", "guardian_2_phone"}
)
_FIELDS = {
    "last_first_name": "name", "first_name": "name", "last_name": "name", "care_of": "address", "street": "address",
    "postal": "address", "postcode": "address", "town": "address",
}  # fmt: skip
_POSTCODE = re.compile(r"^\d{3}\s?\d{2}$")
_POSTCODE_FIRST = re.compile(r"^\d{3}\s?\d{2}\b")
_ONLY_A_DATE = re.compile(r"^(19|20)?\d{2}-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])(\.0)?$")
_LIKE_IDENTITY = re.compile(r"^((\d{8}|\d{6})[-+ ]?\d{4}|\d{9}|(\d{8}|\d{6})[-+ ]?[A-Za-z][A-Za-z\d]\d{2})(\.0)?$")
_REPEATED = re.compile(r" \(\d+\)$")
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column with its head as the file has it (made unique) and what it becomes; "" when it is not taken in."""

    index: int
    head: str
    meaning: str = ""
    sensitive: bool = False

    @property
    def field(self) -> str:
        """The meaning in the words of the report, where all parts of an address are one."""
        return _FIELDS.get(self.meaning, self.meaning)


def find_columns(
    head: Line, above: Line | None, body: list[Line], today: date, chosen: Mapping[str, str]
) -> tuple[Column, ...]:  # fmt: skip
    """The columns of a list whose heads stand in `head`; `chosen` says by head what a person wants a column to be."""
    heads = _heads(head, above, body)
    found = _guess(heads, _groups(above, len(heads)), body)
    if not IDENTITIES.intersection(found):
        _find_personnummer(found, body, today)
    _keep_first_of_each(found, heads)
    found = [chosen.get(name, meaning) for name, meaning in zip(heads, found, strict=True)]
    return tuple(
        Column(index, name, meaning, not meaning and _is_sensitive(name, index, body))
        for index, (name, meaning) in enumerate(zip(heads, found, strict=True))
        if name
    )


def _heads(head: Line, above: Line | None, body: list[Line]) -> list[str]:
    """Every column's name: its head, made unique, or its letter; "" for a column with neither head nor cells."""
    heads: list[str] = []
    for index in range(max(width(line) for line in (head, *body))):
        name = meanings.in_one_line(head.cell(index) or _merged_head(above, index))
        if not name:
            name = f"Kolumn {_letter(index)}" if any(line.cell(index) for line in body) else ""
        times = 2
        unique = name
        while unique and unique in heads:
            unique, times = f"{name} ({times})", times + 1
        heads.append(unique)
    return heads


def _merged_head(above: Line | None, index: int) -> str:
    """The head of a cell that is merged with the one above it: Excel keeps the text in the upper one."""
    return above.cell(index) if above and meanings.of_head(above.cell(index)) else ""


def width(line: Line) -> int:
    """How many columns a row uses."""
    return max((index for index, cell in enumerate(line.cells, start=1) if cell), default=0)


def _letter(index: int) -> str:
    return (_letter(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def _groups(above: Line | None, width: int) -> list[str]:
    """The head over each column's head where that is a guardian's ("Vårdnadshavare 1" over "Namn" and "Telefon")."""
    groups: list[str] = []
    current = ""
    for index in range(width):
        current = (above.cell(index) if above else "") or current
        meaning = meanings.of_head(current) if current else None
        groups.append(current if meaning and meaning.meaning == "guardian" else "")
    return groups


def _guess(heads: list[str], groups: list[str], body: list[Line]) -> list[str]:
    """What each column seems to be. A second "Namn" or "Telefon" after a guardian's column is the guardian's."""
    guardians = _Guardians()
    found: list[str] = []
    plain = [_REPEATED.sub("", name) for name in heads]
    for index, (name, group) in enumerate(zip(plain, groups, strict=True)):
        meaning = (meanings.of_head(f"{group} {name}") if group else None) or meanings.of_head(name)
        if meaning and meaning.guardian == "" and plain.index(name) < index and guardians.latest:
            meaning = _repeated_after_guardian(meaning, guardians.latest)
        found.append(_by_cells(guardians.place(meaning) if meaning else "", index, body))
    return found


def _repeated_after_guardian(meaning: meanings.Meaning, guardian: str) -> meanings.Meaning:
    """A head that stood before, again after a guardian's column."""
    if meaning.meaning == "own_phone":
        return meanings.Meaning("guardian_phone", guardian)
    return meanings.Meaning("guardian", guardian) if meaning.meaning in NAMES else meaning


class _Guardians:
    """Gives guardians their places, 1 and 2, in the order the heads name them."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.latest = ""

    def place(self, meaning: meanings.Meaning) -> str:
        """The column's meaning with the guardian's place; "" for a third guardian."""
        if not meaning.meaning.startswith("guardian"):
            return meaning.meaning
        key = meaning.guardian
        if key == "" and meaning.meaning == "guardian" and "" in self._places:
            key = "2"
        self.latest = key or "1"
        fixed = {"1": 1, "2": 2}.get(key)
        number = self._places.setdefault(key, fixed or len(set(self._places.values())) + 1)
        suffix = "_phone" if meaning.meaning == "guardian_phone" else ""
        return f"guardian_{number}{suffix}" if number <= 2 else ""


def _by_cells(meaning: str, index: int, body: list[Line]) -> str:
    """The meaning, mended by what the cells hold where one word has two uses ("Pnr", "Postadress", "Födelsedata")."""
    written = [line.cell(index) for line in body if line.cell(index)]
    cells = written[:_SAMPLE]
    if meaning == "personnummer" and cells and sum(bool(_POSTCODE.match(cell)) for cell in cells) > len(cells) * 0.8:
        return "postcode"
    if meaning == "postal" and not any(_POSTCODE_FIRST.match(cell) for cell in cells):
        return "street"
    if meaning in IDENTITIES and cells:
        # Far down in a list of personnummer may stand a birth date alone: every cell has its say.
        return _which_identity(meaning, [cell for cell in written if any(sign.isdigit() for sign in cell)])
    return meaning


def _which_identity(meaning: str, cells: list[str]) -> str:
    """Birth dates under "Personnr", or personnummer under "Födelsedata", where every cell says so."""
    if meaning == "birth_date" and cells and all(like_identity(cell) for cell in cells):
        return "personnummer"
    if meaning == "personnummer" and cells and all(_ONLY_A_DATE.match(cell) for cell in cells):
        return "birth_date"
    return meaning


def like_identity(text: str) -> bool:
    """Whether a cell has the length of a personnummer or its relatives, right or wrong."""
    return bool(_LIKE_IDENTITY.match(text))


def _find_personnummer(found: list[str], body: list[Line], today: date) -> None:
    """No head says where the personnummer are: a column of which nearly every cell is one can be nothing else."""
    for index, meaning in enumerate(found):
        cells = [line.cell(index) for line in body if line.cell(index)][:_SAMPLE]
        if not meaning and cells and _share_of_identities(cells, today) >= 0.8:
            found[index] = "personnummer"
            return


def _share_of_identities(cells: list[str], today: date) -> float:
    return sum(personnummer.read(cell, today).identity is not None for cell in cells) / len(cells)


def _keep_first_of_each(found: list[str], heads: list[str]) -> None:
    """Of what a person has one of, the first column is taken; samordningsnummer may have a column beside."""
    for index, meaning in enumerate(found):
        extra_identity = meaning == "personnummer" and "samordning" in heads[index].casefold()
        if meaning in _MANY_COLUMNS or extra_identity or meaning not in found[:index]:
            continue
        # The tax agency's lists have street, postcode and then the town under "Postadress".
        is_town = (
            meaning == "street" and "postcode" in found and "town" not in found and "post" in heads[index].casefold()
        )
        found[index] = "town" if is_town else ""


def _is_sensitive(head: str, index: int, body: list[Line]) -> bool:
    if meanings.is_sensitive(head):
        return True
    return not meanings.is_harmless(head) and any(meanings.is_sensitive(line.cell(index)) for line in body)
