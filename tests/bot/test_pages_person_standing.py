"""Pausing, closing, sharing, jäv and corrections on a person's page."""

import re
from datetime import date, timedelta

import pytest
from builders import (
    NOW,
    PERSONNUMMER,
    Browser,
    a_booking,
    a_number,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    a_task,
    a_text_in,
    a_text_out,
    an_office,
    signed_in,
)  # fmt: skip
from conftest import StillClock
from fastapi.testclient import TestClient

import storage.audit
import storage.conversations
import storage.numbers
import storage.people
import storage.sharing
import storage.tasks
from bot.wiring import House
from outreach import cards, gate_facts, ladder, programmes
from storage.database import Session
from storage.people import Person

LATER = "2027-02-01"


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, 18, with a mobile and a personnummer."""
    with house.database.write() as session:
        return a_person(session, mobile="05", identity=PERSONNUMMER[0])


@pytest.fixture
def karin(client: TestClient, house: House) -> Browser:
    """Karin, head of the office."""
    with house.database.write() as session:
        staff = a_staff(session, "enhetschef", name="Karin Ek")
    return signed_in(client, house.database, staff)


def words(page: str) -> str:
    """The page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def again(session: Session, person: Person) -> Person:
    return storage.people.get(session, person.id)


# ---- pausing and closing


def test_a_pause_holds_texts_and_the_ladder_and_ends_by_itself(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        waiting = a_text_out(session, a_talk(session, leila), kind="campaign")

    sara.post(f"/register/{leila.code}/paus", till=LATER, pausskal="är bortrest")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Vilar till 2027-02-01: är bortrest" in page
    with house.database.read() as session:
        assert session.get_one(type(waiting), waiting.id).reason == "paused"
        assert ladder.leaves(session, leila.id, NOW) == "paused"
        assert ladder.leaves(session, leila.id, NOW + timedelta(days=69)) == ""


def test_a_pause_can_be_ended_before_its_day(sara: Browser, leila: Person) -> None:
    sara.post(f"/register/{leila.code}/paus", till=LATER, pausskal="är bortrest")
    sara.post(f"/register/{leila.code}/paus/slut")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Vilar inte längre" in page
    assert "Sluta vila nu" not in page


@pytest.mark.parametrize(("till", "skal"), [("2026-11-24", "är bortrest"), ("2029-01-01", "är bortrest"),
                                            ("snart", "är bortrest"), (LATER, "mår dåligt")])  # fmt: skip
def test_a_pause_has_a_day_ahead_and_a_reason_from_the_list(sara: Browser, leila: Person, till: str, skal: str) -> None:
    answer = sara.post(f"/register/{leila.code}/paus", till=till, pausskal=skal)

    assert answer.status_code == 422
    assert f'value="{till}"' in answer.text


def test_closing_says_why_notes_the_outcome_and_can_be_undone(sara: Browser, leila: Person, house: House) -> None:
    sara.post(f"/register/{leila.code}/avsluta", avslutsskal="utomlands")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Avslutad Utomlands, 2026-11-24" in page
    with house.database.read() as session:
        assert [one.kind for one in storage.tasks.outcomes(session, leila.id)] == ["abroad"]
        facts = gate_facts.of_people(session, {leila.id: again(session, leila)}, kind="campaign", now=NOW)[leila.id]
    assert facts.closed
    assert sara.post(f"/register/{leila.code}/avsluta", avslutsskal="flyttat").status_code == 409

    sara.post(f"/register/{leila.code}/oppna")
    assert "Öppnad igen utomlands" in words(sara.see(f"/register/{leila.code}"))


def test_nothing_is_kept_for_somebody_who_has_died(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        booking = a_booking(session, leila, a_slot(session, NOW + timedelta(days=2)), at=NOW)
        text = a_text_out(session, a_talk(session, leila), kind="reminder")

    sara.post(f"/register/{leila.code}/avsluta", avslutsskal="avliden")

    with house.database.read() as session:
        assert session.get_one(type(booking), booking.id).state == "cancelled"
        assert session.get_one(type(text), text.id).state == "cancelled"


# ---- jäv


def test_whoever_knows_the_person_loses_the_page_at_once(sara: Browser, karin: Browser, house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, mobile="05", identity=PERSONNUMMER[0], responsible_id=sara.staff.id)
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1), held_by_id=sara.staff.id)
        a_text_in(session, talk, "hej")
        a_booking(session, leila, a_slot(session, NOW + timedelta(hours=5)), at=NOW)

    assert sara.post(f"/register/{leila.code}/kanner").status_code == 422
    sara.post(f"/register/{leila.code}/kanner", sakert="ja")

    closed = sara.get(f"/register/{leila.code}")
    assert closed.status_code == 403
    assert "Du har sagt att du känner personen" in closed.text
    assert "Fråga Karin Ek" in closed.text
    for address in (f"/register/{leila.code}/tidslinje", f"/register/{leila.code}/uppgifter",
                    f"/inkorg/{talk.code}/samtal"):  # fmt: skip
        assert sara.get(address).status_code == 403
    for address in ("/idag", "/register", "/idag?visa=bokat"):
        assert "Leila" not in sara.see(address)
    found = sara.post("/register/sok", q=PERSONNUMMER[0])
    assert found.headers["location"] == "/register"
    file = sara.post("/register/exportera", syfte="test av jäv", format="csv")
    assert file.status_code == 200
    assert "Leila" not in file.text
    with house.database.read() as session:
        assert again(session, leila).responsible_id is None
        assert session.get_one(type(talk), talk.id).held_by_id is None
        assert [task.kind for task in storage.tasks.of_person(session, leila.id)] == ["other"]
    assert "Leila Amari" in karin.see(f"/register/{leila.code}")


