"""Settings, Kontor: what an office is called, how texts name it, when it is open, and where people meet (ux §4.16)."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.offices
import storage.settings
import storage.staff
from bot import requests
from bot.console import outdated, setting_history, settings_tabs, typed_times
from bot.console.outdated import Clash
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import own_office
from outreach.errors import BadInput, NotAllowed, NotFound
from storage.offices import Office, Place

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
_LABELS = {
    "name": "Kontorets namn", "sender_name": "Avsändare", "municipality": "Kommun", "phone": "Telefon",
    "switchboard": "Växel", "website": "Webbplats", "opens": "Öppnar", "closes": "Stänger",
}  # fmt: skip
HERE = settings_tabs.PAGES["Kontor"]


@routes.get(HERE)
def page(ask: Reading, kontor: str = "") -> Response:
    """One office."""
    ask.needs("settings")
    return _page(ask, _office(ask, kontor), {})


@routes.post(HERE)
def save(ask: Writing, form: Written) -> Response:
    """Other names, numbers or hours."""
    ask.needs("settings")
    office = _office(ask, form.get("kontor", ""))
    merged = outdated.merge(form, _stands(office))
    if merged.clashes:
        return _page(ask, office, form, clashes=merged.clashes)
    try:
        wanted = {**merged.values, **{name: _clock(merged.values[name]) for name in ("opens", "closes")}}
    except BadInput as error:
        return _page(ask, office, form, "opens", error)
    try:
        done = own_office.change(
            ask.session, office, wanted, ask.who.staff, sure=form.get("saker") == "ja", now=ask.now
        )  # fmt: skip
    except BadInput as error:
        return _page(ask, office, form, "name", error)
    return go(f"{HERE}?kontor={office.id}", done="sparat" if done else "redan")


@routes.post(HERE + "/plats")
def save_place(ask: Writing, form: Written) -> Response:
    """A place, new or changed, or taken away."""
    ask.needs("settings")
    office = _office(ask, form.get("kontor", ""))
    place = _place(ask, office, form.get("plats", ""))
    field = f"namn-{place.id or 'ny'}"
    try:
        if form.get("gor") == "bort":
            own_office.remove_place(ask.session, place, ask.who.staff, now=ask.now)
        else:
            own_office.save_place(
                ask.session, place, name=form.get("namn", ""), directions=form.get("vagen", ""),
                sensitive=form.get("kanslig") == "ja", staff=ask.who.staff, now=ask.now,
            )  # fmt: skip
    except BadInput as error:
        return _page(ask, office, form, field, error)
    return go(f"{HERE}?kontor={office.id}#platser", done="sparat")


def _clock(typed: str) -> str:
    """08:00, from whatever way people write it."""
    clock: time = typed_times.read_clock(typed)
    return f"{clock:%H:%M}"


def _office(ask: Ask, written: str) -> Office:
    """The office that is set: the one named, else the chosen one, else the first."""
    mine = ask.who.offices
    named = [office for office in mine if office.id == whole(written)]
    if not mine:
        raise NotAllowed
    if written and not named:
        raise NotFound("Kontoret finns inte bland dina.")
    return named[0] if named else ask.office or mine[0]


def _place(ask: Ask, office: Office, written: str) -> Place:
    if not written:
        return Place(office_id=office.id, name="")
    place = storage.offices.place(ask.session, whole(written) or 0)
    if place is None or place.office_id != office.id:
        raise NotFound("Platsen finns inte kvar.")
    return place


def _stands(office: Office) -> dict[str, str]:
    """What stands now, as the form writes it."""
    return {name: value.replace(":", ".") if name in ("opens", "closes") else value
            for name, value in own_office.facts(office).items()}  # fmt: skip


def _both(clash: Clash) -> dict[str, str]:
    return {"field": clash.field, "label": _LABELS[clash.field], "mine": clash.mine, "theirs": clash.theirs}


def _page(
    ask: Ask, office: Office, typed: Data, field: str = "", error: BadInput | None = None,
    clashes: Sequence[Clash] = (),
) -> Response:  # fmt: skip
    other = _latest_by(ask, office) if clashes else ""
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "office": {"id": office.id, "name": office.name},
        "offices": [(one.id, one.name) for one in ask.who.offices],
        "typed": {**_stands(office), **typed},
        "typed_place": typed,
        "shown": _stands(office),
        "clashes": [_both(clash) for clash in clashes],
        "who": other or "Någon annan",
        "whose": outdated.whose(other),
        "ask_sure": error is not None and "Kryssa" in error.sentence,
        "places": storage.offices.places(ask.session, office.id),
        "history": setting_history.rows(ask, "Kontor"),
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "error": {field: error.sentence} if error else {},
    }  # fmt: skip
    return requests.page(ask, "installningar_kontor.html", title="Kontor", s=data,
                         status_code=409 if clashes else 422 if error else 200)  # fmt: skip


def _latest_by(ask: Ask, office: Office) -> str:
    """The name of who was the latest to change the office."""
    change = storage.settings.latest_change(ask.session, f"{own_office.OFFICE}{office.id}")
    return storage.staff.names(ask.session).get(change.by_id, "") if change is not None else ""
