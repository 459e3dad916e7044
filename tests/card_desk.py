"""People with addresses, and their postcards: made, sent, on the ladder's step."""

from datetime import datetime, timedelta

from builders import NOW, a_person, a_staff, an_office

import storage.cards
import storage.ladders
from outreach import cards
from outreach.card_texts import Words
from storage.cards import CardBatch
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person
from storage.staff import Staff

WORDS = Words("bro", "Vi på {enhet} finns här för dig. Ring {telefon}.", "We are {enhet}.", "Box 1, 123 00 BJÖRKSTAD")
HOME = {"street": "Björkvägen 3", "postcode": "12345", "town": "Björkstad"}


def at_home(session: Session, first_name: str = "Leila", **more: object) -> Person:
    """Somebody with an address."""
    return a_person(session, first_name, **{**HOME, **more})


def on_step(session: Session, person: Person, kind: str = "postcard", due: datetime = NOW) -> LadderPlace:
    """The person's next step."""
    place = LadderPlace(person_id=person.id, kind=kind, position=6, began_at=due - timedelta(days=21), entered_at=due,
                        due_at=due)  # fmt: skip
    storage.ladders.keep(session, place)
    return place


def planned(session: Session, *people: Person, kind: str = "first") -> cards.Plan:
    """Who of these gets a card."""
    return cards.plan(session, an_office(session), kind, [person.id for person in people], NOW)


def made(session: Session, *people: Person, code: str = "", staff: Staff | None = None) -> CardBatch:
    """A batch for these people."""
    ids = [person.id for person in people]
    return cards.make(session, an_office(session), "first", ids, WORDS, staff or a_staff(session), code=code, now=NOW)


def sent(session: Session, *people: Person, at: datetime = NOW) -> CardBatch:
    """A batch that has been sent."""
    batch = made(session, *people)
    cards.send(session, batch, an_office(session), a_staff(session), on=at, now=at)
    return batch


def codes(session: Session, batch: CardBatch) -> list[str]:
    """The codes of a batch's cards in order."""
    return [card.code for card in storage.cards.of_batch(session, batch.id)]
