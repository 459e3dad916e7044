"""Writes many rows at once, for lists of thousands; one object per row would take ten times as long."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, insert
from sqlmodel import SQLModel, col, select

import storage.people
from storage.database import Session
from storage.numbers import Number
from storage.people import Person

# SQLite takes at most 32 766 values in one statement.
_AT_A_TIME = 10_000


def row(table: type[SQLModel], **values: object) -> dict[str, Any]:
    """A new row of a table as plain values, with the defaults of what is not given; the id is left to the database."""
    plain, made = _defaults(table)
    return {**plain, **{name: make() for name, make in made.items()}, **values}


def add(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows made by `row`."""
    session.each(_insert(table), rows)


def person_ids(session: Session, codes: Iterable[str]) -> dict[str, int]:
    """The ids of people by their codes."""
    found: dict[str, int] = {}
    for some in _in_parts(codes):
        found.update(session.exec(select(Person.code, Person.id).where(col(Person.code).in_(some))).all())
    return found


def number_ids(session: Session, e164s: Iterable[str]) -> dict[str, int]:
    """The ids of those of these numbers that are kept, whoever has them."""
    found: dict[str, int] = {}
    for some in _in_parts(e164s):
        found.update(session.exec(select(Number.e164, Number.id).where(col(Number.e164).in_(some))).all())
    return found


def people(session: Session, ids: Iterable[int], marks: Iterable[str] = ()) -> list[Person]:
    """The people with these ids, and those with these personnummer (as fingerprints), also where it came with a page
    that was merged into theirs; merged ones left out.
    """
    found: dict[int, Person] = {}
    marks = list(marks)
    now = storage.people.former_marks(session, marks) if marks else {}
    for column, wanted in ((Person.id, [*ids, *now.values()]), (Person.identity_mark, marks)):
        for some in _in_parts(wanted):
            query = select(Person).where(col(column).in_(some), col(Person.merged_into_id).is_(None))
            found.update({person.id: person for person in session.exec(query)})
    return list(found.values())


@cache
def _insert(table: type[SQLModel]) -> Insert:
    return insert(table.__table__)  # type: ignore[attr-defined]


@cache
def _defaults(table: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    fields = {name: field for name, field in table.model_fields.items() if name != "id"}
    made = {name: field.default_factory for name, field in fields.items() if field.default_factory}
    plain = {
        name: field.default for name, field in fields.items() if not field.default_factory and not field.is_required()
    }
    return plain, made


def _in_parts(values: Iterable[Any]) -> Iterable[list[Any]]:
    all_values = list(values)
    return (all_values[start : start + _AT_A_TIME] for start in range(0, len(all_values), _AT_A_TIME))
