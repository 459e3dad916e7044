"""Drawings made into PDF files and pictures. Pure: data in, bytes out.

The compiler is the judge of what can be printed: it refuses a letter that the typefaces lack and words that do not fit,
and says which.
"""

import io
import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import segno
import typst

# Any of the eight patterns can be read; trying them all would take five times as long.
_QR_MASK = 3
_LACKS = re.compile(r'text `"(?P<text>.+)"` could not be displayed|disallowed codepoint `"(?P<code>.+)"`')
# What a drawing says where words do not fit: see `fitting` in each.
_TOO_LONG = re.compile(r"assertion failed: (?P<what>.+)")


class CannotPrint(Exception):
    """Something cannot be printed; `why` says what, in Swedish, to stand after "kan inte tryckas"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def draw(drawing: bytes, given: Mapping[str, Any], **how: Any) -> bytes:
    """The drawing with what it is given set in it. Raises CannotPrint."""
    try:
        made: bytes = typst.compile(
            drawing, sys_inputs={"given": json.dumps(given)}, font_paths=_typefaces(), **how
        )  # fmt: skip
    except typst.TypstError as fault:
        raise CannotPrint(_in_words(str(fault))) from fault
    return made


def qr(link: str) -> str:
    """A QR picture that leads to the link, as SVG."""
    picture = io.BytesIO()
    segno.make(link, error="m", mask=_QR_MASK, boost_error=False, micro=False).save(
        picture, kind="svg", border=0, xmldecl=False
    )
    return picture.getvalue().decode()


def _in_words(fault: str) -> str:
    lacks, too_long = _LACKS.search(fault), _TOO_LONG.search(fault)
    if lacks:
        return f"tecknet {(lacks['text'] or lacks['code']).strip()} finns inte i typsnittet"
    if too_long:
        return too_long["what"]
    raise RuntimeError(fault.partition("\n")[0])


@cache
def _typefaces() -> typst.Fonts:
    folder = Path(str(files("font_source_sans_pro") / "files"))
    # Not the machine's own: a sheet looks the same wherever it is made.
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])
