"""A small invented town to send campaigns in: people by the number of their telephone, and a campaign to start."""

from datetime import date

import builders
from builders import NOW

import storage.messages
import storage.people
import storage.trials
from bot.conversation import replies
from outreach import campaign_versions, campaigns, programmes
from outreach.campaign_versions import Words
from outreach.gate import Rules
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.numbers import PersonNumber
from storage.offices import Office
from storage.people import Person, ProgrammeMembership
from storage.trials import CampaignTrial

RULES = Rules(practice=False)


def number(which: int) -> str:
    """One of the numbers that are kept free for fiction: 070-174 06 05 to 06 99."""
    return builders.e164(f"{5 + which:02d}")


def an_office(session: Session, name: str = "Unga Norr") -> Office:
    """The office of this name, with the programmes' rules in place."""
    programmes.ensure_defaults(session, NOW)
    return builders.an_office(session, name)


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
        since = date(2025, 8, 1)
        row = ProgrammeMembership(person_id=person.id, programme=programme, rule_version="test", valid_from=since)
        storage.people.add_membership(session, row)
    return person


def give_number(session: Session, person: Person, e164: str, **more: str) -> PersonNumber:
    """Tie a number to a person."""
    return builders.a_number(session, person, e164, **more)


def a_talk(session: Session, person: Person, state: str = "invited", *, which: int = 0, **more: object) -> Conversation:
    """A conversation that stands somewhere."""
    return builders.a_talk(session, person, address=number(which), state=state, **more)


def a_campaign(session: Session, *, code: str = "INV-1", audience: str = "alla", **fields: object) -> Campaign:
    """A draft that can be started."""
    texts = {"text_sv": replies.template(code, "sv"), "text_en": replies.template(code, "en")}
    given = {"name": "Första kontakten", "text_code": code, "created_at": NOW, **texts, **fields}
    return campaigns.create(session, Campaign(audience=audience, **given), now=NOW)


def a_trial(session: Session, campaign: Campaign, *texts: str, **fields: object) -> None:
    """More versions of a campaign's text, and what is tried by them."""
    for text in texts:
        letter = campaign_versions.add(session, campaign)
        campaign_versions.write(session, campaign, Words(letter, text, ""))
    storage.trials.keep(
        session, CampaignTrial(campaign_id=campaign.id, question="Vilken ger fler bokade tider?", **fields)
    )


def a_text(session: Session, which: int = 0, **fields: object) -> Message:
    """A text that is due to a number nobody in the register has."""
    given = {"kind": "reply", "text": "Hej", "send_after": NOW, "created_at": NOW, "state_at": NOW, **fields}
    return storage.messages.add(session, Message(address=number(which), **given))
