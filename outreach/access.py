"""Who may come in, and who may see what: passwords, one-time codes, sessions, roles per office (ux §2, §4.1)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

import storage.audit
import storage.sharing
import storage.staff
from outreach.errors import BadInput, NotAllowed
from storage.codes import new_code
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.people import Person
from storage.staff import Staff, StaffRole, StaffSession

IDLE = timedelta(minutes=30)
IDLE_AMBASSADOR = timedelta(hours=12)
LOCK_AFTER, LOCK_FOR = 5, timedelta(minutes=15)
SHORTEST_PASSWORD = 12
TOTP_STEP = 30

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """Checked when the address is unknown, so that the answer takes as long as for a known one."""
    return _hasher.hash(secrets.token_hex(16))


SAME_SENTENCE = "E-posten eller lösenordet stämmer inte. Kontrollera båda och försök igen."

ROLE_NAMES = {
    "administrator": "Administratör", "enhetschef": "Enhetschef", "samordnare": "Samordnare", "konsulent": "Konsulent",
    "ambassador": "Ambassadör", "lasare": "Läsare",
}  # fmt: skip

# What each role may do (ux §2). Ambassadors never see the register; administrators read no conversations.
MAY: dict[str, frozenset[str]] = {
    "administrator": frozenset({"settings", "phone", "log"}),
    "enhetschef": frozenset(
        {"register", "campaigns", "approve", "inbox", "log", "phone", "reports", "import", "settings"}
    ),
    "samordnare": frozenset({"register", "campaigns", "inbox", "phone", "reports", "import"}),
    "konsulent": frozenset({"register", "inbox", "phone"}),
    "ambassador": frozenset({"own_meetings", "phone"}),
    "lasare": frozenset({"reports"}),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in member of staff, with what they may do and where, today. `knows` are those whose pages are closed to
    them for knowing the person (jäv).
    """

    staff: Staff
    roles: Sequence[StaffRole]
    offices: Sequence[Office]
    csrf: str
    knows: frozenset[int] = frozenset()

    def may(self, what: str) -> bool:
        """Whether any of the person's roles allows it."""
        return any(what in MAY[role.role] for role in self.roles)

    def needs(self, what: str) -> None:
        """Raises NotAllowed when it is not allowed."""
        if not self.may(what):
            raise NotAllowed

    @property
    def office_ids(self) -> list[int]:
        """The offices whose people this member of staff works with."""
        return [office.id for office in self.offices]

    def sees_protected(self, office_id: int | None) -> bool:
        """Only two named roles open people with protected identity (ux §1.4), each in its own office."""
        return any(
            role.role in ("enhetschef", "samordnare") and role.office_id in (None, office_id) for role in self.roles
        )

    def may_see(self, person: Person) -> bool:
        """Whether the person's page and name are open to them, as far as protection and jäv go."""
        if person.id in self.knows:
            return False
        return not person.protected or self.sees_protected(person.office_id)

    @property
    def role_name(self) -> str:
        """The first role in words."""
        return ROLE_NAMES[self.roles[0].role] if self.roles else "Ingen roll"


def new_staff(
    session: Session, *, email: str, name: str, password: str, role: str, office_id: int | None, now: datetime
) -> tuple[Staff, str]:
    """A new account and its authenticator key, which is shown this once. Raises BadInput in plain words."""
    if storage.staff.by_email(session, email) is not None:
        raise BadInput("Det finns redan ett konto med den e-posten.")
    if "@" not in email:
        raise BadInput("E-posten saknar @. Skriv hela adressen.")
    if role not in MAY:
        raise BadInput(f"Rollen finns inte. Välj en av: {', '.join(MAY)}.")
    check_password(password)
    key = pyotp.random_base32()
    staff = storage.staff.add(
        session,
        Staff(email=email.strip(), name=name, password_hash=_hasher.hash(password),
              totp_sealed=session.vault.seal(key), created_at=now),
    )  # fmt: skip
    storage.staff.give_role(session, StaffRole(staff_id=staff.id, office_id=office_id, role=role))
    storage.audit.write(session, "staff_added", now=now, staff_id=staff.id, role=role)
    return staff, key


