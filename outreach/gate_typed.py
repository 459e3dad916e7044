"""What the gate must know of a text to a number that somebody typed on an open page. The text is tied to nobody, so
that nothing of it shows on anybody's page; whoever has the number is asked about when it leaves, and only then.
"""

from collections.abc import Mapping, Sequence

import storage.conversations
import storage.numbers
import storage.page_asks
import storage.people
from outreach import page_asks
from outreach.gate import Facts
from storage.conversations import Talk
from storage.database import Session
from storage.people import Person
from storage.queue import Due


def tighten(session: Session, texts: Sequence[Due], found: Mapping[int, Facts]) -> None:
    """Let what is known of the numbers' holders count against such texts; it never counts for them."""
    typed = [text for text in texts if text.text_code in page_asks.CODES]
    if not typed:
        return
    holders = storage.page_asks.holders(session, {text.address for text in typed})
    people = [person.id for _, person in holders]
    stopped = storage.numbers.people_stopped(session, "sms", people)
    talks = {talk.person_id: talk for talk in storage.conversations.talks_of_people(session, people)}
    states = storage.page_asks.talks_at(session, {text.address for text in typed})
    for text in typed:
        facts = found[text.id]
        for person in (person for number, person in holders if number == text.address):
            facts.stopped = facts.stopped or person.id in stopped
            _judge_by(facts, person, talks.get(person.id))
        at_the_number = {state for number, state in states if number == text.address}
        if "wrong_number" in at_the_number:
            facts.standing = "wrong_person"
        if "urgent" in at_the_number:
            facts.state = "urgent"


def _judge_by(facts: Facts, person: Person, talk: Talk | None) -> None:
    facts.protected = facts.protected or person.protected
    facts.closed = facts.closed or person.closed_reason == storage.people.DECEASED
    born = [day for day in (facts.birth_date, person.birth_date) if day is not None]
    facts.birth_date = max(born, default=None)
    if talk is not None and talk.state == "urgent":
        facts.state = "urgent"
