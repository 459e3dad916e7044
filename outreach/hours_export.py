"""Approved hours as a file for the payroll: one row each, formula-safe, every export logged (ux §1.5)."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter

import storage.audit
import storage.offices
import storage.staff
from outreach import export, worked_hours
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local, local_date

Cell = str | date | Decimal
COLUMNS = (
    ("Namn", 26), ("Datum", 12), ("Från", 8), ("Till", 8), ("Timmar", 9), ("Vad", 18), ("Kontor", 18),
    ("Godkänt av", 22), ("Godkänt", 12),
)  # fmt: skip
DEFINITIONS = (
    ("Med", "Bara timmar som någon har godkänt. Rättade rader är inte med, bara det som gäller."),
    ("Timmar", "Arbetad tid i timmar med decimaler. Från och Till är tomma när bara antalet timmar är skrivet."),
)


def rows(session: Session, office_ids: Sequence[int], month: date) -> list[list[Cell]]:
    """The approved hours of a month at these offices, by name and day."""
    names = storage.staff.names(session)
    offices = {office.id: office.name for office in storage.offices.all_offices(session)}
    found = worked_hours.standing(session, *worked_hours.month_of(month), office_ids=office_ids)
    approved = [row for row in found if row.decision == "approved" and row.minutes]
    return [
        [
            names.get(row.staff_id, ""), row.on, _clock(row.begins), _clock(row.ends),
            Decimal(row.minutes) / 60, worked_hours.KINDS[row.what], offices.get(row.office_id, ""),
            names.get(row.decided_by_id or 0, ""), local_date(row.decided_at) if row.decided_at else "",
        ]
        for row in sorted(approved, key=lambda row: (names.get(row.staff_id, ""), row.on, row.id))
    ]  # fmt: skip


def _clock(moment: object) -> str:
    return f"{moment:%H.%M}" if moment is not None else ""


def made(
    session: Session, office_ids: Sequence[int], month: date, kind: str, *, staff_id: int, now: datetime
) -> bytes:  # fmt: skip
    """The file, as xlsx or csv, and a line in the log. Raises BadInput for another kind."""
    if kind not in ("xlsx", "csv"):
        raise BadInput("Välj Excel eller csv.")
    found = rows(session, office_ids, month)
    storage.audit.write(session, "exported", now=now, staff_id=staff_id, what="hours", format=kind, rows=len(found),
                        month=f"{month:%Y-%m}")  # fmt: skip
    return _csv(found) if kind == "csv" else _xlsx(found, month, now)


def filename(month: date, kind: str) -> str:
    """brygga_timmar_2026-11.xlsx"""
    return f"brygga_timmar_{month:%Y-%m}.{kind}"


def _csv(found: Sequence[Sequence[Cell]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([name for name, _ in COLUMNS])
    writer.writerows([[export.harmless(_text(cell)) for cell in row] for row in found])
    return out.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    return cell.isoformat() if isinstance(cell, date) else cell


def _xlsx(found: Sequence[Sequence[Cell]], month: date, now: datetime) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, bold = book.add_worksheet("Timmar"), book.add_format({"bold": True})
        days, hours = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "0.00"})
        for column, (name, width) in enumerate(COLUMNS):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, width)
        for line, row in enumerate(found, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, Decimal):
                    sheet.write_number(line, column, float(cell), hours)
                elif isinstance(cell, date):
                    sheet.write_datetime(line, column, datetime.combine(cell, datetime.min.time()), days)
                else:
                    sheet.write_string(line, column, cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(found), 1), len(COLUMNS) - 1)
        about = book.add_worksheet("Förklaring")
        told = (*DEFINITIONS, ("Månad", f"{month:%Y-%m}"), ("Gjord", f"{local(now):%Y-%m-%d %H.%M}"))
        for line, pair in enumerate(told):
            about.write_row(line, 0, pair)
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 90)
    return out.getvalue()
