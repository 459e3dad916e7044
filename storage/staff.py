"""Staff accounts, their roles per office, and their sessions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session
from storage.offices import Office

# Administratör, enhetschef, samordnare, konsulent, ambassadör, läsare (ux §2)
ROLES = ("administrator", "enhetschef", "samordnare", "konsulent", "ambassador", "lasare")


class Staff(SQLModel, table=True):
    """A member of staff. The authenticator key is sealed; the password is an argon2 hash. Of the code by which somebody
    new comes in, or somebody who has lost the way in, a keyed fingerprint is kept until it is used. `hours_cap` is how
    many hours a month somebody may work, where that is limited.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    email: str = Field(unique=True)
    name: str
    phone: str = ""
    password_hash: str = ""
    totp_sealed: str = ""
    totp_confirmed_at: datetime | None = None
    totp_last_step: int = 0
    invitation_mark: str = ""
    invited_until: datetime | None = None
    employed_from: date | None = None
    employed_to: date | None = None
    supervisor_id: int | None = Field(default=None, foreign_key="staff.id")
    hours_cap: int | None = None
    record_extract_shown_on: date | None = None
    created_at: datetime
    left_at: datetime | None = None

    @property
    def first_name(self) -> str:
        """What a youth may know of a member of staff (ux §5.2)."""
        return self.name.split()[0]


