"""People who turned out to be one, and whatever it takes to part them again."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, Date, Table, Update, and_, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, SQLModel, col, or_, select
from sqlmodel.sql.sqltypes import UTCDateTime

from storage.codes import new_code
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.people import Person


class Merge(SQLModel, table=True):
    """That one person's page was merged into another's. `before` is both rows as they were, `moved` which rows of which
    tables went over: by them the merge is undone without loss.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    kept_id: int = Field(foreign_key="person.id", index=True)
    merged_id: int = Field(foreign_key="person.id", index=True)
    at: datetime
    by_id: int | None = Field(default=None, foreign_key="staff.id")
    before: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    moved: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    undone_at: datetime | None = None
    undone_by_id: int | None = Field(default=None, foreign_key="staff.id")


# The log is never rewritten, and merges are what is written here; the people's own rows are changed by the rules.
_NOT_MOVED = ("auditevent", "merge", "person")
_PEOPLE: Table = Person.__table__  # type: ignore[attr-defined]
_TALKS: Table = Conversation.__table__  # type: ignore[attr-defined]
STARTED = ("campaign", "ladder", "nudge", "follow_up")
LEFT = ("sending", "unknown", "sent", "delivered", "undelivered")
# What a row is called among the others of its table.
Key = tuple[Any, ...]
Snapshot = dict[str, dict[Key, dict[str, Any]]]


def add(session: Session, merge: Merge) -> Merge:
    """Keep that two pages became one."""
    session.add(merge)
    session.flush()
    return merge


def by_code(session: Session, code: str) -> Merge | None:
    """The merge a page address means."""
    return session.exec(select(Merge).where(Merge.code == code)).first()


def of_person(session: Session, person_id: int) -> Sequence[Merge]:
    """Every merge a person was part of, undone ones too, oldest first."""
    mine = or_(col(Merge.kept_id) == person_id, col(Merge.merged_id) == person_id)
    return session.exec(select(Merge).where(mine).order_by(col(Merge.id))).all()


def snapshot(session: Session, person_ids: Sequence[int]) -> Snapshot:
    """These people's rows, and every row of every table that names them or their talks, as plain JSON values. Which
    tables those are is read from the schema, so that one made later cannot be forgotten.
    """
    session.flush()
    found: Snapshot = {"person": _rows(session, _PEOPLE, _PEOPLE.c.id.in_(person_ids))}
    talks = [key[0] for key in _rows(session, _TALKS, _TALKS.c.person_id.in_(person_ids))]
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _NOT_MOVED:
            continue
        named = [column.in_(person_ids) for column in _references(table, _PEOPLE)]
        named += [column.in_(talks) for column in _references(table, _TALKS)]
        if named:
            found[table.name] = _rows(session, table, or_(*named))
    return found


def move(session: Session, table_of: type[SQLModel], from_id: int, to_id: int) -> None:
    """Let every row that names a row of this table (a person, a talk) name another instead. A row that the other has
    already, by the table's own rule of what there may be one of, stays where it is.
    """
    session.flush()
    target: Table = table_of.__table__  # type: ignore[attr-defined]
    for table in SQLModel.metadata.sorted_tables:
        if table.name in _NOT_MOVED:
            continue
        for column in _references(table, target):
            _move_column(session, table, column, from_id, to_id)
    session.expire_all()


def doubled_texts(session: Session, kept_id: int, merged_id: int) -> Sequence[Message]:
    """Queued texts of the kinds we start that the same person would get twice, once for each of their pages: one waits
    where the other has left, or both wait.
    """
    query = select(Message).where(col(Message.person_id).in_((kept_id, merged_id)), col(Message.kind).in_(STARTED))
    texts = session.exec(query.where(col(Message.state).in_(("queued", *LEFT))).order_by(col(Message.id))).all()
    alike: dict[tuple[str, int | None, str], list[Message]] = {}
    for text in texts:
        alike.setdefault((text.kind, text.campaign_id, text.text_code), []).append(text)
    return [text for same in alike.values() for text in _not_to_send(same, kept_id)]


def _not_to_send(same: Sequence[Message], kept_id: int) -> list[Message]:
    waiting = [text for text in same if text.state == "queued"]
    if len({text.person_id for text in same}) == 1:
        return []
    first = None if len(waiting) < len(same) else next(text for text in waiting if text.person_id == kept_id)
    return [text for text in waiting if text is not first]


