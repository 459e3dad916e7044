"""What came of a call, wherever it was made from: in a ring pass or in a talk (ux §4.3, §4.10)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Form

import storage.meetings
import storage.people
import storage.tasks
from bot.console import ladder_card, ladder_desk, ladder_outcome
from bot.conversation import by_phone
from bot.requests import Ask
from outreach import gate, ladder_notes
from outreach.ladder_notes import Noted
from outreach.ring_pass import Pass
from storage.conversations import Conversation
from storage.people import Person

Text = Annotated[str, Form()]
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Press:
    """One press on a card: the button, the number that was called, a line, and a day and an hour that were typed."""

    utfall: str
    nummer: str
    text: str
    dag: str
    klockan: str

    @property
    def typed(self) -> dict[str, str]:
        """What is kept when the press could not be carried out."""
        return {"text": self.text, "dag": self.dag, "klockan": self.klockan}


def pressed(
    utfall: Text = "", nummer: Text = "", text: Text = "", dag: Text = "", klockan: Text = ""
) -> Press:  # fmt: skip
    """A press as it came in the form."""
    return Press(utfall, nummer, text, dag, klockan)


Pressed = Annotated[Press, Depends(pressed)]


def note(ask: Ask, person: Person, press: Press) -> Noted | datetime:
    """Write what came of it; a moment where the call was only put off until later today, which is no try. Raises
    BadInput for a press that says nothing, Conflict when the time is taken.
    """
    # Enter in the fields for a day and an hour presses no button.
    is_typed = press.utfall == "senare-annan" or ((press.dag or press.klockan) and not press.utfall)
    said = ladder_outcome.typed(ask, press.dag, press.klockan) if is_typed else press.utfall
    if until := ladder_outcome.aside_until(ask, said):
        ladder_notes.ring_at(ask.session, person, ask.who.staff, until, ask.now)
        return until
    noted = ladder_outcome.read(ask, said, ladder_card.called(ask, person, press.nummer), press.text)
    ladder_notes.note(ask.session, person, ask.who.staff, noted, ask.now)
    return noted


def confirm(ask: Ask, person: Person, noted: Noted) -> str:
    """Confirm a time by text; the gate's reason where no text can leave, empty otherwise."""
    if noted.slot_id is None:
        return ""
    slot = storage.meetings.slot(ask.session, noted.slot_id)
    return by_phone.confirm(ask.session, person, slot, ask.who.staff, ask.house.sender.rules, ask.now)


def mark(ask: Ask, person: Person) -> str:
    """What tells one showing of a sheet from the next: a button pressed twice counts once."""
    return str(len(storage.tasks.attempts(ask.session, person.id)))


def sheet(ask: Ask, conversation: Conversation, person: Person | None, press: Press | None = None) -> Data | None:
    """The numbers and the outcomes, for `_samtal_ring.html`; None where there is nobody to ring, or one does not have
    the talk. `press` is one that could not be carried out.
    """
    if person is None or person.protected or conversation.held_by_id != ask.who.staff.id:
        return None
    if person.closed_reason == storage.people.DECEASED or not ask.who.may("register", person.office_id):
        return None
    card = ladder_card.card(ask, Pass(day="", key=mark(ask, person)), person, "")
    done = ladder_desk.last_done(ask)
    return {
        "card": card, "typed": press.typed if press is not None else {}, "open": press is not None,
        "last": done if done is not None and done["href"] == card["href"] else None,
    }  # fmt: skip


def tell_unconfirmed(ask: Ask, reason: str) -> None:
    """Say on the page that a time was booked and that no text confirms it."""
    if said := gate.REASONS.get(reason, ""):
        told = {"kind": "warn", "title": "Tiden är bokad, men inget sms skickas", "text": f"Orsak: {said}."}
        ask.notices.append(told)
