"""Small shared pieces of table definitions."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    String,
    TableValuedAlias,
    bindparam,
    func,
    literal_column,
    select,
)  # fmt: skip


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A text column that may only hold these words; a database enum would be native to one database only."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_is_known")


def this(word: str) -> ColumnElement[str]:
    """A word that is always the same, written into the statement. As a value it could decide which partial index is
    used, and SQLite would put the statement together anew each time it is asked.
    """
    written = word.replace("'", "''")
    return literal_column(f"'{written}'", String())


def these(words: Iterable[str]) -> list[ColumnElement[str]]:
    """`column.in_(these(words))`, for words that are always the same: a list of plain words is written out anew each
    time a statement is asked, which takes longer than many of the questions do.
    """
    return [this(word) for word in words]


def among(column: Any, name: str = "ids") -> ColumnElement[bool]:
    """`column IN :ids`, for statements that are made once. The list goes as one JSON value: written out, a list of
    every length is a statement of its own, to be put together and read anew.
    """
    condition: ColumnElement[bool] = column.in_(select(given(name).c.value))
    return condition


def given(name: str) -> TableValuedAlias:
    """The rows of a JSON list, or of an object's keys and values, to join with."""
    return func.json_each(bindparam(name, type_=JSON)).table_valued("key", "value", name=name)
