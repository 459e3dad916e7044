"""Senast gjort: what one has done for a day, where it stands, and the way back where there is one (ux §3)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.audit
from bot import requests
from bot.console import log, log_words
from bot.requests import Ask, Reading
from outreach import ladder_undo, talk_outcomes
from storage.audit import AuditEvent, Sought
from storage.local_time import local
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
A_DAY, MOST = timedelta(hours=24), 50
# Reading is nobody's doing to take back, and what one does with one's own account is said there.
_GROUPS = [group for group in log_words.GROUPS if group not in ("lasning", "inloggning")]
_DOINGS = [action for group in _GROUPS for action in log_words.actions_of(group)]
# Where a thing that is not a person stands, by what the log calls its code; its own way back is there.
_PLACES: Mapping[str, str] = {
    "campaign": "/utskick/{}", "run": "/register/import/{}", "batch": "/trappan/vykort/{}",
    "conversation": "/inkorg/{}",
}  # fmt: skip


@routes.get("/senast-gjort")
def page(ask: Reading) -> Response:
    """One's own doings, newest first."""
    ask.needs("inbox", "campaigns", "settings")
    sought = Sought(
        ask.now - A_DAY, ask.now + timedelta(seconds=1), staff_id=ask.who.staff.id, actions=_DOINGS,
        office_ids=ask.who.office_ids,
    )  # fmt: skip
    found = storage.audit.found(ask.session, sought, first=1, most=MOST)
    # Whoever one may not know of any more, or who has been erased, has no line here.
    known = [line for line in found if _may_say(ask, *line)]
    rows = [_row(ask, event, person) for event, person in known]
    return requests.page(ask, "senast_gjort.html", title="Senast gjort", done={"rows": rows, "undo": _undo(ask)})


def _may_say(ask: Ask, event: AuditEvent, person: Person | None) -> bool:
    if person is None:
        return event.person_id is None
    return log.name_of(ask, person) != log.SOMEBODY


def _row(ask: Ask, event: AuditEvent, person: Person | None) -> Data:
    place = next((path.format(event.detail[name]) for name, path in _PLACES.items() if name in event.detail), "")
    if person is not None:
        place = place or f"/register/{person.code}"
    who = log.name_of(ask, person) if person is not None else ""
    return {"at": local(event.at), "what": log_words.say(event.action), "who": who, "href": place}


def _undo(ask: Ask) -> Data | None:
    """The latest press on somebody's outcome, while it can be taken back."""
    pressed = talk_outcomes.last(ask.session, ask.who.staff, ask.now)
    if pressed is not None:
        return {"what": talk_outcomes.IN_WORDS[pressed.kind], "action": "/inkorg/utfall/angra"}
    person = ladder_undo.last(ask.session, ask.who.staff, ask.now)
    return {"what": "Utfallet i kontakttrappan", "action": "/trappan/angra"} if person is not None else None
