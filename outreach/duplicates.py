"""Pages that may be the same person's: why two people look alike."""

from collections.abc import Sequence

import storage.numbers
import storage.people
from outreach import phone_numbers
from storage.database import Session
from storage.people import Person


def like(session: Session, person: Person) -> Sequence[Person]:
    """Who shares a number with the person, or a birth date and a name; merged pages left out."""
    found = {one.id: one for one in storage.people.born(session, person.birth_date) if _same_name(person, one)}
    for _, number in storage.numbers.of_person(session, person.id):
        found.update({one.id: one for _, one in storage.numbers.people_at(session, number.e164)})
    found.pop(person.id, None)
    return sorted(found.values(), key=lambda one: (one.birth_date != person.birth_date, one.name_key, one.id))


def why(session: Session, person: Person, other: Person) -> str:
    """What they have in common, in words; empty when it is nothing."""
    said = []
    if person.birth_date is not None and person.birth_date == other.birth_date:
        said.append("samma födelsedatum")
    if _same_name(person, other):
        said.append("lika namn")
    mine = {number.e164 for _, number in storage.numbers.of_person(session, person.id)}
    theirs = {number.e164 for _, number in storage.numbers.of_person(session, other.id)}
    said += [f"samma nummer {phone_numbers.show(e164)}" for e164 in sorted(mine & theirs)]
    return ", ".join(said)


def _same_name(person: Person, other: Person) -> bool:
    """Whether they have a first name or a surname in common."""
    mine, theirs = set(person.name_key.split()), set(other.name_key.split())
    return bool(mine & theirs)
