"""Versions of a text by lot, a pilot and the choice after it, and a control group in which nobody loses anything."""

from collections import Counter
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import anyio
import pytest
from builders import a_booking, a_slot, a_staff
from campaign_town import NOW, RULES, a_campaign, a_person, a_talk, a_trial, an_office, number
from fake_phone import FakeChannel, permanent

import storage.audit
import storage.campaigns
import storage.conversations
import storage.ladders
import storage.messages
import storage.people
import storage.trials
from outreach import (
    campaign_check,
    campaign_lists,
    campaign_plan,
    campaign_rest,
    campaign_results,
    campaign_versions,
    campaigns,
    consent,
    control_group,
)  # fmt: skip
from outreach.campaign_versions import Words
from outreach.errors import BadInput
from scheduler import reconcile, sending
from scheduler.sending import Sender
from storage.campaigns import Campaign
from storage.database import Database, Session
from storage.inbound import InboundText
from storage.ladders import LadderPlace
from storage.tasks import Attempt

B = "Hej från {enhet}, {kommun}. Vad vill du hinna med i år? Svara här. STOPP=inga fler."
C = "Hallå! {enhet}, {kommun}. Kaffe och plugg? Svara JA. STOPP=inga fler."
WEEK = timedelta(days=7)


def send(database: Database, phone: FakeChannel, moment: datetime) -> None:
    """Send everything that is due at a moment."""
    sender = Sender(database=database, clock=SimpleNamespace(now=lambda: moment), channels={"sms": phone}, rules=RULES)
    anyio.run(sending.drain, sender)
    with database.write() as session:
        reconcile.finish_campaigns(session, moment)


def versions_of(session: Session, campaign_id: int) -> dict[int, str]:
    return {one.person_id: one.version for one in storage.trials.drawn(session, campaign_id) if one.version}


def test_each_gets_one_version_by_lot_and_keeps_it_through_a_pause(database: Database) -> None:
    phone = FakeChannel()
    with database.write() as session:
        for which in range(7):
            a_person(session, which)
        campaign = a_campaign(session, per_day=3)
        a_trial(session, campaign, B, C)
        planned = {e.person.id: e.version for e in campaign_plan.plan(session, campaign, RULES, now=NOW).sending}
        campaigns.launch(session, campaign, RULES, now=NOW)
        assert versions_of(session, 1) == planned
        assert sorted(Counter(planned.values()).values()) == [2, 2, 3]
        # Even on the first day too.
        assert len({text.text[:8] for text in list(storage.messages.of_campaign(session, 1))[:3]}) == 3

    send(database, phone, NOW)
    with database.write() as session:
        campaigns.pause(session, storage.campaigns.get(session, 1), why="", now=NOW)
        campaigns.resume(session, storage.campaigns.get(session, 1), RULES, now=NOW + timedelta(days=1))
    for day in (1, 2, 5):
        send(database, phone, NOW + timedelta(days=day))

    with database.read() as session:
        assert versions_of(session, 1) == planned
        texts = storage.messages.of_campaign(session, 1)
        begins = {"A": "Hej! Unga", "B": "Hej från", "C": "Hallå! "}
        assert all(text.text.startswith(begins[planned[text.person_id or 0]]) for text in texts)
        assert storage.campaigns.get(session, 1).state == "done"
    assert Counter(text.to for text in phone.sent) == Counter(number(which) for which in range(7))


@pytest.fixture
def pilot(database: Database) -> FakeChannel:
    """A pilot to ten with two versions: one of each has gone, and eight wait for somebody to choose."""
    phone = FakeChannel()
    with database.write() as session:
        a_staff(session)
        for which in range(10):
            a_person(session, which)
        campaign = a_campaign(session)
        a_trial(session, campaign, B, split="pilot")
        campaigns.launch(session, campaign, RULES, now=NOW)
    send(database, phone, NOW)
    return phone


