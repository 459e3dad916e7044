"""The open page of a dialog meeting: what it says, how one says yes there, and what a stranger cannot do with it."""

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from builders import e164
from chats import Chat, turn_on
from conftest import Shelf, StillClock
from dateutil import tz
from dateutil.parser import parse
from fastapi.testclient import TestClient
from open_door import SHOWN, a_house, posted, weight, words
from sqlmodel import select
from talks import Clock, Town, at

import storage.gatherings
import storage.meetings
import storage.messages
import storage.people
from bot.wiring import House
from outreach import gatherings, page_asks, share_links
from storage.page_asks import PageAsk

WHEN = "torsdag 3 december kl. 17.00–17.45"


@pytest.fixture
def house(shelf: Shelf, clock: StillClock) -> House:
    """A practice installation that has a number."""
    return a_house(shelf, clock)


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr, without free times of its own."""
    return Town(house, clock, ())


def texts_to(town: Town, mobile: str) -> list[tuple[str, str]]:
    """Every text to a number: which, and how it went."""
    town.run()
    with town.house.database.read() as session:
        rows = storage.messages.of_address(session, "sms", e164(mobile))
    return [(row.text_code, row.state) for row in rows]


def signs_up(
    client: TestClient, name: str = "Omar", mobile: str = "070-174 06 99", **more: str
) -> tuple[int, str, str]:
    """Fill in the form."""
    return posted(client, "/m/7K3P", fornamn=name, mobil=mobile, **more)


def test_the_page_says_what_when_where_who_and_how_much_room_in_three_languages(
    town: Town, meeting: int, client: TestClient
) -> None:
    turn_on(town)
    with town.house.database.write() as session:
        row = gatherings.terms(session, storage.meetings.slot(session, meeting))
        row.how_to_find = "Gå in från torget."
        storage.gatherings.keep(session, row)

    swedish, english, easy = (client.get(f"/m/7k3p{query}") for query in ("", "?sprak=en", "?sprak=latt"))
    said = words(swedish.text)

    for part in (WHEN, "sommarjobb", "Hallens bibliotek", "Hitta hit: Gå in från torget.", "Mohammed",
                 "Några platser kvar", f"Sms:a KOM 7K3P till {SHOWN}", "Ta gärna med någon."):  # fmt: skip
        assert part in said, part
    assert 'href="sms:+46701740699?body=KOM%207K3P"' in swedish.text
    assert 'href="https://t.me/brygga_bot?start=kom-7K3P"' in swedish.text
    assert "Thursday 3 December at 17.00–17.45" in words(english.text)
    assert "Det finns några platser kvar" in words(easy.text)
    assert "Ali" not in swedish.text


def test_the_page_is_light_sets_nothing_fetches_nothing_and_stays_out_of_search_engines(
    meeting: int, client: TestClient
) -> None:
    page = client.get("/m/7K3P")

    assert weight(client, "/m/7K3P") < 60_000
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-robots-tag"] == "noindex"
    assert page.headers["cache-control"] == "no-cache"
    assert [word for word in ("http://", "//cdn") if word in page.text.replace("http://www.w3.org", "")] == []


def test_whoever_signs_up_here_has_a_seat_when_their_own_telephone_says_so(
    town: Town, meeting: int, client: TestClient
) -> None:
    assert signs_up(client)[:2] == (303, "/m/7K3P?skickat=1#anmal")
    assert "Svara KOM 7K3P så är du anmäld" in words(client.get("/m/7K3P?skickat=1").text)
    signs_up(client, "Skurk")
    assert texts_to(town, "99") == [("PAGE-KOM", "delivered")]
    assert town.signups(meeting) == []

    omar = town.stranger("99")
    assert "träffen tors 3 dec kl. 17.00? Svara KOM 7K3P." in omar.last
    assert omar.says("KOM 7K3P")[-1] == "RSVP-OK"
    assert town.signups(meeting) == [("Omar", "signed_up", 0)]
    with town.house.database.read() as session:
        assert storage.gatherings.sources(session, meeting) == {"page": 1}


def test_a_full_meeting_offers_the_line_and_one_without_a_line_the_next_meeting(
    town: Town, meeting: int, client: TestClient
) -> None:
    town.gathering("2026-12-10 17:00", short_code="7K3R")
    for mobile in ("91", "92"):
        town.stranger(mobile).says("KOM 7K3P")

    assert "Skriv upp mig på reservlistan" in words(client.get("/m/7K3P").text)
    signs_up(client)
    assert town.stranger("99").says("KOM 7K3P")[-1] == "FULL"

    with town.house.database.write() as session:
        row = gatherings.terms(session, storage.meetings.slot(session, meeting))
        row.waiting_list = False
        storage.gatherings.keep(session, row)
    page = client.get("/m/7K3P")
    assert "<form" not in page.text
    assert "Nästa är torsdag 10 december kl. 17.00." in words(page.text)


def test_the_answer_is_the_same_whoever_has_the_number_and_only_whoever_may_be_texted_is(
    town: Town, meeting: int, client: TestClient
) -> None:
    known, stopped, hidden, acute, wrong = (town.youth(name, mobile) for name, mobile in (
        ("Leila", "05"), ("Sara", "06"), ("Amina", "07"), ("Nour", "08"), ("Ali", "09")))  # fmt: skip
    town.youth("Bea", "11", born=date(2011, 5, 14), invited=False)
    for youth, words_ in ((stopped, "STOPP"), (acute, "jag vill dö"), (wrong, "fel nummer")):
        youth.says(words_)
    with town.house.database.write() as session:
        person = storage.people.get(session, hidden.person_id or 0)
        person.protected = True
        session.add(person)

    mobiles = ("05", "06", "07", "08", "09", "11", "99")
    answers = {signs_up(client, "Omar", f"07017406{mobile}") for mobile in mobiles}

    assert answers == {(303, "/m/7K3P?skickat=1#anmal", "")}
    got = {mobile: [state for code, state in texts_to(town, mobile) if code == "PAGE-KOM"] for mobile in mobiles}
    assert got == {one: ["delivered" if one in ("05", "99") else "withheld"] for one in mobiles}
    # Nothing of it stands in anybody's talk, and nobody's name in the text.
    assert "Leila" not in known.last
    with town.house.database.read() as session:
        talk = known.talk.id
        assert "PAGE-KOM" not in [row.text_code for row in storage.messages.of_conversation(session, talk)]


def test_a_number_gets_one_text_a_day_and_three_a_month_however_often_it_is_typed(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    for day in range(6):
        for _ in range(3):
            assert signs_up(client)[0] == 303
        assert len(texts_to(town, "99")) == min(day + 1, 3)
        clock.forward(days=1, hours=1)


def test_one_place_types_twenty_numbers_an_hour_and_no_more(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    for number in range(page_asks.TYPED_AN_HOUR_FROM_ONE_PLACE):
        assert signs_up(client, "Omar", f"070-174 06 {number + 10}")[0] == 303

    status, _, said = signs_up(client, "Omar", "070-174 06 99")
    assert (status, "Många har skrivit nummer just nu." in said) == (429, True)
    assert texts_to(town, "99") == []
    clock.forward(hours=1, minutes=1)
    assert signs_up(client)[0] == 303


def test_what_is_wrong_is_said_and_what_was_typed_is_kept_and_a_robot_gets_nowhere(
    town: Town, meeting: int, client: TestClient
) -> None:
    wrong = (
        ("", "12"), ("Omar", "+44 7700 900123"), ("Omar", "08-465 004 11"), ("http://x.se", "0701740699"),
        ("Du ska få", "0701740699"), ("Omar", "070-174 06 99 och 070-174 06 98"),
    )  # fmt: skip
    for name, mobile in wrong:
        answer = client.post("/m/7K3P", data={"fornamn": name, "mobil": mobile})
        assert answer.status_code == 422, (name, mobile)
        assert f'value="{mobile}"' in answer.text
    assert 'href="#mobile"' in client.post("/m/7K3P", data={"fornamn": "Omar"}).text

    assert signs_up(client, tomt="x")[0] == 303
    assert texts_to(town, "99") == []
    elsewhere = client.post(
        "/m/7K3P", data={"fornamn": "A", "mobil": "0701740699"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert elsewhere.status_code == 403


def test_nobody_is_woken_by_what_somebody_types_at_night(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    clock.moment = at("2026-11-25 02:00")
    signs_up(client)

    assert texts_to(town, "99") == [("PAGE-KOM", "queued")]
    clock.moment = at("2026-11-25 08:01")
    assert texts_to(town, "99") == [("PAGE-KOM", "delivered")]


def test_a_code_that_leads_nowhere_names_the_next_meeting(town: Town, client: TestClient) -> None:
    town.gathering("2026-12-10 17:00", short_code="7K3R")

    for code in ("AAAA", "7K3P", "x" * 500, "%00", "k%C3%A5"):
        page = client.get(f"/m/{code}")
        assert page.status_code == 404
        assert "Den här träffen finns inte kvar. Nästa är torsdag 10 december kl. 17.00." in words(page.text)
    assert client.get("/m/AAAA.ics").status_code == 404


def test_a_meeting_that_is_off_or_over_says_so_and_takes_nobody(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    other = town.gathering("2026-12-10 17:00", short_code="7K3R")
    with town.house.database.write() as session:
        storage.meetings.call_off(session, storage.meetings.slot(session, other), now=clock.now())
    off = client.get("/m/7K3R")
    assert (off.status_code, "Träffen torsdag 10 december kl. 17.00 är tyvärr inställd." in words(off.text)) == (
        410,
        True,
    )

    clock.moment = at("2026-12-03 17:00")
    assert "<form" not in client.get("/m/7K3P").text
    assert signs_up(client)[0] == 410
    assert texts_to(town, "99") == []


def test_a_place_that_is_told_afterwards_stands_neither_on_the_page_nor_in_the_calendar(
    town: Town, meeting: int, client: TestClient
) -> None:
    with town.house.database.write() as session:
        row = gatherings.terms(session, storage.meetings.slot(session, meeting))
        row.place_after_signup, row.how_to_find = True, "Bakom Hallens bibliotek"
        storage.gatherings.keep(session, row)

    assert "Hallens" not in client.get("/m/7K3P").text + client.get("/m/7K3P.ics").text
    assert "Du får veta platsen när du har anmält dig." in words(client.get("/m/7K3P").text)


def test_a_link_counts_each_opening_and_its_sign_ups_without_knowing_whose(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    with town.house.database.write() as session:
        link = share_links.link(session, storage.meetings.slot(session, meeting), "instagram", now=clock.now())
        code = link.code
    for _ in range(2):
        assert f"KOM {code}" in client.get(f"/m/{code.lower()}").text
    client.get(f"/m/{code}?sprak=en")
    client.get(f"/m/{code}", headers={"user-agent": "facebookexternalhit/1.1"})
    posted(client, f"/m/{code}", fornamn="Omar", mobil="0701740699")
    town.run()
    town.stranger("99").says(f"KOM {code}")

    with town.house.database.read() as session:
        assert [one.views for one in storage.gatherings.links(session, meeting)] == [2]
        assert storage.gatherings.sources(session, meeting) == {"instagram": 1}


def test_the_telegram_link_signs_up_like_the_code_and_ties_the_chat_to_nobody(town: Town, meeting: int) -> None:
    turn_on(town)
    chat = Chat(town, "70001", None)

    assert chat.says("/start kom-7k3p")[-1] == "RSVP-OK"
    assert town.signups(meeting) == [("", "signed_up", 0)]
    assert chat.talk.person_id is None


def test_what_was_typed_is_forgotten_after_a_month_and_where_it_was_typed_after_an_hour(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    signs_up(client)
    clock.forward(hours=2)
    signs_up(client, "Ali", "070-174 06 98")
    with town.house.database.read() as session:
        rows = session.exec(select(PageAsk)).all()
    assert [bool(row.from_mark) for row in rows] == [False, True]
    assert not any("0699" in value or "testclient" in value for row in rows for value in map(str, vars(row).values()))

    clock.forward(days=31)
    town.run()
    with town.house.database.read() as session:
        assert session.exec(select(PageAsk)).all() == []


def test_whoever_was_there_says_how_it_was_in_numbers_alone_and_no_more_than_were_there(
    town: Town, meeting: int, clock: StillClock, client: TestClient
) -> None:
    assert "<form" not in client.get("/m/7K3P/tack").text
    clock.moment = at("2026-12-03 18:30")
    assert 'href="/m/7K3P/tack"' in client.get("/m/7K3P").text

    page = client.get("/m/7K3P/tack?sprak=latt")
    assert ("set-cookie" in page.headers, "Vi vet inte vem du är." in words(page.text)) == (False, True)
    assert weight(client, "/m/7K3P/tack") < 60_000
    assert posted(client, "/m/7K3P/tack", felt="x")[0] == 422
    assert posted(client, "/m/7K3P/tack")[0] == 422
    for _ in range(2):
        assert posted(client, "/m/7K3P/tack", felt="good", helped="bad")[:2] == (303, "/m/7K3P/tack?klart=1")
    # There were two seats.
    assert "Just nu går det inte att svara" in posted(client, "/m/7K3P/tack", felt="bad")[2]
    assert "Tack! Ditt svar är räknat." in words(client.get("/m/7K3P/tack?klart=1").text)
    with town.house.database.read() as session:
        assert storage.gatherings.pulse(session, [meeting]) == {("felt", "good"): 2, ("helped", "bad"): 2}
    clock.forward(days=8)
    assert "<form" not in client.get("/m/7K3P/tack").text
    assert client.get("/m/AAAA/tack").status_code == 404


# ------------------------------------------------------------------------------------------------ the calendar


def read_calendar(text: str) -> dict[str, Any]:
    """The event, read as RFC 5545 says and by nothing of ours; its hours by the file's own rules for the clock."""
    assert text.endswith("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    lines = text.replace("\r\n ", "").split("\r\n")
    event = lines[lines.index("BEGIN:VEVENT") : lines.index("END:VEVENT")]
    values = {name.partition(";")[0]: value for name, _, value in (line.partition(":") for line in event[1:])}
    zones = tz.tzical(StringIO(text.replace("\r\n", "\n")))
    for name in ("DTSTART", "DTEND"):
        (line,) = [one for one in event if one.startswith(f"{name};")]
        zone = line.partition("TZID=")[2].partition(":")[0]
        values[name] = parse(values[name]).replace(tzinfo=zones.get(zone))
    return values


@pytest.mark.parametrize("when", ["2027-03-28 17:00", "2027-10-31 17:00"])
def test_the_calendar_file_is_read_back_at_the_right_hour_summer_and_winter(
    town: Town, client: TestClient, when: str
) -> None:
    slot_id = town.gathering(when, place="Hallen; rum 2, \\ vån 3")
    with town.house.database.read() as session:
        slot = storage.meetings.slot(session, slot_id)

    answer = client.get("/m/7K3P.ics")
    event = read_calendar(answer.text)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert (event["DTSTART"], event["DTEND"]) == (slot.starts_at, slot.ends_at)
    assert event["DTSTART"].utcoffset() in (timedelta(hours=1), timedelta(hours=2))
    assert event["LOCATION"] == "Hallen\\; rum 2\\, \\\\ vån 3"
    assert event["URL"] == "https://brygga.bjorkstad.example/m/7K3P"
    assert (event["SUMMARY"], event["STATUS"]) == ("Träff med Unga Björkstad", "CONFIRMED")
