"""Small shared pieces of table definitions."""

from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, bindparam


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A text column that may only hold these words; a database enum would be native to one database only."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_is_known")


def among(column: Any, name: str = "ids") -> ColumnElement[bool]:
    """`column IN :ids`, for statements that are made once: a list written into each is read value by value."""
    condition: ColumnElement[bool] = column.in_(bindparam(name, expanding=True))
    return condition
