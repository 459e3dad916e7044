"""Posters for a dialog meeting: A4 and A3 as PDF (tagged, real text, typefaces within), and a picture for a story, 1080
by 1920. Pure: data in, bytes out. How they look stands in posters.typ beside this file.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from bot.print import paper

DESIGNS: Mapping[str, str] = {"bro": "Bro", "sol": "Sol", "enkel": "Enkel, med lite bläck"}
FORMATS: Mapping[str, str] = {"a4": "A4 att skriva ut", "a3": "A3 att skriva ut", "story": "Bild till en story"}
# The drawing of a story is 108 mm wide.
_STORY_PIXELS_PER_INCH = 254


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands on a poster, as it is to be read; `link` is what the QR picture leads to, `address` the same as it is
    typed. `number` is empty where we have none to be texted at.
    """

    headline: str
    topic: str
    day: str
    clock: str
    place: str
    how_to_find: str
    who: str
    sender: str
    municipality: str
    words: str
    number: str
    address: str
    link: str


# A poster is looked at before it is printed, and printed by several.
@lru_cache(maxsize=16)
def pdf(poster: Poster, design: str, size: str) -> bytes:
    """The poster on paper, A4 or A3. Raises CannotPrint."""
    return _draw(poster, design, size, format="pdf", pdf_standards=["ua-1"])


@lru_cache(maxsize=16)
def story(poster: Poster, design: str) -> bytes:
    """The poster as a PNG picture. Raises CannotPrint."""
    # Only a PDF is refused for a letter that the typefaces lack.
    _draw(poster, design, "story", format="pdf", pdf_standards=["ua-1"])
    return _draw(poster, design, "story", format="png", ppi=_STORY_PIXELS_PER_INCH)


def _draw(poster: Poster, design: str, size: str, **how: Any) -> bytes:
    given = {"design": design, "size": size, "title": f"Träff med {poster.sender}", "qr": paper.qr(poster.link),
             "poster": asdict(poster)}  # fmt: skip
    return paper.draw(_drawing(), given, **how)


@cache
def _drawing() -> bytes:
    return Path(__file__).with_name("posters.typ").read_bytes()
