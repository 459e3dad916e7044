"""What became of a campaign as a file: a line for each person who may be named, in the words of the page (ux §4.9)."""

from collections.abc import Sequence
from datetime import datetime

from outreach import export
from outreach.export import Cell
from storage.campaigns import Campaign, Line
from storage.local_time import age, local, local_date
from storage.people import Person

COLUMNS = (("Namn", 26), ("Ålder", 7), ("Område", 18), ("Sms:et", 34), ("Svarade", 12), ("Första svaret", 30))
_DEFINITIONS = (
    ("Sms:et", "Vad som hände med personens sms, eller varför personen inte fick något."),
    ("Svarade", "Dagen för det första svaret på utskicket."),
    ("Första svaret", "Hur svaret tolkades. Svar som behöver läsas av en människa står inte med ord."),
    ("Inte med", "Personer med skyddade personuppgifter, och personer på kontor som du inte arbetar på."),
)


def row(person: Person, line: Line, became: str, answer: str, *, now: datetime) -> list[Cell]:
    """One person: what became of their text, and what they answered, in words."""
    born, day = person.birth_date, line.answered_at if line.answer else None
    return [
        person.name, age(born, local_date(now)) if born else None, person.district, became,
        local_date(day) if day else None, answer,
    ]  # fmt: skip


def content(campaign: Campaign, rows: Sequence[Sequence[Cell]], ending: str, *, now: datetime, purpose: str) -> bytes:
    """The file, as "csv" or "xlsx"."""
    if ending == "csv":
        return export.semicolons(COLUMNS, rows)
    made = local(now)
    about = [
        ("Utskick", campaign.name),
        ("Antal personer", str(len(rows))),
        ("Gjord", f"{made.date().isoformat()} kl. {made.hour}.{made.minute:02d}"),
        ("Ändamål", purpose.strip()),
        *_DEFINITIONS,
    ]
    return export.workbook("Utskick", COLUMNS, rows, about)


def filename(ending: str, *, now: datetime) -> str:
    """A name that tells nobody's name."""
    return f"brygga_utskick_{local_date(now).isoformat()}.{ending}"
