"""How somebody new comes in, or somebody who has lost the way in: by a code that is shown once, to whoever gives it,
and typed beside one's own e-mail. Typed, since an address would stay in histories and in the logs of whatever stands
between; and nothing is e-mailed.
"""

import secrets
from datetime import datetime, time, timedelta

import storage.audit
import storage.staff
from outreach import access, sign_in_tries
from outreach.errors import BadInput
from storage.codes import new_code
from storage.database import Session
from storage.local_time import STOCKHOLM
from storage.staff import Staff

HOLDS = timedelta(days=7)
# Four letters three times hold 57 bits, and five wrong ones lock the address.
_GROUPS, _LETTERS = 3, 4
REFUSED = "E-posten eller koden stämmer inte, eller så har koden gått ut. Be den som gav dig koden om en ny."


def issue(session: Session, staff: Staff, *, now: datetime) -> str:
    """A new code, which is shown this once; an earlier one stops working. It holds for a week, counted from the first
    day at work where that is still to come.
    """
    code = "-".join(new_code(_LETTERS) for _ in range(_GROUPS))
    staff.invitation_mark, staff.invited_until = _mark(session, staff, code), _first_day(staff, now) + HOLDS
    storage.staff.add(session, staff)
    return code


def withdraw(session: Session, staff: Staff) -> None:
    """The code stops working."""
    staff.invitation_mark, staff.invited_until = "", None
    storage.staff.add(session, staff)


def accept(session: Session, email: str, code: str, password: str, *, now: datetime, browser: str) -> str:
    """Choose a password by the code, which then is used up, and go on to connect an app. Returns the browser's token.

    Raises BadInput with the same sentence for an unknown address, a wrong code and an old one. The caller must let the
    failed try be committed: see `sign_in_tries.note_failure`.
    """
    sign_in_tries.check(session, email, now=now)
    staff = storage.staff.by_email(session, email)
    if staff is None or not _fits(session, staff, code, now) or not access.is_employed(staff, now):
        raise BadInput(REFUSED)
    access.set_password(session, staff, password)
    access.new_app(session, staff)
    withdraw(session, staff)
    storage.staff.end_sessions(session, staff.id, now=now)
    storage.audit.write(session, "invitation_used", now=now, staff_id=staff.id)
    token, _ = access.new_session(session, staff, step="password", browser=browser, now=now)
    return token


def is_open(staff: Staff, now: datetime) -> bool:
    """Whether somebody has a code to come in by."""
    return bool(staff.invitation_mark) and staff.invited_until is not None and now < staff.invited_until


def _fits(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    fits = secrets.compare_digest(staff.invitation_mark, _mark(session, staff, code))
    return fits and is_open(staff, now)


def _mark(session: Session, staff: Staff, code: str) -> str:
    letters = "".join(letter for letter in code.casefold() if letter.isalnum())
    return session.vault.fingerprint("invitation", staff.code, letters)


def _first_day(staff: Staff, now: datetime) -> datetime:
    if staff.employed_from is None:
        return now
    return max(now, datetime.combine(staff.employed_from, time(), tzinfo=STOCKHOLM))
