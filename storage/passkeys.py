"""Passkeys: what is kept of the key in somebody's phone, computer or stick, to know it again by."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.database import Session


class Passkey(SQLModel, table=True):
    """The public half of a passkey, which opens nothing by itself, and how often its device says it has been used."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    name: str
    credential_id: str = Field(unique=True)
    public_key: str
    sign_count: int = 0
    created_at: datetime
    used_at: datetime | None = None


def keep(session: Session, passkey: Passkey) -> Passkey:
    """Keep a new or changed passkey."""
    session.add(passkey)
    session.flush()
    return passkey


def of_staff(session: Session, staff_id: int) -> Sequence[Passkey]:
    """Somebody's passkeys, the oldest first."""
    return session.exec(select(Passkey).where(Passkey.staff_id == staff_id).order_by(col(Passkey.id))).all()


def is_known(session: Session, credential_id: str) -> bool:
    """Whether anybody has this passkey."""
    return session.exec(select(Passkey).where(Passkey.credential_id == credential_id)).first() is not None


def remove(session: Session, passkeys: Sequence[Passkey]) -> None:
    """Forget passkeys: they open nothing any more."""
    for passkey in passkeys:
        session.delete(passkey)
    session.flush()
