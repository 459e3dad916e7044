"""Leta nummer, Sms and Övrigt: the ladder's other lists, one press a row (ux §4.10)."""

import re
from collections.abc import Sequence
from datetime import date

import pytest
from builders import NOW, Browser, a_number, a_person, a_staff, a_talk, an_office, signed_in
from fastapi.testclient import TestClient
from httpx import Response

import storage.campaigns
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from bot.wiring import House
from outreach import audience, ladder, ladder_settings, programmes
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Guardian, Person

NUMBERS, TEXTS, OTHER = "/trappan/nummer", "/trappan/sms", "/trappan/ovrigt"


def on_step(session: Session, first_name: str, kind: str, position: int, **more: object) -> Person:
    """Somebody who stands at a step that is due."""
    person = a_person(session, first_name, **more)
    storage.ladders.keep(
        session,
        LadderPlace(person_id=person.id, kind=kind, position=position, began_at=NOW, entered_at=NOW, due_at=NOW),
    )
    return person


@pytest.fixture
def browser(client: TestClient, house: House) -> Browser:
    """A coordinator in an office with nobody yet."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session)
    return signed_in(client, house.database, staff)


def row_of(page: str, first_name: str) -> dict[str, str]:
    """What the form in somebody's row carries."""
    row = page[page.index(f">{first_name} A.<") :]
    return {name: str(re.findall(rf'name="{name}" value="([^"]*)"', row)[0]) for name in ("person", "marke")}


def place_of(house: House, person: Person) -> tuple[str, str]:
    """Whether somebody is on the ladder, and at which step."""
    with house.database.read() as session:
        place = storage.ladders.place(session, person.id)
        assert place is not None
        return place.state, place.kind


def looked(house: House, person: Person) -> Sequence[tuple[str, str]]:
    """Where somebody's number has been looked for, and what came of it."""
    with house.database.read() as session:
        return [(one.source, one.result) for one in storage.tasks.attempts(session, person.id)]


# -------------------------------------------------------------------------------------------------- find number


@pytest.fixture
def tova(browser: Browser, house: House) -> Person:
    """Tova, 18, who has no number."""
    with house.database.write() as session:
        tova = a_person(session, "Tova")
        a_person(session, "Hemlig", protected=True)
        ladder.settle(session, NOW)
        return tova


def look(browser: Browser, **fields: str) -> Response:
    """Press a button in Tova's row."""
    return browser.post(NUMBERS, **row_of(browser.get(NUMBERS).text, "Tova"), **fields)


def test_whoever_has_no_number_stands_on_the_list_with_the_next_source(browser: Browser, tova: Person) -> None:
    page = browser.get(NUMBERS).text
    assert "1 saknar ett nummer som fungerar" in page
    assert "Inte sökt ännu" in page
    assert '<option value="öppen nummertjänst" selected>' in page
    assert "vårdnadshavare" not in page, "Tova is of age"
    assert "Hemlig" not in page


def test_a_number_that_was_found_brings_the_person_back_to_be_rung(
    browser: Browser, house: House, tova: Person
) -> None:
    assert look(browser, nummer="070-174 06 40", kalla="skola", resultat="found").status_code == 303
    assert place_of(house, tova) == ("on", "ring")
    with house.database.read() as session:
        tie, number = storage.numbers.of_person(session, tova.id)[0]
    assert (number.e164, tie.source, tie.standing) == ("+46701740640", "skola", "unverified")
    assert looked(house, tova) == [("skola", "found")]
    page = browser.get(NUMBERS).text
    assert "Hittade ett nummer" in page
    assert re.search(r'Skola</th>.*?Sökningar">1</td>.*?Hittade">1</td>.*?Fungerar">0</td>', page)


def test_a_found_number_counts_as_valid_once_somebody_has_answered(
    browser: Browser, house: House, tova: Person
) -> None:
    look(browser, nummer="070-174 06 40", kalla="skola", resultat="found")
    with house.database.write() as session:
        tie, _ = storage.numbers.of_person(session, tova.id)[0]
        tie.standing = "confirmed"
        storage.numbers.link(session, tie)
    assert re.search(r'Skola</th>.*?Fungerar">1</td>', browser.get(NUMBERS).text)


def test_nothing_found_waits_for_the_next_source(browser: Browser, house: House, tova: Person) -> None:
    look(browser, kalla="öppen nummertjänst", resultat="not_found")
    page = browser.get(NUMBERS).text
    assert "Nästa tur: i morgon." in page
    assert looked(house, tova) == [("öppen nummertjänst", "not_found")]
    with house.database.write() as session:
        place = storage.ladders.place(session, tova.id)
        assert place is not None
        ladder.wait(session, place, NOW)
    page = browser.get(NUMBERS).text
    assert "Sökt: öppen nummertjänst 1 gång" in page
    assert '<option value="skola" selected>' in page


def test_a_number_nobody_can_read_is_said_and_kept_as_typed(browser: Browser, house: House, tova: Person) -> None:
    answer = look(browser, nummer="hemma", kalla="skola", resultat="found")
    assert answer.status_code == 422
    assert 'value="hemma"' in answer.text
    assert "error-summary" in answer.text
    assert looked(house, tova) == []
    empty = look(browser, nummer="", kalla="skola", resultat="found")
    assert "Skriv numret du hittade" in empty.text


def test_the_last_press_can_be_taken_back(browser: Browser, house: House, tova: Person) -> None:
    look(browser, nummer="070-174 06 40", kalla="skola", resultat="found")
    assert browser.post("/trappan/angra", fran="nummer").headers["location"] == NUMBERS + "?klart=angrat_utfall"
    assert place_of(house, tova) == ("on", "find_number")
    with house.database.read() as session:
        assert storage.numbers.of_person(session, tova.id) == []


