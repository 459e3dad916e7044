"""Who grows out of a programme, and who soon will."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlmodel import col

from storage.columns import among
from storage.database import Session
from storage.people import Person, ProgrammeMembership
from storage.tasks import Task


def outgrown(session: Session, programme: str, born_by: date, today: date) -> list[tuple[ProgrammeMembership, Person]]:
    """Who is still part of a programme and was born on a day or before it."""
    query = (
        select(ProgrammeMembership, Person)
        .join(Person, col(Person.id) == col(ProgrammeMembership.person_id))
        .where(_member(programme, today), col(Person.birth_date) <= born_by, col(Person.merged_into_id).is_(None))
    )
    return [(member, person) for member, person in session.execute(query.order_by(col(Person.id)))]


def turning(session: Session, programme: str, after: date, until: date, today: date) -> list[Person]:
    """Who is part of a programme, open and unprotected, and was born after a day and until another."""
    query = (
        select(Person)
        .join(ProgrammeMembership, col(ProgrammeMembership.person_id) == col(Person.id))
        .where(_member(programme, today), col(Person.birth_date) > after, col(Person.birth_date) <= until)
        .where(col(Person.closed_at).is_(None), col(Person.protected).is_(False))
        .where(col(Person.merged_into_id).is_(None))
    )
    return list(session.execute(query.order_by(col(Person.id))).scalars())


def first_born_after(session: Session, programme: str, day: date, today: date) -> date | None:
    """The birth date of the oldest member of a programme who was born after a day: the next to grow out of it."""
    query = (
        select(func.min(col(Person.birth_date)))
        .select_from(Person)
        .join(ProgrammeMembership, col(ProgrammeMembership.person_id) == col(Person.id))
        .where(_member(programme, today), col(Person.birth_date) > day, col(Person.merged_into_id).is_(None))
    )
    born: date | None = session.execute(query).scalar()
    return born


def _member(programme: str, today: date) -> ColumnElement[bool]:
    return and_(
        col(ProgrammeMembership.programme) == programme, col(ProgrammeMembership.valid_from) <= today,
        or_(col(ProgrammeMembership.valid_to).is_(None), col(ProgrammeMembership.valid_to) >= today),
    )  # fmt: skip


def with_task(session: Session, kind: str, person_ids: Iterable[int]) -> set[int]:
    """Who of these has, or has had, a task of this kind."""
    query = select(col(Task.person_id)).where(among(Task.person_id), col(Task.kind) == kind)
    return {person_id for person_id in session.execute(query, {"ids": list(person_ids)}).scalars() if person_id}