class StaffRole(SQLModel, table=True):
    """What somebody may do in an office, from when to when; no office means all."""

    __table_args__ = (one_of("role", ROLES),)

    id: int = Field(default=None, primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    role: str
    valid_from: date | None = None
    valid_to: date | None = None


class RecoveryCode(SQLModel, table=True):
    """A one-time way in without the telephone; kept as a keyed fingerprint."""

    mark: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    used_at: datetime | None = None


class SignInTries(SQLModel, table=True):
    """Failed tries to sign in under an address, whether or not anybody has it; kept as a keyed fingerprint."""

    mark: str = Field(primary_key=True)
    tries: int = 0
    last_at: datetime
    locked_until: datetime | None = None


class StaffSession(SQLModel, table=True):
    """A signed-in browser, and its kind in words. Only the token's fingerprint is kept, so a copied database opens
    nothing. `challenge` is what a passkey has been asked to sign in this browser, once, and for what.
    """

    mark: str = Field(primary_key=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    csrf: str = Field(default_factory=new_code)
    step: str = "password"
    browser: str = ""
    challenge: str = ""
    challenge_for: str = ""
    challenge_until: datetime | None = None
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None


def add(session: Session, staff: Staff) -> Staff:
    """Keep a new account."""
    session.add(staff)
    session.flush()
    return staff


def by_email(session: Session, email: str) -> Staff | None:
    """The account with this address, case aside."""
    return session.exec(select(Staff).where(func.lower(Staff.email) == email.strip().lower())).first()


def by_code(session: Session, code: str) -> Staff | None:
    """The account with this code."""
    return session.exec(select(Staff).where(Staff.code == code)).first()


def get(session: Session, staff_id: int) -> Staff:
    """The account; raises when there is none with this id."""
    return session.get_one(Staff, staff_id)


def find(session: Session, staff_id: int | None) -> Staff | None:
    """The account, if there is one with this id."""
    return session.get(Staff, staff_id) if staff_id is not None else None


def everyone(session: Session) -> Sequence[Staff]:
    """Every account that has not left, by name."""
    return session.exec(select(Staff).where(col(Staff.left_at).is_(None)).order_by(Staff.name)).all()


def accounts(session: Session) -> Sequence[Staff]:
    """Every account, those who have left too, by name."""
    return session.exec(select(Staff).order_by(Staff.name)).all()


def give_role(session: Session, role: StaffRole) -> StaffRole:
    """Keep a new or changed role."""
    session.add(role)
    session.flush()
    return role


_ROLES_OF = select(StaffRole).where(StaffRole.staff_id == bindparam("staff_id"))


def roles(session: Session, staff_id: int, on: date) -> Sequence[StaffRole]:
    """The roles somebody has on a day."""
    rows = session.execute(_ROLES_OF, {"staff_id": staff_id}).scalars()
    return [row for row in rows if (row.valid_from or on) <= on <= (row.valid_to or on)]


def all_roles(session: Session) -> Sequence[StaffRole]:
    """Every role that anybody has had, has or will have, in the order they were given."""
    return session.exec(select(StaffRole).order_by(col(StaffRole.id))).all()


def role(session: Session, role_id: int) -> StaffRole | None:
    """The role with this id."""
    return session.get(StaffRole, role_id)


_WITH_ROLE = (
    select(Staff)
    .join(StaffRole, col(StaffRole.staff_id) == Staff.id)
    .where(StaffRole.role == bindparam("role"), col(Staff.left_at).is_(None))
    .where(or_(col(StaffRole.valid_to).is_(None), col(StaffRole.valid_to) >= bindparam("on")))
    .order_by(col(Staff.id))
    .distinct()
)
_WITH_ROLE_IN = _WITH_ROLE.where(
    (col(StaffRole.office_id) == bindparam("office_id")) | col(StaffRole.office_id).is_(None)
)


def with_role(
    session: Session, role: str, office_id: int | None = None, *, on: date = date.min
) -> Sequence[Staff]:  # fmt: skip
    """Accounts with a role, in an office or in all, by id; with `on` none whose role has ended before that day."""
    if office_id is None:
        return session.exec(_WITH_ROLE, params={"role": role, "on": on}).all()
    return session.exec(_WITH_ROLE_IN, params={"role": role, "office_id": office_id, "on": on}).all()


def at_offices(session: Session, office_ids: Sequence[int], on: date) -> Sequence[Staff]:
    """Who works with people at these offices on a day, by name."""
    query = (
        select(Staff)
        .join(StaffRole, col(StaffRole.staff_id) == Staff.id)
        .where(col(StaffRole.role).in_(("enhetschef", "samordnare", "konsulent")), col(Staff.left_at).is_(None))
        .where(or_(col(StaffRole.office_id).in_(office_ids), col(StaffRole.office_id).is_(None)))
        .where(or_(col(StaffRole.valid_from).is_(None), col(StaffRole.valid_from) <= on))
        .where(or_(col(StaffRole.valid_to).is_(None), col(StaffRole.valid_to) >= on))
    )
    return session.exec(query.distinct().order_by(Staff.name)).all()


def offices_of_roles(session: Session, held: Sequence[StaffRole]) -> Sequence[Office]:
    """The offices these roles are held in; all of them where one has no office."""
    query = select(Office).order_by(Office.name)
    if not any(role.office_id is None for role in held):
        query = query.where(col(Office.id).in_([role.office_id for role in held]))
    return session.exec(query).all()


def keep_session(session: Session, row: StaffSession) -> StaffSession:
    """Keep a new or changed browser session."""
    session.add(row)
    session.flush()
    return row


def session_by_mark(session: Session, mark: str) -> StaffSession | None:
    """The browser session whose token has this fingerprint."""
    return session.get(StaffSession, mark)


def open_sessions(session: Session, staff_id: int, since: datetime) -> Sequence[StaffSession]:
    """Browsers signed in as somebody that have been used since then, the latest used first."""
    query = select(StaffSession).where(StaffSession.staff_id == staff_id, StaffSession.step == "in")
    query = query.where(col(StaffSession.ended_at).is_(None), col(StaffSession.seen_at) >= since)
    return session.exec(query.order_by(col(StaffSession.seen_at).desc())).all()


def end_sessions(session: Session, staff_id: int, *, now: datetime, but: str = "") -> int:
    """End every browser session of somebody, half-way ones too, but for the one with this mark. Returns how many."""
    query = select(StaffSession).where(StaffSession.staff_id == staff_id, col(StaffSession.ended_at).is_(None))
    rows = session.exec(query.where(StaffSession.mark != but)).all()
    for row in rows:
        row.ended_at = now
        session.add(row)
    session.flush()
    return len(rows)


def last_signed_in(session: Session) -> dict[int, datetime]:
    """When each account last signed in, by id; nothing for those who never have."""
    query = select(StaffSession.staff_id, func.max(StaffSession.created_at)).where(StaffSession.step == "in")
    return dict(session.exec(query.group_by(col(StaffSession.staff_id))).all())


def tries(session: Session, mark: str) -> SignInTries | None:
    """The failed tries under the address with this fingerprint."""
    return session.get(SignInTries, mark)


def keep_tries(session: Session, row: SignInTries) -> None:
    """Keep how often somebody has tried."""
    session.add(row)
    session.flush()


def forget_tries(session: Session, *, mark: str = "", before: datetime | None = None) -> None:
    """Forget the tries under an address, or those before a moment."""
    query = select(SignInTries).where(SignInTries.mark == mark)
    if before is not None:
        query = select(SignInTries).where(col(SignInTries.last_at) < before)
    for row in session.exec(query).all():
        session.delete(row)
    session.flush()


def carry_sessions(session: Session, moved: timedelta) -> None:
    """Take every open browser session along when the practice clock is moved, so that nobody idles out by it."""
    for row in session.exec(select(StaffSession).where(col(StaffSession.ended_at).is_(None))).all():
        row.seen_at += moved
        session.add(row)
    session.flush()


def add_recovery_codes(session: Session, staff_id: int, marks: Sequence[str]) -> None:
    """Keep new recovery codes; older ones stop working."""
    for old in session.exec(select(RecoveryCode).where(RecoveryCode.staff_id == staff_id)).all():
        session.delete(old)
    session.flush()
    session.add_all([RecoveryCode(mark=mark, staff_id=staff_id) for mark in marks])
    session.flush()


def recovery_code(session: Session, staff_id: int, mark: str) -> RecoveryCode | None:
    """An unused recovery code of this account."""
    row = session.get(RecoveryCode, mark)
    return row if row is not None and row.staff_id == staff_id and row.used_at is None else None


def recovery_codes_left(session: Session, staff_id: int) -> int:
    """How many recovery codes somebody has not used."""
    query = select(func.count()).select_from(RecoveryCode)
    query = query.where(RecoveryCode.staff_id == staff_id, col(RecoveryCode.used_at).is_(None))
    return session.exec(query).one()


def names(session: Session) -> dict[int, str]:
    """Everybody's name by id, those who have left too: what they did stays theirs."""
    return dict(session.exec(select(Staff.id, Staff.name)).all())
