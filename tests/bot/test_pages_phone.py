"""Telefonen: practice phones through their pages, the clock, and faults to try (ux §4.15)."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders import Browser, a_number, a_person, a_slot, a_staff, an_office, signed_in
from fastapi.testclient import TestClient

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
from outreach import programmes
from scheduler.clock import MovableClock
from storage.people import Person

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path, empty_database_file: bytes) -> House:
    """A practice installation on Tuesday 24 November 2026, 13.04, whose clock goes on and can be moved."""
    path = tmp_path / "house.db"
    path.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20))
    assert isinstance(house.clock, MovableClock)
    house.clock.set(NOW)
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session, name="Samira Ali")
        for day in (25, 26, 27):
            a_slot(session, datetime(2026, 11, day, 13, tzinfo=UTC), staff=staff)
    return house


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


def taken_out(browser: Browser, **fields: str) -> str:
    """A phone more on the desk."""
    answer = browser.post("/telefonen/ny", **fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def screen(browser: Browser, phone: str) -> list[str]:
    """What stands on the phone, text by text."""
    part = browser.see(f"{phone}/del/telefon")
    return [re.sub(r"<[^>]+>", "", text) for text in re.findall(r'<p dir="auto"[^>]*>(.*?)</p>', part, re.DOTALL)]


def behind(browser: Browser, phone: str) -> str:
    """What goes on behind it, in words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.see(f"{phone}/del/bakom")))


def say(browser: Browser, phone: str, *texts: str) -> list[str]:
    """Write, have it read at once, and see the screen."""
    fields = dict(zip(("text", "text2", "text3"), texts, strict=False))
    assert browser.post(f"{phone}/skicka", **fields).status_code == 303
    assert browser.post(f"{phone}/las").status_code == 303
    return screen(browser, phone)


def test_an_empty_desk_says_what_to_do(sara: Browser) -> None:
    page = sara.see("/telefonen")

    assert "Ingen telefon ligger framme. Skapa en för att börja." in page
    assert "Börja här" not in page


def test_what_is_written_waits_to_be_read_and_can_be_read_at_once(sara: Browser, phone: str) -> None:
    sara.post(f"{phone}/skicka", text="vem e du")

    part = sara.see(f"{phone}/del/telefon")
    assert re.search(r'Läses om <span data-countdown="2[45]">', part)
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
    assert "Klockan är flyttad till onsdag 25 november 2026 14.00" in sara.see("/telefonen")


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
        assert len(storage.conversations.inbound_of(session, talk.id)) == 3
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


@pytest.mark.parametrize("years", ["15", "30", "", "arton"])
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
    done = lambda: sara.see("/telefonen/del/guide").count("Klart")  # noqa: E731
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
