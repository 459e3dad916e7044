"""The import report in plain Swedish: what each fault and notice means, and a summary for the command line."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from outreach.lists import meanings

FAULTS = {
    "personnummer_check_digit": "Sista siffran i personnumret stämmer inte. Kontrollera numret.",
    "personnummer_unreadable": "Personnumret går inte att läsa. Skriv det med tio eller tolv siffror.",
    "birth_date_unreadable": "Födelsedatumet går inte att läsa. Skriv det som 2007-09-06.",
    "identity_missing": "Personnummer och födelsedatum saknas. Fyll i ett av dem.",
    "name_missing": "Namn saknas. Fyll i namnet.",
    "phone_ruined_by_excel": "Excel har gjort om numret. Gör kolumnen till text och skriv numret igen.",
    "says_deceased": "Raden säger att personen är avliden. Finns personen i registret, avsluta den där.",
    "phone_unreadable": "Telefonnumret är för kort, för långt eller finns inte. Skriv det med riktnummer.",
}
"""Why a row is held back, and how to mend it."""

NOTICES = {
    "personnummer_leading_zero": "Nollan först i personnumret saknades. Vi har lagt dit den.",
    "phone_leading_zero": "Nollan först i telefonnumret saknades. Vi har lagt dit den.",
    "several_numbers_in_cell": "Flera nummer stod i samma cell. Vi tar med alla.",
    "coordination_number": "Samordningsnummer i stället för personnummer.",
    "interim_number": "Skolans tillfälliga nummer i stället för personnummer.",
    "number_shared": "Mobilen delas med någon annan. Den får inga sms förrän någon säger vems den är.",
    "protection_unclear": "Tecknet för skyddade personuppgifter går inte att tyda. Personen räknas som skyddad.",
    "date_unreadable": "Datumet går inte att läsa. Resten av raden tas med.",
    "outside_age_range": "Åldern passar inte listan. Personen tas med ändå.",
    "repeated_person": "Personen står på flera rader. Raderna läggs ihop.",
}
"""What is worth knowing about a row that is taken in."""

FIELDS = meanings.LABELS | {"own_phone": "Telefon", "address": "Adress"}
"""What the report calls a field, as the screen calls it."""

_MOST_ROWS_TOLD = 20


def in_words(told: Mapping[str, Any], *, dry_run: bool) -> str:
    """A report as a few sentences: what happens, which rows do not go along and why, what to do next."""
    return "\n".join(
        [*_head(told, dry_run=dry_run), *_rows_held_back(told), *_people_missing(told), _next(told, dry_run)]
    )


def many(number: int, one: str, several: str) -> str:
    """1 person, 1 250 personer."""
    return f"{number:,}".replace(",", "\u00a0") + f" {one if number == 1 else several}"


def _head(told: Mapping[str, Any], *, dry_run: bool) -> Iterator[str]:
    yield "Provkörning: inget är sparat." if dry_run else "Listan är inläst."
    if told["new"] == told["changed"] == 0:
        yield f"{many(told['people'], 'person', 'personer')} i listan. Inget är nytt och inget ändras."
    else:
        yield (
            f"{many(told['people'], 'person', 'personer')} i listan: {told['new']} nya, {told['changed']} ändrade, "
            f"{told['unchanged']} oförändrade."
        )
    hidden = len(told["read_as"]["hidden_rows"])
    if hidden and not told["hidden_rows_taken_along"]:
        yield f"{many(hidden, 'dold rad', 'dolda rader')} togs inte med. Ta med dem med --with-hidden."
    yield from told["warnings"]


def _rows_held_back(told: Mapping[str, Any]) -> Iterator[str]:
    faulty, asked = told["faulty_rows"], told["possible_duplicate_rows"]
    if faulty:
        yield f"{many(len(faulty), 'rad', 'rader')} med fel hoppas över:"
        yield from _first(f"  rad {row['row']}, {row['column']}: {FAULTS[row['code']]}" for row in faulty)
    if asked:
        yield f"{many(len(asked), 'rad', 'rader')} väntar, för de kan vara någon som redan finns:"
        yield from _first(f"  rad {row['row']} liknar {_like(row['like_row'])}" for row in asked)


def _like(row: int | None) -> str:
    return f"rad {row}" if row else "någon i registret"


def _first(lines: Iterator[str]) -> Iterator[str]:
    rows: Sequence[str] = list(lines)
    yield from rows[:_MOST_ROWS_TOLD]
    if len(rows) > _MOST_ROWS_TOLD:
        yield f"  och {len(rows) - _MOST_ROWS_TOLD} till"


def _people_missing(told: Mapping[str, Any]) -> Iterator[str]:
    if told["missing"]:
        people = many(told["missing"], "person", "personer")
        yield f"{people} i registret finns inte i listan. De ligger kvar tills någon avslutar dem."


def _next(told: Mapping[str, Any], dry_run: bool) -> str:  # noqa: FBT001
    if dry_run:
        return "Kör samma kommando utan --dry-run för att spara."
    if told["possible_duplicate_rows"]:
        return "Öppna listan i webbläsaren (Register, Importera lista) för att svara på de möjliga dubbletterna."
    if told["faulty_rows"]:
        return "Rätta de felaktiga raderna i filen och läs in den igen. Inget blir dubbelt."
    return f"{many(told['with_mobile'], 'person', 'personer')} har en egen mobil och kan få sms."
