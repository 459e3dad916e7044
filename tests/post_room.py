"""What tests of sending do: put texts in the queue, send, look at what became of them, die halfway."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import anyio
from campaign_town import NOW, RULES, a_campaign, a_person, a_text

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.queue
import storage.settings
from outreach import campaigns, receipts
from outreach.channels import Outgoing, Receipt
from scheduler import reconcile, sending
from scheduler.sending import Sender
from storage.campaigns import Campaign
from storage.database import Session
from storage.messages import Message


class Clock(Protocol):
    """The clock of tests/conftest.py, which stands still until it is moved."""

    moment: datetime

    def now(self) -> datetime: ...

    def forward(self, **length: float) -> datetime: ...


def queue(sender: Sender, count: int = 1, **fields: object) -> list[int]:
    """Texts that are due, to numbers nobody in the register has."""
    with sender.database.write() as session:
        return [a_text(session, which, **fields).id for which in range(count)]


def start_campaign(sender: Sender, people: int = 1, now: datetime = NOW, **fields: object) -> str:
    """A campaign to some new people, started now."""
    with sender.database.write() as session:
        for which in range(people):
            a_person(session, which)
        campaign = a_campaign(session, **fields)
        campaigns.launch(session, campaign, RULES, now=now)
        return campaign.code


def drain(sender: Sender) -> int:
    return anyio.run(sending.drain, sender)


def texts(sender: Sender) -> list[Message]:
    with sender.database.read() as session:
        return [
            storage.messages.get(session, row) for row in range(1, 1 + sum(storage.messages.counts(session).values()))
        ]


def states(sender: Sender) -> list[str]:
    return [message.state for message in texts(sender)]


def change(sender: Sender, code: str, what: Callable[[Session, Campaign], object]) -> None:
    with sender.database.write() as session:
        campaign = storage.campaigns.by_code(session, code)
        assert campaign is not None
        what(session, campaign)


def settle(sender: Sender) -> int:
    with sender.database.write() as session:
        return reconcile.settle_stuck(session, sender.clock.now())


def die(sender: Sender, begun: int) -> None:
    """Another process begins some calls, and dies."""
    with sender.database.write() as session:
        taken = storage.queue.due(session, now=sender.clock.now(), most=begun)
        storage.queue.begin(session, [text.id for text in taken], "fake", now=sender.clock.now())


def tell(sender: Sender, message: Outgoing, news: str) -> None:
    with sender.database.write() as session:
        receipts.record(session, Receipt(state=news, at=NOW, code=message.code), now=NOW)
