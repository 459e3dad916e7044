"""Looks into a workbook's XML for what the spreadsheet reader does not tell: hidden rows, hidden sheets and true size.

Nothing is built in memory, entities are refused, and every byte is unpacked once with its checksum, so that a hostile
or broken file is found before the reader sees it.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from outreach.lists.refusals import refused

# What opening or unpacking a broken archive ends in. ValueError: its directory points outside the file.
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, struct.error)
_MOST_UNPACKED = 300_000_000
_CHUNK = 1 << 16
_COLUMN_LETTERS = re.compile(r"^[A-Z]+")


@dataclass(slots=True)
class SheetSize:
    """How large the written part of a sheet is, and which of its rows are hidden."""

    last_row: int = 0
    last_column: int = 0
    written_rows: int = 0
    hidden_rows: set[int] = field(default_factory=set)


def refuse_bombs(archive: zipfile.ZipFile) -> None:
    """Raises Refused when the parts are far larger than any list, encrypted, or do not agree with their checksums."""
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise refused("password_protected")
    if sum(part.file_size for part in archive.infolist()) > _MOST_UNPACKED:
        raise refused("damaged_file")
    for part in archive.infolist():
        with archive.open(part) as stream:
            while stream.read(_CHUNK):
                pass


def excel_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The path of every sheet that is not hidden, by name, in the workbook's order."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def on_relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def on_sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            target = targets.get(attributes.get("id", ""), "")
            sheets[attributes.get("name", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    _walk(archive, "xl/_rels/workbook.xml.rels", on_relation)
    _walk(archive, "xl/workbook.xml", on_sheet)
    return sheets


def excel_size(archive: zipfile.ZipFile, path: str) -> SheetSize:
    """The size and hidden rows of a sheet in an .xlsx."""
    size = SheetSize()
    row = column = 0

    def on_tag(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
            if _is_hidden(attributes):
                size.hidden_rows.add(row)
        elif tag == "c":
            column = _column(attributes.get("r", "")) or column + 1
        elif tag in ("v", "is"):
            size.written_rows += row > size.last_row
            size.last_row = max(size.last_row, row)
            size.last_column = max(size.last_column, column)

    _walk(archive, path, on_tag)
    return size


def open_document_sizes(archive: zipfile.ZipFile) -> dict[str, SheetSize]:
    """The size and hidden rows of every sheet in an .ods, by name; rows and cells may be written once and repeated."""
    sizes: dict[str, SheetSize] = {}
    first = last = column = 0
    size = SheetSize()

    def on_tag(tag: str, attributes: dict[str, str]) -> None:
        nonlocal first, last, column, size
        if tag == "table":
            size = sizes.setdefault(attributes.get("name", ""), SheetSize())
            first = last = 0
        elif tag == "table-row":
            first, last, column = last + 1, last + int(attributes.get("number-rows-repeated", 1)), 0
            if attributes.get("visibility", "visible") != "visible" and last - first < 100_000:
                size.hidden_rows.update(range(first, last + 1))
        elif tag in ("table-cell", "covered-table-cell"):
            column += int(attributes.get("number-columns-repeated", 1))
            if "value-type" in attributes:
                size.written_rows += (last - first + 1) * (last > size.last_row)
                size.last_row, size.last_column = max(size.last_row, last), max(size.last_column, column)

    _walk(archive, "content.xml", on_tag)
    return sizes


def _is_hidden(attributes: dict[str, str]) -> bool:
    return attributes.get("hidden") in ("1", "true") or float(attributes.get("ht", 1)) == 0


def _column(reference: str) -> int:
    letters = _COLUMN_LETTERS.match(reference)
    number = 0
    for letter in letters.group() if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _walk(archive: zipfile.ZipFile, path: str, on_tag: Callable[[str, dict[str, str]], None]) -> None:
    """Call `on_tag` for every start tag, prefixes and namespaces taken off. Raises Refused on XML that is broken."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: on_tag(
        tag.rpartition(":")[2], {name.rpartition(":")[2]: value for name, value in attributes.items()}
    )
    parser.EntityDeclHandler = _refuse_entity
    try:
        with archive.open(path) as stream:
            parser.ParseFile(stream)
    except (KeyError, ValueError, expat.ExpatError) as error:
        raise refused("damaged_file") from error


def _refuse_entity(*_declaration: object) -> None:
    raise refused("damaged_file")
