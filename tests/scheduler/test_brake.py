"""The pace within one process: even, and never one too many in any second."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scheduler.brake import AHEAD, Brake


def sent_at(brake: Brake, looks: list[float], wanted: int = 1000) -> list[float]:
    """The moments at which texts leave when somebody looks for room at these moments."""
    return [now + wait for now in looks for wait in brake.take(min(wanted, brake.room(now)), now)]


def test_without_a_limit_there_is_always_room() -> None:
    brake = Brake()

    assert brake.room(0.0) > 10_000
    assert brake.take(3, 0.0) == [0.0, 0.0, 0.0]


def test_a_pace_of_thirty_is_kept_and_nearly_reached() -> None:
    leaving = sent_at(Brake(30), [tick / 10 for tick in range(200)])

    assert 0.97 * 30 <= (len(leaving) - 1) / (leaving[-1] - leaving[0]) <= 30


@given(st.floats(0.2, 200), st.lists(st.floats(0, 60), min_size=1, max_size=50).map(sorted))
def test_no_second_holds_one_too_many_whenever_somebody_looks(per_second: float, looks: list[float]) -> None:
    leaving = sent_at(Brake(per_second), looks)

    assert all(later - earlier >= 1 / per_second for earlier, later in pairwise(leaving))


@given(st.floats(0.2, 200), st.floats(0, 60))
def test_a_text_that_begins_waits_a_moment_at_most(per_second: float, now: float) -> None:
    brake = Brake(per_second)

    assert all(wait <= AHEAD + 1e-6 for wait in brake.take(brake.room(now), now))


def test_when_there_is_no_room_it_says_for_how_long() -> None:
    brake = Brake(1)
    brake.take(brake.room(100.0), 100.0)

    assert brake.room(100.0) == 0
    assert 0 < brake.wait(100.0) < 1.02
    assert brake.room(100.0 + brake.wait(100.0)) == 1
