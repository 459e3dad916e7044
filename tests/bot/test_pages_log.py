"""Logg: who did what, and whether the chain is whole."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOW, Browser, a_person, a_staff, an_office, signed_in
from campaign_desk import words
from fastapi.testclient import TestClient
from sqlalchemy import text as sql

import storage.audit
from bot.console import log_words
from bot.wiring import House

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """The head of Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def rows(page: str) -> list[list[str]]:
    """The lines as text, newest first."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    return [
        [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr.*?</tr>", body, re.S)
    ]


def test_a_line_says_who_did_what_about_whom_and_why(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        person = a_person(session, "Leila", "Amari")
        storage.audit.write(session, "opened_outside", now=NOW, staff_id=karin.staff.id, person_id=person.id,
                            why="vikarierar")  # fmt: skip

    assert rows(karin.see("/logg"))[0][1:] == [
        "Karin Ek", "Öppnade en person på ett annat kontor", "Leila A.", "vikarierar"
    ]  # fmt: skip


def test_what_somebody_reads_of_a_person_in_a_day_is_one_line(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        person = a_person(session)
        for hours in (3, 2, 1):
            at = NOW - timedelta(hours=hours)
            storage.audit.write(session, "read", now=at, staff_id=karin.staff.id, person_id=person.id)

    page = karin.see("/logg?handelse=lasning")
    assert rows(page)[0][2] == "Läste personsidan, 3 gånger"
    assert '<option value="lasning" selected>Läsning av personer</option>' in page
    assert '<option value="">Alla</option>' in page


def test_lines_are_found_by_person_staff_event_and_period(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        leila, noor = a_person(session, "Leila"), a_person(session, "Noor")
        other = a_staff(session, name="Sara Lind")
        for staff, person, action, days in (
            (other, leila, "booked", 40), (karin.staff, leila, "corrected", 0), (other, noor, "booked", 0),
        ):  # fmt: skip
            storage.audit.write(session, action, now=NOW - timedelta(days=days), staff_id=staff.id, person_id=person.id)
        code, sara = leila.code, other.id

    found = {
        query: [row[2] for row in rows(karin.see(f"/logg?{query}"))]
        for query in (f"person={code}", f"personal={sara}", "handelse=mote", f"person={code}&fran=2026-10-01")
    }

    assert list(found.values()) == [
        ["Rättade uppgifter"], ["Bokade en tid"], ["Bokade en tid"], ["Rättade uppgifter", "Bokade en tid"]
    ]  # fmt: skip


def test_an_empty_choice_and_an_odd_address_say_so(karin: Browser) -> None:
    page = karin.see("/logg?fran=2020-01-01&till=2020-01-02&personal=x&handelse=annat&person=%00&sida=-4")

    assert "Inga händelser i urvalet." in page


def test_a_day_that_nobody_means_gives_the_usual_period(karin: Browser) -> None:
    usual = karin.see("/logg")

    for odd in ("fran=0001-01-01", "till=9999-12-31", "fran=1026-11-24&till=9026-11-24"):
        assert words(karin.see(f"/logg?{odd}")) == words(usual), odd


def test_a_whole_chain_says_since_when_and_a_broken_one_where(karin: Browser, house: House) -> None:
    with house.database.write() as session:
        for hours in (3, 2, 1):
            storage.audit.write(session, "booked", now=NOW - timedelta(hours=hours), staff_id=karin.staff.id)
    assert "Loggen är obruten sedan" in karin.see("/logg")

    with house.database.write() as session:
        session.execute(sql("UPDATE auditevent SET staff_id = NULL WHERE id = (SELECT max(id) - 1 FROM auditevent)"))

    page = karin.see("/logg")
    assert "Loggen är bruten vid raden från" in page
    assert "obruten" not in page


def test_a_line_taken_out_of_the_middle_is_seen_among_the_newest(house: House) -> None:
    with house.database.write() as session:
        for hours in range(9):
            storage.audit.write(session, "booked", now=NOW - timedelta(hours=hours))
        assert storage.audit.first_break(session, latest=5) is None

        session.execute(sql("DELETE FROM auditevent WHERE id = (SELECT max(id) - 2 FROM auditevent)"))

        assert storage.audit.first_break(session, latest=5) is not None


def test_administrators_read_no_names_and_heads_none_of_other_offices(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        south = an_office(session, "Unga Söder")
        for office in (an_office(session), south):
            storage.audit.write(session, "booked", now=NOW, person_id=a_person(session, "Leila", office=office).id)
        hidden = a_person(session, "Saga", protected=True)
        storage.audit.write(session, "booked", now=NOW, person_id=hidden.id)
        admin, head = a_staff(session, "administrator"), a_staff(session, "enhetschef", office=south)

    seen = [[row[3] for row in rows(signed_in(client, house.database, who).see("/logg"))] for who in (admin, head)]

    assert not any("Leila" in name or "Saga" in name for name in seen[0])
    assert [name for name in seen[1] if name != "–"] == ["Leila A."]


def test_coordinators_do_not_read_the_log(sara: Browser) -> None:
    assert sara.get("/logg").status_code == 403  # noqa: PLR2004


def test_every_event_that_is_written_has_words() -> None:
    """A new event needs its words in log_words."""
    written = set()
    for folder in ("bot", "outreach", "scheduler", "storage"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.write"):
                    written |= {
                        part.value
                        for part in ast.walk(node.args[1])
                        if isinstance(part, ast.Constant) and isinstance(part.value, str)
                    }

    assert {action for action in written if not log_words.is_known(action)} == set()
