"""Who goes first, and what is held, at the moment of sending."""

from datetime import datetime

from campaign_town import a_person, a_talk, a_text, number
from fake_phone import FakeChannel, permanent
from post_room import Clock, die, drain, queue, start_campaign, states, tell, texts

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.queue
import storage.settings
from outreach.channels import Outgoing
from scheduler.sending import Sender


def test_replies_overtake_campaigns(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender, people=15)
    with sender.database.write() as session:
        a_text(session, 50, kind="reply", priority=1)
        a_text(session, 51, kind="crisis", priority=0)

    drain(sender)

    assert {number(50), number(51)} <= {message.to for message in phone.sent[:5]}
    assert len(phone.sent) == 17


def test_a_reply_that_comes_up_meanwhile_overtakes_what_waits(sender: Sender, phone: FakeChannel) -> None:
    start_campaign(sender, people=30)

    def answer(_message: Outgoing) -> None:
        phone.before = lambda _message: None
        with sender.database.write() as session:
            a_text(session, 50, kind="reply", priority=1)

    phone.before = answer

    drain(sender)

    assert number(50) in {message.to for message in phone.sent[:20]}


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


def test_what_did_not_leave_in_its_day_waits_for_a_persons_word(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    clock.moment = datetime.fromisoformat("2026-11-24T18:59:00+01:00")
    start_campaign(sender, now=clock.moment)
    clock.forward(minutes=5)

    drain(sender)

    assert [(message.state, message.reason) for message in texts(sender)] == [("queued", "cut_by_evening")]
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

    die(sender, begun=1)
    with sender.database.write() as session:
        storage.conversations.get(session, talk.id).state = "offered"
    tell(sender, Outgoing(code=texts(sender)[0].code, to="", text=""), "delivered")

    with sender.database.read() as session:
        assert storage.conversations.get(session, talk.id).state == "offered"
