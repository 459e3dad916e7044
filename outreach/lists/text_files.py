"""Reads .csv, .tsv and .txt: which characters, which separator, and which rows."""

import contextlib
import csv
import io
import re
from collections.abc import Callable

from outreach.lists.refusals import refused
from outreach.lists.tables import LONGEST_CELL, Line, Table

SEPARATORS = (";", "\t", ",", "|")
ENCODINGS = ("utf-8", "windows-1252", "utf-16")
_CODECS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252", "utf-16": "utf-16"}
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOK_AHEAD = 60
# UTF-8's å, ä, ö and their like as Windows-1252 shows them: text that was decoded wrongly before it came to us.
_GARBLED = re.compile("Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
# å and ä as DOS (†, „, ”) and old Macs (Œ) wrote them, inside a word.
_FOREIGN_LETTERS = re.compile("[a-zA-Z][†„‡ˆ”™Œ][a-z]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ufffd\ufffe\uffff]")
# ="0701740605": a formula that only says that the number is text.
_FORCED_TEXT = re.compile('^="([^"]*)"$')
_SEP_LINE = re.compile(r'^"?sep=(.)"?\r?\n', re.IGNORECASE)


def read(
    content: bytes,
    count_heads: Callable[[list[Line]], int],
    *,
    encoding: str | None = None,
    separator: str | None = None,
) -> Table:
    """The rows of a text file. `count_heads` tells how many known heads some rows have: it decides the separator.

    Raises Refused with empty_file, unreadable_text, damaged_file or cell_too_long.
    """
    encoding = encoding or _find_encoding(content)
    text = _decode(content, encoding)
    if not text.strip():
        raise refused("empty_file")
    if announced := _SEP_LINE.match(text):
        # Excel obeys this line and does not show it, so it has no row number.
        separator, text = separator or announced[1], text[announced.end() :]
    separator = separator or _find_separator(text, count_heads)
    return Table(lines=tuple(_lines(text, separator)), encoding=encoding, separator=separator)


def _find_encoding(content: bytes) -> str:
    if content.startswith(_UTF16_MARKS) or _bare_utf16(content):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def _bare_utf16(content: bytes) -> str | None:
    """The byte order of UTF-16 that does not announce itself: every other byte is mostly zero."""
    if content.startswith(_UTF16_MARKS):
        return None
    sample = content[:2000]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd < len(sample) * 0.35 or min(even, odd) > len(sample) * 0.05:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decode(content: bytes, encoding: str) -> str:
    codec = (_bare_utf16(content) if encoding == "utf-16" else None) or _CODECS[encoding]
    try:
        text = content.decode(codec).removesuffix("\x1a").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise refused("unreadable_text") from error
    if _CONTROLS.search(text) or _GARBLED.search(text):
        raise refused("unreadable_text")
    if encoding == "windows-1252" and _FOREIGN_LETTERS.search(text):
        raise refused("unreadable_text")
    return text


def _find_separator(text: str, count_heads: Callable[[list[Line]], int]) -> str:
    sample = "".join(text.splitlines(keepends=True)[:_LOOK_AHEAD])

    def fitness(separator: str) -> tuple[int, int]:
        lines = [Line(number, tuple(cells)) for number, cells in enumerate(_records(sample, separator), start=1)]
        widths = sorted(len(line.cells) for line in lines) or [0]
        return count_heads(lines), widths[len(widths) // 2]

    return max(SEPARATORS, key=fitness)


def _records(text: str, separator: str) -> list[list[str]]:
    """The rows of a sample, as far as they can be read."""
    records: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return records


def _lines(text: str, separator: str) -> list[Line]:
    lines: list[Line] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    begins = 0
    try:
        for number, cells in enumerate(reader, start=1):
            lines.append(Line(number, tuple(_FORCED_TEXT.sub(r"\1", cell.strip()) for cell in cells)))
            if any(len(cell) > LONGEST_CELL for cell in cells):
                raise refused("cell_too_long")
            begins, last_begins = reader.line_num, begins
    except csv.Error as error:
        raise refused("cell_too_long") from error
    _refuse_open_quote(text, separator, last_begins)
    return lines


def _refuse_open_quote(text: str, separator: str, last_begins: int) -> None:
    """A quote that is never closed swallows every row after it; better refused than people lost."""
    ending = "".join(io.StringIO(text, newline="").readlines()[last_begins:])
    try:
        list(csv.reader(io.StringIO(ending, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        if "end of data" in str(error):
            sentence = "Ett citattecken i filen saknar sitt par. Rätta cellen i Excel och spara filen igen."
            raise refused("damaged_file", sentence) from error
