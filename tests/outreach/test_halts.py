"""A campaign that begins badly, meets a fault of ours or the evening, or has spent its money pauses and says why."""

from datetime import UTC, datetime, timedelta

import pytest
from campaign_town import NOW, RULES, a_campaign, a_person, number

import storage.audit
import storage.campaign_queue
import storage.campaigns
import storage.conversations
import storage.messages
from outreach import campaigns, consent, gate, halts
from scheduler import watching
from storage.campaigns import Campaign
from storage.database import Session
from storage.messages import Message

EVENING = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)  # 19.00 in Stockholm: the closing minute is too late
MORNING = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # 10.00 the next day


def launched(session: Session, people: int, **fields: object) -> tuple[Campaign, list[Message]]:
    """A running campaign and its texts in the order they leave."""
    for which in range(people):
        a_person(session, which)
    campaign = a_campaign(session, **fields)
    campaigns.launch(session, campaign, RULES, now=NOW)
    return campaign, list(storage.messages.of_campaign(session, campaign.id))


def leave(session: Session, text: Message, state: str = "sent", *, at: datetime = NOW) -> None:
    """The text is handed over, and this becomes of it."""
    text.claimed_at, text.state = at, "sending"
    if state == "undelivered":
        storage.messages.advance(session, text, "sent", now=at)
    storage.messages.advance(session, text, state, now=at, reason="Numret finns inte.")
    session.flush()


def say_stop(session: Session, text: Message, *, at: datetime = NOW) -> None:
    """The person who got the text wants no more."""
    conversation = session.get_one(storage.conversations.Conversation, text.conversation_id)
    consent.stop(session, conversation, how="text", now=at)


# ------------------------------------------------------------------------- texts that do not arrive


@pytest.mark.parametrize("state", ["failed", "undelivered"])
def test_more_than_a_tenth_of_the_first_thirty_that_fail_pause(session: Session, state: str) -> None:
    campaign, texts = launched(session, 40)
    for text in texts[:26]:
        leave(session, text)
    for text in texts[26:29]:
        leave(session, text, state)
    halts.after_sending(session, [campaign.id], now=NOW)
    assert campaign.state == "running"  # three of thirty are ten per cent, not more

    leave(session, texts[29], state)
    halts.after_sending(session, [campaign.id], now=NOW)

    assert campaign.state == "paused"
    assert campaign.state_why == "Vi pausade. 4 av 30 gick inte fram. Se över numren."


def test_the_fourth_failure_pauses_before_thirty_have_left(session: Session) -> None:
    campaign, texts = launched(session, 10)
    for text in texts[:4]:
        leave(session, text, "failed")

    halts.after_sending(session, [campaign.id], now=NOW)

    assert campaign.state_why.startswith("Vi pausade. 4 av 4 gick inte fram.")


def test_failures_after_the_first_thirty_do_not_pause(session: Session) -> None:
    campaign, texts = launched(session, 45)
    for index, text in enumerate(texts):
        leave(session, text, "failed" if index >= 35 else "sent", at=NOW + timedelta(seconds=index))

    halts.after_sending(session, [campaign.id], now=NOW)

    assert not halts.watch(session, campaign, now=NOW)
    assert campaign.state == "running"


def test_a_campaign_far_beyond_its_beginning_is_not_looked_into(session: Session) -> None:
    campaign, texts = launched(session, 90)
    for text in texts[:4]:
        leave(session, text, "failed")
    storage.campaigns.begin_anew(session, campaign, gone=-97, now=NOW - timedelta(hours=1))

    halts.after_sending(session, [campaign.id], now=NOW)
    assert campaign.state == "running"
    assert watching.watch_campaigns(session, NOW) == 1  # the job still does


def test_receipts_that_come_late_are_seen_by_the_job(session: Session) -> None:
    campaign, texts = launched(session, 40)
    for text in texts[:30]:
        leave(session, text)
    for text in texts[:4]:
        storage.messages.advance(session, text, "undelivered", now=NOW + timedelta(minutes=3))

    assert watching.watch_campaigns(session, NOW + timedelta(minutes=3)) == 1
    assert watching.watch_campaigns(session, NOW + timedelta(minutes=3)) == 0
    assert campaign.state == "paused"


# ------------------------------------------------------------------------- answers that are lost


