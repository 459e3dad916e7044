"""The switch that pauses all sending: who, when and why; what it holds, and what leaves all the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from builders import a_staff
from campaign_town import NOW, RULES, a_campaign, a_person

import storage.audit
import storage.messages
from outreach import campaigns, gate_facts, global_pause
from storage.database import Session

EVENING = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


def test_it_is_known_who_paused_and_when_and_why(session: Session) -> None:
    karin = a_staff(session, "enhetschef", name="Karin Ek")

    assert global_pause.turn_on(session, why=" Fel  i texten ", now=NOW, staff_id=karin.id)

    assert global_pause.current(session) == global_pause.Pause(NOW, karin.id, "Fel i texten")
    assert gate_facts.rules_now(session, RULES).global_pause
    assert storage.audit.latest(session)[0].action == "global_pause_on"


def test_the_second_press_changes_nothing(session: Session) -> None:
    assert not global_pause.turn_off(session, RULES, now=NOW)
    assert global_pause.turn_on(session, why="Först", now=NOW)
    assert not global_pause.turn_on(session, why="Sedan", now=NOW + timedelta(minutes=1))
    assert global_pause.current(session) == global_pause.Pause(NOW, None, "Först")

    assert global_pause.turn_off(session, RULES, now=NOW + timedelta(minutes=2))
    assert not global_pause.turn_off(session, RULES, now=NOW + timedelta(minutes=2))

    assert not gate_facts.rules_now(session, RULES).global_pause
    assert [event.actor for event in storage.audit.latest(session)] == ["kommandoraden", "kommandoraden"]


def test_running_campaigns_go_on_by_their_pace_and_not_in_a_burst(session: Session) -> None:
    slow = replace(RULES, sms_per_second=1)
    for which in range(5):
        a_person(session, which)
    campaign = a_campaign(session)
    campaigns.launch(session, campaign, slow, now=NOW)
    global_pause.turn_on(session, why="", now=NOW)
    later = NOW + timedelta(minutes=30)

    global_pause.turn_off(session, slow, now=later)

    session.expire_all()
    moments = [text.send_after for text in storage.messages.of_campaign(session, campaign.id)]
    assert moments == [later + timedelta(seconds=index) for index in range(5)]


def test_a_campaign_that_the_pause_kept_into_the_evening_asks(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    campaigns.launch(session, campaign, RULES, now=NOW)
    global_pause.turn_on(session, why="", now=NOW)

    global_pause.turn_off(session, RULES, now=EVENING)

    assert (campaign.state, campaign.state_why) == ("paused", "Kvällen kom: 1 hann inte skickas.")
