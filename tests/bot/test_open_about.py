"""The pages about us that are open to all: the start, the sender check and its stop, what we keep, accessibility."""

import pytest
from chats import turn_on
from conftest import Shelf, StillClock
from fastapi.testclient import TestClient
from open_door import OURS, SHOWN, a_house, posted, weight, words
from talks import Clock, Town

import storage.numbers
import storage.staff
from bot.wiring import House
from outreach import help_lines, languages, live_checklist, page_asks

PAGES = ("/", "/om-sms", "/integritet", "/tillganglighet")


@pytest.fixture
def house(shelf: Shelf, clock: StillClock) -> House:
    """A practice installation that has a number."""
    return a_house(shelf, clock)


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr, which keeps the usual help lines."""
    town = Town(house, clock, ())
    with house.database.write() as session:
        help_lines.ensure_defaults(session, clock.now())
    return town


def test_each_page_is_light_sets_nothing_and_may_be_found_by_a_search_in_three_languages(
    town: Town, client: TestClient
) -> None:
    for path in PAGES:
        for query, lang in (("", "sv"), ("?sprak=en", "en"), ("?sprak=latt", "sv")):
            page = client.get(path + query)
            assert (page.status_code, page.headers.get("set-cookie")) == (200, None)
            assert f'<html lang="{lang}">' in page.text
            assert "noindex" not in page.text + str(page.headers)
            assert "<script" not in page.text
            assert weight(client, path + query) < 60_000
    assert client.get("/om-sms").headers["cache-control"] == "public, max-age=300"


def test_the_sender_check_says_our_numbers_as_text_and_what_we_never_ask_for(town: Town, client: TestClient) -> None:
    turn_on(town)
    page = words(client.get("/om-sms").text)

    for part in (SHOWN, OURS, "@brygga_bot", "Unga Björkstad", "koder, BankID eller pengar", "STOPP", "Bris", "112"):
        assert part in page, part
    assert "Reply STOP to the text" in words(client.get("/om-sms?sprak=en").text)


def test_a_language_stands_there_when_a_translator_has_checked_it_and_not_before(
    town: Town, client: TestClient
) -> None:
    assert "Soomaali" not in client.get("/om-sms").text
    with town.house.database.write() as session:
        languages.turn_on(session, "so", "Amina Warsame", now=town.clock.now(), staff_id=town.staff_id)

    page = client.get("/om-sms").text
    assert '<section class="stack-s" lang="so" dir="ltr">' in page
    assert "Unga Björkstad" in page.partition('lang="so"')[2]


def test_how_long_is_said_when_it_has_been_decided_and_that_it_is_not_before(town: Town, client: TestClient) -> None:
    assert "Kommunen har inte beslutat det än." in words(client.get("/integritet").text)
    with town.house.database.write() as session:
        staff = storage.staff.get(session, town.staff_id)
        live_checklist.confirm(session, "gallring", staff, "KS 2026-114", now=town.clock.now())

    assert "beslut KS 2026-114" in words(client.get("/integritet").text)


def test_a_number_typed_there_is_stopped_by_its_own_telephone_known_or_not(town: Town, client: TestClient) -> None:
    leila, omar = town.youth(), town.stranger("99")
    answers = {posted(client, "/om-sms", mobil=mobile)[:2] for mobile in ("070-174 06 05", "0701740699")}
    town.run()

    assert answers == {(303, "/om-sms?skickat=1#stopp")}
    assert (leila.hears()[-1:], omar.hears()[-1:]) == (["PAGE-STOP"], ["PAGE-STOP"])
    for youth in (leila, omar):
        assert "Svara STOPP." in youth.last
        assert youth.says("STOPP")[-1] == "STOP-OK"
        with town.house.database.read() as session:
            assert storage.numbers.stops_at(session, "sms", [youth.address])
    # It is at most one a day, whatever for, and none at all to somebody who has said stop.
    town.clock.forward(days=2)
    posted(client, "/om-sms", mobil="070-174 06 05")
    town.run()
    assert leila.hears() == []


def test_what_is_wrong_is_said_and_kept_and_a_machine_is_held_back(town: Town, client: TestClient) -> None:
    wrong = client.post("/om-sms", data={"mobil": "<b>12"})
    assert (wrong.status_code, 'value="&lt;b&gt;12"' in wrong.text) == (422, True)
    for number in range(page_asks.TYPED_AN_HOUR_FROM_ONE_PLACE):
        posted(client, "/om-sms", mobil=f"070-174 06 {number + 10}")
    status, _, said = posted(client, "/om-sms", mobil="070-174 06 99")
    assert (status, "Många har skrivit nummer just nu." in said) == (429, True)


def test_the_start_is_for_everybody_and_names_the_next_meeting(town: Town, client: TestClient) -> None:
    assert "Det finns ingen" not in words(client.get("/").text)
    town.gathering()
    page = client.get("/")

    assert "Hej! Vi är Unga Björkstad" in words(page.text)
    assert "Nästa är torsdag 3 december kl. 17.00." in words(page.text)
    assert 'href="/m/7K3P"' in page.text
