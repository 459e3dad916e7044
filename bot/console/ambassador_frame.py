"""What the ambassador's pages share: who may come, how a meeting is shown, that a press counts once (ux §4.13)."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from fastapi.responses import Response

import storage.ambassadors
import storage.gatherings
import storage.meetings
import storage.signups
from bot import requests
from bot.requests import Ask
from outreach import ambassadors, gathering_plans, gatherings, phone_numbers
from storage.codes import new_code
from storage.local_time import local
from storage.meetings import Slot

HERE = "/a"
Data = dict[str, Any]
# From an hour before until it ends it is the day's work to see who comes; then, for some days, what came of it.
SOON, AFTERWARDS = timedelta(hours=1), timedelta(days=3)
BACK, AHEAD = timedelta(days=60), timedelta(days=365)
# The one thing to do now, by where the meeting is: what it says, and under which address of the meeting's.
PRIMARY = {"before": ("Dela", "dela"), "during": ("Vilka kommer", "vilka"), "after": ("Efter mötet", "efter")}


def mine(ask: Ask) -> Ask:
    """The same, for whoever is an ambassador at those offices where they are. Raises NotAllowed."""
    ask.needs("own_meetings")
    return ask


def own(ask: Ask, code: str) -> Slot:
    """A meeting one leads. Raises NotFound for anything else."""
    return ambassadors.own_meeting(ask.session, mine(ask).who, code)


def page(
    ask: Ask, template: str, *, title: str, back: str = HERE, status_code: int = 200, **data: object
) -> Response:  # fmt: skip
    """A page on the phone: one thing, a way back, no menus."""
    frame = {"back": back, "owner": ask.who.staff.code, "key": new_code}
    return requests.page(ask, template, title=title, status_code=status_code, frame=frame, **data)


def once(ask: Ask, key: str, act: Callable[[], object]) -> None:
    """Do it, unless an entry with this key has been taken already; what is refused is not taken."""
    with ask.session.begin_nested():
        if ambassadors.first_time(ask.session, ask.who.staff, key, now=ask.now):
            act()


def address(slot: Slot, *parts: str) -> str:
    """Where a meeting, or a page of its own, is."""
    return "/".join((HERE, "mote", slot.code, *parts))


def moment_of(ask: Ask, slot: Slot) -> str:
    """Whether it is before, during or after the meeting."""
    if ask.now >= slot.ends_at:
        return "after"
    return "during" if ask.now >= slot.starts_at - SOON else "before"


def meetings(ask: Ask) -> list[Slot]:
    """One's meetings of the last months and those ahead, in order."""
    return ambassadors.own_meetings(ask.session, ask.who, ask.now - BACK, ask.now + AHEAD)


def cards(ask: Ask, slots: Iterable[Slot]) -> list[Data]:
    """Meetings as they are shown."""
    listed = list(slots)
    ids = [slot.id for slot in listed]
    seats, taken = storage.gatherings.seats(ask.session, ids), storage.gatherings.taken(ask.session, ids)
    line = storage.gatherings.in_line(ask.session, ids)
    return [_card(ask, slot, seats.get(slot.id, 0), taken.get(slot.id, 0), line.get(slot.id, 0)) for slot in listed]


def _card(ask: Ask, slot: Slot, seats: int, taken: int, line: int) -> Data:
    row = gatherings.terms(ask.session, slot)
    state = gathering_plans.state(slot, row, seats - taken, ask.now)
    moment = moment_of(ask, slot)
    label, part = PRIMARY[moment]
    waiting = f", {line} i reserv" if line else ""
    return {
        "code": slot.code, "href": address(slot), "title": slot.title or "Dialogmöte", "topic": slot.topic,
        "at": local(slot.starts_at), "ends": local(slot.ends_at), "place": slot.place,
        "words": f"{taken} av {seats} anmälda{waiting}", "state": state,
        "state_words": gathering_plans.STATES[state], "open": row.published_at is not None, "moment": moment,
        "off": slot.called_off_at is not None, "primary": {"label": label, "href": address(slot, part)},
        "done": row.closed_at is not None or bool(row.good or row.missing or row.wanted),
        "short_code": slot.short_code or "",
    }  # fmt: skip


def supervisor(ask: Ask) -> Data | None:
    """Whom to call: the first name and the number of one's supervisor."""
    leads = ambassadors.supervisor(ask.session, ask.who.staff)
    if leads is None:
        return None
    shown = phone_numbers.show(leads.phone) if leads.phone else ""
    return {"first_name": leads.first_name, "phone": leads.phone, "shown": shown}


def first_card(rows: list[Data], ask: Ask) -> Data | None:
    """The meeting to begin with: one under way or whose afterwards is to be written, else the next one."""
    stands = [row for row in rows if not row["off"]]
    due = [row for row in stands if row["open"] and row["moment"] == "after" and not row["done"]
           and row["ends"] > ask.now - AFTERWARDS]  # fmt: skip
    ahead = [row for row in stands if row["moment"] != "after"]
    under_way = [row for row in ahead if row["moment"] == "during"]
    return next(iter([*under_way, *due, *ahead]), None)
