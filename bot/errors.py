"""A domain error becomes a page with one plain sentence and the right status; an unexpected one gets a reference
number.
"""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from bot import requests
from bot.requests import SignInNeeded
from outreach.errors import BadInput, BryggaError, Conflict, NotAllowed, NotFound
from storage.codes import new_code

log = structlog.get_logger()

STATUS: tuple[tuple[type[BryggaError], int], ...] = (
    (NotAllowed, 403), (NotFound, 404), (Conflict, 409), (BadInput, 422),
)  # fmt: skip


def install(app: FastAPI) -> None:
    """Let every fault end in plain words."""
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    app.add_exception_handler(BryggaError, _said)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)


def _to_sign_in(request: Request, _error: Exception) -> Response:
    back = quote(request.url.path) if request.method == "GET" else "/idag"
    return RedirectResponse(f"/logga-in?till={back}", status_code=303)


def _said(request: Request, error: Exception) -> Response:
    assert isinstance(error, BryggaError)
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 400)
    what, _, todo = error.sentence.partition(". ")
    return _page(request, status, f"{what.rstrip('.')}.", todo or "Gå tillbaka och försök igen.")


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/webhooks/"):
        return Response(status_code=error.status_code)
    what, todo = {
        404: ("Sidan finns inte.", "Kontrollera adressen eller börja från startsidan."),
        405: ("Det går inte att göra så här.", "Gå tillbaka och använd knapparna på sidan."),
        413: ("Filen är för stor.", "Dela upp den eller ta bort blad och bilder som inte behövs."),
    }.get(error.status_code, ("Det gick inte.", "Gå tillbaka och försök igen."))
    return _page(request, error.status_code, what, todo)


def _malformed(request: Request, _error: Exception) -> Response:
    if request.url.path.startswith("/webhooks/"):
        return Response(status_code=422)
    return _page(
        request, 422, "Något i formuläret saknas eller är fel ifyllt.", "Gå tillbaka och fyll i det som fattas."
    )


def _unexpected(request: Request, error: Exception) -> Response:
    reference = new_code(8)
    # The kind of fault and where, never its words: they could hold a name, a number or a text.
    log.error("unexpected", reference=reference, kind=type(error).__name__, route=_route(request))
    return _page(
        request, 500, "Något gick fel hos oss.", "Försök igen om en stund. Det du skrev är inte sparat.",
        reference=reference,
    )  # fmt: skip


def _route(request: Request) -> str:
    return str(getattr(request.scope.get("route"), "path", ""))


def _page(request: Request, status: int, what: str, todo: str, *, reference: str = "") -> Response:
    house = requests.installation(request)
    error = {"what": what, "todo": todo, "reference": reference, "status": status}
    return requests.bare_page(
        request, "error.html", title=what, now=house.now(), practice=house.settings.practice, status_code=status,
        error=error,
    )  # fmt: skip
