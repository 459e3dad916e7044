"""Days and hours as staff type them (ux §1.2)."""

from datetime import UTC, date, datetime, time

import pytest

from bot.console.typed_times import moment, read_clock, read_day
from outreach.errors import BadInput

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-11-24", "2026-11-24"),
        ("24/11", "2026-11-24"),
        ("24.11", "2026-11-24"),
        ("24.11.2026", "2026-11-24"),
        ("24/11 2027", "2027-11-24"),
        ("24 nov", "2026-11-24"),
        ("den 24 november", "2026-11-24"),
        ("24 NOV. 2026", "2026-11-24"),
        ("3:e dec", "2026-12-03"),
        ("3 jan", "2027-01-03"),  # the next one that comes
        ("tis v 48", "2026-11-24"),
        ("fre v. 48", "2026-11-27"),
        ("v 49", "2026-11-30"),
        ("mån v 2", "2027-01-11"),
        ("i dag", "2026-11-24"),
        ("imorgon", "2026-11-25"),
        ("fredag", "2026-11-27"),
        ("tis", "2026-11-24"),
        ("mån", "2026-11-30"),
    ],
)
def test_a_day_is_read(written: str, day: str) -> None:
    assert read_day(written, TUESDAY).isoformat() == day


@pytest.mark.parametrize(
    "written", ["", "snart", "31/2", "24 xyz", "2026-13-01", "v 60", "xx v 48", "99", "9999-12-31", "1/1 0001"]
)
def test_what_is_no_day_is_said_in_plain_words(written: str) -> None:
    with pytest.raises(BadInput, match="Vi förstår inte dagen"):
        read_day(written, TUESDAY)


@pytest.mark.parametrize(
    ("written", "clock"),
    [("13.00", time(13)), ("13:30", time(13, 30)), ("kl. 9", time(9)), ("9.05", time(9, 5)), ("1345", time(13, 45))],
)
def test_an_hour_is_read(written: str, clock: time) -> None:
    assert read_clock(written) == clock


@pytest.mark.parametrize("written", ["", "25.00", "13.60", "lunch"])
def test_what_is_no_hour_is_said_in_plain_words(written: str) -> None:
    with pytest.raises(BadInput, match="Vi förstår inte tiden"):
        read_clock(written)


def test_the_wall_clock_holds_on_both_sides_of_the_clock_change() -> None:
    assert moment(date(2026, 3, 27), time(13)) == datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert moment(date(2026, 3, 30), time(13)) == datetime(2026, 3, 30, 11, tzinfo=UTC)
