"""When to ask how it goes: one, three and six months after a first meeting, by day (ux §5.7)."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta

import storage.audit
import storage.follow_ups
from outreach import quiet_hours
from storage.database import Session
from storage.follow_ups import FollowUp
from storage.local_time import STOCKHOLM, local, local_date
from storage.meetings import Booking
from storage.people import Person

MONTHS = {"FU-1": 1, "FU-3": 3, "FU-6": 6}
FIRST_HOUR, LAST_HOUR, CLOSES = time(10), time(16), time(17)


def plan(session: Session, booking: Booking, starts_at: datetime) -> None:
    """Plan the three questions after a first meeting; whoever has them planned already gets no others."""
    if not storage.follow_ups.of_person(session, booking.person_id):
        rows = [
            FollowUp(booking_id=booking.id, person_id=booking.person_id, kind=kind, due_at=due_at(kind, starts_at))
            for kind in MONTHS
        ]
        storage.follow_ups.add_all(session, rows)


def due_at(kind: str, starts_at: datetime) -> datetime:
    """When to ask after a meeting: whole months later, at the meeting's hour moved into 10-16, on a day we write."""
    clock = min(max(local(starts_at).time(), FIRST_HOUR), LAST_HOUR)
    day = _months_later(local_date(starts_at), MONTHS[kind])
    return next_hour(datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(starts_at.tzinfo))


def next_hour(moment: datetime) -> datetime:
    """The moment itself when it is between 10 and 17 on a day we write, else when that comes next."""
    allowed = quiet_hours.next_allowed(moment)
    if local(allowed).time() < CLOSES:
        return allowed
    return quiet_hours.next_allowed(_midnight(local_date(allowed) + timedelta(days=1)))


def closes_at(moment: datetime) -> datetime:
    """When the hours for asking end that day."""
    return datetime.combine(local_date(moment), CLOSES, tzinfo=STOCKHOLM).astimezone(moment.tzinfo)


def midnight_after(moment: datetime) -> datetime:
    """When the day of a moment ends."""
    return _midnight(local_date(moment) + timedelta(days=1)).astimezone(moment.tzinfo)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last: 31 August and a month is 30 September."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def turn_off(session: Session, booking: Booking, person: Person, staff_id: int, *, now: datetime) -> None:
    """Ask nothing more after this meeting; questions that have been asked stand."""
    for row in storage.follow_ups.of_person(session, person.id):
        if row.booking_id == booking.id and row.done_at is None:
            storage.follow_ups.finish(session, row, "turned_off", now=now)
    storage.audit.write(session, "follow_up_off", now=now, staff_id=staff_id, person_id=person.id, booking=booking.code)
