"""The contact ladder: who is on it, which step is next and when, and what takes somebody off it."""

from datetime import date, datetime, timedelta

import pytest
from builders import a_booking, a_number, a_person, a_slot, a_staff, a_talk, an_office
from ladder_desk import due_day, press, stands, turns, where

import storage.bulk
import storage.cards
import storage.conversations
import storage.ladder_queue
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from outreach import (
    consent,
    contact,
    ladder,
    ladder_lists,
    ladder_notes,
    ladder_rules,
    meetings,
    programmes,
)  # fmt: skip
from outreach.errors import BadInput, Conflict
from outreach.ladder_notes import Noted
from storage.database import Session
from storage.people import Person, ProgrammeMembership
from storage.staff import Staff
from storage.tasks import TALKED, Attempt, Task


@pytest.fixture(autouse=True)
def rules(session: Session, now: datetime) -> None:
    programmes.ensure_defaults(session, now)


@pytest.fixture
def sara(session: Session) -> Staff:
    return a_staff(session)


@pytest.fixture
def leila(session: Session, now: datetime) -> Person:
    """Somebody with a mobile, at the first step."""
    person = a_person(session, mobile="05", street="Storgatan 1", postcode="123 45", town="Björkstad")
    ladder.settle(session, now)
    return person


# ------------------------------------------------------------------------------------------------- coming on to it


def test_new_people_come_on_to_the_first_step_at_once(session: Session, leila: Person, now: datetime) -> None:
    assert stands(session, leila) == ("ring", 1, "on")
    assert turns(session, "ring", now) == ["Leila"]
    assert [event.what for event in storage.ladders.events(session, leila.id)] == ["began"]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"protected": True}, "protected"),
        ({"closed_at": datetime.fromisoformat("2026-11-01T12:00:00+00:00")}, "closed"),
        ({"paused_until": datetime.fromisoformat("2026-12-24T12:00:00+00:00")}, "paused"),
        ({"born": date(2000, 1, 1)}, "programme"),
        ({"born": date(2012, 1, 1)}, "programme"),
    ],
)
def test_whoever_does_not_belong_there_is_not_on_it(
    session: Session, now: datetime, fields: dict[str, object], why: str
) -> None:
    person = a_person(session, mobile="05", **fields)

    ladder.settle(session, now)

    assert stands(session, person)[2] == why
    assert turns(session, "ring", now) == []


def test_without_a_number_it_is_to_be_found_first(session: Session, now: datetime) -> None:
    person = a_person(session)
    ladder.settle(session, now)

    assert stands(session, person) == ("find_number", 1, "on")


@pytest.mark.parametrize(("kind", "step"), [("landline", "ring"), ("foreign", "ring")])
def test_who_has_another_telephone_is_rung(session: Session, now: datetime, kind: str, step: str) -> None:
    person = a_person(session)
    a_number(session, person, kind=kind)
    ladder.settle(session, now)

    assert stands(session, person)[0] == step


def test_a_guardians_number_is_not_the_persons(session: Session, now: datetime) -> None:
    person = a_person(session)
    a_number(session, person, owner="guardian")
    ladder.settle(session, now)

    assert stands(session, person)[0] == "find_number"


def test_twenty_thousand_come_on_to_it_in_seconds(session: Session, now: datetime) -> None:
    office = an_office(session)
    codes = [f"p{number}" for number in range(20_000)]
    storage.bulk.add(session, Person, [
        storage.bulk.row(Person, code=code, first_name="Namn", birth_date=date(2008, 5, 14), office_id=office.id,
                         created_at=now, changed_at=now)
        for code in codes
    ])  # fmt: skip
    ids = storage.bulk.person_ids(session, codes)
    storage.bulk.add(session, ProgrammeMembership, [
        storage.bulk.row(ProgrammeMembership, person_id=person_id, programme="kaa", rule_version="test",
                         valid_from=date(2026, 1, 1))
        for person_id in ids.values()
    ])  # fmt: skip

    assert ladder.settle(session, now) == 20_000
    assert ladder.settle(session, now) == 0
    assert ladder_lists.counts(session, [office.id], now).on == {"find_number": 20_000}


# ------------------------------------------------------------------------------------------------ from step to step


