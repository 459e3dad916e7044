"""Many youths, few seats, two processes: nobody is promised a seat that somebody else has.

A few dozen races each time; `--many` makes it ten thousand (ten minutes). Two hundred sign up for a dialog meeting by
text and by chat at once.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from builders import NOW, a_person, a_slot, an_office, e164
from chats import a_chat, turn_on
from sqlalchemy import text as sql
from talks import Clock, Town, Youth

import storage.signups
from bot.wiring import House
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


def test_two_hundred_race_for_twelve_places_and_everybody_is_answered(house: House, clock: Clock) -> None:
    town = Town(house, clock)
    turn_on(town)
    meeting = town.gathering(seats=12)
    numbers = [Youth(town, e164(f"{ending:02}"), None) for ending in range(5, 95)]
    chats = [a_chat(town, 700_000 + number) for number in range(110)]
    youths = [*numbers, *chats]
    random.Random(7).shuffle(youths)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda youth: youth.writes("KOM 7K3P"), youths))
    clock.forward(seconds=26)
    town.run()

    assert _texts(house) == {"RSVP-OK": 12, "FULL-LAST": 188}
    assert town.taken(meeting) == 12
    by_talk = {youth.talk.id: youth for youth in youths}
    coming = [by_talk[talk] for talk in _standing(house, meeting, "signed_up")]
    line = [by_talk[talk] for talk in _standing(house, meeting, "waiting")]
    assert len({youth.address for youth in (*coming, *line)}) == len(youths)
    for place in (1, 2, 100, 188):
        assert f"Du är nr {place} på reservlistan" in line[place - 1].last

    # Three give their places back late in the evening: nobody is asked before the morning, then three are, in order.
    clock.forward(hours=8, minutes=50)
    for youth in coming[:3]:
        youth.writes("AVBOKA")
    clock.forward(seconds=26)
    town.run()
    assert _texts(house) == {"RSVP-OK": 12, "FULL-LAST": 188, "CANCELLED": 3}
    clock.forward(hours=10, minutes=15)
    town.run()
    assert _texts(house)["SPOT"] == 3
    assert [youth.hears()[-1] for youth in line[:5]] == ["SPOT"] * 3 + ["FULL-LAST"] * 2

    # Yes, no, and no answer: the no goes on at once, the silence after a day.
    assert line[0].says("ja") == ["RSVP-OK"]
    assert line[1].says("nej") == ["DM-NO"]
    assert line[3].hears() == ["SPOT"]
    clock.forward(days=1)
    town.run()
    assert [youth.hears()[-1:] for youth in line[4:7]] == [["SPOT"], ["SPOT"], ["FULL-LAST"]]
    assert town.taken(meeting) == 12


def _texts(house: House) -> Counter[str]:
    """How many texts of each code have come to somebody."""
    with house.database.read() as session:
        rows = session.execute(sql("SELECT text_code, count(*) FROM message WHERE state = 'delivered' GROUP BY 1"))
        return Counter(dict(rows.all()))


def _standing(house: House, slot_id: int, state: str) -> list[int | None]:
    """The talks of a meeting's sign-ups in a state, in the order of the line."""
    with house.database.read() as session:
        return [row.conversation_id for row in storage.signups.of_slot(session, slot_id, (state,))]
