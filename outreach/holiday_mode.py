"""Holiday mode (semesterläge): days on which an office starts no campaign unless a named person answers (issue 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import storage.audit
import storage.offices
import storage.settings
import storage.staff
from outreach import absence
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff

# What the history of settings knows an office's holiday by, before the office.
HISTORY = "holiday:"
SETTINGS = "Inställningar, Vem svarar"


@dataclass(frozen=True, slots=True)
class Holiday:
    """The first and the last day, both included, and who answers meanwhile."""

    first: date
    last: date
    answerer_id: int | None = None


_NONE: dict[str, object] = {"first": "", "last": "", "answers": None}


def key(office_id: int) -> str:
    """The setting that keeps an office's holiday."""
    return f"holiday-mode-{office_id}"


def of(session: Session, office_id: int) -> Holiday | None:
    """The office's holiday, that has been or is to come."""
    kept = storage.settings.read(session, key(office_id))
    if not kept:
        return None
    return Holiday(date.fromisoformat(kept["first"]), date.fromisoformat(kept["last"]), kept["answers"])


def on(session: Session, office_id: int, day: date) -> Holiday | None:
    """The holiday that an office has on this day."""
    found = of(session, office_id)
    return found if found is not None and found.first <= day <= found.last else None


def begin(session: Session, office: Office, holiday: Holiday, by: Staff, *, now: datetime) -> None:
    """Let an office have a holiday. Raises BadInput for days that cannot be meant, and for somebody who does not work
    there to answer.
    """
    if holiday.last < holiday.first:
        raise BadInput("Sista dagen behöver vara samma dag som den första eller senare.")
    if holiday.last < local_date(now):
        raise BadInput("Dagarna har redan varit.")
    working = {one.id for one in storage.staff.at_offices(session, [office.id], holiday.first)}
    if holiday.answerer_id is not None and holiday.answerer_id not in working:
        raise BadInput("Välj någon som arbetar på kontoret.")
    kept = {"first": holiday.first.isoformat(), "last": holiday.last.isoformat(), "answers": holiday.answerer_id}
    _write(session, office, kept, by, now)


def end(session: Session, office: Office, by: Staff, *, now: datetime) -> None:
    """The office works as usual."""
    _write(session, office, {}, by, now)


def _write(session: Session, office: Office, kept: Mapping[str, object], by: Staff, now: datetime) -> None:
    before = storage.settings.read(session, key(office.id), default={})
    storage.settings.note_if_changed(
        session, f"{HISTORY}{office.id}", _NONE | before, _NONE | dict(kept), now=now, staff_id=by.id
    )
    storage.settings.write(session, key(office.id), dict(kept), now=now, staff_id=by.id)
    storage.audit.write(session, "holiday_mode", now=now, staff_id=by.id, office=office.id, on=bool(kept))


def why_no_start(session: Session, office_ids: Iterable[int] | None, day: date) -> str:
    """Why no campaign to these offices (None: all) may start on a day, and what to do; empty where it may."""
    offices = storage.offices.all_offices(session)
    reached = offices if office_ids is None else [one for one in offices if one.id in set(office_ids)]
    for office in reached:
        holiday = on(session, office.id, day)
        if holiday is None:
            continue
        if holiday.answerer_id is None:
            return (
                f"{office.name} har semesterläge till {holiday.last.isoformat()} och ingen är vald att svara. "
                f"Utskicket ligger kvar. Välj vem som svarar under {SETTINGS}, eller starta efter semestern."
            )
        if why := absence.why_nobody_answers(session, holiday.answerer_id, day):
            return f"{office.name} har semesterläge till {holiday.last.isoformat()}. {why}"
    return ""
