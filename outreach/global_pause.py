"""The switch that pauses all sending: who turned it, when and why.

While it is on, only three things leave: help in a crisis, the one confirmation of a stop, and what a member of staff
writes. Everything else waits, also the service's own answers: when something is wrong with what it says, it must be
silent. What waits goes on at the gate when the switch is turned back; what has become too old by then does not.
"""

from dataclasses import dataclass
from datetime import datetime

import storage.audit
import storage.campaigns
import storage.settings
from outreach import campaigns, halts
from outreach.gate import Rules
from storage.database import Session

KEY = "global_pause"
LONGEST_WHY = 300


@dataclass(frozen=True, slots=True)
class Pause:
    """All sending is paused since then; `by_id` is None where the command line did it."""

    since: datetime
    by_id: int | None
    why: str


def current(session: Session) -> Pause | None:
    """The pause that is on, or None."""
    row = storage.settings.read(session, KEY)
    return Pause(datetime.fromisoformat(row["since"]), row["by"], row["why"]) if row else None


def turn_on(session: Session, *, why: str, now: datetime, staff_id: int | None = None) -> bool:
    """Pause everything whose call has not begun. False when it was already so: the first stands."""
    if current(session) is not None:
        return False
    why = " ".join(why.split())[:LONGEST_WHY]
    row = {"since": now.isoformat(), "by": staff_id, "why": why}
    storage.settings.write(session, KEY, row, now=now, staff_id=staff_id)
    storage.audit.write(session, "global_pause_on", now=now, staff_id=staff_id, actor=_actor(staff_id), why=why)
    return True


def turn_off(session: Session, rules: Rules, *, now: datetime, staff_id: int | None = None) -> bool:
    """Let everything go on. Running campaigns go on by their pace and not in one burst; one that a day's end has cut
    meanwhile asks first (`halts.cut_by_evening`). False when nothing was paused.
    """
    if current(session) is None:
        return False
    storage.settings.write(session, KEY, None, now=now, staff_id=staff_id)
    for campaign in storage.campaigns.in_states(session, ("running",)):
        if not halts.cut_by_evening(session, campaign, rules, now=now):
            campaigns.plan_anew(session, campaign, rules, now=now)
    storage.audit.write(session, "global_pause_off", now=now, staff_id=staff_id, actor=_actor(staff_id))
    return True


def _actor(staff_id: int | None) -> str:
    return "" if staff_id else "kommandoraden"
