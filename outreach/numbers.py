"""The life of a telephone number: found, works, confirmed; dead, wrong person. A struck number never comes back
(ux §1.3).
"""

from datetime import datetime

import storage.audit
import storage.numbers
import storage.people
import storage.tasks
from outreach import phone_numbers
from storage.database import Session
from storage.numbers import PersonNumber
from storage.people import Person
from storage.staff import Staff
from storage.tasks import Attempt, Task


def add(
    session: Session, person: Person, typed: str, *, source: str, found_by: str, now: datetime
) -> PersonNumber | None:
    """Tie a number, as somebody typed it, to a person. None when it was struck for this person before.

    Raises BadInput when it is no telephone number.
    """
    e164 = phone_numbers.normalise(typed)
    if storage.numbers.is_struck(session, person, e164):
        return None
    known = storage.numbers.tie(session, person.id, e164)
    if known is not None:
        return known
    number = storage.numbers.intern(session, e164, phone_numbers.kind(e164))
    return storage.numbers.link(
        session,
        PersonNumber(person_id=person.id, number_id=number.id, source=source, found_by=found_by, found_at=now,
                     standing_at=now),
    )  # fmt: skip


def strike(session: Session, person: Person, e164: str, *, why: str, now: datetime) -> None:
    """The number is somebody else's: never text it for this person again, and let somebody look for another one."""
    tie = storage.numbers.tie(session, person.id, e164)
    if tie is not None:
        _stand(session, tie, "wrong_person", why, now)
    storage.numbers.remember_struck(session, person, e164, why=why, now=now)
    look_for_number(session, person, why=why, now=now)
    storage.audit.write(session, "number_struck", now=now, person_id=person.id, why=why)


def mark_dead(session: Session, person: Person, e164: str, *, why: str, now: datetime) -> None:
    """The provider says the number cannot be reached, ever."""
    tie = storage.numbers.tie(session, person.id, e164)
    if tie is not None and tie.standing not in ("wrong_person", "dead"):
        _stand(session, tie, "dead", why, now)
        look_for_number(session, person, why=why, now=now)


def mark_works(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """A text arrived: the number works, which does not say whose it is."""
    tie = storage.numbers.tie(session, person_id, e164)
    if tie is not None and tie.standing in ("unverified", "dead"):
        _stand(session, tie, "works", "levererat", now)


def mark_confirmed(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """The person answered from the number."""
    tie = storage.numbers.tie(session, person_id, e164)
    if tie is not None:
        answered(session, tie, now=now)


def answered(session: Session, tie: PersonNumber, *, now: datetime) -> None:
    """The same, where what we know of the number as theirs is at hand."""
    if tie.standing in ("unverified", "works", "dead"):
        _stand(session, tie, "confirmed", "svarade", now)


def mark_other_answers(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """Somebody else answered at the number (a parent, a partner)."""
    tie = storage.numbers.tie(session, person_id, e164)
    if tie is not None:
        _stand(session, tie, "other_answers", "annan svarar", now)


def restore(session: Session, person: Person, e164: str, *, now: datetime) -> bool:
    """Staff say that the number is the person's after all. False where nobody had said otherwise."""
    tie = storage.numbers.tie(session, person.id, e164)
    if tie is None or tie.standing not in ("wrong_person", "other_answers"):
        return False
    storage.numbers.forget_struck(session, person, e164)
    _stand(session, tie, "works", "rättat av personal", now)
    task = storage.tasks.open_task(session, "find_number", person.id)
    if task is not None:
        storage.tasks.finish(session, task, now=now, staff_id=None, outcome="restored")
    storage.audit.write(session, "number_restored", now=now, person_id=person.id)
    return True


def confirm(session: Session, person: Person, e164: str, *, now: datetime) -> None:
    """Staff have heard the person answer there; one that was struck is the person's after all."""
    tie = storage.numbers.tie(session, person.id, e164)
    if tie is not None:
        storage.numbers.forget_struck(session, person, e164)
        _stand(session, tie, "confirmed", "bekräftat av personal", now)
        _found(session, person, now)
        storage.audit.write(session, "number_confirmed", now=now, person_id=person.id)


def say_whose(session: Session, person: Person, e164: str, owner: str, *, now: datetime) -> None:
    """Staff say whose a number is: the person's own, a guardian's, or that nobody knows. A number is one person's own:
    others who have it as theirs are asked about anew.
    """
    tie = storage.numbers.tie(session, person.id, e164)
    if tie is None or owner not in storage.numbers.OWNERS:
        return
    if owner == "self":
        for other, _ in storage.numbers.people_at(session, e164):
            if other.owner == "self" and other.id != tie.id:
                other.owner, other.own_since = "unknown", None
                storage.numbers.link(session, other)
    tie.owner, tie.own_since = owner, now if owner == "self" else None
    storage.numbers.link(session, tie)
    asked = storage.tasks.open_task(session, "shared_number", person.id)
    if asked is not None and owner != "unknown":
        storage.tasks.finish(session, asked, now=now, staff_id=None, outcome=owner)
    storage.audit.write(session, "number_owner", now=now, person_id=person.id, owner=owner)


def looked_up(
    session: Session, person: Person, staff: Staff, *, source: str, found: PersonNumber | None, now: datetime
) -> None:
    """Keep where a number was looked for, and which one was found there, if any."""
    number_id = found.number_id if found is not None else None
    storage.tasks.add_attempt(session, Attempt(
        person_id=person.id, kind="look_up", result="found" if found is not None else "not_found", at=now,
        staff_id=staff.id, source=source, number_id=number_id,
    ))  # fmt: skip
    if found is not None:
        _found(session, person, now)
    storage.audit.write(session, "looked_up", now=now, staff_id=staff.id, person_id=person.id,
                        found=found is not None)  # fmt: skip


def _found(session: Session, person: Person, now: datetime) -> None:
    task = storage.tasks.open_task(session, "find_number", person.id)
    if task is not None and _has_usable_mobile(session, person.id):
        storage.tasks.finish(session, task, now=now, staff_id=None, outcome="found")


def look_for_number(session: Session, person: Person, *, why: str, now: datetime) -> None:
    """Make the task to find a number, unless the person still has a mobile that may be tried."""
    if person.protected or _has_usable_mobile(session, person.id):
        return
    task = Task(kind="find_number", person_id=person.id, office_id=person.office_id, why=why, created_at=now)
    storage.tasks.ensure(session, task)


def _has_usable_mobile(session: Session, person_id: int) -> bool:
    return any(
        number.kind == "mobile" and tie.standing in ("unverified", "works", "confirmed")
        for tie, number in storage.numbers.of_person(session, person_id)
    )


def _stand(session: Session, tie: PersonNumber, standing: str, why: str, now: datetime) -> None:
    tie.standing, tie.standing_why, tie.standing_at = standing, why, now
    storage.numbers.link(session, tie)
