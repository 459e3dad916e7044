"""Settings of the crisis path: who is told, in which order, and the help lines that the texts name (ux §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.audit
import storage.numbers
import storage.settings
import storage.staff
from bot import requests
from bot.console import setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import access, alerts, help_lines, phone_numbers
from outreach.errors import BadInput, NotFound
from storage.local_time import local_date
from storage.settings import HelpLine
from storage.staff import Staff

routes = APIRouter(include_in_schema=False)
AGES = (("alla", "Alla åldrar"), ("under18", "Under 18 år"), ("fran18", "18 år och äldre"))

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Jour och hjälplinjer"]
# Field, key of the setting, what it is called, and when that person is told.
PLACES = (
    ("jour", "on_duty", "Har jour", "Får sms genast."),
    ("ersattare", "stand_in", "Ersättare", "Får sms när ingen har sett det på 10 minuter."),
    ("chef", "head", "Chef", "Får sms när ingen har sett det på 20 minuter."),
)


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Who is told, and the help lines."""
    ask.needs("settings")
    return _page(ask, {}, [])


@routes.post(HERE)
def choose(ask: Writing, jour: Text = "", ersattare: Text = "", chef: Text = "") -> Response:
    """Choose the three."""
    ask.needs("settings")
    ask.needs_everywhere()
    typed = {"jour": jour, "ersattare": ersattare, "chef": chef}
    known = {staff.code: staff for staff in _candidates(ask)}
    if any(code and code not in known for code in typed.values()):
        raise NotFound
    changes = [_set(ask, key, known.get(typed[field])) for field, key, *_ in PLACES]
    return go(HERE, done="sparat" if any(changes) else "redan")


@routes.post(HERE + "/mobil")
def mobile(ask: Writing, person: Text = "", mobil: Text = "") -> Response:
    """The number that one of the three is told at."""
    ask.needs("settings")
    ask.needs_everywhere()
    staff = next((one for one in _chosen(ask) if one.code == person), None)
    if staff is None:
        raise NotFound
    field = f"mobil-{person}"
    try:
        _give_number(ask, staff, mobil)
    except BadInput as error:
        return _page(ask, {field: mobil}, [{"field": field, "text": error.sentence}])
    return go(HERE, done="sparat")


@routes.post(HERE + "/hjalplinje")
def save_line(ask: Writing, linje: Text = "", nummer: Text = "", oppet: Text = "") -> Response:
    """Another number, or other hours."""
    ask.needs("settings")
    ask.needs_everywhere()
    line = _line(ask, linje)
    try:
        help_lines.change(ask.session, line, number=nummer, hours=oppet, now=ask.now, staff_id=ask.who.staff.id)
    except BadInput as error:
        field = f"nummer-{line.id}"
        return _page(ask, {field: nummer, f"oppet-{line.id}": oppet}, [{"field": field, "text": error.sentence}])
    return go(f"{HERE}#linjer", done="sparat")


@routes.post(HERE + "/ny")
def add_line(
    ask: Writing, namn: Text = "", nytt_nummer: Text = "", nytt_oppet: Text = "", aldrar: Text = ""
) -> Response:  # fmt: skip
    """One more line."""
    ask.needs("settings")
    ask.needs_everywhere()
    try:
        help_lines.add(ask.session, name=namn, number=nytt_nummer, hours=nytt_oppet, ages=aldrar, now=ask.now,
                       staff_id=ask.who.staff.id)  # fmt: skip
    except BadInput as error:
        typed = {"namn": namn, "nytt_nummer": nytt_nummer, "nytt_oppet": nytt_oppet, "aldrar": aldrar}
        return _page(ask, typed, [{"field": "namn", "text": error.sentence}])
    return go(f"{HERE}#linjer", done="sparat")


