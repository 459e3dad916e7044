"""The pace belongs to the sender: so many a second, strictly, however many campaigns there are."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from campaign_town import NOW, a_campaign, a_person
from hypothesis import given
from hypothesis import strategies as st

import storage.messages
from outreach import campaigns, pace, quiet_hours
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.database import Session

FIVE_A_SECOND = Rules(practice=False, sms_per_second=5, frequency_cap=False)
START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def spread(count: int, start: datetime = START, **more: object) -> list[datetime]:
    given = {"per_day": 0, "per_second": 30, "rule": "office", **more}
    return list(pace.spread(count, start, **given))


def busiest_second(moments: list[datetime]) -> int:
    """The most moments in any second, wherever it begins."""
    ordered = sorted(moments)
    return max(
        sum(begins <= moment < begins + timedelta(seconds=1) for moment in ordered[first : first + 200])
        for first, begins in enumerate(ordered)
    )


def test_thirty_a_second_are_thirty_and_never_more() -> None:
    moments = spread(900)

    assert busiest_second(moments) == 30
    rate = (len(moments) - 1) / (moments[-1] - moments[0]).total_seconds()
    assert 0.97 * 30 <= rate <= 30.001


@given(
    st.sampled_from([0.5, 1, 3, 7, 30, 100]), st.integers(0, 999_999),
    st.lists(st.integers(1, 60), min_size=1, max_size=4),
)  # fmt: skip
def test_the_pace_holds_however_many_campaigns_there_are(per_second: float, late: int, sizes: list[int]) -> None:
    taken: list[datetime] = []
    for index, size in enumerate(sizes):
        start = START + timedelta(seconds=index, microseconds=late)
        taken += spread(size, start, per_second=per_second, taken=taken)

    assert len(taken) == len(set(taken)) == sum(sizes)
    assert busiest_second(taken) <= max(per_second, 1)


def test_a_second_campaign_takes_the_slots_the_first_has_left() -> None:
    first = spread(3, per_second=1, per_day=2)
    second = spread(3, per_second=1, taken=first)

    assert second[0] == first[1] + timedelta(seconds=1)
    assert not set(first) & set(second)


def test_what_has_gone_today_counts_against_the_day() -> None:
    moments = spread(4, per_day=3, per_second=0, today=2)

    assert [moment.day for moment in moments] == [24, 25, 25, 25]


def test_the_day_before_does_not_count_against_the_morning_after() -> None:
    evening = datetime(2026, 11, 24, 19, 0, tzinfo=UTC)

    assert [moment.day for moment in spread(3, evening, per_day=2, per_second=0, today=2)] == [25, 25, 26]


@given(st.integers(0, 60 * 24 * 14), st.integers(0, 5), st.sampled_from([0, 1 / 60, 2]))
def test_every_moment_is_allowed_and_no_day_holds_too_many(minutes: int, per_day: int, per_second: float) -> None:
    moments = spread(12, START + timedelta(minutes=minutes), per_day=per_day, per_second=per_second)

    assert all(quiet_hours.is_allowed(moment) for moment in moments)
    assert moments == sorted(moments)
    assert not per_day or max(Counter(moment.date() for moment in moments).values()) <= per_day


@pytest.mark.parametrize(("rule", "hours"), [("office", 11), ("always", 24)])
def test_a_text_is_stale_when_its_day_is_over(rule: quiet_hours.Rule, hours: int) -> None:
    assert pace.stale_after(START, rule=rule) == START + timedelta(hours=hours)


# ------------------------------------------------------------------------- in the queue


def launch(session: Session, people: int, **fields: object) -> Campaign:
    campaign = a_campaign(session, **fields)
    campaigns.launch(session, campaign, FIVE_A_SECOND, now=NOW)
    return campaign


def planned(session: Session, *several: Campaign) -> list[datetime]:
    return [text.send_after for one in several for text in storage.messages.of_campaign(session, one.id)]


def test_two_campaigns_on_one_sender_keep_its_pace_together(session: Session) -> None:
    for which in range(20):
        a_person(session, which)
    both = launch(session, 20), launch(session, 20, code="NUDGE", name="Påminnelse")

    moments = planned(session, *both)

    assert len(set(moments)) == len(moments) == 40
    assert busiest_second(moments) == 5


def test_a_resumed_campaign_is_planned_around_the_others(session: Session) -> None:
    for which in range(15):
        a_person(session, which)
    first, second = launch(session, 15), launch(session, 15, code="NUDGE", name="Påminnelse")
    campaigns.pause(session, first, why="", now=NOW)

    campaigns.resume(session, first, FIVE_A_SECOND, now=NOW + timedelta(seconds=1))

    session.expire_all()
    moments = planned(session, first, second)
    assert len(set(moments)) == len(moments) == 30
    assert busiest_second(moments) == 5
    assert min(planned(session, first)) >= NOW + timedelta(seconds=1)
