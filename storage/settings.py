"""Settings that staff change while the service runs; what the machine is told at start stands in bot/settings.py."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, or_, select

from storage.database import Session


class Setting(SQLModel, table=True):
    """One setting and who changed it last."""

    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_column=Column(JSON))
    changed_at: datetime | None = None
    changed_by_id: int | None = Field(default=None, foreign_key="staff.id")


class SettingChange(SQLModel, table=True):
    """One change of a setting: what it was and what it became, so that it can be shown and taken back."""

    id: int = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    before: Any = Field(default=None, sa_column=Column(JSON))
    after: Any = Field(default=None, sa_column=Column(JSON))
    at: datetime
    by_id: int = Field(foreign_key="staff.id")


class HelpLine(SQLModel, table=True):
    """A help line of the crisis texts and when somebody last checked that it answers (domain C3)."""

    id: int = Field(default=None, primary_key=True)
    name: str
    number: str
    age_from: int = 0
    age_below: int = 200
    hours: str = "dygnet runt"
    verified_on: date


_VALUE = select_columns(col(Setting.value)).where(col(Setting.key) == bindparam("name"))


def read(session: Session, key: str, default: Any = None) -> Any:
    """The setting's value, or the default where nobody has set it."""
    row = session.rows(_VALUE, name=key).first()
    return default if row is None or row[0] is None else row[0]


def write(session: Session, key: str, value: Any, *, now: datetime | None = None, staff_id: int | None = None) -> None:
    """Change a setting."""
    row = session.get(Setting, key) or Setting(key=key)
    row.value, row.changed_at, row.changed_by_id = value, now, staff_id
    session.add(row)
    session.flush()


def note_change(
    session: Session, key: str, before: object, after: object, *, now: datetime, staff_id: int
) -> None:  # fmt: skip
    """Keep what a setting, or a row that staff set, was and became."""
    session.add(SettingChange(key=key, before=before, after=after, at=now, by_id=staff_id))
    session.flush()


def note_if_changed(
    session: Session, key: str, before: object, after: object, *, now: datetime, staff_id: int
) -> None:  # fmt: skip
    """Keep what a setting was and became, where the two differ."""
    if before != after:
        note_change(session, key, before, after, now=now, staff_id=staff_id)


def changes(session: Session, keys: Sequence[str], most: int = 10) -> Sequence[SettingChange]:
    """The latest changes of these settings, newest first. A key that ends with a colon stands for all it begins."""
    among = [
        col(SettingChange.key).startswith(key, autoescape=True) if key.endswith(":") else col(SettingChange.key) == key
        for key in keys
    ]
    return session.exec(
        select(SettingChange).where(or_(*among)).order_by(col(SettingChange.id).desc()).limit(most)
    ).all()


def change_by_id(session: Session, change_id: int) -> SettingChange | None:
    """The change with this id."""
    return session.get(SettingChange, change_id)


def latest_change(session: Session, key: str) -> SettingChange | None:
    """The newest change of a setting."""
    query = select(SettingChange).where(SettingChange.key == key).order_by(col(SettingChange.id).desc())
    return session.exec(query.limit(1)).first()


def changed(session: Session, key: str) -> tuple[datetime, int | None] | None:
    """When the setting was last changed, and by whom; None while nobody has."""
    row = session.get(Setting, key)
    return (row.changed_at, row.changed_by_id) if row is not None and row.changed_at is not None else None


def starting_with(session: Session, prefix: str) -> dict[str, Any]:
    """Every setting whose key begins like this."""
    rows = session.exec(select(Setting).where(col(Setting.key).startswith(prefix, autoescape=True)))
    return {row.key: row.value for row in rows}


def keep_help_line(session: Session, line: HelpLine) -> HelpLine:
    """Keep a new or changed help line."""
    session.add(line)
    session.flush()
    return line


def drop_help_line(session: Session, line: HelpLine) -> None:
    """Keep a help line no longer."""
    session.delete(line)
    session.flush()


def help_line(session: Session, line_id: int) -> HelpLine | None:
    """The help line with this id."""
    return session.get(HelpLine, line_id)


def help_lines(session: Session) -> Sequence[HelpLine]:
    """Every help line."""
    return session.exec(select(HelpLine).order_by(col(HelpLine.id))).all()