def choose(database: Database, now: datetime, letter: str = "B") -> bool:
    with database.write() as session:
        return campaign_rest.choose(session, storage.campaigns.get(session, 1), letter, RULES, now=now, staff_id=1)


def test_after_a_pilot_nothing_leaves_before_somebody_chooses(database: Database, pilot: FakeChannel) -> None:
    for day in (1, 3, 8):
        send(database, pilot, NOW + timedelta(days=day))

    assert len(pilot.sent) == 2
    with database.read() as session:
        campaign = storage.campaigns.get(session, 1)
        results = campaigns.results(session, campaign)
        assert campaign.state == "running"
        assert (results.sent, results.waiting, results.withheld, results.adds_up) == (2, 8, 0, True)
        people = campaign_lists.everybody(session, campaign, now=NOW)
        assert (people.count("vantar"), people.count("utan")) == (8, 0)


def test_nobody_chooses_before_everybody_has_had_their_days(database: Database, pilot: FakeChannel) -> None:
    with pytest.raises(BadInput, match="Pilotens dagar är inte över"):
        choose(database, NOW + WEEK - timedelta(minutes=1))
    with pytest.raises(BadInput, match="Ingen väntar på den versionen"):
        choose(database, NOW + WEEK, "C")

    assert choose(database, NOW + WEEK)
    assert not choose(database, NOW + WEEK, "A")


def test_the_rest_is_judged_anew_when_somebody_chooses_and_gets_one_text_each(
    database: Database, pilot: FakeChannel
) -> None:
    later = NOW + WEEK
    with database.write() as session:
        waiting = list(storage.trials.waiting(session, 1))
        talk = a_talk(session, storage.people.get(session, waiting[0]), "invited", which=waiting[0] - 1)
        consent.stop(session, talk, how="text", now=later)
        storage.people.get(session, waiting[1]).protected = True

    assert choose(database, later)
    with database.write() as session:
        # After the choice, before the text: the gate at sending.
        storage.people.get(session, waiting[2]).protected = True
    send(database, pilot, later)
    send(database, pilot, later + timedelta(days=1))

    assert max(Counter(text.to for text in pilot.sent).values()) == 1
    assert [text.text.startswith("Hej från") for text in pilot.sent[2:]] == [True] * 5
    with database.read() as session:
        campaign = storage.campaigns.get(session, 1)
        results = campaigns.results(session, campaign)
        assert (results.sent, results.waiting, results.adds_up) == (7, 0, True)
        assert results.withheld_reasons == {"protected": 2, "stopped": 1}
        assert campaign.state == "done"
        logged = next(e for e in storage.audit.latest(session) if e.action == "campaign_version_chosen")
        assert (logged.detail["version"], logged.detail["recipients"]) == ("B", 6)
        assert logged.detail["showed"] == {"A": "0/1", "B": "0/1"}
        # Those whose version was chosen for them are not part of what is compared.
        report = campaign_results.report(session, campaign, now=later + timedelta(days=30))
        assert report is not None
        assert [len(group.people) for group in report.versions] == [1, 1]


def test_a_pilot_that_is_stopped_gives_the_rest_nothing(database: Database, pilot: FakeChannel) -> None:
    with database.write() as session:
        campaigns.stop(session, storage.campaigns.get(session, 1), now=NOW + WEEK)
    with pytest.raises(BadInput, match="pausat eller avslutat"):
        choose(database, NOW + WEEK)

    with database.read() as session:
        results = campaigns.results(session, storage.campaigns.get(session, 1))
    assert (results.withheld_reasons, results.adds_up) == ({"campaign_stopped": 8}, True)


def test_a_pilot_in_which_no_text_could_leave_does_not_hold_the_rest_for_ever(database: Database) -> None:
    with database.write() as session:
        a_staff(session)
        for which in range(10):
            a_person(session, which)
        campaign = a_campaign(session)
        a_trial(session, campaign, B, split="pilot")
        campaigns.launch(session, campaign, RULES, now=NOW)
        for person_id in versions_of(session, 1):
            storage.people.get(session, person_id).protected = True
    send(database, FakeChannel(), NOW)

    with pytest.raises(BadInput, match="Pilotens dagar är inte över"):
        choose(database, NOW + timedelta(days=6))
    assert choose(database, NOW + WEEK)


