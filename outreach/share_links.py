"""Links and codes by which a dialog meeting is shared, one per place, so that counts show what works. Nothing is kept
of who opens one: no cookie, no address, a plain number.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import storage.gatherings
import storage.meetings
from outreach import gatherings
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.gatherings import ShareLink
from storage.meetings import Slot

# What each place is called, and each other source of a sign-up.
PLACES: Mapping[str, str] = {
    "instagram": "Instagram", "facebook": "Facebook", "whatsapp": "WhatsApp", "snapchat": "Snapchat",
    "tiktok": "TikTok", "telegram": "Telegram", "sms": "sms", "school": "skolan", "youth_centre": "gården",
    "word_of_mouth": "muntligt", "poster": "affisch", "other": "annat ställe",
}  # fmt: skip
SOURCES: Mapping[str, str] = {
    **PLACES, "campaign": "utskick", "code": "mötets egen kod", "page": "mötets sida", "next": "efter ett annat möte",
    "waiting_list": "reservlistan", "staff": "inlagd av personal",
}  # fmt: skip


class Door(NamedTuple):
    """Where a code leads: the meeting, by which link, and what its sign-ups are counted as."""

    slot: Slot
    source: str
    link: ShareLink | None = None


def link(session: Session, slot: Slot, place: str, *, now: datetime) -> ShareLink:
    """The meeting's link for a place, made on first use. Raises BadInput for no such place, Conflict for a draft."""
    if place not in PLACES:
        raise BadInput("Välj var länken ska stå.")
    if slot.short_code is None:
        raise Conflict("Mötet är ett utkast. Publicera det, så finns det länkar att dela.")
    known = storage.gatherings.link_to(session, slot.id, place)
    return known or storage.gatherings.add_link(
        session, ShareLink(slot_id=slot.id, place=place, code=storage.gatherings.unused_code(session), made_at=now)
    )


def door(session: Session, code: str) -> Door | None:
    """Where a code from a poster, a link or a text leads, case aside; None for one that leads nowhere."""
    slot = storage.meetings.slot_by_short_code(session, code)
    if slot is not None:
        return Door(slot, "code")
    known = storage.gatherings.link_by_code(session, code)
    if known is None:
        return None
    slot = storage.meetings.slot(session, known.slot_id)
    return Door(slot, known.place, known) if gatherings.terms(session, slot).published_at is not None else None


def counts(session: Session, slot: Slot) -> list[tuple[str, int]]:
    """The sources of a meeting's sign-ups in words, most first."""
    found = storage.gatherings.sources(session, slot.id)
    return sorted(((SOURCES.get(source, "annat"), many) for source, many in found.items()), key=lambda row: -row[1])
