"""A member of staff's own bookings for another calendar: iCalendar (RFC 5545) at a secret address, with no names."""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

import storage.audit
import storage.calendar_feeds
import storage.staff
from outreach import access, icalendar
from storage.database import Session
from storage.local_time import local
from storage.meetings import OPEN, Slot
from storage.staff import Staff

BEFORE, AHEAD = timedelta(days=14), timedelta(days=120)


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
    return icalendar.file(_lines(booked, now))


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
        "BEGIN:VEVENT", f"UID:{slot.code}@brygga", f"DTSTAMP:{icalendar.utc(now)}",
        f"DTSTART:{icalendar.utc(slot.starts_at)}", f"DTEND:{icalendar.utc(slot.ends_at)}",
        f"SUMMARY:Möte {begins.hour}.{begins.minute:02}", "CLASS:PRIVATE", "END:VEVENT",
    )  # fmt: skip
