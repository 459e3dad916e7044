"""What staff change about their own times: patterns, days off, single times; each change is logged and laid out at
once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import storage.audit
import storage.meetings
import storage.time_patterns
from outreach import absence, laying_out, quiet_hours
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Slot
from storage.staff import Staff
from storage.time_patterns import DayOff, TimePattern

LENGTHS = (45, 30, 60)
PAUSES = (0, 5, 10, 15, 30)
FIRST_AFTER = (4, 24, 48)
LATEST = (14, 7)
SICK = "sjuk"
# What stands where the place would, in texts too ("Vi ses på telefon").
BY_WIRE = {"phone": "telefon", "video": "videosamtal"}
LONGEST_PLACE = 60


def save(session: Session, pattern: TimePattern, by: Staff, *, now: datetime) -> None:
    """Keep a new or changed pattern and lay its times out. Raises BadInput for what cannot be meant."""
    _check(pattern)
    is_new = pattern.id is None
    storage.time_patterns.keep(session, pattern)
    laying_out.lay_out(session, now)
    storage.audit.write(session, "times_added" if is_new else "times_changed", now=now, staff_id=by.id,
                        pattern=pattern.code)  # fmt: skip


def _check(pattern: TimePattern) -> None:
    if pattern.ends <= pattern.begins:
        raise BadInput("Sluttiden behöver vara efter starttiden.")
    if (pattern.ends.hour - pattern.begins.hour) * 60 + pattern.ends.minute - pattern.begins.minute < pattern.minutes:
        raise BadInput(f"Ett möte på {pattern.minutes} minuter får inte plats mellan tiderna.")
    if pattern.valid_to is not None and pattern.valid_to < pattern.valid_from:
        raise BadInput("Sista dagen behöver vara samma dag som den första eller senare.")
    check_place(pattern.place)
    if pattern.rhythm == "once" and (feast := quiet_hours.red_day(pattern.valid_from)):
        raise BadInput(f"Den dagen är {feast.casefold()}. Välj en annan dag.")


def check_place(place: str) -> None:
    """Raises BadInput for a place that is missing or too long to stand in a text."""
    if not place.strip():
        raise BadInput("Skriv var ni ses.")
    if len(place) > LONGEST_PLACE:
        raise BadInput(f"Platsen är för lång för ett sms. Skriv högst {LONGEST_PLACE} tecken.")


def end(session: Session, pattern: TimePattern, by: Staff, *, now: datetime) -> None:
    """The pattern lays out nothing more, and its free times go; booked ones stay."""
    if pattern.ended_at is not None:
        raise Conflict("Mönstret är redan borttaget.")
    pattern.ended_at = now
    storage.time_patterns.keep(session, pattern)
    laying_out.lay_out(session, now)
    storage.audit.write(session, "times_ended", now=now, staff_id=by.id, pattern=pattern.code)


def take_off(
    session: Session, staff: Staff, first: date, last: date, why: str, by: Staff, *, now: datetime,
    substitute: Staff | None = None,
) -> DayOff:  # fmt: skip
    """Somebody has no times on these days: free ones go, booked ones stay until somebody decides about them. What is
    routed to them goes to the `substitute`.
    """
    absence.check_substitute(staff.id, substitute)
    if last < first:
        raise BadInput("Sista dagen behöver vara samma dag som den första eller senare.")
    if last < local_date(now):
        raise BadInput("Dagarna har redan varit.")
    row = storage.time_patterns.add_days_off(
        session, DayOff(staff_id=staff.id, first=first, last=last, why=why[:100], made_at=now, made_by_id=by.id)
    )
    for slot, taken in storage.time_patterns.ahead(session, now):
        is_single = slot.pattern_id is None and slot.kind == "meeting" and slot.staff_id == staff.id
        if is_single and not taken and first <= local_date(slot.starts_at) <= last:
            storage.time_patterns.withdraw(session, slot, now=now)
    if substitute is not None:
        absence.name_substitute(session, row, substitute, by, now=now)
    laying_out.lay_out(session, now)
    storage.audit.write(session, "days_off_added", now=now, staff_id=by.id, colleague=staff.code,
                        first=first.isoformat(), last=last.isoformat())  # fmt: skip
    return row


def work_again(session: Session, row: DayOff, by: Staff, *, now: datetime) -> None:
    """The days are working days after all: what the patterns say of them is laid out again."""
    first, last = row.first, row.last
    storage.time_patterns.remove_days_off(session, row)
    laying_out.lay_out(session, now)
    storage.audit.write(session, "days_off_removed", now=now, staff_id=by.id, first=first.isoformat(),
                        last=last.isoformat())  # fmt: skip


def add_single(session: Session, slot: Slot, by: Staff, *, now: datetime) -> Slot:
    """Put up one time. Raises BadInput for one that has been or is on a holiday, Conflict where its member of staff has
    another then.
    """
    if slot.starts_at <= now:
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    if feast := quiet_hours.red_day(local_date(slot.starts_at)):
        raise BadInput(f"Den dagen är {feast.casefold()}. Välj en annan dag.")
    check_place(slot.place)
    for other, _ in storage.time_patterns.ahead(session, now - timedelta(days=1)):
        busy = other.staff_id == slot.staff_id and other.called_off_at is None
        if busy and laying_out.overlaps(other, slot.starts_at, slot.ends_at):
            raise Conflict("Det finns redan en tid då. Välj en annan.")
    kept = storage.meetings.add_slot(session, slot)
    storage.audit.write(session, "time_added", now=now, staff_id=by.id, slot=kept.code)
    return kept


def close(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """Close a free time: one of a pattern is blocked and can be opened again, a single one goes. Raises Conflict when
    it was booked or closed before.
    """
    if not storage.time_patterns.block(session, slot, now=now):
        raise Conflict("Tiden hann bli bokad eller stängd. Läs om sidan.")
    storage.audit.write(session, "time_closed", now=now, staff_id=by.id, slot=slot.code)


def open_again(session: Session, slot: Slot, by: Staff, *, now: datetime) -> None:
    """Open a blocked time. Raises Conflict when it is open, or has been taken off the pattern."""
    if slot.starts_at <= now or slot.pattern_id is None or not storage.time_patterns.unblock(session, slot):
        raise Conflict("Tiden går inte att öppna igen. Läs om sidan.")
    storage.audit.write(session, "time_opened", now=now, staff_id=by.id, slot=slot.code)


def unfitting(session: Session, staff: Staff, now: datetime) -> Sequence[Slot]:
    """Booked times of somebody's that their patterns do not hold any more."""
    return [slot for slot in laying_out.plan(session, now).unfitting if slot.staff_id == staff.id]


def is_off(session: Session, staff: Staff, day: date) -> bool:
    """Whether the day is blocked for somebody."""
    return any(row.staff_id == staff.id for row in storage.time_patterns.days_off(session, day, day))
