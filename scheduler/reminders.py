"""Reminders of booked meetings: "remind booking B at T" reads what is true when T comes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import storage.conversations
import storage.meetings
from outreach import consent, delivery, meetings
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Booking, Reminder, Slot


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a reminder's sentence is made of."""

    kind: str
    lang: str
    starts_at: datetime
    place: str
    name: str
    now: datetime


class Written(NamedTuple):
    """A reminder in words, and the buttons under it where the channel has any."""

    text: str
    buttons: Sequence[str] = ()


Write = Callable[[Occasion], Written]


def remind_due(session: Session, now: datetime, write: Write) -> int:
    """Queue every reminder whose time has come and whose booking still stands; returns how many were dealt with."""
    due = storage.meetings.reminders_due(session, now)
    for reminder in due:
        storage.meetings.finish_reminder(session, reminder, _remind(session, reminder, now, write), now=now)
    return len(due)


def _remind(session: Session, reminder: Reminder, now: datetime, write: Write) -> str:
    booking = storage.meetings.booking(session, reminder.booking_id)
    slot = storage.meetings.slot(session, booking.slot_id)
    conversation = storage.conversations.of_person(session, booking.person_id)
    reason = _not_needed(session, reminder, booking, slot, conversation, now)
    if reason or conversation is None:
        return reason or "no_conversation"
    occasion = Occasion(
        reminder.kind, conversation.lang, slot.starts_at, slot.place, meetings.who_meets(session, slot), now
    )
    written = write(occasion)
    delivery.queue(
        session, conversation, written.text, kind="reminder", text_code=reminder.kind, send_before=slot.starts_at,
        buttons=written.buttons if conversation.channel != "sms" else (), now=now,
    )  # fmt: skip
    if reminder.kind == "REM-24":
        conversation.context = {"asked": "REM-24", "asked_at": now.isoformat(), "booking": booking.id}
        storage.conversations.keep(session, conversation)
    return "queued"


def _not_needed(
    session: Session, reminder: Reminder, booking: Booking, slot: Slot, conversation: Conversation | None, now: datetime
) -> str:
    if booking.state not in storage.meetings.OPEN or slot.called_off_at is not None:
        return "no_longer_booked"
    if now >= slot.starts_at:
        return "too_late"
    if conversation is None or consent.is_stopped(session, conversation):
        return "stopped"
    recently = (now - booking.state_at).total_seconds() < 3 * 3600
    if reminder.kind == "REM-2" and booking.state == "confirmed" and recently:
        return "just_confirmed"
    return ""
