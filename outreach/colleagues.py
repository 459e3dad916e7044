"""Who works where and as what: colleagues are invited, get roles with dates, lose them and leave (ux §4.16).

Nobody changes their own roles, nobody gives more than they may, and there is always a lasting administrator. The first
one is made on the machine itself (`brygga staff add`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import storage.audit
import storage.staff
from outreach import access, invitations
from outreach.access import Who
from outreach.errors import BadInput, Conflict, NotAllowed
from storage.database import Session
from storage.local_time import local_date
from storage.staff import Staff, StaffRole

# Which roles each role may give and take, in its own office.
GIVES: dict[str, tuple[str, ...]] = {
    "administrator": storage.staff.ROLES,
    "enhetschef": ("samordnare", "konsulent", "ambassador", "lasare"),
}
ADMINISTRATOR = "administrator"
LONGEST_NAME, LONGEST_EMAIL = 80, 200


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody to invite; no office means all of them."""

    email: str
    name: str
    role: str
    office_id: int | None
    employed_from: date | None = None
    employed_to: date | None = None


def may_give(who: Who, role: str, office_id: int | None) -> bool:
    """Whether one may give and take this role in this office; no office means all of them."""
    return any(role in GIVES.get(own.role, ()) and own.office_id in (None, office_id) for own in who.roles)


def may_manage(session: Session, who: Who, staff: Staff, now: datetime) -> bool:
    """Whether somebody's whole account is one's to change: never one's own, nor that of anybody who has, or will have,
    a role that one may not give.
    """
    own = who.staff.id == staff.id
    return not own and who.may("settings") and all(
        may_give(who, role.role, role.office_id) for role in standing(session, staff, now)
    )  # fmt: skip


def may_reset(session: Session, who: Who, staff: Staff, now: datetime) -> bool:
    """Whether one may give somebody another way in: an administrator of where they work may, and whoever invited
    somebody who has not come in yet.
    """
    is_new = not staff.password_hash
    administers = any(one.role == ADMINISTRATOR for one in who.roles) and all(
        may_give(who, ADMINISTRATOR, role.office_id) for role in standing(session, staff, now)
    )
    return may_manage(session, who, staff, now) and (is_new or administers)


def standing(session: Session, staff: Staff, now: datetime) -> list[StaffRole]:
    """The roles somebody has or is going to have."""
    today = local_date(now)
    mine = [role for role in storage.staff.all_roles(session) if role.staff_id == staff.id]
    return [role for role in mine if (role.valid_to or today) >= today and not _is_empty(role)]


def invite(session: Session, who: Who, newcomer: Newcomer, *, now: datetime) -> tuple[Staff, str]:
    """An account for somebody new, or again for somebody who has left, and the code they come in by, shown this once.
    Raises BadInput, and NotAllowed for a role one may not give.
    """
    _may_give_or_refuse(who, newcomer.role, newcomer.office_id)
    _check_days(newcomer.employed_from, newcomer.employed_to)
    name, email = newcomer.name.strip(), newcomer.email.strip()
    if not name or len(name) > LONGEST_NAME or len(email) > LONGEST_EMAIL or email.split() != [email]:
        raise BadInput("Skriv kollegans namn och e-post.")
    known = storage.staff.by_email(session, email)
    staff = (
        _take_back(session, who, known, now) if known is not None else
        access.add_account(session, email=email, name=name, now=now)
    )  # fmt: skip
    staff.employed_from, staff.employed_to = newcomer.employed_from, newcomer.employed_to
    code = invitations.issue(session, staff, now=now)
    since = max(local_date(now), newcomer.employed_from or local_date(now))
    storage.staff.give_role(
        session, StaffRole(staff_id=staff.id, office_id=newcomer.office_id, role=newcomer.role, valid_from=since)
    )  # fmt: skip
    storage.audit.write(session, "staff_invited", now=now, staff_id=who.staff.id, colleague=staff.code,
                        role=newcomer.role, office=newcomer.office_id)  # fmt: skip
    return staff, code


def _take_back(session: Session, who: Who, known: Staff, now: datetime) -> Staff:
    """Somebody who has left comes back under the same account: what they did stays theirs."""
    if known.left_at is None:
        raise BadInput("Det finns redan ett konto med den e-posten.")
    if not may_manage(session, who, known, now):
        raise NotAllowed
    known.left_at, known.password_hash = None, ""
    access.new_app(session, known)
    return known


def reset(session: Session, who: Who, staff: Staff, *, now: datetime) -> str:
    """Another code to come in by, shown this once: password, app, passkeys and recovery codes stop working, and every
    browser is signed out. Raises NotAllowed.
    """
    if not may_reset(session, who, staff, now) or staff.left_at is not None:
        raise NotAllowed
    staff.password_hash = ""
    access.new_app(session, staff)
    storage.staff.end_sessions(session, staff.id, now=now)
    code = invitations.issue(session, staff, now=now)
    storage.audit.write(session, "way_in_reset", now=now, staff_id=who.staff.id, colleague=staff.code)
    return code


