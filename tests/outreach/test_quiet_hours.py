"""When we may write first, when the office is open, and what we promise."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.quiet_hours import (
    STOCKHOLM,
    answer_promise,
    is_allowed,
    is_working_day,
    next_allowed,
    red_day,
    working_minutes_between,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-24 13:00", "2026-11-24 13:00"),  # a Tuesday
        ("2026-11-24 10:00", "2026-11-24 10:00"),
        ("2026-11-24 09:59", "2026-11-24 10:00"),
        ("2026-11-24 18:59", "2026-11-24 18:59"),
        ("2026-11-24 19:00", "2026-11-25 10:00"),
        ("2026-11-24 03:00", "2026-11-24 10:00"),
        ("2026-11-27 16:59", "2026-11-27 16:59"),  # a Friday
        ("2026-11-27 17:00", "2026-11-30 10:00"),
        ("2026-11-28 12:00", "2026-11-30 10:00"),
        ("2026-12-23 19:30", "2026-12-28 10:00"),  # julafton, juldagen, a Saturday, a Sunday
        ("2026-12-30 20:00", "2027-01-04 10:00"),  # nyårsafton, nyårsdagen, a weekend
        ("2026-06-19 12:00", "2026-06-22 10:00"),  # midsommarafton
        ("2026-05-14 12:00", "2026-05-15 10:00"),  # Kristi himmelsfärdsdag
        ("2026-03-27 18:00", "2026-03-30 10:00"),  # summer time begins on the 29th
        ("2026-10-23 18:00", "2026-10-26 10:00"),  # and ends on the 25th
    ],
)
def test_next_allowed(moment, allowed):
    assert next_allowed(at(moment)) == at(allowed)
    assert is_allowed(at(moment)) == (moment == allowed)


def test_ten_o_clock_is_ten_o_clock_on_both_sides_of_a_clock_change():
    assert next_allowed(at("2026-03-28 12:00")) == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert next_allowed(at("2026-10-24 12:00")) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_always_allows_christmas_night():
    night = at("2026-12-25 03:00")

    assert next_allowed(night, rule="always") == night
    assert is_allowed(night, rule="always")


def test_the_answer_is_utc_whatever_zone_was_asked_in():
    answer = next_allowed(datetime(2026, 11, 24, 13, tzinfo=STOCKHOLM))

    assert answer.utcoffset() == timedelta(0)
    assert answer == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        next_allowed(datetime(2026, 11, 24, 13))  # noqa: DTZ001


@given(st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2036, 12, 31)))  # noqa: DTZ001
def test_what_is_allowed_is_never_early_never_at_night_and_stays_allowed(moment):
    moment = moment.replace(tzinfo=UTC)

    allowed = next_allowed(moment)

    local = allowed.astimezone(STOCKHOLM)
    assert allowed >= moment
    assert next_allowed(allowed) == allowed
    assert is_working_day(local.date())
    assert 10 <= local.hour < (17 if local.weekday() == 4 else 19)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-12-24", "Julafton"), ("2026-12-31", "Nyårsafton"), ("2026-06-19", "Midsommarafton"),
        ("2026-04-03", "Långfredagen"), ("2026-06-06", "Nationaldagen"), ("2036-12-24", "Julafton"),
        ("2026-11-24", None),
    ],
)  # fmt: skip
def test_red_days(day, name):
    assert red_day(date.fromisoformat(day)) == name


def test_working_days():
    assert is_working_day(date(2026, 11, 24))
    assert not is_working_day(date(2026, 11, 28))
    assert not is_working_day(date(2026, 12, 24))


@pytest.mark.parametrize(
    ("now", "sv", "en"),
    [
        ("2026-11-24 09:00", "i dag före kl. 16.30", "before 16.30 today"),
        ("2026-11-24 06:00", "i dag före kl. 16.30", "before 16.30 today"),
        ("2026-11-24 16:00", "i dag före kl. 16.30", "before 16.30 today"),
        ("2026-11-24 16:01", "senast i morgon kl. 16.00", "by 16.00 tomorrow"),
        ("2026-11-24 23:00", "senast i morgon kl. 16.00", "by 16.00 tomorrow"),
        ("2026-11-27 17:00", "senast måndag kl. 16.00", "by 16.00 on Monday"),
        ("2026-11-28 12:00", "senast måndag kl. 16.00", "by 16.00 on Monday"),
        ("2026-11-29 12:00", "senast i morgon kl. 16.00", "by 16.00 tomorrow"),
        ("2026-12-23 18:00", "senast måndag kl. 16.00", "by 16.00 on Monday"),
    ],
)
def test_the_answer_promise(now, sv, en):
    assert answer_promise(at(now)) == sv
    assert answer_promise(at(now), lang="en") == en


def test_the_promise_follows_the_office():
    short = {0: (time(9), time(12)), 3: (time(9), time(15))}

    assert answer_promise(at("2026-11-23 10:00"), short) == "i dag före kl. 12.00"
    assert answer_promise(at("2026-11-23 13:00"), short) == "senast torsdag kl. 15.00"


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-24 09:00", "2026-11-24 10:30", 90),
        ("2026-11-24 16:00", "2026-11-25 08:30", 60),
        ("2026-11-27 16:00", "2026-11-30 09:00", 90),
        ("2026-11-28 00:00", "2026-11-29 23:00", 0),
        ("2026-12-23 16:00", "2026-12-28 08:10", 40),
        ("2026-11-24 10:00", "2026-11-24 09:00", 0),
        ("2026-10-23 08:00", "2026-10-26 16:30", 1020),
    ],
)
def test_working_minutes(start, end, minutes):
    assert working_minutes_between(at(start), at(end)) == minutes


def test_an_office_that_never_opens_is_refused():
    with pytest.raises(ValueError, match="never opens"):
        answer_promise(at("2026-11-24 09:00"), {})
