"""Codes that tie a chat without telephone number (Telegram) to a person: random, for one use, for some days."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from storage.columns import one_of

LINKABLE = ("telegram",)


class LinkCode(SQLModel, table=True):
    """A code that was given to a person. Kept as a keyed hash only: whoever reads the table can use none of them.

    `address` is the chat that opened it; the tie itself is made when the first name has been confirmed (ux §5.8).
    """

    __table_args__ = (one_of("channel", LINKABLE),)

    mark: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel: str = "telegram"
    made_at: datetime
    expires_at: datetime
    address: str = ""
    used_at: datetime | None = None
