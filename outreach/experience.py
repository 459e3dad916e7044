"""How a dialog meeting was, said by those who came: one to three questions without names (domain S68). What is kept is
a number per answer: not who, not when, nothing that ties two answers to one person.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import storage.gatherings
import storage.signups
from outreach import gatherings
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.gatherings import PulseCount
from storage.meetings import Slot

QUESTIONS: Mapping[str, str] = {
    "felt": "Hur var träffen?", "welcome": "Kände du dig välkommen?", "helped": "Fick du hjälp med det du ville?",
}  # fmt: skip
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "felt": {"good": "Bra", "so_so": "Okej", "bad": "Inte bra"},
    "welcome": {"good": "Ja", "so_so": "Delvis", "bad": "Nej"},
    "helped": {"good": "Ja", "so_so": "Delvis", "bad": "Nej"},
}
OPEN_FOR = timedelta(days=7)
# Fewer answers could be told apart by those who were there.
SHOWN_FROM = 5


def is_open(slot: Slot, now: datetime) -> bool:
    """Whether answers are taken: from the start of the meeting, for a week."""
    return slot.called_off_at is None and slot.starts_at <= now < slot.starts_at + OPEN_FOR


def answer(session: Session, slot: Slot, answers: Mapping[str, str], *, now: datetime) -> None:
    """Count somebody's answers; questions that were left out are left out. Raises BadInput for no such answer,
    Conflict when answers are not taken, or when as many have answered as can have been there.
    """
    given = {question: said for question, said in answers.items() if said}
    if not given or any(said not in ANSWERS.get(question, {}) for question, said in given.items()):
        raise BadInput("Välj ett av svaren.")
    if not is_open(slot, now):
        raise Conflict("Tack! Det går inte att svara om den här träffen just nu.")
    counted = storage.gatherings.pulse(session, [slot.id])
    for question, said in given.items():
        if sum(many for (asked, _), many in counted.items() if asked == question) >= _there(session, slot):
            raise Conflict("Tack! Alla som var med har redan svarat.")
        storage.gatherings.count(session, PulseCount(slot_id=slot.id, question=question, answer=said), 1)


def results(session: Session, slot: Slot) -> dict[str, dict[str, int]]:
    """How many gave each answer, by question; a question with fewer than five answers is left out."""
    counted = storage.gatherings.pulse(session, [slot.id])
    found = {
        question: {answer: counted.get((question, answer), 0) for answer in ANSWERS[question]}
        for question in QUESTIONS
    }  # fmt: skip
    return {question: answers for question, answers in found.items() if sum(answers.values()) >= SHOWN_FROM}


def _there(session: Session, slot: Slot) -> int:
    """How many can have been there; before drop-ins are counted it is as many as have seats."""
    signed = sum(row.companions + 1 for row in storage.signups.of_slot(session, slot.id, ("signed_up", "came")))
    return (
        max(signed, storage.gatherings.seats(session, [slot.id]).get(slot.id, 0))
        + gatherings.terms(session, slot).drop_ins
    )
