"""What staff note at a step of the ladder: one press writes the try and moves the person on; the last press can be
taken back (ux §4.10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.audit
import storage.conversations
import storage.ladders
import storage.meetings
import storage.tasks
from outreach import contact, ladder, ladder_rules, ladder_undo, meetings, numbers
from outreach.errors import BadInput, Conflict
from outreach.ladder_rules import Step
from storage.database import Session
from storage.ladders import LadderPlace
from storage.local_time import local_date
from storage.people import Person
from storage.staff import Staff
from storage.tasks import TALKED, Attempt

# What can come of each step. "passed" goes by a step with a reason of one's own.
RESULTS = {
    "ring": (TALKED, "no_answer", "busy", "wrong_number", "later"),
    "find_number": ("found", "not_found"),
    "sms": ("passed",),
    "chat": ("done", TALKED, "passed"),
    "postcard": ("passed",),
    "closing_card": ("passed",),
    "other_way": ("done", TALKED, "passed"),
    "guardian_call": ("spoke_with_guardian", "no_answer", "passed"),
    "home_visit": ("done", TALKED, "passed"),
}  # fmt: skip
# What follows from "Svarade".
THEN = ("booked", "thinks", "occupied", "declined", "blocked")
IN_WORDS = {
    TALKED: "Svarade", "no_answer": "Svarade inte", "busy": "Upptaget eller avstängt", "wrong_number": "Fel nummer",
    "later": "Ring senare", "found": "Hittade ett nummer", "not_found": "Hittade inget", "done": "Klart",
    "passed": "Hoppa över", "spoke_with_guardian": "Pratade med vårdnadshavaren", "booked": "Bokade tid",
    "thinks": "Vill tänka", "occupied": "Jobbar eller pluggar", "declined": "Vill inte", "blocked": "Spärra",
}  # fmt: skip
# What a step is called among the tries that staff note.
ATTEMPT = {
    "ring": "call", "find_number": "look_up", "chat": "social", "other_way": "partner", "home_visit": "visit",
    "guardian_call": "guardian_call",
}  # fmt: skip
WANTS_TO_THINK, DECLINED_RESTS = timedelta(days=7), timedelta(days=182)
# A call that was promised has been tried when nobody has answered so many times.
TRIES_OF_A_PROMISE = 2


@dataclass(frozen=True, slots=True)
class Noted:
    """One press. `then` and `occupation` ("work", "studies") go with an answer, `until` with "later" and "thinks",
    `number` (as typed, or the one that was called) and `source` with numbers, `how` with another way, `slot_id` with a
    time that was booked.
    """

    kind: str
    result: str
    then: str = ""
    occupation: str = "work"
    until: datetime | None = None
    number: str = ""
    source: str = ""
    text: str = ""
    how: str = ""
    slot_id: int | None = None


def note(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> Attempt | None:
    """Write the try and move the person on. None where a step was only passed over.

    Raises BadInput for what does not go together, or for a number that is none; Conflict when the time is taken. Then
    nothing is written.
    """
    _check(noted, now)
    before = ladder_undo.remember(session, person)
    _book(session, person, staff, noted, now)
    place = storage.ladders.place(session, person.id)
    at_step = place if place is not None and (place.state, place.kind) == ("on", noted.kind) else None
    attempt = _attempt(session, person, staff, noted, now)
    if noted.result == TALKED:
        _talked(session, person, staff, noted, now)
    elif noted.result == "wrong_number":
        numbers.strike(session, person, noted.number, why="fel person", now=now)
    if at_step is not None:
        _move(session, at_step, person, staff, noted, now)
    _finish_promise(session, person, staff, noted, now)
    ladder.settle(session, now, [person.id])
    ladder_undo.keep(session, person, staff, before, attempt, now=now)
    return attempt


def ring_at(session: Session, person: Person, staff: Staff, until: datetime, now: datetime) -> None:
    """The call is to be made at a later hour today. Nobody has been contacted by that, so it is no try. Raises BadInput
    for an hour that has been.
    """
    if until <= now:
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    place = storage.ladders.place(session, person.id)
    if place is not None and (place.state, place.kind) == ("on", "ring"):
        ladder.wait(session, place, until)
    task = storage.tasks.open_task(session, "ring", person.id)
    if task is not None:
        task.due_at = until
        storage.tasks.ensure(session, task)
    storage.audit.write(session, "call_moved", now=now, staff_id=staff.id, person_id=person.id)


def _check(noted: Noted, now: datetime) -> None:
    if noted.result not in RESULTS.get(noted.kind, ()):
        raise BadInput("Välj vad som hände.")
    if noted.kind == "ring" and noted.result == TALKED and noted.then not in THEN:
        raise BadInput("Välj vad ni kom fram till.")
    if noted.result == "wrong_number" and not noted.number:
        raise BadInput("Välj vilket nummer som var fel.")
    if noted.then == "booked" and noted.slot_id is None:
        raise BadInput("Välj vilken tid ni kom överens om.")
    if noted.until is not None and noted.until <= now:
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")


def _book(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> None:
    if noted.then != "booked" or noted.slot_id is None:
        return
    if storage.meetings.open_booking(session, person.id, after=now) is not None:
        raise Conflict("Personen har redan en tid. Ändra den på personens sida.")
    talk = contact.talk_of(session, person, now)
    booked = meetings.book(
        session, person_id=person.id, slot_id=noted.slot_id, now=now, conversation_id=talk.id, staff_id=staff.id
    )
    if booked is None:
        raise Conflict("Tiden hann bli tagen. Välj en annan.")


def _attempt(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> Attempt | None:
    if noted.result == "passed":
        return None
    if noted.kind == "find_number":
        return _look_up(session, person, staff, noted, now)
    kind = noted.how if noted.how in ("met_outdoors", "visit", "letter") else ATTEMPT[noted.kind]
    if noted.result == TALKED:
        return contact.talked(session, person, staff, kind=kind, text=noted.text, now=now)
    attempt = storage.tasks.add_attempt(session, Attempt(
        person_id=person.id, kind=kind, result=noted.result, note=noted.text.strip()[: contact.LONGEST_NOTE], at=now,
        staff_id=staff.id,
    ))  # fmt: skip
    storage.audit.write(session, "noted", now=now, staff_id=staff.id, person_id=person.id, kind=kind,
                        result=noted.result)  # fmt: skip
    return attempt


def _look_up(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> Attempt:
    """A number that was looked for, and where; one that has been struck for the person is not put back."""
    number_id = None
    if noted.result == "found":
        tie = numbers.add(session, person, noted.number, source=noted.source, found_by=staff.name, now=now)
        if tie is None:
            raise BadInput("Numret har varit fel för den här personen. Sök ett annat.")
        number_id = tie.number_id
        task = storage.tasks.open_task(session, "find_number", person.id)
        if task is not None:
            storage.tasks.finish(session, task, now=now, staff_id=staff.id, outcome="found")
    attempt = storage.tasks.add_attempt(session, Attempt(
        person_id=person.id, kind="look_up", result=noted.result, at=now, staff_id=staff.id, source=noted.source,
        number_id=number_id,
    ))  # fmt: skip
    storage.audit.write(session, "looked_up", now=now, staff_id=staff.id, person_id=person.id, result=noted.result)
    return attempt


# ------------------------------------------------------------------------------------------- what was agreed


def _talked(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> None:
    if noted.kind == "ring" and noted.number:
        numbers.mark_confirmed(session, person.id, noted.number, now=now)
    if noted.then == "booked":
        contact.stand(session, person, "booked", now)
    elif noted.then == "thinks":
        person.paused_until, person.paused_why = noted.until or now + WANTS_TO_THINK, "vill tänka"
    elif noted.then == "occupied":
        contact.outcome(session, person, staff, kind=noted.occupation, on=local_date(now), now=now)
        contact.stand(session, person, "occupied", now)
    elif noted.then == "declined":
        contact.outcome(session, person, staff, kind="declined", on=local_date(now), now=now)
        person.paused_until, person.paused_why = now + DECLINED_RESTS, "vill inte nu"
        contact.stand(session, person, "declined", now)
    elif noted.then == "blocked":
        contact.spoken_stop(session, person, staff, now=now)


# --------------------------------------------------------------------------------------------------- moving on


def _move(session: Session, place: LadderPlace, person: Person, staff: Staff, noted: Noted, now: datetime) -> None:
    steps = ladder.Steps(session).of(person.office_id)
    if noted.kind == "ring":
        if noted.result in ladder.UNANSWERED:
            ladder.rang(session, place, noted.result, now, steps=steps, staff_id=staff.id)
        elif noted.result != TALKED:
            ladder.tell(session, place, noted.result, now, staff_id=staff.id)
            ladder.wait(session, place, noted.until or ladder_rules.at_other_time(now))
    elif noted.kind == "find_number":
        _looked(session, place, staff, noted, now, steps)
    elif noted.result != TALKED:
        what = "passed" if noted.result == "passed" else "done"
        ladder.take(session, place, what, now, steps=steps, why=noted.text if what == "passed" else noted.result,
                    staff_id=staff.id)  # fmt: skip


def _looked(
    session: Session, place: LadderPlace, staff: Staff, noted: Noted, now: datetime, steps: Sequence[Step]
) -> None:
    ladder.tell(session, place, noted.result, now, why=noted.source, staff_id=staff.id)
    if noted.result == "found":
        return
    place.attempt += 1
    if place.attempt > ladder_rules.LOOK_UPS:
        ladder.give_up_number(session, place, now, steps=steps)
    else:
        ladder.wait(session, place, ladder_rules.next_morning(now))


def _finish_promise(session: Session, person: Person, staff: Staff, noted: Noted, now: datetime) -> None:
    task = storage.tasks.open_task(session, "ring", person.id)
    if task is None or noted.kind != "ring" or noted.result not in (*ladder.UNANSWERED, "later"):
        return
    if noted.result == "later":
        task.due_at = noted.until
        storage.tasks.ensure(session, task)
        return
    tries = [row for row in storage.tasks.attempts(session, person.id) if row.kind == "call" and
             row.at >= task.created_at]  # fmt: skip
    if len(tries) >= TRIES_OF_A_PROMISE:
        storage.tasks.finish(session, task, now=now, staff_id=staff.id, outcome=noted.result)
