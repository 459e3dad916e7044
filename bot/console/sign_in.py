"""Signing in and out: password, one-time code, recovery codes, and the demo's buttons (ux §4.1)."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

import storage.settings
import storage.staff
from bot import requests
from bot.console import browsers
from bot.requests import COOKIE, House, Installation, SignInNeeded, Writing
from outreach import access, invitations, sign_in_tries
from outreach.errors import BadInput, NotAllowed, NotFound
from storage.database import Session
from storage.local_time import local_date
from storage.staff import StaffSession

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

# One line each on what the demo's people see (ux §2).
_DEMO = {
    "samordnare": "Ser vem som väntar, importerar listor och gör utskick.",
    "konsulent": "Svarar och bokar egna möten.",
    "enhetschef": "Godkänner utskick och läser loggen.",
    "administrator": "Sköter inställningar, läser inga samtal.",
    "ambassador": "Ser bara sina egna dialogmöten.",
    "lasare": "Ser bara sammanställningar.",
}


@routes.get("/")
def start() -> Response:
    """The front door leads to the day's work."""
    return RedirectResponse("/idag", status_code=303)


@routes.get("/logga-in")
def sign_in_page(request: Request, house: House, till: str = "", vila: str = "") -> Response:
    """E-mail and password; in a demo, one button per invented member of staff."""
    return _sign_in(request, house, email="", errors=[], till=till, rested=bool(vila))


@routes.post("/logga-in")
def sign_in(request: Request, house: House, epost: Text = "", losenord: Text = "", till: Text = "") -> Response:
    """First step. A failed try is counted in a transaction of its own, so that the answer cannot undo the count."""
    _from_here(request)
    now = house.now()
    try:
        with house.database.read() as session:
            known = access.recognise(session, epost, losenord, now=now)
        with house.database.write() as session:
            token, row = access.let_on(session, known, now=now, browser=browsers.in_words(request))
            next_page = (
                "/logga-in/kod" if storage.staff.get(session, row.staff_id).totp_confirmed_at else "/logga-in/koppla"
            )
    except BadInput as error:
        with house.database.write() as session:
            sign_in_tries.note_failure(session, epost, now=now)
        return _sign_in(request, house, email=epost, errors=[{"field": "epost", "text": error.sentence}], till=till)
    return _with_cookie(RedirectResponse(f"{next_page}?till={quote(_safe(till))}", status_code=303), house, token)


def _sign_in(
    request: Request, house: Installation, *, email: str, errors: list[dict[str, str]], till: str, rested: bool = False
) -> Response:
    with house.database.read() as session:
        demo = _demo_staff(session)
        is_new = not storage.staff.everyone(session)
    login = {"email": email, "errors": errors, "next": _safe(till), "demo": demo, "is_new": is_new,
             "rested": rested}  # fmt: skip
    return _bare(request, house, "login.html", "Logga in", 422 if errors else 200, login=login)


def _demo_staff(session: Session) -> list[dict[str, str]]:
    if not storage.settings.read(session, "demo", default=False):
        return []
    people = [(role, storage.staff.with_role(session, role)) for role in _DEMO]
    return [
        {"role": role, "label": access.ROLE_NAMES[role], "name": staff[0].name, "what": _DEMO[role]}
        for role, staff in people
        if staff
    ]


@routes.post("/logga-in/demo")
def sign_in_to_demo(request: Request, house: House, roll: Text = "samordnare") -> Response:
    """Sign in as an invented member of staff; the address exists in a demo database only."""
    _from_here(request)
    now = house.now()
    with house.database.write() as session:
        if not house.settings.practice or not storage.settings.read(session, "demo", default=False):
            raise NotFound("Sidan finns inte. Börja från startsidan.")
        staff = storage.staff.with_role(session, roll) if roll in _DEMO else []
        if not staff:
            raise BadInput(f"Rollen finns inte. Välj en av: {', '.join(_DEMO)}.")
        token = access.open_session(session, staff[0], now=now, browser=browsers.in_words(request))
        home = _home(session, staff[0].id, house)
    return _with_cookie(RedirectResponse(home, status_code=303), house, token)


def _home(session: Session, staff_id: int, house: Installation) -> str:
    roles = storage.staff.roles(session, staff_id, local_date(house.now()))
    mine = frozenset().union(*(access.MAY[role.role] for role in roles))
    return next((entry.href for entry in requests.ENTRIES if entry.needs in mine), "/mitt-konto")


def _own_home(request: Request, house: Installation) -> str:
    """Where the day begins for whoever has this browser."""
    with house.database.read() as session:
        return _home(session, _half_way(request, session, house).staff_id, house)


@routes.get("/logga-in/kod")
def code_page(request: Request, house: House, reserv: Annotated[int, Query()] = 0, till: str = "") -> Response:
    """Second step: six digits, or a recovery code."""
    with house.database.read() as session:
        _half_way(request, session, house)
    login = {"errors": [], "recovery": bool(reserv), "next": _safe(till)}
    return _bare(request, house, "login_code.html", "Skriv koden", login=login)


@routes.post("/logga-in/kod")
def code(request: Request, house: House, kod: Text = "", reservkod: Text = "", till: Text = "") -> Response:
    """Let the browser in when the code fits, to where it was going."""
    _from_here(request)
    if _try_code(request, house, reservkod or kod):
        return RedirectResponse(_safe(till) or _own_home(request, house), status_code=303)
    text = "Koden stämmer inte eller är för gammal. Vänta på nästa och skriv in den."
    login = {"errors": [{"field": "reservkod" if reservkod else "kod", "text": text}], "recovery": bool(reservkod),
             "next": _safe(till)}  # fmt: skip
    return _bare(request, house, "login_code.html", "Skriv koden", 422, login=login)


