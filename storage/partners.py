"""Partners (samverkan: fältare, skolor, fritidsgårdar, polis) and who came to us through whom."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.database import Session


class Partner(SQLModel, table=True):
    """Somebody an office works with. Never signs in here: what they know comes by telephone and is noted by staff."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    name: str
    kind: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    ended_on: date | None = None


class Referral(SQLModel, table=True):
    """That a person was referred to us (hänvisad av), or by us, and on what ground the partner might tell us."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    partner_id: int = Field(foreign_key="partner.id", index=True)
    to_us: bool = True
    on: date
    ground: str = ""
    noted_at: datetime
    noted_by_id: int | None = Field(default=None, foreign_key="staff.id")


def keep(session: Session, row: Partner | Referral) -> None:
    """Keep a partner or a referral, new or changed."""
    session.add(row)
    session.flush()


def forget(session: Session, referral: Referral) -> None:
    """Take away a referral that was noted by mistake."""
    session.delete(referral)
    session.flush()


def partners(session: Session, office_id: int | None, *, on: date | None = None) -> Sequence[Partner]:
    """An office's partners by name; with `on` only those that are partners still on that day."""
    query = select(Partner).where(Partner.office_id == office_id)
    if on is not None:
        query = query.where(or_(col(Partner.ended_on).is_(None), col(Partner.ended_on) > on))
    return session.exec(query.order_by(func.lower(Partner.name))).all()


def get(session: Session, partner_id: int) -> Partner:
    """The partner; raises when there is none with this id."""
    return session.get_one(Partner, partner_id)


def by_code(session: Session, code: str) -> Partner | None:
    """The partner a page address means."""
    return session.exec(select(Partner).where(Partner.code == code)).first()


def referrals(session: Session, person_id: int) -> Sequence[tuple[Referral, Partner]]:
    """Through whom a person came or went on, oldest first."""
    query = (
        select(Referral, Partner)
        .join(Partner, col(Partner.id) == Referral.partner_id)
        .where(Referral.person_id == person_id)
        .order_by(col(Referral.on), col(Referral.id))
    )
    return session.exec(query).all()


def referral_by_code(session: Session, code: str) -> Referral | None:
    """The referral a page address means."""
    return session.exec(select(Referral).where(Referral.code == code)).first()
