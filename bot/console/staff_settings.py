"""Settings, Personal och roller: who works where and as what, who is invited, and how each gets in (ux §4.16)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.offices
import storage.staff
from bot import requests, shown
from bot.console import settings_tabs, typed_times
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import access, colleagues, invitations
from outreach.colleagues import Newcomer
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff, StaffRole

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Personal och roller"]
# Where a role is held in every office.
EVERYWHERE = "alla"
ALL_OFFICES = "Alla kontor"


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Who works at each office, and the form for somebody new."""
    ask.needs("settings")
    return _page(ask, {}, None)


@routes.post(HERE)
def invite(ask: Writing, form: Written) -> Response:
    """Invite somebody: the code they come in by is shown on this one answer."""
    ask.needs("settings")
    try:
        newcomer = Newcomer(
            form.get("epost", ""), form.get("namn", ""), form.get("roll", ""), office_of(ask, form.get("kontor", "")),
            day(ask, form.get("fran", "")), day(ask, form.get("till", "")),
        )  # fmt: skip
        staff, code = colleagues.invite(ask.session, ask.who, newcomer, now=ask.now)
    except BadInput as error:
        return _page(ask, form, error)
    return show_code(ask, staff, code)


def show_code(ask: Ask, staff: Staff, code: str) -> Response:
    """The code somebody comes in by, this once."""
    assert staff.invited_until is not None
    data = {
        "name": staff.name, "email": staff.email, "code": code, "until": staff.invited_until,
        "href": f"{HERE}/{staff.code}", "address": _address(ask),
        "since": first if (first := staff.employed_from) and first > local_date(ask.now) else None,
    }  # fmt: skip
    return requests.page(ask, "installningar_kod.html", title="Kod att logga in med", s=data)


def _address(ask: Ask) -> str:
    """Where the code is typed, as somebody reads it aloud."""
    base = str(ask.house.settings.public_url).rstrip("/") or str(ask.request.base_url).rstrip("/")
    return f"{base}/logga-in/inbjudan"


def day(ask: Ask, typed: str) -> date | None:
    """The day, or none where nothing is typed."""
    return typed_times.read_day(typed, local_date(ask.now)) if typed.strip() else None


def office_of(ask: Ask, typed: str) -> int | None:
    """Which office a role is for; None for all of them. Raises BadInput for one that is not one's own."""
    if typed == EVERYWHERE:
        return None
    if whole(typed) not in ask.who.office_ids:
        raise BadInput("Välj ett kontor.")
    return whole(typed)


def role_choices(ask: Ask) -> list[tuple[str, str]]:
    """The roles one may give somewhere, in words."""
    places = [None, *ask.who.office_ids]
    return [
        (role, access.ROLE_NAMES[role])
        for role in storage.staff.ROLES
        if any(colleagues.may_give(ask.who, role, place) for place in places)
    ]  # fmt: skip


def office_choices(ask: Ask) -> list[tuple[str, str]]:
    """Where one may give roles."""
    everywhere = any(colleagues.may_give(ask.who, role, None) for role in storage.staff.ROLES)
    mine = [(str(office.id), office.name) for office in ask.who.offices]
    return [*mine, (EVERYWHERE, ALL_OFFICES)] if everywhere else mine


def way_in(session: Session, staff: Staff, now: datetime) -> tuple[str, str]:
    """How far somebody has come in getting in: the shape and the words."""
    if staff.left_at is not None:
        return "stop", "Har slutat"
    if invitations.is_open(staff, now):
        assert staff.invited_until is not None
        return "waits", f"Har en kod som gäller till {shown.date_table(staff.invited_until)}"
    if staff.totp_confirmed_at is not None:
        return "done", "Lösenord och app"
    if access.has_second_step(session, staff):
        return "done", "Lösenord och lösennyckel"
    return "needs", "Har inte kopplat någon app än"


def days_of(first: date | None, last: date | None) -> str:
    """2026-11-24–2027-03-31, or from or to when."""
    if first is None and last is None:
        return ""
    return f"{first.isoformat() if first else ''}–{last.isoformat() if last else ''}"


def _page(ask: Ask, typed: Data, error: BadInput | None) -> Response:
    held = storage.staff.all_roles(ask.session)
    people = {one.id: one for one in storage.staff.accounts(ask.session)}
    seen = storage.staff.last_signed_in(ask.session)
    places: list[tuple[str, int | None]] = [(office.name, office.id) for office in ask.who.offices]
    places.append((ALL_OFFICES, None))
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "offices": [
            {"name": name, "rows": rows} for name, place in places
            if (rows := _rows(ask, place, held, people, seen)) or place is not None
        ],
        "gone": [{"name": one.name, "href": f"{HERE}/{one.code}", "left": one.employed_to}
                 for one in people.values() if one.left_at is not None and is_ours(ask, one, held)],
        "roles": role_choices(ask), "choices": office_choices(ask),
        "typed": {"roll": "samordnare", **typed},
        "errors": [{"field": "namn", "text": error.sentence}] if error else [],
    }  # fmt: skip
    return requests.page(
        ask, "installningar_personal.html", title="Personal och roller", s=data, status_code=422 if error else 200
    )


def is_ours(ask: Ask, staff: Staff, held: Sequence[StaffRole]) -> bool:
    """Whether somebody has or has had a role at one of one's offices, or at all of them."""
    places = {role.office_id for role in held if role.staff_id == staff.id}
    return not places or None in places or bool(places & set(ask.who.office_ids))


def _rows(
    ask: Ask, place: int | None, held: Sequence[StaffRole], people: dict[int, Staff], seen: dict[int, datetime]
) -> list[Data]:  # fmt: skip
    today = local_date(ask.now)
    here = [role for role in held if role.office_id == place and (role.valid_to or today) >= today]
    ids = {role.staff_id for role in here if people[role.staff_id].left_at is None}
    return [
        {"name": one.name, "email": one.email, "href": f"{HERE}/{one.code}", "me": one.id == ask.who.staff.id,
         "roles": [_role(role) for role in here if role.staff_id == one.id],
         "way_in": way_in(ask.session, one, ask.now),
         "seen": shown.date_table(seen[one.id]) if one.id in seen else "Aldrig",
         "employed": days_of(one.employed_from, one.employed_to)}
        for one in people.values() if one.id in ids
    ]  # fmt: skip


def _role(role: StaffRole) -> str:
    """Konsulent, or Konsulent 2026-12-01–."""
    return f"{access.ROLE_NAMES[role.role]} {days_of(role.valid_from, role.valid_to) if role.valid_to else ''}".strip()


def offices_by_id(ask: Ask) -> dict[int | None, str]:
    """What each office is called, and what none stands for."""
    found: Sequence[Office] = storage.offices.all_offices(ask.session)
    return {None: ALL_OFFICES, **{office.id: office.name for office in found}}


def back(staff: Staff) -> Response:
    """To the colleague's page, with the word that it is saved."""
    return go(f"{HERE}/{staff.code}", done="sparat")
