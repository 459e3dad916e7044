"""Sending: each text once, whatever the telephone network does, and whoever dies on the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from campaign_town import NOW, a_text, number
from fake_phone import FakeChannel, passing, permanent
from post_room import Clock, change, die, drain, queue, settle, start_campaign, states, tell, texts

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.queue
import storage.settings
from outreach import campaigns, consent, receipts
from outreach.channels import Accepted, Outgoing, Receipt
from scheduler.sending import LEASE, RETRIES, Sender


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
    change(sender, code, lambda session, campaign: campaigns.resume(session, campaign, sender.rules, now=clock.now()))
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


def test_calls_that_a_dead_sender_began_become_unknown_and_are_never_made_again(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    queue(sender, 2)
    die(sender, begun=1)

    assert settle(sender) == 0
    clock.forward(seconds=LEASE.total_seconds() + 1)
    assert settle(sender) == 1
    drain(sender)

    assert states(sender) == ["unknown", "sent"]
    assert list(phone.texts_to) == [number(1)]


def test_two_texts_to_one_address_leave_one_after_the_other(sender: Sender, phone: FakeChannel) -> None:
    with sender.database.write() as session:
        for which in range(3):
            a_text(session, 0, text=f"Del {which}")
    under_way: list[str] = []

    def overlap(message: Outgoing) -> None:
        under_way.append(message.text)
        assert states(sender).count("sending") == 1

    phone.before = overlap

    drain(sender)

    assert under_way == ["Del 0", "Del 1", "Del 2"]


def test_a_stop_while_others_are_under_way_is_heeded(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    start_campaign(sender, people=9)

    def stop_one_that_waits(_message: Outgoing) -> None:
        phone.before = lambda _message: None
        waiting = next(text for text in texts(sender) if text.state == "queued")
        with sender.database.write() as session:
            talk = storage.conversations.get(session, waiting.conversation_id or 0)
            consent.stop(session, talk, how="text", now=clock.now())

    phone.before = stop_one_that_waits

    drain(sender)

    assert sorted(states(sender)) == ["cancelled"] + ["sent"] * 8
    assert len(phone.sent) == 8


def test_a_sender_that_is_asked_to_stop_begins_nothing_more(sender: Sender, phone: FakeChannel) -> None:
    queue(sender, 20)
    phone.before = lambda _message: sender.stopping.set()

    drain(sender)

    assert len(phone.sent) == 5
    assert sorted(states(sender)) == ["queued"] * 15 + ["sent"] * 5


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
