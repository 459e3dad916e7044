"""Which languages people can be answered in: Swedish and English always, plain Swedish for whoever asks, and those that
a translator has checked, from the day somebody has said so until somebody says otherwise (ux §5.6).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import storage.audit
import storage.conversations
import storage.settings
from outreach import campaign_texts
from outreach.errors import BadInput
from outreach.spoken_time import IN_FIGURES
from storage.database import Session
from storage.people import Person

# What each language is called, by those who register people and by those who speak it.
WORDS: Mapping[str, Sequence[str]] = {
    "sv": ("svenska", "swedish"),
    "en": ("engelska", "english"),
    "sv_easy": ("lätt svenska", "lättare svenska", "enkel svenska", "enklare svenska", "latt svenska", "easy swedish"),
    "ar": ("arabiska", "arabic", "العربية", "عربي", "عربية", "بالعربية", "بالعربي", "arabi"),
    "so": ("somaliska", "somali", "soomaali", "soomaaliga", "af soomaali", "af-soomaali"),
    "ti": ("tigrinska", "tigrinja", "tigrinya", "ትግርኛ"),
    "fa": ("persiska", "farsi", "persian", "فارسی", "فارسي", "dari", "دری"),
}
# The languages of LANG, in the order of its numbers.
MENU = ("sv", "en", "ar", "so", "ti", "fa")
NEEDS_TRANSLATOR = IN_FIGURES


def in_swedish(lang: str) -> str:
    """What a language is called in Swedish."""
    return WORDS[lang][0]


def named(words: str) -> str:
    """The code of the language that these words name, in whatever letters; empty for other words."""
    wanted = " ".join(words.casefold().strip(" \t\n.!?,،።").split()).removeprefix("på ").removeprefix("in ")
    return next((lang for lang, names in WORDS.items() if wanted in names), "")


def key(lang: str) -> str:
    """The setting that says who has checked a language."""
    return f"language-{lang}"


def translator(session: Session, lang: str) -> str:
    """Who has checked the language; empty while it is off."""
    kept = storage.settings.read(session, key(lang))
    return str(kept["translator"]) if kept else ""


def is_on(session: Session, lang: str) -> bool:
    """Whether people can be answered in this language."""
    return lang in WORDS and (lang not in NEEDS_TRANSLATOR or bool(translator(session, lang)))


def turn_on(session: Session, lang: str, checked_by: str, *, now: datetime, staff_id: int) -> bool:
    """A translator has checked the texts; False when that was said already. Raises BadInput without a name."""
    name = " ".join(checked_by.split())[:100]
    if not name:
        raise BadInput("Skriv vem som har granskat texterna.")
    before = translator(session, lang)
    if before == name:
        return False
    storage.settings.note_change(session, key(lang), before, name, now=now, staff_id=staff_id)
    storage.settings.write(session, key(lang), {"translator": name}, now=now, staff_id=staff_id)
    storage.audit.write(session, "language_on", now=now, staff_id=staff_id, lang=lang)
    return True


def turn_off(session: Session, lang: str, *, now: datetime, staff_id: int) -> bool:
    """Use the language no more; whoever is answered in it gets Swedish from now on. False when it was off."""
    before = translator(session, lang)
    if not before:
        return False
    storage.settings.note_change(session, key(lang), before, "", now=now, staff_id=staff_id)
    storage.settings.write(session, key(lang), None, now=now, staff_id=staff_id)
    storage.conversations.leave_language(session, lang, "sv")
    storage.audit.write(session, "language_off", now=now, staff_id=staff_id, lang=lang)
    return True


def of_person(session: Session, person: Person | None) -> str:
    """The language a first contact is made in: the person's own where it is on, else Swedish."""
    if person is None:
        return "sv"
    lang = "en" if person.language.casefold() in campaign_texts.ENGLISH else named(person.language)
    return lang if lang and is_on(session, lang) else "sv"
