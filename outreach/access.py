"""Who may come in, and who may see what: passwords, one-time codes, sessions, roles per office (ux §2, §4.1)."""

import hashlib
import secrets
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError, VerifyMismatchError

import storage.audit
import storage.passkeys
import storage.sharing
import storage.single_sign_on
import storage.staff
from outreach import sign_in_tries
from outreach.errors import BadInput, NotAllowed
from storage.codes import new_code
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.people import Person
from storage.staff import Staff, StaffRole, StaffSession

IDLE = timedelta(minutes=30)
IDLE_AMBASSADOR = timedelta(hours=12)
SHORTEST_PASSWORD = 12
# Seconds a code of the app holds, and how many of the past are told from wrong ones.
TOTP_STEP, OLD_STEPS = 30, 20

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
        {"register", "campaigns", "approve", "inbox", "log", "phone", "reports", "import", "settings", "gatherings"}
    ),
    "samordnare": frozenset({"register", "campaigns", "inbox", "phone", "reports", "import", "gatherings"}),
    "konsulent": frozenset({"register", "inbox", "phone", "gatherings"}),
    "ambassador": frozenset({"own_meetings", "phone"}),
    "lasare": frozenset({"reports"}),
}


@dataclass(frozen=True, slots=True)
class Who:
    """A signed-in member of staff, with what they may do and where, today. `offices` are those where they have a role,
    or those where it allows what is being done: see `narrowed`. `knows` are those whose pages are closed to them for
    knowing the person (jäv).
    """

    staff: Staff
    roles: Sequence[StaffRole]
    offices: Sequence[Office]
    csrf: str
    knows: frozenset[int] = frozenset()

    def may(self, what: str, office_id: int | None = None) -> bool:
        """Whether a role allows it in an office, or somewhere where none is named."""
        return any(
            what in MAY[role.role] and (office_id is None or role.office_id in (None, office_id)) for role in self.roles
        )

    def narrowed(self, *any_of: str) -> "Who":
        """The same person, in those offices alone where their role allows one of these: roles are per office (ux §2).
        Raises NotAllowed where no role does.
        """
        if not any(map(self.may, any_of)):
            raise NotAllowed
        return replace(
            self, offices=[one for one in self.offices if any(self.may(what, one.id) for what in any_of)]
        )  # fmt: skip

    @property
    def office_ids(self) -> list[int]:
        """The offices where this member of staff may do what is being done."""
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

    def leads(self, office_ids: Iterable[int]) -> bool:
        """Whether what holds for all of these offices is theirs to decide: an administrator's, or that of whoever leads
        every one of them.
        """
        if any(role.role == "administrator" for role in self.roles):
            return True
        return all(self.may("settings", office_id) for office_id in office_ids)

    @property
    def role_name(self) -> str:
        """What they are in these offices, in words."""
        here = [ROLE_NAMES[role.role] for role in self.roles if role.office_id in (None, *self.office_ids)]
        return ", ".join(dict.fromkeys(here)) or "Ingen roll"


def new_staff(
    session: Session, *, email: str, name: str, password: str, role: str, office_id: int | None, now: datetime
) -> tuple[Staff, str]:
    """A new account and its authenticator key, which is shown this once. Raises BadInput in plain words."""
    check_password(password)
    if role not in MAY:
        raise BadInput(f"Rollen finns inte. Välj en av: {', '.join(MAY)}.")
    staff = add_account(session, email=email, name=name, now=now)
    set_password(session, staff, password)
    storage.staff.give_role(session, StaffRole(staff_id=staff.id, office_id=office_id, role=role))
    storage.audit.write(session, "staff_added", now=now, staff_id=staff.id, role=role)
    return staff, totp_key(session, staff)


def add_account(session: Session, *, email: str, name: str, now: datetime) -> Staff:
    """An account without role and password: nobody can sign in to it yet. Raises BadInput in plain words."""
    if storage.staff.by_email(session, email) is not None:
        raise BadInput("Det finns redan ett konto med den e-posten.")
    if "@" not in email:
        raise BadInput("E-posten saknar @. Skriv hela adressen.")
    staff = storage.staff.add(session, Staff(email=email.strip(), name=name, created_at=now))
    new_app(session, staff)
    return staff


