"""A day or a span of days as a line names it, and what all its readers need."""

from dataclasses import dataclass
from datetime import date, timedelta
from re import Match

# What must be asked back.
PAST, WHICH_WEEK, NO_SUCH_DATE, MISMATCH = "past", "which_week", "no_such_date", "mismatch"

# A date or a week without a year that passed this recently was meant, and is asked about; one further back is next
# year's.
RECENT = timedelta(days=180)
# "Efter den 15" is as long as "efter jul": whoever says it can meet then and later on.
LATER_ON = timedelta(days=13)


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both counted, spoken of between `start` and `end` in the line.

    `ask` says what is unclear; the days are then only a guess, and `either` the other day that may be meant.
    `is_day` tells a day from a week or a longer span, `is_list` several days named one by one from a span of them;
    `is_week` is one whole week, `is_in_week` a weekday of a week that was named. `is_offset` is true of "imorgon",
    `is_gone` of "igår" and its like. `is_negated` and `is_busy` tell days that do not suit, the latter only by what is
    done on them ("jobbar på fredag"); `is_preferred` those that suit best.
    """

    start: int
    end: int
    first: date
    last: date
    ask: str = ""
    either: date | None = None
    is_day: bool = True
    is_weekday: bool = False
    is_offset: bool = False
    is_week: bool = False
    is_in_week: bool = False
    is_list: bool = False
    is_gone: bool = False
    is_negated: bool = False
    is_busy: bool = False
    is_preferred: bool = False


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def dated(match: Match[str], day: date, today: date) -> Days:
    return Days(match.start(), match.end(), day, day, PAST if day < today else "")


def span(match: Match[str], first: date, last: date, ask: str = "", *, is_week: bool = False) -> Days:
    return Days(match.start(), match.end(), first, last, ask, is_day=False, is_week=is_week)


def week_monday(week: int, today: date) -> date | None:
    """The Monday of this ISO week this year, or next year when it is long past; None for no such week."""
    try:
        monday = date.fromisocalendar(today.isocalendar().year, week, 1)
        if today - monday > RECENT:
            return date.fromisocalendar(today.isocalendar().year + 1, week, 1)
    except ValueError:
        return None
    return monday
