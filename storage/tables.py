"""Every table in one place, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from storage import (
    alerts,
    audit,
    campaigns,
    conversations,
    corrections,
    follow_ups,
    imports,
    inbound,
    link_codes,
    meetings,
    messages,
    numbers,
    offices,
    people,
    settings,
    signups,
    staff,
    tasks,
)

# Importing a room is what declares its tables.
ROOMS = (
    alerts, audit, campaigns, conversations, corrections, follow_ups, imports, inbound, link_codes, meetings, messages,
    numbers, offices, people, settings, signups, staff, tasks,
)  # fmt: skip
metadata = SQLModel.metadata
