"""Reads .xlsx, .xls and .ods into rows of text, sheet by sheet."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from outreach.errors import Refused
from outreach.lists import sheet_xml
from outreach.lists.refusals import refused
from outreach.lists.tables import LONGEST_CELL, MOST_COLUMNS, MOST_PEOPLE, Line, Table

ZIP_MAGIC = b"PK"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XLS_BEGINS = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILE_PASS = 0x2F
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
# Titles, empty rows and totals are rows too.
_MOST_ROWS = MOST_PEOPLE + 1_000
_MOST_CELLS = 20_000_000
_MOST_EMPTY_ROWS = 1_000
_OLD_EXCEL = "Filen är i Excels gamla format, där vi inte ser vilka rader som är dolda. Kontrollera att listan stämmer."


def read(content: bytes, kind: str) -> list[Table]:
    """Every sheet that is shown, in order; `kind` is what the file's name says: xlsx, xls or ods.

    Raises Refused with wrong_format, password_protected, damaged_file, empty_file, too_many_rows, too_many_columns or
    cell_too_long.
    """
    try:
        sizes = _sizes(content, kind)
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            return _sheets(workbook, sizes)
    except calamine.PasswordError as error:
        raise refused("password_protected") from error
    except (calamine.CalamineError, *sheet_xml.DAMAGED) as error:
        raise refused("password_protected" if "password" in str(error).casefold() else "damaged_file") from error
    except BaseException as error:
        # The reader is written in Rust, and a panic there is no Exception here.
        if type(error).__name__ == "PanicException":
            raise refused("damaged_file") from error
        raise


def _sizes(content: bytes, kind: str) -> dict[str, sheet_xml.SheetSize] | None:
    """What each sheet measures; None for the old format, which only the reader itself can look into."""
    if content.startswith(OLE_MAGIC):
        _refuse_other_compound_files(content, kind)
        return None
    if not content.startswith(ZIP_MAGIC) or kind == "xls":
        raise refused("wrong_format")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet_xml.refuse_bombs(archive)
        return _open_document(archive, kind) if kind == "ods" else _excel(archive)


def _refuse_other_compound_files(content: bytes, kind: str) -> None:
    """An .xls, a Word document and a password-protected .xlsx all begin with the same eight bytes."""

    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if holds("EncryptedPackage"):
        raise refused("password_protected")
    if _is_locked(content):
        raise refused("password_protected")
    is_workbook = holds("Workbook") or holds("Book")
    if kind != "xls":
        raise refused("wrong_format" if is_workbook or holds("WordDocument") else "password_protected")
    if not is_workbook:
        raise refused("wrong_format" if holds("WordDocument") else "damaged_file")


def _is_locked(content: bytes) -> bool:
    """Whether an .xls says right after its beginning that the rest is encrypted ([MS-XLS] 2.4.117, FilePass)."""
    place = content.find(_XLS_BEGINS)
    for _ in range(3 if place >= 0 else 0):
        kind, length = struct.unpack_from("<HH", content.ljust(place + 4, b"\0"), place)
        if kind == _FILE_PASS:
            return True
        place += 4 + length
    return False


def _excel(archive: zipfile.ZipFile) -> dict[str, sheet_xml.SheetSize]:
    if "xl/workbook.xml" not in archive.namelist():
        raise refused("wrong_format")
    sheets = sheet_xml.excel_sheets(archive)
    return {name: sheet_xml.excel_size(archive, path) for name, path in sheets.items() if "worksheets" in path}


def _open_document(archive: zipfile.ZipFile, kind: str) -> dict[str, sheet_xml.SheetSize]:
    names = archive.namelist()
    if "mimetype" not in names or not archive.read("mimetype").startswith(_OPEN_DOCUMENT):
        raise refused("wrong_format")
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise refused("password_protected")
    return sheet_xml.open_document_sizes(archive)


def _sheets(workbook: calamine.CalamineWorkbook, sizes: dict[str, sheet_xml.SheetSize] | None) -> list[Table]:
    shown = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == calamine.SheetVisibleEnum.Visible]
    names = tuple(name for name in shown if sizes is None or name in sizes)
    tables: list[Table] = []
    refusals: list[Refused] = []
    for name in names:
        try:
            hidden = _hidden_rows(sizes[name]) if sizes else frozenset()
            lines = tuple(_lines(workbook.get_sheet_by_name(name)))
        except Refused as refusal:
            refusals.append(refusal)
            continue
        warnings = () if sizes else (_OLD_EXCEL,)
        tables.append(Table(lines=lines, sheet=name, sheets=names, hidden_rows=hidden, warnings=warnings))
    if not tables:
        raise refusals[0] if refusals else refused("empty_file")
    return tables


def _hidden_rows(size: sheet_xml.SheetSize) -> frozenset[int]:
    """The sheet's hidden rows. Raises Refused for a sheet so large that only reading it would fill the memory."""
    if size.last_column > MOST_COLUMNS:
        raise refused("too_many_columns")
    if size.written_rows > _MOST_ROWS or size.last_row * size.last_column > _MOST_CELLS:
        raise refused("too_many_rows")
    return frozenset(size.hidden_rows)


def _lines(sheet: calamine.CalamineSheet) -> Iterator[Line]:
    """The rows down to the last one with something in it, but for very long stretches of empty ones: a forgotten mark
    far down in the sheet makes no million rows.
    """
    if sheet.start is None:
        return
    before, empty = ("",) * sheet.start[1], 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        empty = 0 if any(cell != "" for cell in cells) else empty + 1
        if empty > _MOST_EMPTY_ROWS:
            continue
        texts = before + tuple(_text(cell) for cell in cells)
        if any(len(text) > LONGEST_CELL for text in texts):
            raise refused("cell_too_long")
        yield Line(number, texts)


def _text(value: object) -> str:
    """A cell as it would be typed: whole numbers without decimals, dates as 2026-11-24, truth as Excel shows it."""
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).replace("\x00", "").strip()
