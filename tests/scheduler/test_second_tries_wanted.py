"""Whether a second try is still wanted, by what has happened since the first one and by which text it is (ux §5.7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from builders import a_slot, a_staff
from campaign_town import NOW, a_campaign, a_person, a_talk, a_text, number
from fake_phone import FakeChannel
from phones_off import a_letter, is_off, told_off
from post_room import Clock, drain, texts

import storage.conversations
import storage.ladder_clock
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from outreach import consent, meetings, own_questions
from scheduler.sending import Sender
from storage.conversations import Conversation
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person
from storage.tasks import Attempt


def _answers(_session: Session, _person: Person, talk: Conversation) -> None:
    talk.last_inbound_at = NOW + timedelta(hours=1)


def _stops(session: Session, _person: Person, talk: Conversation) -> None:
    consent.stop(session, talk, how="text", now=NOW)


def _books(session: Session, person: Person, talk: Conversation) -> None:
    talk.state = "booked"
    slot = a_slot(session, NOW + timedelta(days=3))
    assert meetings.book(session, person_id=person.id, slot_id=slot.id, now=NOW + timedelta(hours=11)) is not None


def _is_taken_over(session: Session, _person: Person, talk: Conversation) -> None:
    talk.held_by_id = a_staff(session).id


def _is_protected(_session: Session, person: Person, _talk: Conversation) -> None:
    person.protected = True


def _is_closed(_session: Session, person: Person, _talk: Conversation) -> None:
    person.closed_at = NOW


def _gets_another_number(_session: Session, _person: Person, talk: Conversation) -> None:
    talk.address = number(9)


def _loses_the_number(session: Session, person: Person, _talk: Conversation) -> None:
    for tie, _ in storage.numbers.of_person(session, person.id):
        tie.standing = "wrong_person"
        storage.numbers.link(session, tie)


def _is_written_to(session: Session, person: Person, talk: Conversation) -> None:
    a_text(session, kind="staff", person_id=person.id, conversation_id=talk.id)


def _talks(session: Session, person: Person, _talk: Conversation) -> None:
    at = NOW + timedelta(hours=11)
    storage.tasks.add_attempt(session, Attempt(person_id=person.id, kind="call", result="talked", at=at))


HAPPENS: dict[str, Callable[[Session, Person, Conversation], None]] = {
    "answers": _answers, "stops": _stops, "books": _books, "is taken over": _is_taken_over,
    "is protected": _is_protected, "is closed": _is_closed, "gets another number": _gets_another_number,
    "loses the number": _loses_the_number, "is written to": _is_written_to, "talks on the phone": _talks,
}  # fmt: skip


@pytest.mark.parametrize("what", HAPPENS)
@pytest.mark.parametrize("kind", ["campaign", "reply"])
def test_what_has_happened_since_makes_a_second_try_unwanted(
    sender: Sender, phone: FakeChannel, clock: Clock, kind: str, what: str
) -> None:
    if kind == "campaign":
        told_off(sender)
    else:
        clock.moment = datetime.fromisoformat("2026-11-24T22:30:00+01:00")
        is_off(sender, a_letter(sender, "reply", send_before=clock.moment + timedelta(hours=12),
                                created_at=clock.moment, claimed_at=clock.moment))  # fmt: skip
    with sender.database.write() as session:
        person = storage.people.get(session, 1)
        talk = storage.conversations.of_person(session, person.id)
        assert talk is not None
        talk.state_at = min(talk.state_at, NOW)
        HAPPENS[what](session, person, talk)
        if what == "answers":
            talk.last_inbound_at = clock.now() + timedelta(hours=1)

    clock.moment = texts(sender)[1].send_after
    drain(sender)

    second = texts(sender)[1]
    assert second.again_of_id == 1
    assert second.state == ("cancelled" if what == "stops" else "withheld")


def test_an_answer_is_tried_again_the_next_morning_if_it_keeps_so_long(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    clock.moment = datetime.fromisoformat("2026-11-24T22:30:00+01:00")
    is_off(sender, a_letter(sender, "reply", send_before=clock.moment + timedelta(hours=12), created_at=clock.moment))

    clock.moment = datetime.fromisoformat("2026-11-25T10:00:00+01:00")
    drain(sender)

    assert len(phone.sent) == 2


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("reply", {"send_before": NOW + timedelta(hours=12)}),
        ("staff", {}),
        ("crisis", {}),
        ("stop_confirmation", {}),
        ("reminder", {"text_code": "REM-24", "send_before": NOW + timedelta(days=2)}),
        ("reminder", {"text_code": "SPOT", "send_before": NOW + timedelta(days=2)}),
        ("nudge", {"send_before": NOW + timedelta(minutes=30)}),
    ],
)
def test_what_would_come_too_late_is_tried_once(
    sender: Sender, phone: FakeChannel, clock: Clock, kind: str, fields: dict[str, object]
) -> None:
    is_off(sender, a_letter(sender, kind, **fields))

    assert [text.again_of_id for text in texts(sender)] == [None]


def test_a_text_that_was_not_the_last_one_is_not_said_again(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    first = a_letter(sender, "follow_up")
    with sender.database.write() as session:
        a_text(session, kind="staff", person_id=first.person_id, conversation_id=first.conversation_id)

    is_off(sender, first)

    assert [text.again_of_id for text in texts(sender)] == [None, None]


def test_nobody_is_invited_again_to_a_meeting_that_is_over(sender: Sender, phone: FakeChannel, clock: Clock) -> None:
    with sender.database.write() as session:
        for which, hours in enumerate((20, 30)):
            person = a_person(session, which)
            slot = a_slot(session, NOW + timedelta(hours=hours), kind="dialog", seats=8)
            campaign = a_campaign(session, slot_id=slot.id)
            campaign.state = "running"
            talk = a_talk(session, person, which=which)
            a_text(session, which, kind="campaign", person_id=person.id, conversation_id=talk.id,
                   campaign_id=campaign.id)  # fmt: skip
    drain(sender)

    for text in texts(sender):
        is_off(sender, text)

    assert [text.again_of_id for text in texts(sender)] == [None, None, 2]


def test_the_question_of_a_text_is_open_when_its_second_try_has_left(
    sender: Sender, phone: FakeChannel, clock: Clock
) -> None:
    first = a_letter(sender, "reminder", text_code="DM-OFF", send_before=NOW + timedelta(days=3))
    with sender.database.write() as session:
        talk = storage.conversations.get(session, first.conversation_id or 0)
        own_questions.ask_when_it_leaves(talk, first, "DM-OFF", now=NOW)
        storage.conversations.keep(session, talk)
    is_off(sender, first)
    clock.forward(days=1)
    drain(sender)

    with sender.database.write() as session:
        talk = storage.conversations.get(session, first.conversation_id or 0)
        own_questions.as_received(session, talk, clock.now() - timedelta(hours=1))
        assert "asked" not in talk.context
    with sender.database.write() as session:
        talk = storage.conversations.get(session, first.conversation_id or 0)
        own_questions.ask_when_it_leaves(talk, first, "DM-OFF", now=NOW)
        own_questions.as_received(session, talk, clock.now() + timedelta(hours=1))
        assert talk.context["asked"] == "DM-OFF"


@pytest.mark.parametrize(("answers", "told_by"), [(False, 2), (True, 1)])
def test_the_ladder_reads_its_step_from_the_try_that_left(
    sender: Sender, phone: FakeChannel, clock: Clock, answers: bool, told_by: int
) -> None:
    first = a_letter(sender, "ladder")
    is_off(sender, first)
    with sender.database.write() as session:
        place = {"kind": "sms", "position": 1, "round": 1, "state": "on"}
        before = NOW - timedelta(hours=1)
        storage.ladders.keep(session, LadderPlace(
            person_id=first.person_id, began_at=before, entered_at=before, due_at=before, **place
        ))  # fmt: skip
        if answers:
            talk = storage.conversations.get(session, first.conversation_id or 0)
            _answers(session, storage.people.get(session, first.person_id or 0), talk)
    clock.forward(days=1)

    drain(sender)

    assert texts(sender)[1].state == ("withheld" if answers else "sent")
    with sender.database.read() as session:
        assert [text.id for _, text in storage.ladder_clock.texted("sms", clock.now()).some(session, 10)] == [told_by]
