"""Meetings in the calendar, and what came of them."""

from datetime import datetime, timedelta

from builders import NOW, a_booking, a_person, a_slot, a_talk
from sqlmodel import select

import storage.meetings
from bot.wiring import House
from storage.database import Session
from storage.meetings import Booking
from storage.messages import Message
from storage.staff import Staff


def a_meeting(session: Session, staff: Staff, at: datetime, name: str = "Leila", mobile: str = "05") -> Booking:
    """A booked time with a person who can be texted."""
    person = a_person(session, name, mobile=mobile)
    a_talk(session, person, address=mobile, state="booked")
    return a_booking(session, person, a_slot(session, at, staff=staff), at=NOW - timedelta(days=2))


def texts(house: House) -> list[Message]:
    """Every text there is, in the order they were queued."""
    with house.database.read() as session:
        return list(session.exec(select(Message).order_by(Message.id)).all())  # type: ignore[arg-type]


def state_of(house: House, booking: Booking) -> str:
    """How the booking stands."""
    with house.database.read() as session:
        return storage.meetings.booking(session, booking.id).state