def lose(session: Session, texts: list[Message], *, why: str = storage.campaign_queue.ANSWER_LOST) -> None:
    """The texts are handed over, one a second, and nobody hears what the provider says."""
    for index, text in enumerate(texts):
        text.claimed_at, text.state = NOW + timedelta(seconds=index), "sending"
        storage.messages.advance(session, text, "unknown", now=NOW, reason=why)
    session.flush()


def test_a_provider_that_says_nothing_more_does_not_get_the_rest(session: Session) -> None:
    campaign, texts = launched(session, 60)
    lose(session, texts[:29])
    halts.after_sending(session, [campaign.id], now=NOW)
    assert campaign.state == "running"

    lose(session, texts[:30])
    halts.after_sending(session, [campaign.id], now=NOW)

    assert campaign.state == "paused"
    assert campaign.state_why == "Vi pausade. Leverantören svarar inte: om de senaste 30 gick fram vet ingen än."
    later = NOW + timedelta(minutes=5)
    campaigns.resume(session, campaign, RULES, now=later)
    halts.after_sending(session, [campaign.id], now=later)
    assert campaign.state == "running"


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_one_answer_among_the_lost_ones_lets_a_campaign_go_on(session: Session, state: str) -> None:
    campaign, texts = launched(session, 60)
    lose(session, texts[:40])
    leave(session, texts[40], state, at=NOW + timedelta(seconds=20))

    halts.after_sending(session, [campaign.id], now=NOW)

    assert campaign.state == "running"


def test_texts_of_a_sender_that_died_say_nothing_about_the_provider(session: Session) -> None:
    campaign, texts = launched(session, 60)
    lose(session, texts[:40], why="sändningen avbröts")

    halts.after_sending(session, [campaign.id], now=NOW)

    assert campaign.state == "running"


# ------------------------------------------------------------------------- stops


def test_more_than_eight_per_cent_stops_among_the_first_fifty_pause(session: Session) -> None:
    campaign, texts = launched(session, 60)
    for text in texts[:50]:
        leave(session, text)
    for text in texts[:4]:
        say_stop(session, text)
    assert watching.watch_campaigns(session, NOW) == 0  # four of fifty are eight per cent, not more

    for text in texts[4:6]:
        say_stop(session, text)
    assert watching.watch_campaigns(session, NOW) == 1

    assert campaign.state_why == "Vi pausade. 6 av 50 har sagt stopp. Se över texten."
    assert "campaign_paused" in {event.action for event in storage.audit.latest(session)}


def test_a_stop_before_the_text_or_beyond_the_fiftieth_does_not_count(session: Session) -> None:
    campaign, texts = launched(session, 60)
    for text in texts[:5]:
        say_stop(session, text, at=NOW - timedelta(minutes=1))
    for index, text in enumerate(texts[:5] + texts[5:60]):
        leave(session, text, at=NOW + timedelta(seconds=index))
    for text in texts[52:58]:
        say_stop(session, text, at=NOW + timedelta(minutes=5))

    assert not halts.watch(session, campaign, now=NOW)


def test_resumed_by_a_person_it_does_not_trip_on_the_same_again(session: Session) -> None:
    campaign, texts = launched(session, 20)
    for text in texts[:5]:
        leave(session, text, "failed")
    halts.watch(session, campaign, now=NOW)
    later = NOW + timedelta(minutes=10)

    campaigns.resume(session, campaign, RULES, now=later)

    assert (campaign.state, campaign.state_why) == ("running", "")
    halts.after_sending(session, [campaign.id], now=later)
    assert not halts.watch(session, campaign, now=later)
    for text in texts[5:9]:
        leave(session, text, "failed", at=later)
    halts.after_sending(session, [campaign.id], now=later)
    assert campaign.state_why.startswith("Vi pausade. 4 av 4")


# ------------------------------------------------------------------------- a fault of ours


def test_a_fault_of_ours_at_the_provider_pauses_at_once_and_is_told(session: Session) -> None:
    campaign, texts = launched(session, 3)
    texts[0].reason = "Kontot hos leverantören är spärrat."

    assert halts.operator_fault(session, texts[0], now=NOW)
    assert not halts.operator_fault(session, texts[1], now=NOW)

    assert campaign.state_why == (
        "Vi pausade. Kontot hos leverantören är spärrat. Be den som sköter er sms-leverantör att se över det."
    )


def test_a_fault_with_a_text_of_no_campaign_pauses_nothing(session: Session) -> None:
    text = storage.messages.add(
        session,
        Message(kind="reply", address=number(0), text="Hej", send_after=NOW, created_at=NOW, state_at=NOW),
    )  # fmt: skip

    assert not halts.operator_fault(session, text, now=NOW)


