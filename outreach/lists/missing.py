"""Those whom a complete list no longer has: why that probably is, and what staff decide about them (ux §4.5)."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import storage.audit
import storage.imports
import storage.people
from outreach.access import Who
from outreach.lists.plan import Plan
from outreach.lists.rows import AGES
from storage.database import Session
from storage.imports import ImportedPerson, ImportRun
from storage.local_time import age
from storage.people import Person

CLOSED, KEPT = "closed", "kept"
REASONS = {"school": "börjat skolan", "moved": "flyttat", "grown": "fyllt {age}"}
"""Why somebody may have left the list, in the words that stand as the reason for closing them."""


def in_words(reason: str, list_type: str) -> str:
    """The reason on a list of this type: the age it ends at is 20 for KAA and 30 for uppsök."""
    return REASONS[reason].format(age=AGES[list_type][1])


def guessed(reason: str, list_type: str) -> str:
    """The reason as a heading: an age is known, the rest is likely."""
    return f"Har {'' if reason == 'grown' else 'troligen '}{in_words(reason, list_type)}"


def likely_reasons(made: Plan) -> dict[int, str]:
    """A key of REASONS for each who is missing. Whoever has reached the age the list ends at has left it for that;
    where several of one household are gone they have moved; the rest have most likely gone back to school.
    """
    below, homes = AGES[made.choices.list_type][1], Counter(_home(person) for person in made.missing)

    def reason(person: Person) -> str:
        if person.birth_date and age(person.birth_date, made.today) >= below:
            return "grown"
        return "moved" if all(_home(person)) and homes[_home(person)] > 1 else "school"

    return {person.id: reason(person) for person in made.missing}


def _home(person: Person) -> tuple[str, str]:
    return person.street.casefold(), person.postcode


def waiting(session: Session, run: ImportRun, who: Who) -> list[tuple[ImportedPerson, Person]]:
    """Those nobody has decided about, who are still in the register and whom the reader may decide about. Protected
    people are left out of every list: they are closed on their own page.
    """
    return [(row, person) for row, person in _listed(session, run, who) if not row.settled and person.closed_at is None]


def _listed(session: Session, run: ImportRun, who: Who) -> list[tuple[ImportedPerson, Person]]:
    return [
        (row, person) for row, person in storage.imports.missing_of_run(session, run.id)
        if not person.protected and person.id not in who.knows and person.office_id in (*who.office_ids, None)
    ]  # fmt: skip


def close(
    session: Session, run: ImportRun, people: Iterable[tuple[ImportedPerson, Person]], *, reason: str, staff_id: int,
    now: datetime,
) -> int:  # fmt: skip
    """Close these people for a key of REASONS; returns how many."""
    closed = 0
    for row, person in people:
        row.settled = CLOSED
        row.changes = {"closed_reason": in_words(reason, run.list_type), "closed_at": now.isoformat()}
        person.closed_at, person.closed_reason, person.changed_at = now, row.changes["closed_reason"], now
        storage.imports.keep(session, row)
        storage.audit.write(
            session, "person_closed", now=now, staff_id=staff_id, person_id=person.id, why=reason, run=run.code
        )
        closed += 1
    return closed


def keep(session: Session, people: Iterable[tuple[ImportedPerson, Person]]) -> int:
    """These stay in the register as they are; nobody asks about them any more. Returns how many."""
    kept = 0
    for row, _ in people:
        row.settled = KEPT
        storage.imports.keep(session, row)
        kept += 1
    return kept


def settled(session: Session, run: ImportRun, who: Who) -> list[tuple[ImportedPerson, Person]]:
    """Those somebody has decided about."""
    return [(row, person) for row, person in _listed(session, run, who) if row.settled]


def take_back(
    session: Session, run: ImportRun, people: Iterable[tuple[ImportedPerson, Person]], *, staff_id: int, now: datetime
) -> int:  # fmt: skip
    """Ask about these again. Whoever was closed is open again, unless somebody has closed them anew since."""
    asked = 0
    for row, person in people:
        if row.settled == CLOSED and not reopen(session, row, person, now=now):
            continue
        row.settled, row.changes = "", {}
        storage.imports.keep(session, row)
        storage.audit.write(session, "person_reopened", now=now, staff_id=staff_id, person_id=person.id, run=run.code)
        asked += 1
    return asked


def reopen(session: Session, row: ImportedPerson, person: Person, *, now: datetime) -> bool:
    """Undo that a person was closed; False when they were closed otherwise since, or are open already."""
    as_closed = (person.closed_at.isoformat() if person.closed_at else "", person.closed_reason)
    if as_closed != (row.changes.get("closed_at"), row.changes.get("closed_reason")):
        return False
    person.closed_at, person.closed_reason, person.changed_at = None, "", now
    session.add(person)
    return True
