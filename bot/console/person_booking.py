"""A person's booked time, moved by staff on the person's page; a text confirms the new one (ux §4.6, §4.10)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.conversations
import storage.meetings
from bot.console import opening, person, person_facts
from bot.conversation import by_phone
from bot.requests import Ask, Writing, go
from outreach import contact
from outreach.errors import BadInput, Conflict, NotFound
from storage.meetings import Slot
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@routes.post("/register/{code}/bokning/{booking_code}/flytta")
def move(ask: Writing, code: str, booking_code: str, tid: Text = "") -> Response:
    """Another time instead; the old one stands until the new one is booked."""
    somebody = opening.enter(ask, code)
    booking = storage.meetings.booking_by_code(ask.session, booking_code)
    if booking is None or booking.person_id != somebody.id:
        raise NotFound("Bokningen finns inte kvar på personen.")
    try:
        slot = _chosen(ask, somebody, tid)
        contact.move_meeting(ask.session, booking, somebody, ask.who.staff, slot_id=slot.id, now=ask.now)
    except (BadInput, Conflict) as error:
        return person.show(ask, somebody, error=error, field="tid")
    reason = by_phone.confirm(ask.session, somebody, slot, ask.who.staff, ask.house.sender.rules, ask.now)
    return go(f"/register/{code}", done="flyttat-utan-sms" if reason else "flyttat")


def _chosen(ask: Ask, somebody: Person, tid: str) -> Slot:
    conversation = storage.conversations.of_person(ask.session, somebody.id)
    free = person_facts.free_times(ask, somebody, conversation)
    slot = next((one for one in free if one.code == tid), None)
    if slot is None:
        raise BadInput("Välj en ledig tid i listan. Någon annan kan ha hunnit före.")
    return slot
