"""What a text was read as, corrected with one press; and the corrections as a list for review (ux §4.3, §5.5)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.corrections
from bot import requests
from bot.console import inbox, settings_tabs
from bot.conversation import known_names
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import corrections
from outreach.errors import BadInput
from storage.local_time import local

routes = APIRouter()
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Tolkningar"]


@routes.post("/inkorg/{code}/tolkning")
def correct(ask: Writing, code: str, text: Text = "", betydelse: Text = "") -> Response:
    """Say what a text meant. Nothing is done about it anew: that is for whoever reads."""
    conversation, somebody = inbox.find(ask, code)
    done = corrections.correct(
        ask.session, conversation, whole(text) or 0, betydelse, ask.who.staff, now=ask.now
    )  # fmt: skip
    return go(inbox.home(conversation, somebody), done="sparat" if done else "redan")


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """How many corrections there are, and the way to take them out."""
    ask.who.needs("settings")
    return _page(ask, "")


@routes.post(HERE)
def make_file(ask: Writing, syfte: Text = "") -> Response:
    """The list; who made it, how many lines and what for is logged."""
    ask.who.needs("settings")
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
