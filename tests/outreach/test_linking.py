"""The rules of Telegram's links: who may have one, what a code is worth, whose a chat is."""

import re
from datetime import date, datetime, timedelta

import pytest
from builders import a_person, a_staff, a_talk, an_office

import storage.audit
import storage.conversations
import storage.numbers
from outreach import linking
from storage.conversations import Conversation
from storage.database import Session
from storage.link_codes import LinkCode
from storage.people import Person

FROM = "+46701740605"


@pytest.fixture
def leila(session: Session, now: datetime) -> Person:
    """Leila, 18, with a mobile, at an office that has decided for Telegram."""
    linking.know_bot(session, "@brygga_bot", now=now)
    linking.turn(session, an_office(session).id, on=True, now=now)
    return a_person(session, mobile="05")


def a_chat(session: Session, now: datetime, address: str = "55") -> Conversation:
    return storage.conversations.keep(session, Conversation(channel="telegram", address=address, state_at=now))


def a_code(session: Session, person: Person, now: datetime) -> str:
    code = linking.new_code(session, person, FROM, now=now)
    assert code is not None
    return code


def test_it_is_off_until_an_office_turns_it_on(session: Session, now: datetime) -> None:
    norr, soder = an_office(session).id, an_office(session, "Unga Söder").id
    boss = a_staff(session)
    assert not linking.is_on(session, norr)

    assert linking.turn(session, norr, on=True, now=now, staff_id=boss.id)
    assert not linking.turn(session, norr, on=True, now=now, staff_id=boss.id)

    assert [linking.is_on(session, office) for office in (norr, soder, None)] == [True, False, False]
    assert linking.turn(session, norr, on=False, now=now, actor="kommandoraden")
    assert [(row.action, row.actor) for row in storage.audit.latest(session)] == [
        ("telegram_off", "kommandoraden"),
        ("telegram_on", "personal"),
    ]


def test_a_code_is_long_fits_a_link_and_is_kept_as_a_hash(session: Session, leila: Person, now: datetime) -> None:
    code = a_code(session, leila, now)

    assert re.fullmatch(r"[A-Za-z0-9_-]{22,64}", code)
    row = session.get(LinkCode, linking.mark_of(session, code))
    assert row is not None
    assert (row.person_id, row.expires_at - row.made_at) == (leila.id, timedelta(days=7))
    assert code not in repr(row)


def test_a_new_code_ends_the_old_one(session: Session, leila: Person, now: datetime) -> None:
    old, new = a_code(session, leila, now), a_code(session, leila, now + timedelta(seconds=1))
    later = now + timedelta(seconds=2)

    assert linking.use_code(session, linking.mark_of(session, old), "55", now=later) is None
    assert linking.use_code(session, linking.mark_of(session, new), "55", now=later) is leila


@pytest.mark.parametrize("days", [7, 400])
def test_a_code_lasts_seven_days(session: Session, leila: Person, now: datetime, days: int) -> None:
    mark = linking.mark_of(session, a_code(session, leila, now))

    assert linking.use_code(session, mark, "55", now=now + timedelta(days=days)) is None


def test_a_code_is_spent_by_the_first_chat(session: Session, leila: Person, now: datetime) -> None:
    mark = linking.mark_of(session, a_code(session, leila, now))

    assert linking.use_code(session, mark, "55", now=now) is leila
    assert linking.use_code(session, mark, "55", now=now) is None
    assert linking.use_code(session, mark, "66", now=now) is None
    assert linking.opened_for(session, mark, "55", now=now) is leila
    assert linking.opened_for(session, mark, "66", now=now) is None


@pytest.mark.parametrize(
    "change",
    [
        {"protected": True},
        {"closed_at": datetime.fromisoformat("2026-11-01T12:00:00+00:00")},
        {"birth_date": date(2010, 11, 25)},
        {"birth_date": None},
        {"office_id": None},
    ],
)
def test_for_whom_there_is_no_code(session: Session, leila: Person, now: datetime, change: dict[str, object]) -> None:
    for name, value in change.items():
        setattr(leila, name, value)

    assert linking.new_code(session, leila, FROM, now=now) is None


@pytest.mark.parametrize("standing", ["other_answers", "wrong_person", "dead"])
def test_a_telephone_that_somebody_else_answers_gets_no_code(
    session: Session, leila: Person, now: datetime, standing: str
) -> None:
    for tie, _ in storage.numbers.of_person(session, leila.id):
        tie.standing = standing
        session.add(tie)

    assert linking.new_code(session, leila, FROM, now=now) is None


def test_a_chat_is_one_persons(session: Session, leila: Person, now: datetime) -> None:
    omar = a_person(session, "Omar", mobile="06")

    assert linking.tie(session, leila, a_chat(session, now), now=now) is not None
    assert linking.tie(session, omar, a_chat(session, now, "66"), now=now) is not None
    chat = storage.conversations.of_unknown(session, "telegram", "55")
    assert chat is not None
    assert linking.tie(session, omar, chat, now=now) is None
    assert storage.numbers.person_linked(session, "telegram", "55") is leila


def test_who_waits_for_a_human_in_the_chat_still_does(session: Session, leila: Person, now: datetime) -> None:
    a_talk(session, leila, address="05")
    chat = a_chat(session, now)
    chat.waiting_since, chat.waiting_why = now, "fråga utan svar"

    talk = linking.tie(session, leila, chat, now=now)

    assert talk is not None
    assert (talk.waiting_since, talk.waiting_why) == (now, "fråga utan svar")
    assert chat.waiting_since is None


def test_an_untied_chat_is_nobodys(session: Session, leila: Person, now: datetime) -> None:
    a_talk(session, leila, address="05")
    talk = linking.tie(session, leila, a_chat(session, now), now=now)
    assert talk is not None

    linking.untie(session, leila, talk, why="fel nummer", now=now)

    assert storage.numbers.person_linked(session, "telegram", "55") is None
    assert (talk.channel, talk.address) == ("sms", FROM)


def test_without_a_bot_talks_go_on_by_sms(session: Session, leila: Person, now: datetime) -> None:
    talk = linking.tie(session, leila, a_chat(session, now), now=now)

    linking.know_bot(session, "", now=now)

    assert talk is not None
    assert (talk.channel, linking.bot_name(session)) == ("sms", "")
