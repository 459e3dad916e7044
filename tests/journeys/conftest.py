"""What only whole journeys need."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """--write-talks writes the talks anew as they are played; --many tries ten thousand times, not some hundred."""
    parser.addoption("--write-talks", action="store_true", default=False)
    parser.addoption("--many", action="store_true", default=False)
