"""A missed meeting: what is said to whoever did not come, once and the same day (ux §5.7)."""

from collections.abc import Sequence
from datetime import UTC

import pytest
from passing_time import MEETINGS, books, has_booked, mark, planned, texts, until
from talks import Town, Youth, at

import storage.conversations
import storage.meetings
import storage.people
import storage.staff
from outreach import meetings, takeover
from outreach.errors import Conflict


@pytest.fixture
def times() -> Sequence[str]:
    """When Samira has time: now and again until next summer."""
    return MEETINGS


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila with a meeting on Thursday at 10."""
    return has_booked(town)


@pytest.fixture
def missed(leila: Youth) -> Youth:
    """Leila, who did not come, has just been told so."""
    until(leila, "2026-11-26 10:30")
    mark(leila, came=False)
    assert until(leila, "2026-11-26 12:00") == ["NOSHOW"]
    return leila


def test_a_missed_meeting_is_spoken_of_two_hours_after_its_start_and_once(leila: Youth) -> None:
    until(leila, "2026-11-26 10:30")

    assert mark(leila, came=False) == []
    assert leila.talk.state == "no_show"
    assert until(leila, "2026-11-26 11:59") == []
    assert until(leila, "2026-11-26 12:00") == ["NOSHOW"]
    assert until(leila, "2026-12-20 12:00") == []
    assert leila.tasks == []


def test_a_meeting_marked_late_is_spoken_of_at_once(leila: Youth) -> None:
    until(leila, "2026-11-26 16:30")

    assert mark(leila, came=False) == ["NOSHOW"]


@pytest.mark.parametrize("marked", ["2026-11-26 19:30", "2026-11-27 09:00"])
def test_when_the_day_is_over_a_human_rings_instead(leila: Youth, marked: str) -> None:
    until(leila, marked)

    assert mark(leila, came=False) == []
    assert (leila.talk.state, leila.tasks) == ("no_show", ["ring"])
    assert until(leila, "2026-12-20 12:00") == []


def test_a_late_meeting_on_a_friday_has_no_hour_left(town: Town) -> None:
    leila = town.youth()
    leila.says("ja")
    leila.says("3")
    assert leila.booked == "2026-11-27 15:30"
    until(leila, "2026-11-27 16:00")

    assert mark(leila, came=False) == []
    assert leila.tasks == ["ring"]
    assert until(leila, "2026-11-30 12:00") == []


def test_whoever_has_a_new_time_already_is_left_with_it(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        old = storage.meetings.open_booking(session, leila.person_id or 0)
        books(session, leila, "2026-12-30 10:00")
    until(leila, "2026-11-27 09:00")

    with leila.town.house.database.write() as session:
        assert old is not None
        missed_one = storage.meetings.booking(session, old.id)
        meetings.attend(session, missed_one, "no_show", now=leila.town.clock.now(), staff_id=None)

    assert (leila.talk.state, leila.tasks) == ("booked", [])


def test_a_word_that_may_not_leave_becomes_a_call(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        for member in storage.people.memberships(session, leila.person_id or 0):
            member.valid_to = at("2026-11-25 12:00").date()
            storage.people.add_membership(session, member)
    until(leila, "2026-11-26 13:00")

    assert mark(leila, came=False) == []
    assert texts(leila, "NOSHOW") == [("withheld", "programme")]
    assert (leila.talk.state, leila.tasks) == ("ladder", ["ring"])


def test_whoever_came_after_all_is_not_told_otherwise(leila: Youth) -> None:
    until(leila, "2026-11-26 10:30")
    mark(leila, came=False)

    until(leila, "2026-11-26 10:45")
    mark(leila, came=True)

    assert leila.talk.state == "met"
    assert until(leila, "2026-11-26 12:30") == []
    assert texts(leila, "NOSHOW") == [("cancelled", "personen kom till mötet")]
    assert len(planned(leila)) == 3


def test_the_call_is_off_when_the_person_came_after_all(leila: Youth) -> None:
    until(leila, "2026-11-27 09:00")
    mark(leila, came=False)
    assert leila.tasks == ["ring"]

    mark(leila, came=True)

    assert leila.tasks == []


def test_whoever_was_met_cannot_be_marked_as_missing(leila: Youth) -> None:
    until(leila, "2026-11-26 10:30")
    mark(leila, came=True)

    with pytest.raises(Conflict):
        mark(leila, came=False)


@pytest.mark.parametrize(
    ("text", "code", "state", "tasks"),
    [
        ("1", "OFFER", "offered", []),
        ("2", "HUMAN", "ladder", ["ring"]),
        ("3", "LATER?", "no_show", []),
        ("ja", "OFFER", "offered", []),
        ("jag vill dö", "CRISIS-18", "urgent", ["crisis"]),
    ],
)
def test_answers_to_the_missed_meeting(missed: Youth, text: str, code: str, state: str, tasks: list[str]) -> None:
    assert missed.says(text) == [code]
    assert (missed.talk.state, missed.tasks) == (state, tasks)


def test_after_five_days_of_silence_the_person_is_let_be(missed: Youth) -> None:
    assert until(missed, "2026-12-01 11:59") == []
    assert missed.talk.state == "no_show"

    assert until(missed, "2026-12-01 12:01") == []

    assert (missed.talk.state, missed.tasks, missed.rests_for) == ("resting", [], None)
    assert until(missed, "2027-03-01 12:01") == []
    assert missed.talk.state == "resting"


def test_a_human_who_has_the_talk_is_not_talked_across(leila: Youth) -> None:
    until(leila, "2026-11-26 10:30")
    with leila.town.house.database.write() as session:
        staff = storage.staff.find(session, leila.town.staff_id)
        assert staff is not None
        takeover.take_over(session, storage.conversations.get(session, leila.talk.id), staff,
                           now=leila.town.clock.now())  # fmt: skip

    assert mark(leila, came=False) == []
    assert until(leila, "2026-11-26 12:30") == []
    assert texts(leila, "NOSHOW") == []


def test_a_missed_meeting_whose_day_went_by_while_the_service_stood_still_is_a_call(leila: Youth) -> None:
    leila.town.clock.moment = at("2026-11-26 10:30").astimezone(UTC)
    leila.town.run()
    leila.hears()
    with leila.town.house.database.write() as session:
        booking = storage.meetings.open_booking(session, leila.person_id or 0)
        assert booking is not None
        meetings.attend(session, booking, "no_show", now=leila.town.clock.now(), staff_id=None)

    assert until(leila, "2026-11-30 10:00") == []
    assert leila.tasks == ["ring"]
