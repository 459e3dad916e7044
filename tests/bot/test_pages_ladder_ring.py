"""The ring pass: one card at a time, one press an outcome, and never the same card at two desks (ux §4.10, §6)."""

import re
from datetime import timedelta

import pytest
from builders import (
    NOW,
    Browser,
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
)
from fastapi.testclient import TestClient
from talks import Clock

import storage.audit
import storage.ladders
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from bot.wiring import House
from outreach import ladder, ladder_settings, programmes
from storage.database import Session
from storage.people import Person

LIST, CARD = "/trappan/ring", "/trappan/ring/pass"


def to_ring(session: Session, first_name: str, number: str, **more: object) -> Person:
    """Somebody with a mobile whose turn it is to be rung."""
    return a_person(session, first_name, mobile=number, **more)


@pytest.fixture
def browser(client: TestClient, house: House) -> Browser:
    """A coordinator, with Adam, Bella and Cleo to ring, in that order, and one with protected identity."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        staff = a_staff(session)
        for name, number in (("Adam", "05"), ("Bella", "06"), ("Cleo", "07")):
            to_ring(session, name, number)
        to_ring(session, "Hemlig", "08", protected=True)
        ladder.settle(session, NOW)
    return signed_in(client, house.database, staff)


def who(page: str) -> str:
    """The name on the card; empty when there is no card."""
    found = re.search(r'<h2 id="kort-t">(\w+)', page)
    return found[1] if found else ""


def fields(page: str) -> dict[str, str]:
    """What the card's form carries."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("person", "nyckel")}  # type: ignore[index]


def start(browser: Browser) -> str:
    """Press "Starta ringpass"; the first card."""
    browser.post(LIST + "/start")
    return browser.get(CARD).text


def press(browser: Browser, page: str, outcome: str, **more: str) -> str:
    """Press an outcome on the card; the page that follows."""
    answer = browser.post(CARD, **fields(page), utfall=outcome, **more)
    if answer.status_code != 303:
        return str(answer.text)
    return str(browser.get(answer.headers["location"]).text)


def person(house: House, first_name: str) -> Person:
    """The person with this first name."""
    with house.database.read() as session:
        found = [one for one in storage.people.many(session, range(1, 20)).values() if one.first_name == first_name]
        return found[0]


def attempts(house: House, first_name: str) -> list[str]:
    """What has been noted about somebody."""
    with house.database.read() as session:
        return [one.result for one in storage.tasks.attempts(session, person(house, first_name).id)]


def test_the_list_says_who_is_next_and_starts_a_pass(browser: Browser) -> None:
    page = browser.get(LIST).text
    assert "3 personer att ringa nu" in page
    assert page.index("Adam") < page.index("Bella") < page.index("Cleo")
    assert "Hemlig" not in page
    assert "Inte ringd ännu" in page
    assert "Eftermiddag" in page
    card = start(browser)
    assert who(card) == "Adam"
    assert 'href="tel:+46701740605"' in card
    assert "070-174 06 05" in card
    assert "0 av 3 ringda, 0 svarade" in card
    assert "Första samtalet" in card


def test_the_name_and_the_number_stand_in_no_address_and_no_title(browser: Browser) -> None:
    page = start(browser)
    title = re.search(r"<title>([^<]*)", page)
    assert title is not None
    assert title[1] == "0 av 3 ringda, 0 svarade – Ringpass – Brygga"
    assert not re.findall(r'(?:action|href)="/[^"]*(?:Adam|0701740605)', page)


def test_an_outcome_is_one_press_and_the_next_card_comes(browser: Browser, house: House) -> None:
    page = press(browser, start(browser), "inte")
    assert who(page) == "Bella"
    assert attempts(house, "Adam") == ["no_answer"]
    assert "1 av 3 ringda, 0 svarade" in page
    assert "Nästa steg: ring" in page


def test_a_press_that_comes_twice_counts_once(browser: Browser, house: House) -> None:
    page = start(browser)
    press(browser, page, "inte")
    after = press(browser, page, "inte")
    assert attempts(house, "Adam") == ["no_answer"]
    assert who(after) == "Bella"
    assert "1 av 3 ringda" in after


