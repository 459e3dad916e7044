"""Small duties by the hour."""

from datetime import datetime, timedelta

import storage.imports
from outreach import page_asks
from storage.database import Session

KEPT_FOR = timedelta(days=1)


def any_old(session: Session, now: datetime) -> bool:
    """Whether any uploaded list has waited for a day."""
    return storage.imports.has_files_before(session, now - KEPT_FOR)


def any_typed(session: Session, now: datetime) -> bool:
    """Whether what is kept of numbers typed on open pages is older than it is needed to count by."""
    return page_asks.any_old(session, now)


def forget_typed(session: Session, now: datetime) -> int:
    """They go. Returns how many."""
    return page_asks.forget_old(session, now)


def forget_uploads(session: Session, now: datetime) -> int:
    """Uploaded lists nobody imported within a day hold personal data without a purpose: they go. Returns how many."""
    return storage.imports.forget_files_before(session, now - KEPT_FOR)
