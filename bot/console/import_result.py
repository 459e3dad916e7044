"""What an import did: counts, the people in it, and on to the first campaign (ux §4.5, Result)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

import storage.imports
import storage.offices
import storage.register
from bot import requests, shown
from bot.console import import_rows, import_trial, import_undo
from bot.console.importing import Posting
from bot.requests import Ask, Reading
from outreach import audience
from outreach.errors import NotFound
from outreach.lists import missing, saving, undoing
from outreach.lists.plan import PROGRAMMES
from outreach.lists.words import FIELDS, many
from scheduler.imports import Carrier
from storage.imports import ImportedPerson, ImportRun
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter(include_in_schema=False)

_ON_A_PAGE = 50
_AUDIENCES = {"kaa": "kaa", "uppsok": "uppsök", "other": "annan målgrupp"}
_TITLES = {
    "working": "Listan läses in", "undoing": "Importen ångras", "done": "Listan är inläst",
    "halted": "Importen stannade",
}  # fmt: skip
# The last word of the address -> result and heading.
_LISTS = {"nya": ("new", "Nya från importen"), "andrade": ("changed", "Ändrade av importen")}


@routes.get("/register/import/{code}")
def result(ask: Reading, code: str) -> Response:
    """What happened, and what to do next; while it happens, how far it has come."""
    ask.needs("import")
    run = find(ask, code)
    if run.state in storage.imports.AT_WORK:
        return requests.page(ask, "importera_pagar.html", title=_TITLES[run.state], work=_work(run))
    if run.state == "undone":
        return requests.page(
            ask, "importera_angrad.html", title="Importen är ångrad", undone=import_undo.told(ask, run)
        )
    return requests.page(ask, "importera_resultat.html", title=_TITLES[run.state], result=_result(ask, run))


@routes.get("/register/import/{code}/lage")
def progress(ask: Reading, code: str) -> Response:
    """How far it has come, for live updating; when it is done the page is read again."""
    ask.needs("import")
    run = find(ask, code)
    if run.state not in storage.imports.AT_WORK:
        return requests.go(f"/register/import/{code}")
    return requests.fragment(ask, "_importera_lage.html", work=_work(run))


@routes.post("/register/import/{code}/angra")
def undo(ask: Posting, code: str) -> Response:
    """Take the import back; a long one by the timetable. Pressed twice it is undone once."""
    with ask.house.database.write() as session:
        run = _mine(ask, storage.imports.run_by_code(session, code))
        if run.state in ("undoing", "undone"):
            return requests.go(f"/register/import/{code}", done="redan")
        undoing.begin(session, run, staff_id=ask.who.staff.id, now=ask.now)
        touched = len(storage.imports.touched_ids(session, run.id))
    return _carried_on(ask, run, is_short=touched <= saving.AT_A_TIME)


@routes.post("/register/import/{code}/fortsatt")
def go_on(ask: Posting, code: str) -> Response:
    """Go on with an import that has stopped half-way."""
    with ask.house.database.write() as session:
        run = _mine(ask, storage.imports.run_by_code(session, code))
        if run.state != "halted":
            return requests.go(f"/register/import/{code}", done="redan")
        saving.go_on(session, run, staff_id=ask.who.staff.id, now=ask.now)
    return _carried_on(ask, run, is_short=False)


def _carried_on(ask: Ask, run: ImportRun, *, is_short: bool) -> Response:
    if is_short:
        Carrier(ask.house.database, ask.house.clock).carry(run)
    return requests.go(f"/register/import/{run.code}")


@routes.get("/register/import/{code}/{which}")
def people(ask: Reading, code: str, which: str, sida: int = 1) -> Response:
    """The people an import made new or changed."""
    ask.needs("import")
    run = find(ask, code)
    if which not in _LISTS:
        raise NotFound("Listan finns inte. Gå tillbaka till importen.")
    kind, heading = _LISTS[which]
    pager = import_trial.pager(f"/register/import/{code}/{which}", sida, run.counts[kind], _ON_A_PAGE)
    found = storage.imports.people_of_run(
        ask.session, run.id, kind, offset=pager["first"] - 1, limit=_ON_A_PAGE
    )  # fmt: skip
    listed = {"people": _people(ask, found), "total": run.counts[kind], "back": f"/register/import/{code}"}
    return requests.page(ask, "importera_personer.html", title=heading, listed=listed, pager=pager)


def find(ask: Ask, code: str) -> ImportRun:
    """The import, if it was to one of the offices of whoever asks."""
    return _mine(ask, storage.imports.run_by_code(ask.session, code))


def _mine(ask: Ask, run: ImportRun | None) -> ImportRun:
    if run is None or run.office_id not in ask.who.office_ids:
        raise NotFound("Importen finns inte. Gå till registret.")
    return run


def _work(run: ImportRun) -> dict[str, Any]:
    """The bar and its words. What is saved stays saved whether or not anybody looks on."""
    total = run.counts.get("new", 0) + run.counts.get("changed", 0)
    if run.state == "undoing":
        words = f"{run.saved} av {many(total, 'person', 'personer')} är tillbaka som förut."
    elif not run.counts:
        words = "Listan läses och jämförs med registret."
    else:
        words = f"{run.saved} av {many(total, 'person', 'personer')} är sparade."
    return {"href": f"/register/import/{run.code}", "done": min(run.saved, total), "total": total, "words": words}


def _result(ask: Ask, run: ImportRun) -> dict[str, Any]:
    base = f"/register/import/{run.code}"
    if run.state == "halted":
        return {"halted": import_undo.halted(ask, run), "undo": import_undo.offer(ask, run)}
    counts = [("Nya", "new", f"{base}/nya"), ("Ändrade", "changed", f"{base}/andrade")]
    missing_now = len(missing.waiting(ask.session, run, ask.who)) if run.counts["missing"] else 0
    return {
        "sentence": _sentence(run),
        "counts": [{"label": label, "number": run.counts[name], "href": href} for label, name, href in counts],
        "missing": missing_now,
        "missing_href": f"{base}/saknas",
        "undo": import_undo.offer(ask, run),
        **_campaign(ask, run),
        "new": run.counts["new"],
        "new_href": f"{base}/nya",
        "waiting": run.counts["possible_duplicates"],
        "faulty": run.counts["faulty"],
        "faulty_href": _faulty_href(ask, run),
    }  # fmt: skip


def _sentence(run: ImportRun) -> str:
    new, changed, unchanged = (run.counts[name] for name in ("new", "changed", "unchanged"))
    if not new and not changed:
        return "Allt i listan fanns redan i registret. Inget ändrades."
    said = [many(new, "ny person", "nya personer")] if new else []
    said += [f"{many(changed, 'person', 'personer')} med nya uppgifter"] if changed else []
    said += [many(unchanged, "oförändrad", "oförändrade")] if unchanged else []
    return f"{', '.join(said)}. Ingen har fått något meddelande."


def _campaign(ask: Ask, run: ImportRun) -> dict[str, Any]:
    """The way to a campaign, and whom it means: a rule, so it takes in those who were in the register before."""
    office = storage.offices.get(ask.session, run.office_id)
    words = audience.sentence(["har mobil", _AUDIENCES[PROGRAMMES[run.list_type]], office.name])
    wanted = replace(audience.read(ask.session, words), protected=False, reader_id=ask.who.staff.id)
    count = storage.register.count(ask.session, wanted, now=ask.now)
    listed, whom = run.counts["with_mobile"], f"alla {shown.number(count)} med mobil på {office.name}"
    # Whoever shares a mobile has one, but gets no text before somebody has said whose it is.
    if count == listed + run.counts["shared_mobile_only"]:
        whom = "den med mobil" if listed == 1 else f"de {shown.number(listed)} med mobil"
    return {"campaign": whom if listed else "", "campaign_href": f"/utskick/nytt?{urlencode({'urval': words})}"}


def _faulty_href(ask: Ask, run: ImportRun) -> str:
    left = storage.imports.left_of_run(ask.session, run.code) if run.counts["faulty"] else None
    return f"/register/importera/{left.code}/fel.xlsx" if left and left.staff_id == ask.who.staff.id else ""


def _people(ask: Ask, found: Sequence[tuple[ImportedPerson, Person]]) -> list[dict[str, Any]]:
    today = local_date(ask.now)
    return [
        {
            "name": person.name, "href": f"/register/{person.code}", "row": imported.row,
            "words": import_rows.words(person.birth_date, "" if person.protected else person.district, "", today),
            "fields": ", ".join(FIELDS[name].lower() for name in imported.fields if name != "protected"),
        }
        for imported, person in found
    ]  # fmt: skip
