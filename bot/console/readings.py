"""What a text was read as, corrected with one press; and the corrections as a list for review (ux §4.3, §5.5)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.corrections
from bot import requests
from bot.console import inbox, read_as, settings_tabs, words
from bot.conversation import corrected, known_names
from bot.requests import CORRECTED, Ask, Reading, Writing, go, whole
from outreach import corrections
from outreach.errors import BadInput
from outreach.set_right import Case
from storage.local_time import local

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
# The answer to whether a stop shall be lifted; any other leaves it.
LIFT = "hav"
HERE = settings_tabs.PAGES["Tolkningar"]


@routes.post("/inkorg/{code}/tolkning")
def correct(ask: Writing, code: str, text: Text = "", betydelse: Text = "", stoppet: Text = "") -> Response:
    """Say what a text meant, and do what follows. To lift a stop is asked about first: `stoppet` is the answer, hav
    or kvar.
    """
    case = _case(ask, code, text)
    if not stoppet and corrections.lifts_stop(ask.session, case.conversation, case.text, betydelse):
        return go(f"/inkorg/{code}/tolkning/stoppet?text={whole(text)}&betydelse={betydelse}")
    done = corrections.correct(case, betydelse, lift=stoppet == LIFT)
    return go(_told_at(ask, case), done=".".join((CORRECTED, betydelse, *done)) if done else "redan")


@routes.get("/inkorg/{code}/tolkning/stoppet")
def ask_about_stop(ask: Reading, code: str, text: str = "", betydelse: str = "") -> Response:
    """The stop is the person's own: whoever says that the text was none says so twice."""
    case = _case(ask, code, text)
    if not corrections.lifts_stop(ask.session, case.conversation, case.text, betydelse):
        return go(inbox.home(ask, case.conversation, case.person))
    data = {
        "talk": code, "text": case.text.id, "meant": betydelse, "words": words.read_as(betydelse),
        "said": "\n".join(one.text for one in case.together), "home": inbox.home(ask, case.conversation, case.person),
    }  # fmt: skip
    return requests.page(ask, "tolkning_stopp.html", title="Häva stoppet?", r=data)


@routes.post("/inkorg/{code}/tolkning/svara")
def answer(ask: Writing, code: str, text: Text = "") -> Response:
    """Let the automatic service answer as it would have done."""
    case = _case(ask, code, text)
    meant = corrections.meaning(ask.session, case.text)
    done = corrected.answer(case, meant, ask.house.sender.rules)
    return go(_told_at(ask, case), done="svarat" if done else "obesvarat")


def _told_at(ask: Ask, case: Case) -> str:
    """The head of the page, where it stands what was done: further down nobody would see it."""
    return inbox.home(ask, case.conversation, case.person).partition("#")[0]


def _case(ask: Ask, code: str, text: str) -> Case:
    conversation, somebody = inbox.find(ask, code)
    return read_as.case(ask, conversation, somebody, corrections.find(ask.session, conversation, whole(text) or 0))


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """How many corrections there are, and the way to take them out."""
    ask.needs("settings")
    return _page(ask, "")


@routes.post(HERE)
def make_file(ask: Writing, syfte: Text = "") -> Response:
    """The list; who made it, how many lines and what for is logged."""
    ask.needs("settings")
    try:
        lines, _ = corrections.listed(
            ask.session, known_names.names(), purpose=syfte, now=ask.now, staff_id=ask.who.staff.id
        )
    except BadInput as error:
        return _page(ask, error.sentence)
    name = f"tolkningar-{local(ask.now):%Y-%m-%d}.tsv"
    return Response(
        lines, media_type="text/tab-separated-values; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _page(ask: Ask, error: str) -> Response:
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "count": len(storage.corrections.collected(ask.session)),
        "errors": [{"field": "syfte", "text": error}] if error else [],
        "error": error,
    }
    return requests.page(
        ask, "installningar_tolkningar.html", title="Tolkningar", s=data, status_code=422 if error else 200
    )
