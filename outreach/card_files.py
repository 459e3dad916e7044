"""Files beside the cards, as workbooks with real types (ux §1.5): address labels, and whose address must be found."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

import storage.audit
from outreach import cards
from outreach.cards import Contents, Plan
from storage.cards import CardBatch
from storage.database import Session
from storage.local_time import local, local_date

Cell = str | int
Columns = Sequence[tuple[str, int]]

LABELS: Columns = (
    ("Nr", 6), ("Namn", 32), ("c/o", 26), ("Gatuadress", 34), ("Postnummer", 12), ("Ort", 22), ("Adressrader", 48),
)  # fmt: skip
MISSING: Columns = (("Namn", 32), ("Vad", 40), ("c/o", 26), ("Gatuadress", 34), ("Postnummer", 12), ("Ort", 22))

_NOT_IN_IT = ("Inte med", "Personer med skyddade personuppgifter är aldrig med.")
_ABOUT_LABELS = (
    ("Nr", "Kortets plats i omgången, i samma ordning som i PDF:en."),
    ("Postnummer", "Text, med mellanslag efter tredje siffran."),
    ("Adressrader", "Hela adressen i en cell, rad för rad, för program som vill ha den så."),
    _NOT_IN_IT,
)
_ABOUT_MISSING = (
    ("Vad", "Varför inget kort kan göras: adressen är inte fullständig, eller ett kort har kommit i retur från den."),
    _NOT_IN_IT,
)


def labels_xlsx(
    session: Session, batch: CardBatch, found: Contents, *, now: datetime, staff_id: int
) -> bytes:  # fmt: skip
    """Address labels for the cards of a batch, in their order; logged."""
    rows: list[Sequence[Cell]] = [
        (
            card.position, one.name, cards.care_of(one), one.street.strip(), cards.postcode(one.postcode),
            one.town.strip().upper(), "\n".join(cards.address_lines(one)),
        )
        for card, one in found.cards
    ]  # fmt: skip
    _log(session, "card_labels", len(rows), now=now, staff_id=staff_id, batch=batch.code)
    return _workbook("Etiketter", LABELS, rows, [*_made("Etiketter till vykort", len(rows), now), *_ABOUT_LABELS])


def missing_xlsx(session: Session, planned: Plan, *, now: datetime, staff_id: int) -> bytes:
    """Whose address must be found before they can get a card, and what is known of it; logged."""
    rows: list[Sequence[Cell]] = [
        (one.name, cards.REASONS[why].capitalize(), one.care_of, one.street, one.postcode, one.town)
        for why in cards.NEEDS_ADDRESS
        for one in planned.withheld.get(why, [])
    ]
    _log(session, "card_addresses", len(rows), now=now, staff_id=staff_id)
    return _workbook("Adresser", MISSING, rows, [*_made("Adresser att leta upp", len(rows), now), *_ABOUT_MISSING])


def filename(what: str, ending: str, now: datetime) -> str:
    """A name that tells nobody's name: brygga_etiketter_2026-11-24.xlsx."""
    return f"brygga_{what}_{local_date(now).isoformat()}.{ending}"


def log_pdf(session: Session, batch: CardBatch, count: int, *, now: datetime, staff_id: int) -> None:
    """Keep who took out the cards themselves."""
    _log(session, "cards", count, now=now, staff_id=staff_id, format="pdf", batch=batch.code)


def _log(
    session: Session, what: str, count: int, *, now: datetime, staff_id: int, format: str = "xlsx", batch: str = ""
) -> None:  # fmt: skip
    storage.audit.write(session, "exported", now=now, staff_id=staff_id, what=what, people=count, format=format,
                        batch=batch)  # fmt: skip


def _made(what: str, count: int, now: datetime) -> list[tuple[str, str]]:
    made = local(now)
    return [
        ("Fil", what),
        ("Antal personer", str(count)),
        ("Gjord", f"{made.date().isoformat()} kl. {made.hour}.{made.minute:02d}"),
    ]


def _workbook(name: str, columns: Columns, rows: Sequence[Sequence[Cell]], about: Sequence[tuple[str, str]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        _table(book, name, columns, rows)
        _table(book, "Förklaring", (("Vad", 20), ("Förklaring", 80)), about, filtered=False)
    return out.getvalue()


def _table(
    book: Any, name: str, columns: Columns, rows: Sequence[Sequence[Cell]], *, filtered: bool = True
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    head, wrapped = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, wrapped)
            elif cell:
                sheet.write_string(line, column, cell, wrapped)
    sheet.freeze_panes(1, 0)
    if filtered:
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
