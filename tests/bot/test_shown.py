"""What people read: dates, times, numbers and money in Swedish."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot import shown

NOW = datetime(2026, 11, 24, 13, 2, tzinfo=UTC)  # tisdag, 14.02 i Stockholm


def test_a_date_in_text_names_weekday_and_year() -> None:
    assert shown.date_text(NOW) == "tisdag 24 november 2026"


def test_a_late_evening_in_utc_is_the_next_day_in_stockholm() -> None:
    assert shown.date_table(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == "2026-07-01"


def test_times_have_a_full_stop_and_four_digits_in_tables() -> None:
    morning = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
    assert shown.time_text(NOW) == "14.02"
    assert shown.time_text(morning) == "9.05"
    assert shown.time_text(morning, table=True) == "09.05"


def test_the_week_is_iso_also_across_new_year() -> None:
    assert shown.week(NOW) == "v.\u00a048"
    assert shown.week(date(2027, 1, 1)) == "v.\u00a053"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 24), "i dag"),
        (date(2026, 11, 25), "i morgon"),
        (date(2026, 11, 23), "i går"),
        (date(2026, 11, 27), "på fredag"),
        (date(2026, 11, 30), "på måndag"),
        (date(2026, 12, 1), "1 december"),
        (date(2026, 11, 19), "i torsdags"),
        (date(2026, 11, 17), "17 november"),
        (date(2027, 1, 8), "8 januari 2027"),
    ],
)
def test_near_days_have_names(day: date, words: str) -> None:
    assert shown.relative_day(day, NOW) == words


def test_the_day_is_told_by_the_clock_on_the_wall() -> None:
    just_after_midnight = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    assert shown.relative_day(just_after_midnight, NOW) == "i morgon"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (850, "850"), (1250, "1\u00a0250"), (1_234_567, "1\u00a0234\u00a0567"), (54.3, "54,3"), (-12, "−12")],
)
def test_numbers(value: float, text: str) -> None:
    assert shown.number(value) == text


def test_money_has_two_decimals_and_its_unit() -> None:
    assert shown.money(Decimal("0.52")) == "0,52\u00a0kr"
    assert shown.money(1111.5) == "1\u00a0111,50\u00a0kr"
    assert shown.money(111.28, unit=False) == "111,28"


def test_percent_has_a_space_before_the_sign() -> None:
    assert shown.percent(0.543) == "54,3\u00a0%"
    assert shown.percent(0.5, 0) == "50\u00a0%"


def test_age_changes_on_the_birthday() -> None:
    assert shown.age(date(2008, 11, 24), NOW) == 18
    assert shown.age(date(2008, 11, 25), NOW) == 17
    assert shown.age(date(2008, 2, 29), date(2026, 2, 28)) == 17


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(-1, "0\u00a0min"), (40, "40\u00a0min"), (200, "3\u00a0tim"), (500, "1 arbetsdag"), (990, "2 arbetsdagar")],
)
def test_waiting_is_told_in_working_time(minutes: float, words: str) -> None:
    assert shown.waited(minutes) == words


def test_days_between_counts_calendar_days() -> None:
    assert shown.days_between(NOW, date(2026, 12, 1)) == 7


def test_every_filter_is_named_as_its_function() -> None:
    assert all(getattr(shown, name) is function for name, function in shown.FILTERS.items())
