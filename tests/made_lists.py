"""Lists as files and as rows, made for tests: odd workbooks, and a register to bring rows into."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from builders import an_office

import storage.imports
import storage.people
from outreach.lists import run, saving
from outreach.lists.plan import Choices, Plan
from storage.database import Session
from storage.imports import ImportRun
from storage.people import Person

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
# Skatteverket's test numbers: personnummer, and a samordningsnummer with the personnummer that took its place.
LINN, BO = "20070906-2384", "20100218-2390"
EVA_BEFORE, EVA = "20070286-2392", "20070226-2395"

HEADS = "Personnr;Namn;Född;Mobil;Adress;Postnr;Stadsdel;Skola;Sekretess;Vårdnadshavare;Telefon vårdnadshavare"


def workbook(build: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    """An .xlsx."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    build(book)
    book.close()
    return content.getvalue()


def sheet(*rows: list[Any]) -> bytes:
    """An .xlsx with one sheet."""

    def build(book: xlsxwriter.Workbook) -> None:
        page = book.add_worksheet("Lista")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)

    return workbook(build)


def zipped(parts: dict[str, bytes | str]) -> bytes:
    """A zip file of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def unzipped(content: bytes) -> dict[str, bytes | str]:
    """The parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def open_document(*rows: tuple[str, list[str]], manifest: str = "<manifest/>") -> bytes:
    """An .ods; each row with what its tag says about it."""

    def cell(text: str) -> str:
        filled = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        return filled if text else "<table:table-cell/>"

    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    body = "".join(f"<table:table-row {about}>{''.join(map(cell, row))}</table:table-row>" for about, row in rows)
    content = (
        f'<office:document-content{names} office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="Blad1">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mimetype = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def record(kind: int, content: bytes) -> bytes:
    """One record of an .xls."""
    return struct.pack("<HH", kind, len(content)) + content


def old_excel(rows: list[list[str | float]], *, password: bool = False) -> bytes:
    """The smallest .xls (BIFF8)."""

    def begins(kind: int) -> bytes:
        return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0, 1997, 0, 0))

    def cell(row: int, column: int, value: str | float) -> bytes:
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            return record(0x204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        return record(0x203, place + struct.pack("<d", value))

    def head(offset: int) -> bytes:
        locked = record(0x2F, bytes(54)) if password else b""
        name = struct.pack("<IBBBB", offset, 0, 0, 5, 1) + "Blad1".encode("utf-16-le")
        return begins(5) + locked + record(0x85, name) + record(0xA, b"")

    body = b"".join(cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values))
    return compound("Workbook", head(len(head(0))) + begins(0x10) + body + record(0xA, b""))


def compound(stream: str, content: bytes) -> bytes:
    """The smallest compound file that holds one stream: one sector of allocation, one of directory, then the stream."""
    content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
    count = len(content) // 512
    sectors = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    sectors += [0xFFFFFFFF] * (128 - len(sectors))

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = (name + "\0").encode("utf-16-le") if name else b""
        links = struct.pack("<HBBIII", len(letters), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return letters.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", start, size)

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(stream, 2, 0xFFFFFFFF, 2, len(content))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<10I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0) + b"\xff" * 432
    return head + struct.pack("<128I", *sectors) + directory.ljust(512, b"\0") + content


def row(
    *, pnr: str = "", name: str = "Linn Ek", born: str = "", mobile: str = "", street: str = "", postcode: str = "",
    district: str = "", school: str = "", secret: str = "", guardian: str = "", guardian_phone: str = "",
) -> str:  # fmt: skip
    """A row under HEADS."""
    return ";".join([pnr, name, born, mobile, street, postcode, district, school, secret, guardian, guardian_phone])


def plan_of(session: Session, *rows: str, list_type: str = "kaa", office: str = "Unga Norr", **choices: Any) -> Plan:
    """What importing these rows would do."""
    content = "\n".join([HEADS, *rows]).encode()
    chosen = Choices(list_type=list_type, office_id=an_office(session, office).id, **choices)
    return run.make_plan(session, content, "lista.csv", chosen, today=TODAY)


def bring_in(session: Session, *rows: str, **choices: Any) -> Plan:
    """Import these rows."""
    plan = plan_of(session, *rows, **choices)
    save(session, plan)
    return plan


def save(session: Session, plan: Plan, *, now: datetime = NOW, part: int = 2) -> ImportRun:
    """Carry out a plan some people at a time, as the service does, but in one transaction."""
    chosen = plan.choices
    done = ImportRun(list_type=chosen.list_type, office_id=chosen.office_id, imported_at=now)
    storage.imports.add_run(session, done)
    saving.reckon(session, plan, done)
    waiting = saving.waiting(session, plan, done)
    for first in range(0, len(waiting), part):
        saving.save(session, plan, done, waiting[first : first + part])
    saving.finish(session, plan, done)
    session.flush()
    return done


def results(plan: Plan) -> list[str]:
    """What becomes of each row."""
    return [row.result for row in plan.rows]


def fields(plan: Plan) -> list[tuple[str, ...]]:
    """What changes, person by person."""
    return [person.fields for person in plan.people]


def reaches(plan: Plan) -> list[str]:
    """How each person could be reached afterwards."""
    return [person.reach for person in plan.people]


def everybody(session: Session) -> list[Person]:
    """The register, in the order people came into it."""
    return sorted(storage.people.everyone(session), key=lambda person: person.id)
