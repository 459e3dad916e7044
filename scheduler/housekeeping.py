"""Small duties by the hour."""

from datetime import datetime, timedelta

import storage.imports
from storage.database import Session


def forget_uploads(session: Session, now: datetime) -> int:
    """Uploaded lists nobody imported within a day hold personal data without a purpose: they go. Returns how many."""
    return storage.imports.forget_files_before(session, now - timedelta(days=1))
