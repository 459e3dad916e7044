"""One voice at a time: a member of staff takes a talk over, writes, and gives it back or calls it done (ux §4.3)."""

from datetime import datetime

import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.staff
import storage.tasks
from outreach import alerts, consent, delivery, gate_facts, languages, quiet_hours, word_check
from outreach.errors import BadInput, Conflict
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.people import Person
from storage.register import REACHED_STATES
from storage.staff import Staff

# What the automatic service had on its way. Reminders of booked meetings go out all the same.
AUTOMATIC = ("campaign", "ladder", "nudge", "follow_up", "reply", "notice")
# An absent colleague's talk may be taken over after one working day.
ABSENT_AFTER_MINUTES = 8 * 60
LONGEST_TEXT = 1600
# Why somebody waits who wrote while an answer to them was being written.
UNSEEN = "skrev igen medan svaret skrevs"
USABLE = ("unverified", "works", "confirmed")
# Where the automatic service may go on: booking a time, waiting for what the person says, or nothing more.
STEPS = ("bokning", "vantar", "avsluta")
_NOT_TO_RESUME = ("human", "urgent")


def take_over(session: Session, conversation: Conversation, staff: Staff, *, now: datetime) -> int:
    """From now on this member of staff writes; returns how many automatic texts were taken back.

    Taking what one already has changes nothing. Raises Conflict while a colleague has it. Whoever waits for an answer
    goes on waiting until somebody writes.
    """
    if conversation.held_by_id == staff.id:
        return 0
    if not may_take(conversation, staff, now=now):
        name = holder(session, conversation)
        raise Conflict(f"{name} har redan samtalet. Fråga {name}, eller vänta till i morgon.")
    if not storage.conversations.give_to(session, conversation, staff.id, now=now):
        raise Conflict("Någon annan hann före. Läs om sidan.")
    alerts.see(session, conversation, staff, how="took_over", now=now)
    taken_back = storage.messages.hold_back(session, conversation.id, AUTOMATIC, reason="human_has_it", now=now)
    storage.audit.write(session, "took_over", now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code, taken_back=taken_back)  # fmt: skip
    return taken_back


def may_take(conversation: Conversation, staff: Staff, *, now: datetime) -> bool:
    """Whether the talk is free: nobody has it, oneself has it, or a colleague has had it for a whole working day."""
    if conversation.held_by_id in (None, staff.id) or conversation.held_since is None:
        return True
    return quiet_hours.working_minutes_between(conversation.held_since, now) >= ABSENT_AFTER_MINUTES


def holder(session: Session, conversation: Conversation) -> str:
    """First name of who has the talk; empty when the automatic service has it."""
    staff = storage.staff.find(session, conversation.held_by_id)
    return staff.first_name if staff is not None else ""


def begin(session: Session, person: Person, staff: Staff, *, now: datetime) -> Conversation:
    """Open a talk with somebody we have not texted before, and take it. Raises Conflict without a number to text."""
    known = storage.conversations.of_person(session, person.id)
    if known is None:
        address = _mobile(session, person)
        if not address:
            raise Conflict("Det finns inget mobilnummer att skriva till. Lägg till ett först.")
        lang = languages.of_person(session, person)
        known = Conversation(person_id=person.id, channel="sms", address=address, lang=lang, state_at=now)
        storage.conversations.keep(session, known)
    take_over(session, known, staff, now=now)
    return known


def can_begin(session: Session, person: Person) -> bool:
    """Whether there is a number that a first text could go to."""
    return bool(_mobile(session, person))


def _mobile(session: Session, person: Person) -> str:
    choice = gate_facts.choose_numbers(session, [person.id])[person.id]
    return choice.address if choice.standing in USABLE and not person.protected else ""


def write(session: Session, conversation: Conversation, staff: Staff, text: str, *, now: datetime) -> Message:
    """Put a text of one's own in the queue; the person no longer waits for an answer.

    Raises Conflict when one has not taken over or the person has said stop, BadInput for a text that must not be sent.
    """
    needs_to_hold(conversation, staff)
    if conversation.state == "stopped" or consent.is_stopped(session, conversation):
        raise Conflict("Personen har sagt stopp till sms. Bara personen själv kan ändra det, genom att skriva START.")
    message = delivery.queue(session, conversation, _checked(text), kind="staff", staff_id=staff.id, now=now)
    _no_longer_waits(session, conversation)
    return message


