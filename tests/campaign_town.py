"""A small invented town to send campaigns in: people with numbers, an office, staff, and a campaign ready to start."""

from datetime import date, datetime

import storage.campaigns
import storage.messages
import storage.numbers
import storage.offices
import storage.people
import storage.staff
from bot.conversation import replies
from outreach import campaigns, programmes
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.numbers import PersonNumber
from storage.offices import Office
from storage.people import Person, ProgrammeMembership
from storage.staff import Staff, StaffRole

NOW = datetime.fromisoformat("2026-11-24T12:04:00+00:00")
RULES = Rules(practice=False)


def number(which: int) -> str:
    """One of the numbers that are kept free for fiction: 070-174 06 05 to 06 99."""
    return f"+467017406{5 + which:02d}"


def an_office(session: Session, name: str = "Unga Norr") -> Office:
    """The office of this name, with the programmes' rules in place."""
    programmes.ensure_defaults(session, NOW)
    known = storage.offices.by_name(session, name)
    return known or storage.offices.add(
        session,
        Office(name=name, sender_name=name, municipality="Björkstads kommun", phone="08-465 004 11",
               switchboard="08-465 004 10", website="bjorkstad.se/unga"),
    )  # fmt: skip


def a_staff(
    session: Session, name: str = "Sara Lind", *, office: Office | None = None, role: str = "samordnare"
) -> Staff:
    """A member of staff with one role in one office."""
    office = office or an_office(session)
    email = f"{name.lower().replace(' ', '.')}@bjorkstad.example"
    known = storage.staff.by_email(session, email)
    if known is None:
        known = storage.staff.add(session, Staff(email=email, name=name, phone="070-174 06 99", created_at=NOW))
    storage.staff.give_role(session, StaffRole(staff_id=known.id, office_id=office.id, role=role))
    return known


def a_person(
    session: Session, which: int = 0, *, first_name: str = "Leila", office: Office | None = None, kind: str = "mobile",
    standing: str = "unverified", born: date | None = date(2008, 5, 14), programme: str = "kaa",
    has_number: bool = True, owner: str = "self", **fields: object,
) -> Person:  # fmt: skip
    """A young person who can be texted; the keywords take away or change what makes that so."""
    office = office or an_office(session)
    person = storage.people.add(
        session,
        Person(first_name=first_name, last_name="Berg", birth_date=born, office_id=office.id, created_at=NOW,
               changed_at=NOW, **fields),
    )  # fmt: skip
    if has_number:
        give_number(session, person, number(which), kind=kind, standing=standing, owner=owner)
    if programme:
        membership = ProgrammeMembership(
            person_id=person.id, programme=programme, rule_version="test", valid_from=date(2025, 8, 1)
        )
        storage.people.add_membership(session, membership)
    return person


def give_number(
    session: Session,
    person: Person,
    e164: str,
    *,
    kind: str = "mobile",
    standing: str = "unverified",
    owner: str = "self",
) -> PersonNumber:  # fmt: skip
    """Tie a number to a person."""
    row = storage.numbers.intern(session, e164, kind)
    tie = PersonNumber(
        person_id=person.id, number_id=row.id, found_at=NOW, owner=owner, standing=standing, standing_at=NOW
    )
    return storage.numbers.link(session, tie)


def a_talk(
    session: Session, person: Person, state: str = "invited", *, which: int = 0, **fields: object
) -> Conversation:
    """A conversation that stands somewhere."""
    talk = Conversation(person_id=person.id, address=number(which), state=state, state_at=NOW, **fields)
    return storage.conversations.keep(session, talk)


def a_campaign(session: Session, *, code: str = "INV-1", audience: str = "alla", **fields: object) -> Campaign:
    """A draft that can be started."""
    texts = {"text_sv": replies.template(code, "sv"), "text_en": replies.template(code, "en")} if code else {}
    given = {"name": "Första kontakten", "text_code": code, "created_at": NOW, **texts, **fields}
    return campaigns.create(session, Campaign(audience=audience, **given), now=NOW)


def a_text(session: Session, which: int = 0, **fields: object) -> Message:
    """A text that is due to a number nobody in the register has."""
    given = {"kind": "reply", "text": "Hej", "send_after": NOW, "created_at": NOW, "state_at": NOW, **fields}
    return storage.messages.add(session, Message(address=number(which), **given))
