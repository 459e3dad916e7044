"""Takes a list all the way: reads it, plans what it would do to the register, and carries the plan out."""

from dataclasses import replace
from datetime import date, datetime

from outreach.lists import files, layout, plan, rows, saving
from outreach.lists.plan import Choices, Plan
from outreach.lists.register import Register
from storage.database import Session
from storage.imports import ImportRun


def make_plan(session: Session, content: bytes, filename: str, choices: Choices, *, today: date) -> Plan:
    """What importing this file would do; saves nothing. Raises Refused for a file that cannot be taken in at all."""
    table = files.read(
        content, filename, encoding=choices.encoding, separator=choices.separator, sheet=choices.sheet
    )  # fmt: skip
    found = layout.recognise(table, today=today, chosen=choices.columns)
    register = Register(session)
    made = _plan(found, register, choices, today)
    if found.hidden_rows and not choices.with_hidden:
        made = replace(made, if_hidden=_plan(found, register, replace(choices, with_hidden=True), today))
    return made


def apply(
    session: Session, made: Plan, *, now: datetime, staff_id: int | None = None, actor: str = ""
) -> ImportRun:  # fmt: skip
    """Carry out a plan made in this same session; the caller's transaction decides whether it lasts."""
    return saving.save(session, made, now=now, staff_id=staff_id, actor=actor)


def _plan(found: layout.Layout, register: Register, choices: Choices, today: date) -> Plan:
    people = rows.read_people(found, list_type=choices.list_type, today=today, with_hidden=choices.with_hidden)
    return plan.make(found, people, register, choices, today=today)


def read_rows(
    content: bytes, filename: str, choices: Choices, *, today: date
) -> tuple[layout.Layout, list[rows.ReadRow]]:  # fmt: skip
    """A list read, but not compared with the register: the slow part, which needs no transaction. Raises Refused."""
    found = look_at(content, filename, choices, today=today)
    return found, rows.read_people(found, list_type=choices.list_type, today=today, with_hidden=choices.with_hidden)


def plan_rows(
    session: Session, found: layout.Layout, people: list[rows.ReadRow], choices: Choices, *, today: date
) -> Plan:  # fmt: skip
    """What importing these rows would do to the register as it is in this session."""
    return plan.make(found, people, Register(session), choices, today=today)


def look_at(content: bytes, filename: str, choices: Choices, *, today: date) -> layout.Layout:
    """How a file is understood, without looking at the register. Raises Refused where `make_plan` would."""
    table = files.read(
        content, filename, encoding=choices.encoding, separator=choices.separator, sheet=choices.sheet
    )  # fmt: skip
    return layout.recognise(table, today=today, chosen=choices.columns)
