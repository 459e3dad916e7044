"""Signing in by the municipality's own account: away to its sign-in, and back (ux §4.1).

What the browser is known again by travels with it, sealed, in a cookie that holds for ten minutes and one return; the
code that comes back is worth nothing in another browser, nor a second time.
"""

import json
import secrets
from datetime import datetime, timedelta

import anyio.from_thread
import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.console import browsers, sign_in
from bot.requests import House, Installation
from outreach import single_sign_on
from outreach.errors import BryggaError, NotFound
from outreach.single_sign_on import Begun, Declined, NotVouchedFor, Outside, Provider, ProviderDoubted
from storage.vault import VaultError

log = structlog.get_logger()
routes = APIRouter(include_in_schema=False)
HERE = "/logga-in/kommun"
AWAY = "brygga_kommun"
HOLDS = timedelta(minutes=10)


@routes.get(HERE)
def begin(request: Request, house: House, till: str = "") -> Response:
    """To the municipality's sign-in."""
    try:
        begun: Begun = anyio.from_thread.run(_provider(house).begin, _come_back(house))
    except BryggaError as fault:
        return _instead(request, house, fault, till)
    answer = RedirectResponse(begun.address, status_code=303)
    answer.set_cookie(
        AWAY, _sealed(house, begun, sign_in.safe(till)), httponly=True, samesite="lax", path=HERE,
        secure=sign_in.is_secure(house), max_age=int(HOLDS.total_seconds()),
    )  # fmt: skip
    return answer


@routes.get(HERE + "/svar")
def come_back(request: Request, house: House, state: str = "", code: str = "", error: str = "") -> Response:
    """Back from there, with a code that stands for somebody, or without."""
    till = ""
    try:
        begun, till = _known_again(request, house, state)
        answer = _signed_in(request, house, _vouched_for(house, begun, code, error, request), till)
    except BryggaError as fault:
        answer = _instead(request, house, fault, till)
    answer.delete_cookie(AWAY, path=HERE)
    return answer


def _instead(request: Request, house: Installation, fault: BryggaError, till: str) -> Response:
    """The ordinary form with a sentence; the log says why."""
    why = fault.why if isinstance(fault, NotVouchedFor) else ""
    log.warning("single_sign_on_failed", kind=type(fault).__name__, why=why)
    return sign_in.sign_in_again(request, house, fault.sentence, till=till)


def _signed_in(request: Request, house: Installation, outside: Outside, till: str) -> Response:
    now = house.now()
    with house.database.write() as session:
        token, row = single_sign_on.sign_in(session, outside, now=now, browser=browsers.in_words(request))
        is_in = row.step == "in"
        next_page = (
            till or sign_in.home(session, row.staff_id, house)
            if is_in
            else sign_in.with_next(sign_in.second_step(session, row), till)
        )
    return sign_in.with_cookie(RedirectResponse(next_page, status_code=303), house, token)


def _vouched_for(house: Installation, begun: Begun, code: str, error: str, request: Request) -> Outside:
    if error or not code:
        raise Declined("stopped" if error else "no_code")
    provider = _provider(house)
    # Where the provider says who it is, it shall be the one the browser was sent to (RFC 9207).
    if request.query_params.get("iss", provider.issuer) != provider.issuer:
        raise ProviderDoubted("issuer")
    outside: Outside = anyio.from_thread.run(provider.finish, _come_back(house), begun, code)
    return outside


def _provider(house: Installation) -> Provider:
    found: Provider | None = house.single_sign_on
    if found is None:
        raise NotFound("Kommunens inloggning är inte påslagen här. Logga in med e-post och lösenord.")
    return found


def _come_back(house: Installation) -> str:
    return str(house.settings.public_url).rstrip("/") + HERE + "/svar"


def _sealed(house: Installation, begun: Begun, till: str) -> str:
    until = (house.now() + HOLDS).isoformat()
    return house.database.vault.seal(json.dumps([begun.state, begun.nonce, begun.verifier, till, until]))


def _known_again(request: Request, house: Installation, state: str) -> tuple[Begun, str]:
    """The sign-in that this browser began, and where it was going. Raises ProviderDoubted."""
    try:
        known, nonce, verifier, till, until = json.loads(
            house.database.vault.unseal(request.cookies.get(AWAY, "")).encode()
        )
    except (VaultError, ValueError):
        raise ProviderDoubted("cookie") from None
    is_same = secrets.compare_digest(known.encode(), state.encode())
    if not is_same or house.now() >= datetime.fromisoformat(until):
        raise ProviderDoubted("state")
    return Begun("", known, nonce, verifier), till
