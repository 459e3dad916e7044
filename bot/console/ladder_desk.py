"""What the ladder's lists of things to do by hand share: a press on a row, taking it back, and what was done last."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.conversations
import storage.ladders
import storage.tasks
from bot.console import ladder_card, ladder_words, opening
from bot.conversation import by_phone
from bot.requests import Ask, Writing, go
from outreach import ladder_lists, ladder_notes, ladder_undo
from outreach.errors import NotAllowed
from outreach.ladder_lists import Turn
from outreach.ladder_notes import Noted
from storage.ladders import LadderPlace
from storage.people import Person

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
LISTED = 50
# Where one comes back to after taking something back.
PAGES: Mapping[str, str] = {"nummer": "/trappan/nummer", "ovrigt": "/trappan/ovrigt"}


@routes.post("/trappan/angra")
def undo(ask: Writing, fran: Annotated[str, Form()] = "") -> Response:
    """Take the last press back, whichever list it was made on."""
    ask.needs("register")
    person = ladder_undo.undo(ask.session, ask.who.staff, ask.now)
    talk = storage.conversations.of_person(ask.session, person.id) if fran == "inkorg" else None
    if talk is None:
        return go(PAGES.get(fran, PAGES["ovrigt"]), done="angrat_utfall")
    gone = by_phone.has_left(ask.session, person, ask.who.staff, ask.now - ladder_undo.UNDO_WITHIN)
    return go(f"/inkorg/{talk.code}", done="angrat_skickat" if gone else "angrat_utfall")


def enter(ask: Ask, code: str) -> Person:
    """The person a form of the ladder is about. Raises NotAllowed for protected identity: they stand on no list."""
    person = opening.enter(ask, code)
    if person.protected:
        raise NotAllowed
    return person


def press(ask: Ask, person: Person, noted: Noted, mark: str) -> bool:
    """Note what was pressed on a row. False when the person stands elsewhere by now: it has been dealt with."""
    place = storage.ladders.place(ask.session, person.id)
    if place is None or (place.state, place.kind) != ("on", noted.kind) or mark != mark_of(place):
        return False
    ladder_notes.note(ask.session, person, ask.who.staff, noted, ask.now)
    return True


def mark_of(place: LadderPlace | None) -> str:
    """What tells one showing of a row from the next: a button pressed twice counts once."""
    return f"{place.round}-{place.position}-{place.attempt}" if place is not None else ""


def turns(ask: Ask, kind: str) -> list[Turn]:
    """The first of those at a step whom one may see."""
    found = ladder_lists.due(ask.session, ask.office_ids, kind, ask.now, limit=LISTED)
    return [turn for turn in found if ask.who.may_see(turn.person)]


def row(ask: Ask, turn: Turn) -> Data:
    """What every such row begins with."""
    person = turn.person
    return {
        "id": person.code, "href": f"/register/{person.code}", "name": ladder_card.short_name(person),
        "age": ladder_card.years(ask, person), "mark": mark_of(turn.place),
    }  # fmt: skip


def empty(ask: Ask, kind: str) -> str:
    """What an empty list says, with the next turn."""
    said = "Ingen behöver ett nummer nu." if kind == "find_number" else "Ingen står på det här steget nu."
    return ladder_words.next_turn(ladder_lists.next_turn(ask.session, ask.office_ids, kind, ask.now), ask.now, said)


def last_done(ask: Ask) -> Data | None:
    """What one's last press on the ladder was, while it can be taken back."""
    person = ladder_undo.last(ask.session, ask.who.staff, ask.now)
    if person is None or person.protected or not ask.who.may_see(person):
        return None
    attempts = storage.tasks.attempts(ask.session, person.id)
    return {
        "name": ladder_card.short_name(person), "href": f"/register/{person.code}",
        "what": ladder_notes.IN_WORDS.get(attempts[-1].result, "Noterat") if attempts else "Noterat",
        "then": ladder_words.stands(storage.ladders.place(ask.session, person.id), ask.now),
    }  # fmt: skip
