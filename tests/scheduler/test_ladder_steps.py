"""The ladder by the clock: texts that leave by themselves, within bounds; what texts, rests and birthdays bring."""

from datetime import date, datetime, timedelta

import pytest
from builders import a_person, a_staff, a_talk, a_text_out, an_office
from campaign_town import RULES

import storage.conversations
import storage.ladders
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from bot.conversation.unasked import write as say
from outreach import gate, gate_facts, growing_up, ladder, ladder_settings, limits, programmes
from outreach.errors import Conflict
from outreach.ladder_settings import Wanted
from scheduler import ladder_steps, ladder_texts, promises
from storage.conversations import Conversation
from storage.database import Session
from storage.ladders import LadderPlace
from storage.local_time import STOCKHOLM
from storage.messages import Message
from storage.people import Person
from storage.queue import Due
from storage.staff import Staff
from storage.tasks import Attempt

TEXTS_FIRST = (Wanted("sms", 0), Wanted("reminder", 7), Wanted("chat", 11), Wanted("rest", 90))


@pytest.fixture(autouse=True)
def rules(session: Session, now: datetime) -> None:
    programmes.ensure_defaults(session, now)


@pytest.fixture
def sara(session: Session) -> Staff:
    return a_staff(session)


def texting_office(session: Session, sara: Staff, now: datetime, *, announce_first: bool = False) -> None:
    office = an_office(session).id
    ladder_settings.change_steps(session, office, sara, TEXTS_FIRST, now=now)
    ladder_settings.change(
        session, office, sara, texts_itself=True, answerer_id=sara.id, announce_first=announce_first,
        text_before_call=False, now=now,
    )  # fmt: skip


def climb(session: Session, now: datetime) -> int:
    return ladder_steps.climb(session, RULES, now, say)


def texts(session: Session, person: Person) -> list[Message]:
    return list(storage.messages.of_person(session, person.id))


def leaves(session: Session, text: Message, at: datetime, state: str = "sent") -> None:
    text.state, text.claimed_at, text.sent_at, text.state_at = state, at, at, at
    session.add(text)
    session.flush()


def where(session: Session, person: Person) -> LadderPlace:
    place = storage.ladders.place(session, person.id)
    assert place is not None
    return place


# ---------------------------------------------------------------------------------------------------------- texts


