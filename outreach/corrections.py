"""Readings that staff correct with one press. Nothing is learnt from them: they are collected, and taken out as a list
that `brygga evaluate` reads.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import storage.audit
import storage.corrections
import storage.staff
from outreach import consent, in_words, masking
from outreach.errors import BadInput, NotFound
from outreach.export import harmless
from storage.conversations import Conversation
from storage.corrections import Corrected, Correction
from storage.database import Session
from storage.staff import Staff

HEADS = ("text", "lang", "intent")


@dataclass(frozen=True, slots=True)
class Names:
    """Names to mask in every text, and common words that are masked only where they are the writer's own name."""

    always: Collection[str]
    common: Collection[str]


def correct(
    session: Session, conversation: Conversation, inbound_id: int, meant: str, staff: Staff, *, now: datetime
) -> bool:
    """Say what a text meant; those read as one with it meant the same. To choose what it was read as takes the
    correction back. A stop that the service has missed is set (the person alone lifts it); nothing else is acted
    on anew. False when nothing changed. Raises NotFound for a text of another talk, BadInput for no meaning.
    """
    text = storage.corrections.text(session, inbound_id)
    if text is None or text.conversation_id != conversation.id or not text.intent:
        raise NotFound("Texten finns inte kvar.")
    if meant not in in_words.INTENTS:
        raise BadInput("Välj en av betydelserna.")
    known = storage.corrections.of_texts(session, [text.id]).get(text.id)
    if meant == (known.meant if known else text.intent):
        return False
    together = [row.id for row in storage.corrections.read_with(session, text)]
    storage.corrections.take_away(session, together)
    if meant != text.intent:
        for row_id in together:
            correction = Correction(inbound_id=row_id, was=text.intent, meant=meant, at=now, staff_id=staff.id)
            storage.corrections.keep(session, correction)
    if meant == "opt_out":
        # Whoever asked to be left alone must not wait for the reading to be mended.
        consent.stop(session, conversation, how="text", now=now)
    storage.audit.write(session, "reading_corrected", now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code, was=text.intent, meant=meant)  # fmt: skip
    return True


def listed(
    session: Session, names: Names, *, purpose: str, now: datetime, staff_id: int | None = None, actor: str = ""
) -> tuple[str, int]:
    """The collected corrections as tab-separated lines, and how many; masked, and logged with the purpose. Raises
    BadInput without one.
    """
    if not purpose.strip():
        raise BadInput("Skriv vad listan ska användas till. Det står sedan i loggen.")
    lines = _lines(session, names)
    storage.audit.write(session, "corrections_exported", now=now, staff_id=staff_id, actor=actor, rows=len(lines),
                        purpose=purpose.strip()[:300])  # fmt: skip
    return "\n".join(["\t".join(HEADS), *lines, ""]), len(lines)


def _lines(session: Session, names: Names) -> list[str]:
    everybody = storage.corrections.names(session) | set(storage.staff.names(session).values())
    others = {part for name in everybody for part in masking.fold(name)} - set(names.common)
    together: dict[tuple[object, ...], list[Corrected]] = {}
    for row in storage.corrections.collected(session):
        text = row.text
        together.setdefault((text.conversation_id, text.handled_at, text.intent, text.rule), []).append(row)
    return [_line(rows, {*names.always, *others}) for rows in together.values()]


def _line(rows: list[Corrected], names: set[str]) -> str:
    first = rows[0]
    own = masking.fold(f"{first.person.first_name} {first.person.last_name}") if first.person else set()
    text = masking.mask(" ".join(row.text.text for row in rows), names | own)
    return "\t".join((harmless(text), first.conversation.lang, first.correction.meant))
