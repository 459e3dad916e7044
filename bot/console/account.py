"""Mitt konto: one's own browsers, password and recovery codes; the settings' page Säkerhet (ux §4.1, §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.staff
from bot import requests
from bot.console import settings_tabs
from bot.requests import Ask, Reading, SignInNeeded, Writing, go
from outreach import own_account
from outreach.errors import BadInput
from storage.staff import StaffSession

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Säkerhet"]


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
        "tabs": settings_tabs.tabs(HERE) if ask.who.may("settings") else [],
        "email": staff.email, "offices": [office.name for office in ask.who.offices],
        "browsers": [
            {"which": short, "kind": row.browser or "Okänd webbläsare", "since": row.created_at, "seen": row.seen_at,
             "this": row.mark == mine}
            for short, row in own_account.browsers(ask.session, staff, now=ask.now)
        ],
        "has_password": bool(staff.password_hash),
        "codes_left": storage.staff.recovery_codes_left(ask.session, staff.id),
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "error": {field: error.sentence} if error else {},
    }  # fmt: skip
    return requests.page(ask, "konto.html", title="Mitt konto", account=data, status_code=422 if error else 200)
