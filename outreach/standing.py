"""How a person stands in the register: closed with a reason and opened again, paused until a day (ux §4.6, domain S32
and S36).
"""

from datetime import date, datetime, time, timedelta

import storage.amendments
import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.offers
import storage.people
import storage.tasks
from outreach import ladder, meetings
from outreach.errors import BadInput, Conflict
from storage.amendments import Amendment
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.people import DECEASED, Person
from storage.staff import Staff
from storage.tasks import Outcome

# Why somebody is closed, in the words that stand as the reason, and the outcome that is noted with it (domain S36).
CLOSINGS = {
    "har redan stöd": "has_support", "utomlands": "abroad", "studerar eller arbetar": "", "tackar nej": "declined",
    "fel person": "", "flyttat": "moved", DECEASED: "deceased", "fyllt 20": "", "fyllt 30": "", "annat skäl": "",
}  # fmt: skip
# Why somebody rests until a day. A category and nothing more: what it is about, least of all health, stands nowhere.
PAUSES = (
    "har bett om det", "passar bättre senare", "är bortrest", "har annat stöd just nu", "väntar på besked",
    "annat skäl",
)  # fmt: skip
LONGEST_PAUSE = timedelta(days=366)
# Texts we start; answers and reminders of a time that stands still leave.
_STARTED = ("campaign", "ladder", "nudge", "follow_up")


def close(session: Session, person: Person, staff: Staff, *, why: str, now: datetime) -> None:
    """Nobody goes on trying to reach them. Raises BadInput for a reason that is none, Conflict when closed already."""
    if why not in CLOSINGS:
        raise BadInput("Välj varför personen ska avslutas.")
    if person.closed_at is not None and why != DECEASED:
        raise Conflict("Personen är redan avslutad. Läs om sidan.")
    if CLOSINGS[why]:
        _note(session, person, staff, CLOSINGS[why], now)
    if why == DECEASED:
        leave_in_peace(session, person, staff, now=now)
    else:
        person.closed_at, person.closed_reason, person.changed_at = now, why, now
        _hold(session, person, _STARTED, now)
    amend(session, person, staff, "closed", "", why, now=now)
    storage.audit.write(session, "person_closed", now=now, staff_id=staff.id, person_id=person.id, why=why)


def leave_in_peace(session: Session, person: Person, staff: Staff, *, now: datetime) -> None:
    """The person has died: nothing more is ever written, and no time is kept for them."""
    # Whoever had been closed before, for another reason, is left in peace too.
    person.closed_at, person.closed_reason, person.changed_at = person.closed_at or now, DECEASED, now
    _hold(session, person, storage.messages.KINDS, now)
    booking = storage.meetings.open_booking(session, person.id, after=now)
    if booking is not None:
        meetings.cancel(session, booking, now=now, staff_id=staff.id)


def reopen(session: Session, person: Person, staff: Staff, *, now: datetime) -> None:
    """The person is in the register again, as before. Raises Conflict when they are already."""
    if person.closed_at is None:
        raise Conflict("Personen är redan öppen. Läs om sidan.")
    before, person.closed_at, person.closed_reason, person.changed_at = person.closed_reason, None, "", now
    storage.people.keep(session, person)
    amend(session, person, staff, "opened", before, "", now=now)
    ladder.settle(session, now, [person.id])
    storage.audit.write(session, "person_reopened", now=now, staff_id=staff.id, person_id=person.id)


def pause(session: Session, person: Person, staff: Staff, *, until: date | None, why: str, now: datetime) -> None:
    """Nothing is started until that day; on it the person is back on the worklists by themselves. Raises BadInput."""
    today = local_date(now)
    if until is None or not today < until <= today + LONGEST_PAUSE:
        raise BadInput("Skriv en dag som kommer, högst ett år fram. Till exempel 2027-02-01.")
    if why not in PAUSES:
        raise BadInput("Välj varför personen vilar.")
    person.paused_until, person.paused_why, person.changed_at = _morning(until), why, now
    _hold(session, person, _STARTED, now)
    amend(session, person, staff, "paused", "", f"till {until.isoformat()}, {why}", now=now)
    storage.audit.write(session, "paused", now=now, staff_id=staff.id, person_id=person.id)


def resume(session: Session, person: Person, staff: Staff, *, now: datetime) -> None:
    """End a pause before its day. Raises Conflict where there is none."""
    if person.paused_until is None or person.paused_until <= now:
        raise Conflict("Personen vilar inte längre. Läs om sidan.")
    before, person.paused_until, person.paused_why = f"till {local_date(person.paused_until).isoformat()}", None, ""
    person.changed_at = now
    storage.people.keep(session, person)
    amend(session, person, staff, "resumed", before, "", now=now)
    ladder.settle(session, now, [person.id])
    storage.audit.write(session, "resumed", now=now, staff_id=staff.id, person_id=person.id)


def amend(session: Session, person: Person, staff: Staff, fact: str, before: str, after: str, *, now: datetime) -> None:
    """Keep in the person's timeline that a fact was changed, from what to what and by whom."""
    storage.amendments.add(
        session, Amendment(person_id=person.id, at=now, by_id=staff.id, fact=fact, before=before, after=after)
    )


def _note(session: Session, person: Person, staff: Staff, kind: str, now: datetime) -> None:
    storage.tasks.add_outcome(
        session,
        Outcome(person_id=person.id, kind=kind, on=local_date(now), source="personal", proposed_at=now,
                confirmed_at=now, confirmed_by_id=staff.id),
    )  # fmt: skip


def _hold(session: Session, person: Person, kinds: tuple[str, ...], now: datetime) -> None:
    storage.people.keep(session, person)
    series = storage.offers.running(session, person.id)
    if series is not None and person.closed_at is not None:
        storage.offers.end_series(session, series, "closed", now=now)
    conversation = storage.conversations.of_person(session, person.id)
    if conversation is not None:
        reason = "closed" if person.closed_at is not None else "paused"
        storage.messages.hold_back(session, conversation.id, kinds, reason=reason, now=now)
    ladder.follow(session, person.id, now)


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(8), tzinfo=STOCKHOLM)
