"""Times laid out from patterns: rhythms, holidays, changes of the clock, and never anything twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from builders import a_booking, a_person, a_slot, a_staff, an_office
from sqlmodel import select

import storage.time_patterns
from outreach import laying_out, meetings, own_times, time_patterns
from outreach.errors import BadInput, Conflict
from storage.database import Database, Session
from storage.local_time import local
from storage.meetings import Seat, Slot
from storage.staff import Staff
from storage.time_patterns import TimePattern

TUESDAY = 1


def a_pattern(session: Session, staff: Staff, **more: object) -> TimePattern:
    """Tuesdays 10-12, three quarters of an hour each."""
    values = {
        "weekday": TUESDAY, "begins": time(10), "ends": time(12), "minutes": 45, "place": "Ungdomens hus",
        "valid_from": date(2026, 11, 1), "made_at": datetime(2026, 11, 1, tzinfo=UTC), **more,
    }  # fmt: skip
    return TimePattern(staff_id=staff.id, office_id=an_office(session).id, **values)


def saved(session: Session, staff: Staff, now: datetime, **more: object) -> TimePattern:
    pattern = a_pattern(session, staff, **more)
    own_times.save(session, pattern, staff, now=now)
    return pattern


def laid(session: Session) -> list[str]:
    """The times that stand, by the wall clock."""
    slots = session.exec(select(Slot).where(Slot.called_off_at == None).order_by(Slot.starts_at)).all()  # noqa: E711
    return [f"{local(slot.starts_at):%m-%d %H:%M}" for slot in slots]


def days(pattern: TimePattern, first: date, count: int) -> list[date]:
    wanted = (first + timedelta(days=number) for number in range(count))
    return [day for day in wanted if time_patterns.falls_on(pattern, day)]


def test_a_pattern_is_laid_out_as_far_as_it_can_be_booked(session: Session, now: datetime) -> None:
    saved(session, a_staff(session), now)

    # Today's have been; the last day is a fortnight ahead.
    assert laid(session) == ["12-01 10:00", "12-01 10:45", "12-08 10:00", "12-08 10:45"]


def test_every_time_has_one_seat_and_laying_out_again_changes_nothing(session: Session, now: datetime) -> None:
    saved(session, a_staff(session), now)
    before = laid(session)

    assert not laying_out.any_due(session, now)
    assert laying_out.lay_out(session, now) == 0
    assert laid(session) == before
    assert len(session.exec(select(Seat)).all()) == len(before)


def test_two_schedulers_do_not_lay_the_same_time_twice(database: Database, now: datetime) -> None:
    with database.write() as session:
        pattern = storage.time_patterns.keep(session, a_pattern(session, a_staff(session)))
    with database.write() as session:
        planned = laying_out.plan(session, now)
    with database.write() as session:
        assert laying_out.lay_out(session, now) == 4
    with database.write() as session:
        # The other one had looked before the first one wrote.
        assert [storage.time_patterns.lay(session, slot) for slot in planned.new] == [False] * 4
        assert len(session.exec(select(Slot).where(Slot.pattern_id == pattern.id)).all()) == 4


def test_the_horizon_moves_with_the_days(session: Session, now: datetime) -> None:
    saved(session, a_staff(session), now)

    assert laying_out.next_due(session, now) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert laying_out.lay_out(session, now + timedelta(days=7)) == 2
    assert laid(session)[-2:] == ["12-15 10:00", "12-15 10:45"]


def test_public_holidays_and_eves_are_skipped(session: Session) -> None:
    thursdays = a_pattern(session, a_staff(session), weekday=3)

    # Christmas Eve and New Year's Eve 2026 are Thursdays.
    assert days(thursdays, date(2026, 12, 14), 28) == [date(2026, 12, 17), date(2027, 1, 7)]


def test_every_second_week_is_counted_from_the_first_one(session: Session) -> None:
    pattern = a_pattern(session, a_staff(session), rhythm="second_week", valid_from=date(2026, 11, 26))

    # Begun on a Thursday: that week's Tuesday had been.
    assert days(pattern, date(2026, 11, 23), 40) == [date(2026, 12, 8), date(2026, 12, 22)]


@pytest.mark.parametrize(("nth", "expected"), [(2, [date(2026, 12, 8), date(2027, 1, 12)]),
                                               (5, [date(2026, 12, 29), date(2027, 1, 26)])])  # fmt: skip
def test_the_second_or_the_last_such_day_of_a_month(session: Session, nth: int, expected: list[date]) -> None:
    pattern = a_pattern(session, a_staff(session), rhythm="monthly", nth=nth)

    assert days(pattern, date(2026, 12, 1), 61) == expected


@pytest.mark.parametrize(("monday", "utc_hour"), [(date(2026, 10, 19), 8), (date(2026, 10, 26), 9),
                                                  (date(2027, 3, 22), 9), (date(2027, 3, 29), 8)])  # fmt: skip
def test_ten_is_ten_on_the_wall_in_summer_and_in_winter(session: Session, monday: date, utc_hour: int) -> None:
    tuesday = monday + timedelta(days=1)
    first, _ = next(time_patterns.times(a_pattern(session, a_staff(session)), tuesday))

    assert (first.hour, local(first).hour) == (utc_hour, 10)


def test_hours_that_a_change_of_the_clock_skips_are_left_out(session: Session) -> None:
    night = a_pattern(session, a_staff(session), begins=time(1), ends=time(4), minutes=60)

    hours = [local(start).hour for start, _ in time_patterns.times(night, date(2027, 3, 28))]

    assert hours == [1, 3]


def test_a_pause_and_a_limit_are_kept(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    saved(session, staff, now, minutes=30, pause=15, most_a_day=3, latest_days=7)
    saved(session, staff, now, begins=time(13), ends=time(16), minutes=30, latest_days=7)

    # Today had three already.
    assert laid(session) == ["12-01 10:00", "12-01 10:45", "12-01 11:30"]


def test_a_changed_pattern_takes_away_what_is_free_and_leaves_what_is_booked(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    pattern = saved(session, staff, now)
    booked = session.exec(select(Slot).order_by(Slot.starts_at)).first()
    assert booked is not None
    assert meetings.book(session, person_id=a_person(session).id, slot_id=booked.id, now=now) is not None

    pattern.begins, pattern.ends = time(13), time(14)
    own_times.save(session, pattern, staff, now=now)

    assert laid(session) == ["12-01 10:00", "12-01 13:00", "12-08 13:00"]
    assert own_times.unfitting(session, staff, now) == [booked]


def test_a_changed_length_does_not_overlap_a_booked_time(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    pattern = saved(session, staff, now, latest_days=7)
    booked = session.exec(select(Slot).order_by(Slot.starts_at)).first()
    assert booked is not None
    meetings.book(session, person_id=a_person(session).id, slot_id=booked.id, now=now)

    pattern.minutes = 30
    own_times.save(session, pattern, staff, now=now)

    assert laid(session) == ["12-01 10:00", "12-01 11:00", "12-01 11:30"]


def test_a_time_that_is_not_wanted_and_is_cancelled_is_not_offered_again(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    pattern = saved(session, staff, now, latest_days=7)
    booked = session.exec(select(Slot).order_by(Slot.starts_at)).first()
    assert booked is not None
    booking = meetings.book(session, person_id=a_person(session).id, slot_id=booked.id, now=now)
    assert booking is not None
    own_times.end(session, pattern, staff, now=now)
    assert laid(session) == ["12-01 10:00"]

    meetings.cancel(session, booking, now=now)
    laying_out.lay_out(session, now)

    assert laid(session) == []


def test_days_off_are_empty_and_come_back(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    saved(session, staff, now)
    before = laid(session)

    row = own_times.take_off(session, staff, date(2026, 12, 1), date(2026, 12, 1), "", staff, now=now)
    assert laid(session) == ["12-08 10:00", "12-08 10:45"]

    own_times.work_again(session, row, staff, now=now)
    assert laid(session) == before


def test_a_time_closed_by_hand_stays_closed_until_it_is_opened(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    saved(session, staff, now, latest_days=7)
    slot = session.exec(select(Slot).order_by(Slot.starts_at)).first()
    assert slot is not None
    own_times.close(session, slot, staff, now=now)

    laying_out.lay_out(session, now)
    assert laid(session) == ["12-01 10:45"]

    own_times.open_again(session, slot, staff, now=now)
    assert laid(session) == ["12-01 10:00", "12-01 10:45"]


def test_whoever_has_left_has_no_free_times(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    saved(session, staff, now)
    staff.left_at = now
    session.add(staff)

    laying_out.lay_out(session, now)

    assert laid(session) == []


def test_nobody_is_laid_out_over_a_time_they_have_already(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    a_slot(session, datetime(2026, 12, 1, 9, 30, tzinfo=UTC), staff=staff)

    saved(session, staff, now, latest_days=7)

    assert laid(session) == ["12-01 10:30"]


def test_the_automatic_service_keeps_to_the_hours_before(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    saved(session, staff, now, first_after_hours=48)
    office = an_office(session)
    two_days_before = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)

    free = meetings.free(session, office.id, conversation_id=None, now=two_days_before)

    # 10.00 closed at this very moment; 10.45 has three quarters of an hour left.
    assert [f"{local(slot.starts_at):%m-%d %H:%M}" for slot in free] == ["12-01 10:45", "12-08 10:00", "12-08 10:45"]


def test_a_single_time_is_refused_over_another_and_on_a_holiday(session: Session, now: datetime) -> None:
    staff, office = a_staff(session), an_office(session)

    def single(moment: str) -> Slot:
        starts_at = datetime.fromisoformat(moment).astimezone(UTC)
        return Slot(office_id=office.id, staff_id=staff.id, place="Hallen", starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=45))  # fmt: skip

    own_times.add_single(session, single("2026-11-26T10:00+01:00"), staff, now=now)
    with pytest.raises(Conflict, match="redan en tid"):
        own_times.add_single(session, single("2026-11-26T10:30+01:00"), staff, now=now)
    with pytest.raises(BadInput, match="julafton"):
        own_times.add_single(session, single("2026-12-24T10:00+01:00"), staff, now=now)
    with pytest.raises(BadInput, match="redan varit"):
        own_times.add_single(session, single("2026-11-24T10:00+01:00"), staff, now=now)


def test_a_booked_time_cannot_be_closed(session: Session, now: datetime) -> None:
    staff = a_staff(session)
    slot = a_slot(session, now + timedelta(days=2), staff=staff)
    a_booking(session, a_person(session), slot, at=now)

    with pytest.raises(Conflict):
        own_times.close(session, slot, staff, now=now)
