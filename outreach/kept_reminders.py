"""Reminders of what is booked, while a member of staff has the talk: they leave all the same, unless whoever has it
switches them off (ux §4.3).
"""

from collections.abc import Sequence
from datetime import datetime

import storage.audit
import storage.reminders
from outreach import takeover
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Reminder, Slot
from storage.staff import Staff


def of(session: Session, talk: Conversation, *, now: datetime) -> Sequence[tuple[Reminder, Slot]]:
    """Those that are still to leave, each with what it is about, soonest first; switched off ones too."""
    return storage.reminders.ahead(session, talk.person_id, talk.id, now=now)


def are_on(reminders: Sequence[tuple[Reminder, Slot]]) -> bool:
    """Whether any of them will leave."""
    return any(reminder.outcome != storage.reminders.SWITCHED_OFF for reminder, _ in reminders)


def switch(session: Session, talk: Conversation, staff: Staff, *, on: bool, now: datetime) -> None:
    """Let all of them leave, or none. Raises Conflict when one does not have the talk."""
    takeover.needs_to_hold(talk, staff)
    for reminder, _ in of(session, talk, now=now):
        storage.reminders.switch(session, reminder, on=on, now=now)
    storage.audit.write(session, "reminders_on" if on else "reminders_off", now=now, staff_id=staff.id,
                        person_id=talk.person_id, conversation=talk.code)  # fmt: skip
