"""Days and hours in youths' own words, said on Tuesday 24 November 2026 at 13.05."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversation import understanding
from bot.conversation.day_time import DayTime, read_day_time
from outreach.quiet_hours import STOCKHOLM

REF = datetime(2026, 11, 24, 13, 5, tzinfo=STOCKHOLM)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}" if text[:2] != "20" else text).replace(tzinfo=STOCKHOLM)


POINTS = [
    ("tisdag kl 14", "12-01 14:00"), ("imorn kl 3", "11-25 15:00"), ("i morgon 14", "11-25 14:00"),
    ("halv 3 på fredag?", "11-27 14:30"), ("halv tre", "11-24 14:30"), ("kvart i fyra", "11-24 15:45"),
    ("vid tretiden", "11-24 15:00"), ("tors halv ett", "11-26 12:30"), ("kvart över 2 på onsdag", "11-25 14:15"),
    ("fem över halv tre", "11-24 14:35"), ("tio i tre", "11-24 14:50"), ("25/11 kl 9", "11-25 09:00"),
    ("30 nov kl. 14", "11-30 14:00"), ("den 30:e november halv 2", "11-30 13:30"), ("3e dec 10.30", "12-03 10:30"),
    ("tors 15", "11-26 15:00"), ("torsdag klockan tre", "11-26 15:00"), ("14 på tisdag", "12-01 14:00"),
    ("10.30 på måndag", "11-30 10:30"), ("1430 på onsdag", "11-25 14:30"), ("ons kl åtta på kvällen", "11-25 20:00"),
    ("9 på morgonen imorgon", "11-25 09:00"), ("7 på morgonen på torsdag", "11-26 07:00"), ("kl 19", "11-24 19:00"),
    ("kl 9", "11-25 09:00"), ("den tjugofemte klockan två", "11-25 14:00"), ("2026-12-01 14:00", "12-01 14:00"),
    ("1/12 13.30", "12-01 13:30"), ("imorgon eftermiddag kl 2", "11-25 14:00"), ("onsdag typ 2", "11-25 14:00"),
    ("v 49 tisdag kl 11", "12-01 11:00"), ("tisdag nästa vecka 14.00", "12-01 14:00"), ("24.11 kl 15", "11-24 15:00"),
    ("tisd 14", "12-01 14:00"), ("onsdg 14", "11-25 14:00"), ("fredga 10", "11-27 10:00"), ("lordag 12", "11-28 12:00"),
    ("i övermorgon kl 11", "11-26 11:00"), ("kan inte fredag men torsdag kl 10", "11-26 10:00"),
    ("10 eller 11 på onsdag", "11-25 10:00"), ("om en timme", "11-24 14:05"), ("om en kvart", "11-24 13:20"),
    ("om 20 min", "11-24 13:25"), ("om en halvtimme", "11-24 13:35"),
    # English
    ("monday at 10", "11-30 10:00"), ("at 3 tomorrow", "11-25 15:00"), ("3pm", "11-24 15:00"),
    ("friday 10am", "11-27 10:00"),
    ("half past two", "11-24 14:30"), ("quarter to 4 on friday", "11-27 15:45"), ("dec 3rd at 11", "12-03 11:00"),
    ("tomorrow at noon 12.00", "11-25 12:00"), ("in an hour", "11-24 14:05"), ("wed at 2:30", "11-25 14:30"),
]  # fmt: skip

STRETCHES = [
    ("ons em", "11-25 13:00", "11-25 16:00"), ("imorgon förmiddag", "11-25 09:00", "11-25 12:00"),
    ("lunch på torsdag", "11-26 11:30", "11-26 13:00"), ("fm", "11-25 09:00", "11-25 12:00"),
    ("efter lunch imorgon", "11-25 13:00", "11-25 16:00"), ("efter 15", "11-24 15:00", "11-25 00:00"),
    ("torsdag efter 15", "11-26 15:00", "11-27 00:00"), ("mellan 10 och 12", "11-25 10:00", "11-25 12:00"),
    ("fre 10-12", "11-27 10:00", "11-27 12:00"), ("mellan 2 och 4 på torsdag", "11-26 14:00", "11-26 16:00"),
    ("innan 12 på onsdag", "11-25 00:00", "11-25 12:00"), ("helst kväll", "11-24 17:00", "11-24 21:00"),
    ("ikväll", "11-24 17:00", "11-24 21:00"), ("måndag morgon", "11-30 08:00", "11-30 10:00"),
    ("kan bara efter jobbet, slutar 17", "11-24 17:00", "11-25 00:00"), ("jag slutar 15", "11-24 15:00", "11-25 00:00"),
    ("jobbar till 5", "11-24 17:00", "11-25 00:00"), ("efter 10 men innan 14 imorgon", "11-25 10:00", "11-25 14:00"),
    ("på tis", "12-01 00:00", "12-02 00:00"), ("imorrn", "11-25 00:00", "11-26 00:00"),
    ("i övermorgon", "11-26 00:00", "11-27 00:00"), ("nästa tis", "12-01 00:00", "12-02 00:00"),
    ("24/11", "11-24 13:05", "11-25 00:00"), ("den 24:e", "11-24 13:05", "11-25 00:00"),
    ("idag", "11-24 13:05", "11-25 00:00"), ("3e dec", "12-03 00:00", "12-04 00:00"),
    ("den 1a", "12-01 00:00", "12-02 00:00"), ("v 48", "11-24 13:05", "11-30 00:00"),
    ("v 49", "11-30 00:00", "12-07 00:00"), ("vecka 50 funkar", "12-07 00:00", "12-14 00:00"),
    ("nästa vecka", "11-30 00:00", "12-07 00:00"), ("nästa vecka på fredag", "12-04 00:00", "12-05 00:00"),
    ("onsdag v 50", "12-09 00:00", "12-10 00:00"), ("slutet av veckan", "11-26 00:00", "11-28 00:00"),
    ("i början av nästa vecka", "11-30 00:00", "12-02 00:00"), ("i helgen", "11-28 00:00", "11-30 00:00"),
    ("om 3 dagar", "11-27 00:00", "11-28 00:00"), ("om två veckor", "12-08 00:00", "12-15 00:00"),
    ("nästa månad", "12-01 00:00", "2027-01-01 00:00"), ("i januari", "2027-01-01 00:00", "2027-02-01 00:00"),
    ("om en månad", "12-24 00:00", "12-31 00:00"), ("15/1", "2027-01-15 00:00", "2027-01-16 00:00"),
    ("efter jul", "12-27 00:00", "2027-01-10 00:00"), ("kan inte fredag men torsdag går", "11-26 00:00", "11-27 00:00"),
    ("inte förrän torsdag", "11-26 00:00", "11-27 00:00"),
    # English
    ("tomorrow afternoon", "11-25 13:00", "11-25 16:00"), ("between 1 and 3 on thursday", "11-26 13:00", "11-26 15:00"),
    ("next monday", "11-30 00:00", "12-01 00:00"), ("the 30th", "11-30 00:00", "12-01 00:00"),
    ("in two weeks", "12-08 00:00", "12-15 00:00"), ("next week", "11-30 00:00", "12-07 00:00"),
    ("after 4pm", "11-24 16:00", "11-25 00:00"), ("monday morning", "11-30 08:00", "11-30 10:00"),
]  # fmt: skip

ASKED = [
    ("nästa onsdag", "which_week"), ("nästa torsdag efter 15", "which_week"), ("next friday at 2pm", "which_week"),
    ("nästa helg", "which_week"), ("23/11", "past"), ("idag kl 9", "past"), ("v 47", "past"), ("24 oktober", "past"),
    ("30/2", "no_such_date"), ("den 31 november", "no_such_date"), ("v 60", "no_such_date"), ("tis 25/11", "mismatch"),
    ("inte fredag", "which_day"), ("fredag går inte", "which_day"), ("inte på morgonen", "which_day"),
]  # fmt: skip

NO_TIME = [
    "i tisdags", "förra fredagen", "igår", "för en vecka sen", "jag är 17", "ja", "67", "2", "jag är 17 år",
    "en man ringde", "sat on the bus", "det kostar 50 kr", "ringde för tio minuter sen", "24/7", "3 personer",
]  # fmt: skip


def read(text: str, *, ref: datetime = REF, options: tuple[datetime, ...] = ()) -> DayTime | None:
    """As a text really is read: with its slips mended first."""
    return read_day_time(understanding._reader().read(text).text, ref=ref, options=options)


@pytest.mark.parametrize(("text", "moment"), POINTS)
def test_a_clock_time(text, moment):
    found = read(text)

    assert (found.start, found.end, found.ask) == (at(moment), at(moment), None)


@pytest.mark.parametrize(("text", "start", "end"), STRETCHES)
def test_a_stretch_of_time(text, start, end):
    found = read(text)

    assert (found.start, found.end, found.ask) == (at(start), at(end), None)


@pytest.mark.parametrize(("text", "ask"), ASKED)
def test_what_is_unclear_is_asked_about_and_never_guessed(text, ask):
    found = read(text)

    assert (found.start, found.end, found.ask) == (None, None, ask)


@pytest.mark.parametrize("text", NO_TIME)
def test_what_is_no_time(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "any_day"), [("efter 15", True), ("halv tre", True), ("ons em", False), ("v 49", False)]
)
def test_an_hour_without_a_day_is_known_as_such(text, any_day):
    assert read(text).any_day is any_day


def test_a_span_is_told_from_a_day():
    assert read("onsdag").is_day
    assert not read("v 49").is_day
    assert read("onsdag kl 10").has_clock
    assert not read("onsdag em").has_clock


# --------------------------------------------------------------------------- offered times


OFFERED = (at("12-02 10:00"), at("12-03 14:00"), at("12-07 13:00"))


@pytest.mark.parametrize(
    ("text", "start"),
    [("onsdag", "12-02 00:00"), ("nästa onsdag", "12-02 00:00"), ("torsdagen", "12-03 00:00"), ("kl 14", "12-03 14:00"),
     ("efter 13.30", "12-03 14:00"), ("fredag", "11-27 00:00")],
)  # fmt: skip
def test_what_was_offered_settles_which_day_is_meant(text, start):
    assert read(text, options=OFFERED).start == at(start)


# ------------------------------------------------------------------- clock changes, zones


def test_a_wall_clock_time_is_right_on_both_sides_of_a_clock_change():
    spring, autumn = datetime(2026, 3, 27, 12, tzinfo=STOCKHOLM), datetime(2026, 10, 23, 12, tzinfo=STOCKHOLM)

    assert read("måndag kl 10", ref=spring).start.astimezone(UTC) == datetime(2026, 3, 30, 8, tzinfo=UTC)
    assert read("måndag kl 10", ref=autumn).start.astimezone(UTC) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_an_hour_ahead_is_an_hour_when_the_clocks_change():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02.30, half an hour before the clocks go back

    assert read("om en timme", ref=before).start.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_reference_may_be_in_utc():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already Wednesday in Stockholm

    assert read("imorgon kl 10", ref=late).start == at("11-26 10:00")


# --------------------------------------------------------------------- from every weekday


@pytest.mark.parametrize("day", range(23, 30))
def test_nasta_tisdag_is_in_the_next_iso_week_or_asked_about(day):
    ref = datetime(2026, 11, day, 9, tzinfo=STOCKHOLM)

    found = read("nästa tisdag", ref=ref)

    if ref.weekday() < 1:
        assert found.ask == "which_week"
    else:
        assert found.start == at("12-01 00:00")


def test_a_year_ends():
    ref = datetime(2026, 12, 30, 9, tzinfo=STOCKHOLM)

    assert read("lördag kl 10", ref=ref).start == at("2027-01-02 10:00")
    assert read("3/1", ref=ref).start == at("2027-01-03 00:00")
    assert read("v 1", ref=ref).start == at("2027-01-04 00:00")


WORDINGS = [text for text, *_ in (*POINTS, *STRETCHES, *ASKED)]


@given(
    text=st.lists(st.sampled_from(WORDINGS), min_size=1, max_size=3).map(" ".join),
    ref=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 12, 31)),  # noqa: DTZ001
)
@settings(deadline=None)
def test_a_stretch_is_never_past_and_never_backwards(text, ref):
    moment = ref.replace(tzinfo=UTC, second=0, microsecond=0)

    found = read(text, ref=moment)

    if found is not None and found.start is not None:
        assert moment <= found.start <= found.end
    else:
        assert found is None or found.ask
