""" "Sara läser det här också": who else has a page open (ux §3, two people at once)."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

import storage.presence
import storage.staff
from bot.requests import Ask, Reading

routes = APIRouter(include_in_schema=False)
LONGEST = 80


def here(kind: str, code: str) -> dict[str, str]:
    """What a page's frame holds so that its script asks who else is there."""
    return {"here": f"/har/{kind}-{code}"}


@routes.get("/har/{place}")
def who_else(ask: Reading, place: str) -> Response:
    """Say that one has the page open, and hear who else has; asked by the page's script as long as it is open."""
    ask.needs("inbox", "register", "campaigns")
    with ask.house.database.write() as session:
        storage.presence.look(session, ask.who.staff.id, place[:LONGEST], ask.now)
    return PlainTextResponse(_in_words(ask, place[:LONGEST]), headers={"Cache-Control": "no-store"})


def _in_words(ask: Ask, place: str) -> str:
    names = storage.staff.names(ask.session)
    others = [names[one].split()[0] for one in storage.presence.others(ask.session, ask.who.staff.id, place, ask.now)]
    if not others:
        return ""
    *most, last = others
    return f"{', '.join(most)} och {last} läser det här också." if most else f"{last} läser det här också."
