"""Texts of which nobody knows whether they went out, for a person to decide about; each decision is one conditional
write, so a second press finds nothing left to decide.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text, update
from sqlmodel import col, or_, select

from storage.database import Session
from storage.messages import UNSETTLED, Message
from storage.people import Person

_UNKNOWN_SINCE = (
    select(Message)
    .where(text(UNSETTLED), Message.state == "unknown", col(Message.state_at) >= bindparam("since"))
    .order_by(col(Message.state_at), col(Message.id))
)


def since(session: Session, moment: datetime) -> Sequence[Message]:
    """Texts that became unknown at this moment or later, oldest first."""
    return session.execute(_UNKNOWN_SINCE, {"since": moment}).scalars().all()


def listed(session: Session, office_ids: Sequence[int], before: datetime) -> Sequence[tuple[Message, Person | None]]:
    """Texts that became unknown before a moment, to people of these offices or to nobody we know, longest first."""
    query = (
        select(Message, Person)
        .join(Person, col(Person.id) == Message.person_id, isouter=True)
        .where(Message.state == "unknown", Message.state_at <= before)
        .where(or_(col(Message.person_id).is_(None), col(Person.office_id).in_(office_ids)))
        .order_by(col(Message.state_at), col(Message.id))
    )
    return session.exec(query).all()


def settle(session: Session, message: Message, **values: Any) -> bool:
    """Change an unknown text; False when it is unknown no longer."""
    result = session.execute(
        update(Message).where(col(Message.id) == message.id, col(Message.state) == "unknown").values(**values)
    )
    session.refresh(message)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
