"""What those who came to a dialog meeting needed help with (domain S44), and how the meeting was: counts and a few
words that name nobody.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

import storage.audit
import storage.gatherings
import storage.signups
from outreach import gatherings, masking, word_check
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.gatherings import Gathering, NeedCount
from storage.meetings import Slot
from storage.staff import Staff

NEEDS: Mapping[str, str] = {
    "job": "Jobb", "summer_job": "Sommarjobb", "work_experience": "Praktik", "cv": "CV", "licence": "Körkort",
    "studies": "Plugga", "komvux": "Komvux", "housing": "Bostad", "money": "Pengar", "language": "Språk",
    "leisure": "Fritid", "feel_better": "Må bättre", "other": "Annat",
}  # fmt: skip
QUESTIONS: Mapping[str, str] = {
    "good": "Vad var bra?", "missing": "Vad saknades?", "wanted": "Vad vill de?",
}  # fmt: skip
MOST_AT_ONCE = 50
LONGEST = 500
# Four figures are enough to be part of a number, however they are grouped; ages and hours are fewer.
_FIGURES = re.compile(r"\d(?:[ \-–/.:]{0,2}\d){3,}")
_ADDRESS = re.compile(r"\S*@\S*|(?:https?://|www\.)\S+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Written with a capital, and nobody's name.
_NO_NAMES = frozenset({
    "komvux", "arbetsförmedlingen", "försäkringskassan", "skatteverket", "migrationsverket", "socialtjänsten",
    "ungdomsmottagningen", "trafikverket", "instagram", "facebook", "whatsapp", "snapchat", "tiktok", "telegram",
})  # fmt: skip


def count(session: Session, slot: Slot, need: str, more: int, *, now: datetime) -> None:
    """So many more, or fewer, needed this. Raises BadInput for no such need, Conflict before the meeting begins."""
    if need not in NEEDS or not -MOST_AT_ONCE <= more <= MOST_AT_ONCE:
        raise BadInput("Välj ett av behoven.")
    after_start(slot, now)
    storage.gatherings.count(session, NeedCount(slot_id=slot.id, need=need), more)


def answer(
    session: Session, slot: Slot, said: Mapping[str, str], by: Staff, *, names: Collection[str], now: datetime
) -> Gathering:  # fmt: skip
    """Keep the three short answers (`QUESTIONS`); one that is not among `said` stays as it was. `names` are common
    first names, folded. Raises BadInput for one that seems to hold a name or a number, Conflict before the start.
    """
    after_start(slot, now)
    signed = storage.signups.first_names(session, slot.id)
    known = {*names, *(part for name in signed for part in masking.fold(name))}
    row = gatherings.terms(session, slot)
    for question in QUESTIONS.keys() & said.keys():
        words = " ".join(said[question].split())
        refuse(words, known)
        setattr(row, question, words)
    storage.audit.write(session, "gathering_answers", now=now, staff_id=by.id, slot=slot.code)
    return storage.gatherings.keep(session, row)


def refuse(words: str, names: Collection[str]) -> None:
    """Raises BadInput where words seem to name somebody, and says how to write instead.

    Nobody's name is looked up in the register: to be refused a surname would tell that somebody there has it. A word
    with a capital inside a sentence is taken for a name, whoever's it is.
    """
    if len(words) > LONGEST:
        raise BadInput(f"Skriv högst {LONGEST} tecken.")
    if word_check.holds_personnummer(words) or _FIGURES.search(words):
        raise BadInput("Det står en lång siffra i texten. Skriv inga nummer, bara vad det gällde.")
    if _ADDRESS.search(words):
        raise BadInput("Det står en adress i texten. Skriv inga adresser eller konton, bara vad det gällde.")
    name = next((word[0] for word in _WORD.finditer(words) if _seems_a_name(words, word, names)), "")
    if name:
        raise BadInput(
            f"”{name}” ser ut som ett namn. Skriv inga namn. Är det något annat, skriv det med liten bokstav."
        )


def _seems_a_name(text: str, word: re.Match[str], names: Collection[str]) -> bool:
    written, folded = word[0], word[0].casefold()
    if folded in _NO_NAMES or written.isupper():
        return masking.fold(written) & set(names) != set() and folded not in _NO_NAMES
    before = text[: word.start()].rstrip()
    begins = not before or before[-1] in ".!?:;–-"
    if written[0].isupper() and not begins:
        return True
    return any(part in names for part in (folded, folded.removesuffix("s"), *re.split(r"['’-]", folded)))


def after_start(slot: Slot, now: datetime) -> None:
    """Raises Conflict for a meeting that has not begun, or is off: nothing has come of it."""
    if slot.called_off_at is not None:
        raise Conflict("Mötet är inställt.")
    if now < slot.starts_at:
        raise Conflict("Mötet har inte börjat än. Det här fylls i när det har börjat.")