def test_what_decides_counts_from_each_ones_own_text_and_is_told_when_all_have_had_their_days(
    database: Database,
) -> None:
    phone = FakeChannel()
    phone.then(number(0), permanent())
    with database.write() as session:
        for which in range(5):
            a_person(session, which)
        campaign = a_campaign(session, per_day=3)
        a_trial(session, campaign, B)
        campaigns.launch(session, campaign, RULES, now=NOW)
    for day in range(2):
        send(database, phone, NOW + timedelta(days=day))

    with database.write() as session:
        campaign = storage.campaigns.get(session, 1)
        drawn = [one for one in storage.trials.drawn(session, 1) if one.sent_at is not None]
        early, late = min(drawn, key=lambda one: one.sent_at or NOW), max(drawn, key=lambda one: one.sent_at or NOW)
        assert early.sent_at is not None
        assert late.sent_at is not None
        for one, when in ((late, late.sent_at + WEEK), (early, early.sent_at + WEEK + timedelta(minutes=1))):
            slot = a_slot(session, NOW + timedelta(days=20, hours=one.person_id))
            a_booking(session, storage.people.get(session, one.person_id), slot, at=when)

        due = late.sent_at + WEEK
        before = campaign_results.report(session, campaign, now=due - timedelta(seconds=1))
        after = campaign_results.report(session, campaign, now=due)
        assert before is not None
        assert after is not None
        assert (before.due, before.is_ready, after.is_ready) == (due, False, True)
        assert frozenset().union(*(group.hits for group in after.versions)) == {late.person_id}
        # Whose text did not leave is in neither group.
        assert sum(len(group.people) for group in after.versions) == 4
        assert [one.difference.verdict for one in after.differences] == ["too_few"]


def test_the_word_check_a_lifted_stop_and_the_test_text_cover_every_version(session: Session) -> None:
    a_person(session)
    staff = a_staff(session)
    staff.phone = number(90)
    campaign = a_campaign(session, answered_by_id=staff.id)
    a_trial(session, campaign, "Hej från aktivitetsansvaret på {enhet}, {kommun}. Ses vi? STOPP=inga fler.")

    def says(sv: str, en: str) -> None:
        campaign_versions.write(session, campaign, Words("B", sv, en))

    def stops() -> list[tuple[str, str]]:
        planned = campaign_plan.plan(session, campaign, RULES, now=NOW)
        found = campaign_check.remarks(session, campaign, planned, now=NOW)
        said = campaign_check.blockers(session, campaign, planned, found, fault="", now=NOW)
        return [(one.version, one.field) for one in said if one.step == "meddelande"]

    # Which language somebody gets is not for the lot to say.
    assert stops() == [("B", "text_en"), ("B", "text")]
    says(campaign_versions.one(session, campaign, "B").sv, campaign.text_en)
    assert stops() == [("B", "text")]
    campaign_check.lift(session, campaign, "Orden är prövade av juristen.", now=NOW, staff_id=staff.id)
    assert stops() == []
    sent = campaigns.send_test(session, campaign, staff, an_office(session), now=NOW)
    assert [text.lang for text in sent] == ["sv", "en", "sv", "en"]
    says(campaign.text_sv, campaign.text_en)
    assert stops() == [("B", "text")], "a version like another is no version"


def test_versions_come_and_go_without_a_gap_and_are_thrown_away_with_the_draft(session: Session) -> None:
    campaign = a_campaign(session, text_sv="Ett", text_en="")
    a_trial(session, campaign, "Två", "Tre")
    with pytest.raises(BadInput):
        campaign_versions.add(session, campaign)

    campaign_versions.remove(session, campaign, "A")

    said = [(words.letter, words.sv) for words in campaign_versions.of(session, campaign)]
    assert said == [("A", "Två"), ("B", "Tre")]
    storage.trials.forget_of_draft(session, campaign.id)
    assert storage.campaigns.forget_draft(session, campaign)


