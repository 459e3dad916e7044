"""Campaigns: the dry run tells what will happen, a start happens once, and everybody is accounted for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import anyio
import pytest
from campaign_town import (
    NOW,
    RULES,
    a_campaign,
    a_person,
    a_staff,
    a_talk,
    a_text,
    an_office,
    give_number,
    number,
)
from fake_phone import FakeChannel, StandingClock, permanent

import storage.audit
import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
from outreach import campaign_plan, campaigns, gate
from outreach.campaign_plan import Plan
from outreach.errors import BadInput, Conflict
from scheduler import reconcile, sending, starts
from scheduler.sending import Sender
from storage.campaigns import Campaign
from storage.database import Database, Session
from storage.local_time import STOCKHOLM
from storage.messages import Message
from storage.numbers import Stop
from storage.people import Guardian


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def plan(session: Session, campaign: Campaign, now: datetime = NOW, **more: datetime) -> Plan:
    return campaign_plan.plan(session, campaign, RULES, now=now, **more)


def texts(session: Session, campaign: Campaign) -> list[Message]:
    return list(storage.messages.of_campaign(session, campaign.id))


def send(database: Database, phone: FakeChannel, moment: datetime) -> None:
    """Send everything that is due at a moment, and let the timetable call campaigns done."""
    sender = Sender(database=database, clock=StandingClock(moment), channels={"sms": phone}, rules=RULES)
    anyio.run(sending.drain, sender)
    with database.write() as session:
        reconcile.finish_campaigns(session, moment)


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

    assert planned.parts == 3  # a letter outside GSM-7 makes one text two parts
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
    a_staff(session, office=west)

    planned = plan(session, a_campaign(session, created_by_id=sara.id))

    assert {entry.person.office_id for entry in planned.entries} == {north.id, west.id}


# ------------------------------------------------------------------------- starting


def test_a_second_start_does_nothing(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)

    assert campaigns.launch(session, campaign, RULES, now=NOW)
    assert not campaigns.launch(session, campaign, RULES, now=NOW)
    assert len(texts(session, campaign)) == 1


def test_twenty_starts_at_once_give_one_text_each(database: Database) -> None:
    with database.write() as session:
        for which in range(20):
            a_person(session, which)
        code = a_campaign(session).code

    def start(_: int) -> bool:
        with database.write() as session:
            campaign = storage.campaigns.by_code(session, code)
            assert campaign is not None
            return campaigns.launch(session, campaign, RULES, now=NOW)

    with ThreadPoolExecutor(20) as pool:
        started = list(pool.map(start, range(20)))

    assert started.count(True) == 1
    with database.read() as session:
        got = Counter(text.person_id for text in storage.messages.of_campaign(session, 1))
        assert got == Counter(range(1, 21))


def test_the_same_person_is_in_two_campaigns_but_gets_one_text_in_seven_days(database: Database) -> None:
    phone = FakeChannel()
    with database.write() as session:
        a_person(session)
        # Both were planned before either had left.
        for code in ("INV-1", "NUDGE"):
            campaigns.launch(session, a_campaign(session, code=code), uncapped(), now=NOW)

    send(database, phone, NOW)
    send(database, phone, NOW + timedelta(days=6))

    assert len(phone.sent) == 1
    with database.read() as session:
        assert storage.messages.withheld_reasons(session, 2) == {"frequency_cap": 1}


def uncapped() -> gate.Rules:
    return gate.Rules(practice=False, frequency_cap=False)


def test_an_empty_text_or_an_audience_nobody_understands_cannot_start(session: Session) -> None:
    empty = campaigns.sketch(session, Campaign(name="Tomt", audience="alla", created_at=NOW), now=NOW)
    odd = campaigns.sketch(session, Campaign(name="Udda", audience="grönt", text_sv="Hej", created_at=NOW), now=NOW)

    for draft in (empty, odd):
        with pytest.raises(BadInput), session.begin_nested():
            campaigns.launch(session, draft, RULES, now=NOW)
        session.refresh(draft)
        assert draft.state == "draft"


def test_a_start_is_logged_with_counts_and_no_names(session: Session) -> None:
    a_person(session)
    campaigns.launch(session, a_campaign(session), RULES, now=NOW, staff_id=a_staff(session).id)

    event = storage.audit.latest(session)[0]
    assert event.action == "campaign_launched"
    assert event.detail["recipients"] == 1


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


def test_a_scheduled_campaign_starts_by_itself_at_its_hour(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    campaigns.schedule(session, campaign, NOW + timedelta(days=1), now=NOW, staff_id=None)

    assert starts.start_due(session, RULES, NOW + timedelta(hours=23)) == 0
    assert starts.start_due(session, RULES, NOW + timedelta(hours=24)) == 1
    assert starts.start_due(session, RULES, NOW + timedelta(hours=24)) == 0
    assert campaign.state == "running"


def test_a_scheduled_campaign_that_cannot_start_does_not_hold_up_the_others(session: Session) -> None:
    a_person(session)
    broken, fine = a_campaign(session), a_campaign(session, name="Hel")
    for campaign in (broken, fine):
        campaigns.schedule(session, campaign, NOW + timedelta(hours=1), now=NOW, staff_id=None)
    broken.audience = "ett urval som har tagits bort"
    session.flush()

    assert starts.start_due(session, RULES, NOW + timedelta(hours=2)) == 1 + 1  # dealt with, both
    assert (broken.state, fine.state) == ("draft", "running")
    assert "förstår inte" in broken.state_why


def test_nothing_is_scheduled_backwards_or_after_the_start(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)

    with pytest.raises(BadInput):
        campaigns.schedule(session, campaign, NOW - timedelta(hours=1), now=NOW, staff_id=None)
    campaigns.launch(session, campaign, RULES, now=NOW)
    with pytest.raises(Conflict):
        campaigns.schedule(session, campaign, NOW + timedelta(hours=1), now=NOW, staff_id=None)


def test_a_scheduled_campaign_can_become_a_draft_again(session: Session) -> None:
    campaign = a_campaign(session)
    campaigns.schedule(session, campaign, NOW + timedelta(hours=1), now=NOW, staff_id=None)

    assert campaigns.unschedule(session, campaign, now=NOW)
    assert campaign.state == "draft"
    assert not campaigns.unschedule(session, campaign, now=NOW)


# ------------------------------------------------------------------------- while it runs


@pytest.fixture
def started(database: Database) -> str:
    """A campaign to six people over two days, started now with a minute's regret."""
    with database.write() as session:
        for which in range(6):
            a_person(session, which)
        campaign = a_campaign(session, per_day=3)
        campaigns.launch(session, campaign, RULES, now=NOW, regret=timedelta(seconds=60))
        return campaign.code


