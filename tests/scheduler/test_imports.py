"""Imports are carried on in parts: whatever dies, the list is taken in once and whole, and nobody waits for it."""

from datetime import timedelta

import pytest
from builders import a_staff, an_office
from conftest import StillClock
from made_lists import HEADS, LINN, TODAY, row

import storage.imports
import storage.people
from outreach.lists import run as lists
from outreach.lists import saving, undoing
from outreach.lists.plan import Choices, Plan
from scheduler.imports import SILENCE, Carrier
from storage.database import Database
from storage.imports import ImportRun, SavedFile
from storage.people import Person

PEOPLE = 1_200


def a_long_list(people: int = PEOPLE) -> bytes:
    rows = [
        row(name=f"Namn{n} Efter{n}", born=f"{2007 + n % 3}-{1 + n % 12:02d}-{1 + n % 28:02d}") for n in range(people)
    ]
    return "\n".join([HEADS, *rows, row(name="Tolv Fel", born="aldrig")]).encode()


def begun(database: Database, clock: StillClock, content: bytes) -> ImportRun:
    """A list handed in, which nobody has begun to read."""
    now = clock.now()
    with database.write() as session:
        file = SavedFile(filename="lista.csv", content=content, uploaded_at=now)
        choices = Choices(list_type="kaa", office_id=an_office(session).id, complete=True)
        return saving.begin(session, storage.imports.keep_file(session, file), choices, now=now, staff_id=None)


def now_of(database: Database, run: ImportRun) -> ImportRun:
    with database.read() as session:
        return storage.imports.get(session, run.id)


def plan_of_run(database: Database, run: ImportRun) -> Plan:
    with database.read() as session:
        file = storage.imports.left_of_run(session, run.code)
        assert file is not None
        choices = Choices.kept(file.choices)
        return lists.make_plan(session, file.content, file.filename, choices, today=TODAY)


def people(database: Database) -> int:
    with database.read() as session:
        return storage.people.count(session)


class Dies(BaseException):
    """The process ends here: no handler of ours is run."""


class ClockOfSomebodyWhoDies:
    """Tells the time until the process dies."""

    def __init__(self, clock: StillClock, *, after: int) -> None:
        self._clock, self._left = clock, after

    def now(self) -> object:
        if self._left == 0:
            raise Dies
        self._left -= 1
        return self._clock.now()


def test_a_list_is_taken_in_whole_and_forgotten_but_for_its_faulty_rows(database: Database, clock: StillClock) -> None:
    run = begun(database, clock, a_long_list())

    assert Carrier(database, clock).carry_on() == 1

    done = now_of(database, run)
    assert (done.state, done.saved, done.counts["new"], done.counts["faulty"]) == ("done", PEOPLE, PEOPLE, 1)
    assert people(database) == PEOPLE
    with database.read() as session:
        left = storage.imports.left_of_run(session, run.code)
        assert left is not None
        assert left.content[:2] == b"PK"
    assert Carrier(database, clock).carry_on() == 0


@pytest.mark.parametrize("dies_after", range(1, 6))
def test_wherever_a_process_dies_the_next_one_takes_in_the_rest(
    database: Database, clock: StillClock, dies_after: int
) -> None:
    run = begun(database, clock, a_long_list())
    with pytest.raises(Dies):
        Carrier(database, ClockOfSomebodyWhoDies(clock, after=dies_after)).carry_on()  # type: ignore[arg-type]
    assert Carrier(database, clock).carry_on() == 0

    clock.forward(seconds=SILENCE.total_seconds() + 1)
    Carrier(database, clock).carry_on()

    done = now_of(database, run)
    assert (done.state, done.saved, done.counts["new"], done.counts["people"]) == ("done", PEOPLE, PEOPLE, PEOPLE)
    assert people(database) == PEOPLE
    with database.read() as session:
        assert len(storage.imports.touched_ids(session, run.id)) == PEOPLE


@pytest.mark.parametrize("dies_after", range(1, 5))
def test_an_undoing_that_was_broken_off_is_carried_on(database: Database, clock: StillClock, dies_after: int) -> None:
    run = begun(database, clock, a_long_list())
    Carrier(database, clock).carry_on()
    with database.write() as session:
        undoing.begin(session, storage.imports.get(session, run.id), staff_id=a_staff(session).id, now=clock.now())
    with pytest.raises(Dies):
        Carrier(database, ClockOfSomebodyWhoDies(clock, after=dies_after)).carry_on()  # type: ignore[arg-type]

    clock.forward(seconds=SILENCE.total_seconds() + 1)
    Carrier(database, clock).carry_on()

    assert now_of(database, run).state == "undone"
    assert people(database) == 0


def test_nobody_takes_over_from_somebody_who_is_at_work(database: Database, clock: StillClock) -> None:
    run = begun(database, clock, a_long_list(3))
    with database.write() as session:
        storage.imports.claim(session, run.id, "somebody", now=clock.now(), stale=clock.now() - SILENCE)

    Carrier(database, clock).carry(run)

    assert now_of(database, run).saved == 0


def test_somebody_who_was_taken_for_dead_writes_nothing_more(database: Database, clock: StillClock) -> None:
    run = begun(database, clock, a_long_list(3))
    with database.write() as session:
        storage.imports.claim(session, run.id, "slow", now=clock.now(), stale=clock.now() - SILENCE)
        storage.imports.claim(session, run.id, "next", now=clock.now(), stale=clock.now() + timedelta(seconds=1))

        assert not storage.imports.go_on(session, run.id, "slow", now=clock.now(), saved=3)
        assert storage.imports.go_on(session, run.id, "next", now=clock.now())


def test_a_list_that_is_gone_stops_and_says_so(database: Database, clock: StillClock) -> None:
    run = begun(database, clock, a_long_list(3))
    with database.write() as session:
        file = storage.imports.left_of_run(session, run.code)
        assert file is not None
        storage.imports.forget_file(session, file)

    Carrier(database, clock).carry_on()

    assert now_of(database, run).state == "halted"


def test_a_list_on_its_way_in_is_not_thrown_away(database: Database, clock: StillClock) -> None:
    begun(database, clock, a_long_list(3))

    with database.write() as session:
        assert storage.imports.forget_files_before(session, clock.now() + timedelta(days=2)) == 0
    Carrier(database, clock).carry_on()
    with database.write() as session:
        assert storage.imports.forget_files_before(session, clock.now() + timedelta(days=2)) == 1


def test_somebody_who_came_into_the_register_meanwhile_is_not_made_twice(database: Database, clock: StillClock) -> None:
    """The plan was made before they were there; the part that is saved sees them."""
    run = begun(database, clock, "\n".join([HEADS, row(pnr=LINN, school="Norra")]).encode())
    with database.write() as session:
        made = plan_of_run(database, run)
        linn = Person(first_name="Linn", last_name="Ek", created_at=clock.now(), changed_at=clock.now())
        storage.people.set_identity(session, linn, "200709062384", "personnummer")
        storage.people.add(session, linn)
        saving.save(session, made, storage.imports.get(session, run.id), made.people)

    with database.read() as session:
        (person,) = storage.people.everyone(session)
        assert person.school == "Norra"
