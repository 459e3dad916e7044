"""The hours of ambassadors (domain S14): noted on the phone, handed in by the month, approved by a coordinator.

Nothing is rewritten: a correction is a row of its own, and what it stands in place of stays to be seen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import storage.ambassadors
import storage.audit
from outreach.errors import BadInput, Conflict
from storage.ambassadors import WorkedHours
from storage.database import Session
from storage.local_time import local, local_date
from storage.meetings import Slot
from storage.staff import Staff

KINDS: Mapping[str, str] = {
    "outreach": "Uppsök ute", "gathering": "Dialogmöte", "training": "Utbildning", "meeting": "Möte",
    "social_media": "Sociala medier",
}  # fmt: skip
BACK = timedelta(days=62)
LONGEST_DAY, LONGEST_WHY = 16 * 60, 200
# An hour to lay out and put away, which a suggestion counts in.
AROUND = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Worked:
    """What is noted: from when to when on the wall clock, or so many minutes where the hours do not matter."""

    on: date
    what: str
    begins: time | None = None
    ends: time | None = None
    minutes: int = 0
    slot_id: int | None = None

    @property
    def length(self) -> int:
        """Minutes; an evening may end after midnight."""
        if self.begins is None or self.ends is None:
            return self.minutes
        between = (self.ends.hour - self.begins.hour) * 60 + self.ends.minute - self.begins.minute
        return between % (24 * 60)


def month_of(day: date) -> tuple[date, date]:
    """The first day of a day's month, and the first of the next."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def suggestion(slot: Slot) -> Worked:
    """What a meeting that one led took, with half an hour before and after it."""
    begins, ends = local(slot.starts_at - AROUND), local(slot.ends_at + AROUND)
    return Worked(begins.date(), "gathering", begins.time(), ends.time(), slot_id=slot.id)


def note(
    session: Session, staff: Staff, office_id: int, worked: Worked, *, now: datetime,
    instead_of: WorkedHours | None = None,
) -> WorkedHours:  # fmt: skip
    """Note hours, or correct a row by standing in its place; 0 minutes in a correction mean that none were worked.
    Raises BadInput for what cannot be, Conflict for a row that is approved or corrected already.
    """
    _check(worked, now, may_be_none=instead_of is not None)
    if instead_of is not None:
        _may_be_corrected(session, instead_of, staff)
    others = [row for row in standing(session, worked.on, worked.on + timedelta(days=1), staff_id=staff.id)
              if instead_of is None or row.id != instead_of.id]  # fmt: skip
    if sum(row.minutes for row in others) + worked.length > LONGEST_DAY:
        raise BadInput("Det blir fler än 16 timmar den dagen. Kontrollera dagen och timmarna.")
    row = WorkedHours(
        staff_id=staff.id, office_id=office_id, on=worked.on, minutes=worked.length, begins=worked.begins,
        ends=worked.ends, what=worked.what, slot_id=worked.slot_id, noted_at=now,
        corrects_id=instead_of.id if instead_of is not None else None,
        # What was handed in stays handed in when it is corrected before anybody has said a word.
        sent_at=now if instead_of is not None and instead_of.sent_at is not None else None,
    )  # fmt: skip
    kept = storage.ambassadors.keep_hours(session, row)
    action = "hours_noted" if instead_of is None else "hours_corrected"
    storage.audit.write(session, action, now=now, staff_id=staff.id, hours=kept.code, minutes=kept.minutes)
    return kept


def _check(worked: Worked, now: datetime, *, may_be_none: bool) -> None:
    if worked.what not in KINDS:
        raise BadInput("Välj vad du gjorde.")
    if not local_date(now) - BACK <= worked.on <= local_date(now):
        raise BadInput("Välj en dag som har varit, högst två månader tillbaka.")
    if (worked.begins is None) != (worked.ends is None):
        raise BadInput("Skriv både från och till, eller bara hur många timmar det var.")
    if not (0 if may_be_none else 1) <= worked.length <= LONGEST_DAY:
        raise BadInput("Skriv från och till, eller hur många timmar, till exempel 2,5.")


def _may_be_corrected(session: Session, row: WorkedHours, staff: Staff) -> None:
    if row.staff_id != staff.id or storage.ambassadors.corrected(session, [row.id]):
        raise Conflict("Raden är redan rättad. Läs om sidan.")
    if row.decision == "approved":
        raise Conflict("Timmarna är godkända. Be den som godkände att skicka tillbaka dem.")


def standing(
    session: Session, since: date, until: date, *, staff_id: int | None = None, office_ids: Sequence[int] | None = None
) -> list[WorkedHours]:
    """What counts from a day to before another: rows that no other stands in place of."""
    rows = storage.ambassadors.hours(session, since, until, staff_id=staff_id, office_ids=office_ids)
    gone = storage.ambassadors.corrected(session, [row.id for row in rows])
    return [row for row in rows if row.id not in gone]


def hand_in(session: Session, staff: Staff, day: date, *, now: datetime) -> int:
    """Hand in what is not handed in of a day's month; returns how many rows. Raises Conflict where there is none."""
    rows = [row for row in standing(session, *month_of(day), staff_id=staff.id) if row.sent_at is None and row.minutes]
    if not rows:
        raise Conflict("Det finns inget nytt att skicka in.")
    for row in rows:
        row.sent_at = now
        storage.ambassadors.keep_hours(session, row)
    storage.audit.write(session, "hours_handed_in", now=now, staff_id=staff.id, rows=len(rows))
    return len(rows)


def decide(
    session: Session, rows: Iterable[WorkedHours], by: Staff, *, approved: bool, why: str = "", now: datetime
) -> None:
    """Approve hours that were handed in, or send them back with a line about why. Raises BadInput without such a line,
    Conflict for hours that were decided on or corrected meanwhile, or are one's own.
    """
    why = " ".join(why.split())[:LONGEST_WHY]
    if not approved and not why:
        raise BadInput("Skriv en rad om vad som behöver ändras.")
    listed = list(rows)
    gone = storage.ambassadors.corrected(session, [row.id for row in listed])
    for row in listed:
        if row.staff_id == by.id:
            raise Conflict("Ingen godkänner sina egna timmar. Be en kollega.")
        if row.id in gone or row.sent_at is None or (row.decision and approved):
            raise Conflict("Timmarna har ändrats eller är redan godkända. Läs om sidan.")
        row.decision, row.decided_at, row.decided_by_id = "approved" if approved else "sent_back", now, by.id
        row.why = "" if approved else why
        storage.ambassadors.keep_hours(session, row)
        storage.audit.write(session, "hours_decided", now=now, staff_id=by.id, hours=row.code, decision=row.decision)


def state(row: WorkedHours, *, corrected: bool) -> str:
    """Where a row stands: corrected, not handed in, handed in, approved, sent back."""
    if corrected:
        return "corrected"
    return row.decision or ("handed_in" if row.sent_at is not None else "noted")


def total(rows: Iterable[WorkedHours]) -> int:
    """Minutes together."""
    return sum(row.minutes for row in rows)
