"""Help to people outside the target group (annan målgrupp): counted, never a record of who it was (domain S50)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.database import Session


class OtherHelp(SQLModel, table=True):
    """How many were helped on a day, and how; no names."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    on: date = Field(index=True)
    how_many: int = 1
    what: str = ""
    noted_at: datetime
    noted_by_id: int | None = Field(default=None, foreign_key="staff.id")
    undone_at: datetime | None = None


def keep(session: Session, help_: OtherHelp) -> OtherHelp:
    """Keep a count, new or changed."""
    session.add(help_)
    session.flush()
    return help_


def by_code(session: Session, code: str) -> OtherHelp | None:
    """The count a form means."""
    return session.exec(select(OtherHelp).where(OtherHelp.code == code)).first()


def latest(session: Session, office_ids: Sequence[int], limit: int) -> Sequence[OtherHelp]:
    """What was noted last at these offices and stands, the newest first."""
    query = select(OtherHelp).where(col(OtherHelp.office_id).in_(office_ids), col(OtherHelp.undone_at).is_(None))
    return session.exec(query.order_by(col(OtherHelp.id).desc()).limit(limit)).all()


def helped(session: Session, office_ids: Sequence[int], since: date, until: date) -> int:
    """How many were helped at these offices from a day through another."""
    query = select(func.coalesce(func.sum(OtherHelp.how_many), 0)).where(
        col(OtherHelp.office_id).in_(office_ids), col(OtherHelp.undone_at).is_(None), OtherHelp.on >= since,
        OtherHelp.on <= until,
    )  # fmt: skip
    return int(session.exec(query).one())
