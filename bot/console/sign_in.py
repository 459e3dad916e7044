"""Signing in and out: password, one-time code, recovery codes, and the demo's buttons (ux §4.1)."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

import storage.passkeys
import storage.settings
import storage.staff
from bot import requests
from bot.console import browsers
from bot.requests import COOKIE, House, Installation, SignInNeeded, Writing
from outreach import access, invitations, passkeys, sign_in_tries
from outreach.errors import BadInput, NotAllowed, NotFound
from storage.database import Session
from storage.local_time import local_date
from storage.staff import Staff, StaffSession

_TOO_OLD = "Koden är för gammal. Vänta på nästa och skriv in den."
_WRONG = "Koden stämmer inte. Vänta på nästa och skriv in den."
_WRONG_RECOVERY = "Koden stämmer inte eller är redan använd. Kontrollera den, eller ta nästa."

routes = APIRouter(include_in_schema=False)
# Where most begin; whoever begins elsewhere is led there.
_USUAL_START = "/idag"
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


@routes.get("/hem")
def start(request: Request, house: House) -> Response:
    """To the day's work."""
    now = house.now()
    with house.database.read() as session:
        row = requests.browser_session(request, session, now)
        begins = home(session, row.staff_id, house) if row is not None and row.step == "in" else _USUAL_START
    return RedirectResponse(begins, status_code=303)


@routes.get("/logga-in")
def sign_in_page(request: Request, house: House, till: str = "", vila: str = "") -> Response:
    """E-mail and password; in a demo, one button per invented member of staff."""
    return _sign_in(request, house, email="", errors=[], till=till, rested=bool(vila))


@routes.post("/logga-in")
def sign_in(request: Request, house: House, epost: Text = "", losenord: Text = "", till: Text = "") -> Response:
    """First step. A failed try is counted in a transaction of its own, so that the answer cannot undo the count."""
    from_here(request)
    now = house.now()
    try:
        with house.database.read() as session:
            known = access.recognise(session, epost, losenord, now=now)
        with house.database.write() as session:
            token, row = access.let_on(session, known, now=now, browser=browsers.in_words(request))
            next_page = second_step(session, row)
    except BadInput as error:
        with house.database.write() as session:
            sign_in_tries.note_failure(session, epost, now=now)
        return _sign_in(request, house, email=epost, errors=[{"field": "epost", "text": error.sentence}], till=till)
    return with_cookie(RedirectResponse(with_next(next_page, till), status_code=303), house, token)


def with_next(page: str, till: str) -> str:
    """The address of a step, which keeps where the browser was going."""
    return f"{page}?till={quote(safe(till))}"


def second_step(session: Session, row: StaffSession) -> str:
    """Where a browser goes that has taken the first step."""
    chosen = access.has_second_step(session, storage.staff.get(session, row.staff_id))
    return "/logga-in/kod" if chosen else "/logga-in/koppla"


def sign_in_again(request: Request, house: Installation, sentence: str, *, till: str) -> Response:
    """The ordinary way in, with what was wrong with another."""
    return _sign_in(request, house, email="", errors=[{"field": "epost", "text": sentence}], till=till)


def _sign_in(
    request: Request, house: Installation, *, email: str, errors: list[dict[str, str]], till: str, rested: bool = False
) -> Response:
    with house.database.read() as session:
        demo = _demo_staff(session)
        is_new = not storage.staff.everyone(session)
    login = {"email": email, "errors": errors, "next": safe(till), "demo": demo, "is_new": is_new,
             "rested": rested, "sso": house.single_sign_on and house.single_sign_on.label}  # fmt: skip
    return bare(request, house, "login.html", "Logga in", 422 if errors else 200, login=login)


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
    from_here(request)
    now = house.now()
    with house.database.write() as session:
        if not house.settings.practice or not storage.settings.read(session, "demo", default=False):
            raise NotFound("Sidan finns inte. Börja från startsidan.")
        staff = storage.staff.with_role(session, roll) if roll in _DEMO else []
        if not staff:
            raise BadInput(f"Rollen finns inte. Välj en av: {', '.join(_DEMO)}.")
        token = access.open_session(session, staff[0], now=now, browser=browsers.in_words(request))
        begins = home(session, staff[0].id, house)
    return with_cookie(RedirectResponse(begins, status_code=303), house, token)


def home(session: Session, staff_id: int, house: Installation) -> str:
    """Where somebody's day begins."""
    roles = storage.staff.roles(session, staff_id, local_date(house.now()))
    mine = frozenset().union(*(access.MAY[role.role] for role in roles))
    return next((entry.href for entry in requests.ENTRIES if entry.needs in mine), "/mitt-konto")


