"""The acute state: nothing automatic leaves, the one on duty is told, and only people move somebody out (ux §5.3)."""

from datetime import datetime

import storage.audit
import storage.conversations
import storage.messages
import storage.tasks
from outreach import alerts, consent, delivery
from storage.conversations import Conversation
from storage.database import Session
from storage.staff import Staff
from storage.tasks import Task

# Everything automatic that waits is taken back.
HELD = ("campaign", "ladder", "nudge", "follow_up", "reminder", "reply", "notice")
WHY, HELD_BY, CALM = "akut", "crisis", "var inte akut"


def begin(session: Session, conversation: Conversation, *, office_id: int | None, now: datetime) -> None:
    """Hold everything automatic, give the talk to humans, and tell the one on duty. What is said to the youth is said
    by whoever calls. A second cry changes nothing but who is told.
    """
    storage.messages.hold_back(session, conversation.id, HELD, reason=HELD_BY, now=now)
    if conversation.state != "urgent":
        conversation.resume_state = conversation.state
        conversation.state, conversation.state_at = "urgent", now
    conversation.waiting_since, conversation.waiting_why = conversation.waiting_since or now, WHY
    storage.tasks.ensure(session, Task(
        kind="crisis", person_id=conversation.person_id, conversation_id=conversation.id, office_id=office_id, why=WHY,
        created_at=now,
    ))  # fmt: skip
    storage.audit.write(session, "crisis", now=now, person_id=conversation.person_id)
    alerts.begin(session, conversation, now=now)


def end(session: Session, conversation: Conversation, staff: Staff, *, now: datetime) -> None:
    """Staff say that it was no cry for help: the alert is closed in their name, the talk stands where it stood, and
    what was held leaves if the gate still lets it.
    """
    began = conversation.state_at
    alerts.see(session, conversation, staff, how="no_crisis", now=now)
    before = conversation.resume_state or "invited"
    conversation.state, conversation.state_at, conversation.resume_state = before, now, ""
    if consent.is_stopped(session, conversation):
        conversation.state, conversation.resume_state = "stopped", "" if before == "stopped" else before
    if conversation.waiting_why == WHY:
        waits = before == "human"
        conversation.waiting_since = conversation.waiting_since if waits else None
        conversation.waiting_why = CALM if waits else ""
    storage.conversations.keep(session, conversation)
    _finish_task(session, conversation, staff, now)
    delivery.put_back(session, conversation, reason=HELD_BY, since=began, now=now)
    storage.audit.write(session, "crisis_undone", now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code)  # fmt: skip


def _finish_task(session: Session, conversation: Conversation, staff: Staff, now: datetime) -> None:
    for task in storage.tasks.of_conversation(session, conversation.id, "crisis"):
        storage.tasks.finish(session, task, now=now, staff_id=staff.id, outcome="no_crisis")
