"""Passkeys as the second step of signing in (WebAuthn; ux §4.1). The device signs a question of ours together with the
address it was asked at, so that a false page gets nothing that opens the right one.

A question holds for five minutes, for one browser and one use, and is spent by any answer to it, right or wrong: the
caller lets that be committed.
"""

import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import bytes_to_base64url, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

import storage.audit
import storage.passkeys
import storage.staff
from outreach import access, sign_in_tries
from outreach.errors import BadInput, Conflict, NotFound
from storage.database import Session
from storage.passkeys import Passkey
from storage.staff import Staff, StaffSession

HOLDS = timedelta(minutes=5)
ADD, SIGN_IN = "add", "sign_in"
LONGEST_NAME, MOST = 40, 10
# What the library says about an answer it cannot read or does not believe.
_REFUSED = (WebAuthnException, ValueError, RecursionError)
_MILLISECONDS = int(HOLDS.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Place:
    """The address browsers know us by. A passkey that is made there works nowhere else."""

    host: str
    origin: str


def place(public_url: str) -> Place | None:
    """Where passkeys work; None where no browser has them: at a bare IP address, and without https anywhere but on the
    machine itself (WebAuthn: secure contexts, and an RP ID that is a domain).
    """
    address = urlsplit(public_url)
    host = address.hostname or ""
    is_local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_ip(host) or not (address.scheme == "https" or is_local):
        return None
    usual = {"https": 443, "http": 80}.get(address.scheme)
    port = "" if address.port in (None, usual) else f":{address.port}"
    return Place(host, f"{address.scheme}://{host}{port}")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_being_made(row: StaffSession, now: datetime) -> bool:
    """Whether this browser has been asked to make a passkey and may still answer."""
    return row.challenge_for == ADD and row.challenge_until is not None and now < row.challenge_until


def ask_for_new(session: Session, row: StaffSession, staff: Staff, here: Place, *, now: datetime) -> str:
    """The question by which a browser makes a passkey, as JSON for it; asked again, it holds no longer than the first
    did. Raises Conflict when somebody has enough.
    """
    mine = storage.passkeys.of_staff(session, staff.id)
    if len(mine) >= MOST:
        raise Conflict(f"Du har redan {MOST} lösennycklar. Ta bort en som du inte använder.")
    until = (row.challenge_until if is_being_made(row, now) else None) or now + HOLDS
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=here.host, rp_name="Brygga", user_id=staff.code.encode(), user_name=staff.email,
            user_display_name=staff.name, challenge=_ask(session, row, ADD, until), timeout=_MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=_named(mine),
        )
    )  # fmt: skip


def add(
    session: Session, row: StaffSession, staff: Staff, here: Place, *, answer: str, name: str, now: datetime
) -> Passkey | None:  # fmt: skip
    """Keep the passkey that the browser has made; None when its answer is not one to the question that was put."""
    challenge = _spent(session, row, ADD, now)
    if challenge is None:
        return None
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=here.host, expected_origin=here.origin,
            require_user_verification=True,
        )  # fmt: skip
    except _REFUSED:
        return None
    known_as = bytes_to_base64url(made.credential_id)
    if storage.passkeys.is_known(session, known_as):
        return None
    if staff.totp_confirmed_at is None:
        # Whoever has seen a key that was never confirmed gets nowhere by it.
        access.new_key(session, staff)
    storage.audit.write(session, "passkey_added", now=now, staff_id=staff.id)
    return storage.passkeys.keep(session, Passkey(
        staff_id=staff.id, name=called(name), credential_id=known_as, sign_count=made.sign_count, created_at=now,
        public_key=bytes_to_base64url(made.credential_public_key),
    ))  # fmt: skip


