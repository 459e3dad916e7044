"""The register as a file for Excel: the people on screen, never the protected ones, every export logged (ux §1.5)."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import xlsxwriter

import storage.audit
import storage.inbound
import storage.numbers
import storage.offices
import storage.people
import storage.register
import storage.tasks
from outreach import audience, in_words, phone_numbers
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import age, local, local_date
from storage.register import Filter, Row

Cell = str | int | date | None

COLUMNS = (
    ("Namn", 26), ("Födelsedatum", 13), ("Ålder", 7), ("Område", 18), ("Kontor", 18), ("Grupp", 12), ("Status", 22),
    ("Nummer", 40), ("Nästa möte", 13), ("Senaste kontakt", 15), ("Senaste svar", 26), ("Utfall", 18),
)  # fmt: skip

DEFINITIONS = (
    ("Födelsedatum", "Ett datum. Personnummer står aldrig i filen."),
    ("Ålder", "Hela år den dag filen gjordes."),
    ("Grupp", "KAA: kommunens aktivitetsansvar, 16–19 år. Uppsök: 20–29 år. Den som hör till flera står med alla."),
    ("Status", "Var personen står i kontakten just då, med samma ord som i Brygga."),
    ("Nummer", "Personens nummer och vad vi vet om vart och ett. Överstrukna nummer är inte med."),
    ("Nästa möte", "Dagen för nästa bokade möte."),
    ("Senaste kontakt", "Senaste dag vi skickade ett sms, fick ett svar eller försökte på annat sätt."),
    ("Senaste svar", "Hur det senaste svaret tolkades. Svar som behöver läsas av en människa står inte i filen."),
    ("Utfall", "Senaste utfall som någon i personalen har bekräftat."),
    ("Inte med", "Personer med skyddade personuppgifter är aldrig med."),
)

# A cry for help is read by a human in Brygga; it never becomes a field in a file (ux §5.4).
_NOT_IN_FILES = ("crisis", "struggling", "abuse", "my_data")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of many people at once."""

    numbers: dict[int, list[str]]
    meetings: dict[int, date]
    contacts: dict[int, datetime]
    answers: dict[int, str]
    outcomes: dict[int, str]
    programmes: dict[int, str]


def register_xlsx(
    session: Session, wanted: Filter, *, now: datetime, purpose: str, staff_id: int | None = None, actor: str = ""
) -> bytes:
    """The people as a workbook with real dates and a second sheet that explains it. Raises BadInput without purpose."""
    found = _rows(session, wanted, now)
    log(session, "xlsx", len(found), now=now, purpose=purpose, staff_id=staff_id, actor=actor)
    return workbook("Register", COLUMNS, found, _about(session, wanted, len(found), now, purpose))


def register_csv(
    session: Session, wanted: Filter, *, now: datetime, purpose: str, staff_id: int | None = None, actor: str = ""
) -> bytes:
    """The people with semicolons, UTF-8 with BOM and CRLF, as a Swedish Excel reads it."""
    found = _rows(session, wanted, now)
    log(session, "csv", len(found), now=now, purpose=purpose, staff_id=staff_id, actor=actor)
    return semicolons(COLUMNS, found)


