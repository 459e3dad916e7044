"""Readings that staff correct with one press. What follows for the talk is done at once (`set_right`); nothing is
learnt: corrections are collected, and taken out as a list that `brygga evaluate` reads.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import storage.audit
import storage.campaigns
import storage.corrections
import storage.staff
from outreach import in_words, masking, set_right
from outreach.errors import BadInput, NotFound
from outreach.export import harmless
from outreach.set_right import Case
from storage.conversations import Conversation
from storage.corrections import Corrected, Correction
from storage.database import Session
from storage.inbound import InboundText
from storage.numbers import Stop

HEADS = ("text", "lang", "intent")


@dataclass(frozen=True, slots=True)
class Names:
    """Names to mask in every text, and common words that are masked only where they are the writer's own name."""

    always: Collection[str]
    common: Collection[str]


def find(session: Session, conversation: Conversation, inbound_id: int) -> InboundText:
    """A text of this talk that has been read. Raises NotFound for any other."""
    text = storage.corrections.text(session, inbound_id)
    if text is None or text.conversation_id != conversation.id or not text.intent:
        raise NotFound("Texten finns inte kvar.")
    return text


def meaning(session: Session, text: InboundText) -> str:
    """What a text stands as: what staff have said that it meant, else what it was read as."""
    known = storage.corrections.of_texts(session, [text.id]).get(text.id)
    return known.meant if known is not None else text.intent


def lifts_stop(session: Session, conversation: Conversation, text: InboundText, meant: str) -> bool:
    """Whether to say this would lift a stop: one that stands because of this very text. That is asked about first."""
    says_otherwise = meaning(session, text) == "opt_out" != meant and meant in in_words.INTENTS
    return says_otherwise and bool(_stops(session, conversation, text))


def correct(case: Case, meant: str, *, lift: bool = False) -> tuple[str, ...]:
    """Say what a text meant; those read as one with it meant the same. To choose what it was read as takes the
    correction back. `lift` is a yes to lifting the stop that the text has set; without it the stop stays, since it is
    the person's own. Returns what was done (`in_words.SET_RIGHT`), nothing when it stood so already. Raises BadInput
    for no meaning.
    """
    session, text, talk = case.session, case.text, case.conversation
    if meant not in in_words.INTENTS:
        raise BadInput("Välj en av betydelserna.")
    before = meaning(session, text)
    if meant == before:
        return ()
    stops = _stops(session, talk, text) if lift else []
    done = set_right.act(case, before, meant, stops=stops)
    _keep(case, meant)
    if talk.person_id is not None:
        storage.campaigns.correct_answer(session, talk.person_id, meant, answered_at=text.handled_at)
    storage.audit.write(session, "reading_corrected", now=case.now, staff_id=case.staff.id, person_id=talk.person_id,
                        conversation=talk.code, text=text.id, was=text.intent, before=before, meant=meant,
                        done=list(done))  # fmt: skip
    return done


def _stops(session: Session, conversation: Conversation, text: InboundText) -> list[Stop]:
    known = storage.corrections.of_texts(session, [text.id]).get(text.id)
    moments = [moment for moment in (text.handled_at, known.at if known else None) if moment is not None]
    return set_right.stops_of(session, conversation, text, moments)


def _keep(case: Case, meant: str) -> None:
    storage.corrections.take_away(case.session, [text.id for text in case.together])
    if meant != case.text.intent:
        for text in case.together:
            correction = Correction(
                inbound_id=text.id, was=text.intent, meant=meant, at=case.now, staff_id=case.staff.id
            )
            storage.corrections.keep(case.session, correction)


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
