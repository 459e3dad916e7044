"""What an import did: counts, the people in it, and on to the first campaign (ux §4.5, Result)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response

import storage.imports
import storage.offices
from bot import requests
from bot.console import import_rows, import_trial
from bot.requests import Ask, Reading
from outreach import audience
from outreach.errors import NotFound
from outreach.lists.plan import PROGRAMMES
from outreach.lists.words import FIELDS, many
from storage.imports import ImportedPerson, ImportRun
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter()

_ON_A_PAGE = 50
_AUDIENCES = {"kaa": "kaa", "uppsok": "uppsök", "other": "annan målgrupp"}
# The last word of the address -> result and heading.
_LISTS = {"nya": ("new", "Nya från importen"), "andrade": ("changed", "Ändrade av importen")}


@routes.get("/register/import/{code}")
def result(ask: Reading, code: str) -> Response:
    """What happened, and what to do next."""
    ask.who.needs("import")
    run = _run(ask, code)
    return requests.page(ask, "importera_resultat.html", title="Listan är inläst", result=_result(ask, run))


@routes.get("/register/import/{code}/{which}")
def people(ask: Reading, code: str, which: str, sida: int = 1) -> Response:
    """The people an import made new or changed."""
    ask.who.needs("import")
    run = _run(ask, code)
    if which not in _LISTS:
        raise NotFound("Listan finns inte. Gå tillbaka till importen.")
    kind, heading = _LISTS[which]
    pager = import_trial.pager(f"/register/import/{code}/{which}", sida, run.counts[kind], _ON_A_PAGE)
    found = storage.imports.people_of_run(
        ask.session, run.id, kind, offset=pager["first"] - 1, limit=_ON_A_PAGE
    )  # fmt: skip
    listed = {"people": _people(ask, found), "total": run.counts[kind], "back": f"/register/import/{code}"}
    return requests.page(ask, "importera_personer.html", title=heading, listed=listed, pager=pager)


def _run(ask: Ask, code: str) -> ImportRun:
    run = storage.imports.run_by_code(ask.session, code)
    if run is None or run.office_id not in ask.who.office_ids:
        raise NotFound("Importen finns inte. Gå till registret.")
    return run


def _result(ask: Ask, run: ImportRun) -> dict[str, Any]:
    base = f"/register/import/{run.code}"
    counts = [("Nya", "new", f"{base}/nya"), ("Ändrade", "changed", f"{base}/andrade")]
    return {
        "sentence": _sentence(run),
        "counts": [{"label": label, "number": run.counts[name], "href": href} for label, name, href in counts],
        "with_mobile": run.counts["with_mobile"],
        "campaign_href": f"/utskick/nytt?{urlencode({'urval': _audience(ask, run)})}",
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


def _audience(ask: Ask, run: ImportRun) -> str:
    office = storage.offices.get(ask.session, run.office_id)
    return audience.sentence(["har mobil", _AUDIENCES[PROGRAMMES[run.list_type]], office.name])


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