def own_home(request: Request, house: Installation) -> str:
    """Where the day begins for whoever has this browser."""
    with house.database.read() as session:
        return home(session, half_way(request, session, house).staff_id, house)


@routes.get("/logga-in/kod")
def code_page(request: Request, house: House, reserv: Annotated[int, Query()] = 0, till: str = "") -> Response:
    """Second step: a passkey, six digits, or a recovery code."""
    return ask_for_code(request, house, recovery=bool(reserv), till=till)


@routes.post("/logga-in/kod")
def code(request: Request, house: House, kod: Text = "", reservkod: Text = "", till: Text = "") -> Response:
    """Let the browser in when the code fits, to where it was going."""
    from_here(request)
    if _try_code(request, house, reservkod or kod):
        return come_in(request, house, till)
    text = _WRONG_RECOVERY if reservkod else _what_is_wrong(request, house, kod)
    fault = {"field": "reservkod" if reservkod else "kod", "text": text}
    return ask_for_code(request, house, recovery=bool(reservkod), till=till, errors=[fault])


def ask_for_code(
    request: Request, house: Installation, *, recovery: bool, till: str, errors: Sequence[dict[str, str]] = ()
) -> Response:
    """The page of the second step, with what the browser's owner can take it by."""
    with house.database.read() as session:
        staff = storage.staff.get(session, half_way(request, session, house).staff_id)
        mine = storage.passkeys.of_staff(session, staff.id)
    by_passkey = bool(mine) and passkeys.place(house.settings.public_url) is not None
    by_app = staff.totp_confirmed_at is not None
    login = {"errors": errors, "recovery": recovery or not by_app, "passkey": by_passkey, "app": by_app,
             "next": safe(till)}  # fmt: skip
    title = "Skriv koden" if by_app else "Använd en reservkod"
    return bare(request, house, "login_code.html", title, 422 if errors else 200, login=login)


def come_in(request: Request, house: Installation, till: str = "", *, first: bool = False) -> Response:
    """On to where the browser was going; by way of new recovery codes the first time, and for whoever has no other way
    in than a passkey.
    """
    with house.database.write() as session:
        staff = storage.staff.get(session, half_way(request, session, house).staff_id)
        lacks = first or not access.has_another_way(session, staff)
        codes = access.new_recovery_codes(session, staff.id) if lacks else []
    if not codes:
        wanted = safe(till)
        begins = own_home(request, house) if wanted in ("", _USUAL_START) else wanted
        return RedirectResponse(begins, status_code=303)
    shown = {"moment": "koder", "codes": codes, "errors": []}
    return bare(request, house, "login_setup.html", "Spara reservkoderna", setup=shown)


def _what_is_wrong(request: Request, house: Installation, typed: str) -> str:
    now = house.now()
    with house.database.read() as session:
        staff = storage.staff.get(session, half_way(request, session, house).staff_id)
        return _TOO_OLD if access.was_code(session, staff, typed, now=now) else _WRONG


def _try_code(request: Request, house: Installation, typed: str) -> bool:
    now = house.now()
    with house.database.write() as session:
        row = half_way(request, session, house)
        staff = storage.staff.get(session, row.staff_id)
        sign_in_tries.check(session, staff.email, now=now)
        fits = access.check_code(session, row, typed, now=now)
        if not fits:
            sign_in_tries.note_failure(session, staff.email, now=now)
    return fits


@routes.get("/logga-in/koppla")
def set_up_page(request: Request, house: House) -> Response:
    """First time: a passkey, or the authenticator's key as a picture and as text."""
    return set_up_again(request, house, errors=[])


@routes.post("/logga-in/koppla")
def set_up(request: Request, house: House, kod: Text = "") -> Response:
    """The first code proves that the key was saved; then the recovery codes are shown, once."""
    from_here(request)
    if not _try_code(request, house, kod):
        return set_up_again(request, house, errors=[{"field": "kod", "text": _what_is_wrong(request, house, kod)}])
    return come_in(request, house, first=True)


@routes.post("/logga-in/koppla/klart")
def set_up_done(request: Request, house: House) -> Response:
    """On to the day's work."""
    return RedirectResponse(own_home(request, house), status_code=303)


