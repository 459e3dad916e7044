"""What only whole journeys need."""

from dataclasses import replace

import pytest
from doubted_jobs import doubted

from bot.wiring import House


def pytest_addoption(parser: pytest.Parser) -> None:
    """--write-talks writes the talks anew as they are played; --many tries ten thousand times, not some hundred."""
    parser.addoption("--write-talks", action="store_true", default=False)
    parser.addoption("--many", action="store_true", default=False)


@pytest.fixture
def house(house: House) -> House:
    """A whole practice installation, of which no job may overlook what is due."""
    return replace(house, jobs=doubted(house.jobs))
