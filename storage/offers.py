"""What a person can be offered and has been: the office's measures (insatser), offers of them, enrolments, education
contracts (utbildningskontrakt) and encouragement after a study start.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import UniqueConstraint, bindparam, case, func
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session

# Study comes before work, and work before other support (domain S30).
AIMS = ("study", "work", "support")
ANSWERS = ("", "accepted", "declined")


class Measure(SQLModel, table=True):
    """A measure (insats) that an office can offer: for whom, where, when and how to book (domain S27)."""

    __table_args__ = (one_of("aim", AIMS),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    name: str
    aim: str
    for_whom: str = ""
    place: str = ""
    times: str = ""
    how_to_book: str = ""
    position: int = 0
    ended_on: date | None = None


class Offer(SQLModel, table=True):
    """That a person was offered a measure, and when: "everyone 16-19 is offered" is counted from these (domain S64)."""

    __table_args__ = (one_of("answer", ANSWERS),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    measure_id: int = Field(foreign_key="measure.id", index=True)
    offered_on: date = Field(index=True)
    offered_by_id: int | None = Field(default=None, foreign_key="staff.id")
    answer: str = ""
    answered_on: date | None = None
    withdrawn_at: datetime | None = None


class Enrolment(SQLModel, table=True):
    """That a person is enrolled (inskriven) in another system, by its name and dates; never what stands in it."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    system: str
    enrolled_on: date = Field(index=True)
    ended_on: date | None = None
    ended_why: str = ""
    noted_at: datetime
    noted_by_id: int | None = Field(default=None, foreign_key="staff.id")


class EducationContract(SQLModel, table=True):
    """An education contract (utbildningskontrakt, 20-24): that there is one, from when to when."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    signed_on: date
    ends_on: date | None = None
    ended_why: str = ""
    noted_at: datetime
    noted_by_id: int | None = Field(default=None, foreign_key="staff.id")


class Encouragement(SQLModel, table=True):
    """A series of encouraging texts after a study start, which the person has said yes to (domain S39)."""

    __table_args__ = (UniqueConstraint("person_id", "begun_at"),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    begun_at: datetime
    begun_by_id: int | None = Field(default=None, foreign_key="staff.id")
    sent: int = 0
    next_at: datetime | None = Field(default=None, index=True)
    ended_at: datetime | None = None
    ended_why: str = ""


Kept = TypeVar("Kept", bound=SQLModel)
_IN_ORDER = case({aim: place for place, aim in enumerate(AIMS)}, value=col(Measure.aim))


def keep(session: Session, row: Kept) -> Kept:
    """Keep something new or changed."""
    session.add(row)
    session.flush()
    return row


def measures(session: Session, office_id: int | None, *, on: date | None = None) -> Sequence[Measure]:
    """An office's measures: study, then work, then other support. With `on` only those that have not ended that day."""
    query = select(Measure).where(Measure.office_id == office_id)
    if on is not None:
        query = query.where(or_(col(Measure.ended_on).is_(None), col(Measure.ended_on) > on))
    return session.exec(query.order_by(_IN_ORDER, col(Measure.position), col(Measure.id))).all()


def measure_by_code(session: Session, code: str) -> Measure | None:
    """The measure a page address means."""
    return session.exec(select(Measure).where(Measure.code == code)).first()


def of_person(session: Session, person_id: int) -> Sequence[tuple[Offer, Measure]]:
    """What a person has been offered, oldest first, with offers that were taken back."""
    query = (
        select(Offer, Measure)
        .join(Measure, col(Measure.id) == Offer.measure_id)
        .where(Offer.person_id == person_id)
        .order_by(col(Offer.offered_on), col(Offer.id))
    )
    return session.exec(query).all()


def by_code(session: Session, code: str) -> Offer | None:
    """The offer a page address means."""
    return session.exec(select(Offer).where(Offer.code == code)).first()


def enrolments(session: Session, person_id: int) -> Sequence[Enrolment]:
    """Where a person is or was enrolled, oldest first."""
    query = select(Enrolment).where(Enrolment.person_id == person_id)
    return session.exec(query.order_by(col(Enrolment.enrolled_on), col(Enrolment.id))).all()


def enrolment_by_code(session: Session, code: str) -> Enrolment | None:
    """The enrolment a page address means."""
    return session.exec(select(Enrolment).where(Enrolment.code == code)).first()


def contracts(session: Session, person_id: int) -> Sequence[EducationContract]:
    """A person's education contracts, oldest first."""
    query = select(EducationContract).where(EducationContract.person_id == person_id)
    return session.exec(query.order_by(col(EducationContract.signed_on), col(EducationContract.id))).all()


def contract_by_code(session: Session, code: str) -> EducationContract | None:
    """The contract a page address means."""
    return session.exec(select(EducationContract).where(EducationContract.code == code)).first()


def encouragements(session: Session, person_ids: Sequence[int]) -> Sequence[Encouragement]:
    """Every series of encouraging texts of these people, oldest first."""
    query = select(Encouragement).where(col(Encouragement.person_id).in_(person_ids))
    return session.exec(query.order_by(col(Encouragement.id))).all()


def running(session: Session, person_id: int) -> Encouragement | None:
    """The series that goes on just now."""
    query = select(Encouragement).where(Encouragement.person_id == person_id, col(Encouragement.ended_at).is_(None))
    return session.exec(query.order_by(col(Encouragement.id).desc())).first()


_DUE_SERIES = (
    select(Encouragement)
    .where(col(Encouragement.ended_at).is_(None), col(Encouragement.next_at) <= bindparam("now"))
    .order_by(col(Encouragement.next_at), col(Encouragement.id))
)


def due_series(session: Session, now: datetime) -> Sequence[Encouragement]:
    """Series of which the next text is due, longest wait first."""
    return session.execute(_DUE_SERIES, {"now": now}).scalars().all()


def next_of_series(session: Session) -> datetime | None:
    """When the next text of any series is due."""
    return session.exec(select(func.min(Encouragement.next_at)).where(col(Encouragement.ended_at).is_(None))).one()


def end_series(session: Session, series: Encouragement, why: str, *, now: datetime) -> None:
    """Nothing more of this series is written."""
    series.ended_at, series.ended_why, series.next_at = now, why, None
    keep(session, series)
