""" "Sara läser det här också": who else has a page open (ux §3, two people at once)."""

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

import storage.conversations
import storage.presence
import storage.staff
from bot.console import campaign_draft, opening
from bot.requests import Ask, Reading
from outreach.errors import BryggaError, NotFound
from storage.conversations import Conversation
from storage.database import FAULT

routes = APIRouter(include_in_schema=False)
LONGEST = 80


def here(kind: str, code: str) -> dict[str, str]:
    """What a page's frame holds so that its script asks who else is there."""
    return {"here": f"/har/{kind}-{code}"}


@routes.get("/har/{place}")
def who_else(ask: Reading, place: str) -> Response:
    """Say that one has the page open, and hear who else has; asked by the page's script as long as it is open."""
    ask.needs("inbox", "register", "campaigns")
    if not _may_read(ask, place):
        return _said("")
    try:
        with ask.house.database.write() as session:
            storage.presence.look(session, ask.who.staff.id, place[:LONGEST], ask.now)
    except FAULT:
        # A database that is locked is told of by what somebody does; who reads what can wait for the next question.
        return _said("")
    return _said(_in_words(ask, place[:LONGEST]))


def _may_read(ask: Ask, place: str) -> bool:
    """Whether the page is open to whoever asks: who works with somebody is told to nobody else."""
    kind, _, code = place.partition("-")
    try:
        if kind == "person":
            opening.enter(ask, code)
        elif kind == "utskick":
            campaign_draft.visible(ask, code)
        else:
            opening.enter_talk(ask, _talk(ask, code))
    except BryggaError:
        return False
    return True


def _talk(ask: Ask, code: str) -> Conversation:
    talk = storage.conversations.by_code(ask.session, code)
    if talk is None:
        raise NotFound
    return talk


def _said(words: str) -> Response:
    return PlainTextResponse(words, headers={"Cache-Control": "no-store"})


def _in_words(ask: Ask, place: str) -> str:
    names = storage.staff.names(ask.session)
    others = [names[one].split()[0] for one in storage.presence.others(ask.session, ask.who.staff.id, place, ask.now)]
    if not others:
        return ""
    *most, last = others
    return f"{', '.join(most)} och {last} läser det här också." if most else f"{last} läser det här också."
