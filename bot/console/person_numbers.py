"""A person's telephone numbers on their page: found, looked for in vain, confirmed, dead, whose they are (ux §1.3)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.audit
import storage.numbers
from bot.console import opening, person
from bot.requests import Ask, Writing, go
from outreach import numbers
from outreach.errors import BadInput, NotFound
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
HERE = "/register/{code}/nummer"


@routes.post(HERE)
def add(ask: Writing, code: str, nummer: Text = "", kalla: Text = "") -> Response:
    """A number somebody found, and where."""
    somebody = opening.enter(ask, code)
    source = kalla if kalla in person.SOURCES else person.SOURCES[0]
    try:
        tie = numbers.add(ask.session, somebody, nummer, source=source, found_by=ask.who.staff.name, now=ask.now)
        if tie is None:
            raise BadInput("Numret har varit fel för den här personen och läggs inte tillbaka.")
    except BadInput as error:
        return person.show(ask, somebody, error=error, field="nummer", typed=nummer)
    numbers.looked_up(ask.session, somebody, ask.who.staff, source=source, found=tie, now=ask.now)
    return go(f"/register/{code}", done="sparat")


@routes.post(HERE + "/letat")
def look_up(ask: Writing, code: str, letat: Text = "") -> Response:
    """A number was looked for, and none was found there."""
    somebody = opening.enter(ask, code)
    source = letat if letat in person.SOURCES else person.SOURCES[0]
    numbers.looked_up(ask.session, somebody, ask.who.staff, source=source, found=None, now=ask.now)
    return go(f"/register/{code}", done="sparat")


@routes.post(HERE + "/{tie_id}/fel")
def strike(ask: Writing, code: str, tie_id: int) -> Response:
    """The number is somebody else's."""
    somebody, e164 = _mine(ask, code, tie_id)
    numbers.strike(ask.session, somebody, e164, why="fel nummer", now=ask.now)
    storage.audit.write(
        ask.session, "number_marked_wrong", now=ask.now, staff_id=ask.who.staff.id, person_id=somebody.id
    )  # fmt: skip
    return go(f"/register/{code}", done="sparat")


@routes.post(HERE + "/{tie_id}/dott")
def dead(ask: Writing, code: str, tie_id: int) -> Response:
    """Nobody can be reached there."""
    somebody, e164 = _mine(ask, code, tie_id)
    numbers.mark_dead(ask.session, somebody, e164, why="sagt av personal", now=ask.now)
    return go(f"/register/{code}", done="sparat")


@routes.post(HERE + "/{tie_id}/bekraftat")
def confirm(ask: Writing, code: str, tie_id: int) -> Response:
    """The person has answered there."""
    somebody, e164 = _mine(ask, code, tie_id)
    numbers.confirm(ask.session, somebody, e164, now=ask.now)
    return go(f"/register/{code}", done="sparat")


@routes.post(HERE + "/{tie_id}/vems")
def whose(ask: Writing, code: str, tie_id: int, vems: Text = "") -> Response:
    """Whose the number is: the person's own, a guardian's, somebody else's."""
    somebody, e164 = _mine(ask, code, tie_id)
    if vems == "annan":
        numbers.strike(ask.session, somebody, e164, why="någon annans", now=ask.now)
    elif vems in storage.numbers.OWNERS:
        numbers.say_whose(ask.session, somebody, e164, vems, now=ask.now)
    else:
        raise BadInput("Välj vems numret är.")
    return go(f"/register/{code}", done="sparat")


def _mine(ask: Ask, code: str, tie_id: int) -> tuple[Person, str]:
    somebody = opening.enter(ask, code)
    ties = storage.numbers.of_person(ask.session, somebody.id)
    e164 = next((number.e164 for tie, number in ties if tie.id == tie_id), None)
    if e164 is None:
        raise NotFound("Numret finns inte kvar på personen.")
    return somebody, e164
