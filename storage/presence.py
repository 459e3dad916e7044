"""Who has which page open just now: a row is worth a moment, and goes when it is old."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Field, SQLModel, col, delete, select

from storage.database import Session

# A page says every 15 seconds that it is open; what has been silent for so long is closed.
OPEN_FOR = timedelta(seconds=40)


class OpenPage(SQLModel, table=True):
    """Somebody has a page open. `place` is the kind of page and the code of what it shows, never a name."""

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    place: str = Field(primary_key=True)
    seen_at: datetime = Field(index=True)


def look(session: Session, staff_id: int, place: str, now: datetime) -> None:
    """Somebody has the page open now; what is old of anybody's is forgotten."""
    session.exec(delete(OpenPage).where(col(OpenPage.seen_at) < now - OPEN_FOR))
    session.merge(OpenPage(staff_id=staff_id, place=place, seen_at=now))
    session.flush()


def others(session: Session, staff_id: int, place: str, now: datetime) -> Sequence[int]:
    """Who else has the page open, in the order they were employed here."""
    query = select(OpenPage.staff_id).where(
        OpenPage.place == place, OpenPage.staff_id != staff_id, col(OpenPage.seen_at) >= now - OPEN_FOR
    )
    return session.exec(query.order_by(col(OpenPage.staff_id))).all()