def test_the_same_button_twice_counts_once(browser: Browser, house: House, tova: Person) -> None:
    row = row_of(browser.get(NUMBERS).text, "Tova")
    for _ in range(2):
        browser.post(NUMBERS, **row, kalla="skola", resultat="not_found")
    assert looked(house, tova) == [("skola", "not_found")]


# --------------------------------------------------------------------------------------------------------- texts


@pytest.fixture
def to_text(browser: Browser, house: House) -> list[Person]:
    """Ada and Bo may be texted; Cia has a landline, with Disa a talk is under way, and one has protected identity."""
    with house.database.write() as session:
        people = [on_step(session, name, "sms", 3, mobile=number) for name, number in (("Ada", "05"), ("Bo", "06"))]
        cia = on_step(session, "Cia", "sms", 3)
        a_number(session, cia, "+4684650041", kind="landline")
        disa = on_step(session, "Disa", "sms", 3, mobile="07")
        a_talk(session, disa, address="07", state="offered")
        on_step(session, "Hemlig", "sms", 3, mobile="08", protected=True)
        return [*people, cia, disa]


def test_what_the_gate_says_adds_up(browser: Browser, to_text: list[Person]) -> None:
    page = browser.get(TEXTS).text
    assert "4 står på sms nu · 2 kan få ett" in page
    assert "Gör utskick till 2" in page
    assert "Fast telefon" in page
    assert "Samtal pågår" in page
    assert "Hemlig" not in page
    counts = [int(number) for number in re.findall(r'<span class="num[^"]*">(\d+)</span></li>', page)]
    assert sum(counts) == 4


def test_one_press_opens_the_campaign_builder_with_exactly_these(
    browser: Browser, house: House, to_text: list[Person]
) -> None:
    answer = browser.post(TEXTS + "/utskick")
    assert answer.headers["location"].startswith("/utskick/nytt?urval=Markerade")
    with house.database.read() as session:
        (saved,) = storage.campaigns.saved_audiences(session)
        assert saved.sentence == audience.ticked([person.code for person in to_text[:2]])


def test_an_office_that_announces_first_texts_nobody_out_of_the_blue(
    browser: Browser, house: House, to_text: list[Person]
) -> None:
    with house.database.write() as session:
        ladder_settings.change(session, an_office(session).id, browser.staff, texts_itself=False, answerer_id=None,
                               announce_first=True, text_before_call=False, now=NOW)  # fmt: skip
    page = browser.get(TEXTS).text
    assert "0 kan få ett" in page
    assert "Ingen har ringt, skrivit eller skickat kort först" in page


def test_where_texts_leave_by_themselves_the_page_only_shows(
    browser: Browser, house: House, to_text: list[Person]
) -> None:
    with house.database.write() as session:
        ladder_settings.change(session, an_office(session).id, browser.staff, texts_itself=True,
                               answerer_id=browser.staff.id, announce_first=False, text_before_call=False,
                               now=NOW)  # fmt: skip
    page = browser.get(TEXTS).text
    assert "sms:en går av sig själva" in page
    assert "Sara Lind svarar på dem." in page
    assert "Gör utskick till" not in page


def test_who_cannot_be_texted_goes_on_to_the_next_step(browser: Browser, house: House, to_text: list[Person]) -> None:
    assert "Låt 1 gå vidare till nästa steg" in browser.get(TEXTS).text
    browser.post(TEXTS + "/vidare")
    assert place_of(house, to_text[2]) == ("on", "reminder")
    assert place_of(house, to_text[3]) == ("on", "sms"), "what passes by itself is waited for"


# --------------------------------------------------------------------------------------------------------- other


def test_a_step_noted_by_hand_is_one_press_and_the_next_step_waits(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        ada = on_step(session, "Ada", "chat", 5, mobile="05")
        on_step(session, "Hemlig", "chat", 5, mobile="06", protected=True)
    page = browser.get(OTHER).text
    assert "Skriv på sociala medier" in page
    assert "Hemlig" not in page
    answer = browser.post(OTHER, **row_of(page, "Ada"), steg="chat", gjort="skrev")
    assert answer.headers["location"].startswith(OTHER)
    assert place_of(house, ada)[0] == "on"
    assert place_of(house, ada)[1] != "chat"
    assert "Klart" in browser.get(OTHER).text


def test_contact_in_another_way_leaves_the_ladder(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        ada = on_step(session, "Ada", "other_way", 8)
    browser.post(OTHER, **row_of(browser.get(OTHER).text, "Ada"), steg="other_way", gjort="traff")
    assert place_of(house, ada)[0] == "left"


def test_a_guardian_is_rung_only_about_somebody_under_18(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, born in (("Ung", date(2010, 1, 1)), ("Vuxen", date(2008, 5, 14))):
            person = on_step(session, name, "guardian_call", 6, born=born)
            session.add(Guardian(person_id=person.id, position=1, name="Maria", phone="+46701740650"))
    page = browser.get(OTHER).text
    assert "Ring vårdnadshavare" in page
    assert "Ung A." in page
    assert "Vuxen A." not in page
    assert 'href="tel:+46701740650"' in page


def test_seldom_steps_are_shown_only_while_somebody_stands_there(browser: Browser) -> None:
    page = browser.get(OTHER).text
    assert "Hembesök" not in page
    assert "Ring vårdnadshavare" not in page
    assert "Ingen står på det här steget nu." in page


def test_an_unknown_button_says_what_to_do(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        ada = on_step(session, "Ada", "chat", 5, mobile="05")
    assert browser.post(OTHER, person=ada.code, marke="1-5-1", steg="chat", gjort="x").status_code == 422