def test_the_usual_ladder_from_the_first_call_to_the_rest(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    assert (stands(session, leila), due_day(session, leila)) == (("ring", 2, "on"), "2026-11-26")

    morning = datetime.fromisoformat("2026-11-26T08:30:00+00:00")
    press(session, leila, sara, morning, "ring", "busy")
    assert (stands(session, leila), due_day(session, leila)) == (("sms", 1, "on"), "2026-11-27")

    press(session, leila, sara, morning + timedelta(days=1), "sms", "passed", text="vill inte ha sms")
    assert (stands(session, leila), due_day(session, leila)) == (("reminder", 1, "on"), "2026-12-04")


def test_the_second_call_is_never_at_the_same_time_of_day(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    same_time, other_time = now + timedelta(days=3), now + timedelta(days=3, hours=-4)

    assert turns(session, "ring", same_time) == []
    assert turns(session, "ring", other_time) == ["Leila"]


def test_a_second_call_at_the_same_time_all_the_same_is_no_second_try(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "no_answer")

    press(session, leila, sara, now + timedelta(days=3), "ring", "no_answer")

    assert stands(session, leila) == ("ring", 2, "on")
    assert storage.tasks.calls(session, [leila.id]) == {leila.id: 2}


def test_a_call_noted_on_the_persons_page_is_the_ladders_call(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    contact.note(session, leila, sara, kind="call", result="no_answer", text="", now=now)

    assert stands(session, leila) == ("ring", 2, "on")


def test_ring_later_is_the_same_try_at_the_wanted_hour(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    friday = now + timedelta(days=3)
    ladder_notes.note(session, leila, sara, Noted("ring", "later", until=friday), now)

    assert stands(session, leila) == ("ring", 1, "on")
    assert turns(session, "ring", friday - timedelta(minutes=1)) == []
    assert turns(session, "ring", friday) == ["Leila"]


def test_a_wrong_number_is_struck_and_the_next_one_is_tried(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    a_number(session, leila, "06", now=now)
    press(session, leila, sara, now, "ring", "wrong_number", number="+46701740605")

    turn = ladder_lists.turn(session, leila, "ring")
    assert [number.e164 for _, number in turn.numbers] == ["+46701740606"]
    assert stands(session, leila) == ("ring", 1, "on")


def test_the_last_wrong_number_leads_to_looking_for_one(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "wrong_number", number="+46701740605")

    assert stands(session, leila)[0] == "find_number"
    assert storage.tasks.open_task(session, "find_number", leila.id) is not None


def test_a_number_that_is_found_leads_to_the_first_call(session: Session, sara: Staff, now: datetime) -> None:
    person = a_person(session)
    ladder.settle(session, now)

    press(session, person, sara, now, "find_number", "found", number="070-174 06 07", source="skola")

    assert stands(session, person) == ("ring", 1, "on")
    attempt = storage.tasks.attempts(session, person.id)[-1]
    assert (attempt.source, attempt.number_id is not None) == ("skola", True)


def test_a_struck_number_is_not_put_back(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    press(session, leila, sara, now, "ring", "wrong_number", number="+46701740605")

    with pytest.raises(BadInput):
        press(session, leila, sara, now, "find_number", "found", number="070-174 06 05", source="skola")


def test_a_number_that_nobody_finds_leads_to_the_postcard(session: Session, sara: Staff, now: datetime) -> None:
    person = a_person(session)
    ladder.settle(session, now)
    for day in range(ladder_rules.LOOK_UPS):
        press(session, person, sara, now + timedelta(days=day), "find_number", "not_found", source="skola")

    assert stands(session, person)[0] == "postcard"
    passed = [event.kind for event in storage.ladders.events(session, person.id) if event.what == "passed"]
    assert passed == ["ring", "ring", "sms", "reminder", "chat", "find_number"]


def test_a_number_found_while_a_card_waits_begins_anew(session: Session, sara: Staff, now: datetime) -> None:
    person = a_person(session)
    ladder.settle(session, now)
    for day in range(ladder_rules.LOOK_UPS):
        press(session, person, sara, now + timedelta(days=day), "find_number", "not_found", source="skola")
    later = now + timedelta(days=20)
    a_number(session, person, "07", now=later)

    ladder.settle(session, later)

    assert (stands(session, person), where(session, person).round) == (("ring", 1, "on"), 2)


# ------------------------------------------------------------------------------------------------------ leaving it


def test_whoever_was_talked_to_leaves_at_once(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    contact.note(session, leila, sara, kind="met_outdoors", result=TALKED, text="", now=now)

    assert stands(session, leila)[2] == "reached"
    assert turns(session, "ring", now + timedelta(days=1)) == []


def test_a_booking_takes_somebody_off_in_the_same_breath(session: Session, leila: Person, now: datetime) -> None:
    slot = a_slot(session, now + timedelta(days=2))
    meetings.book(session, person_id=leila.id, slot_id=slot.id, now=now)

    assert stands(session, leila)[2] == "ahead"


def test_a_stop_by_text_ends_it_and_staff_may_put_on_again(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    consent.stop(session, a_talk(session, leila), how="text", now=now)
    assert stands(session, leila)[2] == "stopped"

    ladder.put_on(session, leila, sara, now + timedelta(hours=1))
    ladder.settle(session, now + timedelta(hours=2))

    assert (stands(session, leila), where(session, leila).round) == (("ring", 1, "on"), 2)


def test_nobody_is_put_on_who_is_protected(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    leila.protected = True

    with pytest.raises(Conflict):
        ladder.put_on(session, leila, sara, now)


def test_after_a_pause_one_goes_on_where_one_stood(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    leila.paused_until = now + timedelta(days=30)
    ladder.settle(session, now)
    assert stands(session, leila)[2] == "paused"

    ladder.settle(session, now + timedelta(days=30))

    assert (stands(session, leila), where(session, leila).round) == (("ring", 2, "on"), 1)


def test_who_has_answered_and_rested_begins_anew(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    press(session, leila, sara, now, "ring", TALKED, then="thinks")
    assert stands(session, leila)[2] == "paused"

    ladder.settle(session, now + timedelta(days=7))

    assert (stands(session, leila), where(session, leila).round) == (("ring", 1, "on"), 2)


def test_a_talk_that_has_given_somebody_back_does_so(session: Session, leila: Person, now: datetime) -> None:
    talk = a_talk(session, leila, state="offered", last_inbound_at=now, now=now)
    ladder.follow(session, leila.id, now)
    assert stands(session, leila)[2] == "reached"

    talk.state, talk.state_at = "ladder", now + timedelta(days=3)
    session.flush()
    ladder.settle(session, now + timedelta(days=3))

    assert stands(session, leila)[2] == "on"


def test_whoever_has_been_silent_as_long_as_a_rest_comes_back(session: Session, leila: Person, now: datetime) -> None:
    a_talk(session, leila, state="invited", last_inbound_at=now, now=now)
    ladder.follow(session, leila.id, now)

    ladder.settle(session, now + timedelta(days=89))
    assert stands(session, leila)[2] == "reached"
    ladder.settle(session, now + timedelta(days=90))
    assert stands(session, leila)[2] == "on"


def test_who_works_or_studies_is_let_be(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    press(session, leila, sara, now, "ring", TALKED, then="occupied", occupation="studies")

    ladder.settle(session, now + timedelta(days=300))

    assert stands(session, leila)[2] == "reached"
    assert [row.kind for row in storage.tasks.outcomes(session, leila.id)] == ["studies"]


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("booked", "ahead"), ("thinks", "paused"), ("declined", "paused"), ("blocked", "stopped"),
        ("occupied", "reached"),
    ],
)  # fmt: skip
def test_every_answer_takes_somebody_off(
    session: Session, leila: Person, sara: Staff, now: datetime, then: str, why: str
) -> None:
    slot = a_slot(session, now + timedelta(days=2)) if then == "booked" else None
    noted = Noted("ring", TALKED, then=then, slot_id=slot.id if slot is not None else None)
    ladder_notes.note(session, leila, sara, noted, now)

    assert stands(session, leila)[2] == why


# ------------------------------------------------------------------------------------------------ once in a day


def test_nobody_stands_on_a_list_who_has_been_contacted_today(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    storage.tasks.add_attempt(session, Attempt(person_id=leila.id, kind="social", at=now, staff_id=sara.id))

    assert turns(session, "ring", now) == []
    assert turns(session, "ring", now + timedelta(days=1)) == ["Leila"]


def test_promised_calls_come_first_and_once(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    bilal = a_person(session, "Bilal", mobile="06")
    a_booking(session, bilal, a_slot(session, now + timedelta(days=2)))
    ladder.settle(session, now)
    for person in (leila, bilal):
        storage.tasks.ensure(
            session, Task(kind="ring", person_id=person.id, office_id=person.office_id, created_at=now)
        )

    assert turns(session, "ring", now) == ["Bilal", "Leila"]
    assert ladder_lists.due(session, [an_office(session).id], "ring", now)[1].task is not None


def test_protected_people_stand_on_no_list_and_in_no_count(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    office = [an_office(session).id]
    storage.tasks.ensure(session, Task(kind="ring", person_id=leila.id, office_id=leila.office_id, created_at=now))
    leila.protected = True
    session.flush()

    assert [ladder_lists.due(session, office, kind, now) for kind in ladder_lists.BY_PEOPLE] == [[]] * 9
    assert ladder_lists.counts(session, office, now).everybody == 0
