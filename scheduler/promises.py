"""Promises that fall due: somebody who rests is heard from on the day that was agreed, and an offer nobody took up
becomes a call. Both as tasks for a human (ux §5.3, §5.7).
"""

from datetime import datetime, timedelta

import storage.conversations
import storage.tasks
from storage.conversations import Conversation
from storage.database import Session
from storage.people import Person
from storage.tasks import Task

SILENT_FOR = timedelta(hours=72)


def keep_promises(session: Session, now: datetime) -> int:
    """Make the calls that are due; returns how many."""
    silent = storage.conversations.silent_in(session, ("offered", "time_proposed"), before=now - SILENT_FOR)
    for conversation, person in silent:
        _call(session, conversation, person, "ladder", "har inte valt någon tid", now)
    rested = storage.conversations.rested(session, now)
    for conversation, person in rested:
        person.paused_until = None
        _call(session, conversation, person, "invited", "vi lovade höra av oss nu", now)
    return len(silent) + len(rested)


def _call(
    session: Session, conversation: Conversation, person: Person, state: str, why: str, now: datetime
) -> None:  # fmt: skip
    conversation.state, conversation.state_at = state, now
    storage.conversations.keep(session, conversation)
    task = Task(kind="ring", person_id=person.id, conversation_id=conversation.id, office_id=person.office_id, why=why,
                created_at=now)  # fmt: skip
    storage.tasks.ensure(session, task)
