"""What staff write down."""

from datetime import datetime, timedelta

import pytest
from builders import a_booking, a_person, a_slot, a_staff, a_talk, a_task, a_text_out

import storage.conversations
import storage.messages
import storage.numbers
import storage.register
import storage.tasks
from outreach import contact, gate, gate_facts
from outreach.errors import BadInput, Conflict
from outreach.gate import Rules
from storage.database import Session
from storage.register import Filter


def test_contact_by_phone_counts_as_reached_and_ends_the_ringing(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    a_task(session, leila, "ring")

    contact.note(session, leila, sara, kind="call", result="talked", text="", now=now)

    assert storage.register.count(session, Filter(reached=True), now=now) == 1
    assert storage.tasks.open_task(session, "ring", leila.id) is None


def test_nobody_answered_is_a_try_and_the_task_stays(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    a_task(session, leila, "ring")

    contact.note(session, leila, sara, kind="call", result="no_answer", text="", now=now)

    assert storage.register.count(session, Filter(reached=True), now=now) == 0
    assert storage.tasks.calls(session, [leila.id]) == {leila.id: 1}
    assert storage.tasks.open_task(session, "ring", leila.id) is not None


def test_a_note_is_no_contact(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session)

    noted = contact.note(session, leila, sara, kind="note", result="talked", text="Föräldern ringde.", now=now)

    assert noted.result == ""
    with pytest.raises(BadInput, match="tom"):
        contact.note(session, leila, sara, kind="note", result="", text=" ", now=now)


def test_who_came_is_met_and_reached(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session)
    talk = a_talk(session, leila, state="confirmed")
    booking = a_booking(session, leila, a_slot(session, now - timedelta(hours=1)))

    contact.attendance(session, booking, leila, sara, came=True, now=now)

    assert (booking.state, talk.state) == ("came", "met")
    assert [outcome.kind for outcome in storage.tasks.outcomes(session, leila.id)] == ["met"]
    assert storage.register.count(session, Filter(reached=True), now=now) == 1


def test_attendance_is_marked_once_and_never_before_the_start(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session)
    ahead = a_booking(session, leila, a_slot(session, now + timedelta(hours=1)))
    been = a_booking(session, leila, a_slot(session, now - timedelta(hours=1)))
    contact.attendance(session, been, leila, sara, came=True, now=now)

    for booking, came in ((ahead, True), (been, True), (been, False)):
        with pytest.raises(Conflict):
            contact.attendance(session, booking, leila, sara, came=came, now=now)

    assert (ahead.state, been.state) == ("booked", "came")


def test_nobody_writes_to_somebody_who_has_died(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    reminder = a_text_out(session, a_talk(session, leila, state="booked"), kind="reminder")
    booking = a_booking(session, leila, a_slot(session, now + timedelta(days=1)))

    contact.outcome(session, leila, sara, kind="deceased", on=now.date(), now=now)

    session.refresh(reminder)
    assert leila.closed_at == now
    assert (reminder.state, booking.state) == ("cancelled", "cancelled")


@pytest.mark.parametrize("closed_before", [False, True])
def test_the_gate_knows_who_has_died(session: Session, now: datetime, closed_before: bool) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")
    leila.closed_at = now if closed_before else None
    contact.outcome(session, leila, sara, kind="deceased", on=now.date(), now=now)

    facts = gate_facts.of_people(session, {leila.id: leila}, kind="staff", now=now)[leila.id]

    assert facts.deceased
    assert gate.forbidden(facts, Rules(practice=False), now) == "closed"


def test_an_outcome_is_dated_in_the_past(session: Session, now: datetime) -> None:
    with pytest.raises(BadInput, match="Datumet har inte varit"):
        contact.outcome(
            session, a_person(session), a_staff(session), kind="work", on=(now + timedelta(days=1)).date(), now=now
        )  # noqa: E501


def test_a_spoken_stop_is_a_stop(session: Session, now: datetime) -> None:
    sara, leila = a_staff(session), a_person(session, mobile="05")

    assert contact.spoken_stop(session, leila, sara, now=now)
    assert not contact.spoken_stop(session, leila, sara, now=now)

    assert storage.numbers.people_stopped(session, "sms", [leila.id]) == {leila.id}
    talk = storage.conversations.of_person(session, leila.id)
    assert talk is not None
    assert talk.state == "stopped"
