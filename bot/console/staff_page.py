"""A colleague's page among the settings: roles with dates, the way in, the extract, and the last day (ux §4.16)."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.settings
import storage.staff
from bot import requests, shown
from bot.console import staff_settings
from bot.console.staff_settings import HERE, back, day
from bot.requests import Ask, Reading, Writing, Written, whole
from outreach import access, colleagues, leaving
from outreach.errors import BadInput, Conflict, NotFound
from storage.local_time import local_date
from storage.staff import Staff, StaffRole

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
_DUTIES = {"on_duty": "har jour", "stand_in": "är ersättare", "head": "är chef i larmkedjan"}


@routes.get(HERE + "/{code}")
def page(ask: Reading, code: str) -> Response:
    """One colleague."""
    return _page(ask, _colleague(ask, code), {})


@routes.post(HERE + "/{code}/roll")
def give_role(ask: Writing, code: str, form: Written) -> Response:
    """Another role, from a day on."""
    staff = _colleague(ask, code)
    try:
        wanted = StaffRole(
            staff_id=staff.id, role=form.get("roll", ""), valid_from=day(ask, form.get("fran", "")),
            valid_to=day(ask, form.get("till", "")), office_id=staff_settings.office_of(ask, form.get("kontor", "")),
        )  # fmt: skip
        with ask.session.begin_nested():
            colleagues.give_role(ask.session, ask.who, staff, wanted, instead="byt" in form, now=ask.now)
    except (BadInput, Conflict) as error:
        return _page(ask, staff, form, "roll", error)
    return back(staff)


@routes.post(HERE + "/{code}/roll/slut")
def end_role(ask: Writing, code: str, form: Written) -> Response:
    """A role ends: at once, or with a day."""
    staff = _colleague(ask, code)
    role = storage.staff.role(ask.session, whole(form.get("roll", "")) or 0)
    if role is None or role.staff_id != staff.id:
        raise NotFound
    field = f"sista-{role.id}"
    try:
        colleagues.end_role(ask.session, ask.who, role, _last(ask, form), now=ask.now)
    except (BadInput, Conflict) as error:
        return _page(ask, staff, {field: form.get("sista", "")}, field, error)
    return back(staff)


@routes.post(HERE + "/{code}/kod")
def reset(ask: Writing, code: str) -> Response:
    """Another way in, for whoever has lost the telephone or forgotten the password."""
    staff = _colleague(ask, code)
    return staff_settings.show_code(ask, staff, colleagues.reset(ask.session, ask.who, staff, now=ask.now))


@routes.post(HERE + "/{code}/logga-ut")
def sign_out(ask: Writing, code: str) -> Response:
    """Sign out every browser of theirs."""
    staff = _colleague(ask, code)
    colleagues.sign_out_everywhere(ask.session, ask.who, staff, now=ask.now)
    return back(staff)


@routes.post(HERE + "/{code}/utdrag")
def note_extract(ask: Writing, code: str, form: Written) -> Response:
    """The day the criminal-record extract was shown."""
    staff = _colleague(ask, code)
    try:
        colleagues.note_extract(ask.session, ask.who, staff, day(ask, form.get("visat", "")), now=ask.now)
    except BadInput as error:
        return _page(ask, staff, form, "visat", error)
    return back(staff)


@routes.post(HERE + "/{code}/slut")
def end_employment(ask: Writing, code: str, form: Written) -> Response:
    """The last day: at once, or a day that comes."""
    staff = _colleague(ask, code)
    try:
        leaving.end_employment(ask.session, ask.who, staff, _last(ask, form), now=ask.now)
    except (BadInput, Conflict) as error:
        return _page(ask, staff, {"sista-anst": form.get("sista", "")}, "sista-anst", error)
    return back(staff)


def _last(ask: Ask, form: Written) -> Any:
    """The last day: yesterday for what ends now."""
    if form.get("gor") == "nu":
        return local_date(ask.now) - timedelta(days=1)
    chosen = day(ask, form.get("sista", ""))
    if chosen is None:
        raise BadInput("Skriv sista dagen, till exempel 31 dec.")
    return chosen


def _colleague(ask: Ask, code: str) -> Staff:
    ask.needs("settings")
    staff = storage.staff.by_code(ask.session, code)
    if staff is None or not staff_settings.is_ours(ask, staff, storage.staff.all_roles(ask.session)):
        raise NotFound("Kollegan finns inte på något av dina kontor.")
    return staff


def _page(ask: Ask, staff: Staff, typed: Data, field: str = "", error: BadInput | Conflict | None = None) -> Response:
    data = {
        "name": staff.name, "email": staff.email, "href": f"{HERE}/{staff.code}",
        "me": staff.id == ask.who.staff.id, "gone": staff.left_at is not None,
        "manages": colleagues.may_manage(ask.session, ask.who, staff, ask.now),
        "resets": colleagues.may_reset(ask.session, ask.who, staff, ask.now),
        "employed": staff_settings.days_of(staff.employed_from, staff.employed_to),
        "way_in": staff_settings.way_in(ask.session, staff, ask.now), "browsers": _browsers(ask, staff),
        "held": _roles(ask, staff), "extract": staff.record_extract_shown_on, "in_hand": _in_hand(ask, staff),
        "roles": staff_settings.role_choices(ask), "choices": staff_settings.office_choices(ask), "typed": typed,
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "error": {field: error.sentence} if error else {},
    }  # fmt: skip
    return requests.page(
        ask, "installningar_kollega.html", title="Kollega", s=data, status_code=422 if error else 200
    )  # fmt: skip


def _browsers(ask: Ask, staff: Staff) -> int:
    idle = access.idle_after(ask.session, staff.id, now=ask.now)
    return len(storage.staff.open_sessions(ask.session, staff.id, ask.now - idle))


def _roles(ask: Ask, staff: Staff) -> list[Data]:
    names = staff_settings.offices_by_id(ask)
    return [
        {"id": role.id, "what": access.ROLE_NAMES[role.role], "where": names[role.office_id],
         "days": staff_settings.days_of(role.valid_from, role.valid_to),
         "ends": staff.id != ask.who.staff.id and colleagues.may_give(ask.who, role.role, role.office_id)}
        for role in colleagues.standing(ask.session, staff, ask.now)
    ]  # fmt: skip


def _in_hand(ask: Ask, staff: Staff) -> Data:
    left = leaving.in_hand(ask.session, staff, ask.now)
    return {
        "talks": left.talks, "people": left.people, "campaigns": left.campaigns,
        "times": [f"{shown.relative_day(slot.starts_at, ask.now)} kl. {shown.time_text(slot.starts_at)}"
                  for slot in left.times],
        "duties": [_DUTIES[key] for key in left.on_duty],
    }  # fmt: skip
