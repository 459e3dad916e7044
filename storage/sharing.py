"""What a person has let us tell others, and who may not open their page."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.database import Session


class SharingCard(SQLModel, table=True):
    """A sharing card ("det här har jag redan berättat", domain S37 and B12): exactly what the person lets us tell, to
    whom, until when. Without a permission (medgivande) that stands it is told to nobody.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    text: str
    told_to: str
    until: date
    written_at: datetime
    written_by_id: int | None = Field(default=None, foreign_key="staff.id")
    permitted_at: datetime | None = None
    permitted_how: str = ""
    withdrawn_at: datetime | None = None
    told_at: datetime | None = None
    told_by_id: int | None = Field(default=None, foreign_key="staff.id")


class Acquaintance(SQLModel, table=True):
    """That a member of staff knows the person (jäv, förvaltningslagen 16 §) and so may not open the page."""

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    since: datetime
    ended_at: datetime | None = None
    ended_by_id: int | None = Field(default=None, foreign_key="staff.id")


def get(session: Session, staff_id: int, person_id: int) -> Acquaintance | None:
    """That this member of staff has said that they know the person, whether or not it holds any longer."""
    return session.get(Acquaintance, (staff_id, person_id))


def keep(session: Session, row: Acquaintance | SharingCard) -> None:
    """Keep an acquaintance or a card, new or changed."""
    session.add(row)
    session.flush()


_KNOWN_TO = select_columns(col(Acquaintance.person_id)).where(
    col(Acquaintance.staff_id) == bindparam("staff_id"), col(Acquaintance.ended_at).is_(None)
)


def known_to(session: Session, staff_id: int) -> frozenset[int]:
    """Whose pages this member of staff may not open, for knowing them."""
    return frozenset(session.rows(_KNOWN_TO, staff_id=staff_id).scalars())


def acquaintances(session: Session, person_id: int) -> Sequence[Acquaintance]:
    """Who has said that they know the person, lifted ones too, oldest first."""
    query = select(Acquaintance).where(Acquaintance.person_id == person_id).order_by(col(Acquaintance.since))
    return session.exec(query).all()


def uphold(session: Session, kept_id: int, merged_id: int) -> None:
    """Whoever may not open one of two pages may not open the other either: they are one person's."""
    mine = {row.staff_id: row for row in acquaintances(session, kept_id)}
    for row in acquaintances(session, merged_id):
        known = mine.get(row.staff_id)
        if known is not None and row.ended_at is None:
            known.ended_at, known.ended_by_id = None, None
            session.add(known)
    session.flush()


def cards(session: Session, person_id: int) -> Sequence[SharingCard]:
    """A person's sharing cards, newest first."""
    query = select(SharingCard).where(SharingCard.person_id == person_id).order_by(col(SharingCard.id).desc())
    return session.exec(query).all()


def card_by_code(session: Session, code: str) -> SharingCard | None:
    """The card a page address means."""
    return session.exec(select(SharingCard).where(SharingCard.code == code)).first()
