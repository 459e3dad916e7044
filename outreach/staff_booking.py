"""Booking by staff, at the desk or by telephone: any free time, also nearer than the automatic service books."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.meetings
from outreach import contact, meetings
from outreach.errors import Conflict
from storage.database import Session
from storage.meetings import Booking, Slot
from storage.people import Person
from storage.staff import Staff

# As far ahead as times can be put up by hand.
AHEAD = timedelta(days=120)
NEAREST = 2


class Taken(Conflict):
    """Tiden är redan bokad. Välj en annan."""


def free(session: Session, office_id: int, now: datetime) -> Sequence[Slot]:
    """Every free time of an office ahead, those held softly for somebody's offer too, earliest first."""
    return storage.meetings.free_slots(
        session, office_id, now, now + AHEAD, now=now, for_conversation=None, even_held=True
    )


def nearest(session: Session, slot: Slot, now: datetime) -> list[Slot]:
    """The two free times that begin nearest to one that is taken, in order."""
    others = sorted(free(session, slot.office_id, now), key=lambda other: abs(other.starts_at - slot.starts_at))
    return sorted(others[:NEAREST], key=lambda other: other.starts_at)


def book(session: Session, person: Person, slot: Slot, staff: Staff, *, now: datetime) -> Booking:
    """Book somebody, or move the meeting they have. Raises Taken when the time is gone; nothing has changed then."""
    talk = contact.talk_of(session, person, now)
    standing = storage.meetings.open_booking(session, person.id, after=now)
    if standing is not None:
        booked = meetings.move(session, standing, slot.id, now=now, staff_id=staff.id)
    else:
        booked = meetings.book(
            session, person_id=person.id, slot_id=slot.id, now=now, conversation_id=talk.id, staff_id=staff.id
        )
    if booked is None:
        raise Taken
    contact.stand(session, person, "booked", now)
    return booked
