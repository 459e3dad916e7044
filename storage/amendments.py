"""What staff have changed about a person: what stood, what stands, when and by whom (rättelselogg)."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select

from storage.database import Session


class Amendment(SQLModel, table=True):
    """One fact that a member of staff changed. `before` and `after` are in words, as the page shows them."""

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    fact: str
    before: str = ""
    after: str = ""


def add(session: Session, amendment: Amendment) -> Amendment:
    """Keep what was changed."""
    session.add(amendment)
    session.flush()
    return amendment


def of_person(session: Session, person_id: int) -> Sequence[Amendment]:
    """Everything that was changed about a person, oldest first."""
    return session.exec(select(Amendment).where(Amendment.person_id == person_id).order_by(col(Amendment.id))).all()
