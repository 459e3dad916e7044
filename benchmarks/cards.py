"""How long 500 postcards take: asking whether every address can be printed, and the PDF itself."""

import time
from argparse import Namespace
from collections.abc import Callable
from statistics import median

from benchmarks.report import Row, Table
from bot.print import cards as printed
from bot.print.cards import Card, Look
from storage.codes import new_code

CARDS = 500
_LOOK = Look(
    design="falt", sender="Unga Björkstad", municipality="Björkstads kommun",
    text=("Vi finns här för dig som är ung. Vill du prata om jobb, plugg eller något helt annat?",),
    text_en=("We are here for young people in town.",), contact=("bjorkstad.se/unga", "Ring 08-465 004 11"),
    return_address="Retur: Box 1, 123 00 BJÖRKSTAD",
)  # fmt: skip


def measure(options: Namespace) -> list[Table]:
    """Seconds for a batch, the middle one of the rounds."""
    cards = [_card(number) for number in range(CARDS)]
    tried: dict[str, Callable[[], object]] = {
        "can every address be printed": lambda: printed.unprintable(_LOOK, cards),
        "PDF, four to a sheet": lambda: printed.pdf(_LOOK, cards, "a4"),
        "PDF, one to a page with bleed": lambda: printed.pdf(_LOOK, cards, "a6"),
    }
    rows = [Row(f"{what}, s", median(_seconds(work) for _ in range(options.rounds))) for what, work in tried.items()]
    return [Table("postcards", f"{CARDS} cards, each with a code of its own, median of {options.rounds}.", rows)]


def _card(number: int) -> Card:
    code = new_code()
    link = f"https://brygga.bjorkstad.example/k/{code}"
    return Card(code, link, (f"Leila Amari {number}", f"Björkvägen {number}", "123 45 BJÖRKSTAD"))


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
