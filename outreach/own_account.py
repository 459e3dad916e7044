"""What everybody does with their own account: another password, new recovery codes, passkeys, and signing out browsers
(ux §4.1).

Whoever sits down at somebody's open browser gets no further: password, codes and a new passkey ask for a code.
"""

from datetime import datetime

import storage.audit
import storage.staff
from outreach import access, passkeys, sign_in_tries
from outreach.errors import BadInput, NotFound
from outreach.passkeys import Place
from storage.database import Session
from storage.staff import Staff, StaffSession

REFUSED = "Lösenordet eller koden stämmer inte. Vänta på nästa kod i appen och skriv båda igen."
CODE_REFUSED = "Koden stämmer inte eller är redan använd. Vänta på nästa och skriv in den."
# So much of a browser session's fingerprint tells it from one's others.
_SHORT = 16


def browsers(session: Session, staff: Staff, *, now: datetime) -> list[tuple[str, StaffSession]]:
    """Browsers one is signed in with now, the latest used first, each with what it is called in a form."""
    idle = access.idle_after(session, staff.id, now=now)
    return [(row.mark[:_SHORT], row) for row in storage.staff.open_sessions(session, staff.id, now - idle)]


def sign_out(session: Session, staff: Staff, which: str, *, now: datetime) -> None:
    """Sign out one of one's own browsers. Raises NotFound."""
    row = next((row for short, row in browsers(session, staff, now=now) if short == which), None)
    if row is None:
        raise NotFound("Webbläsaren är redan utloggad.")
    access.sign_out(session, row, now=now)
    _log(session, "signed_out_others", staff, now)


def sign_out_others(session: Session, staff: Staff, kept: StaffSession, *, now: datetime) -> None:
    """Sign out every browser of one's own but this one."""
    storage.staff.end_sessions(session, staff.id, now=now, but=kept.mark)
    _log(session, "signed_out_others", staff, now)


def change_password(
    session: Session, staff: Staff, kept: StaffSession, *, old: str, code: str, new: str, now: datetime
) -> None:  # fmt: skip
    """Another password; every other browser is signed out. Raises BadInput, and then a wrong one has been counted: the
    caller lets that be committed.
    """
    access.check_password(new)
    sign_in_tries.check(session, staff.email, now=now)
    if not (access.password_fits(staff, old) and access.code_fits(session, staff, code, now=now)):
        sign_in_tries.note_failure(session, staff.email, now=now)
        raise BadInput(REFUSED)
    access.set_password(session, staff, new)
    storage.staff.end_sessions(session, staff.id, now=now, but=kept.mark)
    _log(session, "password_changed", staff, now)


def new_codes(session: Session, staff: Staff, *, code: str, now: datetime) -> list[str]:
    """Ten new recovery codes, shown this once; older ones stop working. Raises BadInput as `change_password` does."""
    _confirm(session, staff, code, now)
    _log(session, "recovery_codes_made", staff, now)
    return access.new_recovery_codes(session, staff.id)


def ask_for_passkey(
    session: Session, row: StaffSession, staff: Staff, here: Place, *, name: str, code: str, now: datetime
) -> str:  # fmt: skip
    """The question by which this browser makes another passkey. Whoever stopped half-way asks again by the same code.
    Raises BadInput as `change_password` does, and Conflict when somebody has enough.
    """
    passkeys.called(name)
    if not passkeys.is_being_made(row, now):
        _confirm(session, staff, code, now)
    return passkeys.ask_for_new(session, row, staff, here, now=now)


def _confirm(session: Session, staff: Staff, code: str, now: datetime) -> None:
    sign_in_tries.check(session, staff.email, now=now)
    if not access.code_fits(session, staff, code, now=now):
        sign_in_tries.note_failure(session, staff.email, now=now)
        raise BadInput(CODE_REFUSED)


def _log(session: Session, action: str, staff: Staff, now: datetime) -> None:
    storage.audit.write(session, action, now=now, staff_id=staff.id)
