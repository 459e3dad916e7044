"""Times laid out from the patterns of staff, as far ahead as they can be booked.

What the patterns want is compared with what there is, every time anew: a time that is wanted and missing is laid out, a
free one that is wanted no longer is taken away, a booked one stays. So nothing is laid out twice, and a change of a
pattern, a day off or a colleague who leaves needs no more than this.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import storage.time_patterns
from outreach import time_patterns
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.meetings import Slot
from storage.time_patterns import TimePattern


@dataclass(slots=True)
class Plan:
    """What is to be laid out and taken away; `unfitting` are booked times that no pattern wants any more."""

    new: list[Slot] = field(default_factory=list)
    gone: list[Slot] = field(default_factory=list)
    unfitting: list[Slot] = field(default_factory=list)


def lay_out(session: Session, now: datetime) -> int:
    """Make the times what the patterns say; returns how many were laid out or taken away."""
    planned = plan(session, now)
    gone = sum(storage.time_patterns.withdraw(session, slot, now=now) for slot in planned.gone)
    return gone + sum(storage.time_patterns.lay(session, slot) for slot in planned.new)


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is anything to lay out or take away. Reads only."""
    planned = plan(session, now)
    return bool(planned.new or planned.gone)


def next_due(session: Session, now: datetime) -> datetime | None:
    """When another day comes within reach: at midnight, where anybody has a pattern."""
    if not storage.time_patterns.standing(session):
        return None
    tomorrow = local_date(now) + timedelta(days=1)
    return datetime.combine(tomorrow, datetime.min.time(), tzinfo=STOCKHOLM).astimezone(now.tzinfo)


def plan(session: Session, now: datetime) -> Plan:
    """What the patterns want, compared with what there is."""
    patterns = storage.time_patterns.standing(session)
    if not patterns and not storage.time_patterns.any_laid(session, now):
        return Plan()
    there = storage.time_patterns.ahead(session, now)
    wanted = {_mark(slot): slot for slot in _wanted(session, patterns, now)}
    found = Plan()
    kept: dict[int, list[Slot]] = defaultdict(list)
    known = set()
    for slot, taken in there:
        fits = slot.pattern_id is None or _is_same(slot, wanted.get(_mark(slot)))
        if slot.called_off_at is not None:
            known.add(_mark(slot))
        elif fits or taken:
            known.add(_mark(slot))
            kept[slot.staff_id or 0].append(slot)
            found.unfitting += [] if fits else [slot]
        else:
            found.gone.append(slot)
    limits = {pattern.id: pattern.most_a_day for pattern in patterns}
    for slot in wanted.values():
        beside = kept[slot.staff_id or 0]
        if _mark(slot) not in known and _has_room(slot, beside, limits[slot.pattern_id or 0]):
            beside.append(slot)
            found.new.append(slot)
    return found


def _mark(slot: Slot) -> tuple[int | None, datetime]:
    return slot.pattern_id, slot.starts_at


def _is_same(slot: Slot, wanted: Slot | None) -> bool:
    return wanted is not None and all(
        getattr(slot, name) == getattr(wanted, name)
        for name in ("ends_at", "place", "title", "office_id", "staff_id", "closes_at")
    )


def _has_room(slot: Slot, beside: Sequence[Slot], most: int) -> bool:
    """Whether the member of staff has nothing else then, and not as much as they want that day."""
    if any(overlaps(slot, other.starts_at, other.ends_at) for other in beside):
        return False
    same_day = [other for other in beside if local_date(other.starts_at) == local_date(slot.starts_at)]
    return not most or len(same_day) < most


def overlaps(slot: Slot, start: datetime, end: datetime) -> bool:
    """Whether a time and a stretch share a moment."""
    return slot.starts_at < end and start < slot.ends_at


def _wanted(session: Session, patterns: Sequence[TimePattern], now: datetime) -> Iterable[Slot]:
    """Every time ahead that the patterns mean, each day's first ones where there is a limit, earliest first."""
    today = local_date(now)
    horizon = max((pattern.latest_days for pattern in patterns), default=0)
    off = storage.time_patterns.days_off(session, today, today + timedelta(days=horizon))
    found: list[Slot] = []
    for day in (today + timedelta(days=ahead) for ahead in range(horizon + 1)):
        absent = {row.staff_id for row in off if row.first <= day <= row.last}
        for staff_id in dict.fromkeys(pattern.staff_id for pattern in patterns):
            if staff_id not in absent:
                found += _of_day([one for one in patterns if one.staff_id == staff_id], day, today)
    return sorted((slot for slot in found if slot.starts_at > now), key=lambda slot: slot.starts_at)


def _of_day(patterns: Sequence[TimePattern], day: date, today: date) -> list[Slot]:
    falling = [
        one
        for one in patterns
        if day <= today + timedelta(days=one.latest_days) and time_patterns.falls_on(one, day)
    ]  # fmt: skip
    slots = sorted(
        (_slot(one, *times) for one in falling for times in time_patterns.times(one, day)),
        key=lambda slot: slot.starts_at,
    )
    limit = min((one.most_a_day for one in falling if one.most_a_day), default=len(slots))
    apart: list[Slot] = []
    for slot in slots:
        if not any(overlaps(slot, other.starts_at, other.ends_at) for other in apart):
            apart.append(slot)
    return apart[:limit]


def _slot(pattern: TimePattern, starts_at: datetime, ends_at: datetime) -> Slot:
    return Slot(
        office_id=pattern.office_id, staff_id=pattern.staff_id, title=pattern.title, place=pattern.place,
        starts_at=starts_at, ends_at=ends_at, closes_at=starts_at - timedelta(hours=pattern.first_after_hours),
        pattern_id=pattern.id,
    )  # fmt: skip
