"""Why a whole file cannot be taken in: the codes of the import contract, each with what happened and what to do."""

from outreach.errors import Refused

_SENTENCES = {
    "empty_file": "Filen är tom. Välj filen med listan, eller spara den igen.",
    "no_rows": "Filen har rubriker men inga personer. Kontrollera att du valde rätt fil och rätt blad.",
    "too_many_rows": "Filen har fler än 20 000 rader. Dela den i flera filer.",
    "password_protected": "Filen är skyddad med lösenord. Ta bort lösenordet i Excel och spara filen igen.",
    "damaged_file": "Filen är skadad och går inte att öppna. Öppna den i Excel, spara den på nytt och välj den igen.",
    "wrong_format": "Filen är inte det som namnet säger. Öppna den i Excel och spara den som .xlsx eller .csv.",
    "no_name_or_id_column": "Filen har ingen kolumn med namn eller personnummer. "
    "Skriv rubriker över kolumnerna, eller välj vilken kolumn som är vilken.",
    "unreadable_text": "Filens tecken går inte att läsa säkert. Öppna listan i Excel och spara den som .xlsx.",
    "cell_too_long": "En cell i filen har mer än 10 000 tecken. Korta texten, "
    "eller leta efter ett citattecken som saknar sitt par.",
    "too_many_columns": "Filen har fler än 200 kolumner. Ta bort de kolumner som inte behövs och spara filen igen.",
}


def refused(code: str, sentence: str | None = None) -> Refused:
    """The refusal to raise; `sentence` says more exactly what happened where that helps."""
    return Refused(code, sentence or _SENTENCES[code])
