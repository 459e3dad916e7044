"""Settings of lists in and out: the columns that an import remembers, which lists have come in, and what has been taken
out, for what purpose (ux §4.16).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.audit
import storage.imports
import storage.settings
import storage.staff
from bot import requests
from bot.console import import_undo, import_view, setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, Written, go
from outreach.errors import NotFound
from outreach.lists import meanings, remembered
from storage.audit import AuditEvent, Sought
from storage.imports import ImportRun
from storage.local_time import local

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Listor in och ut"]
# What a column becomes by being forgotten: whatever its head says.
FORGOTTEN = "glom"
_SHOWN, _A_YEAR = 20, timedelta(days=365)
_TAKEN_OUT = ("exported", "corrections_exported")
_WHAT = {
    "register": "Registret", "dry_run": "Provkörning av ett utskick", "cards": "Vykort", "card_labels": "Etiketter",
    "card_addresses": "Adresser till vykort", "": "Rättade tolkningar",
}  # fmt: skip


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """What is remembered, what has come in, and what has gone out."""
    ask.needs("settings")
    names = storage.staff.names(ask.session)
    data = {
        "tabs": settings_tabs.tabs(HERE), "history": setting_history.rows(ask, "Listor in och ut"),
        "types": [_type(ask, key, words[0]) for key, words in import_view.LIST_TYPES.items()],
        "meanings": [(FORGOTTEN, "Glöm: läs efter rubriken"), import_view.NOT_TAKEN_IN, *meanings.LABELS.items()],
        "came_in": _came_in(ask, names), "went_out": _went_out(ask, names), "may_import": ask.who.may("import"),
        "may_all": ask.leads_everywhere,
    }  # fmt: skip
    return requests.page(ask, "installningar_listor.html", title="Listor in och ut", s=data)


@routes.post(HERE)
def change(ask: Writing, form: Written) -> Response:
    """Let remembered columns of a list type become something else, or forget them: one, or all of them."""
    ask.needs("settings")
    ask.needs_everywhere()
    list_type = form.get("slag", "")
    if list_type not in import_view.LIST_TYPES:
        raise NotFound("Det slaget av lista finns inte.")
    heads = list(remembered.columns(ask.session, list_type).items())
    wanted = {head: form.get(f"kol-{at}", meaning) for at, (head, meaning) in enumerate(heads)}
    kept = {} if form.get("gor") == FORGOTTEN else {head: as_ for head, as_ in wanted.items() if as_ != FORGOTTEN}
    if form.get("sett", "") != _seen(ask, list_type):
        return go(f"{HERE}#{list_type}", done="andrat-av-annan")
    done = remembered.keep(ask.session, list_type, kept, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#{list_type}", done="sparat" if done else "redan")


def _seen(ask: Ask, list_type: str) -> str:
    """The latest change that a form was made after: its columns are told apart by their order."""
    latest = storage.settings.latest_change(ask.session, f"{remembered.KEY}{list_type}")
    return str(latest.id if latest is not None else 0)


def _type(ask: Ask, key: str, name: str) -> Data:
    heads = list(remembered.columns(ask.session, key).items())
    return {
        "key": key, "name": name, "seen": _seen(ask, key),
        "changed": settings_tabs.changed(ask, f"{remembered.KEY}{key}"),
        "columns": [{"at": at, "head": head, "meaning": meaning} for at, (head, meaning) in enumerate(heads)],
    }  # fmt: skip


def _came_in(ask: Ask, names: Mapping[int, str]) -> list[Data]:
    offices = {office.id: office.name for office in ask.who.offices if office.id in ask.office_ids}
    runs = storage.imports.runs(ask.session, _SHOWN, list(offices))
    return [_import(ask, run, offices[run.office_id], names) for run in runs]


def _import(ask: Ask, run: ImportRun, office: str, names: Mapping[int, str]) -> Data:
    return {
        "at": local(run.imported_at), "name": import_view.LIST_TYPES[run.list_type][0], "office": office,
        "by": names.get(run.staff_id or 0, "Kommandoraden"), "counted": import_undo.counted(run),
        "state": import_undo.STATES.get(run.state, ""),
        "href": f"/register/import/{run.code}" if ask.who.may("import", run.office_id) else "",
    }  # fmt: skip


def _went_out(ask: Ask, names: Mapping[int, str]) -> list[Data]:
    sought = Sought(since=ask.now - _A_YEAR, until=ask.now + timedelta(seconds=1), actions=_TAKEN_OUT)
    return [_export(event, names) for event, _ in storage.audit.found(ask.session, sought, first=1, most=_SHOWN)]


def _export(event: AuditEvent, names: Mapping[int, str]) -> Data:
    detail = event.detail
    return {
        "at": local(event.at), "what": _WHAT.get(str(detail.get("what", "")), "En fil"),
        "by": names.get(event.staff_id or 0, "Kommandoraden"), "format": str(detail.get("format", "")),
        "people": detail.get("people", detail.get("rows")), "purpose": str(detail.get("purpose", "")),
    }  # fmt: skip
