"""Idag: what needs me now."""

import re
from datetime import timedelta

import pytest
from builders import (
    NOW,
    Browser,
    a_booking,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    a_task,
    a_text_in,
    a_text_out,
    an_office,
    signed_in,
)
from fastapi.testclient import TestClient

import storage.campaigns
import storage.conversations
import storage.meetings
from bot.wiring import House
from storage.campaigns import Campaign
from storage.database import Session


def block(page: str, name: str) -> str:
    """One block of the page."""
    found = re.search(rf'<section class="block[^>]*id="idag-{name}".*?</section>', page, re.DOTALL)
    assert found, name
    return found[0]


def test_the_heading_is_the_day_and_the_week(sara: Browser) -> None:
    assert "Tisdag 24 november 2026 · v.\u00a048" in sara.see("/idag")


def test_an_empty_day_says_when_the_next_meeting_is(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_booking(session, a_person(session), a_slot(session, NOW + timedelta(days=1)), at=NOW)

    page = sara.see("/idag")

    assert "Inget väntar. Nästa möte är i morgon kl. 13.04." in block(page, "manniska")
    assert "Alla är nådda eller väntar på svar." in block(page, "ring")


def test_acute_comes_first_and_then_the_longest_wait(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, hours, state, why in (
            ("Elsa", 1, "human", "vill ha en människa"), ("Noor", 5, "human", "vill ha en människa"),
            ("Ida", 9, "offered", "fråga utan svar"), ("Leila", 0.5, "urgent", "akut"),
        ):  # fmt: skip
            a_talk(session, a_person(session, name), state=state, waits=timedelta(hours=hours), why=why)

    shown = block(sara.see("/idag"), "manniska")

    assert re.findall(r"/inkorg/\w+\">(\w+) A\.", shown) == ["Leila", "Noor", "Elsa", "Ida"]
    assert "Akut" in shown
    assert "Har väntat 5\u00a0tim" in shown


def test_names_are_first_name_and_initial(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_talk(session, a_person(session), waits=timedelta(hours=1))

    page = sara.see("/idag")

    assert "Leila A." in page
    assert "Amari" not in page


@pytest.mark.parametrize(("state", "why", "intent"), [
    ("urgent", "akut", "crisis"), ("human", "tufft läge", "struggling"),
    ("human", "vill ha en människa", "struggling"), ("human", "fråga utan svar", "crisis"),
])  # fmt: skip
def test_a_cry_for_help_is_not_read_in_a_list(sara: Browser, house: House, state: str, why: str, intent: str) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session), state=state, waits=timedelta(hours=1), why=why)
        a_text_in(session, talk, "jag orkar inte mer", intent=intent)

    shown = block(sara.see("/idag"), "manniska")

    assert "Behöver läsas" in shown
    assert "orkar" not in shown


def test_other_texts_are_shown_cut_short(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session), waits=timedelta(hours=1), why="fråga utan svar")
        a_text_in(session, talk, "får man ta med hund " * 10, intent="question")

    shown = block(sara.see("/idag"), "manniska")

    quote = re.search("”(.*)”", shown)
    assert quote
    assert len(quote[1]) <= 80
    assert quote[1].endswith("…")