def new_app(session: Session, staff: Staff) -> None:
    """Another second step, to be set up at the next sign-in: the old authenticator key, recovery codes and passkeys
    stop working, and the municipality's account has to be tied anew.
    """
    new_key(session, staff)
    storage.staff.add_recovery_codes(session, staff.id, [])
    storage.passkeys.remove(session, storage.passkeys.of_staff(session, staff.id))
    storage.single_sign_on.untie(session, staff.id)


def new_key(session: Session, staff: Staff) -> None:
    """Another authenticator key that nobody has seen."""
    staff.totp_sealed = session.vault.seal(pyotp.random_base32())
    staff.totp_confirmed_at, staff.totp_last_step = None, 0
    storage.staff.add(session, staff)


def set_password(session: Session, staff: Staff, password: str) -> None:
    """Another password. Raises BadInput for one that is too short."""
    check_password(password)
    staff.password_hash = _hasher.hash(password)
    storage.staff.add(session, staff)


def check_password(password: str) -> None:
    """Raises BadInput for a password that is too short; length is what counts (NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"Lösenordet är för kort. Det behöver vara minst {SHORTEST_PASSWORD} tecken.")


def recognise(session: Session, email: str, password: str, *, now: datetime) -> Staff:
    """First step: e-mail and password; whose they are. Reads only: to try a password takes so long that whoever waits
    to write must not wait for it.

    Raises BadInput with the same sentence for a wrong address and a wrong password, and says how long a lock lasts.
    The caller must count the failed try: see `sign_in_tries.note_failure`.
    """
    sign_in_tries.check(session, email, now=now)
    staff = storage.staff.by_email(session, email)
    if not password_fits(staff, password) or staff is None or not is_employed(staff, now):
        raise BadInput(SAME_SENTENCE)
    return staff


def let_on(session: Session, known: Staff, *, now: datetime, browser: str = "") -> tuple[str, StaffSession]:
    """Let whoever was recognised go on to the second step. Returns a token for the browser. Raises BadInput where the
    address was locked, the password changed or the account closed meanwhile.
    """
    sign_in_tries.check(session, known.email, now=now)
    staff = storage.staff.get(session, known.id)
    if staff.password_hash != known.password_hash or not is_employed(staff, now):
        raise BadInput(SAME_SENTENCE)
    return new_session(session, staff, step="password", browser=browser, now=now)


def password_fits(staff: Staff | None, password: str) -> bool:
    """Whether it is the password; takes as long for an account that is not there or has none."""
    has_one = staff is not None and bool(staff.password_hash)
    try:
        fits = _hasher.verify(staff.password_hash if staff is not None and has_one else _nobody(), password)
    except (VerifyMismatchError, VerificationError):
        return False
    return fits and has_one


def may_now(session: Session, staff: Staff, what: str, *, now: datetime, office_id: int | None = None) -> bool:
    """Whether somebody works here today, in a role that allows it, in an office or in any where none is named."""
    held = storage.staff.roles(session, staff.id, local_date(now))
    return is_employed(staff, now) and any(
        what in MAY[role.role] and (office_id is None or role.office_id in (None, office_id)) for role in held
    )


def is_employed(staff: Staff, now: datetime) -> bool:
    """Whether somebody works here today."""
    today = local_date(now)
    return staff.left_at is None and (staff.employed_from or today) <= today <= (staff.employed_to or today)


def check_code(session: Session, row: StaffSession, code: str, *, now: datetime) -> bool:
    """Second step: six digits from the authenticator, or a recovery code. A code works once."""
    staff = storage.staff.get(session, row.staff_id)
    if not code_fits(session, staff, code, now=now):
        return False
    let_in(session, row, staff, by="code", now=now)
    return True


def let_in(session: Session, row: StaffSession, staff: Staff, *, by: str, now: datetime) -> None:
    """Both steps are taken: the browser is signed in."""
    sign_in_tries.forget(session, staff.email)
    row.step, row.seen_at = "in", now
    storage.staff.keep_session(session, row)
    storage.audit.write(session, "signed_in", now=now, staff_id=staff.id, by=by)


def has_second_step(session: Session, staff: Staff) -> bool:
    """Whether a password alone no longer is enough to choose a second step."""
    return staff.totp_confirmed_at is not None or bool(storage.passkeys.of_staff(session, staff.id))


def has_another_way(session: Session, staff: Staff) -> bool:
    """Whether somebody comes in without a passkey: by an app, or by recovery codes that are left."""
    return staff.totp_confirmed_at is not None or storage.staff.recovery_codes_left(session, staff.id) > 0


def code_fits(session: Session, staff: Staff, code: str, *, now: datetime) -> bool:
    """Whether it is a code of the authenticator, or a recovery code; either works once."""
    return _totp_fits(session, staff, code, now) or _recovery_fits(session, staff, code, now)


def _totp_fits(session: Session, staff: Staff, code: str, now: datetime) -> bool:
    digits = _digits(code)
    totp = pyotp.TOTP(session.vault.unseal(staff.totp_sealed))
    step = int(now.timestamp()) // TOTP_STEP
    for candidate in (step, step - 1, step + 1):
        fits = secrets.compare_digest(totp.at(candidate * TOTP_STEP), digits)
        if fits and candidate > staff.totp_last_step:
            staff.totp_last_step, staff.totp_confirmed_at = candidate, staff.totp_confirmed_at or now
            return True
    return False


def _digits(code: str) -> str:
    return "".join(character for character in code if character in string.digits)


def was_code(session: Session, staff: Staff, code: str, *, now: datetime) -> bool:
    """Whether the authenticator has shown this code within the last minutes: somebody was slow, or has used it."""
    digits = _digits(code)
    totp = pyotp.TOTP(session.vault.unseal(staff.totp_sealed))
    step = int(now.timestamp()) // TOTP_STEP
    return any(secrets.compare_digest(totp.at(past * TOTP_STEP), digits) for past in range(step - OLD_STEPS, step + 1))


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


def open_session(session: Session, staff: Staff, *, now: datetime, browser: str = "") -> str:
    """Sign somebody in without asking (the demo's buttons). Returns the browser's token."""
    token, _ = new_session(session, staff, step="in", browser=browser, now=now)
    return token


def new_session(
    session: Session, staff: Staff, *, step: str, browser: str, now: datetime
) -> tuple[str, StaffSession]:  # fmt: skip
    """A browser that has come to a step of signing in, and the token it is known by."""
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        mark=_mark(token), staff_id=staff.id, step=step, browser=browser, created_at=now, seen_at=now
    )  # fmt: skip
    return token, storage.staff.keep_session(session, row)


def find_session(session: Session, token: str, *, now: datetime) -> StaffSession | None:
    """The browser session this token opens, if it has not ended or idled out."""
    row = storage.staff.session_by_mark(session, _mark(token)) if token else None
    if row is None or row.ended_at is not None:
        return None
    return row if now - row.seen_at <= idle_after(session, row.staff_id, now=now) else None


def idle_after(session: Session, staff_id: int, *, now: datetime) -> timedelta:
    """How long somebody's browser may rest before it is signed out (ux §4.1)."""
    return idle_of(storage.staff.roles(session, staff_id, local_date(now)))


def idle_of(held: Sequence[StaffRole]) -> timedelta:
    """How long a browser may rest for somebody with these roles: longer for whoever is an ambassador and no more."""
    return IDLE_AMBASSADOR if held and all(role.role == "ambassador" for role in held) else IDLE


def who(session: Session, row: StaffSession, *, now: datetime) -> Who:
    """The member of staff behind a session, with what they may do today. Raises NotAllowed when they have left."""
    staff = storage.staff.get(session, row.staff_id)
    if not is_employed(staff, now):
        raise NotAllowed
    today = local_date(now)
    roles = storage.staff.roles(session, staff.id, today)
    offices = storage.staff.offices_of_roles(session, roles)
    return Who(staff, roles, offices, row.csrf, storage.sharing.known_to(session, staff.id))


def sign_out(session: Session, row: StaffSession, *, now: datetime) -> None:
    """End a browser session."""
    row.ended_at = now
    storage.staff.keep_session(session, row)


def _mark(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