@routes.post(HERE + "/bort")
def remove_line(ask: Writing, linje: Text = "") -> Response:
    """A line that was added here is not needed."""
    ask.needs("settings")
    ask.needs_everywhere()
    help_lines.remove(ask.session, _line(ask, linje), now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#linjer", done="sparat")


@routes.post(HERE + "/kontrollerad")
def check_line(ask: Writing, linje: Text = "") -> Response:
    """Somebody has called the line today."""
    ask.needs("settings")
    ask.needs_everywhere()
    help_lines.check(ask.session, _line(ask, linje), now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#linjer", done="sparat")


def _set(ask: Ask, key: str, staff: Staff | None) -> bool:
    chosen = staff.id if staff is not None else None
    return alerts.choose(ask.session, key, chosen, now=ask.now, by=ask.who.staff)


def _give_number(ask: Ask, staff: Staff, typed: str) -> None:
    number = phone_numbers.normalise(typed)
    if phone_numbers.kind(number) != "mobile":
        raise BadInput("Numret är inget svenskt mobilnummer. Skriv ett mobilnummer, till exempel 070-174 06 05.")
    if storage.numbers.people_at(ask.session, number):
        raise BadInput("Numret hör till någon i registret. Skriv kollegans eget mobilnummer.")
    staff.phone = number
    storage.staff.add(ask.session, staff)
    storage.audit.write(ask.session, "staff_phone", now=ask.now, staff_id=ask.who.staff.id, staff=staff.code)


def _line(ask: Ask, written: str) -> HelpLine:
    line = storage.settings.help_line(ask.session, whole(written) or 0)
    if line is None:
        raise NotFound
    return line


def _candidates(ask: Ask) -> list[Staff]:
    """Whoever may read what youths write."""
    today = local_date(ask.now)
    return [
        staff
        for staff in storage.staff.everyone(ask.session)
        if any("inbox" in access.MAY[role.role] for role in storage.staff.roles(ask.session, staff.id, today))
    ]


def _chosen(ask: Ask) -> list[Staff]:
    found = [alerts.chosen(ask.session, key, ask.now) for _, key, *_ in PLACES]
    return list({staff.id: staff for staff in found if staff is not None}.values())


def _ended(ask: Ask) -> list[Staff]:
    """Those who are chosen and may read no talks any longer: the next in the chain is told in their place."""
    gone = [key for _, key, *_ in PLACES if alerts.chosen(ask.session, key, ask.now) is None]
    found = [storage.staff.find(ask.session, storage.settings.read(ask.session, key)) for key in gone]
    return list({staff.id: staff for staff in found if staff is not None}.values())


def _page(ask: Ask, typed: Data, errors: list[Data]) -> Response:
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "history": setting_history.rows(ask, "Jour och hjälplinjer"),
        "may_all": ask.leads_everywhere,
        "places": [_place(ask, *place) for place in PLACES],
        "staff": [("", "Ingen"), *((staff.code, staff.name) for staff in _candidates(ask))],
        "chosen": [_telephone(ask, staff, typed) for staff in _chosen(ask)],
        "on_duty": alerts.chosen(ask.session, "on_duty", ask.now) is not None,
        "ended": [staff.name for staff in _ended(ask)],
        "reachable": bool(alerts.reachable(ask.session, ask.now)),
        "lines": [_help_line(ask, line, typed) for line in storage.settings.help_lines(ask.session)],
        "new": {"hours": help_lines.ALWAYS_OPEN, "ages": "alla", **_typed_new(typed)},
        "ages": AGES,
        "errors": errors,
        "error": {one["field"]: one["text"] for one in errors},
    }
    return requests.page(
        ask, "installningar_jour.html", title="Jour och hjälplinjer", s=data, status_code=422 if errors else 200
    )


def _typed_new(typed: Data) -> Data:
    """What somebody typed about a new line that could not be kept."""
    fields = {"namn": "name", "nytt_nummer": "number", "nytt_oppet": "hours", "aldrar": "ages"}
    return {name: typed[field] for field, name in fields.items() if typed.get(field)}


def _place(ask: Ask, field: str, key: str, label: str, hint: str) -> Data:
    staff = alerts.chosen(ask.session, key, ask.now)
    told = [hint, settings_tabs.changed(ask, key)]
    return {"field": field, "label": label, "value": staff.code if staff else "", "hint": " ".join(filter(None, told))}


def _telephone(ask: Ask, staff: Staff, typed: Data) -> Data:
    field = f"mobil-{staff.code}"
    shown = phone_numbers.show(staff.phone) if staff.phone else ""
    return {
        "code": staff.code, "name": staff.name, "field": field, "value": typed.get(field, shown),
        "told": bool(alerts.address_of(ask.session, staff)),
    }  # fmt: skip


def _help_line(ask: Ask, line: HelpLine, typed: Data) -> Data:
    return {
        "id": line.id, "name": line.name, "ages": help_lines.for_whom(line), "verified_on": line.verified_on,
        "number": typed.get(f"nummer-{line.id}", line.number), "hours": typed.get(f"oppet-{line.id}", line.hours),
        "old": help_lines.needs_check(line, local_date(ask.now)), "contradicts": help_lines.contradicts_text(line),
        "own": help_lines.is_own(line),
    }  # fmt: skip
