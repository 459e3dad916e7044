"""Alerts of acute talks: who has been told, whose turn is next, and who has seen it (ux §5.3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Field, SQLModel, col, select

from storage.database import Session


class Alert(SQLModel, table=True):
    """One acute talk. `step` counts whom it has gone to (on duty, stand-in, head); `next_at` is when the next is told,
    or the last once more; empty when somebody has seen it or nobody is told any longer.
    """

    id: int = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    raised_at: datetime
    step: int = 0
    next_at: datetime | None = Field(default=None, index=True)
    seen_at: datetime | None = None
    seen_by_id: int | None = Field(default=None, foreign_key="staff.id")


def add(session: Session, alert: Alert) -> Alert:
    """Keep a new alert."""
    session.add(alert)
    session.flush()
    return alert


def latest(session: Session, conversation_id: int) -> Alert | None:
    """The conversation's newest alert."""
    return latest_of(session, [conversation_id]).get(conversation_id)


def latest_of(session: Session, conversation_ids: Iterable[int]) -> dict[int, Alert]:
    """The newest alert of each of these conversations that has had one."""
    query = select(Alert).where(col(Alert.conversation_id).in_(list(conversation_ids))).order_by(col(Alert.id))
    return {alert.conversation_id: alert for alert in session.exec(query)}


_DUE = (
    select(Alert)
    .where(col(Alert.seen_at).is_(None), col(Alert.next_at) <= bindparam("now"))
    .order_by(col(Alert.next_at), col(Alert.id))
)


def due(session: Session, now: datetime) -> Sequence[Alert]:
    """Alerts that nobody has seen in time, longest wait first."""
    return session.execute(_DUE, {"now": now}).scalars().all()


def next_due(session: Session) -> datetime | None:
    """When the next alert goes on to somebody else."""
    query = select(Alert.next_at).where(col(Alert.seen_at).is_(None), col(Alert.next_at).is_not(None))
    return session.exec(query.order_by(col(Alert.next_at)).limit(1)).first()


def pass_on(session: Session, alert: Alert, step: int, next_at: datetime | None) -> bool:
    """Note by one conditional write that an alert has gone further; False when it has been seen, or another process
    was first.
    """
    # The last in the chain is told again at the same step: the hour tells the times apart.
    due = col(Alert.next_at)
    result = session.execute(
        update(Alert)
        .where(col(Alert.id) == alert.id, col(Alert.step) == alert.step, col(Alert.seen_at).is_(None))
        .where(due.is_(None) if alert.next_at is None else due == alert.next_at)
        .values(step=step, next_at=next_at)
    )
    session.refresh(alert)
    return bool(result.rowcount)  # type: ignore[attr-defined]


def see(session: Session, conversation_id: int, staff_id: int, *, now: datetime) -> bool:
    """Note who has seen the conversation's alerts; False when there was none that nobody had seen."""
    session.flush()
    result = session.execute(
        update(Alert)
        .where(col(Alert.conversation_id) == conversation_id, col(Alert.seen_at).is_(None))
        .values(seen_at=now, seen_by_id=staff_id, next_at=None)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


def last_seen(session: Session) -> datetime | None:
    """When somebody last saw an alert that had been told to somebody."""
    query = select(Alert.seen_at).where(col(Alert.seen_at).is_not(None), Alert.step > 0)
    return session.exec(query.order_by(col(Alert.seen_at).desc()).limit(1)).first()
