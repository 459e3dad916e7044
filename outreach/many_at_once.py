"""What is done with many people at once from the register: one thing, to each of them, kept in each one's timeline, and
one line in the log. What can be taken back is given as `Undo`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import storage.audit
import storage.ladders
import storage.people
import storage.staff
import storage.tasks
from outreach import ladder, ladder_rules, standing
from outreach.errors import BadInput, BryggaError
from storage.database import Session
from storage.people import Person
from storage.staff import Staff
from storage.tasks import Task

NOBODY = "ingen"
WHY_RING = "Lagd i ringpass"


@dataclass(frozen=True, slots=True)
class Done:
    """How many it concerned, and by id what there is to take back (what stood there before, where something did)."""

    people: int
    undo: dict[int, int | None]


def give(session: Session, ids: Sequence[int], staff_id: int | None, by: Staff, *, now: datetime) -> Done:
    """Let one member of staff be responsible for all of them; those who are already are left as they are."""
    names = storage.staff.names(session)
    undo: dict[int, int | None] = {}
    for person in _people(session, ids):
        if person.responsible_id != staff_id:
            undo[person.id] = person.responsible_id
            _hand_over(session, person, staff_id, by, names, now)
    _log(session, "responsible_changed", by, len(undo), now)
    return Done(len(undo), undo)


def give_back(session: Session, undo: dict[int, int | None], by: Staff, *, now: datetime) -> int:
    """Let those be responsible again who were before; returns for how many."""
    names = storage.staff.names(session)
    for person in _people(session, list(undo)):
        _hand_over(session, person, undo[person.id], by, names, now)
    _log(session, "responsible_changed", by, len(undo), now)
    return len(undo)


def may_be_rung(session: Session, ids: Sequence[int], *, now: datetime) -> list[int]:
    """Those of these who have a number that works and may be rung, as the ladder sees it: nobody who has been in
    contact, rests, has a time ahead, has said stop or is closed.
    """
    everybody = storage.ladders.known(session, now, ids)
    inside = ladder.in_programme(session, everybody, now)
    return [
        one.person_id
        for one in everybody
        if one.reach and not ladder_rules.why_not(one, now, in_programme=one.person_id in inside)
    ]


def put_in_call_pass(session: Session, ids: Sequence[int], by: Staff, *, now: datetime) -> Done:
    """Somebody is to ring each of them; who is on the list already stays there once."""
    waiting = storage.tasks.open_of_people(session, ids)
    undo: dict[int, int | None] = {}
    for person in _people(session, ids):
        if not any(task.kind == "ring" for task in waiting.get(person.id, ())):
            task = Task(kind="ring", person_id=person.id, office_id=person.office_id, why=WHY_RING, created_at=now)
            undo[person.id] = storage.tasks.ensure(session, task).id
    _log(session, "put_in_call_pass", by, len(undo), now)
    return Done(len(undo), undo)


def take_out_of_call_pass(session: Session, undo: dict[int, int | None], by: Staff, *, now: datetime) -> int:
    """Take those off the list again whom nobody has rung meanwhile; returns how many."""
    taken = 0
    for tasks in storage.tasks.open_of_people(session, list(undo)).values():
        for task in tasks:
            if task.id in undo.values():
                storage.tasks.finish(session, task, now=now, staff_id=by.id, outcome="ångrad")
                taken += 1
    _log(session, "taken_out_of_call_pass", by, taken, now)
    return taken


def rest(session: Session, ids: Sequence[int], until: date | None, why: str, by: Staff, *, now: datetime) -> Done:
    """Let all of them be until a day. Raises BadInput for a day or a reason that is none."""
    return _each(
        session, ids, "paused_many", by, now,
        lambda person: standing.pause(session, person, by, until=until, why=why, now=now),
    )  # fmt: skip


def wake(session: Session, undo: dict[int, int | None], by: Staff, *, now: datetime) -> int:
    """End the rest of those who still rest."""
    return _each(
        session, list(undo), "resumed_many", by, now, lambda person: standing.resume(session, person, by, now=now)
    ).people


def close(session: Session, ids: Sequence[int], why: str, by: Staff, *, now: datetime) -> Done:
    """Close all of them; who is closed already is left alone. Raises BadInput for a reason that is none."""
    if why not in standing.CLOSINGS:
        raise BadInput("Välj varför de ska avslutas.")
    return _each(
        session, ids, "closed_many", by, now, lambda person: standing.close(session, person, by, why=why, now=now)
    )


def reopen(session: Session, undo: dict[int, int | None], by: Staff, *, now: datetime) -> int:
    """Open those again who are still closed."""
    return _each(
        session, list(undo), "opened_many", by, now, lambda person: standing.reopen(session, person, by, now=now)
    ).people


def _each(
    session: Session, ids: Sequence[int], action: str, by: Staff, now: datetime, do: Callable[[Person], None]
) -> Done:  # fmt: skip
    done: dict[int, int | None] = {}
    for person in _people(session, ids):
        try:
            do(person)
        except BadInput:
            raise
        except BryggaError:
            # Somebody has done it already, or it does not concern this one.
            continue
        done[person.id] = None
    _log(session, action, by, len(done), now)
    return Done(len(done), done)


def _people(session: Session, ids: Iterable[int]) -> list[Person]:
    """Never anybody with protected identity, whoever asks (ux §1.4)."""
    found = storage.people.many(session, ids).values()
    return [person for person in found if not person.protected and person.merged_into_id is None]


def _hand_over(
    session: Session, person: Person, staff_id: int | None, by: Staff, names: dict[int, str], now: datetime
) -> None:  # fmt: skip
    before, after = (names.get(key or 0, NOBODY) for key in (person.responsible_id, staff_id))
    person.responsible_id, person.changed_at = staff_id, now
    session.add(person)
    standing.amend(session, person, by, "responsible_id", before, after, now=now)


def _log(session: Session, action: str, by: Staff, people: int, now: datetime) -> None:
    storage.audit.write(session, action, now=now, staff_id=by.id, people=people)