def called(name: str) -> str:
    """What a passkey is called: as its owner wrote. Raises BadInput for a name that is too long."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        raise BadInput(f"Namnet är för långt. Det får ha högst {LONGEST_NAME} tecken.")
    return name or "Lösennyckel"


def ask(session: Session, row: StaffSession, staff: Staff, here: Place, *, now: datetime) -> str:
    """The question that one of somebody's passkeys is to sign, as JSON for the browser. Raises NotFound when they have
    none.
    """
    mine = storage.passkeys.of_staff(session, staff.id)
    if not mine:
        raise NotFound("Du har ingen lösennyckel. Använd koden från appen, eller en reservkod.")
    return webauthn.options_to_json(
        webauthn.generate_authentication_options(
            rp_id=here.host, challenge=_ask(session, row, SIGN_IN, now + HOLDS), timeout=_MILLISECONDS,
            allow_credentials=_named(mine), user_verification=UserVerificationRequirement.REQUIRED,
        )
    )  # fmt: skip


def check(
    session: Session, row: StaffSession, here: Place, *, answer: str, now: datetime
) -> bool:  # fmt: skip
    """Second step: lets the browser in when a passkey of its owner has signed the question that was put to it. A wrong
    answer is counted as a wrong code is. Raises BadInput while the address is locked.
    """
    staff = storage.staff.get(session, row.staff_id)
    sign_in_tries.check(session, staff.email, now=now)
    challenge = _spent(session, row, SIGN_IN, now)
    fits = challenge is not None and _signed(session, staff, here, answer, challenge, now)
    if not fits or not access.is_employed(staff, now):
        sign_in_tries.note_failure(session, staff.email, now=now)
        return False
    access.let_in(session, row, staff, by="passkey", now=now)
    return True


def _signed(session: Session, staff: Staff, here: Place, answer: str, challenge: bytes, now: datetime) -> bool:
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = _of(session, staff, credential.id)
        if passkey is None:
            return False
        signed = webauthn.verify_authentication_response(
            credential=credential, expected_challenge=challenge, expected_rp_id=here.host, expected_origin=here.origin,
            credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except _REFUSED:
        return False
    passkey.sign_count, passkey.used_at = signed.new_sign_count, now
    storage.passkeys.keep(session, passkey)
    return True


def _of(session: Session, staff: Staff, credential_id: str) -> Passkey | None:
    mine = storage.passkeys.of_staff(session, staff.id)
    return next((passkey for passkey in mine if passkey.credential_id == credential_id), None)


def remove(session: Session, staff: Staff, code: str, *, now: datetime) -> None:
    """Forget one of one's own passkeys. Raises Conflict when it is gone already, and for the last one of somebody
    without an app, since a password alone would then be enough to choose a new second step.
    """
    mine = storage.passkeys.of_staff(session, staff.id)
    passkey = next((one for one in mine if one.code == code), None)
    if passkey is None:
        raise Conflict("Lösennyckeln är redan borttagen.")
    if len(mine) == 1 and staff.totp_confirmed_at is None:
        raise Conflict("Det är din enda lösennyckel, och du har ingen app. Lägg till en ny lösennyckel först.")
    storage.passkeys.remove(session, [passkey])
    storage.audit.write(session, "passkey_removed", now=now, staff_id=staff.id)


def _ask(session: Session, row: StaffSession, use: str, until: datetime) -> bytes:
    challenge = secrets.token_bytes(32)
    row.challenge, row.challenge_for, row.challenge_until = bytes_to_base64url(challenge), use, until
    storage.staff.keep_session(session, row)
    return challenge


def _spent(session: Session, row: StaffSession, use: str, now: datetime) -> bytes | None:
    """What was asked of this browser for this use, if it still holds; it is used up by this."""
    asked, asked_for, until = row.challenge, row.challenge_for, row.challenge_until
    row.challenge, row.challenge_for, row.challenge_until = "", "", None
    storage.staff.keep_session(session, row)
    holds = bool(asked) and asked_for == use and until is not None and now < until
    return webauthn.base64url_to_bytes(asked) if holds else None


def _named(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(webauthn.base64url_to_bytes(one.credential_id)) for one in passkeys]
