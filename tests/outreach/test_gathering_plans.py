"""Dialog meetings from draft to numbers without names: announced, shared, counted."""

from datetime import timedelta

import pytest
from builders import NOW, a_staff, a_talk, an_office

import storage.gatherings
import storage.signups
from outreach import experience, gathering_plans, gatherings, needs, share_links
from outreach.errors import BadInput, Conflict
from outreach.gathering_plans import Plan
from storage.database import Session
from storage.meetings import Slot
from storage.staff import Staff

STARTS = NOW + timedelta(days=4)
AFTER = STARTS + timedelta(hours=3)
NAMES = {"leila", "dina"}


def a_plan(**more: object) -> Plan:
    return Plan(**{
        "place": "Hallens bibliotek", "topic": "sommarjobb", "starts_at": STARTS,
        "ends_at": STARTS + timedelta(hours=2), **more,
    })  # fmt: skip


def an_announced(session: Session, by: Staff, **more: object) -> Slot:
    slot = gathering_plans.make(session, an_office(session).id, a_plan(**more), by, now=NOW)
    gathering_plans.publish(session, slot, by, now=NOW)
    return slot


@pytest.fixture
def sara(session: Session) -> Staff:
    return a_staff(session, "samordnare", name="Sara Lind")


def test_a_draft_is_found_by_nobody_until_it_is_announced(session: Session, sara: Staff) -> None:
    office = an_office(session)
    slot = gathering_plans.make(session, office.id, a_plan(), sara, now=NOW)

    assert slot.short_code is None
    assert storage.gatherings.next_announced(session, office.id, after=NOW) is None
    with pytest.raises(Conflict):
        share_links.link(session, slot, "instagram", now=NOW)

    gathering_plans.publish(session, slot, sara, now=NOW)

    found = share_links.door(session, slot.short_code.lower())
    assert found is not None
    assert found.slot.id == slot.id
    assert storage.gatherings.next_announced(session, office.id, after=NOW) == slot
    with pytest.raises(Conflict):
        gathering_plans.publish(session, slot, sara, now=NOW)


def test_what_cannot_be_is_said(session: Session, sara: Staff) -> None:
    office = an_office(session)
    wrong = (
        {"starts_at": NOW}, {"ends_at": STARTS}, {"seats": 0}, {"seats": 201}, {"minimum": 3}, {"minimum": 13},
        {"minimum": 3, "decide_at": STARTS}, {"place": ""}, {"topic": ""}, {"topic": "x" * 41}, {"adults": 0},
        {"languages": ()}, {"languages": ("xx",)}, {"topic": "ditt missbruk"}, {"place": "Café Ćevapi"},
    )  # fmt: skip
    for change in wrong:
        with pytest.raises(BadInput):
            gathering_plans.make(session, office.id, a_plan(**change), sara, now=NOW)


def test_a_copy_is_a_week_later_by_the_wall_clock(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara, minimum=4, decide_at=STARTS - timedelta(days=1), plus_one=False)

    copied = gathering_plans.copy_of(session, slot, AFTER)

    assert copied == a_plan(
        minimum=4, decide_at=STARTS + timedelta(days=6), plus_one=False, starts_at=STARTS + timedelta(days=7),
        ends_at=STARTS + timedelta(days=7, hours=2),
    )  # fmt: skip


def test_a_full_meeting_without_a_line_takes_nobody_in(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara, seats=1, waiting_list=False)
    first = gatherings.sign_up(session, slot, a_talk(session, address="05"), source="poster", now=NOW)
    second = gatherings.sign_up(session, slot, a_talk(session, address="06"), source="poster", now=NOW)

    assert first is not None
    assert second is None
    assert len(storage.signups.of_slot(session, slot.id)) == 1
    assert storage.gatherings.next_announced(session, slot.office_id, after=NOW) is None


def test_nobody_is_brought_to_a_meeting_where_each_comes_alone(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara, plus_one=False)
    signup = gatherings.sign_up(session, slot, a_talk(session, address="05"), source="page", now=NOW)

    assert signup is not None
    assert gatherings.bring(session, signup, 1, now=NOW) == 0


def test_sign_ups_are_counted_by_the_link_they_came_by(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara)
    link = share_links.link(session, slot, "instagram", now=NOW)
    assert share_links.link(session, slot, "instagram", now=NOW).code == link.code
    for ending in ("05", "06"):
        door = share_links.door(session, link.code)
        assert door is not None
        gatherings.sign_up(session, door.slot, a_talk(session, address=ending), source=door.source, now=NOW)
    storage.gatherings.count_view(session, link)

    assert share_links.counts(session, slot) == [("Instagram", 2)]
    session.refresh(link)
    assert link.views == 1


def test_needs_are_counted_from_the_start_and_never_below_none(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara)
    with pytest.raises(Conflict):
        needs.count(session, slot, "job", 1, now=NOW)

    for need, more in (("job", 2), ("job", 1), ("cv", 1), ("cv", -1), ("cv", -1)):
        needs.count(session, slot, need, more, now=AFTER)
    with pytest.raises(BadInput):
        needs.count(session, slot, "Leila", 1, now=AFTER)

    assert storage.gatherings.needs(session, [slot.id]) == {"job": 3}


def test_answers_that_hold_a_name_or_a_number_are_refused(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara)
    talk = a_talk(session, address="05")
    signup = gatherings.sign_up(session, slot, talk, source="page", now=NOW)
    assert signup is not None
    signup.first_name = "Zelda"
    session.flush()
    wrong = (
        "leila vill ha praktik", "Leilas fråga om CV", "zeldas bror", "ring 070-174 06 05", "född 2008 05 14",
        "en kille, Qvarnström, sökte jobb", "LEILA var där", "skriv till a@b.se", "@hallenleila", "Dina kom sent",
        "x" * 501,
    )  # fmt: skip
    for words in wrong:
        with pytest.raises(BadInput):
            needs.answer(session, slot, {"good": words}, sara, names=NAMES, now=AFTER)

    right = "Många frågade om CSN och Komvux. 3 av 12 är 17 år. Bra fika, bra prat!"
    kept = needs.answer(session, slot, {"good": right, "wanted": ""}, sara, names=NAMES, now=AFTER)
    assert (kept.good, kept.missing, kept.wanted) == (right, "", "")


def test_the_pulse_is_a_number_and_shown_from_five(session: Session, sara: Staff) -> None:
    slot = an_announced(session, sara, seats=5)
    with pytest.raises(Conflict):
        experience.answer(session, slot, {"felt": "good"}, now=NOW)
    for _ in range(4):
        experience.answer(session, slot, {"felt": "good", "welcome": ""}, now=AFTER)
    assert experience.results(session, slot) == {}

    experience.answer(session, slot, {"felt": "bad"}, now=AFTER)

    assert experience.results(session, slot) == {"felt": {"good": 4, "so_so": 0, "bad": 1}}
    for answers, now in (({"felt": "good"}, AFTER), ({"felt": "good"}, AFTER + timedelta(days=8))):
        with pytest.raises(Conflict):
            experience.answer(session, slot, answers, now=now)
    for nothing in ({}, {"felt": "great"}, {"who": "good"}):
        with pytest.raises(BadInput):
            experience.answer(session, slot, nothing, now=AFTER)
