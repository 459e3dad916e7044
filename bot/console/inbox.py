"""The talk's buttons: take over, write, give back, done; and the page of a talk with an unknown number (ux §4.3)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.conversations
import storage.people
from bot import requests
from bot.console import opening, person, talk
from bot.requests import Ask, Reading, Writing, go
from outreach import alerts, takeover
from outreach.errors import BryggaError, NotFound
from storage.conversations import Conversation
from storage.people import Person

routes = APIRouter()
Text = Annotated[str, Form()]


def find(ask: Ask, code: str) -> tuple[Conversation, Person | None]:
    """The talk and the person, checked as their page is. Raises NotFound."""
    ask.who.needs("inbox")
    conversation = storage.conversations.by_code(ask.session, code)
    if conversation is None:
        raise NotFound("Samtalet finns inte kvar.")
    return conversation, opening.enter_talk(ask, conversation)


def home(conversation: Conversation, somebody: Person | None) -> str:
    """Where the talk is read."""
    address = f"/register/{somebody.code}" if somebody else f"/inkorg/{conversation.code}"
    return f"{address}#samtal"


@routes.get("/inkorg/{code}")
def page(ask: Reading, code: str, samtal: str = "") -> Response:
    """The talk with an unknown number; somebody in the register has it on their own page."""
    ask.who.needs("inbox")
    conversation = storage.conversations.by_code(ask.session, code)
    if conversation is None:
        raise NotFound("Samtalet finns inte kvar.")
    if conversation.person_id is not None:
        somebody = opening.find(ask, storage.people.get(ask.session, conversation.person_id).code)
        return go(f"/register/{somebody.code}")
    opening.enter_talk(ask, conversation)
    opening.see_alert(ask, conversation)
    opening.mark_read(ask, conversation)
    return _unknown(ask, conversation, everything=samtal == "allt")


def _unknown(
    ask: Ask, conversation: Conversation, *, everything: bool = False, error: BryggaError | None = None,
    typed: str | None = None,
) -> Response:  # fmt: skip
    data = {
        **talk.show(ask, conversation, None, everything=everything, typed=typed),
        "number": talk.name_of(conversation),
        "errors": [{"field": "meddelande", "text": error.sentence}] if error else [],
    }
    status = 422 if error else 200
    return requests.page(ask, "samtal.html", title="Okänt nummer", status_code=status, talk=data)


@routes.get("/inkorg/{code}/samtal")
def texts(ask: Reading, code: str, samtal: str = "") -> Response:
    """The texts and who is speaking, for live updating."""
    conversation, somebody = find(ask, code)
    if somebody is not None:
        opening.log_reading(ask, somebody)
    shown = talk.show(ask, conversation, somebody, everything=samtal == "allt")
    return requests.fragment(ask, "_samtal.html", talk=shown)


@routes.post("/inkorg/{code}/ta-over")
def take_over(ask: Writing, code: str) -> Response:
    """Take the talk and go there, to write."""
    conversation, somebody = find(ask, code)
    takeover.take_over(ask.session, conversation, ask.who.staff, now=ask.now)
    return go(home(conversation, somebody))


@routes.post("/inkorg/{code}/jag-tar-den")
def claim(ask: Writing, code: str) -> Response:
    """Take the talk and stay on Idag."""
    conversation, _ = find(ask, code)
    takeover.take_over(ask.session, conversation, ask.who.staff, now=ask.now)
    return go("/idag", done="sparat")


@routes.post("/inkorg/{code}/sett")
def seen(ask: Writing, code: str, fran: Text = "") -> Response:
    """Jag har sett det: nobody else is told."""
    conversation, somebody = find(ask, code)
    done = alerts.see(ask.session, conversation, ask.who.staff, how="pressed", now=ask.now)
    address = "/idag" if fran == "idag" else home(conversation, somebody)
    return go(address, done="sparat" if done else "redan")


@routes.post("/register/{code}/samtal")
def begin(ask: Writing, code: str) -> Response:
    """Open a talk with somebody we have not texted before."""
    ask.who.needs("inbox")
    somebody = opening.enter(ask, code)
    conversation = takeover.begin(ask.session, somebody, ask.who.staff, now=ask.now)
    return go(home(conversation, somebody))


@routes.post("/inkorg/{code}/svara")
def write(ask: Writing, code: str, meddelande: Text = "") -> Response:
    """Send a text of one's own; what could not be sent is kept in the field."""
    conversation, somebody = find(ask, code)
    try:
        takeover.write(ask.session, conversation, ask.who.staff, meddelande, now=ask.now)
    except BryggaError as error:
        if somebody is None:
            return _unknown(ask, conversation, error=error, typed=meddelande)
        return person.show(ask, somebody, error=error, field="meddelande", typed=meddelande)
    return go(home(conversation, somebody), done="skickat")


@routes.post("/inkorg/{code}/lamna-tillbaka")
def give_back(ask: Writing, code: str, steg: Text = "") -> Response:
    """Let the automatic service answer again."""
    conversation, somebody = find(ask, code)
    takeover.give_back(ask.session, conversation, ask.who.staff, step=steg, now=ask.now)
    return go(home(conversation, somebody), done="sparat")


@routes.post("/inkorg/{code}/klart")
def done(ask: Writing, code: str) -> Response:
    """Nothing more to do just now."""
    conversation, _ = find(ask, code)
    takeover.done(ask.session, conversation, ask.who.staff, now=ask.now)
    return go("/idag", done="avslutat")
