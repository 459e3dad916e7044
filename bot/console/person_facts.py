"""What stands on a person's page beside the timeline: numbers, bookings, outcomes, marks, and the next step."""

from collections.abc import Sequence
from typing import Any

import storage.ladders
import storage.meetings
import storage.numbers
import storage.offices
import storage.people
import storage.staff
import storage.tasks
from bot import shown
from bot.console import words
from bot.conversation.unasked import office_of
from bot.requests import Ask
from outreach import consent, contact, in_words, meetings, personnummer, phone_numbers, takeover
from storage.conversations import Conversation
from storage.local_time import age, local, local_date
from storage.meetings import OPEN, Booking, Slot
from storage.numbers import LETTER, NOBODY, Number, PersonNumber
from storage.people import Person

# Only while the person is under age (ux §4.6).
GUARDIANS_UNTIL = 18
_STOPS = {"sms": "Stopp i sms", "telegram": "Stopp i Telegram", LETTER: "Vill inte ha brev eller vykort"}
# What staff may note; that somebody was met is noted by marking attendance.
OUTCOMES = tuple((kind, word) for kind, word in in_words.OUTCOMES.items() if kind not in ("met", "enrolled"))


def show(ask: Ask, person: Person, conversation: Conversation | None, *, in_clear: bool) -> dict[str, Any]:
    """Everything `person.html` needs but the timeline and the talk. `in_clear` shows the personnummer: log it first."""
    years = age(person.birth_date, local_date(ask.now)) if person.birth_date else None
    return {
        "id": person.code,
        "name": person.name,
        "birth": person.birth_date,
        "age": years,
        "area": person.district,
        "office": storage.offices.get(ask.session, person.office_id).name if person.office_id else "",
        "state": words.state(conversation.state if conversation else "new"),
        "owner": storage.staff.names(ask.session).get(person.responsible_id or 0, ""),
        "marks": marks(ask, person),
        "protected": person.protected,
        "personnummer": _personnummer(ask, person, in_clear=in_clear),
        "personnummer_shown": in_clear,
        "primary": _primary(ask, person, conversation),
        "numbers": numbers(ask, person),
        "guardians": _guardians(ask, person) if years is not None and years < GUARDIANS_UNTIL else [],
        "bookings": _bookings(ask, person, conversation),
        "address": _address(person),
        "offers": _outcomes(ask, person),
        "outcomes": OUTCOMES,
        "wishes": _wishes(ask, person, conversation),
    }


def marks(ask: Ask, person: Person) -> list[dict[str, str]]:
    """What stands beside the name: programmes, under 18, stop, shared number, pause, closed, language."""
    years = age(person.birth_date, local_date(ask.now)) if person.birth_date else None
    memberships = storage.people.current_memberships(ask.session, [person.id], local_date(ask.now)).get(person.id, [])
    programmes = dict.fromkeys(in_words.PROGRAMMES[one.programme] for one in memberships)
    found = [{"kind": "", "text": text} for text in programmes]
    if years is not None and years < GUARDIANS_UNTIL:
        found.append({"kind": "info", "text": "Under 18"})
    if storage.numbers.people_stopped(ask.session, "sms", [person.id]):
        found.append({"kind": "danger", "text": "Har sagt stopp"})
    if person.paused_until is not None and person.paused_until > ask.now:
        found.append({"kind": "", "text": f"Vilar till {local_date(person.paused_until).isoformat()}"})
    if person.closed_at is not None:
        found.append({"kind": "", "text": f"Avslutad: {person.closed_reason}" if person.closed_reason else "Avslutad"})
    if person.language and person.language.casefold() != "svenska":
        found.append({"kind": "", "text": person.language.capitalize()})
    if storage.numbers.people_stopped(ask.session, LETTER, [person.id]):
        found.append({"kind": "", "text": "Vill inte ha post"})
    return found


def _personnummer(ask: Ask, person: Person, *, in_clear: bool) -> str:
    digits = storage.people.identity(ask.session, person)
    if not digits:
        return ""
    return personnummer.in_clear(digits) if in_clear else personnummer.masked(digits)


def _primary(ask: Ask, person: Person, conversation: Conversation | None) -> dict[str, str] | None:
    """The next step: answer who waits, mark who came, ring who is to be rung."""
    if conversation is not None and conversation.held_by_id == ask.who.staff.id:
        return {"text": "Skriv", "href": "#samtal"}
    if conversation is not None and conversation.waiting_since is not None:
        if takeover.may_take(conversation, ask.who.staff, now=ask.now):
            return {"text": "Ta över", "action": f"/inkorg/{conversation.code}/ta-over"}
        return None
    if any(is_due(ask, booking, slot) for booking, slot in storage.meetings.bookings_of_person(ask.session, person.id)):
        return {"text": "Markera närvaro", "href": "#bokningar"}
    if person.closed_at is not None or (person.paused_until is not None and person.paused_until > ask.now):
        return None
    return _ring(ask, person) or _by_state(ask, person, conversation)


def _by_state(ask: Ask, person: Person, conversation: Conversation | None) -> dict[str, str] | None:
    """What comes next by where the person stands: look for a number, offer a time, follow up."""
    if not storage.numbers.of_person(ask.session, person.id):
        return {"text": "Leta nummer", "href": "#nummerbox"}
    state = conversation.state if conversation else "new"
    if state in ("offered", "time_proposed") and ask.who.may("inbox"):
        return {"text": "Erbjud tid", "href": "#samtal"}
    if state in ("met", "follow_up", "occupied"):
        return {"text": "Följ upp", "href": "#lagg-till"}
    return None


