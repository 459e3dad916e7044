"""What the pages' script asks for while somebody works: to stay signed in, and to keep what is typed and not sent."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from bot.requests import Reading, Writing
from outreach import unsent

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@routes.get("/vaken")
def awake(_: Reading) -> Response:
    """Somebody is at work here: that it is asked is what keeps them signed in."""
    return Response(status_code=204)


@routes.get("/utkast")
def texts(ask: Reading) -> Response:
    """One's own texts that are not sent."""
    return JSONResponse(unsent.of(ask.session, ask.who.staff, now=ask.now))


@routes.post("/utkast")
def keep(ask: Writing, nyckel: Text = "", text: Text = "") -> Response:
    """Keep a text, or forget it when it is empty."""
    unsent.keep(ask.session, ask.who.staff, nyckel, text.replace("\r\n", "\n"), now=ask.now)
    return Response(status_code=204)
