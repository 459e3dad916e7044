"""Two pages of one person become one, and are parted again: nothing is lost and nothing that holds back is loosened."""

from datetime import datetime, timedelta
from random import Random

import pytest
from builders import (
    NOW,
    PERSONNUMMER,
    a_booking,
    a_number,
    a_person,
    a_slot,
    a_staff,
    a_talk,
    a_task,
    a_text_in,
    a_text_out,
)  # fmt: skip
from conftest import Shelf
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from random_rows import a_row, everything, naming

import storage.bulk
import storage.conversations
import storage.inbound
import storage.merges
import storage.messages
import storage.numbers
import storage.people
import storage.sharing
import storage.tasks
from outreach import consent, contact, gate_facts, merges, numbers
from outreach.errors import Conflict
from outreach.lists.register import Register
from outreach.merges import FACTS
from storage.database import Session
from storage.merges import Merge
from storage.numbers import Stop
from storage.people import Person
from storage.sharing import Acquaintance

# The log only grows, and the merge itself stays to tell of what was done.
LEFT_BEHIND = ("auditevent", "merge")


@pytest.fixture
def pair(session: Session) -> tuple[Person, Person]:
    """Leila and Lejla, who are the same."""
    return a_person(session, mobile="05"), a_person(session, "Lejla", mobile="06", identity=PERSONNUMMER[0])


def merged(session: Session, pair: tuple[Person, Person], *others: str, now: datetime = NOW) -> Merge:
    return merges.merge(session, *pair, a_staff(session, "enhetschef", name="Karin Ek"), others=others, now=now)


# ---- nothing is lost

TABLES = {table.name: table for name in ("person", "conversation") for table in naming(name)}


@settings(
    max_examples=20, phases=(Phase.generate, Phase.shrink), suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(st.sampled_from(sorted(TABLES)), st.integers(0, 2**32)), max_size=60),
    others=st.sets(st.sampled_from(sorted(FACTS))),
    one=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_merging_and_parting_leaves_the_database_as_it_was(
    shelf: Shelf, rows: list[tuple[str, int]], others: set[str], one: tuple[bool, bool, bool]
) -> None:
    with shelf.take("test").write() as session:
        pair = (a_person(session, mobile="05"), a_person(session, "Lejla", mobile="06", identity=PERSONNUMMER[0]))
        staff = a_staff(session)
        talks = [a_talk(session, person).id for person, talks in zip(pair, one, strict=False) if talks]
        other = a_person(session, "Elsa", protected=one[2])
        ids = {"person": [person.id for person in (*pair, other)]} | ({"conversation": talks} if talks else {})
        for name, seed in rows:
            a_row(session, TABLES[name], Random(seed), ids)
        session.expire_all()
        before = everything(session, but=LEFT_BEHIND)

        try:
            row = merges.merge(session, *pair, staff, others=others, now=NOW)
        except Conflict:
            reject()
        assert everything(session, but=LEFT_BEHIND) != before
        merges.part(session, row, staff, now=NOW)

        assert everything(session, but=LEFT_BEHIND) == before


@pytest.mark.parametrize("table", TABLES)
def test_everything_that_names_a_person_goes_over(session: Session, pair: tuple[Person, Person], table: str) -> None:
    kept, gone = pair
    seeds = iter(range(200))
    while not a_row(session, TABLES[table], Random(next(seeds)), {"person": [gone.id]}):
        pass

    merged(session, pair)

    left = storage.merges.snapshot(session, [gone.id])
    assert [name for name, found in left.items() if found and name not in ("person", "programmemembership")] == []
    assert storage.people.get(session, gone.id).merged_into_id == kept.id


