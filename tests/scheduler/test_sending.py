"""Sending: each text once, whatever the telephone network does, and whoever dies on the way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Protocol

import anyio
import pytest
from campaign_town import NOW, RULES, a_campaign, a_person, a_talk, a_text, number
from fake_phone import FakeChannel, passing, permanent

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.settings
from outreach import campaigns, receipts
from outreach.channels import Accepted, Outgoing, Receipt
from scheduler import reconcile, sending
from scheduler.sending import LEASE, RETRIES, Sender
from storage.campaigns import Campaign
from storage.database import Database, Session
from storage.messages import Message


class Clock(Protocol):
    """The clock of tests/conftest.py, which stands still until it is moved."""

    moment: datetime

    def now(self) -> datetime: ...

    def forward(self, **length: float) -> datetime: ...


@pytest.fixture
def phone() -> FakeChannel:
    """The telephone network."""
    return FakeChannel()


@pytest.fixture
def sender(database: Database, phone: FakeChannel, clock: Clock) -> Sender:
    """A sender with the fake network."""
    return Sender(database=database, clock=clock, channels={"sms": phone}, rules=RULES, concurrency=5)


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


def test_a_text_leaves_once(sender: Sender, phone: FakeChannel) -> None:
    queue(sender, 3)

    assert drain(sender) == 3
    assert drain(sender) == 0
    assert [len(got) for got in phone.texts_to.values()] == [1, 1, 1]
    assert states(sender) == ["sent", "sent", "sent"]


def test_nothing_is_sent_twice_when_senders_work_side_by_side(sender: Sender, phone: FakeChannel) -> None:
    queue(sender, 60)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: drain(sender), range(4)))

    assert sorted(phone.texts_to) == [number(which) for which in range(60)]
    assert len(phone.sent) == 60


def test_a_permanent_no_is_final(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.then(number(0), permanent())

    drain(sender)
    clock.forward(days=3)
    drain(sender)

    assert states(sender) == ["failed"]
    assert phone.sent == []


def test_a_passing_fault_is_retried_with_patience(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.then(number(0), passing(), passing())

    drain(sender)
    assert states(sender) == ["queued"]
    for patience in RETRIES[:2]:
        clock.forward(seconds=patience.total_seconds())
        drain(sender)

    assert states(sender) == ["sent"]
    assert len(phone.sent) == 1


def test_patience_ends_and_the_text_has_failed(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.then(number(0), *[passing() for _ in range(9)])

    for _ in range(9):
        drain(sender)
        clock.forward(hours=3)

    assert states(sender) == ["failed"]
    assert texts(sender)[0].attempts == len(RETRIES) + 1


def test_the_providers_own_wish_for_patience_is_kept(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.then(number(0), passing(retry_after=3600))

    drain(sender)

    assert texts(sender)[0].send_after == NOW + timedelta(hours=1)


def test_a_pause_does_not_use_up_the_patience(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    code = start_campaign(sender)
    change(sender, code, lambda session, campaign: campaigns.pause(session, campaign, why="", now=NOW))
    for _ in range(10):
        drain(sender)
        clock.forward(minutes=2)
    change(sender, code, lambda session, campaign: campaigns.resume(session, campaign, now=clock.now()))
    phone.then(number(0), passing())

    drain(sender)
    assert states(sender) == ["queued"]
    clock.forward(minutes=1)
    drain(sender)

    assert states(sender) == ["sent"]


def test_a_lost_answer_is_unknown_and_never_sent_again(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.lose_answer(number(0))

    drain(sender)
    clock.forward(days=2)
    drain(sender)

    assert states(sender) == ["unknown"]
    assert len(phone.sent) == 1


def test_a_fault_in_the_channel_is_unknown_and_harms_no_other_text(sender: Sender, phone: FakeChannel) -> None:
    queue(sender, 3)
    phone.then(number(1), ZeroDivisionError())

    drain(sender)

    assert states(sender) == ["sent", "unknown", "sent"]


def test_a_dead_senders_texts_become_unknown_and_are_never_sent_again(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    queue(sender, 2)
    with sender.database.write() as session:
        storage.messages.claim_due(session, NOW, limit=1)  # and there it died

    assert settle(sender) == 0
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert settle(sender) == 1
    drain(sender)

    assert states(sender) == ["unknown", "sent"]
    assert list(phone.texts_to) == [number(1)]


def test_a_receipt_settles_what_was_unknown(sender: Sender, phone: FakeChannel) -> None:
    [row] = queue(sender)
    phone.lose_answer(number(0))
    drain(sender)

    with sender.database.write() as session:
        code = storage.messages.get(session, row).code
        receipts.record(session, Receipt(state="delivered", at=NOW, code=code), now=NOW)

    assert states(sender) == ["delivered"]


@pytest.mark.parametrize("news", ["sent", "delivered", "undelivered", "failed"])
def test_a_receipt_before_our_own_commit_stands(sender: Sender, phone: FakeChannel, news: str) -> None:
    queue(sender)
    phone.before = lambda message: tell(sender, message, news)

    drain(sender)

    assert states(sender) == [news]


def tell(sender: Sender, message: Outgoing, news: str) -> None:
    with sender.database.write() as session:
        receipts.record(session, Receipt(state=news, at=NOW, code=message.code), now=NOW)


def test_a_passing_fault_after_a_receipt_does_not_send_again(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    queue(sender)
    phone.before = lambda message: tell(sender, message, "delivered")
    phone.then(number(0), passing())

    drain(sender)
    clock.forward(hours=1)
    drain(sender)

    assert states(sender) == ["delivered"]


def test_a_channel_that_delivers_at_once_is_believed(sender: Sender, phone: FakeChannel) -> None:
    queue(sender)
    phone.then(number(0), Accepted(provider_id="SM1", state="delivered"))

    drain(sender)

    assert states(sender) == ["delivered"]


def test_replies_overtake_campaigns(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender, people=15)
    with sender.database.write() as session:
        a_text(session, 50, kind="reply", priority=1)
        a_text(session, 51, kind="crisis", priority=0)

    anyio.run(sending.send_due, sender)

    assert {number(50), number(51)} <= set(phone.texts_to)
    assert len(phone.sent) == 10
    with sender.database.read() as session:
        claimed = [message for message in texts(sender) if message.state == "sent" and message.kind == "campaign"]
        assert len(claimed) == 8
        assert storage.messages.counts(session)["queued"] == 7


def test_a_campaign_waits_for_the_allowed_hour_and_leaves_when_the_clock_comes_there(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    clock.moment = datetime.fromisoformat("2026-11-24T20:30:00+01:00")
    start_campaign(sender, now=clock.moment)

    drain(sender)
    assert phone.sent == []
    clock.moment = datetime.fromisoformat("2026-11-25T09:59:59+01:00")
    drain(sender)
    assert phone.sent == []
    clock.moment = datetime.fromisoformat("2026-11-25T10:00:00+01:00")
    drain(sender)

    assert len(phone.sent) == 1


def test_a_text_that_did_not_leave_in_its_day_expires_and_is_never_sent_late(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    clock.moment = datetime.fromisoformat("2026-11-24T18:59:00+01:00")
    start_campaign(sender, now=clock.moment)
    clock.forward(minutes=5)

    drain(sender)

    assert states(sender) == ["expired"]
    assert phone.sent == []


def test_a_global_pause_holds_what_we_start_until_it_is_lifted(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    start_campaign(sender)
    with sender.database.write() as session:
        storage.settings.write(session, "global_pause", value=True)
    drain(sender)
    assert phone.sent == []

    with sender.database.write() as session:
        storage.settings.write(session, "global_pause", value=False)
    clock.forward(minutes=1)
    drain(sender)

    assert len(phone.sent) == 1


def test_a_stop_that_comes_after_the_start_is_heeded(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender, people=2)
    with sender.database.write() as session:
        talk = storage.conversations.of_person(session, 1)
        assert talk is not None
        talk.state = "stopped"

    drain(sender)

    assert list(phone.texts_to) == [number(1)]
    assert sorted(states(sender)) == ["sent", "withheld"]


def test_a_number_that_was_taken_off_the_person_gets_nothing(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender)
    with sender.database.write() as session:
        for tie, _ in storage.numbers.of_person(session, 1):
            session.delete(tie)

    drain(sender)

    assert [(message.state, message.reason) for message in texts(sender)] == [("withheld", "no_number")]


def test_a_channel_that_is_not_there_is_a_passing_fault(sender: Sender, clock: Clock) -> None:
    queue(sender, channel="telegram")

    drain(sender)

    assert states(sender) == ["queued"]
    assert texts(sender)[0].send_after > clock.now()


def test_what_leaves_makes_the_person_invited(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender, people=2)
    phone.then(number(1), permanent())

    drain(sender)

    with sender.database.read() as session:
        talks = storage.conversations.of_people(session, [1, 2])
        assert {talks[1].state, talks[2].state} == {"invited", "new"}
        invited = next(talk for talk in talks.values() if talk.state == "invited")
        assert invited.context["asked"] == "INV-1"


def test_a_talk_that_has_gone_further_is_not_pulled_back(sender: Sender) -> None:
    with sender.database.write() as session:
        person = a_person(session)
        talk = a_talk(session, person, "new")
        a_text(session, kind="campaign", person_id=person.id, conversation_id=talk.id, text_code="INV-1")

    with sender.database.write() as session:
        storage.messages.claim_due(session, NOW, limit=5)
        storage.conversations.get(session, talk.id).state = "offered"
    tell(sender, Outgoing(code=texts(sender)[0].code, to="", text=""), "delivered")

    with sender.database.read() as session:
        assert storage.conversations.get(session, talk.id).state == "offered"
