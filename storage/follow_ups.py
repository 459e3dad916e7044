"""Follow-ups (uppföljning): one, three and six months after a first meeting, how it goes (ux §5.7)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.columns import one_of

KINDS = ("FU-1", "FU-3", "FU-6")


class FollowUp(SQLModel, table=True):
    """Ask after booking B at T. Nothing is prepared: what is true is read when the time comes. `answer` is the number
    or the words that came back.
    """

    __table_args__ = (UniqueConstraint("booking_id", "kind"), one_of("kind", KINDS))

    id: int = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    due_at: datetime = Field(index=True)
    done_at: datetime | None = Field(default=None, index=True)
    outcome: str = ""
    answered_at: datetime | None = None
    answer: str = ""