def _try_code(request: Request, house: Installation, typed: str) -> bool:
    now = house.now()
    with house.database.write() as session:
        row = _half_way(request, session, house)
        staff = storage.staff.get(session, row.staff_id)
        sign_in_tries.check(session, staff.email, now=now)
        fits = access.check_code(session, row, typed, now=now)
        if not fits:
            sign_in_tries.note_failure(session, staff.email, now=now)
    return fits


@routes.get("/logga-in/koppla")
def set_up_page(request: Request, house: House) -> Response:
    """First time: the authenticator's key as a picture and as text."""
    return _set_up(request, house, errors=[])


@routes.post("/logga-in/koppla")
def set_up(request: Request, house: House, kod: Text = "") -> Response:
    """The first code proves that the key was saved; then the recovery codes are shown, once."""
    _from_here(request)
    if not _try_code(request, house, kod):
        return _set_up(
            request, house, errors=[{"field": "kod", "text": "Koden stämmer inte. Vänta på nästa och skriv in den."}]
        )
    with house.database.write() as session:
        row = requests.browser_session(request, session, house.now())
        assert row is not None
        codes = access.new_recovery_codes(session, row.staff_id)
    shown = {"moment": "koder", "codes": codes, "errors": []}
    return _bare(request, house, "login_setup.html", "Spara reservkoderna", setup=shown)


@routes.post("/logga-in/koppla/klart")
def set_up_done(request: Request, house: House) -> Response:
    """On to the day's work."""
    return RedirectResponse(_own_home(request, house), status_code=303)


def _set_up(request: Request, house: Installation, *, errors: list[dict[str, str]]) -> Response:
    with house.database.read() as session:
        staff = storage.staff.get(session, _half_way(request, session, house).staff_id)
        if staff.totp_confirmed_at is not None:
            raise NotAllowed("Din app är redan kopplad. Logga in med en kod ur den.")
        key = access.totp_key(session, staff)
        picture = requests.qr_picture(access.totp_address(session, staff))
    grouped = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    shown = {"moment": "nyckel", "qr_svg": picture, "key": grouped, "account": staff.email, "errors": errors}
    return _bare(request, house, "login_setup.html", "Koppla din app", 422 if errors else 200, setup=shown)


@routes.get("/logga-in/inbjudan")
def invitation_page(request: Request, house: House) -> Response:
    """Where somebody who has got a code from a colleague chooses a password."""
    return _invitation(request, house, email="", errors=[])


@routes.post("/logga-in/inbjudan")
def accept(request: Request, house: House, epost: Text = "", kod: Text = "", losenord: Text = "") -> Response:
    """Choose a password by the code. A failed try is counted in a transaction of its own, as when signing in."""
    _from_here(request)
    now = house.now()
    try:
        access.check_password(losenord)
    except BadInput as error:
        return _invitation(request, house, email=epost, errors=[{"field": "losenord", "text": error.sentence}])
    try:
        with house.database.write() as session:
            token = invitations.accept(
                session, epost, kod, losenord, now=now, browser=browsers.in_words(request)
            )  # fmt: skip
    except BadInput as error:
        with house.database.write() as session:
            sign_in_tries.note_failure(session, epost, now=now)
        return _invitation(request, house, email=epost, errors=[{"field": "kod", "text": error.sentence}])
    return _with_cookie(RedirectResponse("/logga-in/koppla", status_code=303), house, token)


def _invitation(request: Request, house: Installation, *, email: str, errors: list[dict[str, str]]) -> Response:
    login = {"email": email, "errors": errors}
    return _bare(request, house, "login_invitation.html", "Välj ditt lösenord", 422 if errors else 200, login=login)


@routes.get("/logga-in/aterstall")
def trouble(request: Request, house: House) -> Response:
    """Help that does not depend on remembering anything."""
    error = {
        "what": "Problem att logga in?",
        "todo": "Har du tappat telefonen: använd en av dina reservkoder. Annars: be er administratör om en ny kod, och "
        "välj ”Har du fått en kod?” när du loggar in.",
    }
    return _bare(request, house, "error.html", "Problem att logga in?", error=error)


@routes.post("/logga-ut")
def sign_out(ask: Writing) -> Response:
    """End the session here and in the table."""
    row = requests.browser_session(ask.request, ask.session, ask.now)
    if row is not None:
        access.sign_out(ask.session, row, now=ask.now)
    answer = RedirectResponse("/logga-in", status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


@routes.post("/kontor")
def choose_office(ask: Writing, kontor: Text = "alla") -> Response:
    """Choose which office the lists are about."""
    answer = RedirectResponse("/idag", status_code=303)
    answer.set_cookie("kontor", kontor if requests.whole(kontor) is not None else "", httponly=True, samesite="lax")
    return answer


def _half_way(request: Request, session: Session, house: Installation) -> StaffSession:
    row = requests.browser_session(request, session, house.now())
    if row is None:
        raise SignInNeeded
    return row


def _with_cookie(answer: RedirectResponse, house: Installation, token: str) -> RedirectResponse:
    secure = str(house.settings.public_url).startswith("https://")
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=secure)
    return answer


def _from_here(request: Request) -> None:
    # Before there is a session there is no token to check; the browser itself says where a form came from.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("Formuläret kom från en annan webbplats. Öppna inloggningen här och försök igen.")


def _safe(address: str) -> str:
    return address if address.startswith("/") and not address.startswith("//") and "\\" not in address else ""


def _bare(
    request: Request, house: Installation, template: str, title: str, status_code: int = 200, **data: Any
) -> Response:
    return requests.bare_page(
        request,
        template,
        title=title,
        now=house.now(),
        practice=house.settings.practice,
        status_code=status_code,
        **data,
    )