# ------------------------------------------------------------------------- the evening


def test_what_the_evening_cut_is_asked_about_and_never_sent_by_itself(session: Session) -> None:
    campaign, texts = launched(session, 6)
    leave(session, texts[0])

    assert watching.ask_at_evening(session, RULES, EVENING - timedelta(minutes=1)) == 0
    assert watching.ask_at_evening(session, RULES, EVENING) == 1
    assert watching.ask_at_evening(session, RULES, EVENING) == 0

    assert (campaign.state, campaign.state_why) == ("paused", "Kvällen kom: 5 hann inte skickas.")
    assert campaigns.results(session, campaign).waiting == 5


def test_a_machine_that_was_off_all_night_asks_in_the_morning(session: Session) -> None:
    campaign, _ = launched(session, 3)

    assert watching.ask_at_evening(session, RULES, MORNING) == 1
    assert campaign.state_why == "Kvällen kom: 3 hann inte skickas."


def test_texts_planned_for_later_days_are_not_cut(session: Session) -> None:
    campaign, texts = launched(session, 6, per_day=3)
    for text in texts[:3]:
        leave(session, text)

    assert watching.ask_at_evening(session, RULES, EVENING) == 0
    assert watching.ask_at_evening(session, RULES, MORNING) == 0
    assert campaign.state == "running"


def test_a_person_lets_it_go_on_in_the_morning_by_its_own_pace(session: Session) -> None:
    campaign, texts = launched(session, 6, per_day=3)
    leave(session, texts[0])
    watching.ask_at_evening(session, RULES, EVENING)

    campaigns.resume(session, campaign, RULES, now=EVENING)

    waiting = [text for text in storage.messages.of_campaign(session, campaign.id) if text.state == "queued"]
    for text in waiting:
        session.refresh(text)
    days = sorted(text.send_after for text in waiting)
    assert days == [MORNING] * 3 + [MORNING + timedelta(days=1)] * 2
    assert {text.reason for text in waiting} == {""}
    assert watching.ask_at_evening(session, RULES, MORNING) == 0


def test_or_ends_it_and_everybody_is_accounted_for(session: Session) -> None:
    campaign, texts = launched(session, 6)
    leave(session, texts[0])
    watching.ask_at_evening(session, RULES, EVENING)

    campaigns.stop(session, campaign, now=EVENING)

    results = campaigns.results(session, campaign)
    assert (results.sent, results.withheld, results.waiting, results.adds_up) == (1, 5, 0, True)


def test_the_gate_and_the_campaign_tell_the_same_of_the_evening(session: Session) -> None:
    campaign, texts = launched(session, 2)
    facts = gate.Facts(
        kind="campaign", channel="sms", address=number(0), programme_now=True, within_age=True,
        birth_date=NOW.date().replace(year=2008), campaign_state="running", send_before=texts[0].send_before,
    )  # fmt: skip
    verdict = gate.judge(facts, RULES, EVENING)

    halts.after_gate(session, {campaign.id: verdict.reason}, RULES, now=EVENING)

    assert (verdict.action, verdict.reason, verdict.until) == ("wait", "cut_by_evening", None)
    assert campaign.state_why == "Kvällen kom: 2 hann inte skickas."


# ------------------------------------------------------------------------- pausing


def test_the_seconds_of_regret_outlive_a_pause(session: Session) -> None:
    a_person(session)
    campaign = a_campaign(session)
    campaigns.launch(session, campaign, RULES, now=NOW, regret=timedelta(seconds=60))
    campaigns.pause(session, campaign, why="", now=NOW + timedelta(seconds=5))

    campaigns.resume(session, campaign, RULES, now=NOW + timedelta(seconds=10))

    [text] = storage.messages.of_campaign(session, campaign.id)
    session.refresh(text)
    assert text.send_after == NOW + timedelta(seconds=60)
    assert campaigns.can_be_regretted(campaign, now=NOW + timedelta(seconds=59))


def test_two_people_resume_at_once_and_one_of_them_did(session: Session) -> None:
    campaign, _ = launched(session, 2)
    campaigns.pause(session, campaign, why="", now=NOW)

    done = [campaigns.resume(session, campaign, RULES, now=NOW) for _ in range(2)]

    assert done == [True, False]
    assert [event.action for event in storage.audit.latest(session)].count("campaign_resumed") == 1
