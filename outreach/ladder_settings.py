"""How an office runs its ladder: order, waiting days, number of tries, and whether its texts leave by themselves. No
change loses anybody's place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import storage.audit
import storage.ladders
import storage.settings
import storage.staff
from outreach import ladder, ladder_rules
from outreach.errors import BadInput
from outreach.ladder_rules import Step
from storage.database import Session
from storage.ladders import STEP_KINDS, Ladder, LadderPlace, LadderStep
from storage.people import Person
from storage.staff import Staff

# What the history of settings knows the steps and the texts of an office's ladder by, before the office.
STEPS, TEXTS = "ladder-steps:", "ladder-texts:"
LONGEST_DAYS, MOST_STEPS = 365, 20
# A rest shorter than this would put somebody who does not answer through the whole ladder again and again.
SHORTEST_REST = 7


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step as staff set it."""

    kind: str
    after_days: int
    is_on: bool = True


def read(session: Session, office_id: int, now: datetime) -> Ladder:
    """The office's settings; those of an office that has set none are the cautious ones."""
    found = storage.ladders.ladder(session, office_id)
    return found or Ladder(office_id=office_id, changed_at=now)


def steps(session: Session, office_id: int) -> list[Wanted]:
    """The office's steps in order, those that are off too."""
    own = storage.ladders.steps(session, office_id)
    if own:
        return [Wanted(row.kind, row.after_days, row.is_on) for row in own]
    return [Wanted(*row) for row in ladder_rules.DEFAULT]


def change(
    session: Session, office_id: int, staff: Staff, *, texts_itself: bool, answerer_id: int | None,
    announce_first: bool, text_before_call: bool, now: datetime,
) -> Ladder:  # fmt: skip
    """Set how the texts of an office's ladder leave. Raises BadInput where they would leave with nobody to answer."""
    if texts_itself and storage.staff.find(session, answerer_id) is None:
        raise BadInput("Välj vem som svarar. Utan en person som svarar går inga sms av sig själva.")
    row = read(session, office_id, now)
    before = _texts(row)
    row.texts_itself, row.answerer_id = texts_itself, answerer_id
    row.announce_first, row.text_before_call = announce_first, text_before_call
    row.changed_at, row.changed_by_id = now, staff.id
    storage.ladders.keep(session, row)
    storage.settings.note_if_changed(session, f"{TEXTS}{office_id}", before, _texts(row), now=now, staff_id=staff.id)
    storage.audit.write(session, "ladder_changed", now=now, staff_id=staff.id, office=office_id)
    return row


def change_steps(
    session: Session, office_id: int, staff: Staff, wanted: Sequence[Wanted], *, now: datetime
) -> int:  # fmt: skip
    """Give an office other steps. Whoever stands on the ladder stays at their step where it is left, with its new day,
    and else comes to the first one that is left of those after it. Returns how many were moved. Raises BadInput.
    """
    _check(wanted)
    was = steps(session, office_id)
    before = ladder.Steps(session).of(office_id)
    rows = [
        LadderStep(office_id=office_id, position=position, kind=step.kind, after_days=step.after_days, is_on=step.is_on)
        for position, step in enumerate(wanted, 1)
    ]
    storage.ladders.replace_steps(session, office_id, rows)
    after = ladder.Steps(session).of(office_id)
    places = storage.ladders.standing_at(session, office_id)
    moved = sum(_refit(session, place, before, after, now) for place in places)
    storage.settings.note_if_changed(
        session, f"{STEPS}{office_id}", _rows(was), _rows(wanted), now=now, staff_id=staff.id
    )
    storage.audit.write(session, "ladder_steps_changed", now=now, staff_id=staff.id, office=office_id, moved=moved)
    return moved


def _rows(wanted: Sequence[Wanted]) -> list[list[str | int | bool]]:
    return [[step.kind, step.after_days, step.is_on] for step in wanted]


def _texts(row: Ladder) -> dict[str, bool | int | None]:
    return {
        "texts_itself": row.texts_itself, "answerer_id": row.answerer_id, "announce_first": row.announce_first,
        "text_before_call": row.text_before_call,
    }  # fmt: skip


def move_over(session: Session, person: Person, from_office_id: int | None, now: datetime) -> None:
    """The person has come from another office: they stand where this one's ladder is as far as theirs was."""
    place = storage.ladders.place(session, person.id)
    if place is not None and place.state != "ended" and place.left_why != "reached":
        steps = ladder.Steps(session)
        _refit(session, place, steps.of(from_office_id), steps.of(person.office_id), now)


def _check(wanted: Sequence[Wanted]) -> None:
    if not any(step.is_on and step.kind != "rest" for step in wanted):
        raise BadInput("Trappan har inga steg. Slå på minst ett.")
    if len(wanted) > MOST_STEPS:
        raise BadInput(f"Trappan har för många steg. Den får ha högst {MOST_STEPS}.")
    if any(step.kind not in STEP_KINDS for step in wanted):
        raise BadInput("Ett steg går inte att läsa. Välj steg i listan.")
    if any(not 0 <= step.after_days <= LONGEST_DAYS for step in wanted):
        raise BadInput(f"Dagarna ska vara ett tal från 0 till {LONGEST_DAYS}.")
    days = [step.after_days for step in wanted if step.is_on and step.kind != "rest"]
    if days != sorted(days):
        raise BadInput("Stegen ska stå i ordning. Ett senare steg kan inte ha färre dagar än ett tidigare.")
    if any(step.kind == "rest" for step in wanted[:-1]):
        raise BadInput("Vilan ska stå sist: efter den börjar trappan om.")
    if any(step.kind == "rest" and step.is_on and step.after_days < SHORTEST_REST for step in wanted):
        raise BadInput(f"Vilan ska vara minst {SHORTEST_REST} dagar, så att ingen kontaktas gång på gång.")


def _refit(
    session: Session, place: LadderPlace, before: Sequence[Step], after: Sequence[Step], now: datetime
) -> bool:  # fmt: skip
    old = next((step for step in before if (step.kind, step.attempt) == (place.kind, place.attempt)), None)
    same = next((step for step in after if (step.kind, step.attempt) == (place.kind, place.attempt)), None)
    if old is None:
        # Between the steps (a number to find, a last card): what comes after it is the first that is not earlier.
        place.position = _not_before(after, _days_at(before, place.position)).position if place.position else 0
        storage.ladders.keep(session, place)
        return False
    new = same or _what_is_left(session, place, after, old.after_days)
    place.position = new.position
    if same is None:
        ladder.tell(session, place, "moved", now)
        place.kind, place.attempt, place.entered_at = new.kind, new.attempt, now
        place.due_at = max(place.due_at, now)
    elif new.kind == "rest" or old.kind != "rest":
        place.due_at = ladder_rules.later(place.due_at, new.after_days - old.after_days, now)
    storage.ladders.keep(session, place)
    return same is None


def _days_at(steps: Sequence[Step], position: int) -> int:
    return next((step.after_days for step in steps if step.position >= position), 0)


def _what_is_left(session: Session, place: LadderPlace, after: Sequence[Step], days: int) -> Step:
    """The first step that is not earlier; nobody is sent to rest from a step they have not been given."""
    found = _not_before(after, days)
    if found.kind != "rest":
        return found
    return ladder_rules.next_step(after, ladder.steps_taken(session, place), 0) or found


def _not_before(steps: Sequence[Step], days: int) -> Step:
    return next((step for step in steps if step.after_days >= days), steps[-1])
