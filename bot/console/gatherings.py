"""Dialogmöten: the list, a new meeting or a copy of an old one, changing one, and the unit's rules (ux §4.12)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.audit
import storage.gatherings
import storage.meetings
import storage.settings
import storage.staff
from bot import requests, shown
from bot.console import ambassador_desk, gathering_form
from bot.conversation import gathering_texts
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import gathering_changes, gathering_plans, gatherings
from outreach.errors import BadInput, NotFound
from storage.gatherings import Gathering
from storage.local_time import local
from storage.meetings import Slot
from storage.offices import Office

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/dialogmoten"
TABS = {"kommande": "Kommande", "genomforda": "Genomförda", "installda": "Inställda"}
# The list goes back a year and a half: last year's season can be copied.
BACK, AHEAD = timedelta(days=550), timedelta(days=550)
SHOWN = 100
KINDS = {
    "draft": "rests", "asked": "needs", "published": "waits", "full": "done", "called_off": "stop", "held": "done",
}  # fmt: skip
RULES = {"okej": gathering_plans.WANTS_OKAY, "staller_in": gathering_plans.CALLS_OFF}


@routes.get(HERE)
def page(ask: Reading, visa: str = "kommande") -> Response:
    """Every meeting of the offices, those ahead first to come first."""
    ask.needs("gatherings")
    visa = visa if visa in TABS else "kommande"
    rows = rows_of(ask, ask.now - BACK, ask.now + AHEAD)
    by_tab = {name: [row for row in rows if row["tab"] == name] for name in TABS}
    listed = by_tab[visa] if visa == "kommande" else by_tab[visa][::-1]
    data = {
        "rows": listed[:SHOWN],
        "tabs": [{"label": label, "href": f"{HERE}?visa={name}", "current": name == visa, "count": len(by_tab[name])}
                 for name, label in TABS.items()],
        "ahead": len(by_tab["kommande"]), "view": visa,
        "ambassadors": ambassador_desk.count_waiting(ask) if ask.who.may("campaigns") else None,
        "last": next((row["code"] for row in reversed(rows)), ""),
        "rules": {name: bool(storage.settings.read(ask.session, key)) for name, key in RULES.items()}
        if ask.leads_everywhere else None,
    }  # fmt: skip
    return requests.page(ask, "dialogmoten.html", title="Dialogmöten", d=data)


@routes.post(HERE + "/regler")
def rules(ask: Writing, okej: Text = "", staller_in: Text = "") -> Response:
    """Whether ambassadors' meetings wait for a yes, and whether one with too few is called off by itself."""
    ask.needs_everywhere()
    for key, wanted in ((RULES["okej"], okej == "ja"), (RULES["staller_in"], staller_in == "ja")):
        before = bool(storage.settings.read(ask.session, key))
        if before != wanted:
            staff_id = ask.who.staff.id
            storage.settings.write(ask.session, key, wanted, now=ask.now, staff_id=staff_id)
            storage.settings.note_change(ask.session, key, before, wanted, now=ask.now, staff_id=staff_id)
            storage.audit.write(ask.session, "setting_changed", now=ask.now, staff_id=staff_id, key=key)
    return go(HERE, done="sparat")


@routes.get(HERE + "/nytt")
def new(ask: Reading, kopia: str = "") -> Response:
    """The form, empty or filled with an old meeting a week later."""
    ask.needs("gatherings")
    if kopia:
        old = find(ask, kopia)
        plan = gathering_plans.copy_of(ask.session, old, ask.now)
        return _form(ask, office_of_meeting(ask, old), gathering_form.typed(plan))
    return _form(ask, gathering_form.office_of(ask, ""), gathering_form.USUAL)


