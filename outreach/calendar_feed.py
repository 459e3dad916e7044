"""A member of staff's own bookings for another calendar: iCalendar (RFC 5545) at a secret address, with no names."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import storage.audit
import storage.calendar_feeds
import storage.staff
from outreach import access
from storage.database import Session
from storage.local_time import local
from storage.meetings import OPEN, Slot
from storage.staff import Staff

BEFORE, AHEAD = timedelta(days=14), timedelta(days=120)
# RFC 5545 §3.1: no line is longer than this many bytes; the rest goes on after a line break and a space.
LONGEST_LINE = 75


def turn_on(session: Session, staff: Staff, *, now: datetime) -> str:
    """Give the feed a new secret, which is shown this once; the one before opens nothing any more."""
    secret = secrets.token_urlsafe(32)
    storage.calendar_feeds.keep(session, staff.id, _mark(session, secret), now=now)
    storage.audit.write(session, "feed_on", now=now, staff_id=staff.id)
    return secret


def turn_off(session: Session, staff: Staff, *, now: datetime) -> None:
    """The address opens nothing any more."""
    feed = storage.calendar_feeds.of_staff(session, staff.id)
    if feed is not None:
        storage.calendar_feeds.remove(session, feed)
        storage.audit.write(session, "feed_off", now=now, staff_id=staff.id)


def is_on(session: Session, staff: Staff) -> bool:
    """Whether the feed has an address."""
    return storage.calendar_feeds.of_staff(session, staff.id) is not None


def read(session: Session, secret: str, *, now: datetime) -> str | None:
    """The feed at this address; None where there is none, or its member of staff does not work here any longer."""
    feed = storage.calendar_feeds.by_mark(session, _mark(session, secret))
    staff = storage.staff.get(session, feed.staff_id) if feed is not None else None
    if staff is None or not access.may_now(session, staff, "inbox", now=now):
        return None
    booked = storage.calendar_feeds.booked(session, staff.id, OPEN, now - BEFORE, now + AHEAD)
    return "".join(f"{folded}\r\n" for line in _lines(booked, now) for folded in _fold(line))


def _mark(session: Session, secret: str) -> str:
    return session.vault.fingerprint("calendar feed", secret)


def _lines(booked: Sequence[Slot], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Brygga//Kalender//SV", "CALSCALE:GREGORIAN")
    yield from ("METHOD:PUBLISH", "X-PUBLISHED-TTL:PT15M")
    for slot in booked:
        yield from _event(slot, now)
    yield "END:VCALENDAR"


def _event(slot: Slot, now: datetime) -> Iterable[str]:
    begins = local(slot.starts_at)
    return (
        "BEGIN:VEVENT", f"UID:{slot.code}@brygga", f"DTSTAMP:{_utc(now)}", f"DTSTART:{_utc(slot.starts_at)}",
        f"DTEND:{_utc(slot.ends_at)}", f"SUMMARY:{_escape(f'Möte {begins.hour}.{begins.minute:02}')}",
        "CLASS:PRIVATE", "END:VEVENT",
    )  # fmt: skip


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> Iterator[str]:
    """The line in parts of at most 75 bytes, never inside a letter; every part but the first begins with a space."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part
