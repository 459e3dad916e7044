"""Turns a list on its way in into the data of its page (ux §4.5): the file, its columns, and the trial run."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.console import import_rows, import_trial
from outreach import personnummer
from outreach.lists import meanings, protection
from outreach.lists.columns import Column
from outreach.lists.plan import Plan
from outreach.lists.rows import ReadRow
from outreach.lists.words import many
from storage.database import Session
from storage.imports import SavedFile
from storage.local_time import age
from storage.offices import Office

LIST_TYPES = {
    "kaa": ("KAA-lista", "Kommunala aktivitetsansvaret, 16–19 år"),
    "uppsok": ("Uppsök", "20–29 år"),
    "tip": ("Tips från samverkan", "Från skola, socialtjänst, arbetsförmedling eller någon annan"),
}
NOT_TAKEN_IN = ("", "Ta inte med")
_ENCODINGS = {"utf-8": "UTF-8", "windows-1252": "Windows-1252", "utf-16": "UTF-16"}
_SEPARATORS = {
    ";": ("semikolon", "semikolonseparerad"), ",": ("komma", "kommaseparerad"), "\t": ("tabb", "tabbseparerad"),
    "|": ("streck", "separerad med lodstreck"),
}  # fmt: skip
_SAMPLES = 3
_LONGEST_SAMPLE = 40
_PHONES = frozenset({"own_phone", "guardian_1_phone", "guardian_2_phone"})


@dataclass(frozen=True, slots=True)
class Answers:
    """What a member of staff says about a list; remembered till the next one."""

    list_type: str
    office_id: int
    complete: bool


def first_part(
    offices: Sequence[Office], answers: Answers, fault: Mapping[str, str] | None, earlier: Sequence[Mapping[str, str]]
) -> dict[str, Any]:  # fmt: skip
    """The page before a file has been chosen."""
    return {
        "part": 1,
        "fault": fault,
        "list_type": answers.list_type,
        "list_types": [{"value": key, "label": words[0], "hint": words[1]} for key, words in LIST_TYPES.items()],
        "office": answers.office_id,
        "offices": [(office.id, office.name) for office in offices],
        "complete": answers.complete,
        "sample_href": "/register/importera/exempel.xlsx",
        "earlier": earlier,
    }


def all_parts(
    session: Session, file: SavedFile, plan: Plan, *, offices: Sequence[Office], knows: Collection[int], shown: str,
    number: int, fault: Mapping[str, str] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The page with its three parts, for somebody at these offices who knows these people (jäv); `shown` is the count
    that was opened, `number` the page of that list.
    """
    columns, table = plan.layout.columns, plan.layout.table
    secret = protection.secret_rows(session, plan)
    return {
        "part": 3,
        "id": file.code,
        "fault": fault,
        "file": {"name": file.filename, "words": _file_words(plan), "kind": _kind_words(plan, offices)},
        "readings": _readings(plan),
        "reading": _reading(table.encoding, table.separator),
        "sheets": [(name, name) for name in table.sheets] if len(table.sheets) > 1 else [],
        "sheet": table.sheet,
        "hidden_rows": len(plan.layout.hidden_rows),
        "hidden_in": plan.choices.with_hidden,
        "warnings": _warnings(plan),
        "known": sum(bool(column.meaning) for column in columns),
        "all_columns": len(columns),
        "columns": _columns(plan, secret),
        "targets": [NOT_TAKEN_IN, *meanings.LABELS.items()],
        "columns_open": shown == "kolumner" or fault is not None,
        "trial": import_trial.of(session, plan, secret, code=file.code, shown=shown, number=number,
                                 mine=[office.id for office in offices], knows=knows),
    }  # fmt: skip


def read_as(value: str) -> tuple[str, str] | None:
    """Encoding and separator of a chosen reading; None for one that does not exist."""
    encoding, _, word = value.partition(" ")
    separator = next((sign for sign, words in _SEPARATORS.items() if words[0] == word), None)
    return (encoding, separator) if encoding in _ENCODINGS and separator else None


