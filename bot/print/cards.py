"""Postcards as PDF: tagged, with real text, for a printing house or the office's own printer. Pure: data in, bytes out.

How a card looks stands in cards.typ beside this file. The compiler is the judge of what can be printed: it refuses a
letter that the typefaces lack and words that do not fit, and says which.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

from bot.print import paper
from bot.print.paper import CannotPrint as CannotPrint

# Four cards on an A4 sheet for the office's printer, or one card a page with 3 mm bleed for a printing house.
Layout = Literal["a4", "a6"]
Side = Literal["front", "back"]
LAYOUTS: Mapping[str, Layout] = {"a4": "a4", "a6": "a6"}

_ADDRESSES = "addresses"
_PIXELS_PER_INCH = 120


@dataclass(frozen=True, slots=True)
class Look:
    """What is the same on every card of a batch. Paragraphs and lines stand as they are to be read."""

    design: str
    sender: str
    municipality: str
    text: tuple[str, ...]
    text_en: tuple[str, ...]
    contact: tuple[str, ...]
    return_address: str


@dataclass(frozen=True, slots=True)
class Card:
    """One card: the address in lines, the link in its QR picture, and the code as people read it."""

    code: str
    link: str
    address: tuple[str, ...]


def pdf(look: Look, cards: Sequence[Card], layout: Layout) -> bytes:
    """The cards, fronts and backs in turn. On A4 each back lies behind its front when the sheet is turned over its long
    edge. Raises CannotPrint.
    """
    return _compile(layout, look, cards, format="pdf", pdf_standards=["ua-1"])


def unprintable(look: Look, cards: Sequence[Card]) -> dict[str, str]:
    """Whose name or address cannot be printed, by code, and why; what is the same on every card is not asked about."""
    if not cards:
        return {}
    try:
        _compile(_ADDRESSES, look, cards, format="pdf", pdf_standards=["ua-1"])
    except CannotPrint as fault:
        if len(cards) == 1:
            return {cards[0].code: fault.why}
        middle = len(cards) // 2
        return unprintable(look, cards[:middle]) | unprintable(look, cards[middle:])
    return {}


@lru_cache(maxsize=32)
def picture(look: Look, card: Card, side: Side) -> bytes:
    """One side as a PNG picture for the screen. Raises CannotPrint."""
    # Only a PDF is refused for a letter that the typefaces lack.
    _compile(side, look, [card], format="pdf", pdf_standards=["ua-1"])
    return _compile(side, look, [card], format="png", ppi=_PIXELS_PER_INCH)


def grouped(code: str) -> str:
    """A code in groups of four, as it is read from a card."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def _compile(layout: str, look: Look, cards: Sequence[Card], **how: Any) -> bytes:
    draw = paper.qr if layout != _ADDRESSES else str
    given = {
        "layout": layout,
        "title": f"Vykort från {look.sender}",
        "look": asdict(look),
        "cards": [{"address": card.address, "qr": draw(card.link), "shown_code": grouped(card.code)} for card in cards],
    }
    return paper.draw(_drawing(), given, **how)


@cache
def _drawing() -> bytes:
    return Path(__file__).with_name("cards.typ").read_bytes()