def workbook(
    sheet: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]], about: Sequence[tuple[str, str]]
) -> bytes:
    """Rows as a workbook whose second sheet says what they are; `columns` are names with widths, and no cell is run."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        _first_sheet(book, sheet, columns, rows)
        _explanation(book, about)
    return out.getvalue()


def semicolons(columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]) -> bytes:
    """Rows with semicolons, UTF-8 with BOM and CRLF, as a Swedish Excel reads it; no cell is run."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([name for name, _ in columns])
    writer.writerows([[harmless(_text(cell)) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def filename(selection: str, ending: str, *, now: datetime) -> str:
    """A file name that names no person: brygga_register_unga-norr_2026-11-24.xlsx."""
    folded = unicodedata.normalize("NFKD", selection.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join("".join(letter if letter.isalnum() else " " for letter in folded).split())
    return f"brygga_register_{slug or 'alla'}_{local_date(now).isoformat()}.{ending}"


def harmless(text: str) -> str:
    """A cell that Excel would run as a formula, written so that it is read as text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def log(
    session: Session, kind: str, count: int, *, now: datetime, purpose: str, staff_id: int | None = None,
    actor: str = "", what: str = "register", campaign: str = "",
) -> None:  # fmt: skip
    """Who took out a file of how many people, and what for. Raises BadInput without a purpose."""
    if not purpose.strip():
        raise BadInput("Skriv vad filen ska användas till. Det skrivs i loggen.")
    about: dict[str, Any] = {"campaign": campaign} if campaign else {}
    storage.audit.write(session, "exported", now=now, staff_id=staff_id, actor=actor, what=what, format=kind,
                        people=count, purpose=purpose.strip()[:200], **about)  # fmt: skip


def _rows(session: Session, wanted: Filter, now: datetime) -> list[list[Cell]]:
    people = storage.register.rows(session, replace(wanted, protected=False), now=now)
    found: list[list[Cell]] = []
    for start in range(0, len(people), _CHUNK):
        chunk = people[start : start + _CHUNK]
        known = _known(session, chunk, now)
        found += [_row(row, known, local_date(now)) for row in chunk]
    return found


def _row(row: Row, known: _Known, today: date) -> list[Cell]:
    person = row.person
    contact = known.contacts.get(person.id)
    return [
        person.name,
        person.birth_date,
        age(person.birth_date, today) if person.birth_date else None,
        person.district,
        row.office,
        known.programmes.get(person.id, ""),
        # Why somebody is needed stays here: a file is read by more people than the page.
        in_words.STATES["human" if row.state == "urgent" else row.state],
        ", ".join(known.numbers.get(person.id, [])),
        known.meetings.get(person.id),
        local_date(contact) if contact else None,
        known.answers.get(person.id, ""),
        known.outcomes.get(person.id, ""),
    ]


def _known(session: Session, rows: Sequence[Row], now: datetime) -> _Known:
    ids = [row.person.id for row in rows]
    met = storage.register.next_meetings(session, ids, now=now)
    memberships = storage.people.current_memberships(session, ids, local_date(now))
    outcomes = storage.tasks.last_outcomes(session, ids)
    return _Known(
        numbers=_numbers(session, ids),
        meetings={person_id: local_date(slot.starts_at) for person_id, slot in met.items()},
        contacts=storage.register.last_contacts(session, rows),
        answers=_answers(session, ids),
        outcomes={person_id: in_words.OUTCOMES[outcome.kind] for person_id, outcome in outcomes.items()},
        programmes={
            person_id: ", ".join(in_words.PROGRAMMES[one.programme] for one in many)
            for person_id, many in memberships.items()
        },
    )


def _numbers(session: Session, ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person_id, e164, standing in storage.numbers.shown_for(session, ids):
        found.setdefault(person_id, []).append(f"{phone_numbers.show(e164)} ({in_words.STANDINGS[standing]})")
    return found


def _answers(session: Session, ids: Sequence[int]) -> dict[int, str]:
    intents = storage.inbound.last_intents(session, ids)
    return {
        person_id: "" if intent in _NOT_IN_FILES else in_words.INTENTS.get(intent, "")
        for person_id, intent in intents.items()
    }


def _about(session: Session, wanted: Filter, count: int, now: datetime, purpose: str) -> list[tuple[str, str]]:
    made = local(now)
    return [
        ("Urval", " · ".join(_picked(session, wanted))),
        ("Kontor", _offices(session, wanted)),
        ("Antal personer", str(count)),
        ("Gjord", f"{made.date().isoformat()} kl. {made.hour}.{made.minute:02d}"),
        ("Ändamål", purpose.strip()),
        *DEFINITIONS,
    ]


def _picked(session: Session, wanted: Filter) -> list[str]:
    """Whom the file holds. What was searched for stands nowhere: it may be somebody's name or number."""
    by_hand = ["de som kryssades i"] if wanted.ids is not None else []
    searched = ["en sökning"] if wanted.text else []
    return [*audience.words(session, wanted), *by_hand, *searched] or ["alla"]


def _offices(session: Session, wanted: Filter) -> str:
    mine = [wanted.office_id] if wanted.office_id is not None else wanted.office_ids
    return ", ".join(one.name for one in storage.offices.all_offices(session) if not mine or one.id in mine)


def _first_sheet(
    book: Any, name: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]]
) -> None:  # fmt: skip
    sheet = book.add_worksheet(name)
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, day)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)


def _write(sheet: Any, line: int, column: int, cell: Cell, day: Any) -> None:
    if isinstance(cell, date):
        sheet.write_datetime(line, column, cell, day)
    elif isinstance(cell, int):
        sheet.write_number(line, column, cell)
    elif cell:
        sheet.write_string(line, column, cell)


def _explanation(book: Any, lines: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("Förklaring")
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 80)
    for line, (name, what) in enumerate(lines):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, what, wrapped)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
