"""The dry run as a workbook: who, what, when, and why not. Nobody with protected identity stands in it (ux §1.4)."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

import storage.audit
from outreach import gate
from outreach.campaign_plan import Entry, Plan
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import age, local, local_date

_COLUMNS = (
    ("Namn", 26), ("Ålder", 7), ("Får sms", 9), ("Skickas", 16), ("Delar", 7), ("Text", 80), ("Varför inte", 36),
    ("Version", 9),
)  # fmt: skip

_DEFINITIONS = (
    (
        "Får sms",
        "Om personen skulle få sms med reglerna som gällde när filen gjordes. De prövas igen vid sändning.",
    ),
    ("Skickas", "Planerad tid. Ordningen inom dagen är slumpad."),
    ("Version", "Vilken version av texten som är lottad, när flera prövas. Lotten står fast från starten."),
    ("Delar", "Så många delar som operatören tar betalt för."),
    ("Inte med", "Personer med skyddade personuppgifter är aldrig med i filen; de räknas bara."),
)


def shown(planned: Plan) -> list[Entry]:
    """The entries that may stand in a list, those who get a text first, in the order it leaves."""
    return [*planned.sending, *(entry for entry in planned.entries if entry.withheld and not entry.person.protected)]


def hidden(planned: Plan) -> int:
    """How many are counted only."""
    return sum(entry.person.protected for entry in planned.entries)


def dry_run_xlsx(session: Session, campaign: Campaign, planned: Plan, *, now: datetime, staff_id: int) -> bytes:
    """The whole dry run as a file, logged; nothing is sent."""
    entries = shown(planned)
    storage.audit.write(session, "exported", now=now, staff_id=staff_id, what="dry_run", format="xlsx",
                        people=len(entries), campaign=campaign.code)  # fmt: skip
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        _people(book, entries, local_date(now))
        _explanation(book, _about(campaign, planned, now))
    return out.getvalue()


def filename(now: datetime) -> str:
    """A name that tells nobody's name."""
    return f"brygga_provkorning_{local_date(now).isoformat()}.xlsx"


def _people(book: Any, entries: Sequence[Entry], today: date) -> None:
    sheet = book.add_worksheet("Provkörning")
    head = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for line, entry in enumerate(entries, start=1):
        _person(sheet, line, entry, today, moment)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(entries), 1), len(_COLUMNS) - 1)


def _person(sheet: Any, line: int, entry: Entry, today: date, moment: Any) -> None:
    person = entry.person
    sheet.write_string(line, 0, person.name)
    if person.birth_date is not None:
        sheet.write_number(line, 1, age(person.birth_date, today))
    sheet.write_string(line, 2, "nej" if entry.withheld else "ja")
    if entry.send_after is not None and entry.size is not None:
        sheet.write_datetime(line, 3, local(entry.send_after).replace(tzinfo=None), moment)
        sheet.write_number(line, 4, entry.size.parts)
    sheet.write_string(line, 5, entry.text)
    sheet.write_string(line, 6, gate.REASONS.get(entry.withheld, entry.withheld))
    sheet.write_string(line, 7, entry.version)


def _about(campaign: Campaign, planned: Plan, now: datetime) -> list[tuple[str, str]]:
    made = local(now)
    return [
        ("Utskick", campaign.name),
        ("Urval", campaign.audience),
        ("I urvalet", str(len(planned.entries))),
        ("Får sms", str(len(planned.sending))),
        ("Skyddade", str(hidden(planned))),
        ("Gjord", f"{made.date().isoformat()} kl. {made.hour}.{made.minute:02d}. Ingenting har skickats."),
        *_DEFINITIONS,
    ]


def _explanation(book: Any, lines: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("Förklaring")
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    for line, (name, what) in enumerate(lines):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, what, wrapped)