def test_the_card_stays_when_it_is_asked_to(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        a_number(session, person(house, "Adam"), "10", kind="landline")
    page = press(browser, start(browser), "inte", stanna="ja")
    assert who(page) == "Adam"
    assert who(press(browser, page, "upptaget")) == "Bella"
    assert attempts(house, "Adam") == ["no_answer", "busy"]


def test_two_coordinators_never_get_the_same_card(browser: Browser, client: TestClient, house: House) -> None:
    with house.database.write() as session:
        other = a_staff(session, name="Kim Ek")
    first = start(browser)
    colleague = signed_in(client, house.database, other)
    second = start(colleague)
    assert (who(first), who(second)) == ("Adam", "Bella")
    assert who(press(browser, first, "inte")) == "Cleo"
    assert who(press(colleague, second, "inte")) == ""


def test_a_card_nobody_has_looked_at_for_a_while_is_free_again(
    browser: Browser, client: TestClient, house: House, clock: Clock
) -> None:
    with house.database.write() as session:
        other = a_staff(session, name="Kim Ek")
    start(browser)
    clock.forward(minutes=11)
    assert who(start(signed_in(client, house.database, other, now=clock.now()))) == "Adam"
    page = browser.get(CARD).text
    assert "rings av en kollega" in page
    assert who(press(browser, page, "inte")) == "Bella", "what was noted all the same is kept"
    assert attempts(house, "Adam") == ["no_answer"]


def test_a_booking_takes_three_presses_and_is_confirmed(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        slot = a_slot(session, NOW + timedelta(days=2))
    page = start(browser)
    assert "På torsdag kl. 13.04" in page
    after = press(browser, page, f"tid:{slot.code}")
    assert who(after) == "Bella"
    assert "1 av 3 ringda, 1 svarade" in after
    with house.database.read() as session:
        adam = person(house, "Adam")
        assert storage.meetings.open_booking(session, adam.id) is not None
        texts = storage.messages.of_person(session, adam.id)
        assert [(text.kind, text.text_code, text.state) for text in texts] == [("staff", "BOOKED", "queued")]
        assert [tie.standing for tie, _ in storage.numbers.of_person(session, adam.id)] == ["confirmed"]
        place = storage.ladders.place(session, adam.id)
        assert place is not None
        assert (place.state, place.left_why) == ("left", "ahead")


def test_a_taken_time_is_said_and_nothing_is_noted(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        slot = a_slot(session, NOW + timedelta(days=2))
    page = start(browser)
    with house.database.write() as session:
        storage.meetings.claim_seat(session, slot.id, person(house, "Cleo").id, now=NOW)
    after = press(browser, page, f"tid:{slot.code}")
    assert "Tiden hann bli tagen. Välj en annan." in after
    assert who(after) == "Adam"
    assert attempts(house, "Adam") == []


def test_somebody_who_cannot_be_texted_is_booked_and_told_aloud(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        slot = a_slot(session, NOW + timedelta(days=2))
        adam = person(house, "Adam")
        for tie, _ in storage.numbers.of_person(session, adam.id):
            storage.numbers.untie(session, tie)
        a_number(session, adam, "+4684650041", kind="landline")
    page = start(browser)
    assert "Inget sms kan bekräfta tiden" in page
    after = press(browser, page, f"tid:{slot.code}")
    assert "Tiden är bokad, men inget sms skickas" in after
    with house.database.read() as session:
        assert storage.messages.of_person(session, adam.id) == []


def test_undo_takes_the_last_outcome_back_and_shows_the_card(browser: Browser, house: House) -> None:
    press(browser, start(browser), "fel")
    with house.database.read() as session:
        assert [tie.standing for tie, _ in storage.numbers.of_person(session, person(house, "Adam").id)] == [
            "wrong_person"
        ]
    answer = browser.post(CARD + "/angra")
    page = browser.get(answer.headers["location"]).text
    assert who(page) == "Adam"
    assert "0 av 3 ringda" in page
    assert attempts(house, "Adam") == []
    with house.database.read() as session:
        assert [tie.standing for tie, _ in storage.numbers.of_person(session, person(house, "Adam").id)] == [
            "unverified"
        ]


def test_undo_takes_a_booking_and_its_text_back(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        slot = a_slot(session, NOW + timedelta(days=2))
    press(browser, start(browser), f"tid:{slot.code}")
    browser.post(CARD + "/angra")
    with house.database.read() as session:
        adam = person(house, "Adam")
        assert storage.meetings.open_booking(session, adam.id) is None
        assert [text.state for text in storage.messages.of_person(session, adam.id)] == ["cancelled"]
        assert storage.meetings.seats_left(session, slot.id) == 1
        place = storage.ladders.place(session, adam.id)
        assert place is not None
        assert (place.state, place.kind) == ("on", "ring")


@pytest.mark.parametrize(
    ("pressed", "state", "why"),
    [("tank:14", "left", "paused"), ("jobbar", "left", "reached"), ("nej", "left", "paused"),
     ("sparr", "ended", "stopped")],
)  # fmt: skip
def test_every_answer_takes_the_person_off_the_ladder(
    browser: Browser, house: House, pressed: str, state: str, why: str
) -> None:
    page = press(browser, start(browser), pressed)
    assert "1 svarade" in page
    with house.database.read() as session:
        place = storage.ladders.place(session, person(house, "Adam").id)
        assert place is not None
        assert (place.state, place.left_why) == (state, why)


def test_somebody_who_writes_meanwhile_leaves_the_pass_with_a_line_why(
    browser: Browser, house: House, clock: Clock
) -> None:
    start(browser)
    clock.forward(minutes=2)
    with house.database.write() as session:
        adam = person(house, "Adam")
        a_text_in(session, a_talk(session, adam, address="05"), "hej", at=clock.now())
        ladder.follow(session, adam.id, clock.now())
    page = browser.get(CARD).text
    assert "Adam A. har skrivit till er." in page
    assert "Adam A. har skrivit till er." in browser.get(CARD + "/lage").text
    assert 'href="tel:' not in page
    browser.post(CARD + "/nasta", person=adam.code)
    assert who(browser.get(CARD).text) == "Bella"


def test_a_card_put_aside_comes_back_later_the_same_day(browser: Browser, house: House, clock: Clock) -> None:
    assert who(press(browser, start(browser), "undan:30")) == "Bella"
    assert attempts(house, "Adam") == []
    clock.forward(minutes=16)
    browser.get(CARD)
    clock.forward(minutes=15)
    page = browser.get(CARD).text
    assert who(press(browser, page, "inte")) == "Adam"


def test_ringing_another_day_is_chosen_or_typed(browser: Browser, house: House) -> None:
    page = press(browser, start(browser), "senare-annan", dag="2026-11-20", klockan="15")
    assert "Dagen har redan varit." in page
    after = press(browser, page, "senare-annan", dag="fre", klockan="15")
    assert "på fredag" in after
    assert attempts(house, "Adam") == ["later"]
    with house.database.read() as session:
        place = storage.ladders.place(session, person(house, "Adam").id)
        assert place is not None
        assert place.due_at.isoformat() == "2026-11-27T14:00:00+00:00"


@pytest.mark.parametrize("day", ["i dag", ""])
def test_a_card_for_a_time_today_comes_first_at_that_time_and_not_before(
    browser: Browser, house: House, clock: Clock, client: TestClient, day: str
) -> None:
    page = press(browser, start(browser), "senare-annan", dag=day, klockan="15.00")
    assert (who(page), attempts(house, "Adam")) == ("Bella", [])
    assert "Adam" not in browser.get(LIST).text, "nor at a colleague's desk"
    assert who(press(browser, page, "inte")) == "Cleo"
    clock.forward(minutes=120)
    browser = signed_in(client, house.database, browser.staff, now=house.now())
    assert "Adam" in browser.get(LIST).text
    assert who(press(browser, browser.get(CARD).text, "undan:30")) == "Adam"


def test_a_time_today_needs_an_hour_that_is_to_come(browser: Browser) -> None:
    page = press(browser, start(browser), "senare-annan", dag="i dag")
    assert "Skriv vilken tid i dag du vill ringa" in page
    assert "Tiden har redan varit." in press(browser, page, "senare-annan", dag="i dag", klockan="9")


def test_a_press_without_an_outcome_says_what_to_do_and_keeps_the_note(browser: Browser) -> None:
    card = start(browser)
    first = re.search(r'<button type="submit" name="utfall" value="([^"]*)"', card)
    assert first is not None
    assert first[1] == "", "Enter in a field presses the first button: it may be no outcome"
    page = press(browser, card, "", text="Mobilsvar")
    assert "Välj vad som hände." in page
    assert "Mobilsvar" in page


def test_what_to_say_follows_what_has_been(browser: Browser, house: House) -> None:
    with house.database.write() as session:
        adam, bella = person(house, "Adam"), person(house, "Bella")
        a_text_out(session, a_talk(session, adam, address="05", state="new"), kind="campaign", state="sent",
                   at=NOW - timedelta(days=5))  # fmt: skip
        a_talk(session, bella, address="06", state="no_show", now=NOW - timedelta(days=400))
        cleo = person(house, "Cleo")
        a_task(session, cleo, why="bad om ett samtal")
    page = start(browser)
    seen = {}
    for _ in range(3):
        found = re.search(r'id="sag-t">Så kan du säga <span class="meta">([^<]*)', page)
        seen[who(page)] = found[1] if found else ""
        page = press(browser, page, "undan:30")
    assert seen["Adam"] == "Efter sms"
    assert seen["Bella"] == "Efter ett missat möte"
    assert seen["Cleo"] == "Vill bli uppringd"


def test_the_text_before_a_call_is_offered_where_the_office_has_it(browser: Browser, house: House) -> None:
    assert "Sms:a att vi ringer" not in start(browser)
    with house.database.write() as session:
        ladder_settings.change(session, an_office(session).id, browser.staff, texts_itself=False, answerer_id=None,
                               announce_first=False, text_before_call=True, now=NOW)  # fmt: skip
    page = browser.get(CARD).text
    assert "Sms:a att vi ringer kl. 13.34" in page
    answer = browser.post(CARD + "/sms", person=fields(page)["person"])
    assert who(browser.get(answer.headers["location"]).text) == "Bella"
    with house.database.read() as session:
        texts = storage.messages.of_person(session, person(house, "Adam").id)
        assert [text.text_code for text in texts] == ["CALL-SOON"]


def test_reading_a_card_is_logged(browser: Browser, house: House) -> None:
    start(browser)
    with house.database.read() as session:
        adam = person(house, "Adam")
        assert storage.audit.last(session, "read", staff_id=browser.staff.id, person_id=adam.id) is not None


def test_an_empty_list_says_when_the_next_turn_is(browser: Browser) -> None:
    page = start(browser)
    for _ in range(3):
        page = press(browser, page, "inte")
    assert who(page) == ""
    assert "Alla är nådda eller väntar på svar. Nästa tur:" in page
    assert "3 av 3 ringda, 0 svarade" in page
    browser.post(CARD + "/klar")
    assert "Alla är nådda eller väntar på svar. Nästa tur:" in browser.get(LIST).text


def test_an_ambassador_sees_no_ring_pass(client: TestClient, house: House) -> None:
    with house.database.write() as session:
        staff = a_staff(session, "ambassador")
    ambassador = signed_in(client, house.database, staff)
    assert ambassador.get(LIST).status_code == 403
    assert ambassador.get(CARD).status_code == 403


def test_a_protected_person_has_no_card_even_by_a_guessed_form(browser: Browser, house: House) -> None:
    hidden = person(house, "Hemlig")
    page = start(browser)
    answer = browser.post(CARD, person=hidden.code, nyckel="x", utfall="inte")
    assert answer.status_code == 403
    assert "Hemlig" not in page + browser.get(CARD).text
