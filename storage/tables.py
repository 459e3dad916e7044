"""Every table in one place, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from storage import (
    alerts,
    amendments,
    audit,
    campaigns,
    cards,
    conversations,
    corrections,
    follow_ups,
    imports,
    inbound,
    ladders,
    link_codes,
    meetings,
    merges,
    messages,
    numbers,
    offers,
    offices,
    other_help,
    partners,
    people,
    settings,
    sharing,
    signups,
    staff,
    tasks,
)

# Importing a room is what declares its tables.
ROOMS = (
    alerts, amendments, audit, campaigns, cards, conversations, corrections, follow_ups, imports, inbound, ladders,
    link_codes, meetings, merges, messages, numbers, offers, offices, other_help, partners, people, settings,
    sharing, signups, staff, tasks,
)  # fmt: skip
metadata = SQLModel.metadata
