"""The difference of two shares, and the lot: pure, so by properties and by the examples of the method's own paper."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach import lot, proportions
from outreach.proportions import Share


@st.composite
def shares(draw: st.DrawFn) -> Share:
    of = draw(st.integers(0, 400))
    return Share(draw(st.integers(0, of)), of)


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        # Newcombe 1998, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0),
    ],
)
def test_the_interval_is_the_one_the_paper_prints(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = proportions.difference(Share(*first), Share(*second))

    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(shares(), shares())
def test_an_interval_holds_what_was_seen_and_turns_with_the_groups(first: Share, second: Share) -> None:
    one, other = proportions.difference(first, second), proportions.difference(second, first)

    assert -1 - 1e-9 <= one.low <= one.value + 1e-9
    assert one.value - 1e-9 <= one.high <= 1 + 1e-9
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))


@given(shares(), shares())
def test_several_comparisons_at_once_are_never_surer_than_one(first: Share, second: Share) -> None:
    one, of_three = proportions.difference(first, second), proportions.difference(first, second, comparisons=3)

    assert of_three.low <= one.low + 1e-12
    assert of_three.high >= one.high - 1e-12


@given(shares())
def test_the_same_share_twice_is_never_called_a_difference(share: Share) -> None:
    assert proportions.difference(share, share).verdict in ("too_few", "alike")


@given(st.integers(0, 19), st.integers(0, 400))
def test_nothing_is_said_of_a_group_under_twenty_however_much_it_differs(small: int, large: int) -> None:
    assert proportions.difference(Share(small, small), Share(0, large)).verdict == "too_few"


def test_what_is_said_of_groups_that_are_large_enough() -> None:
    def verdict(first: Share, second: Share) -> str:
        return proportions.difference(first, second).verdict

    assert verdict(Share(30, 60), Share(10, 60)) == "more"
    assert verdict(Share(10, 60), Share(30, 60)) == "less"
    assert verdict(Share(12, 60), Share(10, 60)) == "too_few"
    assert verdict(Share(210, 1000), Share(200, 1000)) == "alike"


@given(st.integers(0, 500), st.integers(2, 3))
def test_an_even_lot_gives_everybody_a_version_and_no_version_a_day_of_its_own(count: int, versions: int) -> None:
    dealt = lot.deal(count, versions, pilot=False)

    assert None not in dealt
    for start in range(0, count, 50):
        day = dealt[start : start + 50]
        sizes = [day.count(which) for which in range(versions)]
        assert max(sizes) - min(sizes) <= 1


@given(st.integers(0, 500), st.integers(2, 3))
def test_a_pilot_is_a_fifth_in_groups_of_one_size_and_the_others_wait(count: int, versions: int) -> None:
    dealt = lot.deal(count, versions, pilot=True)

    now = [which for which in dealt if which is not None]
    assert dealt == [*now, *[None] * (count - len(now))]
    assert Fraction(count, lot.PILOT) <= len(now) < Fraction(count, lot.PILOT) + versions or len(now) == count
    if len(now) < count:
        assert len({now.count(which) for which in range(versions)}) == 1


@given(st.lists(st.booleans(), max_size=600))
def test_every_tenth_of_those_who_may_is_held_back_or_nobody_at_all(may: list[bool]) -> None:
    held = lot.hold_back(may)

    assert all(may[place] for place in held)
    assert len(held) in (0, sum(may) // lot.TENTH)
    assert (len(held) == 0) == (sum(may) < lot.TENTH * proportions.FEWEST)


@given(st.text(min_size=1), st.lists(st.text(), unique=True, min_size=2, max_size=40))
def test_the_order_is_the_same_however_the_people_are_listed(campaign: str, people: list[str]) -> None:
    def drawn(listed: list[str]) -> list[str]:
        return sorted(listed, key=lambda person: lot.ticket(campaign, person))

    assert drawn(people) == drawn(people[::-1])
