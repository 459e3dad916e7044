"""The practice clock: everything that falls due on the way happens, in order, and nothing holds time still."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from builders import a_booking, a_person, a_slot, a_staff, a_talk, a_text_out

import storage.conversations
import storage.meetings
import storage.messages
import storage.reminders
import storage.tasks
from bot.settings import Settings
from bot.wiring import House, build
from outreach import access, delivery, meetings, programmes
from outreach.errors import BadInput
from scheduler import time_travel
from scheduler.clock import MovableClock
from scheduler.jobs import Job
from storage.local_time import STOCKHOLM

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path, empty_database_file: bytes) -> House:
    """A practice installation whose clock stands on Tuesday 24 November 2026, 13.04, and goes on from there."""
    path = tmp_path / "house.db"
    path.write_bytes(empty_database_file)
    house = build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20))
    clock_of(house).set(NOW)
    with house.database.write() as session:
        programmes.ensure_defaults(session, NOW)
    return house


def clock_of(house: House) -> MovableClock:
    """The house's clock, which can be moved."""
    assert isinstance(house.clock, MovableClock)
    return house.clock


def travel(house: House, to: datetime, jobs: list[Job] | None = None) -> int:
    """Move the clock."""
    return anyio.run(time_travel.travel, clock_of(house), house.database, jobs or house.jobs, to)


def is_near(moment: datetime | None, wanted: datetime) -> bool:
    """Whether something happened when it should: within the tick that daily use may cost, and the time it took."""
    return moment is not None and timedelta() <= moment - wanted < timedelta(seconds=20)