# ------------------------------------------------------------------------- the control group


def test_only_those_who_lose_nothing_can_be_held_back(session: Session) -> None:
    usual, in_turn, turn_later, ringing, soon_twenty = (a_person(session, which) for which in range(5))
    soon_twenty.birth_date = date(2006, 12, 20)
    for person, step, days in ((in_turn, "sms", 6), (turn_later, "sms", 9), (ringing, "ring", 0)):
        at = NOW + timedelta(days=days)
        place = LadderPlace(person_id=person.id, kind=step, position=1, began_at=NOW, entered_at=NOW, due_at=at)
        storage.ladders.keep(session, place)
    everybody = [usual, in_turn, turn_later, ringing, soon_twenty]
    plain, asked, pilot, invitation = (
        a_campaign(session, **more) for more in ({}, {}, {}, {"slot_id": a_slot(session, NOW + WEEK).id})
    )
    a_trial(session, asked, control=True)
    a_trial(session, pilot, B, control=True, split="pilot")
    a_trial(session, invitation, control=True)

    def may(campaign: Campaign) -> frozenset[int]:
        return control_group.who_may(session, campaign, everybody, now=NOW)

    assert may(asked) == {usual.id, turn_later.id, ringing.id}
    assert may(plain) == may(pilot) == may(invitation) == frozenset()


def test_a_control_group_gets_nothing_and_is_followed_by_whatever_way_it_is_heard_of(database: Database) -> None:
    """Two hundred are needed for a group that can say anything; one fewer, and nobody is held back."""
    phone = FakeChannel()
    with database.write() as session:
        for which in range(200):
            # More than the numbers that are kept free for fiction: with a digit too many, nobody's.
            a_person(session, 1000 + which)
        known = a_person(session, 50)
        a_talk(session, known, "invited", which=50)
        campaign = a_campaign(session, per_day=150)
        a_trial(session, campaign, control=True, rule="answered")
        last = storage.people.get(session, 200)
        last.protected = True
        assert "control_group" not in campaign_plan.plan(session, campaign, RULES, now=NOW).left_out
        last.protected = False
        campaigns.launch(session, campaign, RULES, now=NOW)
        drawn = storage.trials.drawn(session, campaign.id)
        held = {one.person_id for one in drawn if one.withheld == "control_group"}
        assert (len(held), len(drawn)) == (20, 200)
        assert known.id not in {one.person_id for one in drawn}
    for day in (0, 1, 2):
        send(database, phone, NOW + timedelta(days=day))

    with database.write() as session:
        assert {text.person_id for text in storage.messages.of_campaign(session, 1)} & held == set()
        results = campaigns.results(session, storage.campaigns.get(session, 1))
        assert (results.withheld_reasons["control_group"], results.adds_up) == (20, True)
        one, other, *_ = sorted(held)
        talk = a_talk(session, storage.people.get(session, one), "new", which=1000 + one)
        for conversation_id, when in ((talk.id, timedelta(days=2)), (talk.id, timedelta(days=40))):
            session.add(InboundText(
                channel="sms", provider_id=str(when), sender=talk.address, text="Hej", received_at=NOW + when,
                conversation_id=conversation_id,
            ))  # fmt: skip
        session.add(Attempt(person_id=other, kind="call", result="talked", at=NOW + timedelta(days=2)))
        session.flush()
        campaign = storage.campaigns.get(session, 1)
        report = campaign_results.report(session, campaign, now=NOW + timedelta(days=30))
        assert report is not None
        got, kept = report.control
        assert (len(got.people), len(kept.people), kept.hits) == (180, 20, {one, other})
        assert report.effect is not None
        assert report.effect.difference.verdict == "less"
