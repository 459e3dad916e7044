"""Lägg till person: by hand, by the same rules as a list, and beside whoever it may be already."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from builders import PERSONNUMMER, a_person, a_staff, an_office, signed_in
from fastapi.testclient import TestClient
from httpx import Response
from import_desk import Desk, words

import storage.audit
import storage.ladders
import storage.numbers
import storage.people
from bot.wiring import House
from outreach import numbers, programmes
from storage.database import Session
from storage.people import Person

LEILA = {
    "first_name": "Leila", "last_name": "Amari", "birth_date": "2010-07-09", "own_phone": "070-174 06 05",
    "grupp": "kaa", "kalla": "skola",
}  # fmt: skip


@pytest.fixture
def desk(client: TestClient, house: House) -> Desk:
    with house.database.write() as session:
        programmes.ensure_defaults(session, house.now())
    return Desk(client, house)


def typed(desk: Desk, **more: str) -> Response:
    return desk.browser.post("/register/ny", **{**LEILA, "kontor": str(desk.office.id), **more})


def answer(desk: Desk, asking: Response, **more: str) -> Response:
    """Two people: the question that stands on the page, answered."""
    asked = re.search(r'name="svar" value="([^"]*)"', asking.text)
    assert asked, asking.text
    return typed(desk, svar=asked[1], **more)


def added(desk: Desk, response: Response) -> Person:
    assert response.status_code == 303, words(response.text)
    code = response.headers["location"].split("/register/")[1].split("?")[0]
    with desk.house.database.read() as session:
        person = storage.people.by_code(session, code)
        assert person is not None
        return person


def keep(desk: Desk, make: Callable[[Session], Person]) -> Person:
    with desk.house.database.write() as session:
        return make(session)


def e164s(desk: Desk, person: Person) -> list[str]:
    with desk.house.database.read() as session:
        return [number.e164 for _, number in storage.numbers.of_person(session, person.id)]


def test_somebody_is_added_by_hand_with_everything_that_is_known(desk: Desk) -> None:
    person = added(desk, typed(
        desk, birth_date=PERSONNUMMER[1], own_phone="0701740605 / 08-465 004 55", street="Provgatan 1",
        postcode="99901", town="Björkstad", district="Hallen", school="Björkstads gymnasium", language="somaliska",
        guardian_1="Nour Amari", guardian_1_phone="070-174 06 54", svar="several_numbers_in_cell",
    ))  # fmt: skip
    assert (person.name, person.birth_date, person.postcode) == ("Leila Amari", date(2010, 7, 9), "999 01")
    assert (person.identity_kind, person.office_id, person.source) == ("personnummer", desk.office.id, "skola")
    assert e164s(desk, person) == ["+46701740605", "+46846500455"]
    with desk.house.database.read() as session:
        assert storage.people.identity(session, person) == PERSONNUMMER[1]
        (guardian,) = storage.people.guardians(session, person.id)
        assert (guardian.name, guardian.phone) == ("Nour Amari", "+46701740654")
        assert storage.people.current_programmes(session, [person.id], date(2026, 11, 24)) == {person.id: {"kaa"}}
        place = storage.ladders.places(session, [person.id])[person.id]
        assert place.state == "on", place.left_why
        (line,) = [one for one in storage.audit.events_of_person(session, person.id) if one.action == "person_added"]
    assert (line.staff_id, line.detail) == (desk.staff.id, {})
    page = words(desk.browser.get(f"/register/{person.code}").text)
    assert "Lades till för hand" in page
    assert "Källa: skola" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"first_name": " "}, "Förnamnet saknas."),
        ({"birth_date": ""}, "Personnummer och födelsedatum saknas."),
        ({"birth_date": "20100709-2397"}, "Sista siffran i personnumret stämmer inte."),
        ({"birth_date": "juli 2010"}, "Födelsedatumet går inte att läsa."),
        ({"own_phone": "7,01741E+08"}, "Excel har gjort om numret."),
        ({"grupp": ""}, "Välj vilken grupp"),
        ({"kalla": "rykten"}, "Välj vem som berättade"),
        ({"kontor": "999"}, "Välj ett av dina kontor."),
        ({"birth_date": "2005-03-02", "grupp": "uppsok", "guardian_1": "Nour Amari"}, "Personen har fyllt 18."),
    ],
)
def test_what_cannot_be_kept_is_said_beside_the_field_and_nothing_is_lost(
    desk: Desk, fields: dict[str, str], sentence: str
) -> None:
    response = typed(desk, district="Hallen", **fields)
    assert response.status_code == 422
    assert sentence in words(response.text)
    assert 'value="Hallen"' in response.text
    assert desk.people() == 0


def test_the_same_personnummer_is_the_same_person_and_there_cannot_be_two(desk: Desk) -> None:
    known = keep(desk, lambda session: a_person(session, "Lejla", born=date(2010, 7, 9), identity=PERSONNUMMER[1]))
    asking = typed(desk, birth_date=PERSONNUMMER[1])
    assert asking.status_code == 409
    assert f'href="/register/{known.code}"' in asking.text
    assert "Två personer" not in asking.text
    assert typed(desk, birth_date=PERSONNUMMER[1], svar=known.code).status_code == 409
    assert desk.people() == 1


def test_a_twin_with_the_same_mobile_is_shown_side_by_side_and_may_be_another(desk: Desk) -> None:
    known = keep(desk, lambda session: a_person(session, "Amina", born=date(2010, 7, 9), mobile="05"))
    asking = typed(desk)
    page = words(asking.text)
    assert asking.status_code == 409
    assert "Amina Amari" in page
    assert "Leila Amari" in page
    assert "Samma person" in page
    assert desk.people() == 1
    with desk.house.database.read() as session:
        assert [one.action for one in storage.audit.events_of_person(session, known.id)] == ["seen_as_alike"]
    person = added(desk, answer(desk, asking))
    assert person.code != known.code
    assert desk.people() == 2


def test_the_same_name_and_birth_date_is_asked_about(desk: Desk) -> None:
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9)))
    asking = typed(desk, own_phone="")
    assert asking.status_code == 409
    assert "Samma namn och födelsedatum" in words(asking.text)
    added(desk, answer(desk, asking, own_phone=""))


def test_the_same_mobile_first_name_and_birth_date_is_asked_about_too(desk: Desk) -> None:
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9), mobile="05"))
    assert typed(desk).status_code == 409
    assert desk.people() == 1


def test_an_answer_holds_for_those_who_were_shown_and_nobody_else(desk: Desk) -> None:
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9)))
    asking = typed(desk)
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9), mobile="05"))
    assert answer(desk, asking).status_code == 409
    assert desk.people() == 2


def test_a_number_that_was_wrong_for_the_one_alike_needs_a_tick(desk: Desk) -> None:
    def struck(session: Session) -> Person:
        person = a_person(session, born=date(2010, 7, 9), mobile="05")
        numbers.strike(session, person, "+46701740605", why="fel nummer", now=desk.house.now())
        return person

    keep(desk, struck)
    asking = typed(desk)
    assert "Ta med 070-174 06 05 ändå" in words(asking.text)
    assert e164s(desk, added(desk, answer(desk, asking))) == []
    again = typed(desk)
    assert e164s(desk, added(desk, answer(desk, again, strukna="ja"))) == ["+46701740605"]


def test_an_age_outside_the_group_is_asked_about_once(desk: Desk) -> None:
    asking = typed(desk, birth_date="1999-01-02")
    assert asking.status_code == 409
    assert "Åldern passar inte gruppen." in words(asking.text)
    added(desk, answer(desk, asking, birth_date="1999-01-02"))


def test_one_can_go_back_and_change_what_was_typed(desk: Desk) -> None:
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9)))
    back = typed(desk, andra="ja")
    assert back.status_code == 200
    assert 'value="Amari"' in back.text


def test_somebody_with_protected_identity_is_added_and_stands_in_no_list(desk: Desk) -> None:
    person = added(desk, typed(desk, protected="ja"))
    assert person.protected
    assert "Leila" not in words(desk.browser.get("/register").text)


def test_a_mark_of_protection_is_not_lost_when_the_page_is_there_already(desk: Desk) -> None:
    keep(desk, lambda session: a_person(session, born=date(2010, 7, 9)))
    assert "kryssa i det på sidan som redan finns" in words(typed(desk, protected="ja").text)
    assert "kryssa i det på sidan som redan finns" not in words(typed(desk).text)


def test_of_a_protected_person_elsewhere_nothing_is_shown(desk: Desk) -> None:
    keep(desk, lambda session: a_person(
        session, "Amina", born=date(2010, 7, 9), mobile="05", protected=True, office=an_office(session, "Unga Syd")
    ))  # fmt: skip
    asking = typed(desk)
    assert asking.status_code == 409
    assert "Amina" not in asking.text
    assert "Fråga chefen" in words(asking.text)


def test_whoever_may_not_import_may_not_add(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "konsulent")
    browser = signed_in(client, house.database, staff, now=house.now())
    assert browser.get("/register/ny").status_code == 403
    assert "Lägg till person" not in browser.get("/register").text
