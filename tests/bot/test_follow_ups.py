"""After a first meeting: when we ask how it goes, and what becomes of the answers (ux §5.7)."""

from collections.abc import Sequence
from datetime import UTC, timedelta

import pytest
from passing_time import MEETINGS, books, has_booked, mark, planned, proposed, until
from talks import Town, Youth, at

import storage.conversations
import storage.offices
import storage.people
import storage.staff
from outreach import contact, follow_ups, global_pause, takeover
from storage.local_time import local

FU_1, FU_3, FU_6 = "2026-12-28 10:00", "2027-02-26 10:00", "2027-05-26 10:00"


@pytest.fixture
def times() -> Sequence[str]:
    """When Samira has time: now and again until next summer."""
    return MEETINGS


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila with a meeting on Thursday at 10."""
    return has_booked(town)


# ------------------------------------------------------------------------------------------------------- when


@pytest.fixture
def met(leila: Youth) -> Youth:
    """Leila, who came."""
    until(leila, "2026-11-26 11:00")
    assert mark(leila, came=True) == []
    return leila


def test_three_questions_are_planned_on_days_when_we_write(met: Youth) -> None:
    # A month later is the day after Christmas, a Saturday.
    assert met.talk.state == "met"
    assert [(row.kind, f"{local(row.due_at):%Y-%m-%d %H:%M}") for row in planned(met)] == [
        ("FU-1", FU_1), ("FU-3", FU_3), ("FU-6", FU_6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "met_at", "due"),
    [
        ("FU-1", "2026-08-31 14:30", "2026-09-30 14:30"),
        ("FU-6", "2026-08-31 09:00", "2027-03-01 10:00"),
        ("FU-3", "2026-09-24 18:00", "2026-12-28 10:00"),
        ("FU-1", "2026-10-20 17:30", "2026-11-20 16:00"),
        ("FU-1", "2026-10-14 11:00", "2026-11-16 10:00"),
        ("FU-6", "2026-10-01 11:00", "2027-04-01 11:00"),
    ],
)
def test_months_are_those_of_the_calendar_by_the_wall_clock(kind: str, met_at: str, due: str) -> None:
    moment = follow_ups.due_at(kind, at(met_at).astimezone(UTC))

    assert f"{local(moment):%Y-%m-%d %H:%M}" == due


def test_a_second_meeting_plans_nothing_more(met: Youth) -> None:
    before = [(row.id, row.due_at) for row in planned(met)]
    with met.town.house.database.write() as session:
        books(session, met, "2026-12-30 10:00")
    until(met, "2026-12-30 11:00")

    mark(met, came=True)

    assert [(row.id, row.due_at) for row in planned(met)][1:] == before[1:]
    assert len(planned(met)) == 3


def test_the_questions_come_and_the_talk_ends_two_weeks_after_the_last(met: Youth) -> None:
    assert until(met, "2026-12-28 09:59") == []
    assert until(met, FU_1) == ["FU-1"]
    assert met.last.startswith("Hej! Samira på Unga Björkstad. En månad sen vi sågs")
    assert met.talk.state == "follow_up"
    assert until(met, "2027-02-26 09:59") == []
    assert until(met, FU_3) == ["FU-3"]
    assert until(met, FU_6) == ["FU-6"]
    assert until(met, "2027-06-09 09:59") == []
    assert met.talk.state == "follow_up"
    assert until(met, "2027-06-09 10:01") == []
    assert met.talk.state == "ended"
    assert [row.outcome for row in planned(met)] == ["asked"] * 3


def test_a_machine_that_was_off_asks_within_the_hours_and_not_at_night(met: Youth) -> None:
    assert until(met, "2026-12-28 18:30") == []
    assert until(met, "2026-12-29 10:00") == ["FU-1"]


def test_a_question_that_a_pause_outlasts_was_not_asked(met: Youth) -> None:
    with met.town.house.database.write() as session:
        global_pause.turn_on(session, why="prov", now=met.town.clock.now())

    assert until(met, FU_1) == []
    assert until(met, "2026-12-28 17:01") == []

    assert planned(met)[0].outcome == "expired"
    assert met.talk.state == "met"


@pytest.mark.parametrize("what", ["stopped", "closed", "occupied"])
def test_whoever_is_to_be_left_alone_is_not_asked_and_the_reason_is_kept(met: Youth, what: str) -> None:
    with met.town.house.database.write() as session:
        person, now = storage.people.get(session, met.person_id or 0), met.town.clock.now()
        staff = storage.staff.find(session, met.town.staff_id)
        assert staff is not None
        if what == "stopped":
            contact.spoken_stop(session, person, staff, now=now)
        elif what == "closed":
            person.closed_at = now
        else:
            storage.conversations.get(session, met.talk.id).state = what

    assert until(met, FU_1) == []
    assert planned(met)[0].outcome == what
    assert until(met, "2027-06-09 10:01") == []


def test_a_talk_with_a_human_is_waited_for_some_days(met: Youth) -> None:
    with met.town.house.database.write() as session:
        staff, now = storage.staff.find(session, met.town.staff_id), met.town.clock.now()
        assert staff is not None
        talk = storage.conversations.get(session, met.talk.id)
        takeover.take_over(session, talk, staff, now=now)
    assert until(met, FU_1) == []
    assert planned(met)[0].done_at is None
    with met.town.house.database.write() as session:
        takeover.done(session, storage.conversations.get(session, met.talk.id), staff, now=met.town.clock.now())

    assert until(met, "2026-12-29 10:01") == ["FU-1"]


def test_a_meeting_ahead_is_waited_for_and_then_the_question_is_let_be(met: Youth) -> None:
    with met.town.house.database.write() as session:
        books(session, met, "2027-03-03 10:00")

    for day in ("2026-12-28", "2026-12-29", "2026-12-30", "2027-01-04", "2027-01-05"):
        assert until(met, f"{day} 10:01") == []

    assert [row.outcome for row in planned(met)] == ["booked", "", ""]


def test_a_follow_up_that_cannot_be_written_is_tried_again_an_hour_later(met: Youth) -> None:
    def call_the_office(name: str) -> None:
        with met.town.house.database.write() as session:
            storage.offices.get(session, met.town.office_id).sender_name = name

    call_the_office("")
    assert until(met, FU_1) == []
    assert (planned(met)[0].done_at, f"{local(planned(met)[0].due_at):%H:%M}") == (None, "11:00")

    call_the_office("Unga Björkstad")
    assert until(met, "2026-12-28 10:59") == []
    assert until(met, "2026-12-28 11:00") == ["FU-1"]


# ---------------------------------------------------------------------------------------------------- answers


@pytest.fixture
def asked(met: Youth) -> Youth:
    """Leila, a month later, with FU-1 in her telephone."""
    assert until(met, FU_1) == ["FU-1"]
    return met


@pytest.mark.parametrize(
    ("text", "codes", "state", "answer"),
    [
        ("1", [], "follow_up", "1"),
        ("på gång!", [], "follow_up", "1"),
        ("2", ["HUMAN"], "human", "2"),
        ("står still", ["HUMAN"], "human", "2"),
        ("3", ["OFFER"], "offered", "3"),
        ("vill prata", ["OFFER"], "offered", "3"),
        ("tack det rullar på", [], "follow_up", "tack det rullar på"),
        ("jobbar på ica nu", [], "follow_up", "jobbar på ica nu"),
    ],
)
def test_answers_to_how_it_goes(asked: Youth, text: str, codes: list[str], state: str, answer: str) -> None:
    assert asked.says(text) == codes
    assert asked.talk.state == state
    assert planned(asked)[0].answer == answer
    assert planned(asked)[0].answered_at is not None


def test_work_in_words_is_proposed_for_a_human_to_confirm(asked: Youth) -> None:
    asked.says("jobbar på ica nu")

    assert proposed(asked) == ["work"]


def test_words_that_say_nothing_we_know_are_kept_and_read_by_staff(asked: Youth) -> None:
    assert asked.says("asdfgh qwerty") == []

    assert planned(asked)[0].answer == "asdfgh qwerty"
    assert asked.talk.waiting_why == "svarade på uppföljningen"


@pytest.mark.parametrize(
    ("text", "codes", "state"),
    [
        ("jag vill dö", ["CRISIS-18"], "urgent"),
        ("STOPP", ["STOP-OK"], "stopped"),
        ("jag mår skit", ["HURT"], "human"),
        ("ring mig", ["CALL?"], "follow_up"),
        ("vem e du", ["WHO"], "follow_up"),
        ("boka", ["OFFER"], "offered"),
        ("7", ["HUH-1"], "follow_up"),
    ],
)
def test_what_needs_care_keeps_its_answer(asked: Youth, text: str, codes: list[str], state: str) -> None:
    assert asked.says(text) == codes
    assert asked.talk.state == state
    assert planned(asked)[0].answer == ""


def test_a_number_answers_for_two_weeks_and_then_means_nothing(asked: Youth) -> None:
    until(asked, "2027-01-10 12:00")
    assert asked.says("1") == []
    assert planned(asked)[0].answer == "1"


def test_a_number_after_more_than_two_weeks_means_nothing(asked: Youth) -> None:
    until(asked, "2027-01-12 12:00")

    assert asked.says("1") == ["HUH-1"]
    assert planned(asked)[0].answer == ""


def test_numbers_of_times_still_hold_for_three_days_only(asked: Youth) -> None:
    assert asked.says("3") == ["OFFER"]
    with asked.town.house.database.write() as session:
        talk = storage.conversations.get(session, asked.talk.id)
        earlier = asked.town.clock.now() - timedelta(hours=73)
        talk.context = {**talk.context, "asked_at": earlier.isoformat()}

    assert asked.says("1") == ["HUH-1"]


@pytest.mark.parametrize(
    ("text", "kinds", "answer", "waits"),
    [
        ("1", ["work"], "1", ""),
        ("2", ["studies"], "2", ""),
        ("3", ["work_experience"], "3", ""),
        ("4", [], "4", "svarade på uppföljningen"),
        ("5", [], "5", "svarade på uppföljningen"),
        ("letar", [], "4", "svarade på uppföljningen"),
        ("pluggar på komvux", ["studies"], "pluggar på komvux", ""),
        ("har praktik på ica", ["work_experience"], "har praktik på ica", ""),
        ("gör lumpen", ["other_measure"], "gör lumpen", ""),
    ],
)
def test_answers_to_what_they_do_now(met: Youth, text: str, kinds: list[str], answer: str, waits: str) -> None:
    until(met, FU_1)
    assert until(met, FU_3) == ["FU-3"]

    # We ask once more in three months: that we stop asking would not be true.
    assert met.says(text) == []
    assert (proposed(met), planned(met)[1].answer, met.talk.waiting_why) == (kinds, answer, waits)


def test_after_the_last_question_we_say_that_we_stop_asking(met: Youth) -> None:
    until(met, FU_1)
    until(met, FU_3)
    assert until(met, FU_6) == ["FU-6"]

    assert met.says("2") == ["BUSY-OK"]
    assert proposed(met) == ["studies"]
    assert until(met, "2027-06-09 10:01") == []
    assert met.talk.state == "ended"