def test_only_a_head_and_never_oneself_can_open_it_again(
    sara: Browser, karin: Browser, client: TestClient, leila: Person, house: House
) -> None:
    with house.database.write() as session:
        omar = a_staff(session, "konsulent", name="Omar Haddad")
    omar_in = signed_in(client, house.database, omar)
    for browser in (sara, karin):
        browser.post(f"/register/{leila.code}/kanner", sakert="ja")

    assert omar_in.post(f"/register/{leila.code}/kanner/{sara.staff.id}/hav").status_code == 403
    assert karin.post(f"/register/{leila.code}/kanner/{karin.staff.id}/hav").status_code == 403
    with house.database.write() as session:
        other = a_staff(session, "enhetschef", name="Eva Berg")
    eva = signed_in(client, house.database, other)
    assert "Känner personen" in eva.see(f"/register/{leila.code}")
    eva.post(f"/register/{leila.code}/kanner/{sara.staff.id}/hav")

    assert sara.get(f"/register/{leila.code}").status_code == 200
    assert karin.get(f"/register/{leila.code}").status_code == 403


# ---- the sharing card


def a_card(browser: Browser, person: Person, house: House, **more: str) -> str:
    form = {"beratta": "Jag vill läsa klart matten.", "mottagare": "Vuxenutbildningen", "gallertill": LATER}
    assert browser.post(f"/register/{person.code}/delning", **(form | more)).status_code == 303
    with house.database.read() as session:
        return f"/register/{person.code}/delning/{storage.sharing.cards(session, person.id)[0].code}"


def test_nothing_is_told_before_the_person_has_said_yes(sara: Browser, leila: Person, house: House) -> None:
    card = a_card(sara, leila, house)

    assert sara.post(f"{card}/berattat").status_code == 409
    sara.post(f"{card}/ja", hur="skriftligt")
    assert sara.post(f"{card}/berattat").status_code == 303

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Jag vill läsa klart matten." in page
    assert "Sade ja skriftligt. Berättat 2026-11-24 av Sara Lind" in page


def test_a_yes_that_is_taken_back_or_has_run_out_holds_no_longer(
    sara: Browser, leila: Person, house: House, clock: StillClock
) -> None:
    card = a_card(sara, leila, house)
    sara.post(f"{card}/ja", hur="muntligt")
    sara.post(f"{card}/ta-tillbaka")
    assert sara.post(f"{card}/berattat").status_code == 409

    other = a_card(sara, leila, house, gallertill="2026-11-25")
    sara.post(f"{other}/ja", hur="muntligt")
    clock.forward(days=2)
    later = signed_in(sara.client, house.database, sara.staff, now=clock.now())
    assert later.post(f"{other}/berattat").status_code == 409
    assert "Gällde till 2026-11-25" in later.see(f"/register/{leila.code}")


