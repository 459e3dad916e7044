"""A meeting that we call off: the text that says so, the answer to it, and when nothing may be written."""

import pytest
from talks import Clock, Town, Youth

import storage.meetings
import storage.people
import storage.staff
import storage.tasks
from bot.conversation import unasked
from outreach import called_off
from scheduler import called_off as telling


def call_off(youth: Youth) -> str:
    """Samira calls the youth's meeting off; why no text leaves, if none does."""
    house, now = youth.town.house, youth.town.clock.now()
    with house.database.write() as session:
        samira = storage.staff.get(session, youth.town.staff_id)
        booking = storage.meetings.open_booking(session, youth.person_id or 0)
        assert booking is not None
        slot = storage.meetings.slot(session, booking.slot_id)
        assert called_off.call_off(session, booking, slot, samira, now=now)
        person = storage.people.get(session, youth.person_id or 0)
        return telling.tell(session, person, slot, house.sender.rules, unasked.write, now)


def has_ring_task(youth: Youth) -> bool:
    with youth.town.house.database.read() as session:
        return storage.tasks.open_task(session, "ring", youth.person_id or 0) is not None


def test_the_text_names_the_old_time_and_the_number_of_a_new_one_books_it(booked: Youth) -> None:
    assert call_off(booked) == ""
    booked.town.run()

    assert booked.hears() == ["OFF-NEW"]
    assert booked.last.startswith("Tyvärr ställer vi in tors 26 nov kl. 10.00. Nya tider: 1) ons 25 nov kl. 10.00")
    assert booked.booked is None
    assert booked.says("2") == ["BOOKED"]
    assert booked.booked is not None
    assert not has_ring_task(booked)


def test_an_own_time_in_words_works_too(booked: Youth) -> None:
    call_off(booked)
    booked.town.run()
    booked.hears()

    assert booked.says("mån 13") == ["TIME-OK?"]
    assert booked.says("ja") == ["BOOKED"]
    assert booked.booked == "2026-11-30 13:00"


def test_the_time_that_was_called_off_is_nobody_elses(booked: Youth, town: Town) -> None:
    call_off(booked)

    noor = town.youth("Noor", "06")
    noor.says("ja")
    assert "tors 26 nov kl. 10.00" not in noor.last
    assert noor.says("tors 10") != ["TIME-OK?"]


def test_no_reminder_of_a_meeting_that_is_off(booked: Youth, clock: Clock) -> None:
    call_off(booked)
    booked.town.run()
    booked.hears()

    # The day before, and two hours before; the times are said once more to somebody who has not chosen.
    assert booked.waits(hours=21) == []
    assert booked.waits(hours=4) == ["OFFER-AGAIN"]
    assert booked.waits(hours=20) == []


def test_a_silence_after_it_becomes_a_call(booked: Youth) -> None:
    call_off(booked)
    booked.town.run()

    booked.waits(hours=24, minutes=2)
    booked.waits(hours=50)

    assert has_ring_task(booked)


def test_at_night_it_waits_for_the_morning(booked: Youth, clock: Clock) -> None:
    clock.forward(hours=9)
    call_off(booked)
    booked.town.run()
    assert booked.hears() == []

    assert booked.waits(hours=10) == ["OFF-NEW"]


@pytest.mark.parametrize("mark", ["stopped", "protected", "closed"])
def test_whoever_may_not_be_texted_is_rung(booked: Youth, mark: str) -> None:
    with booked.town.house.database.write() as session:
        person = storage.people.get(session, booked.person_id or 0)
        person.protected = mark == "protected"
        person.closed_at = booked.town.clock.now() if mark == "closed" else None
    if mark == "stopped":
        assert booked.says("stopp") == ["STOP-OK-B"]

    assert call_off(booked) == mark
    booked.town.run()

    assert booked.hears() == []
    assert has_ring_task(booked)


def test_a_talk_that_a_human_has_is_left_to_them(booked: Youth) -> None:
    with booked.town.house.database.write() as session:
        talk = booked.talk
        talk.held_by_id, talk.held_since = booked.town.staff_id, booked.town.clock.now()
        session.merge(talk)

    assert call_off(booked) == "human_has_it"
    booked.town.run()
    assert booked.hears() == []


@pytest.mark.parametrize("times", [("2026-11-26 10:00",)])
def test_with_no_times_left_we_say_that_we_ring(leila: Youth) -> None:
    leila.says("ja")
    leila.says("1")
    assert leila.booked == "2026-11-26 10:00"

    call_off(leila)
    leila.town.run()

    assert leila.hears() == ["OFF-CALL"]
    assert has_ring_task(leila)
