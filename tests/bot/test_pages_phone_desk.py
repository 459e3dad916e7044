"""Telefonen: whose phones lie on the desk, who may pick them up, and when they are locked (ux §4.15)."""

from pathlib import Path

import pytest
from builders import Browser, a_number, a_person, a_staff, an_office, signed_in
from fastapi.testclient import TestClient
from practice_phones import practice_house, say, screen, taken_out

import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from bot.app import create_app
from bot.settings import Settings
from bot.wiring import House, build
from storage.people import Person


@pytest.fixture
def house(tmp_path: Path, empty_database_file: bytes) -> House:
    """A practice installation on Tuesday 24 November 2026, 13.04, whose clock goes on and can be moved."""
    return practice_house(tmp_path, empty_database_file)


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff, now=house.now())


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, with one of the numbers kept for fiction."""
    with house.database.write() as session:
        return a_person(session, mobile="05")


@pytest.fixture
def phone(sara: Browser, leila: Person) -> str:
    """The address of Leila's phone on Sara's desk."""
    return taken_out(sara, person=leila.code)


# ---------------------------------------------------------------------------------------- whose phones, and who may


def test_a_made_up_phone_gets_a_practice_person_of_the_office(sara: Browser, house: House) -> None:
    phone = taken_out(sara, namn="Kim", alder="22", sprak="en", nummer="confirmed")

    sara.post(f"{phone}/bjud")

    assert screen(sara, phone)[0].startswith("Hi from Unga Björkstad")
    with house.database.read() as session:
        (person,) = [row for row in storage.people.everyone(session) if row.source == "övning"]
        ((tie, number),) = storage.numbers.of_person(session, person.id)
        (membership,) = storage.people.memberships(session, person.id)
    assert (number.e164, tie.standing, membership.programme) == ("+46701740699", "confirmed", "uppsok")


def test_a_phone_that_nobody_in_the_register_has(sara: Browser) -> None:
    phone = taken_out(sara, nummer="unknown")

    assert "Okänt nummer" in sara.see(phone)
    assert say(sara, phone, "hej")[-1].startswith("Hej! Det här är")
    assert sara.post(f"{phone}/bjud").status_code == 422


@pytest.mark.parametrize("years", ["15", "30", "", "arton", "1²", "9" * 5000])
def test_ages_outside_the_programmes_are_refused(sara: Browser, years: str) -> None:
    assert sara.post("/telefonen/ny", namn="Kim", alder=years).status_code == 422


def test_at_most_six_phones_lie_on_a_desk(sara: Browser) -> None:
    for _ in range(6):
        phone = taken_out(sara, nummer="unknown")

    assert sara.post("/telefonen/ny", nummer="unknown").status_code == 409
    assert "Sex telefoner är öppna." in sara.see("/telefonen")
    sara.post(f"{phone}/stang")
    assert sara.get(phone).status_code == 404
    taken_out(sara, nummer="unknown")


def test_one_phone_does_not_disturb_another(sara: Browser, phone: str) -> None:
    other = taken_out(sara, namn="Kim", alder="18")

    say(sara, other, "hej")

    assert screen(sara, phone) == []


def test_only_people_with_numbers_kept_for_fiction_can_be_picked(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        real = a_person(session, "Verklig", mobile="+46701234567")
        hidden = a_person(session, "Skyddad", mobile="20", protected=True)
        elsewhere = a_person(session, "Annanstans", office=an_office(session, "Unga Söder"), mobile="21")
        a_number(session, a_person(session, "Fast"), "+46846500411", kind="landline")

    page = sara.see("/telefonen")

    for person in (real, hidden, elsewhere):
        assert person.first_name not in page
        assert sara.post("/telefonen/ny", person=person.code).status_code == 422
    assert "Fast" not in page


def test_each_member_of_staff_has_a_desk_of_their_own(
    sara: Browser, phone: str, client: TestClient, house: House
) -> None:
    with house.database.write() as session:
        colleague = a_staff(session, "konsulent", name="Samira")
    samira = signed_in(client, house.database, colleague, now=house.now())

    assert samira.get(phone).status_code == 404
    assert samira.post(f"{phone}/skicka", text="hej").status_code == 404


def test_an_ambassador_plays_with_made_up_phones_only(client: TestClient, house: House, leila: Person) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "ambassador", name="Mohammed")
        storage.settings.write(session, "demo", True)
        storage.settings.write(session, "demo_first", leila.code)
    mohammed = signed_in(client, house.database, staff, now=house.now())

    page = mohammed.see("/telefonen")

    assert "Leila" not in page
    assert "Välj någon ur registret" not in page
    assert mohammed.post("/telefonen/ny", person=leila.code).status_code == 403
    phone = taken_out(mohammed, namn="Kim", alder="18")
    say(mohammed, phone, "vem e du")
    assert "/register/" not in mohammed.see(phone)


def test_a_reader_has_no_telephone(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "lasare", name="Lars")

    assert signed_in(client, house.database, staff, now=house.now()).get("/telefonen").status_code == 403


def test_a_form_from_elsewhere_does_nothing(sara: Browser, phone: str, house: House) -> None:
    for address in (f"{phone}/skicka", f"{phone}/nollstall", "/telefonen/klocka", "/telefonen/ny"):
        assert sara.post(address, csrf="x", text="hej", flytta="1d").status_code == 403
    assert screen(sara, phone) == []
    assert house.now().day == 24


def test_the_cards_of_a_demo_are_done_when_it_has_happened(sara: Browser, house: House, leila: Person) -> None:
    with house.database.write() as session:
        storage.settings.write(session, "demo", True)
        storage.settings.write(session, "demo_first", leila.code)

    def done() -> int:
        return sara.see("/telefonen/del/guide").count("Klart")

    assert done() == 0

    say(sara, "/telefonen/forsta", "vem e du")
    assert done() == 1
    say(sara, "/telefonen/forsta", "ja")
    say(sara, "/telefonen/forsta", "2")
    assert done() == 2
    sara.post("/telefonen/klocka", flytta="nasta", tillbaka="forsta")
    assert done() == 3
    sara.post("/telefonen/forsta/nollstall")
    assert done() == 0


def test_live_operation_locks_the_phones(tmp_path: Path, empty_database_file: bytes) -> None:
    path = tmp_path / "live.db"
    path.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20, practice=False))
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        with house.database.write() as session:
            staff = a_staff(session)
        browser = signed_in(client, house.database, staff, now=house.now())

        assert "Telefonen är avstängd i skarp drift" in browser.see("/telefonen")
        assert browser.post("/telefonen/ny", nummer="unknown").status_code == 403
        assert browser.post("/telefonen/klocka", flytta="1d").status_code == 403
