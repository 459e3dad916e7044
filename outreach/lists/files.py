"""From a file's bytes and name to a table: the one door through which lists come in."""

from outreach.lists import text_files, workbooks
from outreach.lists.layout import count_heads
from outreach.lists.refusals import refused
from outreach.lists.tables import Table

TEXT_KINDS = ("csv", "tsv", "txt")
WORKBOOK_KINDS = {"xlsx": "xlsx", "xlsm": "xlsx", "xls": "xls", "ods": "ods"}
# Workbooks, PDF, pictures, Word's old text and packed files, by their first bytes.
_NOT_TEXT = (
    workbooks.OLE_MAGIC, b"PK\x03\x04", b"PK\x05\x06", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b",
    b"7z\xbc\xaf",
)  # fmt: skip
_UNKNOWN_KIND = "Vi läser filer som slutar på .xlsx, .xls, .ods, .csv, .tsv eller .txt. Spara listan som .xlsx."


def read(
    content: bytes,
    filename: str,
    *,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | None = None,
) -> Table:
    """The list in a file; of several sheets the one named, or else the one with most known heads.

    `encoding` (utf-8, windows-1252, utf-16), `separator` and `sheet` override what is found. Raises Refused.
    """
    kind = filename.rpartition(".")[2].casefold()
    if not content:
        raise refused("empty_file")
    if kind in TEXT_KINDS:
        if content.startswith(_NOT_TEXT):
            raise refused("wrong_format")
        return text_files.read(content, count_heads, encoding=encoding, separator=separator)
    if kind not in WORKBOOK_KINDS:
        raise refused("wrong_format", _UNKNOWN_KIND)
    return _choose(workbooks.read(content, WORKBOOK_KINDS[kind]), sheet)


def _choose(tables: list[Table], sheet: str | None) -> Table:
    named = [table for table in tables if table.sheet == sheet]
    return named[0] if named else max(tables, key=lambda table: count_heads(table.lines))