def difference(before: Snapshot, after: Snapshot) -> dict[str, Any]:
    """What was changed between two snapshots: by table, cells with both values, rows that went and rows that came."""
    found = {}
    for name in after:
        old, new = before.get(name, {}), after[name]
        changed = [
            {"key": list(key), "cells": cells}
            for key in old.keys() & new.keys()
            if (cells := {c: [old[key][c], new[key][c]] for c in old[key] if old[key][c] != new[key][c]})
        ]
        gone = [old[key] for key in old.keys() - new.keys()]
        came = [list(key) for key in new.keys() - old.keys()]
        if changed or gone or came:
            found[name] = {"changed": changed, "gone": gone, "came": came}
    return found


def put_back(session: Session, moved: Mapping[str, Any]) -> None:
    """Take a difference back. A cell that has been changed again since keeps its newer value."""
    session.flush()
    tables = [table for table in SQLModel.metadata.sorted_tables if table.name in moved]
    for table in reversed(tables):
        for key in moved[table.name]["came"]:
            session.execute(delete(table).where(_is(table, key)))
    for table in tables:
        _put_cells_back(session, table, moved[table.name]["changed"])
        for row in moved[table.name]["gone"]:
            _put_row_back(session, table, row)
    session.expire_all()


def _references(table: Table, target: Table) -> list[Column[Any]]:
    return [column for column in table.columns if column.references(target.c.id)]


def _rows(session: Session, table: Table, condition: ColumnElement[bool]) -> dict[Key, dict[str, Any]]:
    return {
        tuple(row[column.name] for column in table.primary_key): {name: _plain(value) for name, value in row.items()}
        for row in session.execute(table.select().where(condition)).mappings()
    }


def _move_column(session: Session, table: Table, column: Column[Any], from_id: int, to_id: int) -> None:
    over = update(table).values({column: to_id})
    if _goes(session, over.where(column == from_id)):
        return
    for row in session.execute(table.select().where(column == from_id)).mappings().all():
        _goes(session, over.where(_is(table, [row[key.name] for key in table.primary_key])))


def _goes(session: Session, statement: Update) -> bool:
    """Whether the table's rules let it through; when they do not, nothing has happened."""
    try:
        with session.begin_nested():
            session.execute(statement)
    except IntegrityError:
        return False
    return True


def _put_cells_back(session: Session, table: Table, changed: Sequence[Mapping[str, Any]]) -> None:
    back = [(one["key"], _untouched(session, table, one)) for one in changed]
    if table is _PEOPLE:
        # A personnummer that changed hands must be nobody's for a moment.
        held = [key[0] for key, cells in back if "identity_mark" in cells]
        session.execute(update(table).where(table.c.id.in_(held)).values(identity_mark=None))
    for key, cells in back:
        if not cells or _goes(session, update(table).where(_is(table, key)).values(cells)):
            continue
        # What stood open has been opened anew since (a task): whose the row is goes back all the same.
        whose = [column.name for target in (_PEOPLE, _TALKS) for column in _references(table, target)]
        if owner := {name: cells[name] for name in whose if name in cells}:
            _goes(session, update(table).where(_is(table, key)).values(owner))


def _untouched(session: Session, table: Table, one: Mapping[str, Any]) -> dict[str, Any]:
    """Those of a row's cells that still stand as the merge left them, as they were before."""
    now = session.execute(table.select().where(_is(table, one["key"]))).mappings().first()
    if now is None:
        return {}
    return {name: _value(table, name, old) for name, (old, new) in one["cells"].items() if _plain(now[name]) == new}


def _put_row_back(session: Session, table: Table, row: Mapping[str, Any]) -> None:
    values = {name: _value(table, name, value) for name, value in row.items()}
    where = _is(table, [values[key.name] for key in table.primary_key])
    if session.execute(table.select().where(where)).first() is None:
        session.execute(insert(table).values(values))
    elif "id" in values:
        # The number has been given to another row since.
        session.execute(insert(table).values({name: value for name, value in values.items() if name != "id"}))
    else:
        session.execute(update(table).where(where).values(values))


def _is(table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _value(table: Table, name: str, plain: Any) -> Any:
    if not isinstance(plain, str) or not isinstance(kind := table.c[name].type, Date | UTCDateTime):
        return plain
    return (date if isinstance(kind, Date) else datetime).fromisoformat(plain)
