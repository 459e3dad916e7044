"""The dry run: who gets what and when, who is left out and why, and that it is what the start then does."""

from datetime import UTC, date, datetime, timedelta

import pytest
from builders import a_staff
from campaign_town import (
    NOW,
    RULES,
    a_campaign,
    a_person,
    a_talk,
    a_text,
    an_office,
    give_number,
    number,
)

import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
import storage.staff
from outreach import campaign_plan, campaigns, gate, numbers
from outreach.campaign_plan import Plan
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import STOCKHOLM
from storage.messages import Message
from storage.numbers import Stop
from storage.people import Guardian
from storage.staff import StaffRole


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def plan(session: Session, campaign: Campaign, now: datetime = NOW, **more: datetime) -> Plan:
    return campaign_plan.plan(session, campaign, RULES, now=now, **more)


def texts(session: Session, campaign: Campaign) -> list[Message]:
    return list(storage.messages.of_campaign(session, campaign.id))


# ------------------------------------------------------------------------- the dry run


def test_a_dry_run_saves_nothing(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    session.flush()

    planned = plan(session, campaign)

    assert len(planned.sending) == 1
    assert not session.new
    assert not session.dirty
    assert storage.messages.counts(session) == {}
    assert storage.campaigns.size(session, campaign.id) == 0
    assert storage.conversations.of_person(session, 1) is None


def test_what_the_dry_run_shows_is_what_the_start_does(session: Session) -> None:
    for which in range(12):
        a_person(session, which)
    campaign = a_campaign(session, per_day=5)

    shown = plan(session, campaign)
    campaigns.launch(session, campaign, RULES, now=NOW)

    done = [(text.person_id, text.text, text.send_after) for text in texts(session, campaign)]
    assert sorted(done) == sorted((entry.person.id, entry.text, entry.send_after) for entry in shown.sending)


LEFT_OUT = {
    "stopped": lambda session: stopped(session, 0),
    "protected": lambda session: a_person(session, protected=True),
    "no_number": lambda session: a_person(session, has_number=False),
    "landline": lambda session: a_person(session, kind="landline"),
    "foreign_number": lambda session: a_person(session, kind="foreign"),
    "guardian_number": lambda session: a_person(session, owner="guardian"),
    "number_dead": lambda session: a_person(session, standing="dead"),
    "wrong_person": lambda session: a_person(session, standing="wrong_person"),
    "other_answers": lambda session: a_person(session, standing="other_answers"),
    "shared_number": lambda session: shared_with_guardian(session),
    "closed": lambda session: a_person(session, closed_at=NOW),
    "paused": lambda session: a_person(session, paused_until=NOW + timedelta(days=5)),
    "programme": lambda session: a_person(session, programme=""),
    "age_unknown": lambda session: a_person(session, born=None),
    "age": lambda session: a_person(session, born=date(2006, 11, 24)),
    "crisis": lambda session: a_talk(session, a_person(session), "urgent"),
    "human_has_it": lambda session: a_talk(session, a_person(session), "human"),
    "booked": lambda session: None,  # tests/outreach/test_gate.py; a booking needs a slot
    "declined": lambda session: a_talk(session, a_person(session), "declined"),
    "occupied": lambda session: a_talk(session, a_person(session), "occupied"),
    "in_conversation": lambda session: a_talk(session, a_person(session), "offered"),
    "same_text": lambda session: texted(session, "INV-1", days_ago=40),
    "frequency_cap": lambda session: texted(session, "NUDGE", days_ago=2),
}


def stopped(session: Session, which: int) -> None:
    person = a_person(session, which)
    storage.numbers.stop(session, Stop(channel="sms", address=number(which), person_id=person.id, since=NOW))


def shared_with_guardian(session: Session) -> None:
    person = a_person(session)
    session.add(Guardian(person_id=person.id, position=1, name="Mamma", phone=number(0)))
    session.flush()


def texted(session: Session, code: str, *, days_ago: float) -> None:
    person, then = a_person(session), NOW - timedelta(days=days_ago)
    a_text(session, kind="campaign", text_code=code, person_id=person.id, state="sent", claimed_at=then, sent_at=then)


@pytest.mark.parametrize("reason", [reason for reason in LEFT_OUT if reason != "booked"])
def test_everybody_who_is_left_out_is_shown_with_the_reason(session: Session, reason: str) -> None:
    LEFT_OUT[reason](session)
    a_person(session, 9)
    audience = "avslutade" if reason == "closed" else "alla"

    planned = plan(session, a_campaign(session, audience=audience))

    assert planned.left_out == {reason: 1}
    assert reason in gate.REASONS
    assert len(planned.sending) == (0 if reason == "closed" else 1)


def test_a_stop_from_an_unknown_number_holds_for_whoever_is_found_there(session: Session) -> None:
    storage.numbers.stop(session, Stop(channel="sms", address=number(3), since=NOW))
    a_person(session, 3)

    assert plan(session, a_campaign(session)).left_out == {"stopped": 1}


def test_a_text_in_the_queue_counts_like_one_that_has_gone(session: Session) -> None:
    a_person(session)
    campaigns.launch(session, a_campaign(session), RULES, now=NOW, regret=timedelta(seconds=60))

    assert plan(session, a_campaign(session, code="NUDGE")).left_out == {"frequency_cap": 1}


def test_two_people_with_one_number_get_nothing_until_somebody_says_whose_it_is(session: Session) -> None:
    a_person(session, 0)
    give_number(session, a_person(session, 1, has_number=False), number(0))

    assert plan(session, a_campaign(session)).left_out == {"shared_number": 2}


def test_a_shared_number_is_texted_as_the_ones_whose_own_staff_say_that_it_is(session: Session) -> None:
    leila = a_person(session, 0)
    give_number(session, a_person(session, 1, has_number=False), number(0))

    numbers.say_whose(session, leila, number(0), "self", now=NOW)

    planned = plan(session, a_campaign(session))
    assert [entry.person.id for entry in planned.sending] == [leila.id]
    assert planned.left_out == {"shared_number": 1}


def test_what_staff_said_of_a_number_does_not_hold_for_whoever_gets_it_later(session: Session) -> None:
    leila = a_person(session, 0)
    give_number(session, a_person(session, 1, has_number=False), number(0))
    numbers.say_whose(session, leila, number(0), "self", now=NOW)

    later = give_number(session, a_person(session, 2, has_number=False), number(0))
    later.found_at = NOW + timedelta(days=1)
    storage.numbers.link(session, later)

    assert plan(session, a_campaign(session)).left_out == {"shared_number": 3}


def test_a_text_with_a_gap_that_cannot_be_filled_leaves_one_out_and_not_all(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    campaign.text_sv = "Hej från {enhet}, vi ses på {plats}."

    assert plan(session, campaign).left_out == {"missing_value": 1}


# ------------------------------------------------------------------------- what each gets


def test_the_first_name_stands_only_where_the_number_is_confirmed(session: Session) -> None:
    a_person(session, 0, first_name="Amina", standing="confirmed")
    a_person(session, 1, first_name="Bilal", standing="works")

    written = {
        entry.person.first_name: entry.text for entry in plan(session, a_campaign(session, code="INV-2")).sending
    }

    assert written["Amina"].startswith("Hej Amina!")
    assert written["Bilal"].startswith("Hej!")
    assert "Bilal" not in written["Bilal"]


def test_english_speakers_get_the_english_text(session: Session) -> None:
    a_person(session, 0, language="engelska")
    a_person(session, 1, language="somaliska")
    a_talk(session, a_person(session, 2), lang="en", which=2)

    langs = {entry.person.id: entry.lang for entry in plan(session, a_campaign(session)).sending}

    assert langs == {1: "en", 2: "sv", 3: "en"}


def test_without_an_english_text_everybody_gets_the_swedish_one(session: Session) -> None:
    a_person(session, language="engelska")

    assert plan(session, a_campaign(session, text_en="")).sending[0].lang == "sv"


def test_study_comes_first_for_those_in_school_age_and_work_for_the_others(session: Session) -> None:
    a_person(session, 0, born=date(2008, 5, 14))
    a_person(session, 1, born=date(2003, 5, 14), programme="uppsok")

    written = {entry.person.id: entry.text for entry in plan(session, a_campaign(session)).sending}

    assert "plugg, jobb" in written[1]
    assert "jobb, plugg" in written[2]


def test_the_order_is_by_lot_and_the_same_every_time(session: Session) -> None:
    for which in range(30):
        a_person(session, which)
    campaign, other = a_campaign(session), a_campaign(session, name="Ett annat")

    order = [entry.person.id for entry in plan(session, campaign).sending]

    assert order == [entry.person.id for entry in plan(session, campaign).sending]
    assert order != sorted(order)
    assert order != [entry.person.id for entry in plan(session, other).sending]


def test_parts_are_counted_as_they_are_billed(session: Session) -> None:
    a_person(session, 0, first_name="Łucja", standing="confirmed")
    a_person(session, 1)

    planned = plan(session, a_campaign(session, code="INV-2"))

    assert planned.parts == 3 + 1  # one letter outside GSM-7 and a part holds 67 characters
    assert sum(planned.by_day.values()) == 2


# ------------------------------------------------------------------------- offices


def test_a_campaign_reaches_its_own_offices_people_only(session: Session) -> None:
    north, south = an_office(session, "Unga Norr"), an_office(session, "Unga Söder")
    a_person(session, 0, office=north)
    a_person(session, 1, office=south)

    assert len(plan(session, a_campaign(session, office_id=south.id)).entries) == 1
    assert len(plan(session, a_campaign(session)).entries) == 2  # from a script on the machine


def test_without_an_office_of_its_own_it_reaches_the_offices_of_whoever_made_it(session: Session) -> None:
    north, south, west = (an_office(session, name) for name in ("Unga Norr", "Unga Söder", "Unga Väst"))
    for which, office in enumerate((north, south, west)):
        a_person(session, which, office=office)
    sara = a_staff(session, office=north)
    storage.staff.give_role(session, StaffRole(staff_id=sara.id, office_id=west.id, role="samordnare"))

    planned = plan(session, a_campaign(session, created_by_id=sara.id))

    assert {entry.person.office_id for entry in planned.entries} == {north.id, west.id}


# ------------------------------------------------------------------------- time


def leaving(session: Session, start: str, people: int, **fields: object) -> list[str]:
    for which in range(people):
        a_person(session, which)
    planned = plan(session, a_campaign(session, **fields), now=at(start))
    moments = [entry.send_after.astimezone(STOCKHOLM) for entry in planned.sending if entry.send_after]
    return [moment.strftime("%a %d %b %H.%M") for moment in moments]


@pytest.mark.parametrize(
    ("start", "moments"),
    [
        ("2026-11-24T13:04+01:00", ["Tue 24 Nov 13.04", "Tue 24 Nov 13.04", "Wed 25 Nov 10.00"]),
        ("2026-11-24T20:00+01:00", ["Wed 25 Nov 10.00", "Wed 25 Nov 10.00", "Thu 26 Nov 10.00"]),
        ("2026-11-27T17:30+01:00", ["Mon 30 Nov 10.00", "Mon 30 Nov 10.00", "Tue 01 Dec 10.00"]),  # Friday evening
        ("2026-11-27T16:00+01:00", ["Fri 27 Nov 16.00", "Fri 27 Nov 16.00", "Mon 30 Nov 10.00"]),
        ("2026-03-27T16:00+01:00", ["Fri 27 Mar 16.00", "Fri 27 Mar 16.00", "Mon 30 Mar 10.00"]),  # into summer time
        ("2026-10-23T16:00+02:00", ["Fri 23 Oct 16.00", "Fri 23 Oct 16.00", "Mon 26 Oct 10.00"]),  # out of it
        ("2026-06-18T18:00+02:00", ["Thu 18 Jun 18.00", "Thu 18 Jun 18.00", "Mon 22 Jun 10.00"]),  # midsommarafton
    ],
)
def test_texts_are_spread_over_days_within_the_allowed_hours(session: Session, start: str, moments: list[str]) -> None:
    assert leaving(session, start, 3, per_day=2) == moments


def test_what_does_not_fit_before_closing_goes_on_the_next_morning(session: Session) -> None:
    for which in range(3):
        a_person(session, which)
    campaign, slow = a_campaign(session), gate.Rules(practice=False, sms_per_second=1 / 60)

    planned = campaign_plan.plan(session, campaign, slow, now=at("2026-11-24T18:58+01:00"))

    assert [entry.send_after for entry in planned.sending] == [
        at("2026-11-24T18:58+01:00"), at("2026-11-24T18:59+01:00"), at("2026-11-25T10:00+01:00"),
    ]  # fmt: skip
