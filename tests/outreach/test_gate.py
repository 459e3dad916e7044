"""THE gate: its hours and pauses, and what can never happen whatever is known. Every reason against every kind of text
stands in test_gate_matrix.py.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach import gate, quiet_hours
from outreach.gate import STARTED, Facts, Rules, forbidden, judge
from storage.conversations import STATES
from storage.messages import KINDS

TUESDAY = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
RULES = Rules(practice=False)
FINE = Facts(
    kind="campaign", channel="sms", address="+46701740605", birth_date=date(2008, 5, 14), programme_now=True,
    within_age=True, campaign_state="running",
)  # fmt: skip


@pytest.mark.parametrize(
    "known",
    [{"unanswered_90_days": 2}, {"paused_until": TUESDAY - timedelta(days=1)}, {"standing": "confirmed"}],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_reason_holds_nothing_back(kind: str, known: dict[str, object]) -> None:
    assert forbidden(replace(FINE, kind=kind, **known), RULES, TUESDAY) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_whose_time_has_passed_is_never_sent(kind: str) -> None:
    late = replace(FINE, kind=kind, send_before=TUESDAY)

    verdict = judge(late, RULES, TUESDAY)

    # A campaign's text waits for a person; everything else has expired.
    assert verdict.reason == ("cut_by_evening" if kind == "campaign" else "expired")
    assert verdict.until is None


def test_stops_and_crisis_help_leave_at_night() -> None:
    for kind in ("crisis", "stop_confirmation", "reply", "staff"):
        assert judge(replace(FINE, kind=kind, state="invited"), RULES, NIGHT).sends


def test_what_we_start_waits_for_the_next_allowed_hour() -> None:
    verdict = judge(FINE, RULES, SATURDAY)

    assert (verdict.action, verdict.reason) == ("wait", "quiet_hours")
    assert verdict.until == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


def test_a_text_that_would_have_to_wait_beyond_its_time_expires_at_once() -> None:
    planned_for_saturday = replace(FINE, kind="nudge", send_before=SATURDAY + timedelta(hours=11))

    assert judge(planned_for_saturday, RULES, SATURDAY).action == "expire"


def test_a_paused_campaign_and_a_global_pause_wait_without_an_hour() -> None:
    assert judge(replace(FINE, campaign_state="paused"), RULES, TUESDAY).reason == "campaign_paused"
    assert judge(FINE, replace(RULES, global_pause=True), TUESDAY).reason == "global_pause"


def test_a_reminder_keeps_out_of_the_night() -> None:
    verdict = judge(replace(FINE, kind="reminder", state="booked", booked=True), RULES, NIGHT)

    assert verdict.until == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)


def test_the_cap_can_be_turned_off() -> None:
    capped = replace(FINE, unanswered_7_days=4, unanswered_90_days=9)

    assert judge(capped, replace(RULES, frequency_cap=False), TUESDAY).sends


anything = st.builds(
    Facts,
    kind=st.sampled_from(KINDS), channel=st.sampled_from(("sms", "telegram")),
    address=st.sampled_from(("", "+46701740605")), send_before=st.none() | st.just(TUESDAY + timedelta(hours=6)),
    person_known=st.booleans(), protected=st.booleans(), birth_date=st.none() | st.just(date(2008, 5, 14)),
    programme_now=st.booleans(), within_age=st.booleans(), closed=st.booleans(),
    paused_until=st.none() | st.just(TUESDAY + timedelta(days=30)),
    number_kind=st.sampled_from(("", "mobile", "landline", "foreign", "guardian")),
    standing=st.sampled_from(("unverified", "works", "confirmed", "dead", "wrong_person", "other_answers")),
    shared=st.booleans(), stopped=st.booleans(), state=st.sampled_from(STATES), held=st.booleans(),
    booked=st.booleans(), unanswered_7_days=st.integers(0, 3), unanswered_90_days=st.integers(0, 5),
    same_text=st.booleans(), campaign_state=st.sampled_from(("", "running", "paused", "stopped", "done")),
)  # fmt: skip
moments = st.integers(0, 3 * 365 * 24 * 60).map(lambda minutes: TUESDAY + timedelta(minutes=minutes))


@given(anything, moments, st.booleans())
def test_stopped_protected_and_urgent_people_never_get_what_we_start(
    facts: Facts, now: datetime, frequency_cap: bool
) -> None:
    facts = replace(facts, kind="campaign" if facts.kind not in STARTED else facts.kind)

    if facts.stopped or facts.protected or facts.state in ("stopped", "urgent"):
        assert not judge(facts, replace(RULES, frequency_cap=frequency_cap), now).sends


@given(st.sampled_from(STARTED), moments)
def test_nothing_we_start_leaves_outside_the_hours(kind: str, now: datetime) -> None:
    verdict = judge(replace(FINE, kind=kind), RULES, now)

    assert verdict.sends == quiet_hours.is_allowed(now)
    assert verdict.sends or quiet_hours.is_allowed(verdict.until or now)


@given(anything, moments)
def test_whatever_is_held_says_why(facts: Facts, now: datetime) -> None:
    verdict = judge(facts, RULES, now)

    assert verdict.sends == (verdict.reason == "")
    assert verdict.sends or verdict.reason in gate.REASONS


@given(anything, moments)
def test_the_dry_run_and_the_gate_tell_the_same_story(facts: Facts, now: datetime) -> None:
    verdict = judge(replace(facts, send_before=None), RULES, now)
    reason = forbidden(facts, RULES, now)

    assert (verdict.action == "withhold") == bool(reason)
