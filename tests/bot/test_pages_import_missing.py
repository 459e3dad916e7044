"""Those whom a complete list no longer has: closed by likely reason in one press, kept, gone through, opened again."""

import re
from datetime import date

import pytest
from builders import a_person
from conftest import StillClock
from fastapi.testclient import TestClient
from import_desk import DECEMBER, LEILA, Desk, a_list, december, needs_lists, oracle, words

import storage.audit
import storage.people
from bot.wiring import House
from outreach import acquaintance


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    return Desk(client, house)


def names(desk: Desk) -> list[str]:
    with desk.house.database.read() as session:
        return sorted(person.name for person in storage.people.everyone(session) if person.closed_at is None)


def imported(desk: Desk, *rows: str, **fields: str) -> str:
    return desk.take_in(desk.upload("a.csv", a_list(*rows), **fields))


def test_a_group_that_is_missing_is_closed_in_one_press_and_opened_again(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Ida", "Borta", office=desk.office)
        a_person(session, "Nils", "Gammal", office=desk.office, born=date(2006, 1, 1))
        a_person(session, "Per", "Hemlig", office=desk.office, protected=True)
    result = imported(desk, LEILA, komplett="ja")
    assert f'href="{result}/saknas"' in desk.browser.see(result)
    page = desk.browser.see(f"{result}/saknas")
    assert "2 personer finns inte kvar. Troliga skäl: börjat skolan, fyllt 20." in words(page)
    assert "Hemlig" not in page

    press(desk, result, page, "Avsluta personen med skäl börjat skolan")

    page = desk.browser.see(f"{result}/saknas")
    assert "1 person avslutade: börjat skolan" in words(page)
    assert names(desk) == ["Leila Amari", "Nils Gammal", "Per Hemlig"]
    with house.database.read() as session:
        ida = next(one for one in storage.people.everyone(session) if one.first_name == "Ida")
        assert ida.closed_reason == "börjat skolan"
        assert "person_closed" in [line.action for line in storage.audit.events_of_person(session, ida.id)]

    press(desk, result, page, "Ångra")

    assert names(desk) == ["Ida Borta", "Leila Amari", "Nils Gammal", "Per Hemlig"]
    assert "2 personer finns inte kvar" in words(desk.browser.see(f"{result}/saknas"))


def test_somebody_the_reader_knows_is_for_a_colleague_to_decide_about(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        ida = a_person(session, "Ida", "Borta", office=desk.office)
        acquaintance.know(session, ida, desk.staff, now=house.now())
    result = imported(desk, LEILA, komplett="ja")

    page = desk.browser.see(f"{result}/saknas")
    desk.browser.post(f"{result}/saknas", gor="avsluta", skal="moved", personer=ida.code)

    assert "Ida Borta" not in page
    assert ida.code not in page
    assert "Ida Borta" in names(desk)


def test_whoever_is_kept_is_not_asked_about_again(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Ida", "Borta", office=desk.office)
    result = imported(desk, LEILA, komplett="ja")

    press(desk, result, desk.browser.see(f"{result}/saknas"), "Behåll personen")

    page = words(desk.browser.see(f"{result}/saknas"))
    assert "1 person kvar i registret" in page
    assert "Alla som saknades i listan är avgjorda." in page
    assert "Ida Borta" in names(desk)


def test_one_person_can_be_closed_for_another_reason(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        ida = a_person(session, "Ida", "Borta", office=desk.office)
        a_person(session, "Bo", "Kvar", office=desk.office)
    result = imported(desk, LEILA, komplett="ja")

    desk.browser.post(f"{result}/saknas", gor="avsluta", skal="moved", personer=ida.code)

    with house.database.read() as session:
        assert storage.people.get(session, ida.id).closed_reason == "flyttat"
    assert names(desk) == ["Bo Kvar", "Leila Amari"]


def test_a_household_that_is_gone_has_likely_moved(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        home = {"office": desk.office, "street": "Ån 1", "postcode": "990 11"}
        a_person(session, "Ida", "Borta", **home)
        a_person(session, "Bo", "Borta", **home)
        a_person(session, "Per", "Ensam", office=desk.office, street="Ån 2", postcode="990 11")
    result = imported(desk, LEILA, komplett="ja")

    page = words(desk.browser.see(f"{result}/saknas"))

    assert "Har troligen flyttat Avsluta de 2 med skäl flyttat" in page
    assert "Har troligen börjat skolan Avsluta personen med skäl börjat skolan" in page


def test_only_those_who_are_missing_can_be_closed_here(desk: Desk, house: House) -> None:
    with house.database.write() as session:
        a_person(session, "Ida", "Borta", office=desk.office)
    result = imported(desk, LEILA, komplett="ja")
    with house.database.read() as session:
        leila = next(one for one in storage.people.everyone(session) if one.first_name == "Leila")

    desk.browser.post(f"{result}/saknas", gor="avsluta", skal="school", personer=leila.code)

    assert "Leila Amari" in names(desk)


@needs_lists
def test_december_closes_its_group_in_six_presses(desk: Desk, client: TestClient, clock: StillClock) -> None:
    address = december(desk, client, clock)  # 1 Importera lista, 2-3 the file
    result = desk.take_in(address)  # 4 Importera 208 personer
    page = desk.browser.see(f"{result}/saknas")  # 5 9 finns inte kvar
    expected = len(oracle(DECEMBER)["missing_people"])
    assert f"{expected} personer finns inte kvar" in words(page)
    people = desk.people()

    label = next(iter(re.findall(r"Avsluta (?:de \d+|personen) med skäl börjat skolan", page)))
    press(desk, result, page, label)  # 6

    assert "avslutade: börjat skolan" in words(desk.browser.see(f"{result}/saknas"))
    assert desk.people() == people


def press(desk: Desk, result: str, page: str, label: str) -> None:
    """Press a button that stands in a form of its own."""
    form = next(form for form in re.findall(r"<form.*?</form>", page, flags=re.S) if f">{label}</button>" in form)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    fields.pop("csrf")
    answer = desk.browser.post(f"{result}/saknas", **fields)
    assert answer.status_code == 303, answer.text
