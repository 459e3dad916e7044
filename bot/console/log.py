"""Logg: who did and read what, about whom, when and why, and whether the chain is whole (ux §4.17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.audit
import storage.people
import storage.staff
from bot import requests, shown
from bot.console import import_trial, log_words, today_blocks
from bot.console.typed_times import FIRST_YEAR, LAST_YEAR
from bot.requests import Ask, Reading, whole
from outreach import access
from storage.audit import AuditEvent, Sought
from storage.local_time import STOCKHOLM, local, local_date
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
ON_A_PAGE = 50
USUAL = timedelta(days=30)
# What a line may say of its details: the reason somebody gave, and how many people it was about.
_WHY = ("why", "purpose")
_HOW_MANY = ("people", "recipients", "rows")
READINGS = ("read", "person_read", "person_opened")
# So many of the newest lines are checked each time; the whole log when somebody asks for it.
CHECKED = 10_000
# Whoever one may not know of.
SOMEBODY = "En person"
# Who does what no member of staff did.
_ACTORS = {"automaten": "Automaten", "kommandoraden": "Kommandoraden"}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the address asks for."""

    group: str
    staff_id: int | None
    person: str
    since: date
    until: date

    @property
    def query(self) -> str:
        """The choice as it stands in an address."""
        kept = {"handelse": self.group, "personal": self.staff_id or "", "person": self.person,
                "fran": self.since.isoformat(), "till": self.until.isoformat()}  # fmt: skip
        return "&".join(f"{name}={value}" for name, value in kept.items() if value)


@routes.get("/logg")
def page(
    ask: Reading, handelse: str = "", personal: str = "", person: str = "", fran: str = "", till: str = "",
    sida: int = 1, kedja: str = "",
) -> Response:  # fmt: skip
    """The lines of a period, newest first."""
    ask.needs("log")
    chosen = _chosen(ask, handelse, personal, person, fran, till)
    sought = _sought(ask, chosen)
    total = storage.audit.count(ask.session, sought)
    pager = import_trial.pager(f"/logg?{chosen.query}", sida, total, ON_A_PAGE)
    found = storage.audit.found(ask.session, sought, first=pager["first"], most=ON_A_PAGE)
    names = storage.staff.names(ask.session)
    data = {
        "rows": _rows(ask, found, names), "total": total, "pager": pager,
        "chain": _chain(ask, whole_log=kedja == "hela"),
        "groups": _options(log_words.GROUPS), "group": chosen.group,
        "staff": _options({str(key): name for key, name in sorted(names.items(), key=lambda one: one[1])}),
        "staff_id": str(chosen.staff_id or ""), "person": chosen.person,
        "about": _about(ask, chosen.person),
        "since": chosen.since.isoformat(), "until": chosen.until.isoformat(),
    }  # fmt: skip
    return requests.page(ask, "logg.html", title="Logg", log=data)


def _chosen(ask: Ask, group: str, staff: str, person: str, since: str, until: str) -> Chosen:
    today = local_date(ask.now)
    return Chosen(
        group if group in log_words.GROUPS else "", whole(staff), person if person.isalnum() else "",
        _day(since, today - USUAL), _day(until, today),
    )  # fmt: skip


def _day(written: str, usual: date) -> date:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return usual
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else usual


def _sought(ask: Ask, chosen: Chosen) -> Sought:
    about = storage.people.by_code(ask.session, chosen.person) if chosen.person else None
    everywhere = any(role.office_id is None and "log" in access.MAY[role.role] for role in ask.who.roles)
    return Sought(
        since=_midnight(chosen.since), until=_midnight(chosen.until + timedelta(days=1)), staff_id=chosen.staff_id,
        # Somebody there is not has no lines.
        person_id=(about.id if about is not None else 0) if chosen.person else None,
        actions=log_words.actions_of(chosen.group) if chosen.group else None,
        office_ids=None if everywhere else ask.who.office_ids,
    )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)


def _options(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [("", "Alla"), *words.items()]


def _about(ask: Ask, code: str) -> str:
    person = storage.people.by_code(ask.session, code) if code else None
    return name_of(ask, person) if person is not None else ""


def name_of(ask: Ask, person: Person) -> str:
    """Whom a line is about, for those who may know; administrators read no names."""
    may = ask.who.may("register", person.office_id) and ask.who.may_see(person)
    mine = person.office_id is None or person.office_id in ask.who.office_ids
    return today_blocks.name(person) if may and mine else SOMEBODY


def _rows(ask: Ask, found: list[tuple[AuditEvent, Person | None]], names: Mapping[int, str]) -> list[Data]:
    """One row a line; what somebody read of the same person on the same day is one row."""
    rows = []
    for _, lines in groupby(found, key=_day_of_reading):
        (event, person), *more = lines
        rows.append(_row(ask, event, person, names) | {"times": 1 + len(more)})
    return rows


def _day_of_reading(line: tuple[AuditEvent, Person | None]) -> tuple[object, ...]:
    event, _ = line
    if event.action in READINGS:
        return "read", event.staff_id, event.person_id, local_date(event.at)
    return (event.id,)


def _row(ask: Ask, event: AuditEvent, person: Person | None, names: Mapping[int, str]) -> Data:
    link = person is not None and name_of(ask, person) != SOMEBODY
    return {
        "at": local(event.at), "who": names.get(event.staff_id or 0) or _ACTORS.get(event.actor, event.actor),
        "what": log_words.say(event.action), "about": name_of(ask, person) if person else "",
        "href": f"/register/{person.code}" if person is not None and link else "", "why": _why(event),
    }  # fmt: skip


def _why(event: AuditEvent) -> str:
    said = next((str(event.detail[key]) for key in _WHY if event.detail.get(key)), "")
    people = next((event.detail[key] for key in _HOW_MANY if isinstance(event.detail.get(key), int)), None)
    counted = "" if people is None else f"{shown.number(people)} st"
    return " · ".join(part for part in (said, counted) if part)


def _chain(ask: Ask, *, whole_log: bool) -> Data:
    """Whether every line follows from the one before it."""
    lines, oldest = storage.audit.lines(ask.session), storage.audit.first(ask.session)
    if oldest is None:
        return {"kind": "info", "title": "Loggen är tom.", "text": "", "more": False}
    part = lines > CHECKED and not whole_log
    broken = storage.audit.first_break(ask.session, latest=CHECKED if part else None)
    if broken is not None:
        return _broken(broken)
    if part:
        return {
            "kind": "ok",
            "title": f"De senaste {shown.number(CHECKED)} raderna är obrutna.",
            "text": "",
            "more": True,
        }
    return {"kind": "ok", "title": f"Loggen är obruten sedan {shown.date_table(oldest.at)}.", "text": "", "more": False}


def _broken(event: AuditEvent) -> Data:
    return {
        "kind": "danger", "more": False,
        "title": f"Loggen är bruten vid raden från {shown.date_table(event.at)} kl. {shown.time_text(event.at)}.",
        "text": "Någon har ändrat eller tagit bort rader utanför Brygga. Rör inget, ta en kopia av databasen och "
        "kontakta den som svarar för säkerheten.",
    }  # fmt: skip
