"""Whose account at the municipality's sign-in is whose here."""

from datetime import datetime

from sqlmodel import Field, SQLModel, UniqueConstraint, select

from storage.database import Session


class OutsideAccount(SQLModel, table=True):
    """That an account at a provider is a colleague's: known by the provider's own name for it, which never changes,
    while an e-mail address can be given to somebody else.
    """

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    staff_id: int = Field(primary_key=True, foreign_key="staff.id")
    issuer: str
    subject: str
    tied_at: datetime


def owner(session: Session, issuer: str, subject: str) -> int | None:
    """The id of the colleague whose account this is."""
    query = select(OutsideAccount.staff_id)
    return session.exec(query.where(OutsideAccount.issuer == issuer, OutsideAccount.subject == subject)).first()


def of_staff(session: Session, staff_id: int) -> OutsideAccount | None:
    """The account that a colleague has signed in by."""
    return session.get(OutsideAccount, staff_id)


def tie(session: Session, account: OutsideAccount) -> None:
    """Keep that the account is the colleague's."""
    session.add(account)
    session.flush()


def untie(session: Session, staff_id: int) -> None:
    """Forget which account a colleague signs in by."""
    account = of_staff(session, staff_id)
    if account is not None:
        session.delete(account)
        session.flush()
