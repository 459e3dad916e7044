"""Readings that staff have corrected: collected for review, never learnt from in silence (ux §5.5)."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Correction(SQLModel, table=True):
    """What a text was read as, and what it meant. One a text: a later correction replaces the one before."""

    inbound_id: int = Field(foreign_key="inboundtext.id", primary_key=True)
    was: str
    meant: str
    at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
