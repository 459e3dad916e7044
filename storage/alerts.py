"""Alerts of acute talks: who has been told, whose turn is next, and who has seen it (ux §5.3)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Table, bindparam, update
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


_alerts: Table = Alert.__table__  # type: ignore[attr-defined]


def add(session: Session, alert: Alert) -> Alert:
    """Keep a new alert."""
    session.add(alert)
    session.flush()
    return alert


_LATEST = select(Alert).where(Alert.conversation_id == bindparam("talk")).order_by(col(Alert.id).desc()).limit(1)


def latest(session: Session, conversation_id: int) -> Alert | None:
    """The conversation's newest alert."""
    return session.execute(_LATEST, {"talk": conversation_id}).scalars().first()


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


# The last in the chain is told again at the same step: the hour tells the times apart.
_PASS_ON = (
    update(_alerts)
    .where(_alerts.c.id == bindparam("row"), _alerts.c.step == bindparam("at_step"), _alerts.c.seen_at.is_(None))
    .where(_alerts.c.next_at.is_not_distinct_from(bindparam("was_due")))
    .values(step=bindparam("to"), next_at=bindparam("next"))
)


def pass_on(session: Session, alert: Alert, step: int, next_at: datetime | None) -> bool:
    """Note by one conditional write that an alert has gone further; False when it has been seen, or another process
    was first.
    """
    was = {"row": alert.id, "at_step": alert.step, "was_due": alert.next_at}
    changed = session.rows(_PASS_ON, **was, to=step, next=next_at).rowcount
    session.read_again(Alert, alert.id)
    return bool(changed)


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
