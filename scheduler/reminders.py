"""Reminders of booked meetings and of places at dialog meetings: "remind booking B at T" reads what is true when T
comes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import storage.conversations
import storage.inbound
import storage.meetings
import storage.messages
import storage.reminders
import storage.signups
from outreach import consent, delivery, gathering_news, meetings, one_by_one, own_questions
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Booking, Reminder, Slot
from storage.messages import Message
from storage.signups import Signup

# A text that has not been read for this long holds nothing up: reading it has failed.
_READ_WITHIN = timedelta(minutes=5)


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


Write = Callable[[Session, Occasion], Written]


def remind_due(session: Session, now: datetime, write: Write) -> int:
    """Queue every reminder whose time has come and whose booking still stands; returns how many were dealt with.
    Whoever is writing to us is answered first: what they write is no answer to what they have not seen.
    """
    due = storage.reminders.due(session, now)
    return one_by_one.each(session, due, lambda reminder: _deal_with(session, reminder, now, write), job="remind")


def _deal_with(session: Session, reminder: Reminder, now: datetime, write: Write) -> bool:
    if _is_writing(session, reminder, now):
        return False
    storage.reminders.finish(session, reminder, _remind(session, reminder, now, write), now=now)
    return True


def _is_writing(session: Session, reminder: Reminder, now: datetime) -> bool:
    conversation = _talk(session, reminder)
    if conversation is None:
        return False
    unread = storage.inbound.unread_from(session, conversation.channel, conversation.address)
    return any(now - text.received_at < _READ_WITHIN for text in unread)


def _talk(session: Session, reminder: Reminder) -> Conversation | None:
    if reminder.booking_id is not None:
        return storage.conversations.of_person(
            session, storage.meetings.booking(session, reminder.booking_id).person_id
        )
    assert reminder.signup_id is not None
    conversation_id = storage.signups.get(session, reminder.signup_id).conversation_id
    return storage.conversations.get(session, conversation_id) if conversation_id is not None else None


def _remind(session: Session, reminder: Reminder, now: datetime, write: Write) -> str:
    if _is_overtaken(session, reminder, now):
        return "too_late"
    if reminder.signup_id is not None:
        return _remind_of_place(session, reminder, storage.signups.get(session, reminder.signup_id), now, write)
    assert reminder.booking_id is not None
    booking = storage.meetings.booking(session, reminder.booking_id)
    slot = storage.meetings.slot(session, booking.slot_id)
    conversation = storage.conversations.of_person(session, booking.person_id)
    reason = _not_needed(session, reminder, booking, slot, conversation, now)
    if reason or conversation is None:
        return reason or "no_conversation"
    text = _queue(session, reminder, slot, conversation, meetings.who_meets(session, slot), now, write)
    _open(session, text, conversation, {"booking": booking.id}, now)
    return "queued"


def _remind_of_place(session: Session, reminder: Reminder, signup: Signup, now: datetime, write: Write) -> str:
    """Remind of a place at a dialog meeting, by the first name of who leads it."""
    slot = storage.meetings.slot(session, signup.slot_id)
    if signup.state != "signed_up" or slot.called_off_at is not None:
        return "no_longer_booked"
    if now >= slot.starts_at:
        return "too_late"
    if signup.conversation_id is None:
        return "no_conversation"
    conversation = storage.conversations.get(session, signup.conversation_id)
    if reason := _cannot_hear(session, conversation):
        return reason
    text = _queue(session, reminder, slot, conversation, gathering_news.leader(session, slot), now, write)
    _open(session, text, conversation, {"about": signup.id, "slot": slot.id}, now)
    return "queued"


def _is_overtaken(session: Session, reminder: Reminder, now: datetime) -> bool:
    """Whether the moment of the second reminder has come before the first could be sent: one of them is enough."""
    second = storage.reminders.second_at(session, reminder) if reminder.kind == "REM-24" else None
    return second is not None and second <= now


def _cannot_hear(session: Session, conversation: Conversation) -> str:
    """Why nothing would leave: nor is a question opened then that nobody has seen."""
    if consent.is_stopped(session, conversation):
        return "stopped"
    return "crisis" if conversation.state == "urgent" else ""


def _queue(
    session: Session, reminder: Reminder, slot: Slot, conversation: Conversation, name: str, now: datetime, write: Write
) -> Message:
    if reminder.kind == "REM-2":
        # The first one has waited in the queue so long (a pause) that both would come at once.
        storage.messages.take_back(
            session, conversation.id, ("REM-24",), send_before=slot.starts_at, reason="expired", now=now
        )
    written = write(session, Occasion(reminder.kind, conversation.lang, slot.starts_at, slot.place, name, now))
    return delivery.queue(
        session, conversation, written.text, kind="reminder", text_code=reminder.kind, send_before=slot.starts_at,
        buttons=written.buttons if conversation.channel != "sms" else (), now=now,
    )  # fmt: skip


def _open(session: Session, text: Message, conversation: Conversation, about: Mapping[str, int], now: datetime) -> None:
    """REM-24 asks when it has left; REM-2 leaves the open question as it is, but is what was last spoken of."""
    if text.text_code == "REM-24":
        own_questions.ask_when_it_leaves(conversation, text, text.text_code, now=now, **about)
    else:
        kept = {key: value for key, value in conversation.context.items() if key != "about"}
        conversation.context = {**kept, **about}
    storage.conversations.keep(session, conversation)


def _not_needed(
    session: Session, reminder: Reminder, booking: Booking, slot: Slot, conversation: Conversation | None, now: datetime
) -> str:
    if booking.state not in storage.meetings.OPEN or slot.called_off_at is not None:
        return "no_longer_booked"
    if now >= slot.starts_at:
        return "too_late"
    if conversation is None or (reason := _cannot_hear(session, conversation)):
        return "stopped" if conversation is None else reason
    recently = (now - booking.state_at).total_seconds() < 3 * 3600
    if reminder.kind == "REM-2" and booking.state == "confirmed" and recently:
        return "just_confirmed"
    return ""
