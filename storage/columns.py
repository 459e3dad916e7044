"""Small shared pieces of table definitions."""

from sqlalchemy import CheckConstraint


def one_of(column: str, values: tuple[str, ...]) -> CheckConstraint:
    """A text column that may only hold these words; a database enum would be native to one database only."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_is_known")
