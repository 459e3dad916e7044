"""Two pages that may be one person's: side by side, merged with a choice for each fact, and parted again (ux §4.6)."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.merges
import storage.numbers
import storage.people
import storage.register
from bot import requests
from bot.console import opening, person_facts
from bot.requests import Ask, Reading, Writing, Written, go
from outreach import duplicates, facts, in_words, merges, personnummer
from outreach.errors import Conflict, NotAllowed, NotFound
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
HERE = "/register/{code}/slaihop"
LABELS = {
    "name": "Namn", "identity": "Personnummer", "birth_date": "Född", "address": "Adress", "district": "Område",
    "school": "Skola", "language": "Språk", "office": "Kontor", "responsible": "Ansvarig", "standing": "Läge",
}  # fmt: skip


@routes.get(HERE)
def candidates(ask: Reading, code: str) -> Response:
    """Whom the page may be the same as."""
    person = opening.enter(ask, code)
    found = [one for one in duplicates.like(ask.session, person) if _may_open(ask, one)]
    return _choose(ask, person, found, searched="")


@routes.post(HERE)
def search(ask: Writing, code: str, vem: Text = "") -> Response:
    """Look for the other page by name, number or personnummer; what was written stands in no address."""
    person = opening.enter(ask, code)
    wanted = storage.register.Filter(
        text=vem.strip()[:100], office_ids=tuple(ask.who.office_ids), closed=None, reader_id=ask.who.staff.id
    )
    rows = storage.register.rows(ask.session, wanted, now=ask.now, limit=20) if vem.strip() else []
    found = [row.person for row in rows if row.person.id != person.id and _may_open(ask, row.person)]
    return _choose(ask, person, found, searched=vem.strip())


@routes.get(HERE + "/{other_code}")
def side_by_side(ask: Reading, code: str, other_code: str) -> Response:
    """Both pages, fact by fact."""
    kept, gone = opening.enter(ask, code), opening.enter(ask, other_code)
    for person in (kept, gone):
        opening.log_reading(ask, person)
    return _compare(ask, kept, gone, None)


@routes.post(HERE + "/{other_code}")
def merge(ask: Writing, code: str, other_code: str, chosen: Written) -> Response:
    """Make one of them."""
    others = [fact for fact in merges.FACTS if chosen.get(f"val_{fact}") == "andra"]
    kept, gone = opening.enter(ask, code), opening.enter(ask, other_code)
    try:
        merges.merge(ask.session, kept, gone, ask.who.staff, others=others, now=ask.now)
    except Conflict as error:
        return _compare(ask, kept, gone, error)
    return go(f"/register/{code}", done="ihop")


@routes.post("/register/{code}/isar/{merge_code}")
def part(ask: Writing, code: str, merge_code: str) -> Response:
    """Take a merge back."""
    person = opening.enter(ask, code)
    row = storage.merges.by_code(ask.session, merge_code)
    if row is None or person.id not in (row.kept_id, row.merged_id):
        raise NotFound("Sammanslagningen finns inte kvar.")
    merges.part(ask.session, row, ask.who.staff, now=ask.now)
    return go(f"/register/{code}", done="isar")


def _may_open(ask: Ask, person: Person) -> bool:
    return ask.who.may_see(person) and opening.is_open(ask, person)


def _choose(ask: Ask, person: Person, found: Sequence[Person], *, searched: str) -> Response:
    shown = {
        "id": person.code, "name": person.name, "searched": searched,
        "found": [
            {"id": one.code, "name": one.name, "born": one.birth_date, "why": duplicates.why(ask.session, person, one),
             "office": facts.in_words(ask.session, "office_id", one.office_id)}
            for one in found
        ],
    }  # fmt: skip
    return requests.page(ask, "person_slaihop.html", title="Slå ihop", rows=shown)


def _compare(ask: Ask, kept: Person, gone: Person, error: Conflict | None) -> Response:
    if gone.merged_into_id is not None or kept.merged_into_id is not None or kept.id == gone.id:
        raise NotAllowed("Sidorna är redan en och samma. Gå tillbaka till personens sida.")
    differing = merges.differing(kept, gone)
    shown = {
        "id": kept.code, "other": gone.code, "name": kept.name,
        "facts": [_fact(ask, kept, gone, fact) for fact in differing],
        "same": [LABELS[fact] for fact in merges.FACTS if fact not in differing and any(merges.values(kept, fact))],
        "kept": _holds(ask, kept), "gone": _holds(ask, gone),
        "errors": [{"field": "", "text": error.sentence}] if error else [],
    }  # fmt: skip
    return requests.page(
        ask, "person_slaihop_val.html", title="Slå ihop två sidor", rows=shown, status_code=409 if error else 200
    )  # fmt: skip


def _fact(ask: Ask, kept: Person, gone: Person, fact: str) -> dict[str, Any]:
    return {
        "name": fact, "label": LABELS[fact], "mine": _say(ask, kept, fact), "other": _say(ask, gone, fact),
        "other_first": merges.suggested(kept, gone, fact),
    }  # fmt: skip


def _say(ask: Ask, person: Person, fact: str) -> str:
    if fact == "identity":
        digits = storage.people.identity(ask.session, person)
        return personnummer.masked(digits) if digits else "–"
    if fact == "standing":
        return "Öppen" if person.closed_at is None else f"Avslutad: {person.closed_reason or 'utan skäl'}"
    if fact == "name":
        return person.name
    words = [facts.in_words(ask.session, name, getattr(person, name)) for name in merges.FACTS[fact]]
    return ", ".join(word for word in words if word) or "–"


def _holds(ask: Ask, person: Person) -> list[str]:
    """What comes along, in a few words."""
    numbers = [one["shown"] for one in person_facts.numbers(ask, person)]
    held = [f"Nummer: {', '.join(numbers)}"] if numbers else ["Inget nummer"]
    marks = [mark["text"] for mark in person_facts.marks(ask, person)]
    if person.protected:
        marks.append(in_words.FIELDS["protected"].capitalize())
    return [
        person.name,
        f"Personnummer: {_say(ask, person, 'identity')}",
        *held,
        *([", ".join(marks)] if marks else []),
    ]
