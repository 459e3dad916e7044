"""The ladder by hand: taking a press back, cards, an office's own ladder, and the best hour."""

from datetime import datetime, timedelta

import pytest
from builders import a_person, a_staff, an_office
from ladder_desk import due_day, press, stands, where

import storage.bulk
import storage.cards
import storage.conversations
import storage.ladder_queue
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from outreach import (
    ladder,
    ladder_notes,
    ladder_rules,
    ladder_settings,
    ladder_undo,
    programmes,
)  # fmt: skip
from outreach.errors import BadInput, Conflict
from outreach.ladder_notes import Noted
from outreach.ladder_settings import Wanted
from storage.cards import Card, CardBatch
from storage.database import Session
from storage.people import Guardian, Person
from storage.staff import Staff
from storage.tasks import TALKED, Task


@pytest.fixture(autouse=True)
def rules(session: Session, now: datetime) -> None:
    programmes.ensure_defaults(session, now)


@pytest.fixture
def sara(session: Session) -> Staff:
    return a_staff(session)


@pytest.fixture
def leila(session: Session, now: datetime) -> Person:
    """Somebody with a mobile, at the first step."""
    person = a_person(session, mobile="05", street="Storgatan 1", postcode="123 45", town="Björkstad")
    ladder.settle(session, now)
    return person


# --------------------------------------------------------------------------------------------------- taking back


@pytest.mark.parametrize(
    "noted",
    [
        Noted("ring", "no_answer"), Noted("ring", TALKED, then="declined"), Noted("ring", TALKED, then="blocked"),
        Noted("ring", TALKED, then="occupied"), Noted("ring", "wrong_number", number="+46701740605"),
        Noted("ring", TALKED, then="thinks"), Noted("ring", "later"),
    ],
)  # fmt: skip
def test_the_last_press_can_be_taken_back(
    session: Session, leila: Person, sara: Staff, now: datetime, noted: Noted
) -> None:
    storage.tasks.ensure(session, Task(kind="ring", person_id=leila.id, office_id=leila.office_id, created_at=now))
    before = where(session, leila).model_dump()
    ladder_notes.note(session, leila, sara, noted, now)

    ladder_undo.undo(session, sara, now + timedelta(seconds=8))
    session.expire_all()

    assert where(session, leila).model_dump() == before
    assert storage.tasks.attempts(session, leila.id) == []
    assert storage.tasks.outcomes(session, leila.id) == []
    assert storage.numbers.people_stopped(session, "sms", [leila.id]) == set()
    assert [tie.standing for tie, _ in storage.numbers.of_person(session, leila.id)] == ["unverified"]
    assert storage.tasks.open_task(session, "ring", leila.id) is not None
    assert storage.people.get(session, leila.id).paused_until is None
    with pytest.raises(Conflict):
        ladder_undo.undo(session, sara, now + timedelta(seconds=9))


def test_what_something_else_has_followed_on_is_not_taken_back(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    leila.closed_at = now
    ladder.settle(session, now)

    with pytest.raises(Conflict):
        ladder_undo.undo(session, sara, now)


# ---------------------------------------------------------------------------------------------------------- cards


def at_postcard(session: Session, person: Person, now: datetime) -> None:
    place = where(session, person)
    place.kind, place.position, place.due_at = "postcard", 7, now
    session.flush()


def a_batch(session: Session, person: Person, now: datetime, kind: str = "first") -> CardBatch:
    batch = CardBatch(office_id=person.office_id or 0, kind=kind, design="1", text="Hej!", made_at=now, sent_at=now)
    session.add(batch)
    session.flush()
    session.add(Card(batch_id=batch.id, person_id=person.id, position=1))
    session.flush()
    return batch


def test_a_sent_card_moves_on_and_a_returned_one_hurries_the_next_step(
    session: Session, leila: Person, now: datetime
) -> None:
    at_postcard(session, leila, now)
    batch = a_batch(session, leila, now)

    assert ladder.card_sent(session, [leila.id], batch, now) == 1
    assert (stands(session, leila)[0], due_day(session, leila)) == ("other_way", "2026-12-01")

    ladder.card_returned(session, leila.id, now)
    assert due_day(session, leila) == "2026-11-25"


def test_the_same_cards_sent_twice_move_nobody_twice(session: Session, leila: Person, now: datetime) -> None:
    at_postcard(session, leila, now)
    batch = a_batch(session, leila, now)
    ladder.card_sent(session, [leila.id], batch, now)

    assert ladder.card_sent(session, [leila.id], batch, now) == 0


# ---------------------------------------------------------------------------------------------------- the settings


def test_another_ladder_keeps_everybodys_place(session: Session, leila: Person, sara: Staff, now: datetime) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    wanted = [Wanted("ring", 0), Wanted("ring", 4), Wanted("postcard", 10), Wanted("rest", 60)]

    assert ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now) == 0
    assert (stands(session, leila), due_day(session, leila)) == (("ring", 2, "on"), "2026-11-30")


def test_whose_step_is_taken_away_comes_to_the_next_one(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    press(session, leila, sara, now, "ring", "no_answer")
    wanted = [Wanted("ring", 0), Wanted("sms", 3), Wanted("rest", 60)]

    assert ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now) == 1
    assert stands(session, leila) == ("sms", 1, "on")


@pytest.mark.parametrize(
    "wanted",
    [
        [], [Wanted("ring", 0, is_on=False)], [Wanted("ring", 5), Wanted("sms", 1)], [Wanted("dans", 1)],
        [Wanted("rest", 90), Wanted("ring", 0)], [Wanted("ring", -1)],
    ],
)  # fmt: skip
def test_a_ladder_that_makes_no_sense_is_refused(
    session: Session, sara: Staff, now: datetime, wanted: list[Wanted]
) -> None:
    with pytest.raises(BadInput):
        ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now)


def test_texts_do_not_leave_by_themselves_with_nobody_to_answer(session: Session, sara: Staff, now: datetime) -> None:
    with pytest.raises(BadInput):
        ladder_settings.change(
            session, an_office(session).id, sara, texts_itself=True, answerer_id=None, announce_first=False,
            text_before_call=False, now=now,
        )  # fmt: skip


def test_a_guardian_is_rung_only_where_the_step_is_on(
    session: Session, leila: Person, sara: Staff, now: datetime
) -> None:
    storage.people.add_guardian(session, Guardian(person_id=leila.id, position=1, name="Omar", phone="+46701740690"))
    wanted = [Wanted("guardian_call", 0), Wanted("rest", 60)]
    ladder_settings.change_steps(session, an_office(session).id, sara, wanted, now=now)

    assert stands(session, leila)[0] == "guardian_call"
    press(session, leila, sara, now, "guardian_call", "spoke_with_guardian")
    assert stands(session, leila) == ("rest", 1, "on")


# ---------------------------------------------------------------------------------------------------- time of day


@pytest.mark.parametrize(
    ("answered", "tried", "best"),
    [
        ([], [], "afternoon"), ([], ["2026-11-24 13:00"], "evening"),
        ([], ["2026-11-24 13:00", "2026-11-24 17:00"], "morning"),
        (["2026-11-20 09:00"], ["2026-11-24 13:00"], "morning"),
    ],
)  # fmt: skip
def test_the_best_hour_is_when_they_answer_else_when_nobody_has_tried(
    answered: list[str], tried: list[str], best: str
) -> None:
    moments = [[datetime.fromisoformat(f"{one}:00+01:00") for one in some] for some in (answered, tried)]

    assert ladder_rules.best_band(*moments) == best
