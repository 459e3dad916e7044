"""The log: a chain in which a removed, changed or slipped-in line shows."""

from datetime import datetime, timedelta

import pytest

import storage.audit
import storage.people
from storage.audit import AuditEvent
from storage.database import Session
from storage.people import Person


@pytest.fixture
def three_lines(session: Session, now: datetime) -> list[AuditEvent]:
    """A log of three lines."""
    actions = ("list_imported", "campaign_started", "person_opened")
    return [
        storage.audit.write(session, action, now=now + timedelta(minutes=minute), actor="kommandoraden", count=minute)
        for minute, action in enumerate(actions)
    ]


def test_an_untouched_log_is_whole(session: Session, three_lines: list[AuditEvent]) -> None:
    session.expire_all()

    assert storage.audit.first_break(session) is None


def test_an_empty_log_is_whole(session: Session) -> None:
    assert storage.audit.first_break(session) is None


@pytest.mark.parametrize(
    ("column", "touched"),
    [("action", "nothing"), ("actor", "automaten"), ("detail", {"count": 7}), ("person_id", None), ("hash", "0")],
)
def test_a_changed_line_shows(session: Session, now: datetime, column: str, touched: object) -> None:
    person = a_person(session, now)
    line = storage.audit.write(session, "person_opened", now=now, actor="kommandoraden", person_id=person.id, count=1)
    storage.audit.write(session, "person_opened", now=now, person_id=person.id)

    setattr(line, column, touched)
    session.flush()

    assert storage.audit.first_break(session) is line


def test_a_moved_moment_shows(session: Session, three_lines: list[AuditEvent]) -> None:
    three_lines[1].at += timedelta(seconds=1)
    session.flush()

    assert storage.audit.first_break(session) is three_lines[1]


@pytest.mark.parametrize("removed", [0, 1])
def test_a_removed_line_shows_in_the_next(session: Session, three_lines: list[AuditEvent], removed: int) -> None:
    session.delete(three_lines[removed])
    session.flush()

    assert storage.audit.first_break(session) is three_lines[removed + 1]


def test_a_line_slipped_in_without_its_chain_shows(
    session: Session, three_lines: list[AuditEvent], now: datetime
) -> None:
    forged = AuditEvent(at=now, actor="personal", action="person_opened", previous_hash="", hash="forged")
    session.add(forged)
    session.flush()

    assert storage.audit.first_break(session) is forged


def test_a_line_without_staff_was_written_by_the_automaton(session: Session, now: datetime) -> None:
    assert storage.audit.write(session, "number_struck", now=now).actor == "automaten"


def test_everything_about_a_person_is_found_oldest_first(session: Session, now: datetime) -> None:
    person = a_person(session, now)
    for action in ("person_imported", "person_opened"):
        storage.audit.write(session, action, now=now, person_id=person.id)
    storage.audit.write(session, "list_imported", now=now)

    found = storage.audit.events_of_person(session, person.id)

    assert [event.action for event in found] == ["person_imported", "person_opened"]


def test_the_newest_lines_come_first(session: Session, three_lines: list[AuditEvent]) -> None:
    assert list(storage.audit.latest(session, limit=2)) == [three_lines[2], three_lines[1]]


def a_person(session: Session, now: datetime) -> Person:
    """Somebody to write lines about."""
    person = Person(first_name="Amina", last_name="Test", created_at=now, changed_at=now)
    session.add(person)
    session.flush()
    return person
