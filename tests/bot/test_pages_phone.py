"""Telefonen: a practice phone through its pages, the clock, and faults to try (ux §4.15)."""

import re
from pathlib import Path

import pytest
from builders import Browser, a_person, a_staff, signed_in
from fastapi.testclient import TestClient
from practice_phones import behind, practice_house, say, screen, taken_out

import storage.conversations
import storage.inbound
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from bot.wiring import House
from scheduler.clock import MovableClock
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


def test_an_empty_desk_says_what_to_do(sara: Browser) -> None:
    page = sara.see("/telefonen")

    assert "Ingen telefon ligger framme. Skapa en för att börja." in page
    assert "Börja här" not in page


def test_what_is_written_waits_to_be_read_and_can_be_read_at_once(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/skicka", text="vem e du")

    part = sara.see(f"{phone}/del/telefon")
    assert re.search(r'Läses om <span data-countdown="2\d">', part)
    assert "Läs nu" in part
    assert "Svaret läses" in behind(sara, phone)

    sara.post(f"{phone}/las")

    assert screen(sara, phone)[0] == "vem e du"
    assert screen(sara, phone)[1].startswith("Vi är Unga Björkstad")
    assert "Läs nu" not in sara.see(f"{phone}/del/telefon")


def test_behind_the_scenes_stand_state_meaning_cost_and_what_staff_see(
    sara: Browser, phone: str, leila: Person
) -> None:
    say(sara, phone, "ring mig")

    shown = behind(sara, phone)

    assert "vill prata med en människa" in shown.lower()
    assert "cirka 0,52" in shown
    assert "Idag, Behöver en människa: vill bli uppringd" in shown
    assert f'href="/register/{leila.code}"' in sara.see(f"{phone}/del/bakom")


def test_three_quick_texts_are_read_as_one(sara: Browser, phone: str) -> None:
    shown = say(sara, phone, "ja", "men", "vad kostar det")

    assert shown[:3] == ["ja", "men", "vad kostar det"]
    assert len(shown) == 4
    assert shown[3].startswith("Det kostar inget")


def test_stop_is_answered_without_waiting(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/skicka", text="STOPP")

    assert screen(sara, phone)[-1].startswith("Klart, du får inga fler sms")


def test_a_phone_without_texts_can_be_invited(sara: Browser, phone: str) -> None:
    assert "Skicka inbjudan" in sara.see(phone)

    sara.post(f"{phone}/bjud")

    (text,) = screen(sara, phone)
    assert text.startswith("Hej! Unga Björkstad")
    assert "plugg, jobb" in text
    assert "Skicka inbjudan" not in sara.see(phone)
    assert "Inbjuden" in behind(sara, phone)


def test_booking_and_the_timers_that_wait(sara: Browser, phone: str) -> None:
    say(sara, phone, "ja")

    assert "De erbjudna tiderna hålls till" in behind(sara, phone)

    assert say(sara, phone, "2")[-1].startswith("Klart! Du träffar Samira")
    assert "Påminnelse dagen före mötet" in behind(sara, phone)


# ------------------------------------------------------------------------------------------------ the clock


def test_to_the_next_event_brings_the_reminder(sara: Browser, phone: str, house: House) -> None:
    say(sara, phone, "ja")
    say(sara, phone, "2")

    answer = sara.post("/telefonen/klocka", flytta="nasta", tillbaka=phone.rpartition("/")[2])

    assert answer.headers["location"] == f"{phone}#klockan"
    assert screen(sara, phone)[-1].startswith("Hej! I morgon kl. 14.00 träffar du Samira")
    assert house.now().day == 25
    assert "Klockan är flyttad till onsdag 25 november 2026 kl. 14.00" in sara.see("/telefonen")


@pytest.mark.parametrize(
    ("fields", "moment"),
    [
        ({"flytta": "1h"}, "2026-11-24 13:04"),
        ({"flytta": "1d"}, "2026-11-25 12:04"),
        ({"flytta": "tid", "tid": "1 dec 9.00"}, "2026-12-01 08:00"),
        ({"flytta": "tid", "tid": "2026-11-20 09.00"}, "2026-11-20 08:00"),
    ],
)
def test_the_clock_is_moved_and_nobody_is_signed_out(
    sara: Browser, house: House, fields: dict[str, str], moment: str
) -> None:
    assert sara.post("/telefonen/klocka", **fields).status_code == 303
    assert f"{house.now():%Y-%m-%d %H:%M}" == moment
    assert "Telefonen" in sara.see("/telefonen")


def test_back_to_real_time(sara: Browser, house: House) -> None:
    assert isinstance(house.clock, MovableClock)
    sara.post("/telefonen/klocka", flytta="1d")

    sara.post("/telefonen/klocka", flytta="riktig")

    assert house.clock.offset().total_seconds() == 0
    assert sara.get("/telefonen").status_code == 200


@pytest.mark.parametrize("written", ["", "snart", "2099-01-01 09.00"])
def test_a_time_that_cannot_be_used_is_explained_on_the_page(sara: Browser, phone: str, written: str) -> None:
    answer = sara.post("/telefonen/klocka", flytta="tid", tid=written, tillbaka=phone.rpartition("/")[2])

    assert answer.status_code == 422
    assert "Klockan flyttades inte" in answer.text
    assert "Leila" in answer.text


# ------------------------------------------------------------------------------------------ faults and resetting


def test_a_dead_number_goes_to_the_search_for_another(sara: Browser, phone: str, house: House, leila: Person) -> None:
    sara.post(f"{phone}/fel", fel="dead", pa="ja")

    assert "Stäng av: Numret finns inte" in sara.see(phone)
    sara.post(f"{phone}/bjud")

    assert screen(sara, phone) == []
    assert "Gick inte fram" in behind(sara, phone)
    with house.database.read() as session:
        assert [task.kind for task in storage.tasks.of_person(session, leila.id)] == ["find_number"]
    sara.post(f"{phone}/fel", fel="dead", pa="nej")
    assert "Stäng av:" not in sara.see(phone)


def test_a_phone_that_is_off_shows_nothing(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/fel", fel="off")
    sara.post(f"{phone}/bjud")

    assert "Telefonen är av." in sara.see(f"{phone}/del/telefon")
    assert screen(sara, phone) == []


def test_a_provider_that_is_down_is_tried_again(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/fel", fel="down")
    sara.post(f"{phone}/bjud")
    assert "Inbjudan (" in behind(sara, phone)

    sara.post(f"{phone}/fel", fel="down", pa="nej")
    sara.post("/telefonen/klocka", flytta="1h")

    assert len(screen(sara, phone)) == 1


def test_a_lost_answer_is_unknown_and_never_sent_again(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/fel", fel="lost")
    sara.post(f"{phone}/bjud")
    sara.post(f"{phone}/fel", fel="lost", pa="nej")
    sara.post("/telefonen/klocka", flytta="1d")

    assert "Okänt om den gick fram" in behind(sara, phone)
    assert screen(sara, phone) == []


def test_a_block_at_the_provider_is_a_stop(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/fel", fel="blocked")
    sara.post(f"{phone}/bjud")

    assert "Har sagt stopp" in behind(sara, phone)


def test_a_doubled_text_and_a_late_receipt_change_nothing(sara: Browser, phone: str) -> None:
    assert "prov=inget" in sara.post(f"{phone}/fel", fel="dubbelt").headers["location"]
    before = say(sara, phone, "vem e du")

    address = sara.post(f"{phone}/fel", fel="dubbelt").headers["location"]
    assert "Den räknades en gång." in sara.see(address)
    address = sara.post(f"{phone}/fel", fel="kvitto").headers["location"]
    assert "Läget är som förut." in sara.see(address)
    sara.post(f"{phone}/las")

    assert screen(sara, phone) == before


def test_a_receipt_that_comes_late_is_taken_when_it_comes(sara: Browser, phone: str, house: House) -> None:
    assert "prov=kvitterat" in sara.post(f"{phone}/fel", fel="sent").headers["location"]
    sara.post(f"{phone}/fel", fel="late")
    sara.post(f"{phone}/bjud")
    assert len(screen(sara, phone)) == 1
    with house.database.read() as session:
        assert storage.messages.counts(session) == {"sent": 1}

    address = sara.post(f"{phone}/fel", fel="sent").headers["location"]

    assert "Kvittot kom." in sara.see(address)
    with house.database.read() as session:
        assert storage.messages.counts(session) == {"delivered": 1}


def test_a_fault_that_does_not_exist_is_refused(sara: Browser, phone: str) -> None:
    assert sara.post(f"{phone}/fel", fel="eld").status_code == 422


def test_reset_starts_over_and_keeps_the_log(sara: Browser, phone: str, house: House, leila: Person) -> None:
    say(sara, phone, "ja")
    say(sara, phone, "2")
    say(sara, phone, "STOPP")
    sara.post(f"{phone}/fel", fel="dead")

    sara.post(f"{phone}/nollstall")

    assert screen(sara, phone) == []
    assert "Ny" in behind(sara, phone)
    with house.database.read() as session:
        assert storage.meetings.open_booking(session, leila.id) is None
        talk = storage.conversations.of_person(session, leila.id)
        assert talk is not None
        assert len(storage.inbound.of_conversation(session, talk.id)) == 3
        assert storage.messages.of_conversation(session, talk.id)
    assert say(sara, phone, "ja")[-1].startswith("Kul att du svarade!")
    assert say(sara, phone, "1")[-1].startswith("Klart!")


def test_reset_undoes_a_wrong_number(sara: Browser, phone: str, house: House, leila: Person) -> None:
    say(sara, phone, "fel nummer")

    sara.post(f"{phone}/nollstall")
    sara.post(f"{phone}/bjud")

    assert len(screen(sara, phone)) == 1
    with house.database.read() as session:
        assert all(task.done_at for task in storage.tasks.of_person(session, leila.id))


def test_a_rehearsal_may_be_repeated_beyond_the_limits(sara: Browser, phone: str) -> None:
    for _ in range(4):
        assert say(sara, phone, "vem e du")[-1].startswith("Vi är Unga Björkstad")
        assert say(sara, phone, "senare")[-1].startswith("Du bestämmer.")
        sara.post(f"{phone}/nollstall")


def test_the_dialogue_as_a_file_holds_no_name_in_its_name(sara: Browser, phone: str) -> None:
    say(sara, phone, "vem e du")

    answer = sara.get(f"{phone}/test")

    assert answer.headers["content-disposition"] == 'attachment; filename="telefonen_2026-11-24.txt"'
    assert answer.text.startswith("# Telefonen, sms. Leila, 18 år. Sparat 2026-11-24.")
    assert re.search(r"13\.0\d <- vem e du {4}\[who\]\n13\.0\d -> WHO: Vi är Unga Björkstad", answer.text)
