"""Rows of any table, made up from the schema alone: whatever table is made tomorrow, tests that use these know it."""

import re
from datetime import date, time, timedelta
from random import Random
from typing import Any

from builders import NOW
from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Integer,
    LargeBinary,
    Table,
    Time,
    UniqueConstraint,
    insert,
)  # fmt: skip
from sqlalchemy.exc import IntegrityError
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.codes import new_code
from storage.database import Session
from storage.tables import metadata

Row = tuple[Any, ...]


def naming(target: str) -> list[Table]:
    """The tables that name a row of this one, but for the log and for itself."""
    key = metadata.tables[target].c.id
    return [
        table
        for table in metadata.sorted_tables
        if table.name not in (target, "auditevent", "merge") and any(column.references(key) for column in table.columns)
    ]


def a_row(session: Session, table: Table, chance: Random, ids: dict[str, list[int]]) -> bool:
    """Put a made-up row into a table; `ids` says which rows of other tables it may name. False when the table's own
    rules did not allow it.
    """
    values = {column.name: _value(session, table, column, chance, ids) for column in table.columns}
    if "id" in values:
        del values["id"]
    try:
        with session.begin_nested():
            session.execute(insert(table).values(values))
    except IntegrityError:
        return False
    return True


def everything(session: Session, *, but: tuple[str, ...] = ()) -> dict[str, list[Row]]:
    """All that a database holds."""
    return {
        table.name: sorted(tuple(map(repr, row)) for row in session.execute(table.select()))
        for table in metadata.sorted_tables
        if table.name not in but
    }


def _value(session: Session, table: Table, column: Column[Any], chance: Random, ids: dict[str, list[int]]) -> Any:
    for key in column.foreign_keys:
        if column.nullable and chance.random() < 0.3:
            return None
        return chance.choice(_some(session, key.column.table, chance, ids))
    if column.name in ("code", "mark", "provider_id", "short_code", "hash", "identity_mark") or _is_unique(
        table, column
    ):
        return new_code()
    if words := _words(table, column):
        return chance.choice(words)
    if column.nullable and chance.random() < 0.5:
        return None
    return _plain(column, chance)


def _plain(column: Column[Any], chance: Random) -> Any:
    if isinstance(column.type, UTCDateTime):
        return NOW + timedelta(minutes=chance.randint(-90, 90) * 24 * 60)
    if isinstance(column.type, Date):
        return date(2026, 1, 1) + timedelta(days=chance.randint(0, 400))
    samples: dict[type, list[Any]] = {
        Boolean: [True, False], Integer: [1, 2, 3], LargeBinary: [b"x"], JSON: [{}], Time: [time(9), time(13)],
    }  # fmt: skip
    return chance.choice(samples.get(type(column.type), ["", "ett", "två"]))


def _some(session: Session, target: Table, chance: Random, ids: dict[str, list[int]]) -> list[int]:
    """Rows of a table that may be named; one is made where there is none."""
    if target.name not in ids:
        found = list(session.execute(target.select().limit(3)).scalars())
        while not found:
            a_row(session, target, chance, ids)
            found = list(session.execute(target.select().limit(3)).scalars())
        ids[target.name] = found
    return ids[target.name]


def _is_unique(table: Table, column: Column[Any]) -> bool:
    alone = [rule for rule in table.constraints if isinstance(rule, UniqueConstraint) and len(rule.columns) == 1]
    is_text = column.type.__class__.__name__ == "AutoString"
    return is_text and (bool(column.unique) or any(column.name in rule.columns for rule in alone))


def _words(table: Table, column: Column[Any]) -> list[str]:
    for rule in table.constraints:
        if isinstance(rule, CheckConstraint) and (said := re.match(rf"{column.name} IN \((.*)\)", str(rule.sqltext))):
            return re.findall(r"'([^']*)'", said[1])
    return []
