"""A passkey as the second step, and as the first choice of somebody new (ux §4.1).

The browser's script asks for a question, has the device sign it and posts the answer as a form: nothing of it stands in
an address, and without scripts codes remain.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response

import storage.staff
from bot.console import sign_in
from bot.requests import House, Installation
from outreach import access, passkeys
from outreach.errors import BadInput, BryggaError, Conflict
from outreach.passkeys import Place

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
REFUSED = "Lösennyckeln gick inte att använda. Försök igen, eller använd en kod."
NOT_MADE = "Lösennyckeln blev inte sparad. Försök igen, eller koppla en app i stället."


def here(house: Installation) -> Place:
    """Where passkeys work. Raises Conflict where they do not."""
    found = passkeys.place(house.settings.public_url)
    if found is None:
        raise Conflict("Lösennycklar fungerar inte på den här adressen. Använd koden från appen, eller en reservkod.")
    return found


def question(json: str) -> Response:
    """What the browser is to have signed."""
    return Response(json, media_type="application/json")


def refusal(error: BryggaError) -> Response:
    """Why there is no question, for the script to say."""
    return JSONResponse({"fel": error.sentence}, status_code=422)


@routes.post("/logga-in/nyckel/fraga")
def ask(request: Request, house: House) -> Response:
    """What one of the passkeys is to sign in this browser."""
    sign_in.from_here(request)
    with house.database.write() as session:
        row = sign_in.half_way(request, session, house)
        staff = storage.staff.get(session, row.staff_id)
        return question(passkeys.ask(session, row, staff, here(house), now=house.now()))


@routes.post("/logga-in/nyckel")
def answer(request: Request, house: House, svar: Text = "", till: Text = "") -> Response:
    """Let the browser in when the passkey fits, to where it was going."""
    sign_in.from_here(request)
    with house.database.write() as session:
        row = sign_in.half_way(request, session, house)
        fits = passkeys.check(session, row, here(house), answer=svar, now=house.now())
    if fits:
        return sign_in.come_in(request, house, till)
    fault = {"field": "nyckel", "text": REFUSED}
    return sign_in.ask_for_code(request, house, recovery=False, till=till, errors=[fault])


@routes.post("/logga-in/koppla/nyckel/fraga")
def ask_for_first(request: Request, house: House) -> Response:
    """By what a browser makes the first passkey."""
    sign_in.from_here(request)
    with house.database.write() as session:
        row, staff = sign_in.first_time(request, session, house)
        return question(passkeys.ask_for_new(session, row, staff, here(house), now=house.now()))


@routes.post("/logga-in/koppla/nyckel")
def set_up(request: Request, house: House, svar: Text = "", namn: Text = "") -> Response:
    """Keep the first passkey, let the browser in, and show the recovery codes, once."""
    sign_in.from_here(request)
    if _first_is_kept(request, house, svar, namn):
        return sign_in.come_in(request, house, first=True)
    return sign_in.set_up_again(request, house, errors=[{"field": "nyckel", "text": NOT_MADE}])


def _first_is_kept(request: Request, house: Installation, svar: str, namn: str) -> bool:
    now = house.now()
    with house.database.write() as session:
        row, staff = sign_in.first_time(request, session, house)
        try:
            made = passkeys.add(session, row, staff, here(house), answer=svar, name=namn, now=now)
        except BadInput:
            return False
        if made is not None:
            access.let_in(session, row, staff, by="passkey", now=now)
    return made is not None
