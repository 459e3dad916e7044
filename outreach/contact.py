"""What staff write down about a person: tries and notes, who came to a meeting, what became of it, a spoken stop."""

from datetime import date, datetime

import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.tasks
from outreach import consent, gate_facts, in_words, ladder, meetings, standing
from outreach.errors import BadInput, Conflict
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Booking, Slot
from storage.people import Person
from storage.staff import Staff
from storage.tasks import TALKED, Attempt, Outcome

# What can be noted on a person's page, and which of them are tries that can end in contact.
NOTED = ("call", "meeting", "note", "met_outdoors", "visit")
TRIES = ("call", "meeting", "met_outdoors", "visit")
RESULTS = ("talked", "no_answer", "busy")
LONGEST_NOTE = 4000
# Why a reminder was taken back.
NO_NEED = "har pratat med personen"
# The text that confirms a time which was agreed by telephone, and why one was taken back.
CONFIRMATION = "BOOKED"
MOVED = "tiden är flyttad"


def note(
    session: Session, person: Person, staff: Staff, *, kind: str, result: str, text: str, now: datetime
) -> Attempt:  # fmt: skip
    """Keep a try or a note. Contact with the right person counts as reached, and nobody needs to ring any more."""
    if kind not in NOTED:
        raise BadInput("Välj vad som hände.")
    text = text.strip()[:LONGEST_NOTE]
    if kind == "note" and not text:
        raise BadInput("Anteckningen är tom. Skriv något först.")
    result = result if kind in TRIES and result in RESULTS else ""
    if result == TALKED:
        return talked(session, person, staff, kind=kind, text=text, now=now)
    attempt = storage.tasks.add_attempt(
        session, Attempt(person_id=person.id, kind=kind, result=result, note=text, at=now, staff_id=staff.id)
    )
    if kind == "call" and result in ladder.UNANSWERED:
        ladder.unanswered(session, person, staff, result, now)
    storage.audit.write(session, "noted", now=now, staff_id=staff.id, person_id=person.id, kind=kind, result=result)
    return attempt


def talked(session: Session, person: Person, staff: Staff, *, kind: str, text: str = "", now: datetime) -> Attempt:
    """Somebody has talked with the right person: reached. Nobody needs to ring or remind, and the ladder is left."""
    attempt = storage.tasks.add_attempt(
        session, Attempt(person_id=person.id, kind=kind, result=TALKED, note=text, at=now, staff_id=staff.id)
    )
    _no_need_to_ring(session, person, staff, now)
    _no_need_to_remind(session, person, now)
    ladder.follow(session, person.id, now)
    storage.audit.write(session, "noted", now=now, staff_id=staff.id, person_id=person.id, kind=kind, result=TALKED)
    return attempt


def _no_need_to_ring(session: Session, person: Person, staff: Staff, now: datetime) -> None:
    task = storage.tasks.open_task(session, "ring", person.id)
    if task is not None:
        storage.tasks.finish(session, task, now=now, staff_id=staff.id, outcome=TALKED)


def _no_need_to_remind(session: Session, person: Person, now: datetime) -> None:
    conversation = storage.conversations.of_person(session, person.id)
    if conversation is not None:
        storage.messages.hold_back(session, conversation.id, ("nudge",), reason=NO_NEED, now=now)


def attendance(
    session: Session, booking: Booking, person: Person, staff: Staff, *, came: bool, late: bool = False, now: datetime
) -> None:  # fmt: skip
    """Mark who came, perhaps late; a met person is reached and met, also when first marked as missing. Raises Conflict
    before the start or when it was marked before.
    """
    state = ("came_late" if late else "came") if came else "no_show"
    meetings.attend(session, booking, state, now=now, staff_id=staff.id)
    if came:
        _met(session, booking, person, staff, now)


def _met(session: Session, booking: Booking, person: Person, staff: Staff, now: datetime) -> None:
    slot = storage.meetings.slot(session, booking.slot_id)
    storage.tasks.add_attempt(
        session, Attempt(person_id=person.id, kind="meeting", result=TALKED, at=slot.starts_at, staff_id=staff.id)
    )
    storage.tasks.add_outcome(
        session,
        Outcome(person_id=person.id, kind="met", on=local_date(slot.starts_at), source="möte", proposed_at=now,
                confirmed_at=now, confirmed_by_id=staff.id),
    )  # fmt: skip


