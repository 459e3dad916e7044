"""Failed tries to sign in: after five an address is locked for a while (ux §4.1). They are counted by address, whether
or not anybody has it, so that a lock does not tell who works here.
"""

from datetime import datetime, timedelta

import storage.audit
import storage.staff
from outreach.errors import BadInput
from storage.database import Session
from storage.staff import SignInTries

LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


def check(session: Session, email: str, *, now: datetime) -> None:
    """Raises BadInput while the address is locked, with the wait in minutes."""
    row = storage.staff.tries(session, _mark(session, email))
    if row is not None and row.locked_until is not None and row.locked_until > now:
        minutes = max(1, -(-int((row.locked_until - now).total_seconds()) // 60))
        raise BadInput(f"För många försök. Vänta {minutes} minuter och försök igen.")


def note_failure(session: Session, email: str, *, now: datetime) -> None:
    """Count a failed try; none is counted while the address is locked."""
    storage.staff.forget_tries(session, before=now - FORGOTTEN_AFTER)
    mark = _mark(session, email)
    row = storage.staff.tries(session, mark) or SignInTries(mark=mark, last_at=now)
    if row.locked_until is not None and row.locked_until > now:
        return
    row.tries, row.last_at, row.locked_until = row.tries + 1, now, None
    if row.tries >= LOCK_AFTER:
        row.tries, row.locked_until = 0, now + LOCK_FOR
        staff = storage.staff.by_email(session, email)
        if staff is not None:
            storage.audit.write(session, "locked", now=now, staff_id=staff.id)
    storage.staff.keep_tries(session, row)


def forget(session: Session, email: str) -> None:
    """Somebody has come in: the address begins anew."""
    storage.staff.forget_tries(session, mark=_mark(session, email))


def _mark(session: Session, email: str) -> str:
    return session.vault.fingerprint("sign-in", email.strip().casefold())
