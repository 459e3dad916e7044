"""Encouragement after a study start: who gets it, how often, and what ends it (domain S39)."""

from datetime import date, timedelta

import pytest
from talks import Town, Youth

import storage.offers
import storage.people
import storage.staff
from outreach import contact, encouragement, standing
from outreach.errors import Conflict
from storage.database import Session
from storage.local_time import local


def begin(youth: Youth) -> None:
    """She has said yes to Samira, who has noted it."""
    with youth.town.house.database.write() as session:
        person, samira = who(session, youth)
        encouragement.begin(session, person, samira, now=youth.town.clock.now())


def who(session: Session, youth: Youth) -> tuple[storage.people.Person, storage.staff.Staff]:
    return storage.people.get(session, youth.person_id or 0), storage.staff.get(session, youth.town.staff_id)


@pytest.fixture
def student(leila: Youth) -> Youth:
    """Leila, who has told us that she studies."""
    leila.says("jag pluggar")
    begin(leila)
    return leila


def heard(youth: Youth, days: int, *, answers: bool = False) -> list[tuple[str, date]]:
    """Which texts of the series come, and when, over so many days: from each moment one is due to the next."""
    clock, found = youth.town.clock, []
    last = clock.now() + timedelta(days=days)
    while clock.now() < last:
        with youth.town.house.database.read() as session:
            due = storage.offers.next_of_series(session)
        for code in youth.waits(seconds=(min(due or last, last) - clock.now()).total_seconds()):
            if code.startswith("CHEER"):
                found.append((code, local(clock.now()).date()))
                if answers:
                    youth.says("tack")
    return found


def ended(youth: Youth) -> list[str]:
    with youth.town.house.database.read() as session:
        rows = storage.offers.encouragements(session, [youth.person_id or 0])
    return [row.ended_why for row in rows]


def test_one_every_second_week_and_six_at_most(student: Youth) -> None:
    found = heard(student, 130, answers=True)

    assert [code for code, _ in found] == list(encouragement.TEXTS)
    days = [day for _, day in found]
    assert all(later - earlier >= timedelta(days=13) for earlier, later in zip(days, days[1:], strict=False))
    assert ended(student) == ["all"]


def test_whoever_is_silent_is_not_written_to_more_often_than_anybody(student: Youth) -> None:
    found = heard(student, 80)

    assert 1 <= len(found) <= 3
    assert "Samira" in student.last


@pytest.mark.parametrize(("said", "why"), [("STOPP", "stopped"), ("nej tack", "said_no")])
def test_a_stop_or_a_no_ends_it_for_good(student: Youth, said: str, why: str) -> None:
    assert [code for code, _ in heard(student, 5)] == ["CHEER-1"]

    student.says(said)
    if said == "STOPP":
        student.says("START")

    assert heard(student, 30) == []
    assert ended(student) == [why]


def test_closing_ends_it_at_once(student: Youth) -> None:
    with student.town.house.database.write() as session:
        person, samira = who(session, student)
        standing.close(session, person, samira, why="flyttat", now=student.town.clock.now())

    assert ended(student) == ["closed"]
    assert heard(student, 30) == []


def test_nothing_is_said_while_a_human_has_the_talk(student: Youth) -> None:
    student.says("kan jag få prata med någon?")

    assert heard(student, 6) == []
    assert ended(student) == [""]


def test_it_begins_once_and_only_where_something_may_be_written(leila: Youth, town: Town) -> None:
    begin(leila)
    with pytest.raises(Conflict):
        begin(leila)
    other = town.youth("Elsa", "09")
    other.says("STOPP")
    with pytest.raises(Conflict, match="stopp"):
        begin(other)


def test_it_is_offered_for_those_who_study(leila: Youth) -> None:
    with leila.town.house.database.write() as session:
        person, samira = who(session, leila)
        assert not encouragement.may_begin(session, person)
        now = leila.town.clock.now()
        contact.outcome(session, person, samira, kind="studies", on=local(now).date(), now=now)
        assert encouragement.may_begin(session, person)
        encouragement.begin(session, person, samira, now=now)
        encouragement.end(session, person, samira, now=now)
    assert ended(leila) == ["said_no"]