def _ring(ask: Ask, person: Person) -> dict[str, str] | None:
    ties = storage.numbers.of_person(ask.session, person.id)
    usable = [number.e164 for tie, number in ties if tie.standing in consent.USABLE and tie.owner != "guardian"]
    place = storage.ladders.place(ask.session, person.id)
    asked = storage.tasks.open_task(ask.session, "ring", person.id) is not None
    if not usable or not (asked or place is not None and (place.state, place.kind) == ("on", "ring")):
        return None
    return {"text": f"Ring {phone_numbers.show(usable[0])}", "href": f"tel:{usable[0]}"}


def numbers(ask: Ask, person: Person) -> list[dict[str, Any]]:
    """The person's numbers as their box shows them."""
    ties = storage.numbers.of_person(ask.session, person.id)
    holders = storage.numbers.holders(ask.session, [number.id for _, number in ties])
    return [
        _number(tie, number, shared=holders.get(number.id, NOBODY).people > 1,
                asks=holders.get(number.id, NOBODY).is_shared(tie.own_since))
        for tie, number in ties
    ]  # fmt: skip


def _number(tie: PersonNumber, number: Number, *, shared: bool, asks: bool) -> dict[str, Any]:
    found = f"{tie.found_by} {local_date(tie.found_at).isoformat()}".strip()
    return {
        "id": tie.id, "e164": number.e164, "shown": phone_numbers.show(number.e164), "spoken": spoken(number.e164),
        "kind": in_words.NUMBER_KINDS[number.kind], "source": tie.source, "found": found,
        "standing": words.standing(tie.standing), "struck": tie.standing == "wrong_person",
        "confirmed": tie.standing == "confirmed", "dead": tie.standing == "dead",
        "owner": tie.owner, "whose": in_words.OWNERS[tie.owner],
        "shared": (shared or asks) and tie.standing != "wrong_person", "asks": asks and tie.owner != "guardian",
    }  # fmt: skip


def spoken(e164: str) -> str:
    """The digits in pairs, as a screen reader should say them."""
    digits = "".join(letter for letter in phone_numbers.show(e164) if letter.isdigit())
    return " ".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def _guardians(ask: Ask, person: Person) -> list[dict[str, str]]:
    return [
        {"name": one.name, "e164": one.phone, "shown": phone_numbers.show(one.phone) if one.phone else ""}
        for one in storage.people.guardians(ask.session, person.id)
    ]


def _bookings(ask: Ask, person: Person, conversation: Conversation | None) -> list[dict[str, Any]]:
    names = storage.staff.names(ask.session)
    found = [
        {
            "id": booking.code, "at": local(slot.starts_at), "place": slot.place,
            "with_name": names.get(slot.staff_id or 0, "").split(" ")[0], "state": words.booking(booking.state),
            "due": is_due(ask, booking, slot), "times": _times(ask, person, conversation, booking, slot),
        }
        for booking, slot in storage.meetings.bookings_of_person(ask.session, person.id)
        if booking.state != "moved"
    ]  # fmt: skip
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _times(
    ask: Ask, person: Person, conversation: Conversation | None, booking: Booking, slot: Slot
) -> list[tuple[str, str]]:
    """Where a booked time can be moved; nowhere when it has been, or is a place at a dialog meeting."""
    if not contact.may_move(booking, slot, now=ask.now):
        return []
    return [(one.code, _when(one)) for one in free_times(ask, person, conversation)]


def free_times(ask: Ask, person: Person, conversation: Conversation | None) -> Sequence[Slot]:
    """The times that somebody on the telephone can be given, earliest first."""
    return meetings.free(
        ask.session, office_of(ask.session, person).id, now=ask.now, even_held=True,
        conversation_id=conversation.id if conversation is not None else None,
    )  # fmt: skip


def _when(slot: Slot) -> str:
    # Two weeks ahead at most: no year is needed.
    day = shown.date_text(slot.starts_at).rpartition(" ")[0]
    return f"{day} kl. {shown.time_text(slot.starts_at)}, {slot.place}"


def is_due(ask: Ask, booking: Booking, slot: Slot) -> bool:
    """Whether the meeting has begun and nobody has noted who came."""
    return booking.state in OPEN and slot.starts_at <= ask.now and slot.called_off_at is None


def _address(person: Person) -> str:
    lines = (person.care_of and f"c/o {person.care_of}", person.street, f"{person.postcode} {person.town}".strip())
    return ", ".join(line for line in lines if line)


def _outcomes(ask: Ask, person: Person) -> list[dict[str, Any]]:
    names = storage.staff.names(ask.session)
    return [
        {
            "id": outcome.id, "what": in_words.OUTCOMES[outcome.kind], "on": outcome.on,
            "proposed": outcome.confirmed_at is None, "met": outcome.kind == "met",
            "by": names.get(outcome.confirmed_by_id or 0, ""),
        }
        for outcome in reversed(storage.tasks.outcomes(ask.session, person.id))
    ]  # fmt: skip


def _wishes(ask: Ask, person: Person, conversation: Conversation | None) -> dict[str, Any]:
    channel = {"sms": "Sms", "telegram": "Telegram"}[conversation.channel] if conversation else ""
    stops = [stop for stop in storage.numbers.stops_of(ask.session, person.id) if stop.until is None]
    return {
        "channel": channel,
        "stops": [f"{_STOPS[stop.channel]} sedan {local_date(stop.since).isoformat()}" for stop in stops],
        "no_texts": any(stop.channel != LETTER for stop in stops),
        "no_letters": any(stop.channel == LETTER for stop in stops),
    }
