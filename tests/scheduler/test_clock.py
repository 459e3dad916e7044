"""Time: always aware and in UTC, and in practice mode a clock that can be moved and goes on from there."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clock import MovableClock, SystemClock

A_WHILE = timedelta(seconds=30)


@pytest.fixture
def kept() -> dict[str, timedelta]:
    """Where the offset lies, as the settings table would hold it."""
    return {"offset": timedelta()}


@pytest.fixture
def clock(kept: dict[str, timedelta]) -> MovableClock:
    """A clock that can be moved."""
    return movable(kept)


def movable(kept: dict[str, timedelta]) -> MovableClock:
    """A clock of one process; several may share what is kept."""
    return MovableClock(lambda: kept["offset"], lambda offset: kept.update(offset=offset))


def test_the_systems_time_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_the_systems_time_does_not_stand_still() -> None:
    clock = SystemClock()

    before = clock.now()

    assert before <= clock.now() < before + A_WHILE


def test_an_unmoved_clock_shows_real_time(clock: MovableClock) -> None:
    real = SystemClock().now()

    assert real <= clock.now() < real + A_WHILE
    assert clock.offset() == timedelta()


def test_a_moved_clock_goes_on_from_where_it_was_put(clock: MovableClock) -> None:
    moment = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)

    clock.set(moment)

    assert moment <= clock.now() < moment + A_WHILE


def test_a_clock_can_be_moved_more_than_once(clock: MovableClock) -> None:
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    moment = datetime(2026, 1, 1, tzinfo=UTC)

    clock.set(moment)

    assert moment <= clock.now() < moment + A_WHILE


def test_a_reset_clock_shows_real_time_again(clock: MovableClock) -> None:
    clock.set(datetime(2030, 1, 1, tzinfo=UTC))
    real = SystemClock().now()

    clock.reset()

    assert real <= clock.now() < real + A_WHILE


def test_two_processes_agree_on_what_time_it_is(kept: dict[str, timedelta]) -> None:
    mine, theirs = movable(kept), movable(kept)
    moment = datetime(2027, 1, 1, tzinfo=UTC)

    mine.set(moment)

    assert moment <= theirs.now() < moment + A_WHILE
