"""What the pages of settings share: the way between them, and who changed what and when (ux §4.16)."""

from typing import Any

import storage.settings
import storage.staff
from bot import shown
from bot.requests import Ask

PAGES = {
    "Kontor": "/installningar/kontor",
    "Personal och roller": "/installningar/personal",
    "Utskick": "/installningar/utskick",
    "Kontakttrappa": "/installningar/trappan",
    "Kanaler": "/installningar/kanaler",
    "Jour och hjälplinjer": "/installningar/jour",
    "Mallar": "/installningar/mallar",
    "Frågor och svar": "/installningar/fragor",
    "Språk": "/installningar/sprak",
    "Snabbsvar": "/installningar/snabbsvar",
    "Vem svarar": "/installningar/svarar",
    "Insatser": "/installningar/insatser",
    "Partner": "/installningar/partner",
    "Tolkningar": "/installningar/tolkningar",
    "Mål": "/installningar/mal",
    "Listor in och ut": "/installningar/listor",
    "Skarp drift": "/installningar/checklista",
    "Säkerhet": "/installningar/sakerhet",
    "Ordlista": "/installningar/ordlista",
}


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of settings, in the order they stand."""
    return [{"label": label, "href": href, "current": href == here} for label, href in PAGES.items()]


def changed(ask: Ask, key: str) -> str:
    """Ändrat 2026-11-24 av Karin Ek: who and when, for each setting."""
    found = storage.settings.changed(ask.session, key)
    if found is None:
        return ""
    by = storage.staff.find(ask.session, found[1])
    who = f" av {by.name}" if by is not None else ""
    return f"Ändrat {shown.date_table(found[0])}{who}."
