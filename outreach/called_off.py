"""Meetings that we call off: a member of staff is ill or away, and everybody they were to meet that day is affected."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import storage.audit
import storage.meetings
from outreach import meetings, own_times
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.meetings import OPEN, Booking, Slot
from storage.people import Person
from storage.staff import Staff

Meeting = tuple[Booking, Slot, Person]


def affected(session: Session, staff: Staff, office_ids: Sequence[int], day: date, now: datetime) -> list[Meeting]:
    """The standing bookings with somebody on a day that have not begun, in order."""
    return [one for one in of_day(session, staff, office_ids, day) if one[0].state in OPEN and one[1].starts_at > now]


def of_day(session: Session, staff: Staff, office_ids: Sequence[int], day: date) -> list[Meeting]:
    """Everybody's bookings with somebody on a day, those that we called off too."""
    start = datetime.combine(day, time(), tzinfo=STOCKHOLM)
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=STOCKHOLM)
    found = storage.meetings.bookings_between(session, office_ids, start, end, even_called_off=True)
    return [row for row in found if row[1].staff_id == staff.id and row[1].kind == "meeting"]


def ill_today(
    session: Session, staff: Staff, office_ids: Sequence[int], by: Staff, *, now: datetime
) -> list[Meeting]:  # fmt: skip
    """Block today for somebody who is ill, and call off what is left of the day; returns whom it affects."""
    today = local_date(now)
    if not own_times.is_off(session, staff, today):
        own_times.take_off(session, staff, today, today, own_times.SICK, by, now=now)
    return [row for row in affected(session, staff, office_ids, today, now) if call_off(session, *row[:2], by, now=now)]


def call_off(session: Session, booking: Booking, slot: Slot, by: Staff, *, now: datetime) -> bool:
    """We call off a meeting, and nobody else gets its time; False when it no longer stood."""
    if not meetings.call_off(session, booking, now=now):
        return False
    storage.meetings.call_off(session, slot, now=now)
    storage.audit.write(
        session, "meeting_called_off", now=now, staff_id=by.id, person_id=booking.person_id, booking=booking.code
    )
    return True
