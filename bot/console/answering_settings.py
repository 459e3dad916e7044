"""Settings of who answers: by what a reply is about, in place of whom, and while an office has a holiday (domain S19,
ux §4.16).
"""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.staff
import storage.time_patterns
from bot import requests
from bot.console import quick_settings, setting_history, settings_tabs
from bot.console.typed_times import read_day
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import absence, holiday_mode, own_times, routing
from outreach.errors import BadInput, NotAllowed, NotFound
from outreach.holiday_mode import Holiday
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff
from storage.time_patterns import DayOff

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Vem svarar"]


@routes.get(HERE)
def page(ask: Reading, kontor: str = "") -> Response:
    """Everything about one office; whoever answers sees it, heads change it."""
    ask.needs("inbox", "settings")
    return _page(ask, quick_settings.chosen(ask, kontor))


@routes.post(HERE + "/amnen")
def route(ask: Writing, form: Written) -> Response:
    """Whom each subject goes to."""
    ask.needs("settings")
    office = quick_settings.chosen(ask, form.get("kontor", ""))
    try:
        routing.change(ask.session, office.id, form, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _page(ask, office, "study", error, form)
    return _done(office)


@routes.post(HERE + "/borta")
def be_away(ask: Writing, form: Written) -> Response:
    """Somebody is away from a day to another; what is for them goes to the substitute, and their free times go."""
    ask.needs("inbox", "settings")
    office = quick_settings.chosen(ask, form.get("kontor", ""))
    field = "fran"
    try:
        staff = _colleague(ask, office, form.get("vem", ""))
        first = read_day(form.get("fran", ""), local_date(ask.now))
        field = "till"
        last = read_day(form["till"], first) if form.get("till", "").strip() else first
        row = own_times.take_off(
            ask.session, staff, first, last, form.get("varfor", ""), ask.who.staff, now=ask.now,
            substitute=_substitute(ask, office, form.get("ersattare", "")),
        )  # fmt: skip
    except BadInput as error:
        return _page(ask, office, field, error, form)
    return go(f"{HERE}?kontor={office.id}#borta-{row.code}", done="sparat")


@routes.post(HERE + "/borta/{code}")
def change_absence(ask: Writing, code: str, kontor: Text = "", ersattare: Text = "", gor: Text = "") -> Response:
    """Another substitute, or back at work."""
    ask.needs("inbox", "settings")
    office = quick_settings.chosen(ask, kontor)
    row = storage.time_patterns.days_off_by_code(ask.session, code)
    if row is None:
        raise NotFound("Frånvaron finns inte kvar.")
    _colleague(ask, office, str(row.staff_id))
    if gor == "slut":
        own_times.work_again(ask.session, row, ask.who.staff, now=ask.now)
    else:
        substitute = _substitute(ask, office, ersattare)
        try:
            absence.name_substitute(ask.session, row, substitute, ask.who.staff, now=ask.now)
        except BadInput as error:
            return _page(ask, office, f"ersattare-{code}", error)
    return _done(office)


@routes.post(HERE + "/semester")
def holiday(ask: Writing, form: Written) -> Response:
    """The office's holiday begins, is changed, or ends."""
    ask.needs("settings")
    office = quick_settings.chosen(ask, form.get("kontor", ""))
    if form.get("gor") == "slut":
        holiday_mode.end(ask.session, office, ask.who.staff, now=ask.now)
        return _done(office)
    field = "forsta"
    try:
        first = read_day(form.get("forsta", ""), local_date(ask.now))
        field = "sista"
        wanted = Holiday(first, read_day(form.get("sista", ""), first), whole(form.get("svarar", "")))
        holiday_mode.begin(ask.session, office, wanted, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _page(ask, office, field, error, form)
    return _done(office)


def _done(office: Office) -> Response:
    return go(f"{HERE}?kontor={office.id}", done="sparat")


def _colleague(ask: Ask, office: Office, typed: str) -> Staff:
    """Whom an absence is about: oneself, or for heads anybody at the office."""
    staff = _at_office(ask, office).get(whole(typed) or 0)
    if staff is None:
        raise NotFound("Personen arbetar inte på kontoret.")
    if staff.id != ask.who.staff.id and not ask.who.may("settings", office.id):
        raise NotAllowed("Bara din chef kan ändra en kollegas frånvaro.")
    return staff


def _substitute(ask: Ask, office: Office, typed: str) -> Staff | None:
    return _at_office(ask, office).get(whole(typed) or 0)


def _at_office(ask: Ask, office: Office) -> dict[int, Staff]:
    return {one.id: one for one in storage.staff.at_offices(ask.session, [office.id], local_date(ask.now))}


def _page(
    ask: Ask, office: Office, field: str = "", error: BadInput | None = None, typed: dict[str, str] | None = None
) -> Response:
    colleagues = _at_office(ask, office)
    may_change = ask.who.may("settings", office.id)
    table = routing.table(ask.session, office.id) if typed is None else typed
    data = {
        **setting_history.for_page(ask, "Vem svarar"),
        "offices": quick_settings.office_tabs(ask, HERE, office), "office": office.id, "may_change": may_change,
        "subjects": [(subject, said, table.get(subject, "")) for subject, said in routing.SUBJECTS.items()],
        "choices": [("", "Ingen särskild"), *routing.choices(ask.session, office.id, ask.now)],
        "changed": settings_tabs.changed(ask, routing.key(office.id)),
        "who": [(one.id, one.name) for one in colleagues.values() if may_change or one.id == ask.who.staff.id],
        "colleagues": [("", "Ingen"), *((one.id, one.name) for one in colleagues.values())],
        "away": [_away(ask, row, colleagues, may_change=may_change)
                 for row in storage.time_patterns.days_off(ask.session, local_date(ask.now))
                 if row.staff_id in colleagues],
        "holiday": holiday_mode.of(ask.session, office.id),
        "holiday_changed": settings_tabs.changed(ask, holiday_mode.key(office.id)),
        "typed": typed or {},
        "errors": [{"field": field, "text": error.sentence}] if error else [],
    }  # fmt: skip
    return requests.page(
        ask, "installningar_svarar.html", title="Vem svarar", s=data, status_code=422 if error else 200
    )


def _away(ask: Ask, row: DayOff, colleagues: dict[int, Staff], *, may_change: bool) -> Data:
    substitute = storage.staff.find(ask.session, row.substitute_id)
    return {
        "id": row.code, "name": colleagues[row.staff_id].name, "first": row.first, "last": row.last, "why": row.why,
        "substitute": row.substitute_id or "", "substitute_name": substitute.name if substitute is not None else "",
        "may_change": may_change or row.staff_id == ask.who.staff.id,
    }  # fmt: skip