def found(session: Session, code: str) -> Campaign:
    campaign = storage.campaigns.by_code(session, code)
    assert campaign is not None
    return campaign


def test_a_start_can_be_undone_for_a_minute(database: Database, started: str) -> None:
    phone, almost = FakeChannel(), NOW + timedelta(seconds=59)
    send(database, phone, almost)
    with database.write() as session:
        assert campaigns.regret(session, found(session, started), now=almost)
    send(database, phone, NOW + timedelta(hours=1))

    assert phone.sent == []
    with database.read() as session:
        results = campaigns.results(session, found(session, started))
        assert (results.cancelled, results.adds_up) == (6, True)
        assert found(session, started).state_why == campaigns.REGRETTED


def test_after_the_minute_it_is_too_late(database: Database, started: str) -> None:
    with database.write() as session:
        assert not campaigns.regret(session, found(session, started), now=NOW + timedelta(seconds=60))
        assert found(session, started).state == "running"


def test_regret_lasts_until_the_first_text_may_leave(session: Session) -> None:
    a_person(session)
    campaign, evening = a_campaign(session), at("2026-11-24T20:00+01:00")
    campaigns.launch(session, campaign, RULES, now=evening, regret=timedelta(seconds=60))

    assert campaign.start_at == at("2026-11-25T10:00+01:00")
    assert campaigns.can_be_regretted(campaign, now=evening + timedelta(hours=2))


