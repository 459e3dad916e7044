"""A text that comes late, or together with another, is never taken for an answer to what it was no answer to."""

from datetime import UTC

import pytest
from talks import Town, Youth, at

import storage.conversations
import storage.meetings
import storage.people
import storage.settings
import storage.signups
import storage.staff
from outreach import contact, gatherings, meetings, takeover


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, who has been offered three times."""
    leila = town.youth()
    assert leila.says("ja") == ["OFFER"]
    return leila


@pytest.fixture
def booked(leila: Youth) -> Youth:
    """Leila, who has taken Thursday at 10."""
    assert leila.says("3") == ["BOOKED"]
    assert leila.booked == "2026-11-26 10:00"
    return leila


def _at(youth: Youth, written: str) -> list[str]:
    youth.town.clock.moment = at(written).astimezone(UTC)
    youth.town.run()
    return youth.hears()


def _pause(town: Town, *, on: bool) -> None:
    with town.house.database.write() as session:
        storage.settings.write(session, "global_pause", on)


def _books_last_time(youth: Youth) -> str | None:
    """Samira books the last free time, or moves the meeting there, over the telephone."""
    town, person_id = youth.town, youth.person_id or 0
    with town.house.database.write() as session:
        now = town.clock.now()
        slot = meetings.free(session, town.office_id, conversation_id=None, now=now, even_held=True)[-1]
        standing = storage.meetings.open_booking(session, person_id)
        if standing is None:
            meetings.book(session, person_id=person_id, slot_id=slot.id, now=now, staff_id=town.staff_id)
        else:
            meetings.move(session, standing, slot.id, now=now, staff_id=town.staff_id)
    return youth.booked


def _talks_with(youth: Youth) -> None:
    town = youth.town
    with town.house.database.write() as session:
        staff, person = storage.staff.find(session, town.staff_id), storage.people.get(session, youth.person_id or 0)
        assert staff is not None
        contact.note(session, person, staff, kind="call", result="talked", text="", now=town.clock.now())


# ----------------------------------------------------------------------------------------------------- reminders


def test_of_two_reminders_that_are_due_at_once_only_the_later_leaves(booked: Youth) -> None:
    assert _at(booked, "2026-11-26 08:30") == ["REM-2"]


def test_a_first_reminder_that_waited_in_the_queue_gives_way_to_the_second(booked: Youth) -> None:
    _pause(booked.town, on=True)
    assert _at(booked, "2026-11-25 10:01") == []
    assert _at(booked, "2026-11-26 08:30") == []
    _pause(booked.town, on=False)

    assert _at(booked, "2026-11-26 08:45") == ["REM-2"]


def test_a_number_written_before_the_reminder_left_is_no_answer_to_it(booked: Youth) -> None:
    _at(booked, "2026-11-25 09:50")
    assert booked.says("byt") == ["MOVE"]
    booked.town.clock.moment = at("2026-11-25 09:59:50").astimezone(UTC)
    booked.writes("3")
    booked.town.run()
    assert booked.waits(seconds=12) == []

    assert booked.waits(seconds=20)[0] == "BOOKED"
    assert booked.booked is not None


def test_the_reminder_of_an_acute_state_opens_no_question(booked: Youth) -> None:
    booked.says("jag vill dö")
    assert _at(booked, "2026-11-25 10:00") == []
    with booked.town.house.database.write() as session:
        talk, staff = booked.talk, storage.staff.find(session, booked.town.staff_id)
        assert staff is not None
        talk = storage.conversations.get(session, talk.id)
        takeover.take_over(session, talk, staff, now=booked.town.clock.now())
        takeover.give_back(session, talk, staff, step="bokning", now=booked.town.clock.now())

    booked.says("3")
    assert booked.booked == "2026-11-26 10:00"


@pytest.mark.parametrize(("number", "time"), [("1", "2026-11-26 10:00"), ("3", None)])
def test_whoever_waits_for_a_human_waits_on_after_answering_a_reminder(
    booked: Youth, number: str, time: str | None
) -> None:
    booked.says("jag mår skit just nu, orkar ingenting")
    assert _at(booked, "2026-11-25 10:00") == ["REM-24"]

    booked.says(number)
    assert (booked.talk.state, booked.booked) == ("human", time)


# ------------------------------------------------------------------------------------------- booked by somebody


def test_the_number_of_an_old_offer_moves_no_time_that_was_booked_since(leila: Youth) -> None:
    booked = _books_last_time(leila)
    leila.town.clock.forward(hours=1)

    assert leila.says("2") == ["BOOKED"]
    assert leila.booked == booked


def test_no_to_the_reminder_of_a_meeting_that_was_moved_calls_nothing_off(booked: Youth) -> None:
    assert _at(booked, "2026-11-25 10:00") == ["REM-24"]
    moved = _books_last_time(booked)

    booked.says("3")
    assert booked.booked == moved


# ------------------------------------------------------------------------------------------------------- silence


def test_whoever_was_talked_with_is_neither_reminded_nor_rung(town: Town) -> None:
    leila = town.youth()
    leila.waits(days=2)
    _talks_with(leila)

    assert [*leila.waits(days=6), *leila.waits(days=7)] == []
    assert leila.tasks == []


def test_times_are_not_said_again_to_somebody_who_was_talked_with(leila: Youth) -> None:
    leila.waits(hours=2)
    _talks_with(leila)

    assert [*leila.waits(hours=24), *leila.waits(days=3)] == []
    assert (leila.talk.state, leila.tasks) == ("ladder", [])


def test_nobody_is_asked_about_a_gathering_while_times_are_offered(town: Town) -> None:
    slot_id = town.gathering("2026-11-24 15:00")
    leila = town.youth()
    assert leila.says("KOM 7K3P") == ["RSVP-OK"]
    _at(leila, "2026-11-24 16:30")
    with town.house.database.write() as session:
        signup = storage.signups.of_slot(session, slot_id)[0]
        gatherings.attend(session, signup, "came", now=town.clock.now(), staff_id=town.staff_id)
    _at(leila, "2026-11-25 11:30")
    assert leila.says("boka") == ["OFFER"]

    assert _at(leila, "2026-11-25 12:10") == []
    # Once that is settled the question comes.
    assert leila.says("2") == ["BOOKED", "DM-AFTER"]


# ------------------------------------------------------------------------------------------- protected identity


def test_somebody_whom_no_text_may_leave_for_is_answered_by_a_human(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        storage.people.get(session, leila.person_id or 0).protected = True

    assert leila.says("2") == []
    assert leila.booked is None
    assert (leila.talk.state, leila.talk.waiting_why) == ("human", "skyddade personuppgifter")
