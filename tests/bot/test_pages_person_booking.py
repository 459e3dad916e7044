"""Moving a booked time on the person's page."""

from datetime import timedelta

import pytest
from builders import NOW, Browser, a_booking, a_number, a_person, a_slot, a_talk, a_task, an_office

import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
from bot.wiring import House
from outreach import meetings, programmes
from storage.meetings import Booking, Slot
from storage.people import Person

SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=3)


@pytest.fixture
def leila(house: House) -> Person:
    """Leila, with a mobile that is hers."""
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
        return a_person(session, mobile="05")


@pytest.fixture
def slots(house: House) -> tuple[Slot, Slot]:
    """Two times, two days ahead and three."""
    with house.database.write() as session:
        return a_slot(session, SOON), a_slot(session, LATER)


def booked(house: House, leila: Person, slot: Slot) -> Booking:
    with house.database.write() as session:
        talk = a_talk(session, leila, state="confirmed")
        booking = meetings.book(session, person_id=leila.id, slot_id=slot.id, conversation_id=talk.id, now=NOW)
        assert booking is not None
        return booking


def move(sara: Browser, leila: Person, booking: Booking, slot: Slot) -> str:
    answer = sara.post(f"/register/{leila.code}/bokning/{booking.code}/flytta", tid=slot.code)
    return str(answer.headers.get("location", answer.text))


def test_a_time_is_moved_and_the_new_one_is_confirmed(
    sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House
) -> None:
    booking = booked(house, leila, slots[0])
    assert f'value="{slots[1].code}"' in sara.see(f"/register/{leila.code}")

    assert move(sara, leila, booking, slots[1]).endswith("?klart=flyttat")

    with house.database.read() as session:
        standing = storage.meetings.open_booking(session, leila.id)
        assert standing is not None
        assert (standing.slot_id, standing.moved_from_id) == (slots[1].id, booking.id)
        free = [slot.id for slot in meetings.free(session, an_office(session).id, conversation_id=None, now=NOW)]
        assert free == [slots[0].id]
        texts = storage.messages.of_person(session, leila.id)
        assert [(text.text_code, text.state) for text in texts] == [("BOOKED", "queued")]
        talk = storage.conversations.of_person(session, leila.id)
        assert talk is not None
        assert talk.state == "booked"


def test_a_text_about_the_old_time_that_waits_is_taken_back(
    sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House
) -> None:
    booking = booked(house, leila, slots[0])
    move(sara, leila, booking, slots[1])
    with house.database.read() as session:
        again = storage.meetings.open_booking(session, leila.id)
        assert again is not None

    move(sara, leila, again, slots[0])

    with house.database.read() as session:
        states = [text.state for text in storage.messages.of_person(session, leila.id)]
    assert sorted(states) == ["cancelled", "queued"]


def test_a_time_somebody_else_has_taken_is_refused_and_the_old_one_stands(
    sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House
) -> None:
    booking = booked(house, leila, slots[0])
    with house.database.write() as session:
        storage.meetings.claim_seat(session, slots[1].id, a_person(session, "Elsa").id, now=NOW)

    assert "Välj en ledig tid i listan." in move(sara, leila, booking, slots[1])

    with house.database.read() as session:
        standing = storage.meetings.open_booking(session, leila.id)
        assert standing is not None
        assert standing.id == booking.id
        assert storage.messages.of_person(session, leila.id) == []


def test_whoever_cannot_be_texted_is_to_be_told(
    sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House
) -> None:
    with house.database.write() as session:
        for tie, _ in storage.numbers.of_person(session, leila.id):
            storage.numbers.untie(session, tie)
        a_number(session, leila, "+4684650041", kind="landline")
    booking = booked(house, leila, slots[0])

    location = move(sara, leila, booking, slots[1])

    assert location.endswith("?klart=flyttat-utan-sms")
    assert "men inget sms skickas" in sara.see(location)


def test_a_time_that_has_been_or_is_a_dialog_meeting_cannot_be_moved(
    sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House
) -> None:
    with house.database.write() as session:
        past = a_booking(session, leila, a_slot(session, NOW - timedelta(days=1)))
        dialog = a_booking(session, leila, a_slot(session, LATER, kind="dialog"))

    assert "Flytta tiden" not in sara.see(f"/register/{leila.code}")
    for booking in (past, dialog):
        assert "Bokningen gäller inte längre." in move(sara, leila, booking, slots[0])


def test_the_ring_card_leads_there(sara: Browser, leila: Person, slots: tuple[Slot, Slot], house: House) -> None:
    booked(house, leila, slots[0])
    with house.database.write() as session:
        a_task(session, leila, why="bad om ett samtal")
    sara.post("/trappan/ring/start")

    assert f'href="/register/{leila.code}#bokningar">Flytta tiden' in sara.see("/trappan/ring/pass")
