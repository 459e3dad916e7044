"""A coordinator at the import page, and what can be read off its pages."""

import io
import json
import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import python_calamine as calamine
import xlsxwriter
from builders import Browser, a_staff, an_office, signed_in
from conftest import StillClock
from fastapi.testclient import TestClient
from httpx import Response

import storage.imports
import storage.people
from bot.wiring import House

DATA = Path(__file__).parents[1].parent / "shared" / "data"
NOVEMBER, DECEMBER = "kaa-lista-2026-11", "kaa-lista-2026-12"
needs_lists = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared lists are not at {DATA}")
LABELS = {
    "new": "Nya", "changed": "Ändras", "unchanged": "Oförändrade", "possible_duplicates": "Möjliga dubbletter",
    "faulty": "Fel", "missing": "Finns inte längre i listan", "protected": "Skyddade",
}  # fmt: skip


class Desk:
    """A coordinator at the import page."""

    def __init__(self, client: TestClient, house: House, role: str = "samordnare", office: str = "Unga Norr") -> None:
        self.house = house
        with house.database.write() as session:
            self.office = an_office(session, office)
            self.staff = a_staff(session, role, office=self.office)
        self.browser: Browser = signed_in(client, house.database, self.staff, now=house.now())

    def choose(self, name: str, content: bytes | str, **fields: str) -> Response:
        """Send a file from the first part."""
        data = {"csrf": self.browser.csrf, "slag": "kaa", "kontor_id": str(self.office.id), **fields}
        raw = content.encode() if isinstance(content, str) else content
        self.browser.get("/register/importera")
        return self.browser.client.post("/register/importera", data=data, files={"fil": (name, raw)})

    def upload(self, name: str, content: bytes | str, **fields: str) -> str:
        """Send a file that can be taken in; the address of its trial run."""
        answer = self.choose(name, content, **fields)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def take_in(self, address: str, **answers: str) -> str:
        """Press the last button; the address of the result."""
        answer = self.browser.post(f"{address}/klart", **answers)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def kept(self) -> int:
        """How many lists and imports are kept."""
        with self.house.database.read() as session:
            return storage.imports.forget_files_before(session, self.house.now() + timedelta(days=1)) + len(
                storage.imports.runs(session)
            )

    def people(self) -> int:
        """How many people the register has."""
        with self.house.database.read() as session:
            return storage.people.count(session)


def oracle(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((DATA / f"{name}.expected.json").read_text(encoding="utf-8"))
    return content


def november(desk: Desk) -> str:
    return desk.upload(f"{NOVEMBER}.csv", (DATA / f"{NOVEMBER}.csv").read_bytes(), komplett="ja")


def december(desk: Desk, client: TestClient, clock: StillClock) -> str:
    """The trial run of December's list on top of November's."""
    desk.take_in(november(desk))
    clock.forward(days=8)
    desk.browser = signed_in(client, desk.house.database, desk.staff, now=clock.now())
    return desk.upload(f"{DECEMBER}.csv", (DATA / f"{DECEMBER}.csv").read_bytes(), komplett="ja")


def counts(page: str) -> dict[str, int]:
    found = re.findall(r'class="big">([^<]*)</span><span class="what">([^<]*)<', page)
    return {label: int(number.replace("\u00a0", "")) for number, label in found}


def section(page: str, name: str) -> str:
    """The section of the trial run with this name."""
    return page.split('id="p3"')[1].split(f'id="{name}"')[1].split("</section>")[0]


def words(page: str) -> str:
    """What stands on a page, without the marks."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", re.sub(r"<select.*?</select>", " ", page, flags=re.S))).split())


def sheet(content: bytes) -> list[list[str]]:
    rows = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [[str(cell) for cell in row] for row in rows]


def workbook(rows: list[list[str]], hidden: int | None = None) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        page = book.add_worksheet("Lista")
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(number, column, cell)
        if hidden is not None:
            page.set_row(hidden, None, None, {"hidden": True})
    return content.getvalue()


def a_list(*people: str, heads: str = "Namn;Födelsedatum;Mobil") -> str:
    return "\r\n".join([heads, *people, ""])


LEILA = "Leila Amari;2008-05-14;070-174 06 05"
NILS = "Nils Berg;2007-03-02;070-174 06 06"


REFUSALS = [
    ("tom.csv", b"", "Filen är tom."),
    ("heads.csv", a_list().encode(), "Filen har rubriker men inga personer."),
    ("nul.csv", b"Namn;F\x00\x00delsedatum\r\nLeila;2008\x00\r\n", "Filens tecken går inte att läsa säkert."),
    ("many.csv", a_list(*[f"A{n} B;2008-05-14;" for n in range(25_000)]).encode(), "fler än 20 000 rader"),
    ("noname.csv", b"Foo;Bar\r\n1;2\r\n", "Filen har ingen kolumn med"),
    ("noid.csv", b"Namn;Bar\r\nLeila;2\r\n", "Filen har ingen kolumn med"),
    (
        "locked.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "Filen är skyddad med lösenord.",
    ),
    ("broken.xlsx", workbook([["Namn", "Född"], ["A B", "2008-05-14"]])[:-200], "Filen är skadad"),
    ("not.xlsx", b"<html>", "Filen är inte det som namnet säger."),
    ("brev.pdf", b"%PDF-1.7", "Vi läser filer som slutar på"),
    ("utan", b"Namn;F", "Vi läser filer som slutar på"),
]
"""Files that cannot be taken in: name, content, and how the sentence about it begins or goes on."""