@routes.post(HERE + "/nytt")
def make(ask: Writing, form: Written) -> Response:
    """Keep a draft."""
    ask.needs("gatherings")
    office = gathering_form.office_of(ask, form.get("kontor", ""))
    try:
        with ask.session.begin_nested():
            plan = gathering_form.read(ask, office, form)
            slot = gathering_plans.make(ask.session, office.id, plan, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _form(ask, office, form, error=error)
    return go(f"{HERE}/{slot.code}", done="utkast_dialog")


@routes.get(HERE + "/{code}/andra")
def edit(ask: Reading, code: str) -> Response:
    """The form with what stands now."""
    slot = find(ask, code)
    typed = gathering_form.typed(gathering_plans.plan_of(ask.session, slot))
    return _form(ask, office_of_meeting(ask, slot), typed, slot=slot)


@routes.post(HERE + "/{code}/andra")
def change(ask: Writing, code: str, form: Written) -> Response:
    """Keep the change; whoever it concerns is told."""
    slot = find(ask, code)
    office = office_of_meeting(ask, slot)
    try:
        with ask.session.begin_nested():
            plan = gathering_form.read(ask, office, form)
            told = gathering_changes.change(ask.session, slot, plan, ask.who.staff, gathering_texts.write, now=ask.now)
    except BadInput as error:
        return _form(ask, office, form, slot=slot, error=error)
    return go(f"{HERE}/{slot.code}", done="flyttad_dialog" if told else "sparat")


def find(ask: Ask, code: str) -> Slot:
    """The dialog meeting that an address means, at one of one's own offices. Raises NotFound."""
    ask.needs("gatherings")
    slot = storage.meetings.slot_by_code(ask.session, code)
    if slot is None or slot.kind != "dialog" or slot.office_id not in ask.who.office_ids:
        raise NotFound("Dialogmötet finns inte kvar.")
    return slot


def office_of_meeting(ask: Ask, slot: Slot) -> Office:
    """The office of a meeting."""
    return next(one for one in ask.who.offices if one.id == slot.office_id)


def rows_of(ask: Ask, since: datetime, until: datetime) -> list[Data]:
    """The offices' meetings in a period, in order, as rows."""
    slots = storage.gatherings.of_offices(ask.session, ask.office_ids, since=since, until=until)
    ids = [slot.id for slot in slots]
    numbers = Numbers(ask, ids)
    names = storage.staff.names(ask.session)
    return [_row(ask, slot, numbers, names) for slot in slots]


class Numbers:
    """Seats, taken ones and the line of many meetings, asked for at once."""

    def __init__(self, ask: Ask, ids: list[int]) -> None:
        self.seats = storage.gatherings.seats(ask.session, ids)
        self.taken = storage.gatherings.taken(ask.session, ids)
        self.in_line = storage.gatherings.in_line(ask.session, ids)
        self.rows = storage.gatherings.of_slots(ask.session, ids)


def _row(ask: Ask, slot: Slot, numbers: Numbers, names: Mapping[int, str]) -> Data:
    row = numbers.rows.get(slot.id) or gatherings.terms(ask.session, slot)
    seats, taken = numbers.seats.get(slot.id, 0), numbers.taken.get(slot.id, 0)
    stands = gathering_plans.state(slot, row, seats - taken, ask.now)
    return {
        "code": slot.code, "href": f"{HERE}/{slot.code}",
        "at": slot.starts_at, "clock": shown.time_text(slot.starts_at),
        "until": shown.time_text(slot.ends_at), "title": slot.title, "topic": slot.topic, "place": slot.place,
        "leader": names.get(slot.staff_id or 0, "").split(" ")[0], "taken": taken, "seats": seats,
        "in_line": numbers.in_line.get(slot.id, 0),
        "state": {"kind": KINDS[stands], "text": gathering_plans.STATES[stands]},
        "why": _waits(row, stands),
        "tab": _tab(slot, stands, ask.now),
        "week": shown.week(local(slot.starts_at)),
    }  # fmt: skip


def _tab(slot: Slot, stands: str, now: datetime) -> str:
    """Where it is listed; a draft whose day has been came to nothing, like one that was called off."""
    if stands == "called_off" or slot.ends_at <= now and stands in ("draft", "asked"):
        return "installda"
    return "genomforda" if stands == "held" else "kommande"


def _waits(row: Gathering, stands: str) -> str:
    """What somebody must do about it; empty where nothing waits."""
    if row.decision == "asked" and stands in ("published", "full"):
        return "Färre anmälda än ni ville. Ska det bli av?"
    if stands == "asked":
        return "Ambassadören väntar på ditt okej."
    return "Närvaro saknas" if stands == "held" and row.closed_at is None else ""


def _form(
    ask: Ask, office: Office, form: Mapping[str, str], *, slot: Slot | None = None, error: BadInput | None = None
) -> Response:
    data = gathering_form.shown(ask, office, form, error) | {
        "action": f"{HERE}/{slot.code}/andra" if slot is not None else f"{HERE}/nytt",
        "back": f"{HERE}/{slot.code}" if slot is not None else HERE,
        "announced": slot is not None and slot.short_code is not None,
        "standing": slot is not None and storage.gatherings.any_standing(ask.session, slot.id),
    }
    crumbs = [{"label": "Dialogmöten", "href": HERE}]
    title = "Ändra dialogmöte" if slot is not None else "Nytt dialogmöte"
    return requests.page(
        ask, "dialogmote_form.html", title=title, status_code=422 if error else 200, f=data, frame={"crumbs": crumbs}
    )
