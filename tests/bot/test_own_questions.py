"""An answer is read against what had come to the telephone when it was written, not what we have queued or sent
since.
"""

from datetime import UTC

import pytest
from passing_time import MEETINGS, has_booked, mark, until
from talks import Clock, Town, Youth, at

import storage.meetings
import storage.messages
from bot.conversation import gathering_texts
from bot.wiring import House
from outreach import gatherings, global_pause

FIRST, NEXT = "2026-12-03 17:00", "2026-12-10 17:00"


@pytest.fixture
def town(house: House, clock: Clock) -> Town:
    """Unga Norr on a Tuesday at 13.04."""
    return Town(house, clock, MEETINGS)


def line_for(town: Town) -> tuple[int, Youth, Youth]:
    """A meeting with one seat, who has it, and who waits for it."""
    meeting = town.gathering(FIRST, seats=1)
    coming, waiting = town.stranger("90"), town.stranger("91")
    assert coming.says("KOM 7K3P") == ["RSVP-OK"]
    assert waiting.says("KOM 7K3P") == ["FULL-LAST"]
    return meeting, coming, waiting


def at_night(town: Town) -> None:
    """Tuesday at 22: what we start waits for the morning."""
    town.clock.moment = at("2026-11-24 22:00").astimezone(UTC)


def comes(youth: Youth, written: str) -> str:
    """Time goes on until this moment; the one text that has come of itself, however long it has waited."""
    before = delivered(youth)
    until(youth, written)
    (code,) = delivered(youth) - before
    return code


def delivered(youth: Youth) -> set[str]:
    """The codes of all texts on the telephone."""
    with youth.town.house.database.read() as session:
        rows = storage.messages.of_address(session, youth.channel, youth.address)
    return {row.text_code for row in rows if row.state == "delivered"}


def pause(town: Town, *, on: bool) -> None:
    """Turn the pause of all sending on or off."""
    with town.house.database.write() as session:
        if on:
            global_pause.turn_on(session, why="prov", now=town.clock.now(), staff_id=None)
        else:
            global_pause.turn_off(session, town.house.sender.rules, now=town.clock.now())


def state_of(youth: Youth) -> str:
    """How the youth's meeting stands."""
    with youth.town.house.database.read() as session:
        return storage.meetings.bookings_of_person(session, youth.person_id or 0)[-1][0].state


def test_a_yes_before_the_place_has_been_offered_takes_no_place(town: Town) -> None:
    meeting, coming, waiting = line_for(town)
    at_night(town)
    coming.says("avboka")

    waiting.says("ja")
    assert [state for _, state, _ in town.signups(meeting)] == ["cancelled", "offered"]

    assert comes(waiting, "2026-11-25 08:01") == "SPOT"
    assert waiting.says("ja") == ["RSVP-OK"]
    assert [state for _, state, _ in town.signups(meeting)] == ["cancelled", "signed_up"]


def test_what_we_asked_before_is_still_answered_while_another_question_waits(town: Town) -> None:
    """The answer that is said meanwhile does not hide the question that comes in the morning."""
    _, coming, waiting = line_for(town)
    at_night(town)
    coming.says("avboka")
    assert waiting.says("hmm grönt kanske") != ["SPOT"]
    assert waiting.says("vad är det") != ["SPOT"]

    assert comes(waiting, "2026-11-25 08:01") == "SPOT"
    assert waiting.says("ja") == ["RSVP-OK"]


def test_a_yes_before_the_news_that_a_meeting_is_off_signs_nobody_up_for_the_next(town: Town) -> None:
    meeting, later = town.gathering(FIRST), town.gathering(NEXT, short_code="K2K2")
    coming = town.youth(invited=False)
    assert coming.says("KOM 7K3P") == ["RSVP-OK"]
    at_night(town)
    with town.house.database.write() as session:
        gatherings.call_off(session, storage.meetings.slot(session, meeting), gathering_texts.write,
                            now=town.clock.now())  # fmt: skip
    assert coming.says("ja") == ["OFFER"]
    assert town.signups(later) == []

    assert comes(coming, "2026-11-25 08:01") == "DM-OFF"
    assert coming.says("ja") == ["RSVP-OK"]
    assert town.taken(later) == 1


def test_a_number_before_the_reminder_has_come_confirms_nothing(town: Town) -> None:
    leila = has_booked(town)
    pause(town, on=True)
    assert until(leila, "2026-11-25 10:00") == []

    leila.says("1")
    assert state_of(leila) == "booked"

    pause(town, on=False)
    assert comes(leila, "2026-11-25 10:05") == "REM-24"
    assert leila.says("1") == ["SEE-YOU"]
    assert state_of(leila) == "confirmed"


def test_numbers_mean_the_times_that_were_offered_until_the_reminder_has_come(town: Town) -> None:
    leila = has_booked(town)
    assert leila.says("byt") == ["MOVE"]
    pause(town, on=True)
    assert until(leila, "2026-11-25 10:00") == []

    leila.says("1")

    assert leila.booked == "2026-11-26 14:00"


def test_a_reminder_that_never_came_asks_nothing(town: Town) -> None:
    leila = has_booked(town)
    pause(town, on=True)
    until(leila, "2026-11-25 10:00")
    until(leila, "2026-11-26 10:01")
    pause(town, on=False)
    leila.waits(minutes=1)

    assert "SEE-YOU" not in leila.says("1")
    assert state_of(leila) == "booked"


def test_a_number_on_its_way_when_a_missed_meeting_is_told_of_answers_something_else(town: Town) -> None:
    leila = has_booked(town)
    until(leila, "2026-11-26 10:30")
    mark(leila, came=False)
    until(leila, "2026-11-26 11:59")
    town.clock.forward(seconds=50)
    leila.writes("2")

    assert until(leila, "2026-11-26 12:00") == ["NOSHOW"]
    leila.waits(seconds=20)
    assert (leila.talk.state, leila.tasks) == ("no_show", [])

    assert leila.says("2") == ["HUMAN"]
    assert leila.tasks == ["ring"]


def test_a_number_on_its_way_when_we_ask_how_it_goes_is_no_answer_to_that(town: Town) -> None:
    leila = has_booked(town)
    until(leila, "2026-11-26 11:00")
    mark(leila, came=True)
    until(leila, "2026-12-28 09:59")
    town.clock.forward(seconds=50)
    leila.writes("2")

    assert until(leila, "2026-12-28 10:00") == ["FU-1"]
    assert "HUMAN" not in leila.waits(seconds=20)

    assert leila.says("1") == []
    assert leila.talk.context == {}
