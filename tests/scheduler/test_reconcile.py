"""Asking the provider about texts whose answer was lost: they are settled or stay unknown, and never leave twice."""

from datetime import datetime, timedelta

import anyio
import pytest
from campaign_town import NOW, RULES, a_text, number
from fake_phone import FakeChannel

import storage.messages
from outreach.channels import Listed
from scheduler import sending
from scheduler.reconcile import ASK_AFTER, Inquiry, settle_stuck
from scheduler.sending import Sender
from storage.database import Database


@pytest.fixture
def phone() -> FakeChannel:
    """The telephone network."""
    return FakeChannel()


@pytest.fixture
def sender(database: Database, phone: FakeChannel, clock) -> Sender:
    """A sender whose answer to one text has been lost."""
    sender = Sender(database=database, clock=clock, channels={"sms": phone}, rules=RULES)
    with database.write() as session:
        a_text(session)
    phone.lose_answer(number(0))
    anyio.run(sending.drain, sender)
    return sender


def state(sender: Sender) -> str:
    with sender.database.read() as session:
        return storage.messages.get(session, 1).state


def ask(inquiry: Inquiry, clock, after: timedelta) -> int:
    clock.moment = NOW + after
    return anyio.run(inquiry.run)


def test_the_provider_tells_what_became_of_it(sender: Sender, phone: FakeChannel, clock) -> None:
    assert state(sender) == "unknown"

    assert ask(Inquiry(sender), clock, timedelta(minutes=1)) == 1

    assert state(sender) == "delivered"
    assert len(phone.sent) == 1


def test_a_text_that_never_reached_the_provider_stays_unknown(sender: Sender, phone: FakeChannel, clock) -> None:
    phone.sent.clear()

    assert ask(Inquiry(sender), clock, timedelta(minutes=1)) == 0

    assert state(sender) == "unknown"
    assert phone.sent == []


def test_another_text_of_ours_to_the_same_number_is_not_mistaken_for_it(
    sender: Sender, phone: FakeChannel, clock
) -> None:
    lost = phone.sent.pop()
    with sender.database.write() as session:
        a_text(session)
    anyio.run(sending.drain, sender)
    assert phone.sent[0].text == lost.text

    assert ask(Inquiry(sender), clock, timedelta(minutes=1)) == 0
    assert state(sender) == "unknown"


def test_the_provider_is_asked_with_growing_patience_and_then_no_more(
    sender: Sender, phone: FakeChannel, clock
) -> None:
    inquiry = Inquiry(sender)
    phone.silent = True

    for minutes in range(0, 60 * 36, 10):
        ask(inquiry, clock, timedelta(minutes=minutes))

    assert len(phone.asked) == len(ASK_AFTER)


def test_a_channel_that_cannot_be_asked_is_left_alone(sender: Sender, clock) -> None:
    class Mute:
        name = "sms"

        async def send(self, _message: object) -> None:
            raise AssertionError

    mute = Sender(database=sender.database, clock=clock, channels={"sms": Mute()}, rules=RULES)

    assert ask(Inquiry(mute), clock, timedelta(minutes=1)) == 0


def test_a_provider_whose_clock_is_behind_ours_is_understood(
    sender: Sender, phone: FakeChannel, clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_from = []

    async def lookup(_to: str, since: datetime, _provider: str = "") -> list[Listed]:
        asked_from.append(since)
        return []

    monkeypatch.setattr(phone, "lookup", lookup)
    ask(Inquiry(sender), clock, timedelta(minutes=1))

    assert asked_from == [NOW - timedelta(minutes=2)]


@pytest.mark.parametrize(("begun", "stuck"), [(timedelta(hours=1), 1), (timedelta(seconds=10), 0)])
def test_a_call_begun_before_the_clock_was_set_back_does_not_last_for_ever(
    sender: Sender, begun: timedelta, stuck: int
) -> None:
    with sender.database.write() as session:
        text = storage.messages.get(session, 1)
        text.state, text.claimed_at = "sending", NOW + begun
        session.flush()
        assert settle_stuck(session, NOW) == stuck
        assert text.state == ("unknown" if stuck else "sending")
