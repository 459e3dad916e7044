"""Uppgifter om personen: everything we hold, to print, and to correct what is wrong (ux §4.6)."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.offices
import storage.people
import storage.staff
from bot import requests
from bot.console import opening, person_boxes, person_facts
from bot.console.timeline import Teller
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import facts
from outreach.errors import BadInput
from outreach.lists import dates
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter(include_in_schema=False)
HERE = "/register/{code}"


@routes.get(HERE + "/ratta")
def form(ask: Reading, code: str) -> Response:
    """What stands, ready to be corrected."""
    person = opening.enter(ask, code)
    opening.log_reading(ask, person)
    typed = {name: getattr(person, name) for name in facts.WORDS}
    typed["birth_date"] = person.birth_date.isoformat() if person.birth_date else ""
    return _form(ask, person, typed, None)


@routes.post(HERE + "/ratta")
def correct(ask: Writing, code: str, typed: Written) -> Response:
    """Keep what was corrected; what stood before is kept too."""
    person = opening.enter(ask, code)
    try:
        changed = facts.correct(
            ask.session, person, ask.who.staff, words={name: typed.get(name, "") for name in facts.WORDS},
            birth_date=_born(ask, typed.get("birth_date", "")),
            office_id=_office(ask, person, typed.get("office", "")),
            responsible_id=_responsible(ask, person, typed.get("responsible", "")),
            protected=_protected(ask, person, typed), now=ask.now,
        )  # fmt: skip
    except BadInput as error:
        return _form(ask, person, typed, error)
    return go(f"/register/{code}", done="sparat" if changed else "redan")


def _born(ask: Ask, typed: str) -> Any:
    if not typed.strip():
        return None
    day = dates.read_birth_date(typed, local_date(ask.now))
    if day is None:
        raise BadInput("Födelsedatumet gick inte att läsa. Skriv till exempel 2008-05-14.")
    return day


def _office(ask: Ask, person: Person, typed: str) -> int:
    chosen = whole(typed)
    if chosen is None or chosen not in {office.id for office in storage.offices.all_offices(ask.session)}:
        raise BadInput("Välj ett kontor i listan.")
    return chosen


def _responsible(ask: Ask, person: Person, typed: str) -> int | None:
    chosen = whole(typed)
    if chosen is None or chosen not in person_boxes.may_be_responsible(ask, person):
        return None
    return chosen


def _protected(ask: Ask, person: Person, typed: dict[str, str]) -> bool:
    # Only the two roles may take the marker away; anybody may set it, since that is the safe side.
    return "protected" in typed or (person.protected and not ask.who.sees_protected(person.office_id))


def _form(ask: Ask, person: Person, typed: dict[str, Any], error: BadInput | None) -> Response:
    shown = {
        "id": person.code,
        "typed": typed,
        "offices": [(office.id, office.name) for office in storage.offices.all_offices(ask.session)],
        "office": typed.get("office", person.office_id or ""),
        "responsible": typed.get("responsible", person.responsible_id or ""),
        "staff": [("", "Ingen ännu"), *person_boxes.may_be_responsible(ask, person).items()],
        "protected": "protected" in typed if error else person.protected,
        "errors": [{"field": _field(error), "text": error.sentence}] if error else [],
    }
    return requests.page(
        ask, "person_ratta.html", title="Rätta uppgifter", rows=shown, status_code=422 if error else 200
    )  # fmt: skip


def _field(error: BadInput) -> str:
    return "birth_date" if "ödelsedatum" in error.sentence else "office" if "kontor" in error.sentence else "first_name"


@routes.get(HERE + "/uppgifter")
def everything(ask: Reading, code: str) -> Response:
    """Everything we hold about the person, to read or print."""
    person = opening.enter(ask, code)
    opening.log_reading(ask, person)
    shown = {
        **person_facts.show(ask, person, None, in_clear=False),
        **person_boxes.show(ask, person),
        "facts": _facts(ask, person),
        "events": Teller(ask.session, person, ask.now, ask.who.knows).everything(),
    }
    return requests.page(ask, "person_uppgifter.html", title="Uppgifter om personen", person=shown)


def _facts(ask: Ask, person: Person) -> list[tuple[str, str]]:
    address = ", ".join(
        part for part in (person.care_of, person.street, f"{person.postcode} {person.town}".strip()) if part
    )
    said = [
        ("Namn", person.name), ("Född", facts.in_words(ask.session, "birth_date", person.birth_date)),
        ("Adress", address), ("Område", person.district), ("Skola", person.school),
        ("Avbrott", facts.in_words(ask.session, "dropout_date", person.dropout_date)), ("Språk", person.language),
        ("Kontor", facts.in_words(ask.session, "office_id", person.office_id)),
        ("Ansvarig", facts.in_words(ask.session, "responsible_id", person.responsible_id)),
        ("Kom från", person.source), ("Med sedan", local_date(person.created_at).isoformat()),
    ]  # fmt: skip
    return [(what, value or "–") for what, value in said]
