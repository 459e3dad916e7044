"""A youth whose time passes: what comes of itself, who marks what, and what is planned."""

from datetime import UTC, timedelta

from talks import Town, Youth, at

import storage.follow_ups
import storage.meetings
import storage.messages
import storage.people
import storage.staff
import storage.tasks
from outreach import contact, meetings
from storage.database import Session
from storage.follow_ups import FollowUp

# Thursday, Friday afternoon, and then one now and again until next summer.
MEETINGS = (
    "2026-11-26 10:00", "2026-11-26 14:00", "2026-11-27 15:30", "2026-12-30 10:00", "2027-03-03 10:00",
    "2027-06-01 10:00",
)  # fmt: skip


def has_booked(town: Town) -> Youth:
    """Leila, who has been invited and has booked Thursday at 10."""
    leila = town.youth()
    leila.says("ja")
    leila.says("1")
    assert leila.booked == "2026-11-26 10:00"
    return leila


def until(youth: Youth, written: str) -> list[str]:
    """Time goes on until this moment; what comes of itself."""
    youth.town.clock.moment = at(written).astimezone(UTC)
    youth.town.run()
    return youth.hears()


def mark(youth: Youth, *, came: bool) -> list[str]:
    """Samira marks who came to the latest meeting; what comes of it at once."""
    assert youth.person_id is not None
    town = youth.town
    with town.house.database.write() as session:
        staff, person = storage.staff.find(session, town.staff_id), storage.people.get(session, youth.person_id)
        assert staff is not None
        booking = storage.meetings.bookings_of_person(session, person.id)[-1][0]
        contact.attendance(session, booking, person, staff, came=came, now=town.clock.now())
    town.run()
    return youth.hears()


def books(session: Session, youth: Youth, time: str) -> None:
    """Somebody books a time for the person."""
    start, now = at(time), youth.town.clock.now()
    slots = storage.meetings.free_slots(
        session, youth.town.office_id, start, start + timedelta(minutes=1), now=now, for_conversation=None
    )
    assert meetings.book(session, person_id=youth.person_id or 0, slot_id=slots[0].id, now=now) is not None


def texts(youth: Youth, code: str) -> list[tuple[str, str]]:
    """Every text with this code, with what became of it and why."""
    with youth.town.house.database.read() as session:
        rows = storage.messages.of_address(session, youth.channel, youth.address)
    return [(row.state, row.reason) for row in rows if row.text_code == code]


def planned(youth: Youth) -> list[FollowUp]:
    """Leila's follow-ups."""
    with youth.town.house.database.read() as session:
        return list(storage.follow_ups.of_person(session, youth.person_id or 0))


def proposed(youth: Youth) -> list[str]:
    """What she does now, as the service read it, for a human to confirm."""
    with youth.town.house.database.read() as session:
        rows = storage.tasks.outcomes(session, youth.person_id or 0)
    return [row.kind for row in rows if row.confirmed_at is None]
