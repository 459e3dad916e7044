"""Ring from a talk that one has: what came of the call is noted as in a ring pass (ux §4.3)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot.console import inbox, ladder_call
from bot.console.ladder_call import Pressed
from bot.requests import Writing, go
from outreach import takeover
from outreach.errors import BadInput, Conflict, NotAllowed

routes = APIRouter(include_in_schema=False)


@routes.post("/inkorg/{code}/ring")
def outcome(ask: Writing, code: str, press: Pressed, nyckel: Annotated[str, Form()] = "") -> Response:
    """What came of the call: one press. A press that comes twice, or after a colleague's, counts once."""
    talk, person = inbox.find(ask, code)
    takeover.needs_to_hold(talk, ask.who.staff)
    ask.needs("register")
    if person is None or person.protected:
        raise NotAllowed
    if nyckel != ladder_call.mark(ask, person):
        return _back(code, "redan")
    try:
        noted = ladder_call.note(ask, person, press)
    except (BadInput, Conflict) as error:
        return inbox.show(ask, talk, person, error=error, press=press)
    if isinstance(noted, datetime):
        return _back(code, "ring_senare")
    reason = ladder_call.confirm(ask, person, noted)
    return _back(code, "" if reason else "noterat", f"?sms={reason}" if reason else "")


def _back(code: str, done: str, query: str = "") -> Response:
    return go(f"/inkorg/{code}{query}", done=done)