def first_time(request: Request, session: Session, house: Installation) -> tuple[StaffSession, Staff]:
    """The browser of somebody who has no second step yet. Raises NotAllowed for anybody else: a password alone shall
    not choose another.
    """
    row = half_way(request, session, house)
    staff = storage.staff.get(session, row.staff_id)
    if access.has_second_step(session, staff):
        raise NotAllowed("Ditt andra steg är redan valt. Logga in med det, eller med en reservkod.")
    return row, staff


def set_up_again(request: Request, house: Installation, *, errors: Sequence[dict[str, str]]) -> Response:
    """The page of the first time."""
    with house.database.read() as session:
        _, staff = first_time(request, session, house)
        key = access.totp_key(session, staff)
        picture = requests.qr_picture(access.totp_address(session, staff))
    grouped = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    shown = {"moment": "nyckel", "qr_svg": picture, "key": grouped, "account": staff.email, "errors": errors,
             "passkey": passkeys.place(house.settings.public_url) is not None}  # fmt: skip
    return bare(request, house, "login_setup.html", "Välj ditt andra steg", 422 if errors else 200, setup=shown)


@routes.get("/logga-in/inbjudan")
def invitation_page(request: Request, house: House) -> Response:
    """Where somebody who has got a code from a colleague chooses a password."""
    return _invitation(request, house, email="", errors=[])


@routes.post("/logga-in/inbjudan")
def accept(request: Request, house: House, epost: Text = "", kod: Text = "", losenord: Text = "") -> Response:
    """Choose a password by the code. A failed try is counted in a transaction of its own, as when signing in."""
    from_here(request)
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
    return with_cookie(RedirectResponse("/logga-in/koppla", status_code=303), house, token)


def _invitation(request: Request, house: Installation, *, email: str, errors: list[dict[str, str]]) -> Response:
    login = {"email": email, "errors": errors}
    return bare(request, house, "login_invitation.html", "Välj ditt lösenord", 422 if errors else 200, login=login)


@routes.get("/logga-in/aterstall")
def trouble(request: Request, house: House) -> Response:
    """Help that does not depend on remembering anything."""
    error = {
        "what": "Problem att logga in?",
        "todo": "Har du tappat telefonen: använd en av dina reservkoder. Annars: be er administratör om en ny kod, och "
        "välj ”Har du fått en kod?” när du loggar in.",
    }
    return bare(request, house, "error.html", "Problem att logga in?", error=error)


@routes.post("/logga-ut")
def sign_out(ask: Writing) -> Response:
    """End the session here and in the table."""
    row = requests.browser_session(ask.request, ask.session, ask.now)
    if row is not None:
        access.sign_out(ask.session, row, now=ask.now)
    answer = RedirectResponse("/logga-in", status_code=303)
    answer.delete_cookie(COOKIE)
    if ask.who.may("own_meetings"):
        # Their own phone keeps pages and presses for when there is no network.
        answer.headers["clear-site-data"] = '"storage"'
    return answer


@routes.post("/kontor")
def choose_office(ask: Writing, kontor: Text = "alla") -> Response:
    """Choose which office the lists are about."""
    answer = RedirectResponse("/idag", status_code=303)
    answer.set_cookie("kontor", kontor if requests.whole(kontor) is not None else "", httponly=True, samesite="lax")
    return answer


def half_way(request: Request, session: Session, house: Installation) -> StaffSession:
    """The browser that has come at least half-way. Raises SignInNeeded."""
    row = requests.browser_session(request, session, house.now())
    if row is None:
        raise SignInNeeded
    return row


def with_cookie(answer: RedirectResponse, house: Installation, token: str) -> RedirectResponse:
    """The same, and the browser remembers the token."""
    answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=is_secure(house))
    return answer


def is_secure(house: Installation) -> bool:
    """Whether browsers reach us by https, so that no cookie of ours need ever go without."""
    return str(house.settings.public_url).startswith("https://")


def from_here(request: Request) -> None:
    """Raises NotAllowed for a form from another site."""
    # Before there is a session there is no token to check; the browser itself says where a form came from.
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("Formuläret kom från en annan webbplats. Öppna inloggningen här och försök igen.")


def safe(address: str) -> str:
    """An address of ours to go on to; empty for any other."""
    return address if address.startswith("/") and not address.startswith("//") and "\\" not in address else ""


def bare(
    request: Request, house: Installation, template: str, title: str, status_code: int = 200, **data: Any
) -> Response:
    """A page for somebody who is not in yet."""
    return requests.bare_page(
        request,
        template,
        title=title,
        now=house.now(),
        practice=house.settings.practice,
        status_code=status_code,
        **data,
    )
