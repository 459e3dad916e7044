"""A meeting's page, and booking by staff."""

import re
from datetime import timedelta

import pytest
from builders import NOW, Browser, a_person, a_slot, an_office
from calendar_desk import a_meeting, state_of, texts
from sqlmodel import select

import storage.meetings
import storage.people
from bot.wiring import House
from storage.follow_ups import FollowUp

IN_AN_HOUR, YESTERDAY = NOW + timedelta(hours=1), NOW - timedelta(days=1)


# ------------------------------------------------------------------------------------------------------ a meeting


def test_nobody_is_marked_before_the_start(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, IN_AN_HOUR)

    page = sara.see(f"/kalender/mote/{booking.code}")
    assert "Kom inte" not in page
    for outcome in ("kom", "kom_sent", "kom_inte", "installt"):
        assert sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall=outcome).status_code == 409
    assert state_of(house, booking) == "booked"


@pytest.mark.parametrize(("pressed", "state"), [
    ("kom", "came"), ("kom_sent", "came_late"), ("kom_inte", "no_show"), ("installt", "called_off"),
])  # fmt: skip
def test_one_press_after_the_start(sara: Browser, house: House, pressed: str, state: str) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)

    sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall=pressed, fran="mote")

    assert state_of(house, booking) == state


@pytest.mark.parametrize("state", ["cancelled", "called_off"])
def test_a_cancelled_meeting_is_never_one_that_somebody_missed(sara: Browser, house: House, state: str) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)
        booking.state = state

    assert "Kom inte" not in sara.see(f"/kalender/mote/{booking.code}")
    assert sara.post(f"/kalender/mote/{booking.code}/narvaro", utfall="kom_inte").status_code == 409
    assert state_of(house, booking) == state


def test_whoever_came_gets_a_next_step_and_follow_ups_that_can_be_turned_off(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, YESTERDAY)
    address = f"/kalender/mote/{booking.code}"

    assert sara.post(f"{address}/narvaro", utfall="kom", fran="mote").headers["location"].startswith(address)
    page = sara.see(address)
    assert "Nästa steg" in page
    assert "Brygga frågar hur det går" in page

    sara.post(f"{address}/uppfoljning")
    assert "Brygga frågar hur det går" not in sara.see(address)
    with house.database.read() as session:
        assert [row.done_at for row in session.exec(select(FollowUp))] == [NOW] * 3


def test_calling_off_a_coming_meeting_proposes_others(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        booking = a_meeting(session, sara.staff, NOW + timedelta(days=1))
        a_slot(session, NOW + timedelta(days=2), staff=sara.staff)

    sara.post(f"/kalender/mote/{booking.code}/stallin")

    assert state_of(house, booking) == "called_off"
    assert [text.text_code for text in texts(house)] == ["OFF-NEW"]


# ------------------------------------------------------------------------------------------------ booking by staff


def test_staff_book_a_person_they_have_searched_for(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, "Leila", mobile="05")
        slot = a_slot(session, IN_AN_HOUR, staff=sara.staff)

    found = sara.post("/kalender/boka/sok", q="leila", tid=slot.code)
    assert found.status_code == 200
    assert leila.code in found.text
    answer = sara.post("/kalender/boka", person=leila.code, tid=slot.code, sms="ja")

    assert re.fullmatch(r"/kalender/mote/\w+\?klart=bokad", answer.headers["location"])
    assert [text.text_code for text in texts(house)] == ["BOOKED"]
    assert "Bokad" in sara.see("/kalender")


def test_a_time_that_is_taken_gives_the_two_nearest(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        noor = a_person(session, "Noor", mobile="06")
        taken = storage.meetings.slot(session, a_meeting(session, sara.staff, NOW + timedelta(days=1)).slot_id)
        near = [a_slot(session, taken.starts_at + timedelta(hours=hours), staff=sara.staff) for hours in (1, 3)]
        far = a_slot(session, taken.starts_at + timedelta(days=5), staff=sara.staff)

    answer = sara.post("/kalender/boka", person=noor.code, tid=taken.code, sms="ja")

    assert answer.status_code == 409
    assert "Tiden är redan bokad" in answer.text
    assert all(slot.code in answer.text for slot in near)
    assert far.code not in answer.text
    assert texts(house) == []


def test_whoever_has_a_time_is_moved(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        old = a_meeting(session, sara.staff, NOW + timedelta(days=1))
        code = storage.people.get(session, old.person_id).code
        slot = a_slot(session, NOW + timedelta(days=2), staff=sara.staff)

    assert "Har redan en tid" in sara.see(f"/kalender/boka?mote={old.code}")
    sara.post("/kalender/boka", person=code, tid=slot.code)

    assert state_of(house, old) == "moved"


def test_another_offices_person_is_not_found_and_not_booked(sara: Browser, house: House) -> None:
    with house.database.write() as session:
        stranger = a_person(session, "Ebba", office=an_office(session, "Unga Söder"))
        slot = a_slot(session, IN_AN_HOUR, staff=sara.staff)

    assert stranger.code not in sara.post("/kalender/boka/sok", q="Ebba").text
    assert sara.post("/kalender/boka", person=stranger.code, tid=slot.code).status_code == 403
