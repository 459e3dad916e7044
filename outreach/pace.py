"""When each text of a campaign leaves: planned when it is queued, so that no process has to ask another how fast
it may go.

A sender's time is a row of slots, one text in each: at 30 a second, thirty slots a second. A campaign takes the first
slots that no other campaign has taken; so the pace holds for the sender, however many campaigns there are. Answers are
not counted and overtake.
"""

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from outreach import quiet_hours
from storage.local_time import STOCKHOLM, local, local_date

# Slots are counted from here; a late beginning keeps the fractions of a second exact.
_BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
# A moment this small a part of a slot late is in the slot: clocks count whole microseconds.
_ROUNDING = 1e-3
_ALL_DAY = timedelta(days=1)


def spread(
    count: int, start_at: datetime, *, per_day: int, per_second: float, rule: quiet_hours.Rule, today: int = 0,
    taken: Iterable[datetime] = (),
) -> Iterator[datetime]:  # fmt: skip
    """`count` moments from the first allowed one on, all in allowed hours; at most `per_day` a day, of which `today`
    have gone on the day of `start_at`, and `per_second` a second beside what is `taken` (0 = no limit).
    """
    busy = {_slot(moment, per_second) for moment in taken} if per_second else set()
    moment, day, on_day = start_at, local_date(start_at), today
    for _ in range(count):
        moment = _free(moment, busy, per_second, rule)
        day, on_day = (day, on_day) if local_date(moment) == day else (local_date(moment), 0)
        if per_day and on_day >= per_day:
            moment = _free(_next_morning(moment), busy, per_second, rule)
            day, on_day = local_date(moment), 0
        yield moment
        on_day += 1
        if per_second:
            busy.add(_slot(moment, per_second))


def _free(moment: datetime, busy: Collection[int], per_second: float, rule: quiet_hours.Rule) -> datetime:
    """The first allowed moment, and the first free slot, from a moment on."""
    moment = quiet_hours.next_allowed(moment, rule=rule)
    if not per_second:
        return moment
    slot = math.ceil((moment - _BEGINNING).total_seconds() * per_second - _ROUNDING)
    while slot in busy:
        slot += 1
    begins = _BEGINNING + timedelta(seconds=slot / per_second)
    allowed = quiet_hours.next_allowed(begins, rule=rule)
    return begins if allowed == begins else _free(allowed, busy, per_second, rule)


def _slot(moment: datetime, per_second: float) -> int:
    return round((moment - _BEGINNING).total_seconds() * per_second)


def stale_after(send_after: datetime, *, rule: quiet_hours.Rule = "office") -> datetime:
    """Late is worse than never: a text planned for one day is not sent on another. Where texts may leave at any hour
    no evening cuts the day, and it is 24 hours long.
    """
    return send_after + _ALL_DAY if rule == "always" else _next_morning(send_after)


def _next_morning(moment: datetime) -> datetime:
    tomorrow = local(moment).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=STOCKHOLM).astimezone(moment.tzinfo)
