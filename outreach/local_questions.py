"""Questions that the municipality answers itself: how they are asked, and what is answered (ux §4.16). They are kept
together, so that a text that comes in costs one look; each change is noted by itself, and can be taken back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import storage.audit
import storage.offices
import storage.settings
from outreach import word_check, wording
from outreach.errors import BadInput
from storage.database import Session
from storage.offices import Place

# Where they are kept, and what begins the key of a change of one of them.
STORE, KEY = "local-questions", "local-question:"
MOST, MOST_EXAMPLES = 50, 10
LONGEST_NAME, LONGEST_EXAMPLE = 60, 100
# What an answer may name.
VARIABLES = ("namn", "enhet", "kommun", "plats", "tel", "vaxel", "webb", "svarstid")


@dataclass(frozen=True, slots=True)
class LocalQuestion:
    """A question, the ways it is asked in, the answer in Swedish and English (which may be empty), and the place that
    {plats} is in it; None for the office's own.
    """

    id: int
    name: str
    examples: tuple[str, ...]
    sv: str
    en: str = ""
    place_id: int | None = None

    def answer(self, lang: str) -> str:
        """The answer in English where there is one, else in Swedish."""
        return self.en if lang == "en" and self.en else self.sv


def everything(session: Session) -> list[LocalQuestion]:
    """Every question, the oldest first."""
    return [_made(row) for row in storage.settings.read(session, STORE, default={}).values()]


def find(session: Session, question_id: int) -> LocalQuestion | None:
    """The question with this id."""
    return next((one for one in everything(session) if one.id == question_id), None)


def places(session: Session) -> Sequence[Place]:
    """Places that an answer may name: none that tells what kind of help is given there."""
    return [place for place in storage.offices.every_place(session) if not place.sensitive]


def place_name(session: Session, question: LocalQuestion) -> str:
    """The place an answer is about; empty where it is the office's own, or has become one that must not be named."""
    return next((place.name for place in places(session) if place.id == question.place_id), "")


def keep(session: Session, question: LocalQuestion, *, now: datetime, staff_id: int) -> LocalQuestion:
    """Keep a new question (id 0) or a changed one. Raises BadInput, with one sentence, for what could not be asked or
    not be answered. How the examples are read is the caller's to judge.
    """
    others = [one for one in everything(session) if one.id != question.id]
    _check(session, question, others)
    kept = question if question.id else LocalQuestion(**{**asdict(question), "id": _next_id(session)})
    put_back(session, kept.id, asdict(kept), now=now, staff_id=staff_id)
    return kept


def take_away(session: Session, question_id: int, *, now: datetime, staff_id: int) -> bool:
    """Answer the question no more; False where there was none already."""
    if find(session, question_id) is None:
        return False
    put_back(session, question_id, None, now=now, staff_id=staff_id)
    return True


def put_back(
    session: Session, question_id: int, value: Mapping[str, Any] | None, *, now: datetime, staff_id: int
) -> None:
    """Let the question be this again, as it was kept once; None: not there."""
    rows: dict[str, Any] = dict(storage.settings.read(session, STORE, default={}))
    before = rows.pop(str(question_id), None)
    after = {**value, "examples": list(value["examples"])} if value is not None else None
    if after is not None:
        rows[str(question_id)] = after
    storage.settings.note_change(session, f"{KEY}{question_id}", before, after, now=now, staff_id=staff_id)
    storage.settings.write(session, STORE, rows, now=now, staff_id=staff_id)
    storage.audit.write(session, "local_question_changed", now=now, staff_id=staff_id, question=question_id,
                        kept=after is not None)  # fmt: skip


def _made(row: Mapping[str, Any]) -> LocalQuestion:
    return LocalQuestion(**{**row, "examples": tuple(row["examples"])})


def _next_id(session: Session) -> int:
    # A number is never used again: the log tells of those that are gone.
    used = [int(change.key.removeprefix(KEY)) for change in storage.settings.changes(session, [KEY], most=1000)]
    return max([0, *used]) + 1


def _check(session: Session, question: LocalQuestion, others: Sequence[LocalQuestion]) -> None:
    if not question.name or len(question.name) > LONGEST_NAME:
        raise BadInput(f"Skriv frågan med högst {LONGEST_NAME} tecken.")
    if len(others) >= MOST:
        raise BadInput(f"Ni har {MOST} frågor redan. Ta bort någon först.")
    if not question.examples or len(question.examples) > MOST_EXAMPLES:
        raise BadInput(f"Skriv mellan ett och {MOST_EXAMPLES} exempel på hur frågan ställs.")
    for example in question.examples:
        if len(example) > LONGEST_EXAMPLE:
            raise BadInput(f"Ett exempel är för långt. Skriv högst {LONGEST_EXAMPLE} tecken.")
        if same := next((one.name for one in others if example in one.examples), ""):
            raise BadInput(f"”{example}” står redan under ”{same}”.")
    if not question.sv:
        raise BadInput("Skriv svaret på svenska.")
    for text in (question.sv, question.en):
        check_answer(session, text)
    if question.place_id is not None and not place_name(session, question):
        raise BadInput("Platsen finns inte kvar, eller är märkt som känslig. Välj en annan.")


def check_answer(session: Session, text: str) -> None:
    """Raises BadInput for an answer that cannot be sent as it is."""
    unknown = [name for name in wording.variables(text) if name not in VARIABLES]
    if unknown:
        raise BadInput(f"{{{unknown[0]}}} finns inte. Svaret kan ha {', '.join(f'{{{name}}}' for name in VARIABLES)}.")
    wording.fill(text, dict.fromkeys(VARIABLES, "x"))
    if "1)" in text:
        raise BadInput("Svaret kan inte ha numrerade val: en siffra till svar skulle läsas som en tid.")
    sensitive = storage.offices.sensitive_names(session)
    found = word_check.check_words(text, purpose="reply", sensitive_places=sensitive)
    stop = next((one for one in found if one.level == "stop"), None)
    if stop is not None:
        raise BadInput(f"”{stop.words}”: {stop.why} {stop.suggestion}".strip())
