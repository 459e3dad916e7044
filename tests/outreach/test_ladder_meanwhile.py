"""What happens on the ladder while somebody else does something: the young person, a colleague, another office."""

from datetime import datetime, timedelta

import pytest
from builders import a_person, a_slot, a_staff, a_talk, an_office
from campaign_town import RULES
from ladder_desk import press, stands, where

import storage.conversations
import storage.ladders
import storage.meetings
import storage.numbers
import storage.tasks
from bot.conversation.unasked import write as say
from outreach import (
    consent,
    contact,
    facts,
    ladder,
    ladder_notes,
    ladder_settings,
    ladder_undo,
    meetings,
    merges,
    programmes,
)
from outreach.errors import BadInput, Conflict
from outreach.ladder_notes import Noted
from outreach.ladder_settings import Wanted
from scheduler import ladder_texts
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person
from storage.staff import Staff
from storage.tasks import TALKED


@pytest.fixture(autouse=True)
def rules(session: Session, now: datetime) -> None:
    programmes.ensure_defaults(session, now)


@pytest.fixture
def sara(session: Session) -> Staff:
    return a_staff(session)


@pytest.fixture
def leila(session: Session, now: datetime) -> Person:
    """Somebody with a mobile, at the first step, who has got a text from us at some time."""
    person = a_person(session, mobile="05", street="Storgatan 1", postcode="123 45", town="Björkstad")
    a_talk(session, person, now=now - timedelta(days=30))
    ladder.settle(session, now)
    return person


# ------------------------------------------------------------------------------------------- a press is taken back


THINKS = Noted("ring", TALKED, then="thinks")


def test_a_stop_that_came_after_the_press_stands_when_the_press_is_taken_back(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    ladder_notes.note(session, leila, sara, THINKS, now)
    talk = storage.conversations.of_person(session, leila.id)
    assert talk is not None
    consent.stop(session, talk, how="text", now=now + timedelta(minutes=5))

    with pytest.raises(Conflict):
        ladder_undo.undo(session, sara, now + timedelta(minutes=10))

    assert storage.numbers.people_stopped(session, "sms", [leila.id]) == {leila.id}
    assert talk.state == "stopped"


def test_a_time_booked_after_the_press_stands_when_the_press_is_taken_back(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    ladder_notes.note(session, leila, sara, THINKS, now)
    slot = a_slot(session, now + timedelta(days=2))
    assert meetings.book(session, person_id=leila.id, slot_id=slot.id, now=now + timedelta(minutes=5))

    with pytest.raises(Conflict):
        ladder_undo.undo(session, sara, now + timedelta(minutes=10))

    assert storage.meetings.open_booking(session, leila.id, after=now) is not None


def test_what_a_colleague_noted_after_the_press_stands_when_the_press_is_taken_back(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    ladder_notes.note(session, leila, sara, THINKS, now)
    contact.outcome(session, leila, a_staff(session), kind="studies", on=local_date(now), now=now)

    with pytest.raises(Conflict):
        ladder_undo.undo(session, sara, now + timedelta(minutes=10))

    assert [row.kind for row in storage.tasks.outcomes(session, leila.id)] == ["studies"]


# -------------------------------------------------------------------------------------------- two desks, two texts


def test_two_desks_that_note_the_same_unanswered_call_make_one_try(
    session: Session, leila: Person, sara: Staff
) -> None:
    before_noon = datetime.fromisoformat("2026-11-24T11:59:00+01:00")
    press(session, leila, sara, before_noon, "ring", "no_answer")
    press(session, leila, a_staff(session), before_noon + timedelta(minutes=3), "ring", "no_answer")

    assert stands(session, leila) == ("ring", 2, "on")


def test_a_call_is_told_of_once(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    ladder_texts.announce_call(session, leila, sara, RULES, say, now)

    with pytest.raises(Conflict):
        ladder_texts.announce_call(session, leila, a_staff(session), RULES, say, now + timedelta(minutes=1))


# ------------------------------------------------------------------------------------------------ another ladder


@pytest.mark.parametrize("wanted", [[Wanted("rest", 90)], [Wanted("ring", 0, is_on=False), Wanted("rest", 90)]])
def test_a_ladder_of_nothing_but_rest_is_refused(
    session: Session, sara: Staff, now: datetime, wanted: list[Wanted]
) -> None:
    with pytest.raises(BadInput):
        ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now)


def test_a_rest_that_is_no_rest_is_refused(session: Session, sara: Staff, now: datetime) -> None:
    with pytest.raises(BadInput):
        ladder_settings.change_steps(
            session, an_office(session).id, sara, [Wanted("sms", 0), Wanted("rest", 0)], now=now
        )


def test_whoever_comes_to_another_office_goes_on_where_its_ladder_is_as_far(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    other = an_office(session, "Unga Söder")
    ladder_settings.change_steps(session, other.id, sara, [Wanted("postcard", 0), Wanted("rest", 90)], now=now)
    press(session, leila, sara, now, "ring", "no_answer")

    words = {name: getattr(leila, name) for name in facts.WORDS}
    facts.correct(session, leila, sara, words=words, birth_date=leila.birth_date, office_id=other.id,
                  responsible_id=None, protected=False, now=now)  # fmt: skip

    assert stands(session, leila) == ("postcard", 1, "on")
    assert where(session, leila).due_at >= now
    press(session, leila, sara, now + timedelta(days=3), "postcard", "passed")
    assert stands(session, leila) == ("rest", 1, "on")


def test_whoever_rests_to_a_date_comes_back_to_the_ladder_as_it_is_then(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    place = where(session, leila)
    place.kind, place.position = "chat", 5
    leila.paused_until = now + timedelta(days=5)
    ladder.settle(session, now)
    wanted = [Wanted("ring", 0), Wanted("postcard", 20), Wanted("rest", 30)]

    ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now)
    ladder.settle(session, now + timedelta(days=6))

    assert stands(session, leila) == ("postcard", 1, "on")


def test_the_place_of_a_page_from_another_office_is_put_on_this_ones_ladder(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    ladder_settings.change_steps(session, an_office(session).id, sara, [Wanted("postcard", 0)], now=now)
    other = a_person(session, "Lejla", office=an_office(session, "Unga Söder"), mobile="06")
    ladder.settle(session, now)
    press(session, other, sara, now, "ring", "no_answer")
    place = where(session, other)
    place.round = 2
    session.flush()

    merges.merge(session, leila, other, sara, others=[], now=now)

    assert stands(session, leila) == ("postcard", 1, "on")
