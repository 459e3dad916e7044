"""Reads a list and plans what it would do to the register."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache

from outreach.lists import files, layout, plan, rows
from outreach.lists.plan import Choices, Plan
from outreach.lists.register import Register
from storage.database import Session

# Reading a long list takes seconds, and everybody who looks at it opens page after page. So few are kept that whoever
# has been imported is soon out of memory again.
_KEPT = 3


def make_plan(session: Session, content: bytes, filename: str, choices: Choices, *, today: date) -> Plan:
    """What importing this file would do; saves nothing. Raises Refused for a file that cannot be taken in at all."""
    found, people = read_rows(content, filename, choices, today=today)
    register = Register(session)
    made = plan.make(found, people, register, choices, today=today)
    if found.hidden_rows and not choices.with_hidden:
        all_in = replace(choices, with_hidden=True)
        everybody = rows.read_people(found, list_type=choices.list_type, today=today, with_hidden=True)
        made = replace(made, if_hidden=plan.make(found, everybody, register, all_in, today=today))
    return made


def read_rows(
    content: bytes, filename: str, choices: Choices, *, today: date
) -> tuple[layout.Layout, Sequence[rows.ReadRow]]:  # fmt: skip
    """A list read, but not compared with the register: the slow part, which needs no transaction. Raises Refused."""
    how = (choices.encoding, choices.separator, choices.sheet)
    columns = tuple(sorted(choices.columns.items()))
    return _read(content, filename, how, columns, choices.list_type, choices.with_hidden, today)


@lru_cache(maxsize=_KEPT)
def _read(
    content: bytes, filename: str, how: tuple[str | None, str | None, str | None], columns: tuple[tuple[str, str], ...],
    list_type: str, with_hidden: bool, today: date,  # noqa: FBT001
) -> tuple[layout.Layout, tuple[rows.ReadRow, ...]]:  # fmt: skip
    encoding, separator, sheet = how
    table = files.read(content, filename, encoding=encoding, separator=separator, sheet=sheet)
    found = layout.recognise(table, today=today, chosen=dict(columns))
    return found, tuple(rows.read_people(found, list_type=list_type, today=today, with_hidden=with_hidden))


def forget() -> None:
    """Keep no list in memory any longer."""
    _read.cache_clear()


def look_at(content: bytes, filename: str, choices: Choices, *, today: date) -> layout.Layout:
    """How a file is understood, without looking at the register. Raises Refused where `make_plan` would."""
    return read_rows(content, filename, choices, today=today)[0]
