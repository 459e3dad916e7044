"""Every table in one place, so that migrations and tests see the whole schema."""

from sqlmodel import SQLModel

from storage import (
    alerts,
    ambassadors,
    amendments,
    approvals,
    audit,
    calendar_feeds,
    campaigns,
    cards,
    conversations,
    corrections,
    follow_ups,
    gatherings,
    goals,
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
    page_asks,
    partners,
    passkeys,
    people,
    presence,
    reads,
    settings,
    sharing,
    signups,
    single_sign_on,
    staff,
    tasks,
    time_patterns,
    trials,
)

# Importing a room is what declares its tables.
ROOMS = (
    alerts, ambassadors, amendments, approvals, audit, calendar_feeds, campaigns, cards, conversations, corrections,
    follow_ups, gatherings, goals, imports, inbound, ladders, link_codes, meetings, merges, messages, numbers, offers,
    offices, other_help, page_asks, partners, passkeys, people, presence, reads, settings, sharing, signups,
    single_sign_on, staff, tasks, time_patterns, trials,
)  # fmt: skip
metadata = SQLModel.metadata