def _file_words(plan: Plan) -> str:
    rows = many(len(plan.rows), "rad", "rader")
    table = plan.layout.table
    if table.encoding is None:
        of_many = f", ett av {len(table.sheets)}" if len(table.sheets) > 1 else ""
        return f"{rows}. Vi läste bladet ”{table.sheet}”{of_many}."
    how = _SEPARATORS.get(table.separator or "", ("", f"separerad med {table.separator}"))[1]
    return f"{rows}. Vi läste filen som {how}, {_ENCODINGS.get(table.encoding, table.encoding)}."


def _kind_words(plan: Plan, offices: Sequence[Office]) -> str:
    names = [office.name for office in offices if office.id == plan.choices.office_id]
    complete = ["komplett lista"] if plan.choices.complete else []
    return " · ".join([LIST_TYPES[plan.choices.list_type][0], *names, *complete])


def _readings(plan: Plan) -> list[tuple[str, str]]:
    """Every way to read a text file, the one that was used among them; none for a workbook."""
    table = plan.layout.table
    if table.encoding is None:
        return []
    found = {
        _reading(encoding, sign): f"{words[1].capitalize()}, {name}"
        for encoding, name in _ENCODINGS.items() for sign, words in _SEPARATORS.items()
    }  # fmt: skip
    used = _reading(table.encoding, table.separator)
    return list({used: found.get(used, "Som filen själv säger"), **found}.items())


def _reading(encoding: str | None, separator: str | None) -> str:
    return f"{encoding} {_SEPARATORS.get(separator or '', (separator,))[0]}" if encoding else ""


def _warnings(plan: Plan) -> list[str]:
    found = list(plan.layout.warnings)
    if plan.closed:
        who = "En person" if plan.closed == 1 else f"{plan.closed} personer"
        found.append(f"{who} i listan är avslutade i registret. Öppna dem där om de ska kontaktas igen.")
    return found


def _columns(plan: Plan, secret: Collection[int]) -> list[dict[str, Any]]:
    return [
        {
            "no": column.index, "head": column.head, "target": column.meaning, "flagged": column.sensitive,
            "samples": ["—"] if column.sensitive else _samples(plan, column, secret),
            "why": _why(column, plan.choices.columns),
        }
        for column in plan.layout.columns
    ]  # fmt: skip


def _why(column: Column, chosen: Mapping[str, str]) -> str:
    if column.head in chosen and column.meaning:
        return "Ditt val."
    return "Vi känner igen den." if column.meaning else "Tas inte med om du inte väljer något."


def _samples(plan: Plan, column: Column, secret: Collection[int]) -> list[str]:
    """The first values of a column, of people whose values may be shown."""
    lines = {line.number: line for line in plan.layout.people}
    found: dict[str, None] = {}
    for row in plan.rows:
        text = lines[row.read.row].cell(column.index)
        if text and row.read.row not in secret and _may_show(column, row.read, plan):
            found[_masked(column, text, plan)] = None
        if len(found) == _SAMPLES:
            break
    return list(found)


def _may_show(column: Column, read: ReadRow, plan: Plan) -> bool:
    # Relatives are nobody's business once the person is of age (ux §4.6).
    is_minor = read.birth_date is not None and age(read.birth_date, plan.today) < import_rows.ADULT
    return is_minor or not column.meaning.startswith("guardian")


def _masked(column: Column, text: str, plan: Plan) -> str:
    if column.meaning in _PHONES:
        return text
    reading = personnummer.read(text, plan.today)
    if reading.identity:
        return personnummer.masked(reading.identity.digits)
    if column.meaning == "personnummer" or reading.birth_date:
        return import_rows.mask(text)
    return text if len(text) <= _LONGEST_SAMPLE else f"{text[:_LONGEST_SAMPLE]}…"