def waits_still(session: Session, conversation: Conversation, since: datetime) -> None:
    """A text has come in that whoever wrote had not seen: the person waits for an answer to that one."""
    conversation.waiting_since, conversation.waiting_why = since, UNSEEN
    storage.conversations.keep(session, conversation)


def has_sent(session: Session, conversation: Conversation, staff: Staff, text: str, *, after: int) -> bool:
    """Whether somebody has sent the very same text since the form was shown, when the latest of ours had the id
    `after`: a form that comes twice counts once.
    """
    texts = storage.messages.of_conversation(session, conversation.id)
    return any(
        one.id > after and one.staff_id == staff.id and one.text == text.replace("\r\n", "\n").strip() for one in texts
    )


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise BadInput("Meddelandet är tomt. Skriv något först.")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"Meddelandet är för långt. Korta det till högst {LONGEST_TEXT} tecken.")
    if word_check.holds_personnummer(text):
        raise BadInput("Meddelandet ser ut att ha ett personnummer i sig. Ta bort det: sms kan läsas av andra.")
    return text


def give_back(session: Session, conversation: Conversation, staff: Staff, *, step: str, now: datetime) -> None:
    """Let the automatic service answer again, from the chosen step. Raises Conflict when one does not have the talk."""
    if step not in STEPS:
        raise BadInput("Välj var automaten ska fortsätta: bokning, väntar eller avsluta.")
    needs_to_hold(conversation, staff)
    chosen = {"bokning": "offered", "avsluta": "ended"}.get(step, _rests_at(conversation))
    _let_go(session, conversation, staff, chosen, action="gave_back", now=now)


def done(session: Session, conversation: Conversation, staff: Staff, *, now: datetime) -> None:
    """Nothing more to do just now. Raises Conflict when somebody else has the talk.

    After an acute state the next text still comes to a human: only `give_back` lets the automatic service in again.
    """
    if conversation.held_by_id not in (None, staff.id):
        name = holder(session, conversation)
        raise Conflict(f"{name} har samtalet. Be {name} markera det som klart.")
    chosen = "human" if conversation.state == "urgent" else _rests_at(conversation)
    _let_go(session, conversation, staff, chosen, action="talk_done", now=now)


def _rests_at(conversation: Conversation) -> str:
    """Where a person stands after a talk with a human: as before where that still holds, else resting."""
    if conversation.state not in ("human", "urgent"):
        return conversation.state
    before = conversation.resume_state
    return before if before in REACHED_STATES and before not in _NOT_TO_RESUME else "resting"


def _let_go(
    session: Session, conversation: Conversation, staff: Staff, state: str, *, action: str, now: datetime
) -> None:
    storage.conversations.give_to(session, conversation, None, now=now)
    if conversation.context.get("asked") != "REM-24":
        # Numbers of an old offer mean nothing after a human has talked; those of a reminder still do.
        conversation.context = {}
    conversation.resume_state = ""
    _stand(session, conversation, state, now)
    _no_longer_waits(session, conversation)
    _finish_tasks(session, conversation, staff, now)
    storage.audit.write(session, action, now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code, state=conversation.state)  # fmt: skip


def _stand(session: Session, conversation: Conversation, state: str, now: datetime) -> None:
    if conversation.state == "stopped":
        return
    if conversation.person_id is not None and state in ("offered", "resting"):
        standing = storage.meetings.open_booking(session, conversation.person_id, after=now)
        state = standing.state if standing is not None else state
    if conversation.state != state:
        conversation.state, conversation.state_at = state, now
    storage.conversations.keep(session, conversation)


def _no_longer_waits(session: Session, conversation: Conversation) -> None:
    conversation.waiting_since, conversation.waiting_why, conversation.subject = None, "", ""
    storage.conversations.keep(session, conversation)


def _finish_tasks(session: Session, conversation: Conversation, staff: Staff, now: datetime) -> None:
    if conversation.person_id is None:
        return
    for task in storage.tasks.of_person(session, conversation.person_id):
        if task.kind in ("answer", "crisis"):
            storage.tasks.finish(session, task, now=now, staff_id=staff.id, outcome="talk")


def needs_to_hold(conversation: Conversation, staff: Staff) -> None:
    """Raises Conflict when the talk is not this member of staff's."""
    if conversation.held_by_id != staff.id:
        raise Conflict("Du har inte samtalet. Tryck på Ta över först.")
