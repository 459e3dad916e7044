"""The register's table: which columns there are, and what stands in each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import storage.ladders
import storage.numbers
import storage.register
import storage.settings
import storage.staff
import storage.tasks
from bot.console import words
from bot.console.selection import Selection
from bot.requests import Ask
from outreach import in_words, ladder_rules
from storage.ladders import LadderPlace
from storage.local_time import age, local, local_date
from storage.meetings import Slot
from storage.register import Row
from storage.tasks import Task

A_PAGE = 50
COLUMNS = (
    ("age", "Ålder"), ("area", "Område"), ("state", "Status"), ("next", "Nästa steg"), ("last", "Senaste kontakt"),
    ("owner", "Ansvarig"), ("office", "Kontor"), ("language", "Språk"), ("source", "Källa"),
)  # fmt: skip
SHOWN_AT_FIRST = ("age", "area", "state", "next", "last", "owner")
SORTED_BY = ("name", "age", "area", "state", "last", "office")


def chosen_columns(ask: Ask) -> tuple[str, ...]:
    """The columns this member of staff last chose."""
    kept = storage.settings.read(ask.session, _columns_key(ask), default=SHOWN_AT_FIRST)
    return tuple(key for key, _ in COLUMNS if key in kept)


def choose_columns(ask: Ask, wanted: Sequence[str]) -> None:
    """Show these columns from now on; the name stands in every table."""
    known = [key for key, _ in COLUMNS if key in wanted]
    storage.settings.write(ask.session, _columns_key(ask), known, now=ask.now, staff_id=ask.who.staff.id)


def _columns_key(ask: Ask) -> str:
    return f"register_columns:{ask.who.staff.id}"


def heads(ask: Ask, selection: Selection, sort: str) -> list[dict[str, Any]]:
    """The heads of the chosen columns; pressing one sorts by it, pressing it again turns the order round."""
    wanted = chosen_columns(ask)
    shown = [("name", "Namn"), *((key, text) for key, text in COLUMNS if key in wanted)]
    return [_head(key, text, selection, sort) for key, text in shown]


def _head(key: str, text: str, selection: Selection, sort: str) -> dict[str, Any]:
    if key not in SORTED_BY:
        return {"key": key, "text": text}
    order = {key: "ascending", f"-{key}": "descending"}.get(sort, "")
    turned = f"-{key}" if sort == key else key
    return {
        "key": key, "text": text, "num": key == "age", "sort": order, "href": selection.address(ordning=turned),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the rows say that does not stand in the register's own query."""

    contacts: dict[int, datetime]
    meetings: dict[int, Slot]
    tasks: dict[int, list[Task]]
    places: dict[int, LadderPlace]
    stopped: set[int]
    names: dict[int, str]


def rows(ask: Ask, selection: Selection, *, sort: str, page: int) -> list[dict[str, Any]]:
    """One page of the table."""
    found = storage.register.rows(
        ask.session, selection.wanted, now=ask.now, offset=(page - 1) * A_PAGE, limit=A_PAGE, sort=sort
    )
    beside = _beside(ask, found)
    return [_row(ask, row, beside) for row in found]


def _beside(ask: Ask, found: Sequence[Row]) -> _Beside:
    ids = [row.person.id for row in found]
    return _Beside(
        contacts=storage.register.last_contacts(ask.session, found),
        meetings=storage.register.next_meetings(ask.session, ids, now=ask.now),
        tasks=storage.tasks.open_of_people(ask.session, ids),
        places=storage.ladders.places(ask.session, ids),
        stopped=storage.numbers.people_stopped(ask.session, "sms", ids),
        names=storage.staff.names(ask.session),
    )


def _row(ask: Ask, row: Row, beside: _Beside) -> dict[str, Any]:
    person = row.person
    step, on = _next_step(ask, row, beside)
    stopped = person.id in beside.stopped and row.state != "stopped"
    return {
        "id": person.code, "href": f"/register/{person.code}", "name": person.name,
        "age": age(person.birth_date, local_date(ask.now)) if person.birth_date else None,
        "area": person.district or None, "state": words.state(row.state), "next": step, "next_on": on,
        "last": local(beside.contacts[person.id]) if person.id in beside.contacts else None,
        "owner": beside.names.get(person.responsible_id or 0), "office": row.office or None,
        "language": person.language or None, "source": person.source or None,
        "marks": [{"kind": "danger", "text": "Har sagt stopp"}] if stopped else [],
    }  # fmt: skip


def _next_step(ask: Ask, row: Row, beside: _Beside) -> tuple[str, datetime | None]:
    """What happens next with a person: an answer, a meeting, a task, rest until a day, or their step of the ladder."""
    if row.waiting_since is not None:
        return "Svara", None
    meeting = beside.meetings.get(row.person.id)
    if meeting is not None:
        return "Möte", local(meeting.starts_at)
    tasks = beside.tasks.get(row.person.id)
    if tasks:
        return in_words.TASKS[tasks[0].kind], None
    paused = row.person.paused_until
    if paused is not None and paused > ask.now:
        return "Hör av oss", local(paused)
    place = beside.places.get(row.person.id)
    on_it = place is not None and place.state == "on"
    return (ladder_rules.IN_WORDS[place.kind], local(place.due_at)) if place is not None and on_it else ("", None)