def test_the_first_text_leaves_by_itself_and_is_noted_when_it_has(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")

    climb(session, now)
    [text] = texts(session, leila)
    assert (text.kind, text.text_code, text.state) == ("ladder", "INV-1", "queued")
    assert where(session, leila).kind == "sms"

    leaves(session, text, now)
    climb(session, now)
    assert (where(session, leila).kind, len(texts(session, leila))) == ("reminder", 1)


def test_a_number_we_know_is_theirs_is_written_to_by_name(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")
    for tie, _ in storage.numbers.of_person(session, leila.id):
        tie.standing = "confirmed"
        storage.numbers.link(session, tie)

    climb(session, now)

    [text] = texts(session, leila)
    assert text.text_code == "INV-2"
    assert text.text.startswith("Hej Leila! Sara på Unga Björkstad")


def test_no_text_leaves_in_the_name_of_somebody_who_has_left(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")
    sara.left_at = now
    session.add(sara)

    climb(session, now)

    assert texts(session, leila) == []


def test_no_text_is_written_by_itself_unless_the_office_says_so(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)
    place = where(session, leila)
    place.kind, place.position = "sms", 3

    climb(session, now)

    assert texts(session, leila) == []
    assert where(session, leila).kind == "sms"


def test_never_more_in_a_day_than_there_is_time_to_answer(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    storage.settings.write(session, limits.ANSWERS, 1)
    people = [a_person(session, f"Nr{number}", mobile=f"{10 + number}") for number in range(5)]

    climb(session, now)
    climb(session, now + timedelta(hours=1))

    assert sum(len(texts(session, person)) for person in people) == limits.TEXTS_PER_ANSWER


def test_texts_keep_to_the_hours(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")
    night = now + timedelta(hours=10)

    climb(session, night)

    assert texts(session, leila) == []
    due = ladder_steps.next_due(session, night)
    assert due is not None
    assert f"{due.astimezone(STOCKHOLM):%Y-%m-%d %H.%M}" == "2026-11-25 10.00"


def test_a_first_text_waits_for_a_call_or_a_card_where_the_office_wants_it(
    session: Session, sara: Staff, now: datetime
) -> None:
    texting_office(session, sara, now, announce_first=True)
    leila, bilal = a_person(session, "Leila", mobile="05"), a_person(session, "Bilal", mobile="06")
    storage.tasks.add_attempt(session, Attempt(person_id=bilal.id, kind="call", at=now - timedelta(days=2)))

    climb(session, now)

    assert (len(texts(session, leila)), len(texts(session, bilal))) == (0, 1)
    passed = [(event.kind, event.why) for event in storage.ladders.events(session, leila.id) if event.what == "passed"]
    assert passed == [("sms", "not_announced")]


def test_whoever_was_rung_today_is_texted_tomorrow(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")
    storage.tasks.add_attempt(session, Attempt(person_id=leila.id, kind="call", result="no_answer", at=now))

    climb(session, now)
    assert texts(session, leila) == []
    climb(session, now + timedelta(days=1))
    assert len(texts(session, leila)) == 1


@pytest.mark.parametrize(("kind", "action"), [("campaign", "withhold"), ("ladder", "wait"), ("reply", "send")])
def test_the_gate_lets_no_text_begin_on_the_day_of_a_call(
    session: Session, now: datetime, kind: str, action: str
) -> None:
    leila = a_person(session, mobile="05")
    text = a_text_out(session, a_talk(session, leila), kind=kind)
    storage.tasks.add_attempt(session, Attempt(person_id=leila.id, kind="call", result="no_answer", at=now))
    due = Due(text.id, text.code, kind, "sms", text.address, text.text, "", "", leila.id, text.conversation_id, None, 1,
              now + timedelta(days=4))  # fmt: skip

    facts = gate_facts.of_texts(session, [due], now=now)[text.id]

    assert gate.judge(facts, RULES, now).action == action


def test_a_landline_and_a_shared_number_are_passed_over_with_the_gates_reason(
    session: Session, sara: Staff, now: datetime
) -> None:
    texting_office(session, sara, now)
    twins = [a_person(session, name, mobile="05") for name in ("Ali", "Bo")]

    climb(session, now)

    for twin in twins:
        assert texts(session, twin) == []
        assert [event.why for event in storage.ladders.events(session, twin.id) if event.what == "passed"] == [
            "shared_number"
        ]


def test_a_campaign_counts_as_the_step_whoever_sent_it(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)
    place = where(session, leila)
    place.kind, place.position = "sms", 3
    leaves(session, a_text_out(session, a_talk(session, leila), kind="campaign"), now)

    climb(session, now)

    assert where(session, leila).kind == "reminder"
    assert storage.ladders.events(session, leila.id)[-1].why == "campaign"


def test_the_one_reminder_is_noted_and_never_doubled(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    leila = a_person(session, mobile="05")
    climb(session, now)
    leaves(session, texts(session, leila)[0], now)
    climb(session, now)
    week = now + timedelta(days=7)
    nudge = a_text_out(session, a_talk_of(session, leila), kind="nudge", text_code="NUDGE", at=week)
    leaves(session, nudge, week)

    climb(session, week)

    assert where(session, leila).kind == "chat"
    assert [text.text_code for text in texts(session, leila)] == ["INV-1", "NUDGE"]


def a_talk_of(session: Session, person: Person) -> Conversation:
    talk = storage.conversations.of_person(session, person.id)
    assert talk is not None
    return talk


def test_silence_after_the_reminder_is_no_second_call_to_whoever_goes_on(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)
    place = where(session, leila)
    place.kind, place.position = "postcard", 7
    talk = a_talk(session, leila)

    promises.hand_to_caller(session, talk, leila, promises.NO_ANSWER, now=now)

    assert talk.state == "ladder"
    assert storage.tasks.open_task(session, "ring", leila.id) is None


# ----------------------------------------------------------------------------------------------- before a call


def test_a_call_is_told_of_half_an_hour_before(session: Session, sara: Staff, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)

    text = ladder_texts.announce_call(session, leila, sara, RULES, say, now)

    assert text.text.startswith("Hej! Sara på Unga Björkstad")
    assert where(session, leila).due_at == now + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("field", "value"), [("protected", True), ("closed_at", datetime(2026, 11, 1, tzinfo=STOCKHOLM))]
)
def test_no_call_is_told_of_to_whom_no_text_may_leave(
    session: Session, sara: Staff, now: datetime, field: str, value: object
) -> None:
    leila = a_person(session, mobile="05", **{field: value})

    with pytest.raises(Conflict):
        ladder_texts.announce_call(session, leila, sara, RULES, say, now)


# ---------------------------------------------------------------------------------------------------- the clock


def at(session: Session, person: Person, kind: str, due: datetime) -> None:
    place = where(session, person)
    place.kind, place.position, place.due_at, place.entered_at = kind, 0, due, due
    session.flush()


def test_after_a_rest_it_begins_again(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)
    at(session, leila, "rest", now + timedelta(days=90))
    assert ladder_steps.next_due(session, now) is not None

    climb(session, now + timedelta(days=90))

    assert (where(session, leila).kind, where(session, leila).round) == ("ring", 2)


def test_a_number_is_looked_for_two_weeks(session: Session, now: datetime) -> None:
    leila = a_person(session)
    ladder.settle(session, now)

    climb(session, now + timedelta(days=13))
    assert where(session, leila).kind == "find_number"
    climb(session, now + timedelta(days=14))
    assert where(session, leila).kind == "postcard"


def test_a_card_does_not_wait_for_ever_for_an_address(session: Session, now: datetime) -> None:
    leila = a_person(session, mobile="05")
    ladder.settle(session, now)
    at(session, leila, "postcard", now)

    climb(session, now + timedelta(days=14))

    assert storage.ladders.events(session, leila.id)[-1].why == "no_address"
    assert where(session, leila).kind != "postcard"


def test_a_last_card_comes_before_the_20th_birthday_and_then_the_ladder_goes_on(
    session: Session, now: datetime
) -> None:
    leila = a_person(session, born=date(2007, 1, 10), mobile="05")
    climb(session, now)

    assert where(session, leila).kind == "closing_card"
    ladder.take(session, where(session, leila), "sent", now, steps=ladder.Steps(session).of(leila.office_id))
    climb(session, now + timedelta(days=1))
    assert where(session, leila).kind == "ring"


def test_the_clock_is_told_of_birthdays(session: Session, now: datetime) -> None:
    a_person(session, born=date(2007, 3, 10), mobile="05")

    assert growing_up.next_due(session, now) == date(2027, 1, 9)
    due = ladder_steps.next_due(session, now)
    assert due is not None
    assert due.astimezone(STOCKHOLM).date() == date(2027, 1, 9)


def test_a_look_sees_whatever_there_is_to_do(session: Session, sara: Staff, now: datetime) -> None:
    texting_office(session, sara, now)
    a_person(session, mobile="05")

    assert ladder_steps.is_due(session, RULES, now)
    climb(session, now)
    assert not ladder_steps.is_due(session, RULES, now)
