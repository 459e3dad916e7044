"""Settings, Säkerhet: how long a page stays open, who has a second step, the municipality's sign-in, and what is
sealed, in plain words (ux §4.16). All of it is read here; what can be changed is changed where the links lead.
"""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.passkeys
import storage.staff
from bot import requests, shown
from bot.console import settings_tabs, staff_settings
from bot.requests import Ask, Reading
from outreach import access
from storage.staff import Staff

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Säkerhet"]
# Who asks for the second step of those who sign in by the municipality (BRYGGA_OIDC_MFA).
_SECOND_STEP = {
    "told": "Brygga frågar efter ett andra steg när kommunens inloggning inte säger att den har gjort det.",
    "always": "Kommunens inloggning gör alltid det andra steget.",
    "never": "Brygga frågar alltid efter det andra steget.",
}


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """What protects the installation."""
    ask.needs("settings")
    people = _people(ask)
    data = {
        "tabs": settings_tabs.tabs(HERE), "idle": int(access.IDLE.total_seconds() // 60),
        "idle_ambassador": int(access.IDLE_AMBASSADOR.total_seconds() // 3600),
        "people": people, "without": sum(one["kind"] != "done" for one in people), "outside": _outside(ask),
        "password": access.SHORTEST_PASSWORD,
    }  # fmt: skip
    return requests.page(ask, "installningar_sakerhet.html", title="Säkerhet", s=data)


def _people(ask: Ask) -> list[Data]:
    """Colleagues who have not left, those without a second step first."""
    held = storage.staff.all_roles(ask.session)
    seen = storage.staff.last_signed_in(ask.session)
    ours = [
        one for one in storage.staff.accounts(ask.session)
        if one.left_at is None and staff_settings.is_ours(ask, one, held)
    ]  # fmt: skip
    rows = [{**_second_step(ask, one), "seen": _day(seen.get(one.id))} for one in ours]
    return sorted(rows, key=lambda row: (row["kind"] == "done", str(row["name"])))


def _second_step(ask: Ask, staff: Staff) -> Data:
    kind, words = staff_settings.way_in(ask.session, staff, ask.now)
    keys, codes = len(storage.passkeys.of_staff(ask.session, staff.id)), 0
    if kind == "done":
        codes = storage.staff.recovery_codes_left(ask.session, staff.id)
    return {
        "name": staff.name, "href": f"{settings_tabs.PAGES['Personal och roller']}/{staff.code}", "kind": kind,
        "words": words, "passkeys": keys, "codes": codes,
    }  # fmt: skip


def _outside(ask: Ask) -> Data | None:
    """The municipality's sign-in, where there is one."""
    if ask.house.single_sign_on is None:
        return None
    settings = ask.house.settings
    return {"label": settings.oidc_label, "second": _SECOND_STEP[settings.oidc_mfa]}


def _day(moment: datetime | None) -> str:
    return shown.date_table(moment) if moment is not None else "Aldrig"
