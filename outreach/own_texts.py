"""The municipality's own wording of the texts of ux §5.6. It is read as a text is said, so that a change holds from the
next text on, in every process; a text that nobody has worded anew is the product's.
"""

from collections.abc import Sequence
from datetime import datetime

import storage.audit
import storage.settings
from outreach.errors import Conflict
from storage.database import Session
from storage.settings import SettingChange

# Begins the setting that keeps one text in one language: text:INV-1:sv.
KEY = "text:"


def key(code: str, lang: str) -> str:
    """The setting that keeps this text."""
    return f"{KEY}{code}:{lang}"


def named(which: str) -> tuple[str, str]:
    """The text's code and language, by what stands after KEY."""
    code, _, lang = which.rpartition(":")
    return code, lang


def of(session: Session, code: str, lang: str) -> str:
    """The municipality's own wording; empty where the product's is used."""
    return str(storage.settings.read(session, key(code, lang), ""))


def everything(session: Session) -> dict[tuple[str, str], str]:
    """Every own wording, by code and language."""
    kept = storage.settings.starting_with(session, KEY)
    return {named(name.removeprefix(KEY)): text for name, text in kept.items() if text}


def change(session: Session, code: str, lang: str, text: str, *, now: datetime, staff_id: int) -> bool:
    """Word a text anew, or with an empty text go back to the product's. False when it stood so already. What it was is
    kept. The caller has checked the wording.
    """
    before = of(session, code, lang)
    if text == before:
        return False
    name = key(code, lang)
    storage.settings.note_change(session, name, before, text, now=now, staff_id=staff_id)
    storage.settings.write(session, name, text, now=now, staff_id=staff_id)
    storage.audit.write(session, "text_changed", now=now, staff_id=staff_id, text=code, lang=lang, own=bool(text))
    return True


def versions(session: Session, code: str, langs: Sequence[str]) -> Sequence[SettingChange]:
    """Every change of a text in these languages, newest first."""
    return storage.settings.changes(session, [key(code, lang) for lang in langs], most=100)


def last_changed(session: Session) -> datetime | None:
    """When any text was last worded anew or put back; None while none ever was."""
    latest = next(iter(storage.settings.changes(session, [KEY], most=1)), None)
    return latest.at if latest is not None else None


def must_be_latest(session: Session, code: str, langs: Sequence[str], seen: int) -> None:
    """Raises Conflict where the text has been changed since the change that somebody saw as the latest (0: none)."""
    latest = next(iter(versions(session, code, langs)), None)
    if latest is not None and latest.id != seen:
        raise Conflict("Någon har ändrat texten medan du skrev. Det du skrev står kvar här, den nya under ”Versioner”.")
