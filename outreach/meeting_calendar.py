"""A dialog meeting as a calendar file for whoever wants to come (RFC 5545). It says no more than the open page does,
and less where somebody else may look over a shoulder (ux rule 9): a meeting with us, when and where.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from outreach import icalendar
from outreach.gatherings import terms
from storage.database import Session
from storage.local_time import local
from storage.meetings import Slot
from storage.offices import Office

REMIND_BEFORE = timedelta(hours=2)


def of_meeting(session: Session, slot: Slot, office: Office, link: str, *, now: datetime) -> str:
    """The file. A meeting that is off says so, which takes it out of calendars that ask again. `link` leads to the
    meeting's page.
    """
    place = "" if terms(session, slot).place_after_signup else slot.place
    return icalendar.file(_lines(slot, office, place, link, now))


def _lines(slot: Slot, office: Office, place: str, link: str, now: datetime) -> Iterator[str]:
    off = slot.called_off_at is not None
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Brygga//Dialogmöte//SV", "CALSCALE:GREGORIAN")
    yield from ("METHOD:CANCEL" if off else "METHOD:PUBLISH", *icalendar.STOCKHOLM)
    yield from ("BEGIN:VEVENT", f"UID:{slot.short_code}-{slot.id}@brygga", f"DTSTAMP:{icalendar.utc(now)}")
    yield from (f"DTSTART;TZID={icalendar.ZONE}:{_local(slot.starts_at)}",
                f"DTEND;TZID={icalendar.ZONE}:{_local(slot.ends_at)}")  # fmt: skip
    # Later files of the same meeting win over earlier ones.
    yield from (f"SEQUENCE:{int(off)}", f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}", "CLASS:PRIVATE")
    yield f"SUMMARY:{icalendar.text(f'Träff med {office.sender_name}')}"
    if place:
        yield f"LOCATION:{icalendar.text(place)}"
    yield f"URL:{link}"
    if not off:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{icalendar.text('Träff')}")
        yield from (f"TRIGGER:-PT{REMIND_BEFORE // timedelta(hours=1)}H", "END:VALARM")
    yield from ("END:VEVENT", "END:VCALENDAR")


def _local(moment: datetime) -> str:
    return local(moment).strftime("%Y%m%dT%H%M%S")
