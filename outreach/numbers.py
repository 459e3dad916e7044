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
from storage.numbers import Number, PersonNumber
from storage.people import Person
from storage.tasks import Task


def add(
    session: Session, person: Person, typed: str, *, source: str, found_by: str, now: datetime
) -> PersonNumber | None:
    """Tie a number, as somebody typed it, to a person. None when it was struck for this person before.

    Raises BadInput when it is no telephone number.
    """
    e164 = phone_numbers.normalise(typed)
    if storage.numbers.is_struck(session, person, e164):
        return None
    known = _tie(session, person.id, e164)
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
    tie = _tie(session, person.id, e164)
    if tie is not None:
        _stand(session, tie, "wrong_person", why, now)
    storage.numbers.remember_struck(session, person, e164, why=why, now=now)
    look_for_number(session, person, why=why, now=now)
    storage.audit.write(session, "number_struck", now=now, person_id=person.id, why=why)


def mark_dead(session: Session, person: Person, e164: str, *, why: str, now: datetime) -> None:
    """The provider says the number cannot be reached, ever."""
    tie = _tie(session, person.id, e164)
    if tie is not None and tie.standing not in ("wrong_person", "dead"):
        _stand(session, tie, "dead", why, now)
        look_for_number(session, person, why=why, now=now)


def mark_works(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """A text arrived: the number works, which does not say whose it is."""
    tie = _tie(session, person_id, e164)
    if tie is not None and tie.standing in ("unverified", "dead"):
        _stand(session, tie, "works", "levererat", now)


def mark_confirmed(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """The person answered from the number."""
    tie = _tie(session, person_id, e164)
    if tie is not None and tie.standing in ("unverified", "works", "dead"):
        _stand(session, tie, "confirmed", "svarade", now)


def mark_other_answers(session: Session, person_id: int, e164: str, *, now: datetime) -> None:
    """Somebody else answered at the number (a parent, a partner)."""
    tie = _tie(session, person_id, e164)
    if tie is not None:
        _stand(session, tie, "other_answers", "annan svarar", now)


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


def _tie(session: Session, person_id: int, e164: str) -> PersonNumber | None:
    ties: list[tuple[PersonNumber, Number]] = list(storage.numbers.of_person(session, person_id))
    return next((tie for tie, number in ties if number.e164 == e164), None)


def _stand(session: Session, tie: PersonNumber, standing: str, why: str, now: datetime) -> None:
    tie.standing, tie.standing_why, tie.standing_at = standing, why, now
    storage.numbers.link(session, tie)
