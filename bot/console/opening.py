"""Opening a person: who may, who must first say why, and that it is logged (ux §1.4, §2)."""

from datetime import timedelta

import storage.alerts
import storage.audit
import storage.people
import storage.reads
import storage.staff
from bot.requests import Ask
from outreach import alerts, waiting
from outreach.errors import BadInput, NotAllowed, NotFound
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person

# One line in the log for each sitting, not for each press of reload.
READ_AGAIN_AFTER = timedelta(minutes=10)
# A reason given opens the page for a working day.
REASON_HOLDS = timedelta(hours=8)
SHORTEST_REASON = 3


def find(ask: Ask, code: str) -> Person:
    """The person a page means. Raises NotFound, and NotAllowed without a word more for protected identity."""
    ask.needs("register")
    person = storage.people.by_code(ask.session, code)
    if person is None:
        raise NotFound("Personen finns inte kvar. Sök i registret.")
    if person.id in ask.who.knows:
        raise NotAllowed(f"Du har sagt att du känner personen. {whom_to_ask(ask, person)}")
    if not ask.who.may_see(person):
        raise NotAllowed
    return person


def whom_to_ask(ask: Ask, person: Person) -> str:
    """Fråga Karin Ek: the heads of the person's office, never oneself."""
    heads = storage.staff.with_role(ask.session, "enhetschef", person.office_id, on=local_date(ask.now))
    names = [one.name for one in heads if one.id != ask.who.staff.id]
    return f"Fråga {' eller '.join(names) if names else 'den som är chef för kontoret'} om något behöver ändras."


def is_open(ask: Ask, person: Person) -> bool:
    """Whether the person belongs to one of one's offices, or one has just said why one needs to read about them."""
    if person.office_id is None or person.office_id in ask.who.office_ids:
        return True
    said = storage.audit.last(ask.session, "opened_outside", staff_id=ask.who.staff.id, person_id=person.id)
    return said is not None and ask.now - said.at < REASON_HOLDS


def enter(ask: Ask, code: str) -> Person:
    """The person, for a form about them. Raises NotAllowed where a reason is needed first."""
    person = find(ask, code)
    if not is_open(ask, person):
        raise NotAllowed("Personen hör till ett annat kontor. Öppna personens sida och skriv varför först.")
    return person


def enter_talk(ask: Ask, conversation: Conversation) -> Person | None:
    """The person one talks with, checked as their page is; None for an unknown number."""
    ask.needs("inbox")
    if conversation.person_id is None:
        if not may_read_unknown(ask, conversation):
            raise NotAllowed
        return None
    return enter(ask, storage.people.get(ask.session, conversation.person_id).code)


def may_read_unknown(ask: Ask, conversation: Conversation) -> bool:
    """Whether one may read texts tied to nobody."""
    return waiting.may_read_unknown(ask.session, ask.who, conversation)


def give_reason(ask: Ask, person: Person, why: str) -> None:
    """Keep why somebody from another office opens the page. Raises BadInput when nothing is said."""
    if len(why.strip()) < SHORTEST_REASON:
        raise BadInput("Skriv varför du behöver öppna sidan.")
    storage.audit.write(
        ask.session, "opened_outside", now=ask.now, staff_id=ask.who.staff.id, person_id=person.id,
        why=why.strip()[:200],
    )  # fmt: skip


def log_reading(ask: Ask, person: Person) -> None:
    """Log that the page was read; a reading page changes nothing itself, so the line has a transaction of its own."""
    if _read_lately(ask, ask.session, person):
        return
    with ask.house.database.write() as session:
        if not _read_lately(ask, session, person):
            storage.audit.write(session, "read", now=ask.now, staff_id=ask.who.staff.id, person_id=person.id)


def see_alert(ask: Ask, conversation: Conversation | None) -> None:
    """Whoever opens a talk has seen its alert. Only a page somebody opened counts: a page that is left open fetches the
    talk again all night by itself.
    """
    if conversation is None or not ask.who.may("inbox"):
        return
    alert = storage.alerts.latest(ask.session, conversation.id)
    if alert is not None and alert.seen_at is None:
        with ask.house.database.write() as session:
            alerts.see(session, conversation, ask.who.staff, how="opened", now=ask.now)


def mark_read(ask: Ask, conversation: Conversation | None) -> None:
    """Whoever opens a talk has read it, until more comes in; only a page somebody opened counts, as with alerts."""
    if conversation is None or not ask.who.may("inbox"):
        return
    up_to = storage.reads.read_up_to(ask.session, ask.who.staff.id, [conversation.id]).get(conversation.id)
    if storage.reads.is_unread(conversation, up_to):
        with ask.house.database.write() as session:
            storage.reads.read(session, ask.who.staff.id, conversation)


def _read_lately(ask: Ask, session: Session, person: Person) -> bool:
    line = storage.audit.last(session, "read", staff_id=ask.who.staff.id, person_id=person.id)
    return line is not None and ask.now - line.at < READ_AGAIN_AFTER
