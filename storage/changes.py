"""Whether anything a page shows has changed since it was made."""

from sqlalchemy import func
from sqlmodel import col, select

from storage.alerts import Alert
from storage.conversations import Conversation
from storage.corrections import Correction
from storage.database import Session
from storage.imports import ImportRun
from storage.inbound import InboundText
from storage.meetings import Booking
from storage.messages import Message
from storage.people import Person
from storage.settings import Setting
from storage.tasks import Task


def mark(session: Session) -> str:
    """A text that is another one as soon as a message, a talk, a booking, a task, an import or the clock changes."""
    parts = [
        session.exec(select(func.max(Message.state_at), func.max(Message.id))).one(),
        session.exec(select(func.max(InboundText.id), func.max(InboundText.handled_at))).one(),
        session.exec(select(func.max(Conversation.state_at), func.max(Conversation.waiting_since))).one(),
        # Somebody who takes a talk or is done with it leaves no later moment behind, only another count.
        session.exec(select(func.max(Conversation.held_since), func.count(col(Conversation.held_by_id)))).one(),
        session.exec(select(func.count(col(Conversation.waiting_since)))).one(),
        session.exec(select(func.max(Booking.state_at))).one(),
        session.exec(select(func.max(Task.id), func.max(Task.done_at))).one(),
        session.exec(select(func.max(Person.changed_at), func.max(Person.id))).one(),
        session.exec(select(func.max(ImportRun.worked_at), func.sum(ImportRun.saved))).one(),
        session.exec(select(func.max(Alert.id), func.max(Alert.seen_at))).one(),
        session.exec(select(func.count(), func.max(Correction.at)).select_from(Correction)).one(),
        session.exec(select(Setting.value).where(Setting.key == "clock_offset")).first(),
    ]
    return repr([str(part) for part in parts])
