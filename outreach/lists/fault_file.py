"""The rows of a list that were held back, as a workbook to mend and take in again: what is wrong, then the columns."""

import io
import re
import zipfile
from collections.abc import Collection

import xlsxwriter

from outreach.lists import meanings, protection
from outreach.lists.columns import Column
from outreach.lists.layout import Layout
from outreach.lists.plan import Plan, RowResult
from outreach.lists.sheet_xml import DAMAGED
from outreach.lists.tables import Line
from outreach.lists.words import FAULTS, FIELDS
from storage.database import Session

HEAD = "Vad är fel"
# Stands among the file's properties, which Excel and LibreOffice leave as they are.
_MARK = "brygga-rader-med-fel"
_ORIGIN = re.compile(rf"{_MARK} (kaa|uppsok|tip) (\d{{1,9}})\b")
_ALWAYS_SHOWN = frozenset({"name", "personnummer", "birth_date", "protected"})
_LEFT_OUT = " Skyddad: adress, nummer och anhöriga står inte här. Ta dem ur den första listan."


def of(session: Session, plan: Plan) -> bytes:
    """The workbook of a plan's faulty rows; empty where there are none."""
    return make(plan, protection.secret_rows(session, plan)) if plan.count("faulty") else b""


def make(plan: Plan, secret_rows: Collection[int]) -> bytes:
    """An .xlsx with one row for each faulty one, that knows which list it is from. Only columns that are taken in;
    everything is text, so that no cell becomes a formula and no zero is lost, and there is one sheet, since the file is
    read again. Of people with protected identity it holds no number, address or relative, but a mark of their own:
    the list's may have stood in one of those, or in a remark.
    """
    columns = [column for column in plan.layout.columns if column.meaning]
    lines = {line.number: line for line in plan.layout.people}
    faulty = [row for row in plan.rows if row.read.fault]
    rows = [_row(row, lines[row.read.row], columns, secret=row.read.row in secret_rows) for row in faulty]
    heads, marks = _heads(columns), ["J" if row.read.protected else "" for row in faulty]
    if any(marks):
        heads = [*heads, _unique(FIELDS["protected"], heads)]
        rows = [[*cells, mark] for cells, mark in zip(rows, marks, strict=True)]
    origin = f"{plan.choices.list_type} {plan.choices.office_id}"
    return _workbook([HEAD, *heads], rows, origin)


def origin(content: bytes) -> tuple[str, int] | None:
    """Type of list and office of the list whose rows such a workbook holds; None where it no longer says so."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            said = _ORIGIN.search(archive.read("docProps/core.xml").decode("utf-8", "replace"))
    except (KeyError, RuntimeError, *DAMAGED):
        return None
    return (said[1], int(said[2])) if said else None


def is_one(layout: Layout) -> bool:
    """Whether a list is such a workbook, mended: it holds a few rows and says nothing of everybody else."""
    return any(column.head == HEAD for column in layout.columns)


def _row(row: RowResult, line: Line, columns: list[Column], *, secret: bool) -> list[str]:
    assert row.read.fault is not None
    wrong = row.read.fault.column
    words = f"{FAULTS[row.read.fault.code]} (rad {row.read.row})" + (_LEFT_OUT if secret else "")
    shown = [not secret or column.field in _ALWAYS_SHOWN or column.head == wrong for column in columns]
    return [words, *(line.cell(column.index) if show else "" for column, show in zip(columns, shown, strict=True))]


def _heads(columns: list[Column]) -> list[str]:
    """The file's own heads; for a column whose head does not say what it is, one that does."""
    heads: list[str] = []
    for column in columns:
        heads.append(_unique(column.head if _says_itself(column) else FIELDS[column.meaning], heads))
    return heads


def _unique(wanted: str, heads: list[str]) -> str:
    number = 2
    unique = wanted
    while unique in heads:
        unique, number = f"{wanted} {number}", number + 1
    return unique


def _says_itself(column: Column) -> bool:
    known = meanings.of_head(column.head)
    return known is not None and known.meaning == column.meaning.replace("_1", "").replace("_2", "")


def _workbook(heads: list[str], rows: list[list[str]], origin: str) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"keywords": f"{_MARK} {origin}"})
        sheet = book.add_worksheet("Rader med fel")
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 60, text)
        sheet.set_column(1, len(heads) - 1, 22, text)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(heads) - 1)
    return content.getvalue()
