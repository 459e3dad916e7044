"""The log of who did and read what, chained by hashes so that a removed or changed line shows."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, func, or_
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session
from storage.people import Person


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


@dataclass(frozen=True)
class Sought:
    """Which lines: from one moment until before another, by a member of staff, about a person, of some actions; what is
    None does not narrow. Lines about people are found where the person is at one of `office_ids` (None: all offices).
    """

    since: datetime
    until: datetime
    staff_id: int | None = None
    person_id: int | None = None
    actions: Sequence[str] | None = None
    office_ids: Collection[int] | None = None


def count(session: Session, sought: Sought) -> int:
    """How many lines there are."""
    return int(session.execute(_sought(sought, func.count())).scalar_one())


def found(session: Session, sought: Sought, *, first: int, most: int) -> list[tuple[AuditEvent, Person | None]]:
    """The lines with whom they are about, newest first, from number `first` (1 is the first)."""
    query = _sought(sought, AuditEvent, Person).order_by(col(AuditEvent.id).desc())
    return [(event, person) for event, person in session.execute(query.offset(first - 1).limit(most))]


def _sought(sought: Sought, *columns: Any) -> Any:
    query = select_columns(*columns).select_from(AuditEvent)
    query = query.join(Person, col(Person.id) == col(AuditEvent.person_id), isouter=True)
    query = query.where(col(AuditEvent.at) >= sought.since, col(AuditEvent.at) < sought.until)
    if sought.staff_id is not None:
        query = query.where(col(AuditEvent.staff_id) == sought.staff_id)
    if sought.person_id is not None:
        query = query.where(col(AuditEvent.person_id) == sought.person_id)
    if sought.actions is not None:
        query = query.where(col(AuditEvent.action).in_(sought.actions))
    if sought.office_ids is not None:
        at_mine = or_(col(Person.office_id).is_(None), col(Person.office_id).in_(sought.office_ids))
        query = query.where(or_(col(AuditEvent.person_id).is_(None), at_mine))
    return query


def lines(session: Session) -> int:
    """How many lines the whole log has."""
    return int(session.execute(select_columns(func.count()).select_from(AuditEvent)).scalar_one())


def first(session: Session) -> AuditEvent | None:
    """The oldest line."""
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.id)).limit(1)).first()


def first_break(session: Session, latest: int | None = None) -> AuditEvent | None:
    """The first line that does not follow from the one before it; None while the chain is whole. With `latest` only so
    many of the newest lines are looked at.
    """
    query = select_columns(*_LINE).order_by(col(AuditEvent.id))
    lines = session.execute(query.where(col(AuditEvent.id) > _before_latest(session, latest)))
    previous = None if latest is not None else ""
    for line in lines:
        if previous not in (None, line.previous_hash) or line.hash != _hash(line):
            return session.get(AuditEvent, line.id)
        previous = line.hash
    return None


def _before_latest(session: Session, latest: int | None) -> int:
    if latest is None:
        return 0
    query = select_columns(col(AuditEvent.id)).order_by(col(AuditEvent.id).desc()).offset(latest).limit(1)
    return session.execute(query).scalar() or 0


_LAST_HASH = select_columns(col(AuditEvent.hash)).order_by(col(AuditEvent.id).desc()).limit(1)


def _last_hash(session: Session) -> str:
    return session.rows(_LAST_HASH).scalar() or ""


_LINE = tuple(
    getattr(AuditEvent, name)
    for name in ("id", "at", "staff_id", "actor", "action", "person_id", "detail", "previous_hash", "hash")
)


def _hash(event: Any) -> str:
    at = event.at.astimezone(UTC).isoformat()
    content = [event.previous_hash, at, event.staff_id, event.actor, event.action, event.person_id]
    return hashlib.sha256(json.dumps([*content, event.detail], sort_keys=True).encode()).hexdigest()


def last(session: Session, action: str, *, staff_id: int, person_id: int) -> AuditEvent | None:
    """The newest line where somebody did this about a person."""
    query = select(AuditEvent).where(
        AuditEvent.action == action, AuditEvent.staff_id == staff_id, AuditEvent.person_id == person_id
    )
    return session.exec(query.order_by(col(AuditEvent.id).desc()).limit(1)).first()
