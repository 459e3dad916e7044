"""Every table in one place, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from storage import (
    audit,
    campaigns,
    conversations,
    imports,
    inbound,
    link_codes,
    meetings,
    messages,
    numbers,
    offices,
    people,
    settings,
    staff,
    tasks,
)

# Importing a room is what declares its tables.
ROOMS = (
    audit, campaigns, conversations, imports, inbound, link_codes, meetings, messages, numbers, offices, people,
    settings, staff, tasks,
)  # fmt: skip
metadata = SQLModel.metadata
