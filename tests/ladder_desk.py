"""A desk at the ladder: where people stand, whose turn it is, and one press."""

from datetime import datetime

from builders import an_office

import storage.ladders
from outreach import ladder_lists, ladder_notes
from outreach.ladder_notes import Noted
from storage.database import Session
from storage.ladders import LadderPlace
from storage.people import Person
from storage.staff import Staff


def where(session: Session, person: Person) -> LadderPlace:
    """The person's place."""
    place = storage.ladders.place(session, person.id)
    assert place is not None
    return place


def stands(session: Session, person: Person) -> tuple[str, int, str]:
    """Step, try, and why they are off it where they are."""
    place = where(session, person)
    return place.kind, place.attempt, place.left_why or place.state


def due_day(session: Session, person: Person) -> str:
    """On which day the step is due."""
    return f"{where(session, person).due_at:%Y-%m-%d}"


def turns(session: Session, kind: str, now: datetime) -> list[str]:
    """Whose turn it is, by first name."""
    return [turn.person.first_name for turn in ladder_lists.due(session, [an_office(session).id], kind, now)]


def press(session: Session, person: Person, sara: Staff, now: datetime, kind: str, result: str, **more: str) -> None:
    """One press on the ladder's pages."""
    ladder_notes.note(session, person, sara, Noted(kind, result, **more), now)
