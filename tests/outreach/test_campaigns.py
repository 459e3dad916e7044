"""Campaigns: a start happens once, can be undone, paused and stopped, and everybody is accounted for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import anyio
import pytest
from builders import a_staff
from campaign_town import (
    NOW,
    RULES,
    a_campaign,
    a_person,
    number,
)
from fake_phone import FakeChannel, permanent

import storage.audit
import storage.campaign_queue
import storage.campaigns
import storage.conversations
import storage.messages
import storage.numbers
from outreach import campaigns, gate
from outreach.errors import BadInput, Conflict
from scheduler import reconcile, sending, starts
from scheduler.sending import Sender
from storage.campaigns import Campaign
from storage.database import Database, Session
from storage.messages import Message


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def texts(session: Session, campaign: Campaign) -> list[Message]:
    return list(storage.messages.of_campaign(session, campaign.id))


def send(database: Database, phone: FakeChannel, moment: datetime) -> None:
    """Send everything that is due at a moment, and let the timetable call campaigns done."""
    clock = SimpleNamespace(now=lambda: moment)
    sender = Sender(database=database, clock=clock, channels={"sms": phone}, rules=RULES)
    anyio.run(sending.drain, sender)
    with database.write() as session:
        reconcile.finish_campaigns(session, moment)


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
        assert storage.campaign_queue.reasons(session, 2, "withheld") == {"frequency_cap": 1}


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


def test_a_scheduled_campaign_starts_by_itself_at_its_hour(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    campaigns.schedule(session, campaign, RULES, NOW + timedelta(days=1), now=NOW, staff_id=None)

    assert starts.start_due(session, RULES, NOW + timedelta(hours=23)) == 0
    assert starts.start_due(session, RULES, NOW + timedelta(hours=24)) == 1
    assert starts.start_due(session, RULES, NOW + timedelta(hours=24)) == 0
    assert campaign.state == "running"


def test_a_scheduled_campaign_that_cannot_start_does_not_hold_up_the_others(session: Session) -> None:
    a_person(session)
    broken, fine = a_campaign(session), a_campaign(session, name="Hel")
    for campaign in (broken, fine):
        campaigns.schedule(session, campaign, RULES, NOW + timedelta(hours=1), now=NOW, staff_id=None)
    broken.audience = "ett urval som har tagits bort"
    session.flush()

    assert starts.start_due(session, RULES, NOW + timedelta(hours=2)) == 1 + 1  # dealt with, both
    assert (broken.state, fine.state) == ("draft", "running")
    assert "förstår inte" in broken.state_why


def test_nothing_is_scheduled_backwards_or_after_the_start(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)

    with pytest.raises(BadInput):
        campaigns.schedule(session, campaign, RULES, NOW - timedelta(hours=1), now=NOW, staff_id=None)
    campaigns.launch(session, campaign, RULES, now=NOW)
    with pytest.raises(Conflict):
        campaigns.schedule(session, campaign, RULES, NOW + timedelta(hours=1), now=NOW, staff_id=None)


def test_a_scheduled_campaign_can_become_a_draft_again(session: Session) -> None:
    campaign = a_campaign(session)
    campaigns.schedule(session, campaign, RULES, NOW + timedelta(hours=1), now=NOW, staff_id=None)

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
        assert (results.taken_back, results.withheld, results.adds_up) == (6, 6, True)
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
        assert campaigns.resume(session, found(session, started), RULES, now=NOW + timedelta(minutes=6))
    send(database, phone, NOW + timedelta(minutes=6))

    assert len(phone.sent) == 3
    with database.read() as session:
        assert campaigns.results(session, found(session, started)).adds_up


def test_what_a_pause_made_stale_goes_by_the_pace_when_a_person_says_so(database: Database, started: str) -> None:
    phone, tomorrow = FakeChannel(), at("2026-11-25T12:00+01:00")
    with database.write() as session:
        campaigns.pause(session, found(session, started), why="", now=NOW)
    send(database, phone, NOW + timedelta(minutes=5))
    with database.write() as session:
        campaigns.resume(session, found(session, started), RULES, now=tomorrow)
    send(database, phone, tomorrow)
    assert len(phone.sent) == 3

    send(database, phone, tomorrow + timedelta(days=1))

    assert len(phone.sent) == 6
    with database.read() as session:
        results = campaigns.results(session, found(session, started))
        assert (results.expired, results.sent, results.adds_up) == (0, 6, True)


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
        assert (results.sent, results.withheld, results.waiting) == (3, 3, 0)
        assert results.withheld_reasons == {"campaign_stopped": 3}
        assert results.sent + results.withheld == results.audience


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
