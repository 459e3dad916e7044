"""Who is away, and who gets what was meant for them meanwhile: the substitute (ersättare), and the substitute's own."""

from collections.abc import Collection, Mapping
from datetime import date, datetime

import storage.audit
import storage.staff
import storage.time_patterns
from outreach.errors import BadInput
from storage.database import Session
from storage.staff import Staff
from storage.time_patterns import DayOff


def away(session: Session, on: date) -> dict[int, DayOff]:
    """Who is away on a day, by id; where two absences meet, the one that names a substitute."""
    rows = storage.time_patterns.days_off(session, on, on)
    return {row.staff_id: row for row in sorted(rows, key=lambda row: row.substitute_id is not None)}


def stands_in(staff_id: int, gone: Mapping[int, DayOff], here: Collection[int]) -> int | None:
    """Who gets what is for somebody: themselves when they work, else who stands in for them, and so on; None where
    nobody does. `here` are those who work at the office.
    """
    asked: set[int] = set()
    at: int | None = staff_id
    while at is not None and at not in asked:
        if at not in gone:
            return at if at in here else None
        asked.add(at)
        at = gone[at].substitute_id
    return None


def name_substitute(session: Session, row: DayOff, substitute: Staff | None, by: Staff, *, now: datetime) -> None:
    """Say who gets what is for somebody while they are away; None for nobody. Raises BadInput for themselves."""
    check_substitute(row.staff_id, substitute)
    row.substitute_id = substitute.id if substitute is not None else None
    storage.time_patterns.add_days_off(session, row)
    storage.audit.write(session, "substitute_named", now=now, staff_id=by.id, absence=row.code,
                        substitute=substitute.code if substitute is not None else "")  # fmt: skip


def check_substitute(staff_id: int, substitute: Staff | None) -> None:
    """Raises BadInput for somebody who would stand in for themselves."""
    if substitute is not None and substitute.id == staff_id:
        raise BadInput("Den som är borta kan inte vara sin egen ersättare. Välj någon annan.")


def why_nobody_answers(session: Session, staff_id: int | None, on: date) -> str:
    """Why a named person does not answer on a day, in plain words; empty when they do, or somebody stands in."""
    staff = storage.staff.find(session, staff_id)
    if staff is None:
        return ""
    working = {one.id for one in storage.staff.everyone(session)}
    if stands_in(staff.id, away(session, on), working) is not None:
        return ""
    return f"{staff.name} är borta då och har ingen ersättare. Välj någon annan som svarar, eller lägg in en ersättare."