class Counter:
    """A job that finds nothing to do and counts how often it was asked."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self) -> int:
        """Nothing was due."""
        self.runs += 1
        return 0


def test_what_falls_due_on_the_way_happens_at_its_time_and_in_order(house: House) -> None:
    hours = (30, 2, 11)
    with house.database.write() as session:
        for number, later in enumerate(hours):
            talk = a_talk(session, a_person(session, mobile=f"1{number}"), address=f"1{number}")
            due = NOW + timedelta(hours=later)
            a_text_out(session, talk, f"text {later}", state="queued", at=due, send_before=due + timedelta(hours=1))

    assert travel(house, NOW + timedelta(days=3)) == len(hours)

    with house.database.read() as session:
        sent = [storage.messages.get(session, number) for number in (1, 2, 3)]
    assert all(is_near(row.sent_at, NOW + timedelta(hours=later)) for row, later in zip(sent, hours, strict=True))
    assert is_near(house.now(), NOW + timedelta(days=3))


def test_reminders_of_a_meeting_come_as_time_passes(house: House) -> None:
    starts_at = datetime(2026, 11, 26, 13, tzinfo=UTC)
    with house.database.write() as session:
        person = a_person(session, mobile="05")
        a_talk(session, person, state="booked")
        slot = a_slot(session, starts_at, staff=a_staff(session))
        assert meetings.book(session, person_id=person.id, slot_id=slot.id, now=NOW) is not None

    travel(house, starts_at + timedelta(hours=1))

    with house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", "+46701740605")
    assert [text.text_code for text in texts] == ["REM-24", "REM-2"]
    assert is_near(texts[0].sent_at, starts_at - timedelta(days=1))
    assert is_near(texts[1].sent_at, starts_at - timedelta(hours=2))


def test_silence_is_dealt_with_at_its_own_hours(house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, mobile="05")
        talk = a_talk(session, leila, state="new")
        delivery.queue(session, talk, "Hej! Vill du?", kind="ladder", text_code="INV-1", now=NOW)

    travel(house, NOW + timedelta(days=40))

    with house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", "+46701740605")
        task = storage.tasks.open_task(session, "ring", leila.id)
    assert [text.text_code for text in texts] == ["INV-1", "NUDGE"]
    assert is_near(texts[1].sent_at, NOW + timedelta(days=7))
    assert task is not None
    assert is_near(task.created_at, NOW + timedelta(days=11))


def test_follow_ups_come_on_their_days_and_the_talk_ends(house: House) -> None:
    with house.database.write() as session:
        leila = a_person(session, mobile="05")
        a_talk(session, leila, state="booked")
        booking = a_booking(session, leila, a_slot(session, NOW - timedelta(hours=1)), at=NOW - timedelta(days=1))
        meetings.attend(session, booking, "came", now=NOW, staff_id=None)
    stops = Counter()

    travel(house, NOW + timedelta(days=220), [*house.jobs, Job("count", 1, stops)])

    with house.database.read() as session:
        texts = storage.messages.of_address(session, "sms", "+46701740605")
        talk = storage.conversations.of_person(session, leila.id)
    days = [f"{text.text_code} {text.sent_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}" for text in texts if text.sent_at]
    # The day before Christmas is closed, and so are the days after it.
    assert days == ["FU-1 2026-12-28 10:00", "FU-3 2027-02-24 12:04", "FU-6 2027-05-24 12:04"]
    assert talk is not None
    assert talk.state == "ended"
    assert stops.runs < 40


def test_moving_backwards_only_sets_the_clock(house: House) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session, mobile="05"))
        a_text_out(session, talk, state="queued", at=NOW - timedelta(days=20))

    assert travel(house, NOW - timedelta(days=10)) == 0
    assert is_near(house.now(), NOW - timedelta(days=10))
    with house.database.read() as session:
        assert storage.messages.get(session, 1).state == "queued"


@pytest.mark.parametrize("reason", ["campaign_paused", "global_pause"])
def test_texts_that_wait_for_a_switch_make_no_stops(house: House, reason: str) -> None:
    with house.database.write() as session:
        talk = a_talk(session, a_person(session, mobile="05"))
        a_text_out(session, talk, state="queued", at=NOW + timedelta(hours=1), reason=reason)
    counter = Counter()

    travel(house, NOW + timedelta(days=300), [Job("count", 1, counter)])

    assert counter.runs == 2


def test_what_is_due_but_does_not_move_cannot_hold_time_still(house: House) -> None:
    with house.database.write() as session:
        a_text_out(session, a_talk(session, a_person(session, mobile="05")), state="queued", at=NOW)
    counter = Counter()

    travel(house, NOW + timedelta(hours=30), [Job("count", 1, counter)])

    assert counter.runs < 35
    assert is_near(house.now(), NOW + timedelta(hours=30))


def test_nobody_is_signed_out_by_a_clock_that_is_moved(house: House) -> None:
    with house.database.write() as session:
        token = access.open_session(session, a_staff(session), now=NOW)

    travel(house, NOW + timedelta(days=2))

    with house.database.read() as session:
        assert access.find_session(session, token, now=house.now()) is not None
        later = house.now() + timedelta(hours=1)
        assert access.find_session(session, token, now=later) is None


def test_a_meeting_that_has_been_is_not_reminded_of(house: House) -> None:
    with house.database.write() as session:
        person = a_person(session, mobile="05")
        a_talk(session, person, state="booked")
        slot = a_slot(session, NOW + timedelta(days=2))
        a_booking(session, person, slot, at=NOW)

    travel(house, NOW + timedelta(days=5))

    with house.database.read() as session:
        assert storage.messages.of_address(session, "sms", "+46701740605") == []
        assert storage.reminders.next_due(session) is None


@pytest.mark.parametrize(
    ("written", "length"),
    [
        ("30m", timedelta(minutes=30)),
        ("1h", timedelta(hours=1)),
        ("1d", timedelta(days=1)),
        ("2w", timedelta(weeks=2)),
        (" +2 H ", timedelta(hours=2)),
    ],
)
def test_lengths(written: str, length: timedelta) -> None:
    assert time_travel.parse_length(written) == length


@pytest.mark.parametrize("written", ["", "1", "en dag", "1y", "-1d", "1.5h", "9999999d"])
def test_lengths_that_cannot_be_read(written: str) -> None:
    with pytest.raises(BadInput, match="Skriv till exempel 30m"):
        time_travel.parse_length(written)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-11-24T09:00", "2026-11-24 09:00"),
        ("2026-11-24 09:00", "2026-11-24 09:00"),
        ("2026-11-24 09.00", "2026-11-24 09:00"),
        ("2026-11-24, kl. 9.00", "2026-11-24 09:00"),
        ("24/11 9.00", "2026-11-24 09:00"),
        ("24/11 09:00", "2026-11-24 09:00"),
        ("24/11 2027 9.00", "2027-11-24 09:00"),
        ("24.11.2026 9.00", "2026-11-24 09:00"),
        ("24 nov 9.00", "2026-11-24 09:00"),
        ("24 november kl 9.00", "2026-11-24 09:00"),
        ("5/1 9.00", "2027-01-05 09:00"),
        ("1/7 9.00", "2026-07-01 09:00"),
    ],
)
def test_moments_are_in_stockholm(written: str, moment: str) -> None:
    wanted = datetime.fromisoformat(moment).replace(tzinfo=STOCKHOLM)

    assert time_travel.parse_moment(written, NOW) == wanted


def test_a_moment_with_an_offset_keeps_it() -> None:
    assert time_travel.parse_moment("2026-11-24T09:00+00:00", NOW) == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert time_travel.parse_moment("2026-11-24T09:00:30Z", NOW).second == 30


@pytest.mark.parametrize(
    "written", ["", "imorgon", "2026-11-24", "31/2 9.00", "24/11 25.00", "24 xyz 9.00", "2026-13-01 09:00", "0/0 0.00"]
)
def test_moments_that_cannot_be_read(written: str) -> None:
    with pytest.raises(BadInput, match="Tiden går inte att läsa"):
        time_travel.parse_moment(written, NOW)
