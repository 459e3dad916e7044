"""Leta nummer: who has no number that works, where one has looked, and what came of it (ux §4.10, domain S5-S7)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.ladder_queue
import storage.tasks
from bot import requests
from bot.console import ladder_desk
from bot.requests import Ask, Reading, Writing, go
from outreach import ladder_lists, ladder_rules
from outreach.errors import BadInput
from outreach.ladder_lists import Turn
from outreach.ladder_notes import Noted
from storage.tasks import Attempt

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = ladder_desk.PAGES["nummer"]
# Where one looks, in that order; a guardian is asked only about somebody who is not of age.
SOURCES = ("öppen nummertjänst", "skola", "vårdnadshavare", "personen själv", "fältare")
_GUARDIAN = "vårdnadshavare"
FOUND_WITHIN = timedelta(days=90)


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """The list, longest wait first, and how well each source has done."""
    ask.needs("register")
    return _page(ask)


@routes.post(HERE)
def look_up(
    ask: Writing, person: Text = "", marke: Text = "", kalla: Text = "", nummer: Text = "", resultat: Text = ""
) -> Response:
    """A number was found, or nothing was."""
    them = ladder_desk.enter(ask, person)
    source = kalla if kalla in SOURCES else SOURCES[0]
    try:
        if resultat == "found" and not nummer.strip():
            raise BadInput("Skriv numret du hittade, eller välj Hittade inget.")
        noted = Noted("find_number", resultat, number=nummer, source=source)
        pressed = ladder_desk.press(ask, them, noted, marke)
    except BadInput as error:
        return _page(ask, error={"field": f"nummer-{them.code}", "text": error.sentence}, typed={them.code: nummer})
    return go(HERE, done="sparat" if pressed else "redan")


def _page(ask: Ask, *, error: Data | None = None, typed: Mapping[str, str] | None = None) -> Response:
    turns = ladder_desk.turns(ask, "find_number")
    data = {
        "total": ladder_lists.count_due(ask.session, ask.office_ids, "find_number", ask.now),
        "rows": [_row(ask, turn, (typed or {}).get(turn.person.code, "")) for turn in turns],
        "sources": _sources(ask),
        "last": ladder_desk.last_done(ask),
        "empty": ladder_desk.empty(ask, "find_number"),
        "errors": [error] if error else [],
        "error": {error["field"]: error["text"]} if error else {},
    }
    return requests.page(ask, "trappan_nummer.html", title="Leta nummer", status_code=422 if error else 200, r=data)


def _row(ask: Ask, turn: Turn, typed: str) -> Data:
    shown = ladder_desk.row(ask, turn)
    looked = [one for one in storage.tasks.attempts(ask.session, turn.person.id) if one.kind == "look_up"]
    grown = shown["age"] is not None and shown["age"] >= ladder_rules.OF_AGE
    sources = [source for source in SOURCES if not (grown and source == _GUARDIAN)]
    return {**shown, "looked": _looked(looked), "sources": sources, "next": _next(sources, looked), "typed": typed}


def _looked(looked: Sequence[Attempt]) -> str:
    """Sökt: öppen nummertjänst 2 gånger, skola 1 gång."""
    counts = Counter(one.source or "okänd källa" for one in looked)
    said = [f"{source} {count} {'gång' if count == 1 else 'gånger'}" for source, count in counts.items()]
    return f"Sökt: {', '.join(said)}" if said else "Inte sökt ännu"


def _next(sources: Sequence[str], looked: Sequence[Attempt]) -> str:
    """The source whose turn it is: the first that has been tried least."""
    counts = Counter(one.source for one in looked)
    return min(sources, key=lambda source: counts[source])


def _sources(ask: Ask) -> list[Data]:
    """Looked, found, and found numbers that somebody has answered at or a text has reached, by source."""
    tally: dict[str, Data] = {}
    since = ask.now - FOUND_WITHIN
    for source, result, standing, count in storage.ladder_queue.look_ups(ask.session, ask.office_ids, since):
        row = tally.setdefault(source or "okänd källa", {"looked": 0, "found": 0, "valid": 0})
        row["looked"] += count
        row["found"] += count * (result == "found")
        row["valid"] += count * (standing in ("works", "confirmed"))
    return [{"source": source.capitalize(), **row} for source, row in sorted(tally.items())]
