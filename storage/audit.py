"""The log of who did and read what, chained by hashes so that a removed or changed line shows."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session


class AuditEvent(SQLModel, table=True):
    """One line of the log. `detail` holds codes and counts, never a name, a number or the text of a message."""

    id: int = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    actor: str
    action: str = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    detail: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    previous_hash: str
    hash: str = Field(unique=True)


def write(
    session: Session, action: str, *, now: datetime, staff_id: int | None = None, actor: str = "",
    person_id: int | None = None, **detail: object,
) -> AuditEvent:  # fmt: skip
    """Append a line. `actor` is a word ("automaten", "kommandoraden") where no member of staff acted."""
    event = AuditEvent(
        at=now, staff_id=staff_id, actor=actor or ("personal" if staff_id else "automaten"), action=action,
        person_id=person_id, detail=detail, previous_hash=_last_hash(session), hash="",
    )  # fmt: skip
    event.hash = _hash(event)
    session.add(event)
    session.flush()
    return event


def events_of_person(session: Session, person_id: int) -> Sequence[AuditEvent]:
    """Everything logged about a person, oldest first."""
    return session.exec(select(AuditEvent).where(AuditEvent.person_id == person_id).order_by(col(AuditEvent.id))).all()


def latest(session: Session, limit: int = 200) -> Sequence[AuditEvent]:
    """The newest lines first."""
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc()).limit(limit)).all()


def first_break(session: Session) -> AuditEvent | None:
    """The first line that does not follow from the one before it; None while the chain is whole."""
    previous = ""
    for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.id))):
        if event.previous_hash != previous or event.hash != _hash(event):
            return event
        previous = event.hash
    return None


_LAST_HASH = select_columns(col(AuditEvent.hash)).order_by(col(AuditEvent.id).desc()).limit(1)


def _last_hash(session: Session) -> str:
    return session.rows(_LAST_HASH).scalar() or ""


def _hash(event: AuditEvent) -> str:
    at = event.at.astimezone(UTC).isoformat()
    content = [event.previous_hash, at, event.staff_id, event.actor, event.action, event.person_id]
    return hashlib.sha256(json.dumps([*content, event.detail], sort_keys=True).encode()).hexdigest()


def last(session: Session, action: str, *, staff_id: int, person_id: int) -> AuditEvent | None:
    """The newest line where somebody did this about a person."""
    query = select(AuditEvent).where(
        AuditEvent.action == action, AuditEvent.staff_id == staff_id, AuditEvent.person_id == person_id
    )
    return session.exec(query.order_by(col(AuditEvent.id).desc()).limit(1)).first()
