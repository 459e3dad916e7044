"""What texts may cost: the caps are looked at once a batch, hold what we start, and nothing that answers somebody."""

from datetime import UTC, datetime, timedelta

import pytest
from campaign_town import NOW, RULES, a_campaign, a_person, a_text

import storage.campaigns
import storage.messages
import storage.settings
import storage.spending
from outreach import budget, campaigns, halts, limits
from storage.campaigns import Campaign
from storage.database import Session
from storage.messages import Message

DECEMBER = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def one_krona_a_part(session: Session) -> None:
    """So that kronor and parts are the same number."""
    storage.settings.write(session, limits.PRICE, 100)


def cap(session: Session, kronor: int) -> None:
    storage.settings.write(session, limits.MONTHLY_CAP, kronor)


def sent(session: Session, parts: int = 1, *, at: datetime = NOW, **more: object) -> Message:
    return a_text(session, parts=parts, state="sent", sent_at=at, claimed_at=at, **more)


def left(session: Session, now: datetime = NOW, *, keep: bool = False) -> int | None:
    return budget.purse(session, (), now=now, keep=keep).month


def test_without_a_cap_there_is_no_limit(session: Session) -> None:
    sent(session, 500)

    assert left(session) is None
    assert budget.purse(session, [1], now=NOW) == budget.Purse()


def test_the_month_counts_what_went_what_may_have_and_what_is_under_way(session: Session) -> None:
    cap(session, 100)
    sent(session, 3)
    sent(session, 50, at=NOW - timedelta(days=30))  # last month
    a_text(session, parts=4, state="unknown", claimed_at=NOW)
    a_text(session, parts=5, state="sending", claimed_at=NOW)
    a_text(session, parts=7)
    a_text(session, parts=8, state="failed", claimed_at=NOW)

    assert left(session) == 100 - 3 - 4 - 5


def test_a_month_ends_at_midnight_in_stockholm(session: Session) -> None:
    cap(session, 10)
    sent(session, at=datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    sent(session, at=datetime(2026, 11, 30, 23, 1, tzinfo=UTC))

    assert left(session, DECEMBER) == 9


def test_the_kept_sum_is_as_true_as_counting_everything(session: Session) -> None:
    cap(session, 1000)
    for minute in range(12):
        now = NOW + timedelta(minutes=minute)
        sent(session, 2, at=now - timedelta(seconds=20))
        assert left(session, now, keep=True) == 1000 - 2 * (minute + 1)

    kept = storage.settings.read(session, "spent_this_month")
    assert 0 < kept["parts"] < 24
    assert left(session, NOW, keep=True) == 1000 - 24  # the clock was moved back


def test_reading_keeps_nothing(session: Session) -> None:
    cap(session, 10)

    assert budget.left_this_month(session, now=NOW) == 10
    assert storage.settings.read(session, "spent_this_month") is None


def test_a_purse_is_emptied_as_texts_go_and_the_tighter_cap_decides() -> None:
    purse = budget.Purse(month=5, campaigns={7: 3})

    purse.take(2, 7)
    purse.take(1, None)

    assert (purse.left(7), purse.left(8), purse.left(None)) == (1, 2, 2)


def running(session: Session, **fields: object) -> Campaign:
    for which in range(4):
        a_person(session, which)
    campaign = a_campaign(session, **fields)
    campaigns.launch(session, campaign, RULES, now=NOW)
    return campaign


def test_a_campaign_with_a_cap_counts_its_own_texts(session: Session) -> None:
    campaign = running(session, budget_kr=3)
    texts = storage.messages.of_campaign(session, campaign.id)
    for text in texts[:2]:
        text.state, text.sent_at, text.claimed_at = "sent", NOW, NOW
    session.flush()
    sent(session, 40)

    assert budget.purse(session, [campaign.id], now=NOW).left(campaign.id) == 1


def test_a_campaign_whose_money_is_spent_pauses_and_says_which_cap(session: Session) -> None:
    campaign = running(session, budget_kr=50)

    halts.after_gate(session, {campaign.id: "budget"}, RULES, now=NOW)
    assert campaign.state_why == ("Utskickets kostnadstak på 50 kr är nått. Höj taket och fortsätt, eller avsluta.")

    campaigns.resume(session, campaign, RULES, now=NOW)
    cap(session, 20)
    halts.after_gate(session, {campaign.id: "budget"}, RULES, now=NOW)
    assert campaign.state_why.startswith("Månadens kostnadstak på 20 kr är nått.")
    assert campaigns.results(session, campaign).waiting == 4


def test_a_part_that_costs_nothing_is_not_held_by_money(session: Session) -> None:
    storage.settings.write(session, limits.PRICE, 0)
    cap(session, 1)
    sent(session, 500)

    assert (left(session) or 0) > 1_000_000
