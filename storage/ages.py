"""Who grows out of a programme, and who soon will."""

from datetime import date

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlmodel import col

from storage.database import Session
from storage.people import Person, ProgrammeMembership
from storage.tasks import Task

# The statements are made once, since they are asked all day.
_member: ColumnElement[bool] = and_(
    col(ProgrammeMembership.programme) == bindparam("programme"),
    col(ProgrammeMembership.valid_from) <= bindparam("today"),
    or_(col(ProgrammeMembership.valid_to).is_(None), col(ProgrammeMembership.valid_to) >= bindparam("today")),
    col(Person.merged_into_id).is_(None),
)
_born = col(Person.birth_date)
_people = (
    select(ProgrammeMembership, Person)
    .join(Person, col(Person.id) == col(ProgrammeMembership.person_id))
    .where(_member)
    .order_by(col(Person.id))
)
_OUTGROWN = _people.where(_born <= bindparam("born_by"))
_TURNING = _people.with_only_columns(Person).where(
    _born > bindparam("after"), _born <= bindparam("until"), col(Person.closed_at).is_(None),
    col(Person.protected).is_(False),
)  # fmt: skip
_ANY_OUTGROWN = _OUTGROWN.with_only_columns(col(Person.id)).order_by(None).limit(1)
_has_task = exists().where(col(Task.person_id) == col(Person.id), col(Task.kind) == bindparam("kind"))
_TURNING_UNTOLD = _TURNING.where(~_has_task)
_FIRST_BORN = _people.with_only_columns(func.min(_born)).order_by(None).where(_born > bindparam("after"))


def outgrown(session: Session, programme: str, born_by: date, today: date) -> list[tuple[ProgrammeMembership, Person]]:
    """Who is still part of a programme and was born on a day or before it."""
    rows = session.execute(_OUTGROWN, {"programme": programme, "today": today, "born_by": born_by})
    return [(member, person) for member, person in rows]


def any_outgrown(session: Session, programme: str, born_by: date, today: date) -> bool:
    """Whether there is anybody like that."""
    return session.finds(_ANY_OUTGROWN, programme=programme, today=today, born_by=born_by)


def turning(session: Session, programme: str, after: date, until: date, today: date) -> list[Person]:
    """Who is part of a programme, open and unprotected, and was born after a day and until another."""
    values = {"programme": programme, "today": today, "after": after, "until": until}
    return list(session.execute(_TURNING, values).scalars())


def turning_without(
    session: Session, kind: str, programme: str, after: date, until: date, today: date
) -> list[Person]:  # fmt: skip
    """Of these, who has never had a task of a kind."""
    values = {"kind": kind, "programme": programme, "today": today, "after": after, "until": until}
    return list(session.execute(_TURNING_UNTOLD, values).scalars())


def first_born_after(session: Session, programme: str, day: date, today: date) -> date | None:
    """The birth date of the oldest member of a programme who was born after a day: the next to grow out of it."""
    values = {"programme": programme, "today": today, "after": day}
    born: date | None = session.execute(_FIRST_BORN, values).scalar()
    return born
