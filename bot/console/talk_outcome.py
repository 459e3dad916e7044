"""The buttons that say what a talk came to, each one press, and the way back (ux §4.3)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot.console import inbox
from bot.conversation import replies
from bot.conversation.turn import Turn
from bot.conversation.unasked import office_of
from bot.conversation.understanding import UNKNOWN, Reading
from bot.requests import Ask, Writing, go
from outreach import talk_outcomes
from outreach.errors import BadInput
from storage.conversations import Conversation
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


# What is said after an undo, by whether the text had left and whether a place was lost.
_SAID = {
    (False, False): "angrat_utfall", (True, False): "angrat_sms",
    (False, True): "angrat_ko", (True, True): "angrat_sms_ko",
}  # fmt: skip


@routes.post("/inkorg/utfall/angra")
def undo(ask: Writing) -> Response:
    """Take the last press back; says so where its text had left already."""
    ask.needs("inbox")
    pressed = talk_outcomes.last(ask.session, ask.who.staff, ask.now)
    if pressed is not None:
        inbox.find(ask, pressed.talk.code)
    undone = talk_outcomes.undo(ask.session, ask.who.staff, ask.now)
    return go(f"/inkorg/{undone.talk.code}", done=_SAID[undone.had_left, undone.lost_place])


@routes.post("/inkorg/{code}/utfall")
def press(ask: Writing, code: str, utfall: Text = "", tyst: Text = "") -> Response:
    """One press: the note, the state and the confirmation; `tyst` sends nothing."""
    talk, person = inbox.find(ask, code)
    if person is None or utfall not in talk_outcomes.IN_WORDS:
        raise BadInput("Välj vad samtalet kom fram till.")
    confirmation = "" if tyst else _confirmation(ask, talk, person, utfall)
    talk_outcomes.press(ask.session, talk, person, ask.who.staff, utfall, confirmation=confirmation, now=ask.now)
    return go(inbox.following(ask, talk, person), done="")


def _confirmation(ask: Ask, talk: Conversation, person: Person, kind: str) -> str:
    turn = Turn(ask.session, talk, person, office_of(ask.session, person), "", Reading(UNKNOWN), ask.now)
    day = replies.say_day(local_date(talk_outcomes.rests_until(ask.now)), talk.lang)
    return turn.render(talk_outcomes.CONFIRMED_BY[kind][0], dag=day)
