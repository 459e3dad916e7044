"""When each text of a campaign leaves: planned when it is queued, so that no process has to ask another how fast
it may go.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from outreach import quiet_hours
from storage.local_time import STOCKHOLM, local


def spread(
    count: int, start_at: datetime, *, per_day: int, per_second: float, rule: quiet_hours.Rule
) -> Iterator[datetime]:
    """`count` moments from the first allowed one on, all in allowed hours; at most `per_day` a day and `per_second` a
    second (0 = no limit).
    """
    gap = timedelta(seconds=1 / per_second) if per_second else timedelta()
    moment = quiet_hours.next_allowed(start_at, rule=rule)
    for index in range(count):
        if per_day and index and index % per_day == 0:
            moment = _next_morning(moment)
        moment = quiet_hours.next_allowed(moment, rule=rule)
        yield moment
        moment += gap


def stale_after(send_after: datetime) -> datetime:
    """Late is worse than never: a text planned for one day is not sent on another."""
    return _next_morning(send_after)


def _next_morning(moment: datetime) -> datetime:
    tomorrow = local(moment).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=STOCKHOLM).astimezone(moment.tzinfo)