@pytest.mark.parametrize("fault", [{"beratta": ""}, {"mottagare": ""}, {"gallertill": "2026-11-01"},
                                   {"beratta": f"Mitt nummer är {PERSONNUMMER[0]}"}])  # fmt: skip
def test_a_card_says_what_to_whom_and_until_when(sara: Browser, leila: Person, fault: dict[str, str]) -> None:
    form = {"beratta": "Jag vill läsa.", "mottagare": "Vuxenutbildningen", "gallertill": LATER}

    assert sara.post(f"/register/{leila.code}/delning", **(form | fault)).status_code == 422


# ---- corrections


def correction(person: Person, **changed: str) -> dict[str, str]:
    """The form as it stands, with something changed."""
    names = ("first_name", "last_name", "care_of", "street", "postcode", "town", "district", "school", "language")
    return {name: getattr(person, name) for name in names} | {
        "birth_date": str(person.birth_date), "office": str(person.office_id), "responsible": ""
    } | changed  # fmt: skip


def test_what_stood_before_stays_in_the_timeline(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        a_task(session, leila, "ring")
        soder = an_office(session, "Unga Söder")
        a_staff(session, office=soder)
    form = correction(leila, first_name="Leyla", street="Storgatan 1", office=str(soder.id), birth_date="14/5 2007")

    answer = sara.post(f"/register/{leila.code}/ratta", **form)

    assert answer.headers["location"] == f"/register/{leila.code}?klart=sparat"
    with house.database.read() as session:
        now = again(session, leila)
        assert (now.first_name, now.street, now.office_id) == ("Leyla", "Storgatan 1", soder.id)
        assert now.name_key == "leyla amari"
        assert [task.office_id for task in storage.tasks.of_person(session, leila.id)] == [soder.id]
    sara.post(f"/register/{leila.code}/skal", skal="nyss flyttad")
    page = words(sara.see(f"/register/{leila.code}"))
    for line in ("Förnamn Leila → Leyla", "Gatuadress tomt → Storgatan 1", "Kontor Unga Norr → Unga Söder"):
        assert line in page


def test_a_form_that_changes_nothing_writes_nothing(sara: Browser, leila: Person, house: House) -> None:
    answer = sara.post(f"/register/{leila.code}/ratta", **correction(leila))

    assert answer.headers["location"].endswith("klart=redan")
    with house.database.read() as session:
        assert [line for line in storage.audit.latest(session) if line.action == "corrected"] == []


@pytest.mark.parametrize("fault", [{"first_name": " "}, {"birth_date": "igår ungefär"}, {"office": "999"}])
def test_faults_in_a_correction_keep_what_was_typed(sara: Browser, leila: Person, fault: dict[str, str]) -> None:
    answer = sara.post(f"/register/{leila.code}/ratta", **correction(leila, street="Storgatan 1", **fault))

    assert answer.status_code == 422
    assert 'value="Storgatan 1"' in answer.text


def test_the_protection_marker_is_taken_away_by_the_two_roles_only(
    sara: Browser, client: TestClient, leila: Person, house: House
) -> None:
    with house.database.write() as session:
        omar = a_staff(session, "konsulent", name="Omar Haddad")
    omar_in = signed_in(client, house.database, omar)
    omar_in.post(f"/register/{leila.code}/ratta", **correction(leila, protected="ja"))
    assert omar_in.get(f"/register/{leila.code}").status_code == 403

    sara.post(f"/register/{leila.code}/ratta", **correction(leila))

    assert "Skyddade personuppgifter ja → nej" in words(sara.see(f"/register/{leila.code}"))


def test_everything_we_hold_is_on_one_page_to_print(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        a_text_in(session, a_talk(session, leila), "hallå", intent="greeting")

    page = words(sara.see(f"/register/{leila.code}/uppgifter"))

    for held in ("Leila Amari", "2008-05-14", "20070906-••••", "070-174 06 05", "hallå", "Unga Norr"):
        assert held in page


# ---- the head


def test_nobody_is_rung_who_rests_or_is_closed(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        a_task(session, leila, "ring")
    assert "Ring 070-174 06 05</a>" in sara.see(f"/register/{leila.code}")

    sara.post(f"/register/{leila.code}/avsluta", avslutsskal="flyttat")

    assert "Ring 070-174 06 05</a>" not in sara.see(f"/register/{leila.code}")


@pytest.mark.parametrize(("state", "verb"), [("offered", "Erbjud tid"), ("met", "Följ upp"), ("resting", "")])
def test_the_next_step_follows_where_the_person_stands(
    sara: Browser, leila: Person, house: House, state: str, verb: str
) -> None:
    with house.database.write() as session:
        a_talk(session, leila, state=state)

    page = sara.see(f"/register/{leila.code}")
    assert [word for word in ("Erbjud tid", "Följ upp") if f">{word}</a>" in page] == ([verb] if verb else [])


def test_guardians_are_gone_on_the_birthday(sara: Browser, house: House, clock: StillClock) -> None:
    with house.database.write() as session:
        elsa = a_person(session, "Elsa", born=date(2008, 11, 25))
        session.add(storage.people.Guardian(person_id=elsa.id, position=1, name="Amina Said", phone="+46701740670"))
        a_number(session, elsa, "11")

    assert "Amina Said" in sara.see(f"/register/{elsa.code}")
    clock.forward(days=1)
    later = signed_in(sara.client, house.database, sara.staff, now=clock.now())
    for address in (f"/register/{elsa.code}", f"/register/{elsa.code}/uppgifter"):
        assert "Amina Said" not in later.see(address)


def test_a_wish_for_no_letters_is_noted_shown_and_taken_back(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        other = a_person(session, "Elsa")
    sara.post(f"/register/{other.code}/brevstopp")

    answer = sara.post(f"/register/{leila.code}/brevstopp")
    twice = sara.post(f"/register/{leila.code}/brevstopp")

    assert answer.headers["location"].endswith("?klart=sparat")
    assert twice.headers["location"].endswith("?klart=redan")
    page = words(sara.see(f"/register/{leila.code}"))
    assert "Vill inte ha brev eller vykort sedan 2026-11-24" in page
    assert "Vill inte ha post från oss" in page
    assert "Spärra sms" in page
    assert "Har sagt stopp" not in page

    sara.post(f"/register/{leila.code}/brevstopp/hav")

    page = words(sara.see(f"/register/{leila.code}"))
    assert "Vill inte ha brev eller vykort sedan" not in page
    assert "Vill ha post igen" in page
    with house.database.read() as session:
        assert storage.numbers.people_stopped(session, "letter", [leila.id, other.id]) == {other.id}
        actions = [one.action for one in storage.audit.events_of_person(session, leila.id)]
    assert (actions.count("stop"), actions.count("start")) == (1, 1)


def test_whoever_wants_no_letters_gets_no_card_but_texts_as_before(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        programmes.ensure_defaults(session, house.now())
        leila = again(session, leila)
        leila.street, leila.postcode, leila.town = "Provgatan 1", "999 01", "Björkstad"
        storage.people.keep(session, leila)
        office = an_office(session)

    def planned() -> cards.Plan:
        with house.database.read() as session:
            return cards.plan(session, office, "first", [leila.id], house.now())

    assert [one.id for one in planned().getting] == [leila.id]
    sara.post(f"/register/{leila.code}/brevstopp")
    assert list(planned().withheld) == ["letters"]
    with house.database.read() as session:
        assert not storage.numbers.people_stopped(session, "sms", [leila.id])


def test_the_wish_can_be_noted_in_the_talk(sara: Browser, leila: Person, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="human", waits=timedelta(hours=1))
    sara.post(f"/inkorg/{talk.code}/ta-over")

    page = sara.see(f"/register/{leila.code}").split('id="samtal"')[1].split("</section>")[0]

    assert f"/register/{leila.code}/brevstopp" in page
