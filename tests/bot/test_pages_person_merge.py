"""Two pages of one person: found, seen side by side, merged and parted again."""

import re
from datetime import timedelta

import pytest
from builders import NOW, PERSONNUMMER, Browser, a_booking, a_person, a_slot, a_staff, an_office, signed_in
from fastapi.testclient import TestClient

import storage.merges
import storage.people
from bot.wiring import House
from outreach import acquaintance, merges
from storage.people import Person


@pytest.fixture
def pair(house: House) -> tuple[Person, Person]:
    """Leila and Lejla, born the same day."""
    with house.database.write() as session:
        return (
            a_person(session, mobile="05", street="Storgatan 1"),
            a_person(session, "Lejla", mobile="06", identity=PERSONNUMMER[0], street="Lillgatan 2"),
        )


def words(page: str) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_those_who_look_alike_are_shown_and_others_can_be_searched_for(
    sara: Browser, pair: tuple[Person, Person], house: House
) -> None:
    with house.database.write() as session:
        a_person(session, "Noor", "Berg", mobile="09")
    address = f"/register/{pair[0].code}/slaihop"

    page = words(sara.see(address))
    assert "Lejla Amari 2008-05-14 · Unga Norr · samma födelsedatum, lika namn" in page
    assert "Noor Berg" not in page
    found = sara.post(address, vem="noor")
    assert "Noor Berg" in found.text
    assert "noor" not in str(found.url).lower()


def test_facts_are_chosen_side_by_side(sara: Browser, pair: tuple[Person, Person], house: House) -> None:
    kept, gone = pair
    page = sara.see(f"/register/{kept.code}/slaihop/{gone.code}")
    assert "Storgatan 1" in page
    assert "Lillgatan 2" in page
    assert "20070906-••••" in page
    assert "2384" not in page

    chosen = {"val_name": "min", "val_identity": "andra", "val_address": "andra"}
    answer = sara.post(f"/register/{kept.code}/slaihop/{gone.code}", **chosen)

    assert answer.headers["location"] == f"/register/{kept.code}?klart=ihop"
    page = words(sara.see(f"/register/{kept.code}"))
    for held in ("Leila Amari", "20070906-••••", "Lillgatan 2", "070-174 06 05", "070-174 06 06"):
        assert held in page
    gone_page = sara.see(f"/register/{gone.code}")
    assert f'href="/register/{kept.code}"' in gone_page


def test_they_are_parted_again_from_the_page(sara: Browser, pair: tuple[Person, Person], house: House) -> None:
    kept, gone = pair
    sara.post(f"/register/{kept.code}/slaihop/{gone.code}", val_identity="andra")
    with house.database.read() as session:
        row = storage.merges.of_person(session, kept.id)[0]
    assert "Dela isär igen" in sara.see(f"/register/{kept.code}")

    answer = sara.post(f"/register/{kept.code}/isar/{row.code}")

    assert answer.headers["location"] == f"/register/{kept.code}?klart=isar"
    assert "070-174 06 06" in sara.see(f"/register/{gone.code}")
    page = words(sara.see(f"/register/{kept.code}"))
    assert "Inget personnummer" in page
    assert "Sammanslagningen ångrades Lejla Amari" in page
    assert sara.post(f"/register/{kept.code}/isar/{row.code}").status_code == 409


def test_somebody_the_reader_knows_is_not_named_on_the_page_they_are_parted_from(
    sara: Browser, pair: tuple[Person, Person], house: House
) -> None:
    kept, gone = pair
    sara.post(f"/register/{kept.code}/slaihop/{gone.code}")
    with house.database.write() as session:
        row = storage.merges.of_person(session, kept.id)[0]
        merges.part(session, row, sara.staff, now=house.now())
        acquaintance.know(session, storage.people.get(session, gone.id), sara.staff, now=house.now())

    pages = [sara.see(f"/register/{kept.code}{part}") for part in ("", "/tidslinje", "/uppgifter")]

    assert not any("Lejla" in page for page in pages)


def test_a_page_that_went_twice_leads_all_the_way(sara: Browser, pair: tuple[Person, Person], house: House) -> None:
    with house.database.write() as session:
        third = a_person(session, "Leyla")
    sara.post(f"/register/{pair[0].code}/slaihop/{pair[1].code}")
    sara.post(f"/register/{third.code}/slaihop/{pair[0].code}")

    assert f'href="/register/{third.code}"' in sara.see(f"/register/{pair[1].code}")


def test_what_must_be_settled_first_is_said_on_the_same_page(
    sara: Browser, pair: tuple[Person, Person], house: House
) -> None:
    with house.database.write() as session:
        for days, person in enumerate(pair, 1):
            a_booking(session, person, a_slot(session, NOW + timedelta(days=days)), at=NOW)

    answer = sara.post(f"/register/{pair[0].code}/slaihop/{pair[1].code}")

    assert answer.status_code == 409
    assert "Avboka den ena först" in answer.text


def test_nobody_merges_a_page_they_may_not_open(
    client: TestClient, sara: Browser, pair: tuple[Person, Person], house: House
) -> None:
    with house.database.write() as session:
        hidden = a_person(session, "Leila", protected=True)
        elsewhere = a_person(session, "Leila", office=an_office(session, "Unga Söder"))
        omar = a_staff(session, "konsulent")
    omar_in = signed_in(client, house.database, omar)

    for other in (hidden, elsewhere):
        assert omar_in.get(f"/register/{pair[0].code}/slaihop/{other.code}").status_code == 403
        assert omar_in.post(f"/register/{pair[0].code}/slaihop/{other.code}").status_code == 403
    listed = omar_in.see(f"/register/{pair[0].code}/slaihop")
    assert hidden.code not in listed
    assert elsewhere.code not in listed
