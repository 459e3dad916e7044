"""What a button on a call card means: one value says the whole outcome, so that a press is enough (ux §4.10)."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import storage.meetings
from bot import shown
from bot.console import typed_times
from bot.requests import Ask, whole
from outreach import ladder_rules
from outreach.errors import BadInput
from outreach.ladder_notes import Noted
from storage.local_time import STOCKHOLM, local_date
from storage.tasks import TALKED

# Hours at which somebody is rung who wants to be rung another day.
_HOURS = (("förmiddag", time(9)), ("eftermiddag", time(13)), ("sen eftermiddag", time(16)))
THINKS = ((7, "en vecka"), (14, "två veckor"), (30, "en månad"))
ASIDE = ((30, "Om 30 minuter"), (120, "Om 2 timmar"))
_MOST_DAYS = 365
_PLAIN = {
    "inte": Noted("ring", "no_answer"),
    "upptaget": Noted("ring", "busy"),
    "fel": Noted("ring", "wrong_number"),
    "jobbar": Noted("ring", TALKED, then="occupied", occupation="work"),
    "pluggar": Noted("ring", TALKED, then="occupied", occupation="studies"),
    "nej": Noted("ring", TALKED, then="declined"),
    "sparr": Noted("ring", TALKED, then="blocked"),
}


def read(ask: Ask, pressed: str, number: str, text: str) -> Noted:
    """What was pressed. Raises BadInput where nothing was, or for a time that is none."""
    kind, _, value = pressed.partition(":")
    if kind == "tid":
        slot = storage.meetings.slot_by_code(ask.session, value)
        noted = Noted("ring", TALKED, then="booked", slot_id=slot.id if slot is not None else None)
    elif kind == "tank":
        days = min(whole(value) or THINKS[0][0], _MOST_DAYS)
        noted = Noted("ring", TALKED, then="thinks", until=ask.now + timedelta(days=days))
    elif kind == "senare":
        noted = Noted("ring", "later", until=_moment(value))
    elif kind in _PLAIN:
        noted = _PLAIN[kind]
    else:
        raise BadInput("Välj vad som hände.")
    return replace(noted, number=number, text=text)


def aside_until(ask: Ask, pressed: str) -> datetime | None:
    """Until when the card is put aside today; None where the press means something else."""
    kind, _, value = pressed.partition(":")
    if kind == "i-dag":
        return _moment(value)
    return ask.now + timedelta(minutes=min(whole(value) or ASIDE[0][0], 24 * 60)) if kind == "undan" else None


def later(now: datetime) -> list[tuple[str, str]]:
    """When to ring another day, as (value, words)."""
    day = ladder_rules.working_day(local_date(now) + timedelta(days=1))
    return [
        (f"senare:{typed_times.moment(day, hour).isoformat()}", f"{shown.relative_day(day, now).capitalize()}, {word}")
        for word, hour in _HOURS
    ]


def typed(ask: Ask, day: str, clock: str) -> str:
    """The value of a day and an hour that somebody typed; an hour alone is one of today. Raises BadInput in plain
    words.
    """
    today = local_date(ask.now)
    on = typed_times.read_day(day, today) if day.strip() or not clock.strip() else today
    if on == today and not clock.strip():
        raise BadInput("Skriv vilken tid i dag du vill ringa, till exempel 15.00.")
    if on < today:
        raise BadInput("Dagen har redan varit. Välj en dag framåt.")
    moment = typed_times.moment(on, typed_times.read_clock(clock or "9"))
    return f"{'i-dag' if on == today else 'senare'}:{moment.isoformat()}"


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise BadInput("Välj när du vill ringa.") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=STOCKHOLM)
