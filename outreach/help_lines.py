"""The help lines that crisis texts name: their numbers, and when somebody last checked that they answer (domain C3)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import storage.audit
import storage.settings
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local_date
from storage.settings import HelpLine

CHECKED_ON = date(2026, 11, 1)
# Name, number as the crisis texts were written with it, and the ages that it is for. All answer day and night.
DEFAULTS = (
    ("Akut fara", "112", 0, 200),
    ("Bris", "116 111", 0, 18),
    ("Hjälplinjen", "90 390", 18, 200),
    ("1177 Vårdguiden", "1177", 0, 200),
    ("Kvinnofridslinjen", "020-50 50 50", 0, 200),
)
KEY = "help_line:"
ALWAYS_OPEN = "dygnet runt"
CHECK_AFTER = timedelta(days=180)
_OLDEST, LONGEST_HOURS = 200, 60
# A longer number could cost one part more.
_NUMBER = re.compile(r"\d(?:[ -]?\d){1,12}")
LONGEST_NUMBER = 14
SHORTEST_NAME, LONGEST_NAME = 2, 40
# Whom a line of one's own can be for.
AGES = {"alla": (0, _OLDEST), "under18": (0, 18), "fran18": (18, _OLDEST)}


def ensure_defaults(session: Session, now: datetime) -> None:
    """Give an installation the help lines it lacks; one that staff have changed is left as it is."""
    known = {line.name for line in storage.settings.help_lines(session)}
    verified_on = min(CHECKED_ON, local_date(now))
    for name, number, age_from, age_below in DEFAULTS:
        if name not in known:
            line = HelpLine(name=name, number=number, age_from=age_from, age_below=age_below, verified_on=verified_on)
            storage.settings.keep_help_line(session, line)


def changed_numbers(session: Session) -> Mapping[str, str]:
    """The numbers that have changed since the crisis texts were written: old -> new."""
    now = {line.name: line.number for line in storage.settings.help_lines(session)}
    return {number: now[name] for name, number, *_ in DEFAULTS if now.get(name, number) != number}


def needs_check(line: HelpLine, today: date) -> bool:
    """Whether nobody has checked for half a year that the line answers."""
    return today - line.verified_on > CHECK_AFTER


def faults(session: Session, today: date) -> Sequence[str]:
    """What is wrong with the help lines, in sentences."""
    lines = storage.settings.help_lines(session)
    unchecked = [line.name for line in lines if needs_check(line, today)]
    closed = [line.name for line in lines if contradicts_text(line)]
    return [
        *([f"Hjälplinjer som ingen har kontrollerat på 180 dagar: {', '.join(unchecked)}."] if unchecked else []),
        *([f"Texterna säger att {name} svarar dygnet runt, men det gör den inte." for name in closed]),
    ]


def contradicts_text(line: HelpLine) -> bool:
    """Whether a line that the texts call open day and night is not."""
    return not is_own(line) and line.hours.casefold() != ALWAYS_OPEN


def check(session: Session, line: HelpLine, *, now: datetime, staff_id: int) -> None:
    """Somebody has called the line today, and it is what it is said to be."""
    before = line.verified_on.isoformat()
    line.verified_on = local_date(now)
    storage.settings.keep_help_line(session, line)
    lasts = {"number": line.number, "hours": line.hours}
    storage.settings.note_if_changed(
        session, f"{KEY}{line.id}", {**lasts, "verified_on": before},
        {**lasts, "verified_on": line.verified_on.isoformat()}, now=now, staff_id=staff_id,
    )  # fmt: skip
    storage.audit.write(session, "help_line_checked", now=now, staff_id=staff_id, line=line.id)


def change(session: Session, line: HelpLine, *, number: str, hours: str, now: datetime, staff_id: int) -> None:
    """Change a line; whoever types its number has just checked it. The name and the ages stand in the texts' own words,
    and are not changed here. Raises BadInput for what cannot be a number.
    """
    number, hours = _number(number), _hours(hours)
    if line.name == DEFAULTS[0][0] and number != "112":
        raise BadInput("Numret till SOS Alarm är 112 och ändras inte här.")
    before = {"number": line.number, "hours": line.hours, "verified_on": line.verified_on.isoformat()}
    after = {"number": number, "hours": hours, "verified_on": local_date(now).isoformat()}
    if (line.number, line.hours) != (number, hours):
        storage.settings.note_change(session, f"{KEY}{line.id}", before, after, now=now, staff_id=staff_id)
    line.number, line.hours, line.verified_on = number, hours, local_date(now)
    storage.settings.keep_help_line(session, line)
    storage.audit.write(session, "help_line_changed", now=now, staff_id=staff_id, line=line.id, number=number)


def add(
    session: Session, *, name: str, number: str, hours: str, ages: str, now: datetime, staff_id: int
) -> HelpLine:  # fmt: skip
    """A line of one's own, for those who answer: the texts name none but the first five. `ages` is a key of AGES.
    Raises BadInput for a name that is taken or cannot be one, and for what cannot be a number.
    """
    name = " ".join(name.split())
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise BadInput(f"Skriv vad linjen heter, med högst {LONGEST_NAME} tecken.")
    if name.casefold() in {line.name.casefold() for line in storage.settings.help_lines(session)}:
        raise BadInput("Den linjen finns redan. Ändra numret där den står.")
    if ages not in AGES:
        raise BadInput("Välj vilka åldrar linjen är till för.")
    age_from, age_below = AGES[ages]
    line = HelpLine(name=name, number=_number(number), hours=_hours(hours), age_from=age_from, age_below=age_below,
                    verified_on=local_date(now))  # fmt: skip
    storage.settings.keep_help_line(session, line)
    storage.audit.write(session, "help_line_added", now=now, staff_id=staff_id, line=line.id, number=line.number)
    return line


def is_own(line: HelpLine) -> bool:
    """Whether staff have added the line, so that no text names it."""
    return line.name not in {name for name, *_ in DEFAULTS}


def remove(session: Session, line: HelpLine, *, now: datetime, staff_id: int) -> None:
    """Take away a line of one's own. Raises BadInput for one that the texts name."""
    if not is_own(line):
        raise BadInput("Linjen står i svaren och kan inte tas bort. Ändra numret i stället.")
    ages = next((key for key, span in AGES.items() if span == (line.age_from, line.age_below)), "alla")
    was = {"name": line.name, "number": line.number, "hours": line.hours, "ages": ages}
    storage.settings.note_change(session, f"{KEY}{line.id}", was, None, now=now, staff_id=staff_id)
    storage.settings.drop_help_line(session, line)
    storage.audit.write(session, "help_line_removed", now=now, staff_id=staff_id, line=line.id)


def _number(typed: str) -> str:
    number = " ".join(typed.split())
    if len(number) > LONGEST_NUMBER or not _NUMBER.fullmatch(number):
        raise BadInput(f"Skriv numret med siffror, till exempel 116 111. Högst {LONGEST_NUMBER} tecken får plats.")
    return number


def _hours(typed: str) -> str:
    hours = " ".join(typed.split())
    if not hours or len(hours) > LONGEST_HOURS:
        raise BadInput(f"Skriv när linjen svarar, till exempel {ALWAYS_OPEN}.")
    return hours


def for_whom(line: HelpLine) -> str:
    """The ages a line is for, in words."""
    if line.age_from and line.age_below < _OLDEST:
        return f"{line.age_from}–{line.age_below - 1} år"
    if line.age_from:
        return f"{line.age_from} år och äldre"
    return f"Under {line.age_below} år" if line.age_below < _OLDEST else "Alla åldrar"
