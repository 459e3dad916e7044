"""The practice clock: moving it runs everything that comes due on the way, in order. And how a length or a moment is
written.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import anyio.to_thread

import storage.staff
from outreach.errors import BadInput
from scheduler.clock import MovableClock
from scheduler.jobs import Job, next_due, run_until_idle
from storage.database import Database
from storage.local_time import STOCKHOLM, local_date

# The service may be this late in daily use (one tick), so stops on the way need not lie closer.
TICK = timedelta(seconds=5)
# Something that is due but does not move (a job that fails) must not hold time still.
PATIENCE = timedelta(hours=1)

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LENGTH = re.compile(r"\+?\s*(\d{1,4})\s*([mhdw])")
_MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_CLOCK = r"(?:kl\.?\s*)?(?P<hour>\d{1,2})[.:](?P<minute>\d{2})"
_SHAPES = tuple(
    re.compile(day + r"[,\s]+" + _CLOCK)
    for day in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})/(?P<month>\d{1,2})(?:[-/ ](?P<year>\d{4}))?",
        r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})",
        r"(?P<day>\d{1,2})\s+(?P<name>[a-z]{3})[a-z]*\.?(?:\s+(?P<year>\d{4}))?",
    )
)
_UNREADABLE = "Tiden går inte att läsa. Skriv till exempel 2026-11-24 09.00 eller 24/11 9.00."


async def travel(clock: MovableClock, database: Database, jobs: Sequence[Job], to: datetime) -> int:
    """Move the clock to a moment; returns how much was dealt with on the way. Moving backwards only sets it.

    1. run what is due now, 2. step to the next thing that falls due, run it, and so on, 3. arrive, and run once more.
    Whoever is signed in stays signed in: for them no time has passed.
    """
    reached = clock.now()
    await anyio.to_thread.run_sync(_carry_sessions, database, to - reached)
    dealt_with = await run_until_idle(jobs) if to > reached else 0
    gap = TICK
    while (stop := await anyio.to_thread.run_sync(_next_stop, clock, database, reached + gap)) and stop < to:
        await anyio.to_thread.run_sync(clock.set, stop)
        done = await run_until_idle(jobs)
        reached, gap, dealt_with = stop, TICK if done else PATIENCE, dealt_with + done
    await anyio.to_thread.run_sync(clock.set, to)
    return dealt_with + (await run_until_idle(jobs) if to > reached else 0)


def _next_stop(clock: MovableClock, database: Database, soonest: datetime) -> datetime | None:
    with database.read() as session:
        due = next_due(session, clock.now())
    return max(due, soonest, clock.now()) if due is not None else None


def _carry_sessions(database: Database, moved: timedelta) -> None:
    with database.write() as session:
        storage.staff.carry_sessions(session, moved)


def parse_length(text: str) -> timedelta:
    """30m, 1h, 1d or 2w. Raises BadInput."""
    read = _LENGTH.fullmatch(text.strip().casefold())
    if read is None:
        raise BadInput("Längden går inte att läsa. Skriv till exempel 30m, 1h, 1d eller 2w.")
    return timedelta(**{_UNITS[read[2]]: int(read[1])})


def parse_moment(text: str, now: datetime) -> datetime:
    """2026-11-24T09:00, 2026-11-24 09.00, 24/11 9.00 or 24 nov 9.00, aware UTC; Stockholm when no offset is written.

    A day without a year is the next one, or one that has just been. Raises BadInput.
    """
    written = " ".join(text.split())
    try:
        moment = _iso(written) or _swedish(written.casefold(), local_date(now))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInput(_UNREADABLE) from error


def _iso(written: str) -> datetime | None:
    # A bare date is no moment: somebody who forgot the hour would otherwise land at midnight.
    if not re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", written):
        return None
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=STOCKHOLM)


def _swedish(written: str, today: date) -> datetime:
    read = next((found for shape in _SHAPES if (found := shape.fullmatch(written))), None)
    if read is None:
        raise ValueError(written)
    parts = read.groupdict()
    month = int(parts["month"]) if parts.get("month") else _MONTHS.index(parts["name"]) + 1
    day = _day(int(parts["day"]), month, int(parts["year"]) if parts["year"] else None, today)
    return datetime.combine(day, time(int(parts["hour"]), int(parts["minute"])), tzinfo=STOCKHOLM)


def _day(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(today.year, month, day)
    return this_year if (today - this_year).days < 183 else date(today.year + 1, month, day)