def may_move(booking: Booking, slot: Slot, *, now: datetime) -> bool:
    """Whether this is a time with the person alone, that stands and is still to come."""
    return booking.state in storage.meetings.OPEN and slot.kind == "meeting" and slot.starts_at > now


def move_meeting(
    session: Session, booking: Booking, person: Person, staff: Staff, *, slot_id: int, now: datetime
) -> None:  # fmt: skip
    """Give the person another time; the old one stands until the new one is booked, and no text tells of it any longer.
    Raises Conflict when the booking does not stand, or the time is taken.
    """
    slot = storage.meetings.slot(session, booking.slot_id)
    if not may_move(booking, slot, now=now):
        raise Conflict("Bokningen gäller inte längre. Läs om sidan.")
    if meetings.move(session, booking, slot_id, now=now, staff_id=staff.id) is None:
        raise Conflict("Tiden hann bli tagen. Välj en annan.")
    talk = storage.conversations.of_person(session, person.id)
    if talk is None:
        return
    storage.messages.take_back(session, talk.id, (CONFIRMATION,), send_before=slot.starts_at, reason=MOVED, now=now)
    if talk.state == "confirmed":
        talk.state, talk.state_at = "booked", now
        storage.conversations.keep(session, talk)


def outcome(session: Session, person: Person, staff: Staff, *, kind: str, on: date, now: datetime) -> Outcome:
    """Keep what a person does now, vouched for by a human. Nobody writes to somebody who has died."""
    if kind not in storage.tasks.OUTCOME_KINDS:
        raise BadInput("Välj ett utfall i listan.")
    if on > local_date(now):
        raise BadInput("Datumet har inte varit än. Skriv den dag det blev så.")
    kept = storage.tasks.add_outcome(
        session,
        Outcome(person_id=person.id, kind=kind, on=on, source="personal", proposed_at=now, confirmed_at=now,
                confirmed_by_id=staff.id),
    )  # fmt: skip
    if kind == "deceased" and person.closed_reason != storage.people.DECEASED:
        standing.leave_in_peace(session, person, staff, now=now)
    storage.audit.write(session, "outcome", now=now, staff_id=staff.id, person_id=person.id, kind=kind)
    return kept


def confirm(session: Session, proposed: Outcome, staff: Staff, *, now: datetime) -> None:
    """Vouch for an outcome that the service read in a text; twice changes nothing."""
    if proposed.confirmed_at is None:
        proposed.confirmed_at, proposed.confirmed_by_id = now, staff.id
        storage.tasks.add_outcome(session, proposed)
        storage.audit.write(session, "outcome", now=now, staff_id=staff.id, person_id=proposed.person_id,
                            kind=proposed.kind)  # fmt: skip


def dismiss(session: Session, outcome_: Outcome, staff: Staff, *, now: datetime) -> None:
    """What the service read in a text was not so, or somebody noted it by mistake: it is counted no longer."""
    said = f"{in_words.OUTCOMES[outcome_.kind].lower()}, {outcome_.on.isoformat()}"
    person = storage.people.get(session, outcome_.person_id)
    storage.tasks.forget_outcome(session, outcome_)
    standing.amend(session, person, staff, "outcome", said, "", now=now)
    storage.audit.write(session, "outcome_dismissed", now=now, staff_id=staff.id, person_id=outcome_.person_id,
                        kind=outcome_.kind)  # fmt: skip


def spoken_stop(session: Session, person: Person, staff: Staff, *, now: datetime) -> bool:
    """The person has said stop aloud: the same as writing it. False when it already stood."""
    conversation = talk_of(session, person, now)
    stopped = consent.stop(session, conversation, how="muntligt", now=now)
    if stopped:
        storage.audit.write(session, "spoken_stop", now=now, staff_id=staff.id, person_id=person.id)
    return stopped


def talk_of(session: Session, person: Person, now: datetime) -> Conversation:
    """The person's talk; an empty one is begun where nobody has written yet."""
    known = storage.conversations.of_person(session, person.id)
    if known is not None:
        return known
    address = gate_facts.choose_numbers(session, [person.id])[person.id].address
    return storage.conversations.keep(
        session, Conversation(person_id=person.id, channel="sms", address=address, state_at=now)
    )


def stand(session: Session, person: Person, state: str, now: datetime) -> None:
    """Note where the person stands after what was agreed; a stop, a crisis and a talk a human has are left alone."""
    talk = talk_of(session, person, now)
    if talk.state not in ("stopped", "urgent", "human"):
        talk.state, talk.state_at, talk.context = state, now, {}
        storage.conversations.keep(session, talk)
