"""Help to people outside the target group (annan målgrupp, domain S50): a count with a day and what it was about, never
a record of who it was.
"""

from datetime import date, datetime, timedelta

import storage.audit
import storage.other_help
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.other_help import OtherHelp
from storage.staff import Staff

# What it can have been about. A choice and nothing to write in: free words would end up holding names.
KINDS = (
    "Frågor om studier", "Frågor om arbete", "Hjälp att hitta rätt", "Samtal på plats", "Kontakt åt en anhörig",
    "Annat",
)  # fmt: skip
MOST_AT_ONCE = 99
BACK = timedelta(days=366)


def note(
    session: Session, office: Office, by: Staff, *, on: date, what: str, how_many: int, now: datetime
) -> OtherHelp:  # fmt: skip
    """Count help that was given. Raises BadInput for a kind, a number or a day that cannot be."""
    if what not in KINDS:
        raise BadInput("Välj vad det gällde.")
    if not 1 <= how_many <= MOST_AT_ONCE:
        raise BadInput(f"Skriv hur många det var, från 1 till {MOST_AT_ONCE}.")
    if not local_date(now) - BACK <= on <= local_date(now):
        raise BadInput("Välj en dag som har varit, högst ett år tillbaka.")
    row = OtherHelp(office_id=office.id, on=on, how_many=how_many, what=what, noted_at=now, noted_by_id=by.id)
    storage.audit.write(session, "other_help_noted", now=now, staff_id=by.id, people=how_many)
    return storage.other_help.keep(session, row)


def undo(session: Session, row: OtherHelp, by: Staff, *, now: datetime) -> None:
    """It was noted by mistake. Raises Conflict when it has been undone."""
    if row.undone_at is not None:
        raise Conflict("Det är redan ångrat. Läs om sidan.")
    row.undone_at = now
    storage.other_help.keep(session, row)
    storage.audit.write(session, "other_help_undone", now=now, staff_id=by.id, people=row.how_many)