def give_role(
    session: Session, who: Who, staff: Staff, wanted: StaffRole, *, instead: bool, now: datetime
) -> None:  # fmt: skip
    """A role from a day on, today unless said; `instead` ends the others in the same office the day before. Raises
    BadInput, and NotAllowed for one's own roles and for those one may not give.
    """
    if staff.id == who.staff.id or staff.left_at is not None:
        raise NotAllowed("Ingen ändrar sina egna roller. Be en kollega som får göra det.")
    _may_give_or_refuse(who, wanted.role, wanted.office_id)
    wanted.staff_id, wanted.valid_from = staff.id, wanted.valid_from or local_date(now)
    _check_days(wanted.valid_from, wanted.valid_to)
    if wanted.valid_from < local_date(now):
        raise BadInput("Rollen kan börja gälla tidigast i dag.")
    before = [role for role in standing(session, staff, now) if role.office_id == wanted.office_id]
    if any(role.role == wanted.role and (role.valid_to or date.max) >= wanted.valid_from for role in before):
        raise BadInput("Kollegan har redan den rollen där.")
    storage.staff.give_role(session, wanted)
    if instead:
        for role in before:
            end_role(session, who, role, wanted.valid_from - timedelta(days=1), now=now)
    storage.audit.write(session, "role_given", now=now, staff_id=who.staff.id, colleague=staff.code,
                        role=wanted.role, office=wanted.office_id)  # fmt: skip


def end_role(session: Session, who: Who, role: StaffRole, last: date, *, now: datetime) -> None:
    """A role ends with a day; with yesterday it ends at once. Raises BadInput, Conflict for the last administrator, and
    NotAllowed for one's own roles and for those one may not take.
    """
    if role.staff_id == who.staff.id:
        raise NotAllowed("Ingen ändrar sina egna roller. Be en kollega som får göra det.")
    _may_give_or_refuse(who, role.role, role.office_id)
    colleague = storage.staff.get(session, role.staff_id)
    if role.id not in {one.id for one in standing(session, colleague, now)}:
        raise Conflict("Rollen är redan avslutad. Läs om sidan.")
    if last < local_date(now) - timedelta(days=1) or (role.valid_to is not None and last > role.valid_to):
        raise BadInput("Välj i dag eller en senare dag, men inte efter den rollen redan slutar.")
    keep_an_administrator(session, [role])
    role.valid_to = last
    storage.staff.give_role(session, role)
    storage.audit.write(session, "role_ended", now=now, staff_id=who.staff.id, colleague=colleague.code,
                        role=role.role, office=role.office_id)  # fmt: skip


def keep_an_administrator(session: Session, leaving: Collection[StaffRole]) -> None:
    """Raises Conflict when nobody would be left, for good and able to sign in, to administer what one of these does."""
    gone = {role.id for role in leaving}
    left = [
        role
        for role in storage.staff.all_roles(session)
        if role.role == ADMINISTRATOR and role.id not in gone and _lasts(session, role)
    ]
    for role in leaving:
        if role.role == ADMINISTRATOR and not any(one.office_id in (None, role.office_id) for one in left):
            raise Conflict("Det är den sista administratören. Ge någon annan den rollen utan slutdatum först.")


def _lasts(session: Session, role: StaffRole) -> bool:
    staff = storage.staff.get(session, role.staff_id)
    stays = staff.left_at is None and staff.employed_to is None and role.valid_to is None
    return stays and access.has_second_step(session, staff)


def sign_out_everywhere(session: Session, who: Who, staff: Staff, *, now: datetime) -> int:
    """End every browser session of a colleague; returns how many. Raises NotAllowed."""
    if not may_manage(session, who, staff, now):
        raise NotAllowed
    ended = storage.staff.end_sessions(session, staff.id, now=now)
    storage.audit.write(session, "signed_out_everywhere", now=now, staff_id=who.staff.id, colleague=staff.code)
    return ended


def note_extract(session: Session, who: Who, staff: Staff, shown_on: date | None, *, now: datetime) -> None:
    """The day on which somebody showed their criminal-record extract, and nothing of what stood in it (lag 2013:852);
    None where it was noted by mistake. Raises BadInput, and NotAllowed.
    """
    if not may_manage(session, who, staff, now):
        raise NotAllowed
    if shown_on is not None and shown_on > local_date(now):
        raise BadInput("Dagen har inte varit än. Skriv den dag utdraget visades.")
    staff.record_extract_shown_on = shown_on
    storage.staff.add(session, staff)
    storage.audit.write(session, "extract_shown", now=now, staff_id=who.staff.id, colleague=staff.code)


def _may_give_or_refuse(who: Who, role: str, office_id: int | None) -> None:
    if not may_give(who, role, office_id):
        raise NotAllowed("Du kan inte ge eller ta den rollen där. Be en administratör.")


def _check_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise BadInput("Sista dagen behöver vara samma dag som den första eller senare.")


def _is_empty(role: StaffRole) -> bool:
    """A role that ended before it began."""
    return role.valid_from is not None and role.valid_to is not None and role.valid_to < role.valid_from
