"""A year of the ladder: people with habits (five hundred of them with --many), a coordinator who works every day, and
the real jobs; what must hold of it all is looked at every week.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import anyio
import pytest
from long_story import a_house
from witness import STOCKHOLM
from year_town import Year, working_days

import storage.ladders
import storage.people
import storage.register
from bot.wiring import House
from outreach import ladder_lists
from storage.database import Session
from storage.ladders import LadderEvent, LadderPlace
from storage.register import Filter

# The usual ladder, said once more by hand: the step and the days between it and the one before.
ORDER = (
    ("ring", 1, 0), ("ring", 2, 2), ("sms", 1, 1), ("reminder", 1, 7), ("chat", 1, 4), ("postcard", 1, 7),
    ("other_way", 1, 7),
)  # fmt: skip
REST = timedelta(days=90)
# Every habit has somebody. So few, worked with every fifth day, take a minute; all of them, every day, many.
FEW, FIVE_HUNDRED = 60, 500
TAKEN = ("done", "no_answer", "busy", "sent", "passed")


@pytest.fixture(scope="module")
def year_house(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Iterator[House]:
    """A house for a year."""
    path = tmp_path_factory.mktemp("year") / "year.db"
    path.write_bytes(empty_database_file)
    house = a_house(path)
    yield house
    anyio.run(house.close)


def test_a_year_of_the_ladder(year_house: House, request: pytest.FixtureRequest) -> None:
    many = request.config.getoption("--many")
    year, week = Year(year_house, FIVE_HUNDRED if many else FEW), 0
    year.runs()
    for day in working_days(364, every=1 if many else 5):
        if day.isocalendar().week != week:
            week = day.isocalendar().week
            _holds_every_week(year)
        year.lives(day)
    _holds_every_week(year)
    _holds_at_the_end(year)


def _holds_every_week(year: Year) -> None:
    assert not year.witness.faults, "\n".join(year.witness.faults)
    with year.database.read() as session:
        _adds_up(session, year)
        _everybody_has_a_next_step(session, year)


def _adds_up(session: Session, year: Year) -> None:
    counts = ladder_lists.counts(session, [year.office], year.now)
    everybody = storage.register.count(session, Filter(closed=None, protected=False), now=year.now)
    assert counts.everybody == everybody


def _everybody_has_a_next_step(session: Session, year: Year) -> None:
    for person in storage.people.everyone(session):
        place = storage.ladders.place(session, person.id)
        assert place is not None, year.today
        if place.state == "on":
            assert person.closed_at is None
            assert not person.protected
            assert place.due_at is not None
        else:
            assert place.left_why
        if person.closed_at is not None:
            assert person.closed_reason
            assert place.state == "ended"


def _holds_at_the_end(year: Year) -> None:
    twice = Counter((one.person_id, one.on) for one in year.all_contacts())
    ways = defaultdict(list)
    for one in year.all_contacts():
        ways[one.person_id, one.on].append(one.how)
    assert [ways[key] for key, count in twice.items() if count > 1] == []
    with year.database.read() as session:
        for person_id in year.people:
            events = storage.ladders.events(session, person_id)
            place = storage.ladders.place(session, person_id)
            assert place is not None
            _is_in_order(events, place)


def _is_in_order(events: Sequence[LadderEvent], place: LadderPlace) -> None:
    told = "\n".join(
        f"{event.at.astimezone(STOCKHOLM):%Y-%m-%d %H.%M} {event.round} {event.kind} {event.attempt} {event.what} "
        f"{event.why}"
        for event in events
    )  # fmt: skip
    # When a text left is known when it has; a last card may have been sent meanwhile.
    noted = [event.at for event in events if event.kind not in ("sms", "reminder")]
    assert noted == sorted(noted), told
    events = sorted(events, key=lambda event: event.at)
    rounds = sorted({event.round for event in events} - {0})
    assert rounds == list(range(1, len(rounds) + 1)), told
    for number in rounds:
        _round_is_in_order([event for event in events if event.round == number], told)
    for number in rounds[1:]:
        _begins_for_a_reason(events, number, told)


def _round_is_in_order(events: Sequence[LadderEvent], told: str) -> None:
    places = [(kind, attempt) for kind, attempt, _ in ORDER]
    taken = [event for event in events if event.what in TAKEN and (event.kind, event.attempt) in places]
    assert len({(event.kind, event.attempt) for event in taken}) == len(taken), told
    assert [places.index((event.kind, event.attempt)) for event in taken] == sorted(
        places.index((event.kind, event.attempt)) for event in taken
    ), told
    calls = [event.why for event in taken if event.kind == "ring" and event.what in ("no_answer", "busy")]
    assert len(set(calls)) == len(calls), told
    for before, after in zip(taken, taken[1:], strict=False):
        if "passed" in (before.what, after.what):
            continue
        first, last = places.index((before.kind, before.attempt)), places.index((after.kind, after.attempt))
        wait = sum(days for _, _, days in ORDER[first + 1 : last + 1])
        assert (_day(after) - _day(before)).days >= wait, told


def _begins_for_a_reason(events: Sequence[LadderEvent], number: int, told: str) -> None:
    """A round begins after a rest, after somebody who had left came back, or with a new number."""
    before = [event for event in events if event.round == number - 1]
    last = before[-1]
    if (last.kind, last.what) == ("rest", "done"):
        taken = [event for event in before if event.what in TAKEN and event.kind != "rest"]
        assert last.at - taken[-1].at >= REST - timedelta(days=1), told
    else:
        assert last.what in ("left", "number_found"), told


def _day(event: LadderEvent) -> date:
    return event.at.astimezone(STOCKHOLM).date()
