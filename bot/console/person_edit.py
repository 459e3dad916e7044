"""Uppgifter om personen: everything we hold, to print, and to correct what is wrong (ux §4.6)."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.amendments
import storage.offices
import storage.people
import storage.staff
from bot import requests
from bot.console import opening, outdated, person_boxes, person_facts, presence
from bot.console.outdated import Clash
from bot.console.timeline import Teller
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import facts, in_words
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
    return _form(ask, person, _stands(person), None)


@routes.post(HERE + "/ratta")
def correct(ask: Writing, code: str, typed: Written) -> Response:
    """Keep what was corrected; what stood before is kept too, and what a colleague has saved meanwhile is shown."""
    person = opening.enter(ask, code)
    merged = outdated.merge({**typed, "protected": typed.get("protected", "")}, _stands(person))
    if merged.clashes:
        return _form(ask, person, typed, None, merged.clashes)
    wanted = merged.values
    try:
        changed = facts.correct(
            ask.session, person, ask.who.staff, words={name: wanted[name] for name in facts.WORDS},
            birth_date=_born(ask, wanted["birth_date"]), office_id=_office(ask, wanted["office"]),
            responsible_id=_responsible(ask, person, wanted["responsible"]),
            protected=_protected(ask, person, wanted["protected"]), now=ask.now,
        )  # fmt: skip
    except BadInput as error:
        return _form(ask, person, typed, error)
    return go(f"/register/{code}", done="sparat" if changed else "redan")


def _stands(person: Person) -> dict[str, str]:
    """What stands now, as the form writes it."""
    written = {name: str(getattr(person, name) or "") for name in facts.WORDS}
    return {
        **written, "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "office": str(person.office_id or ""), "responsible": str(person.responsible_id or ""),
        "protected": "ja" if person.protected else "",
    }  # fmt: skip


def _born(ask: Ask, typed: str) -> Any:
    if not typed.strip():
        return None
    day = dates.read_birth_date(typed, local_date(ask.now))
    if day is None:
        raise BadInput("Födelsedatumet gick inte att läsa. Skriv till exempel 2008-05-14.")
    return day


def _office(ask: Ask, typed: str) -> int:
    chosen = whole(typed)
    if chosen is None or chosen not in {office.id for office in storage.offices.all_offices(ask.session)}:
        raise BadInput("Välj ett kontor i listan.")
    return chosen


def _responsible(ask: Ask, person: Person, typed: str) -> int | None:
    chosen = whole(typed)
    if chosen is None or chosen not in person_boxes.may_be_responsible(ask, person):
        return None
    return chosen


def _protected(ask: Ask, person: Person, typed: str) -> bool:
    # Only the two roles may take the marker away; anybody may set it, since that is the safe side.
    return bool(typed) or (person.protected and not ask.who.sees_protected(person.office_id))


def _form(
    ask: Ask, person: Person, typed: dict[str, str], error: BadInput | None, clashes: Sequence[Clash] = ()
) -> Response:  # fmt: skip
    other = storage.staff.names(ask.session).get(_latest_by(ask, person), "") if clashes else ""
    shown = {
        "id": person.code,
        "typed": typed,
        "offices": [(office.id, office.name) for office in storage.offices.all_offices(ask.session)],
        "office": typed.get("office", ""),
        "responsible": typed.get("responsible", ""),
        "staff": [("", "Ingen ännu"), *person_boxes.may_be_responsible(ask, person).items()],
        "protected": bool(typed.get("protected")),
        "shown": _stands(person),
        "clashes": [_both(ask, clash) for clash in clashes],
        "who": other or "Någon annan",
        "whose": outdated.whose(other),
        "errors": [{"field": _field(error), "text": error.sentence}] if error else [],
    }
    status = 409 if clashes else 422 if error else 200
    return requests.page(
        ask, "person_ratta.html", title="Rätta uppgifter", rows=shown, status_code=status,
        frame=presence.here("person", person.code),
    )  # fmt: skip


def _both(ask: Ask, clash: Clash) -> dict[str, str]:
    """A field that two have changed, as the page shows its versions."""
    fact = {"office": "office_id", "responsible": "responsible_id"}.get(clash.field, clash.field)
    mine, theirs = (_say(ask, clash.field, value) for value in (clash.mine, clash.theirs))
    return {"field": clash.field, "label": in_words.AMENDED[fact], "mine": mine, "theirs": theirs}


def _say(ask: Ask, field: str, value: str) -> str:
    if field == "office":
        return {str(office.id): office.name for office in storage.offices.all_offices(ask.session)}.get(value, "")
    if field == "responsible":
        return storage.staff.names(ask.session).get(whole(value) or 0, "")
    return {"ja": "ja", "": "nej"}.get(value, value) if field == "protected" else value


def _latest_by(ask: Ask, person: Person) -> int:
    """Who was the latest to correct something about the person."""
    latest = storage.amendments.of_person(ask.session, person.id)
    return max(latest, key=lambda one: one.id).by_id or 0 if latest else 0


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
