"""A telephone network, and a sender with it."""

import pytest
from campaign_town import RULES
from fake_phone import FakeChannel
from post_room import Clock

from scheduler.sending import Sender
from storage.database import Database


@pytest.fixture
def phone() -> FakeChannel:
    """The telephone network."""
    return FakeChannel()


@pytest.fixture
def sender(database: Database, phone: FakeChannel, clock: Clock) -> Sender:
    """A sender with the fake network."""
    return Sender(database=database, clock=clock, channels={"sms": phone}, rules=RULES, concurrency=5)
