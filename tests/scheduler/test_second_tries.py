"""A telephone that is off: the same text once more the day after, never a third time, and never when nobody wants it
any more (ux §5.7).
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from campaign_town import NOW, RULES, number
from fake_phone import FakeChannel
from phones_off import OFF, THE_DAY_AFTER, is_off, told, told_off
from post_room import Clock, change, die, drain, settle, start_campaign, states, texts

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.people
import storage.tasks
from outreach import campaigns, gate_facts, unsettled
from outreach.campaigns import Results
from scheduler import reconcile
from scheduler.sending import Sender
from storage.database import Session
from storage.tasks import Attempt


def finish(sender: Sender) -> None:
    with sender.database.write() as session:
        reconcile.finish_campaigns(session, sender.clock.now())


def results(sender: Sender, code: str) -> Results:
    with sender.database.read() as session:
        campaign = storage.campaigns.by_code(session, code)
        assert campaign is not None
        return campaigns.results(session, campaign)


def test_the_text_is_tried_again_at_the_same_hour_the_day_after(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    told_off(sender)

    first, second = texts(sender)
    assert (second.state, second.send_after, second.again_of_id) == ("queued", THE_DAY_AFTER, first.id)
    clock.forward(hours=23)
    drain(sender)
    assert len(phone.sent) == 1
    clock.forward(hours=1)
    drain(sender)

    assert phone.texts_to == {number(0): [first.text, first.text]}
    assert states(sender) == ["undelivered", "sent"]


def test_there_is_no_third_try(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    told_off(sender)
    clock.forward(days=1)
    drain(sender)

    for text in (*texts(sender), *texts(sender)):
        is_off(sender, text)
    clock.forward(days=1)
    drain(sender)

    assert states(sender) == ["undelivered", "undelivered"]
    assert len(phone.sent) == 2


@pytest.mark.parametrize("meaning", ["number_dead", "unknown", "later", "operator", "opted_out", ""])
def test_another_reason_is_no_reason_to_try_again(
    sender: Sender, phone: FakeChannel, clock: Clock, meaning: str
) -> None:
    start_campaign(sender)
    drain(sender)

    told(sender, texts(sender)[0], "undelivered", meaning=meaning)
    clock.forward(days=1)
    drain(sender)

    assert len(phone.sent) == 1


def test_a_text_nobody_knows_the_fate_of_is_never_tried_again(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    start_campaign(sender)
    phone.lose_answer(number(0))

    drain(sender)
    clock.forward(days=1)
    drain(sender)

    assert states(sender) == ["unknown"]


def test_news_of_an_arrival_after_all_takes_the_second_try_back(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    code = told_off(sender)

    told(sender, texts(sender)[0], "delivered")
    clock.forward(days=1)
    drain(sender)

    assert states(sender) == ["delivered", "cancelled"]
    assert len(phone.sent) == 1
    assert (results(sender, code).delivered, results(sender, code).adds_up) == (1, True)


def test_two_senders_and_a_crash_make_one_second_try(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    start_campaign(sender, people=4)
    drain(sender)
    firsts = texts(sender)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: is_off(sender, text), [*firsts, *firsts]))
    clock.forward(days=1)
    die(sender, begun=1)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: drain(sender), range(2)))
    clock.forward(minutes=1)
    settle(sender)
    drain(sender)

    assert sorted(states(sender)) == ["sent"] * 3 + ["undelivered"] * 4 + ["unknown"]
    assert len(phone.sent) == 7


@pytest.mark.parametrize(
    ("left", "after"),
    [
        ("2026-11-24T18:59:00+01:00", "2026-11-25T18:59:00+01:00"),
        ("2026-11-26T17:30:00+01:00", "2026-11-27T10:00:00+01:00"),
        ("2026-11-27T11:00:00+01:00", ""),
        ("2026-03-26T12:00:00+01:00", "2026-03-27T12:00:00+01:00"),
    ],
)
def test_a_second_try_keeps_to_allowed_hours_within_two_days(
    sender: Sender, phone: FakeChannel, clock: Clock, left: str, after: str
) -> None:
    clock.moment = datetime.fromisoformat(left)
    told_off(sender, now=clock.moment)

    second = texts(sender)[1:]

    assert [text.send_after for text in second] == ([datetime.fromisoformat(after)] if after else [])


def test_a_receipt_that_comes_late_leaves_the_try_for_the_next_hour_in_time(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    start_campaign(sender, people=2)
    drain(sender)
    clock.forward(hours=20)
    is_off(sender, texts(sender)[0])
    clock.forward(hours=29)
    is_off(sender, texts(sender)[1])

    assert [text.again_of_id for text in texts(sender)] == [None, None, 1]


def test_a_second_try_that_the_day_went_by_is_not_sent_and_asks_nobody(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    code = told_off(sender)
    clock.moment = datetime.fromisoformat("2026-11-25T19:30:00+01:00")

    drain(sender)
    finish(sender)

    assert states(sender) == ["undelivered", "expired"]
    told_of = results(sender, code)
    assert (told_of.failed, told_of.expired, told_of.adds_up) == (1, 0, True)
    change(sender, code, lambda _session, campaign: _is(campaign.state, "done"))


def _is(one: str, other: str) -> None:
    assert one == other


def test_a_campaign_that_was_done_goes_on_until_its_second_tries_have_left(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    code = start_campaign(sender, people=2)
    drain(sender)
    change(sender, code, lambda _session, campaign: _is(campaign.state, "done"))

    is_off(sender, texts(sender)[0])

    change(sender, code, lambda _session, campaign: _is(campaign.state, "running"))
    told_of = results(sender, code)
    assert (told_of.sent, told_of.waiting, told_of.failed, told_of.adds_up) == (1, 1, 0, True)
    clock.forward(days=1)
    drain(sender)
    change(sender, code, lambda _session, campaign: _is(campaign.state, "done"))
    assert results(sender, code).sent == 2


def test_a_stopped_campaign_tries_nobody_again(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    code = start_campaign(sender, people=2)
    drain(sender)
    first, other = texts(sender)
    is_off(sender, first)
    change(sender, code, lambda session, campaign: _stop(session, campaign.id))
    is_off(sender, other)
    clock.forward(days=1)

    drain(sender)

    assert states(sender) == ["undelivered", "undelivered", "cancelled"]
    told_of = results(sender, code)
    assert (told_of.failed, told_of.withheld, told_of.adds_up) == (2, 0, True)


def _stop(session: Session, campaign_id: int) -> None:
    assert campaigns.stop(session, storage.campaigns.get(session, campaign_id), now=NOW)


def test_a_paused_campaign_keeps_its_second_tries_to_their_day(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    code = told_off(sender)
    change(sender, code, lambda session, campaign: campaigns.pause(session, campaign, why="", now=NOW))
    clock.forward(days=1)
    drain(sender)
    clock.forward(days=1)
    change(sender, code, lambda session, campaign: campaigns.resume(session, campaign, RULES, now=clock.now()))

    drain(sender)

    assert states(sender) == ["undelivered", "expired"]
    assert len(phone.sent) == 1


def test_both_tries_cost_and_are_one_text_to_the_person(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    told_off(sender)
    clock.forward(days=1)
    drain(sender)
    told(sender, texts(sender)[1], "delivered")

    with sender.database.read() as session:
        person = storage.people.get(session, 1)
        facts = gate_facts.of_people(session, {1: person}, kind="campaign", now=clock.now())[1]
        parts = storage.messages.parts_of_campaign(session, 1)
        lines = storage.campaigns.lines(session, 1)
        missed = storage.messages.not_arrived(session, [person.office_id or 0], NOW - timedelta(days=7))

    assert (facts.unanswered_7_days, facts.unanswered_90_days) == (1, 1)
    assert parts == 2 * texts(sender)[0].parts
    assert [(line.state, line.again) for line in lines] == [("delivered", True)]
    assert missed == []


def test_after_the_second_failure_the_text_has_not_arrived(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    code = told_off(sender)
    clock.forward(days=1)
    drain(sender)
    is_off(sender, texts(sender)[1])
    finish(sender)

    with sender.database.read() as session:
        office = storage.people.get(session, 1).office_id or 0
        missed = storage.messages.not_arrived(session, [office], NOW - timedelta(days=7))
        standing = next(tie.standing for tie, _ in storage.numbers.of_person(session, 1))

    assert missed == [("30003", OFF["sentence"], 1)]
    assert standing == "unverified"
    assert (results(sender, code).failed, results(sender, code).adds_up) == (1, True)


def test_somebody_who_was_rung_today_is_left_alone(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    told_off(sender)
    clock.forward(days=1)
    with sender.database.write() as session:
        storage.tasks.add_attempt(session, Attempt(person_id=1, kind="call", result="no_answer", at=clock.now()))

    drain(sender)

    assert [(text.state, text.reason) for text in texts(sender)[1:]] == [("withheld", "contacted_today")]


def test_an_unknown_second_try_is_for_a_person_to_decide(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    told_off(sender)
    clock.forward(days=1)
    phone.lose_answer(number(0))
    drain(sender)
    clock.forward(hours=1)

    with sender.database.read() as session:
        listed = unsettled.listed(session, [storage.people.get(session, 1).office_id or 0], now=clock.now())

    assert [message.id for message, _ in listed] == [2]
    assert phone.texts_to[number(0)] == [texts(sender)[0].text] * 2
