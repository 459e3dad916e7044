"""Taking back the last press on the ladder (Ångra): everything it changed is as it was, as long as nothing else has
happened since. What the young person says, and what a colleague notes, is never taken back with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import storage.audit
import storage.conversations
import storage.ladders
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
import storage.tasks
from outreach import consent, contact, delivery, meetings, numbers
from outreach.errors import Conflict
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person
from storage.staff import Staff
from storage.tasks import Attempt

# "Senast gjort" shows what can be taken back for a day.
UNDO_WITHIN = timedelta(hours=24)
_MOMENTS = ("began_at", "entered_at", "due_at", "left_at")
_PLACE = ("kind", "position", "attempt", "round", "state", "left_why", *_MOMENTS)
_TALK = ("state", "state_at", "resume_state", "context")


@dataclass(frozen=True, slots=True)
class Before:
    """How things stood before a press."""

    place: dict[str, Any] | None
    event_id: int
    outcome_id: int
    stop_id: int
    booking_id: int
    pause: tuple[str | None, str]
    talk: dict[str, Any] | None
    standings: dict[str, str]
    open_tasks: list[int]


def remember(session: Session, person: Person) -> Before:
    """Look at how things stand, before a press changes them."""
    place = storage.ladders.place(session, person.id)
    talk = storage.conversations.of_person(session, person.id)
    return Before(
        _told(place) if place is not None else None,
        max((event.id for event in storage.ladders.events(session, person.id)), default=0),
        max((outcome.id for outcome in storage.tasks.outcomes(session, person.id)), default=0),
        max((stop.id for stop in storage.numbers.stops_of(session, person.id)), default=0),
        max((booking.id for booking, _ in storage.meetings.bookings_of_person(session, person.id)), default=0),
        (_say(person.paused_until), person.paused_why),
        {name: _say(getattr(talk, name)) for name in _TALK} if talk is not None else None,
        {str(tie.id): tie.standing for tie, _ in storage.numbers.of_person(session, person.id)},
        [task.id for task in storage.tasks.of_person(session, person.id) if task.done_at is None],
    )


def keep(
    session: Session, person: Person, staff: Staff, before: Before, attempt: Attempt | None, *, now: datetime
) -> None:
    """Remember a member of staff's last press, instead of the one before."""
    kept = {
        "person": person.code, "attempt": attempt.id if attempt is not None else None, "at": now.isoformat(),
        "after": _as_left(remember(session, person)),
        **{name: getattr(before, name) for name in Before.__slots__},
    }  # fmt: skip
    storage.settings.write(session, _key(staff), kept, now=now, staff_id=staff.id)


def last(session: Session, staff: Staff, now: datetime) -> Person | None:
    """Whom the last press was about, while it can be taken back."""
    kept = storage.settings.read(session, _key(staff))
    if not kept or now - datetime.fromisoformat(kept["at"]) > UNDO_WITHIN:
        return None
    person = storage.people.by_code(session, kept["person"])
    if person is None or _as_left(remember(session, person)) != kept["after"]:
        return None
    return person


def undo(session: Session, staff: Staff, now: datetime) -> Person:
    """Take the last press back. Raises Conflict when it is too long ago, or something has come in between."""
    person = last(session, staff, now)
    kept = storage.settings.read(session, _key(staff))
    if person is None or not kept:
        raise Conflict("Det går inte att ångra längre: något har hänt sedan dess. Öppna personen och ändra där.")
    _take_back_booking(session, person, staff, kept, now)
    _take_back_place(session, person, kept)
    _take_back_talk(session, person, staff, kept, now)
    _take_back_number(session, person, kept, now)
    _open_tasks_again(session, person, kept)
    storage.settings.write(session, _key(staff), {}, now=now, staff_id=staff.id)
    storage.audit.write(session, "note_undone", now=now, staff_id=staff.id, person_id=person.id)
    return person


def _take_back_booking(session: Session, person: Person, staff: Staff, kept: dict[str, Any], now: datetime) -> None:
    for booking, slot in storage.meetings.bookings_of_person(session, person.id):
        if booking.id > kept["booking_id"] and meetings.cancel(session, booking, now=now, staff_id=staff.id):
            # What confirms the time keeps until it begins.
            storage.messages.take_back(
                session, booking.conversation_id, (contact.CONFIRMATION,), send_before=slot.starts_at,
                reason="ångrat", now=now,
            )  # fmt: skip


def _take_back_place(session: Session, person: Person, kept: dict[str, Any]) -> None:
    for event in storage.ladders.events(session, person.id):
        if event.id > kept["event_id"]:
            storage.ladders.forget_event(session, event.id)
    place = storage.ladders.place(session, person.id)
    if place is not None and kept["place"] is not None:
        for name, value in kept["place"].items():
            setattr(place, name, datetime.fromisoformat(value) if name in _MOMENTS and value else value)
        storage.ladders.keep(session, place)
    storage.tasks.forget_attempt(session, kept["attempt"])
    for outcome in storage.tasks.outcomes(session, person.id):
        if outcome.id > kept["outcome_id"]:
            storage.tasks.forget_outcome(session, outcome)
    until, person.paused_why = kept["pause"]
    person.paused_until = datetime.fromisoformat(until) if until else None


def _take_back_talk(session: Session, person: Person, staff: Staff, kept: dict[str, Any], now: datetime) -> None:
    talk = storage.conversations.of_person(session, person.id)
    if talk is None:
        return
    stops = [row for row in storage.numbers.stops_of(session, person.id) if row.id > kept["stop_id"]]
    if stops:
        consent.lift(session, talk, stops, staff, now=now)
    before = kept["talk"] or {"state": "new", "state_at": now.isoformat(), "resume_state": "", "context": {}}
    talk.state, talk.resume_state, talk.context = before["state"], before["resume_state"], before["context"]
    talk.state_at = datetime.fromisoformat(before["state_at"])
    storage.conversations.keep(session, talk)
    since = datetime.fromisoformat(kept["at"])
    delivery.put_back(session, talk, reason=contact.NO_NEED, since=since, now=now)


def _take_back_number(session: Session, person: Person, kept: dict[str, Any], now: datetime) -> None:
    for tie, number in storage.numbers.of_person(session, person.id):
        before = kept["standings"].get(str(tie.id))
        if before is None:
            storage.numbers.untie(session, tie)
        elif before != tie.standing and tie.standing in ("wrong_person", "confirmed"):
            if tie.standing == "wrong_person":
                numbers.restore(session, person, number.e164, now=now)
            tie.standing = before
            storage.numbers.link(session, tie)


def _open_tasks_again(session: Session, person: Person, kept: dict[str, Any]) -> None:
    for task in storage.tasks.of_person(session, person.id):
        if task.id in kept["open_tasks"] and task.done_at is not None:
            storage.tasks.reopen(session, task)


def _as_left(stands: Before) -> dict[str, Any]:
    """What nobody may have changed since, as it is read back from where it is kept."""
    return {
        "place": stands.place, "talk": stands.talk, "pause": list(stands.pause), "outcome": stands.outcome_id,
        "stop": stands.stop_id, "booking": stands.booking_id,
    }  # fmt: skip


def _told(place: LadderPlace) -> dict[str, Any]:
    return {name: _say(getattr(place, name)) for name in _PLACE}


def _say(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _key(staff: Staff) -> str:
    return f"ladder-undo-{staff.id}"
