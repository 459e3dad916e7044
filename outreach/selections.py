"""Saved selections (sparade urval): rules that always mean whoever fits just now, how many that is, and how many it was
a week ago (ux §4.4). Nobody with protected identity is counted.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import storage.audit
import storage.campaigns
import storage.register
from outreach import audience
from outreach.errors import BadInput, NotAllowed
from storage.campaigns import AudienceCount, SavedAudience
from storage.database import Session
from storage.local_time import local_date
from storage.staff import Staff

# Selections made by ticking people are kept for the campaign they were made for, not shown as rules.
TICKED = "Markerade "
LONGEST_NAME = 80
WEEK = timedelta(days=7)


def visible(session: Session, staff_id: int) -> list[SavedAudience]:
    """Those that a member of staff sees: shared ones and their own, by name."""
    return [
        saved
        for saved in storage.campaigns.saved_audiences(session)
        if not saved.name.startswith(TICKED) and (saved.shared or saved.created_by_id == staff_id)
    ]


def count(session: Session, saved: SavedAudience, *, now: datetime) -> int | None:
    """How many it means now; None when its words no longer mean anything."""
    try:
        wanted = audience.read(session, saved.sentence)
    except BadInput:
        return None
    return storage.register.count(session, replace(wanted, protected=False), now=now)


def change(session: Session, saved: SavedAudience, people: int, *, now: datetime) -> int | None:
    """How many more (or fewer) it means than a week ago; None when it was not counted then."""
    then = storage.campaigns.counted(session, saved.id, local_date(now) - WEEK)
    return None if then is None else people - then


def uncounted(session: Session, now: datetime) -> Sequence[SavedAudience]:
    """Those that have not been counted today."""
    found = storage.campaigns.uncounted(session, local_date(now))
    return [saved for saved in found if not saved.name.startswith(TICKED)]


def note_counts(session: Session, now: datetime) -> int:
    """Count each once a day, so that a week's change can be told. Returns how many were counted."""
    waiting = uncounted(session, now)
    for saved in waiting:
        row = AudienceCount(audience_id=saved.id, on=local_date(now), people=count(session, saved, now=now) or 0)
        storage.campaigns.keep_count(session, row)
    return len(waiting)


def rename(session: Session, saved: SavedAudience, name: str, *, shared: bool, by: Staff, now: datetime) -> None:
    """Give it another name, or let others see it. Raises BadInput for a name that is taken or missing."""
    wanted = name.strip()[:LONGEST_NAME]
    check_name(session, wanted, besides=saved)
    _needs_own(saved, by)
    saved.name, saved.shared = wanted, shared
    storage.campaigns.save_audience(session, saved)
    storage.audit.write(session, "selection_renamed", now=now, staff_id=by.id, selection=saved.id)


def check_name(session: Session, name: str, *, besides: SavedAudience | None = None) -> None:
    """Raises BadInput unless the name is a new one of its own."""
    if not name or name.startswith(TICKED.strip()):
        raise BadInput("Urvalet behöver ett eget namn. Gå tillbaka och skriv ett.")
    known = storage.campaigns.saved_audience(session, name)
    if known is not None and (besides is None or known.id != besides.id):
        raise BadInput("Det finns redan ett urval med det namnet. Gå tillbaka och skriv ett annat.")


def remove(session: Session, saved: SavedAudience, *, by: Staff, now: datetime) -> None:
    """Take it away; the people and the campaigns that used it are left as they are."""
    _needs_own(saved, by)
    storage.campaigns.forget_audience(session, saved)
    storage.audit.write(session, "selection_removed", now=now, staff_id=by.id, selection=saved.id)


def _needs_own(saved: SavedAudience, by: Staff) -> None:
    if not saved.shared and saved.created_by_id != by.id:
        raise NotAllowed
