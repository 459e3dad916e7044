"""Every table in one place, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

metadata = SQLModel.metadata