def test_what_happens_while_they_are_one_stays_where_it_is(session: Session, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    ring = a_task(session, gone)
    row = merged(session, pair)
    storage.tasks.finish(session, storage.tasks.by_code(session, ring.code) or ring, now=NOW, staff_id=None)
    later = a_task(session, kept, "postcard")

    merges.part(session, row, a_staff(session), now=NOW)

    assert [(task.kind, task.done_at) for task in storage.tasks.of_person(session, gone.id)] == [("ring", NOW)]
    assert [task.id for task in storage.tasks.of_person(session, kept.id)] == [later.id]


def test_what_was_corrected_meanwhile_is_not_set_back(session: Session, pair: tuple[Person, Person]) -> None:
    kept, _ = pair
    row = merged(session, pair, "name")
    assert kept.first_name == "Lejla"
    kept.first_name = "Leyla"
    session.add(kept)

    merges.part(session, row, a_staff(session), now=NOW)

    assert storage.people.get(session, kept.id).first_name == "Leyla"


def test_merges_are_undone_newest_first(session: Session, pair: tuple[Person, Person]) -> None:
    third = a_person(session, "Leyla")
    first = merged(session, pair)
    second = merged(session, (third, pair[0]))
    staff = a_staff(session)

    with pytest.raises(Conflict):
        merges.part(session, first, staff, now=NOW)
    merges.part(session, second, staff, now=NOW)
    merges.part(session, first, staff, now=NOW)
    with pytest.raises(Conflict):
        merges.part(session, first, staff, now=NOW)


# ---- what is chosen


def test_facts_are_chosen_one_by_one(session: Session, pair: tuple[Person, Person]) -> None:
    kept, gone = pair
    merged(session, pair, "identity")

    assert (kept.first_name, storage.people.identity(session, kept)) == ("Leila", PERSONNUMMER[0])
    assert storage.people.by_identity(session, PERSONNUMMER[0]) == kept
    assert gone.identity_mark is None


def test_a_personnummer_goes_before_what_stood_in_for_it(session: Session, now: datetime) -> None:
    with_interim = a_person(session)
    storage.people.set_identity(session, with_interim, "20080514A123", "interim")
    other = a_person(session, "Lejla", identity=PERSONNUMMER[0])

    merged(session, (with_interim, other))

    assert storage.people.identity(session, with_interim) == PERSONNUMMER[0]
    assert storage.people.by_identity(session, "20080514A123") == with_interim


def test_a_list_finds_the_person_by_either_number(session: Session) -> None:
    kept, gone = a_person(session, identity=PERSONNUMMER[1]), a_person(session, "Lejla", identity=PERSONNUMMER[0])
    last = a_person(session, "Leyla")
    merged(session, (kept, gone))
    merged(session, (last, kept))

    register = Register(session)
    for digits in PERSONNUMMER[:2]:
        mark = storage.people.identity_mark(session, digits)
        known = register.with_identity(mark)
        assert known is not None
        assert known.person == last == storage.people.by_identity(session, digits)
        assert [person.id for person in storage.bulk.people(session, (), [mark])] == [last.id]


def test_a_page_cannot_be_merged_twice_or_with_itself(session: Session, pair: tuple[Person, Person]) -> None:
    merged(session, pair)

    for again in (pair, (pair[0], pair[0]), (pair[1], pair[0])):
        with pytest.raises(Conflict):
            merged(session, again)


def test_two_booked_times_are_settled_first(session: Session, pair: tuple[Person, Person]) -> None:
    for days, person in enumerate(pair, 1):
        a_booking(session, person, a_slot(session, NOW + timedelta(days=days)), at=NOW)

    with pytest.raises(Conflict, match="Avboka den ena"):
        merged(session, pair)


# ---- what holds back holds


@pytest.mark.parametrize("which", [0, 1])
def test_protection_of_either_protects_both(session: Session, pair: tuple[Person, Person], which: int) -> None:
    pair[which].protected = True
    merged(session, pair)

    assert pair[0].protected


@pytest.mark.parametrize("which", [0, 1])
def test_a_stop_of_either_stands_for_both(session: Session, pair: tuple[Person, Person], which: int) -> None:
    stop = Stop(channel="sms", address=f"+4670174060{5 + which}", person_id=pair[which].id, since=NOW)
    storage.numbers.stop(session, stop)
    talk = a_talk(session, pair[0])
    waiting = a_text_out(session, talk, kind="campaign")
    merged(session, pair)

    facts = gate_facts.of_people(session, {pair[0].id: pair[0]}, kind="campaign", now=NOW)[pair[0].id]
    assert facts.stopped
    session.refresh(talk)
    session.refresh(waiting)
    assert (talk.state, waiting.state, waiting.reason) == ("stopped", "cancelled", "stopped")


def test_a_struck_number_stays_struck(session: Session, pair: tuple[Person, Person]) -> None:
    numbers.strike(session, pair[1], "+46701740606", why="fel nummer", now=NOW)
    a_number(session, pair[0], "06", standing="confirmed")
    merged(session, pair)

    tie = storage.numbers.tie(session, pair[0].id, "+46701740606")
    assert tie is not None
    assert tie.standing == "wrong_person"
    assert storage.numbers.is_struck(session, pair[0], "+46701740606")


def test_a_number_of_both_is_not_shared_with_oneself(session: Session, pair: tuple[Person, Person]) -> None:
    tie = a_number(session, pair[1], "05", standing="confirmed")
    number_id = tie.number_id
    merged(session, pair)

    assert storage.numbers.holders(session, [number_id])[number_id].people == 1
    assert [tie.standing for tie, number in storage.numbers.of_person(session, pair[0].id)] == [
        "confirmed", "unverified",
    ]  # fmt: skip


def test_whoever_knows_one_of_them_knows_the_one_they_are(session: Session, pair: tuple[Person, Person]) -> None:
    staff = a_staff(session)
    storage.sharing.keep(session, Acquaintance(staff_id=staff.id, person_id=pair[0].id, since=NOW, ended_at=NOW))
    storage.sharing.keep(session, Acquaintance(staff_id=staff.id, person_id=pair[1].id, since=NOW))
    merged(session, pair)

    assert pair[0].id in storage.sharing.known_to(session, staff.id)


@pytest.mark.parametrize(("mine", "theirs", "left"), [
    ("queued", "queued", ["queued", "cancelled"]),
    ("queued", "sent", ["cancelled", "sent"]),
    ("delivered", "queued", ["delivered", "cancelled"]),
])  # fmt: skip
def test_the_same_text_does_not_leave_twice(
    session: Session, pair: tuple[Person, Person], mine: str, theirs: str, left: list[str]
) -> None:
    texts = [
        a_text_out(session, a_talk(session, person), kind="campaign", state=state, text_code="INVITE")
        for person, state in zip(pair, (mine, theirs), strict=True)
    ]
    merged(session, pair)

    for text in texts:
        session.refresh(text)
    assert [text.state for text in texts] == left
    assert {text.person_id for text in texts} == {pair[0].id}


def test_the_talk_goes_on_where_it_is_alive_and_nobody_who_waits_is_forgotten(
    session: Session, pair: tuple[Person, Person]
) -> None:
    talk = a_talk(session, pair[0], state="invited")
    other = a_talk(session, pair[1], address="06", state="offered", waits=timedelta(hours=2), why="fråga utan svar")
    text = a_text_in(session, other, "när då?")
    merged(session, pair)

    for row in (talk, other, text):
        session.refresh(row)
    assert (talk.state, talk.waiting_since, talk.address) == ("offered", NOW - timedelta(hours=2), "+46701740606")
    assert (other.state, other.waiting_since) == ("ended", None)
    assert text.conversation_id == talk.id


def test_two_open_tasks_of_a_kind_become_one(session: Session, pair: tuple[Person, Person]) -> None:
    for person in pair:
        a_task(session, person, "ring")
        a_task(session, person, "duplicate")
    merged(session, pair)

    tasks = storage.tasks.of_person(session, pair[0].id)
    assert sorted((task.kind, task.outcome) for task in tasks) == [
        ("duplicate", "merged"), ("duplicate", "merged"), ("ring", ""), ("ring", "merged"),
    ]  # fmt: skip


# ---- what was said while they were one


def test_a_stop_said_while_they_were_one_holds_for_both_when_they_are_parted(
    session: Session, pair: tuple[Person, Person]
) -> None:
    talk = a_talk(session, pair[0])
    row = merged(session, pair)
    consent.stop(session, talk, how="text", now=NOW + timedelta(minutes=1))

    merges.part(session, row, a_staff(session), now=NOW + timedelta(minutes=2))

    facts = gate_facts.of_people(session, {one.id: one for one in pair}, kind="campaign", now=NOW)
    assert [facts[one.id].stopped for one in pair] == [True, True]


def test_a_spoken_stop_while_they_were_one_holds_for_both_when_they_are_parted(
    session: Session, pair: tuple[Person, Person]
) -> None:
    row = merged(session, pair)
    contact.spoken_stop(session, pair[0], a_staff(session), now=NOW + timedelta(minutes=1))

    merges.part(session, row, a_staff(session), now=NOW + timedelta(minutes=2))

    facts = gate_facts.of_people(session, {one.id: one for one in pair}, kind="campaign", now=NOW)
    assert [facts[one.id].stopped for one in pair] == [True, True]


def test_protection_given_while_they_were_one_stays_on_both_when_they_are_parted(
    session: Session, pair: tuple[Person, Person]
) -> None:
    row = merged(session, pair)
    pair[0].protected = True
    session.flush()

    merges.part(session, row, a_staff(session), now=NOW)

    assert [one.protected for one in pair] == [True, True]


def test_protection_of_one_alone_before_is_of_that_one_alone_again(
    session: Session, pair: tuple[Person, Person]
) -> None:
    pair[1].protected = True
    row = merged(session, pair)

    merges.part(session, row, a_staff(session), now=NOW)

    assert [one.protected for one in pair] == [False, True]
