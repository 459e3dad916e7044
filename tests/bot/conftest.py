"""Whom most of these tests are about: an office with free times, Leila who has been invited, Sara who has a browser."""

from collections.abc import Sequence

import pytest
from builders import Browser, a_staff, signed_in
from fastapi.testclient import TestClient
from talks import TIMES, Clock, Town, Youth

from bot.wiring import House


@pytest.fixture
def times() -> Sequence[str]:
    """When Samira has time: seven times within a week."""
    return TIMES


@pytest.fixture
def town(house: House, clock: Clock, times: Sequence[str]) -> Town:
    """Unga Norr on a Tuesday at 13.04, with free times."""
    return Town(house, clock, times)


@pytest.fixture
def leila(town: Town) -> Youth:
    """Leila, 18, who has just got the first text."""
    return town.youth()


@pytest.fixture
def booked(leila: Youth) -> Youth:
    """Leila with a meeting on Thursday at 10."""
    leila.says("ja")
    leila.says("tors 10")
    assert leila.says("ja") == ["BOOKED"]
    assert leila.booked == "2026-11-26 10:00"
    return leila


@pytest.fixture
def meeting(town: Town) -> int:
    """A dialog meeting on Thursday week at 17, with two seats, led by Mohammed."""
    return town.gathering(seats=2)


@pytest.fixture
def invited(town: Town, meeting: int) -> Youth:
    """Leila, who has just been invited to the meeting."""
    leila = town.youth(invited=False)
    town.invites_to(meeting)
    assert leila.hears() == ["INV-3"]
    return leila


@pytest.fixture
def coming(leila: Youth) -> Youth:
    """Leila, who is on the list of the meeting."""
    assert leila.says("ja") == ["RSVP-OK"]
    return leila


@pytest.fixture
def sara(client: TestClient, house: House) -> Browser:
    """A coordinator at Unga Norr."""
    with house.database.write() as session:
        staff = a_staff(session)
    return signed_in(client, house.database, staff)
