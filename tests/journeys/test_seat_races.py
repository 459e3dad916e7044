"""Many youths, few seats, two processes: nobody is promised a seat that somebody else has.

A few dozen races each time; `--many` makes it ten thousand (ten minutes).
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from builders import NOW, a_person, a_slot, an_office
from sqlalchemy import text as sql

from outreach import meetings
from storage.database import Database
from storage.vault import Vault

SOME, MANY = 60, 10_000
YOUTHS = 5


def test_no_seat_is_booked_twice(database: Database, request: pytest.FixtureRequest) -> None:
    # Each has an engine and a lock of its own, as two processes have.
    other = Database(database.url, Vault("test"))
    dice = random.Random(7)
    with database.write() as session:
        people = [a_person(session, f"Ungdom{number}").id for number in range(YOUTHS)]
    with ThreadPoolExecutor(YOUTHS) as pool:
        for number in range(MANY if request.config.getoption("--many") else SOME):
            _race(pool, (database, other), people, seats=dice.randrange(1, YOUTHS), number=number)
    other.close()

    with database.read() as session:
        doubles = session.execute(sql("SELECT seat_id FROM booking GROUP BY seat_id HAVING count(*) > 1"))
        assert doubles.all() == []


def _race(
    pool: ThreadPoolExecutor, both: tuple[Database, Database], people: list[int], *, seats: int, number: int
) -> None:
    with both[0].write() as session:
        # Yesterday's bookings are over: each race begins with nobody booked.
        session.execute(sql("UPDATE booking SET state = 'came' WHERE state = 'booked'"))
        slot = a_slot(session, NOW + timedelta(days=1, minutes=number), office=an_office(session), seats=seats)
        slot_id = slot.id
    start = Barrier(len(people))

    def book(index: int) -> bool:
        start.wait()
        with both[index % 2].write() as session:
            return meetings.book(session, person_id=people[index], slot_id=slot_id, now=NOW) is not None

    got = Counter(pool.map(book, range(len(people))))
    with both[1].read() as session:
        taken = session.execute(
            sql("SELECT count(*) FROM seat WHERE slot_id = :slot AND taken_by IS NOT NULL"), {"slot": slot_id}
        ).scalar_one()
    assert (got[True], taken) == (seats, seats)