def test_pause_holds_what_has_not_left_and_resume_lets_it_go(database: Database, started: str) -> None:
    phone = FakeChannel()
    with database.write() as session:
        assert campaigns.pause(session, found(session, started), why="", now=NOW)
        assert not campaigns.pause(session, found(session, started), why="", now=NOW)
    send(database, phone, NOW + timedelta(minutes=5))
    assert phone.sent == []

    with database.write() as session:
        assert campaigns.resume(session, found(session, started), now=NOW + timedelta(minutes=6))
    send(database, phone, NOW + timedelta(minutes=6))

    assert len(phone.sent) == 3
    with database.read() as session:
        assert campaigns.results(session, found(session, started)).adds_up


def test_what_a_pause_made_stale_expires_and_is_never_sent_late(database: Database, started: str) -> None:
    phone, tomorrow = FakeChannel(), at("2026-11-25T12:00+01:00")
    with database.write() as session:
        campaigns.pause(session, found(session, started), why="", now=NOW)
    send(database, phone, NOW + timedelta(minutes=5))
    with database.write() as session:
        campaigns.resume(session, found(session, started), now=tomorrow)
    send(database, phone, tomorrow)

    assert len(phone.sent) == 3  # those of the second day
    with database.read() as session:
        results = campaigns.results(session, found(session, started))
        assert (results.expired, results.sent, results.adds_up) == (3, 3, True)


def test_stop_takes_back_what_has_not_left_and_says_so(database: Database, started: str) -> None:
    phone = FakeChannel()
    send(database, phone, NOW + timedelta(minutes=5))
    with database.write() as session:
        assert campaigns.stop(session, found(session, started), now=NOW + timedelta(minutes=6))
        assert not campaigns.stop(session, found(session, started), now=NOW + timedelta(minutes=6))
    send(database, phone, NOW + timedelta(days=2))

    assert len(phone.sent) == 3
    with database.read() as session:
        results = campaigns.results(session, found(session, started))
        assert (results.sent, results.cancelled, results.waiting) == (3, 3, 0)
        assert results.sent + results.cancelled == results.audience


def test_a_campaign_is_done_when_nothing_of_it_waits(database: Database, started: str) -> None:
    phone = FakeChannel()
    send(database, phone, NOW + timedelta(minutes=5))
    with database.read() as session:
        assert found(session, started).state == "running"

    send(database, phone, at("2026-11-25T10:00+01:00"))

    with database.read() as session:
        assert found(session, started).state == "done"


# ------------------------------------------------------------------------- results


def test_everybody_is_accounted_for_once(database: Database) -> None:
    phone = FakeChannel()
    with database.write() as session:
        for which in range(8):
            a_person(session, which)
        a_person(session, 20, protected=True)
        a_person(session, 21, has_number=False)
        code = a_campaign(session).code
        campaigns.launch(session, found(session, code), RULES, now=NOW)
    phone.then(number(0), permanent())
    phone.lose_answer(number(1))
    with database.write() as session:
        talk = storage.conversations.of_person(session, 3)
        assert talk is not None
        talk.state = "urgent"
    send(database, phone, NOW)

    with database.read() as session:
        results = campaigns.results(session, found(session, code))

    assert results.adds_up
    assert (results.audience, results.sent, results.failed, results.unknown, results.withheld) == (10, 5, 1, 1, 3)
    assert results.withheld_reasons == {"protected": 1, "no_number": 1, "crisis": 1}


def test_an_answer_belongs_to_the_campaign_that_had_left(session: Session) -> None:
    a_person(session)
    old, new = a_campaign(session), a_campaign(session, code="NUDGE", name="Påminnelse")
    campaigns.launch(session, old, RULES, now=NOW)
    [text] = texts(session, old)
    storage.messages.advance(session, text, "sent", now=NOW)
    campaigns.launch(session, new, uncapped(), now=NOW)

    storage.campaigns.record_answer(session, 1, "yes", now=NOW)
    storage.campaigns.record_answer(session, 1, "no", now=NOW)

    assert campaigns.results(session, old).answers == {"yes": 1}
    assert campaigns.results(session, new).answers == {}
