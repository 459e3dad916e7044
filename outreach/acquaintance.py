"""Jäv: whoever on the staff knows a person may not deal with their case (förvaltningslagen 16 §, domain B8)."""

from datetime import datetime

import storage.audit
import storage.conversations
import storage.people
import storage.sharing
import storage.tasks
from outreach.errors import Conflict, NotAllowed
from storage.database import Session
from storage.people import Person
from storage.sharing import Acquaintance
from storage.staff import Staff
from storage.tasks import Task

WHY = "den som hade hand om personen känner hen: välj en ny ansvarig"


def know(session: Session, person: Person, staff: Staff, *, now: datetime) -> None:
    """The member of staff knows the person: the page is closed to them at once, and what they had of it is somebody
    else's. Saying so twice changes nothing.
    """
    row = storage.sharing.get(session, staff.id, person.id)
    if row is not None and row.ended_at is None:
        return
    row = row or Acquaintance(staff_id=staff.id, person_id=person.id, since=now)
    row.since, row.ended_at, row.ended_by_id = now, None, None
    storage.sharing.keep(session, row)
    _hand_over(session, person, staff, now)
    storage.audit.write(session, "acquainted", now=now, staff_id=staff.id, person_id=person.id)


def lift(session: Session, row: Acquaintance, by: Staff, *, now: datetime) -> None:
    """Somebody else opens the page to them again. Raises NotAllowed for whoever said it, Conflict when it is lifted."""
    if row.staff_id == by.id:
        raise NotAllowed("Du kan inte själv ta bort att du känner personen. Be en annan chef.")
    if row.ended_at is not None:
        raise Conflict("Det är redan hävt. Läs om sidan.")
    row.ended_at, row.ended_by_id = now, by.id
    storage.sharing.keep(session, row)
    storage.audit.write(
        session, "acquaintance_lifted", now=now, staff_id=by.id, person_id=row.person_id, other=row.staff_id
    )  # fmt: skip


def _hand_over(session: Session, person: Person, staff: Staff, now: datetime) -> None:
    talk = storage.conversations.of_person(session, person.id)
    held = talk is not None and talk.held_by_id == staff.id
    if talk is not None and held:
        storage.conversations.give_to(session, talk, None, now=now)
        talk.waiting_since, talk.waiting_why = talk.waiting_since or now, talk.waiting_why or "vill ha en människa"
        storage.conversations.keep(session, talk)
    if person.responsible_id == staff.id:
        person.responsible_id, person.changed_at = None, now
        storage.people.keep(session, person)
    elif not held:
        return
    storage.tasks.ensure(
        session, Task(kind="other", person_id=person.id, office_id=person.office_id, why=WHY, created_at=now)
    )