def check_password(password: str) -> None:
    """Raises BadInput for a password that is too short; length is what counts (NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"Lösenordet är för kort. Det behöver vara minst {SHORTEST_PASSWORD} tecken.")


def sign_in(session: Session, email: str, password: str, *, now: datetime) -> tuple[str, StaffSession]:
    """First step: e-mail and password. Returns a token for the browser; the session still lacks its second step.

    Raises BadInput with the same sentence for a wrong address and a wrong password, and says how long a lock lasts.
    The caller must let the failed try be committed: see `note_failure`.
    """
    staff = storage.staff.by_email(session, email)
    if staff is not None and staff.locked_until is not None and staff.locked_until > now:
        raise BadInput(locked_sentence(staff, now))
    if not _password_fits(staff, password) or staff is None or not _employed(staff, now):
        raise BadInput(SAME_SENTENCE)
    return _new_session(session, staff, step="password", now=now)


def locked_sentence(staff: Staff, now: datetime) -> str:
    """How long the account is locked, in minutes."""
    assert staff.locked_until is not None
    minutes = max(1, -(-int((staff.locked_until - now).total_seconds()) // 60))
    return f"För många försök. Vänta {minutes} minuter och försök igen."


def note_failure(session: Session, email: str, *, now: datetime) -> None:
    """Count a failed try; after five the account is locked for a while."""
    staff = storage.staff.by_email(session, email)
    if staff is None or (staff.locked_until is not None and staff.locked_until > now):
        return
    staff.failed_tries += 1
    if staff.failed_tries >= LOCK_AFTER:
        staff.locked_until, staff.failed_tries = now + LOCK_FOR, 0
        storage.audit.write(session, "locked", now=now, staff_id=staff.id)
    storage.staff.add(session, staff)


def _password_fits(staff: Staff | None, password: str) -> bool:
    try:
        return _hasher.verify(staff.password_hash if staff and staff.password_hash else _nobody(), password)
    except (VerifyMismatchError, VerificationError):
        return False


def may_now(session: Session, staff: Staff, what: str, *, now: datetime) -> bool:
    """Whether somebody works here today, in a role that allows it."""
    held = storage.staff.roles(session, staff.id, local_date(now))
    return _employed(staff, now) and any(what in MAY[role.role] for role in held)


def _employed(staff: Staff, now: datetime) -> bool:
    today = local_date(now)
    return staff.left_at is None and (staff.employed_from or today) <= today <= (staff.employed_to or today)


def check_code(session: Session, row: StaffSession, code: str, *, now: datetime) -> bool:
    """Second step: six digits from the authenticator, or a recovery code. A code works once."""
    staff = storage.staff.get(session, row.staff_id)
    if not (_totp_fits(session, staff, code, now) or _recovery_fits(session, staff, code, now)):
        return False
    staff.failed_tries, staff.locked_until = 0, None
    staff.totp_confirmed_at = staff.totp_confirmed_at or now
    row.step, row.seen_at = "in", now
    storage.staff.keep_session(session, row)
    storage.audit.write(session, "signed_in", now=now, staff_id=staff.id)
    return True


def _totp_fits(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    digits = "".join(character for character in code if character.isdigit())
    totp = pyotp.TOTP(session.vault.unseal(staff.totp_sealed))
    step = int(now.timestamp()) // TOTP_STEP
    for candidate in (step, step - 1, step + 1):
        fits = secrets.compare_digest(totp.at(candidate * TOTP_STEP), digits)
        if fits and candidate > staff.totp_last_step:
            staff.totp_last_step = candidate
            return True
    return False


def _recovery_fits(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    row = storage.staff.recovery_code(session, staff.id, _recovery_mark(session, staff.id, code))
    if row is None:
        return False
    row.used_at = now
    session.add(row)
    return True


def new_recovery_codes(session: Session, staff_id: int) -> list[str]:
    """Ten one-time codes, shown once; older ones stop working."""
    codes = [f"{new_code(5)}-{new_code(5)}" for _ in range(10)]
    storage.staff.add_recovery_codes(session, staff_id, [_recovery_mark(session, staff_id, code) for code in codes])
    return codes


def _recovery_mark(session: Session, staff_id: int, code: str) -> str:
    return session.vault.fingerprint("recovery", str(staff_id), code.strip().lower())


def totp_address(session: Session, staff: Staff) -> str:
    """The otpauth address for the authenticator's QR code."""
    return pyotp.TOTP(session.vault.unseal(staff.totp_sealed)).provisioning_uri(name=staff.email, issuer_name="Brygga")


def totp_key(session: Session, staff: Staff) -> str:
    """The authenticator key as text, for typing."""
    return session.vault.unseal(staff.totp_sealed)


def open_session(session: Session, staff: Staff, *, now: datetime) -> str:
    """Sign somebody in without asking (the demo's buttons). Returns the browser's token."""
    token, _ = _new_session(session, staff, step="in", now=now)
    return token


def _new_session(session: Session, staff: Staff, *, step: str, now: datetime) -> tuple[str, StaffSession]:
    token = secrets.token_urlsafe(32)
    row = StaffSession(mark=_mark(token), staff_id=staff.id, step=step, created_at=now, seen_at=now)
    return token, storage.staff.keep_session(session, row)


def find_session(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The browser session this token opens, if it has not ended or idled out."""
    row = storage.staff.session_by_mark(session, _mark(token)) if token else None
    if row is None or row.ended_at is not None:
        return None
    idle = IDLE_AMBASSADOR if _is_ambassador(session, row.staff_id, now) else IDLE
    return row if now - row.seen_at <= idle else None


def who(session: Session, row: StaffSession, *, now: datetime) -> Who:
    """The member of staff behind a session, with what they may do today. Raises NotAllowed when they have left."""
    staff = storage.staff.get(session, row.staff_id)
    if not _employed(staff, now):
        raise NotAllowed
    today = local_date(now)
    roles = storage.staff.roles(session, staff.id, today)
    return Who(staff, roles, _offices(session, roles), row.csrf, storage.sharing.known_to(session, staff.id))


def _offices(session: Session, roles: Sequence[StaffRole]) -> Sequence[Office]:
    """Where somebody works with people: an ambassador's or a reader's role in an office opens nobody's page there."""
    with_people = [role for role in roles if "register" in MAY[role.role]]
    return storage.staff.offices_of_roles(session, with_people or roles)


def sign_out(session: Session, row: StaffSession, *, now: datetime) -> None:
    """End a browser session."""
    row.ended_at = now
    storage.staff.keep_session(session, row)


def _is_ambassador(session: Session, staff_id: int, now: datetime) -> bool:
    roles = storage.staff.roles(session, staff_id, local_date(now))
    return bool(roles) and all(role.role == "ambassador" for role in roles)


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
