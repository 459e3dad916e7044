"""Birthdays that change whose somebody is."""

from datetime import date, datetime, timedelta

import pytest
from builders import a_person
from ladder_desk import stands

import storage.bulk
import storage.cards
import storage.conversations
import storage.ladder_queue
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from outreach import (
    growing_up,
    ladder,
    programmes,
)  # fmt: skip
from storage.database import Session
from storage.people import Person


@pytest.fixture(autouse=True)
def rules(session: Session, now: datetime) -> None:
    programmes.ensure_defaults(session, now)


# ------------------------------------------------------------------------------------------------------ birthdays


def turns_20(session: Session, day: date, **more: object) -> Person:
    return a_person(session, born=day.replace(year=day.year - 20), **more)


def test_a_hand_over_is_asked_for_once_in_good_time(session: Session, now: datetime) -> None:
    soon = turns_20(session, date(2027, 1, 20))
    turns_20(session, date(2027, 3, 1))

    growing_up.grow(session, now)
    growing_up.grow(session, now + timedelta(days=1))

    tasks = storage.tasks.open_tasks(session, ["hand_over"])
    assert [(person and person.id, task.why) for task, person in tasks] == [(soon.id, "fyller 20 den 2027-01-20")]


def test_at_20_one_goes_on_to_uppsok_and_history_is_kept(session: Session, now: datetime) -> None:
    person = turns_20(session, date(2026, 11, 24), mobile="05")

    growing_up.grow(session, now)

    told = [
        (row.programme, row.valid_to and f"{row.valid_to}") for row in storage.people.memberships(session, person.id)
    ]
    assert told == [("kaa", "2026-11-23"), ("uppsok", None)]
    assert person.closed_at is None


def test_where_the_municipality_has_no_uppsok_one_is_closed_with_the_reason(session: Session, now: datetime) -> None:
    for rule in storage.people.rules(session):
        if rule.programme == "uppsok":
            rule.valid_to = date(2026, 6, 30)
    person = turns_20(session, date(2026, 11, 24), mobile="05")
    ladder.settle(session, now)

    growing_up.grow(session, now)
    ladder.settle(session, now)

    assert person.closed_reason == "fyllt 20"
    assert stands(session, person)[2] == "closed"


def test_at_30_it_is_over(session: Session, now: datetime) -> None:
    person = a_person(session, born=date(1996, 11, 24), programme="uppsok", mobile="05")

    growing_up.grow(session, now)
    ladder.settle(session, now)

    assert (person.closed_reason, stands(session, person)[2]) == ("fyllt 30", "closed")
    assert growing_up.next_due(session, now) is None


def test_at_19_one_belongs_to_kaa_first() -> None:
    assert programmes.primary({"uppsok", "kaa"}) == "kaa"
