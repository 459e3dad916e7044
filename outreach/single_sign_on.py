"""Signing in by the municipality's own account (ux §4.1): who comes in by it, and the port to whoever vouches for them.

It never makes a colleague and never gives a role. The first time, somebody is known by the e-mail address that the
provider has verified; from then on by the provider's own name for the account, since an address can be handed on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import storage.audit
import storage.single_sign_on
import storage.staff
from outreach import access
from outreach.errors import BadInput, BryggaError
from storage.database import Session
from storage.single_sign_on import OutsideAccount
from storage.staff import Staff, StaffSession

NOBODY = "Det finns inget konto i Brygga för din e-post i kommunen. Be er administratör om ett."
NOT_VERIFIED = "Kommunen skickade ingen bekräftad e-post. Logga in med e-post och lösenord i stället."
ENDED = "Ditt konto i Brygga är avslutat. Prata med er administratör om det är fel."
CODE_FIRST = "Första gången behöver du koden du har fått av en kollega. Välj ”Har du fått en kod av en kollega?”."
ANOTHERS = "Ditt konto i Brygga är kopplat till ett annat konto i kommunen. Be er administratör om en ny kod."


class NotVouchedFor(BryggaError):
    """Inloggningen hos kommunen gick inte. Försök igen, eller logga in med e-post och lösenord."""

    def __init__(self, why: str) -> None:
        """`why` is for the log: a word that holds nothing personal."""
        super().__init__()
        self.why = why


class ProviderSilent(NotVouchedFor):
    """Kommunens inloggning svarar inte just nu. Logga in med e-post och lösenord i stället."""


class Declined(NotVouchedFor):
    """Inloggningen hos kommunen avbröts. Försök igen, eller logga in med e-post och lösenord."""


class ProviderDoubted(NotVouchedFor):
    """Inloggningen hos kommunen gick inte att kontrollera. Försök igen, eller logga in med e-post och lösenord."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that is under way at the provider: where the browser goes, and what it is known again by."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom the provider vouches for. `email` is empty unless it has been verified; `in_two_steps` when its own sign-in
    is to count as both of ours.
    """

    issuer: str
    subject: str
    email: str
    in_two_steps: bool


class Provider(Protocol):
    """Whoever vouches for the municipality's staff."""

    @property
    def label(self) -> str:
        """What stands on the button."""
        ...

    @property
    def issuer(self) -> str:
        """What it calls itself."""
        ...

    async def begin(self, come_back: str) -> Begun:
        """Send a browser there, to come back to this address of ours. Raises ProviderSilent, ProviderDoubted."""
        ...

    async def finish(self, come_back: str, begun: Begun, code: str) -> Outside:
        """Whom the code that came back stands for. Raises ProviderSilent, ProviderDoubted."""
        ...


def sign_in(session: Session, outside: Outside, *, now: datetime, browser: str) -> tuple[str, StaffSession]:
    """A browser signed in by the municipality's account, and its token; its second step is still to come unless the
    provider's own sign-in counts. Raises BadInput in plain words for whoever does not come in.
    """
    staff = _colleague(session, outside, now)
    token, row = access.new_session(session, staff, step="password", browser=browser, now=now)
    if outside.in_two_steps:
        access.let_in(session, row, staff, by="single_sign_on", now=now)
    return token, row


def _colleague(session: Session, outside: Outside, now: datetime) -> Staff:
    owner = storage.single_sign_on.owner(session, outside.issuer, outside.subject)
    staff = storage.staff.get(session, owner) if owner is not None else _by_email(session, outside)
    if not access.is_employed(staff, now):
        raise BadInput(ENDED)
    # Whoever is new here, or has been given another way in, shows by that code who they are.
    if not staff.password_hash:
        raise BadInput(CODE_FIRST)
    if owner is None:
        _tie(session, staff, outside, now)
    return staff


def _by_email(session: Session, outside: Outside) -> Staff:
    if not outside.email:
        raise BadInput(NOT_VERIFIED)
    staff = storage.staff.by_email(session, outside.email)
    if staff is None:
        raise BadInput(NOBODY)
    return staff


def _tie(session: Session, staff: Staff, outside: Outside, now: datetime) -> None:
    if storage.single_sign_on.of_staff(session, staff.id) is not None:
        raise BadInput(ANOTHERS)
    storage.single_sign_on.tie(
        session,
        OutsideAccount(staff_id=staff.id, issuer=outside.issuer, subject=outside.subject, tied_at=now),
    )
    storage.audit.write(session, "outside_account_tied", now=now, staff_id=staff.id)
