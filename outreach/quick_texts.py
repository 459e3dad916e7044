"""Quick texts: short texts that each office has ready, put into what a human writes by a key (ux §4.3)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import storage.audit
import storage.settings
from outreach import word_check, wording
from outreach.errors import BadInput
from storage.database import Session
from storage.staff import Staff

# One for each key from 1 to 9.
MOST = 9
# What the history of settings knows an office's by, before the office; and the parts of each.
HISTORY, PARTS = "quick-texts:", ("namn", "svenska", "engelska")
LANGS = ("sv", "en")
LONGEST_NAME, LONGEST_TEXT = 20, 320
# What a quick text may name: the first name of whoever writes, and the office's name in texts.
VARIABLES = ("namn", "enhet")


@dataclass(frozen=True, slots=True)
class QuickText:
    """What stands on its button, and what it says in each language."""

    name: str
    sv: str
    en: str

    def says(self, lang: str, values: Mapping[str, object]) -> str:
        """The text, filled in; the Swedish one where there is no English."""
        return wording.fill_sentences(self.en if lang == "en" and self.en else self.sv, values)


@cache
def proposed() -> tuple[QuickText, ...]:
    """Those that an office begins with."""
    rows = tomllib.loads((Path(__file__).parent / "quick_texts.toml").read_text(encoding="utf-8"))["texts"]
    return tuple(QuickText(**row) for row in rows)


def key(office_id: int) -> str:
    """The setting that keeps an office's own."""
    return f"quick-texts-{office_id}"


def of(session: Session, office_id: int) -> Sequence[QuickText]:
    """The office's quick texts, by key."""
    own = storage.settings.read(session, key(office_id))
    return [QuickText(**row) for row in own] if own is not None else proposed()


def change(session: Session, office_id: int, rows: Sequence[QuickText], staff: Staff, *, now: datetime) -> None:
    """Give an office other quick texts; those left empty are left out. Raises BadInput, with the row's number in
    the sentence, for what nobody could send.
    """
    kept = [row for row in (_tidy(row) for row in rows[:MOST]) if row.name or row.sv or row.en]
    for number, row in enumerate(kept, 1):
        _check(number, row)
    before = of(session, office_id)
    storage.settings.note_if_changed(
        session, f"{HISTORY}{office_id}", _told(before), _told(kept), now=now, staff_id=staff.id
    )
    storage.settings.write(session, key(office_id), [asdict(row) for row in kept], now=now, staff_id=staff.id)
    storage.audit.write(session, "quick_texts_changed", now=now, staff_id=staff.id, office=office_id)


def _told(rows: Sequence[QuickText]) -> dict[str, str]:
    parts = [zip(PARTS, (row.name, row.sv, row.en), strict=True) for row in rows]
    return {f"{number} {part}": said for number, row in enumerate(parts, 1) for part, said in row}


def _tidy(row: QuickText) -> QuickText:
    return QuickText(" ".join(row.name.split()), *(text.replace("\r\n", "\n").strip() for text in (row.sv, row.en)))


def _check(number: int, row: QuickText) -> None:
    if not row.name or not row.sv:
        raise BadInput(f"Snabbsvar {number} behöver både ett namn och en svensk text.")
    if len(row.name) > LONGEST_NAME:
        raise BadInput(f"Namnet på snabbsvar {number} är för långt. Skriv högst {LONGEST_NAME} tecken.")
    for text in (row.sv, row.en):
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"Snabbsvar {number} är för långt. Skriv högst {LONGEST_TEXT} tecken.")
        if word_check.holds_personnummer(text):
            raise BadInput(f"Snabbsvar {number} ser ut att ha ett personnummer i sig. Ta bort det.")
        wording.fill_sentences(text, dict.fromkeys(VARIABLES, "x") | dict.fromkeys(wording.variables(text), "x"))
        if unknown := [name for name in wording.variables(text) if name not in VARIABLES]:
            raise BadInput(f"Snabbsvar {number} har {{{unknown[0]}}}, som inte finns. Skriv {{namn}} eller {{enhet}}.")
