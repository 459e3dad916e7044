"""Alerts of acute talks: who has been told, whose turn is next, and who has seen it (ux §5.3)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Alert(SQLModel, table=True):
    """One acute talk. `step` counts whom it has gone to (on duty, stand-in, head); `next_at` is when the next is told,
    empty when somebody has seen it or nobody is left.
    """

    id: int = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    raised_at: datetime
    step: int = 0
    next_at: datetime | None = Field(default=None, index=True)
    seen_at: datetime | None = None
    seen_by_id: int | None = Field(default=None, foreign_key="staff.id")