def test_jag_tar_den_stays_and_ta_over_goes_to_the_talk(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        first = a_talk(session, a_person(session, "Elsa"), address="05", waits=timedelta(hours=1))
        leila = a_person(session)
        second = a_talk(session, leila, address="06", waits=timedelta(hours=1))

    stays = sara.post(f"/inkorg/{first.code}/jag-tar-den")
    goes = sara.post(f"/inkorg/{second.code}/ta-over")

    assert stays.headers["location"].startswith("/idag")
    assert goes.headers["location"] == f"/inkorg/{second.code}?skriv=ja"
    assert block(sara.see("/idag"), "manniska").count("du har den") == 2


def test_a_colleagues_talk_is_not_offered(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        omar = a_staff(session, "konsulent", name="Omar Haddad")
        talk = a_talk(session, a_person(session), waits=timedelta(hours=1), held_by_id=omar.id, held_since=NOW)

    assert "Omar har den" in block(sara.see("/idag"), "manniska")
    answer = sara.post(f"/inkorg/{talk.code}/ta-over")

    assert answer.status_code == 409
    assert "Omar har redan samtalet." in answer.text


def test_visa_alla_opens_exactly_the_counted_rows(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for number in range(9):
            a_talk(session, a_person(session, f"Person{number}"), waits=timedelta(hours=1))

    page = sara.see("/idag")
    assert "Visa alla 9" in page
    assert block(page, "manniska").count('data-key="s') == 7
    assert block(sara.see("/idag?visa=manniska"), "manniska").count('data-key="s') == 9


def test_protected_people_are_not_named_and_only_two_roles_see_that_somebody_waits(
    client: TestClient, sara: Browser, house: House
) -> None:  # fmt: skip
    with house.database.write() as session:
        person = a_person(session, "Hemlig", "Persson", protected=True)
        talk = a_talk(session, person, waits=timedelta(hours=1))
        a_text_in(session, talk, "ring mig", intent="human")
        a_task(session, person, "ring")
        a_booking(session, person, a_slot(session, NOW + timedelta(hours=2)))
        staff = a_staff(session, "konsulent", name="Omar Haddad")
    omar = signed_in(client, house.database, staff)

    seen, not_seen = sara.see("/idag"), omar.see("/idag")

    assert "Hemlig" not in seen + not_seen
    assert "ring mig" not in seen
    assert f"/inkorg/{talk.code}" in block(seen, "manniska")
    assert person.code not in not_seen
    assert talk.code not in not_seen
    assert person.code not in block(seen, "ring")


def test_booked_shows_today_tomorrow_and_what_nobody_has_marked(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, hours in (("Ida", -100), ("Elsa", -26), ("Noor", 2), ("Leila", 21), ("Tove", 60)):
            a_booking(session, a_person(session, name), a_slot(session, NOW + timedelta(hours=hours)))
        a_booking(session, a_person(session, "Mira"), a_slot(session, NOW - timedelta(hours=27)), state="came")

    shown = block(sara.see("/idag"), "bokat")

    assert re.findall(r"/register/\w+\">(\w+) A\.", shown) == ["Ida", "Elsa", "Noor", "Leila"]
    assert shown.count("Närvaro saknas") == 2
    assert shown.count('value="kom"') == 2


@pytest.mark.parametrize(("pressed", "state", "stands"), [("kom", "came", "met"), ("kom_inte", "no_show", "no_show")])
def test_attendance_takes_one_press(sara: Browser, house: House, pressed: str, state: str, stands: str) -> None:
    with house.database.write() as session:
        leila = a_person(session)
        a_talk(session, leila, state="booked")
        booking = a_booking(session, leila, a_slot(session, NOW - timedelta(hours=1)))

    answer = sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall=pressed)

    assert answer.headers["location"] == "/idag?klart=sparat"
    with house.database.read() as session:
        assert storage.meetings.booking(session, booking.id).state == state
        talk = storage.conversations.of_person(session, leila.id)
        assert talk is not None
        assert talk.state == stands


def test_numbers_that_do_not_work_open_exactly_their_people(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        for name, code, why, days in (
            ("Elsa", "30003", "Telefonen är avstängd.", 1), ("Noor", "30003", "Telefonen är avstängd.", 2),
            ("Ida", "30005", "Numret finns inte längre.", 1), ("Tove", "30005", "Numret finns inte längre.", 9),
        ):  # fmt: skip
            talk = a_talk(session, a_person(session, name))
            a_text_out(session, talk, state="undelivered", error=code, reason=why, at=NOW - timedelta(days=days))

    shown = block(sara.see("/idag"), "nummer")
    counted = re.findall(r'href="(/register\?ejfram=\w+)"><strong>(\d)</strong>', shown)

    assert counted == [("/register?ejfram=30003", "2"), ("/register?ejfram=30005", "1")]
    for address, count in [*counted, ("/register?ejfram=alla", "3")]:
        assert sara.see(address).count('name="person"') == int(count)


def test_the_side_counts_open_exactly_their_people(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        office = an_office(session)
        a_talk(session, a_person(session, "Elsa", born=NOW.date().replace(year=2008, month=12)), state="met")
        a_person(session, "Noor", born=NOW.date().replace(year=2003))
        a_person(session, "Hemlig", born=NOW.date().replace(year=2008, month=12), protected=True)
        _campaign(session, office.id, "running")

    page = sara.see("/idag")

    assert re.search(r'href="/register\?nadd=ja"><span class="figure-big">1</span></a> av 2', page)
    assert sara.see("/register?nadd=ja").count('name="person"') == 1
    assert sara.see("/register?fyller=18").count('name="person"') == 1
    assert "Första kontakten" in page


def _campaign(session: Session, office_id: int, state: str) -> None:
    storage.campaigns.add(
        session,
        Campaign(
            name="Första kontakten", audience="alla", text_sv="Hej", state=state, created_at=NOW, office_id=office_id
        ),
    )


def test_a_block_that_fails_says_so_while_the_others_work(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        a_booking(session, a_person(session), a_slot(session, NOW + timedelta(hours=2)))
    with house.database.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE attempt RENAME TO gone")
        connection.exec_driver_sql("ALTER TABLE task RENAME TO gone_too")

    page = sara.see("/idag")

    assert "Den här delen kunde inte hämtas." in block(page, "ring")
    assert "Leila A." in block(page, "bokat")
    assert page.count("Den här delen kunde inte hämtas.") == 2  # the side counts those reached by phone


@pytest.mark.parametrize("name", ["manniska", "bokat", "ring", "nummer", "sida"])
def test_each_part_is_fetched_alone_and_says_when(sara: Browser, name: str) -> None:
    answer = sara.get(f"/idag/del/{name}")

    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert answer.headers["X-Brygga-Tid"] == "13.04"


@pytest.mark.parametrize("role", ["ambassador", "lasare", "administrator"])
def test_roles_without_an_inbox_are_kept_out(client: TestClient, house: House, role: str) -> None:
    with house.database.write() as session:
        booking = a_booking(session, a_person(session), a_slot(session, NOW - timedelta(hours=1)))
        talk = a_talk(session, waits=timedelta(hours=1))
        staff = a_staff(session, role)
    outsider = signed_in(client, house.database, staff)

    for address in ("/idag", "/idag/del/manniska", f"/inkorg/{talk.code}"):
        assert outsider.get(address).status_code == 403
    for address in (f"/kalender/mote/{booking.code}/narvaro", f"/inkorg/{talk.code}/ta-over"):
        assert outsider.post(address, utfall="kom").status_code == 403


def test_another_offices_day_is_not_shown(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        person = a_person(session)
        a_talk(session, person, waits=timedelta(hours=1))
        booking = a_booking(session, person, a_slot(session, NOW - timedelta(hours=1)))
        staff = a_staff(session, office=an_office(session, "Unga Söder"))
    other = signed_in(client, house.database, staff)

    assert "Leila" not in other.see("/idag")
    assert other.post(f"/kalender/mote/{booking.code}/narvaro", utfall="kom").status_code == 403


def test_a_form_from_elsewhere_changes_nothing(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session), waits=timedelta(hours=1))

    answer = sara.post(f"/inkorg/{talk.code}/ta-over", csrf="guessed")

    assert answer.status_code == 403
    with house.database.read() as session:
        assert storage.conversations.get(session, talk.id).held_by_id is None
