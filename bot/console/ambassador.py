"""The ambassador's own start page on the phone, and what belongs to no meeting: what to share, help, help given to
others, and what the phone itself asks for (ux §4.13).
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

import storage.offices
import storage.other_help
import storage.settings
from bot.console import ambassador_frame as frame
from bot.requests import Reading, Writing, go
from outreach import help_lines, other_help
from outreach.errors import NotFound
from storage.local_time import local_date

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
HERE = frame.HERE
_WORKER = Path(__file__).parents[1] / "static" / "ambassador-worker.js"
SHOWN = 5
# Stands first on the page, by itself.
EMERGENCY = "112"


@routes.get("/a/worker.js")
def worker() -> Response:
    """The service worker: served from here so that it may answer for /a. It is the same for everybody."""
    headers = {"service-worker-allowed": HERE, "cache-control": "no-cache"}
    return Response(_WORKER.read_bytes(), media_type="text/javascript", headers=headers)


@routes.get("/a/vaken")
def awake(ask: Reading) -> Response:
    """Who is signed in here, and by which token forms are sent: asked when the network is back."""
    frame.mine(ask)
    return JSONResponse({"owner": ask.who.staff.code, "csrf": ask.who.csrf})


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Mina möten: the next one as a card."""
    frame.mine(ask)
    rows = frame.cards(ask, frame.meetings(ask))
    first = frame.first_card(rows, ask)
    ahead = [row for row in rows if row["moment"] != "after" and row is not first and not row["off"]]
    past = [row for row in reversed(rows) if row["moment"] == "after" and row is not first]
    data = {"card": first, "ahead": ahead, "past": past[:SHOWN], "name": ask.who.staff.first_name}
    return frame.page(ask, "a_start.html", title="Mina möten", back="", a=data)


@routes.get("/a/dela")
def share(ask: Reading) -> Response:
    """Which of one's meetings to share."""
    frame.mine(ask)
    rows = [row for row in frame.cards(ask, frame.meetings(ask)) if row["moment"] != "after" and row["open"]]
    return frame.page(ask, "a_dela_vilket.html", title="Dela", a={"rows": [row for row in rows if not row["off"]]})


@routes.get("/a/hjalp")
def help_and_safety(ask: Reading) -> Response:
    """Hjälp och trygghet: whom to call, what to do in danger, what not to promise."""
    frame.mine(ask)
    offices = [storage.offices.get(ask.session, office_id) for office_id in ask.who.office_ids]
    data = {
        "supervisor": frame.supervisor(ask),
        "offices": [{"name": office.name, "phone": office.phone} for office in offices if office.phone],
        "lines": [
            {"name": line.name, "number": line.number, "hours": line.hours, "whom": help_lines.for_whom(line)}
            for line in storage.settings.help_lines(ask.session)
            if line.number != EMERGENCY
        ],
    }
    return frame.page(ask, "a_hjalp.html", title="Hjälp och trygghet", a=data)


@routes.get("/a/annan")
def others(ask: Reading) -> Response:
    """Help to somebody outside the target group: one press, a count and no more."""
    frame.mine(ask)
    today = local_date(ask.now)
    latest = [
        row
        for row in storage.other_help.latest(ask.session, ask.who.office_ids, SHOWN * SHOWN)
        if row.noted_by_id == ask.who.staff.id and row.on == today
    ]
    counted = {kind: sum(row.how_many for row in latest if row.what == kind) for kind in other_help.KINDS}
    data = {"kinds": counted, "last": latest[0].code if latest else ""}
    return frame.page(ask, "a_annan.html", title="Annan målgrupp", a=data)


@routes.post("/a/annan")
def count_other(ask: Writing, vad: Text = "", nyckel: Text = "") -> Response:
    """One more."""
    office = frame.mine(ask).who.offices[0]
    frame.once(ask, nyckel, lambda: other_help.note(
        ask.session, office, ask.who.staff, on=local_date(ask.now), what=vad, how_many=1, now=ask.now
    ))  # fmt: skip
    return go("/a/annan")


@routes.post("/a/annan/angra")
def undo_other(ask: Writing, rad: Text = "") -> Response:
    """The last one was a mistake."""
    frame.mine(ask)
    row = storage.other_help.by_code(ask.session, rad)
    if row is None or row.noted_by_id != ask.who.staff.id:
        raise NotFound("Raden finns inte kvar.")
    other_help.undo(ask.session, row, ask.who.staff, now=ask.now)
    return go("/a/annan")
