"""Finds the head row of a list and which rows are people: not titles, heads, empty rows, totals or notes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.lists import meanings
from outreach.lists.columns import IDENTITIES, NAMES, Column, find_columns, width
from outreach.lists.refusals import refused
from outreach.lists.tables import MOST_COLUMNS, MOST_PEOPLE, Line, Table

_LOOK_AHEAD = 40
_LONGEST_HEAD = 80
_TOTAL = re.compile(r"^(summa|totalt?|sum|antal|totalsumma|delsumma|s:a|total sum)\b", re.IGNORECASE)
_MOST_CELLS_IN_TOTAL = 3
_NOTE_MARKS = re.compile(r"[:*=©\d]")
_WORDS_IN_A_NOTE = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is understood. `people` are the rows that mean a person, hidden ones (`hidden_rows`) among them."""

    table: Table
    head_row: int
    columns: tuple[Column, ...]
    people: tuple[Line, ...]
    empty_rows: tuple[int, ...]
    total_rows: tuple[int, ...]
    hidden_rows: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    def meaning(self, *wanted: str) -> list[Column]:
        """The columns with one of these meanings, from left to right."""
        return [column for column in self.columns if column.meaning in wanted]

    def by_meaning(self) -> dict[str, list[Column]]:
        """The columns that are taken in, by what they mean, from left to right."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            if column.meaning:
                found.setdefault(column.meaning, []).append(column)
        return found


def count_heads(lines: Sequence[Line]) -> int:
    """How many known heads the best of the first rows has: tells a list from notes, and a separator from a comma."""
    return max((_known_heads(line) for line in lines[:_LOOK_AHEAD]), default=0)


def recognise(table: Table, *, today: date, chosen: Mapping[str, str] | None = None) -> Layout:
    """The table's layout. `chosen` says by head what a person wants a column to be ("" is not taken in).

    Raises Refused with empty_file, no_name_or_id_column, no_rows, too_many_rows or too_many_columns.
    """
    lines = _written(table.lines)
    if not lines:
        raise refused("empty_file")
    if max(width(line) for line in lines) > MOST_COLUMNS:
        raise refused("too_many_columns")
    head = _head_line(lines[:_LOOK_AHEAD], chosen or {})
    body = [line for line in lines if line.number > head.number]
    columns = find_columns(head, _line_before(lines, head), body, today, chosen or {})
    _refuse_missing_columns(columns)
    return _layout(table, head, columns, body)


def _written(lines: Iterable[Line]) -> list[Line]:
    """The rows down to the last written one."""
    kept = list(lines)
    while kept and kept[-1].is_empty:
        kept.pop()
    return kept


def _known_heads(line: Line) -> int:
    return sum(meanings.of_head(cell) is not None for cell in line.cells if 0 < len(cell) < _LONGEST_HEAD)


def _head_line(lines: Sequence[Line], chosen: Mapping[str, str]) -> Line:
    """The row with most known heads; one over an identity goes before a row of groups ("Elev", "Vårdnadshavare 1")."""

    def fitness(line: Line) -> tuple[bool, int]:
        known = [meanings.of_head(cell) for cell in line.cells if len(cell) < _LONGEST_HEAD]
        has_identity = any(meaning.meaning in IDENTITIES for meaning in known if meaning)
        return has_identity, _known_heads(line) + len(chosen.keys() & set(line.cells))

    return max(lines, key=fitness)


def _line_before(lines: list[Line], head: Line) -> Line | None:
    return next((line for line in lines if line.number == head.number - 1), None)


def _refuse_missing_columns(columns: tuple[Column, ...]) -> None:
    found = {column.meaning for column in columns}
    if not found & NAMES and not found & IDENTITIES:
        raise refused("no_name_or_id_column")
    if not found & NAMES:
        raise refused("no_name_or_id_column", "Filen har ingen kolumn med namn. Välj vilken kolumn som är namn.")
    if not found & IDENTITIES:
        raise refused(
            "no_name_or_id_column",
            "Filen har ingen kolumn med personnummer eller födelsedatum. Välj vilken kolumn det är.",
        )


def _layout(table: Table, head: Line, columns: tuple[Column, ...], body: list[Line]) -> Layout:
    taken = [column.index for column in columns if column.meaning]
    totals = tuple(line.number for line in body if _is_total(line))
    people = [
        line for line in body
        if line.number not in totals and any(line.cell(index) for index in taken) and not _is_head_again(line, head)
    ]  # fmt: skip
    people = _without_notes(people)
    if not people:
        raise refused("no_rows")
    if len(people) > MOST_PEOPLE:
        raise refused("too_many_rows")
    # A forgotten mark far down in the sheet makes no million empty rows.
    last = max(people[-1].number, *totals, 0)
    return Layout(
        table=table,
        head_row=head.number,
        columns=columns,
        people=tuple(people),
        empty_rows=tuple(line.number for line in body if line.is_empty and line.number < last),
        total_rows=totals,
        hidden_rows=tuple(line.number for line in people if line.number in table.hidden_rows),
        warnings=(*table.warnings, *_warnings(columns)),
    )


def _is_total(line: Line) -> bool:
    written = [cell for cell in line.cells if cell]
    if not written or not _TOTAL.match(written[0]):
        return False
    return len(written) <= _MOST_CELLS_IN_TOTAL or not any(re.search(r"[^\W\d]", cell) for cell in written[1:])


def _is_head_again(line: Line, head: Line) -> bool:
    """A printed list repeats its heads on every page."""
    return [cell.casefold() for cell in line.cells if cell] == [cell.casefold() for cell in head.cells if cell]


def _without_notes(people: list[Line]) -> list[Line]:
    """The rows without remarks at the end of the list ("* = skyddad", "Uppgifterna är hämtade 2026-11-02")."""
    kept = list(people)
    while kept and _is_note(kept[-1]):
        kept.pop()
    return kept


def _is_note(line: Line) -> bool:
    written = [cell for cell in line.cells if cell]
    if len(written) != 1 or not re.search(r"[^\W\d_]{3}", written[0]):
        return False
    return bool(_NOTE_MARKS.search(written[0])) or len(written[0].split()) >= _WORDS_IN_A_NOTE


def _warnings(columns: tuple[Column, ...]) -> list[str]:
    """A telephone column to the right of a guardian's name may be the guardian's: only a person can tell."""
    guardians = [column.index for column in columns if column.meaning in ("guardian_1", "guardian_2")]
    return [
        f'Kolumnen "{column.head}" står efter vårdnadshavaren. Kontrollera att det är den unges eget nummer.'
        for column in columns
        if column.meaning == "own_phone" and guardians and column.index - 1 in guardians
    ]
