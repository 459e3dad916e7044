"""Mitt konto: one's browsers, passkeys, password and recovery codes (ux §4.1)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.passkeys
import storage.staff
from bot import requests
from bot.console import sign_in_passkey
from bot.requests import Ask, Reading, SignInNeeded, Writing, go
from outreach import own_account, passkeys
from outreach.errors import BadInput, Conflict
from storage.staff import StaffSession

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/mitt-konto"


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Who is signed in, where, and with what; also the home of those whose pages are not here yet."""
    return _page(ask)


@routes.post(HERE + "/losenord")
def change_password(ask: Writing, nuvarande: Text = "", kod: Text = "", nytt: Text = "") -> Response:
    """Another password."""
    try:
        own_account.change_password(
            ask.session, ask.who.staff, _browser(ask), old=nuvarande, code=kod, new=nytt, now=ask.now
        )  # fmt: skip
    except BadInput as error:
        return _page(ask, "nytt" if "kort" in error.sentence else "nuvarande", error)
    return go(HERE, done="losenord")


@routes.post(HERE + "/koder")
def new_codes(ask: Writing, appkod: Text = "") -> Response:
    """New recovery codes, shown on this one answer."""
    try:
        codes = own_account.new_codes(ask.session, ask.who.staff, code=appkod, now=ask.now)
    except BadInput as error:
        return _page(ask, "appkod", error)
    return requests.page(ask, "konto_koder.html", title="Nya reservkoder", codes=codes)


@routes.post(HERE + "/nycklar/fraga")
def ask_for_passkey(ask: Writing, namn: Text = "", nyckelkod: Text = "") -> Response:
    """By what this browser makes another passkey, once a code has shown whose account it is."""
    try:
        return sign_in_passkey.question(
            own_account.ask_for_passkey(
                ask.session, _browser(ask), ask.who.staff, sign_in_passkey.here(ask.house), name=namn, code=nyckelkod,
                now=ask.now,
            )
        )  # fmt: skip
    except (BadInput, Conflict) as error:
        return sign_in_passkey.refusal(error)


@routes.post(HERE + "/nycklar")
def add_passkey(ask: Writing, namn: Text = "", svar: Text = "") -> Response:
    """Keep the passkey that the browser has made."""
    place = sign_in_passkey.here(ask.house)
    if passkeys.add(ask.session, _browser(ask), ask.who.staff, place, answer=svar, name=namn, now=ask.now) is None:
        return _page(ask, "namn", BadInput("Lösennyckeln blev inte sparad. Försök igen."))
    return go(HERE, done="nyckel")


@routes.post(HERE + "/nycklar/{code}/bort")
def remove_passkey(ask: Writing, code: str) -> Response:
    """A passkey that opens nothing any more."""
    try:
        passkeys.remove(ask.session, ask.who.staff, code, now=ask.now)
    except Conflict as error:
        return _page(ask, "nycklar-t", BadInput(error.sentence))
    return go(HERE, done="nyckel-bort")


@routes.post(HERE + "/logga-ut")
def sign_out(ask: Writing, vilken: Text = "") -> Response:
    """Sign out one browser, or all others."""
    if vilken == "andra":
        own_account.sign_out_others(ask.session, ask.who.staff, _browser(ask), now=ask.now)
    else:
        own_account.sign_out(ask.session, ask.who.staff, vilken, now=ask.now)
    return go(HERE, done="utloggad")


def _browser(ask: Ask) -> StaffSession:
    row = requests.browser_session(ask.request, ask.session, ask.now)
    if row is None:
        raise SignInNeeded
    return row


def _page(ask: Ask, field: str = "", error: BadInput | None = None) -> Response:
    staff, mine = ask.who.staff, _browser(ask).mark
    data = {
        "email": staff.email, "offices": [office.name for office in ask.who.offices],
        "browsers": [
            {"which": short, "kind": row.browser or "Okänd webbläsare", "since": row.created_at, "seen": row.seen_at,
             "this": row.mark == mine}
            for short, row in own_account.browsers(ask.session, staff, now=ask.now)
        ],
        "has_password": bool(staff.password_hash), "has_app": staff.totp_confirmed_at is not None,
        "passkeys": storage.passkeys.of_staff(ask.session, staff.id),
        "can_have_passkeys": passkeys.place(ask.house.settings.public_url) is not None,
        "codes_left": storage.staff.recovery_codes_left(ask.session, staff.id),
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "error": {field: error.sentence} if error else {},
    }  # fmt: skip
    return requests.page(ask, "konto.html", title="Mitt konto", account=data, status_code=422 if error else 200)
