"""A person's page: who they are, the talk, everything that has happened, and what staff note there (ux §4.6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path
from fastapi.responses import Response

import storage.audit
import storage.conversations
import storage.numbers
import storage.people
import storage.tasks
from bot import requests
from bot.console import opening, person_facts, talk
from bot.console.timeline import GROUPS, SHORT, Teller
from bot.requests import Ask, Reading, Writing, go
from outreach import contact, in_words, numbers, takeover
from outreach.errors import BadInput, BryggaError, NotFound
from outreach.lists import dates
from storage.conversations import Conversation
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter()
Text = Annotated[str, Form()]

# Where a number can come from, in the words the texts to youths are made of ({kalla}).
SOURCES = ("öppen nummertjänst", "skola", "vårdnadshavare", "personen själv", "fältare")


@routes.get("/register/{code}")
def page(ask: Reading, code: str, visa: str = "", allt: str = "", samtal: str = "") -> Response:
    """The page; somebody from another office is first asked why."""
    person = opening.find(ask, code)
    if not opening.is_open(ask, person):
        return _ask_why(ask, person)
    opening.log_reading(ask, person)
    opening.see_alert(ask, storage.conversations.of_person(ask.session, person.id))
    return show(ask, person, group=visa, everything=allt == "ja", whole_talk=samtal == "allt")


@routes.get("/register/{code}/tidslinje")
def timeline(ask: Reading, code: str, visa: str = "", allt: str = "") -> Response:
    """The timeline alone, for live updating."""
    person = opening.enter(ask, code)
    opening.log_reading(ask, person)
    events, _ = _events(ask, person, visa, everything=allt == "ja")
    return requests.fragment(ask, "_person_tidslinje.html", person={"events": events})


def show(
    ask: Ask, person: Person, *, group: str = "", everything: bool = False, whole_talk: bool = False,
    in_clear: bool = False, error: BryggaError | None = None, field: str = "", typed: str | None = None,
) -> Response:  # fmt: skip
    """The page. With an `error` it keeps what was `typed` in the `field` and says what to mend."""
    if person.merged_into_id is not None:
        return _merged(ask, person)
    conversation = storage.conversations.of_person(ask.session, person.id)
    events, more = _events(ask, person, group, everything=everything)
    shown = {
        **person_facts.show(ask, person, conversation, in_clear=in_clear),
        "talk": _talk(ask, person, conversation, everything=whole_talk, typed=typed if field == "meddelande" else None),
        "may_begin": conversation is None and _may_begin(ask, person),
        "events": events,
        "event_filters": _filters(person, group),
        "more_href": f"/register/{person.code}?visa={group}&allt=ja#tidslinje" if more else "",
        "query": f"visa={group}&allt={'ja' if everything else ''}",
        "notes": [(kind, in_words.ATTEMPTS[kind]) for kind in ("note", *contact.TRIES)],
        "results": [("", "Inget av det här"), *((kind, in_words.RESULTS[kind]) for kind in contact.RESULTS)],
        "sources": SOURCES,
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "typed": {field: typed or ""},
    }
    title = "Person"
    return requests.page(ask, "person.html", title=title, status_code=422 if error else 200, person=shown)


def _merged(ask: Ask, person: Person) -> Response:
    kept = storage.people.get(ask.session, person.merged_into_id or person.id)
    gone = {"text": "Den här sidan har slagits ihop med en annan.", "href": f"/register/{kept.code}"}
    return requests.page(ask, "person.html", title="Person", person={"gone": gone, "marks": [], "state": None})


def _talk(
    ask: Ask, person: Person, conversation: Conversation | None, *, everything: bool, typed: str | None
) -> dict[str, Any] | None:  # fmt: skip
    if conversation is None or not ask.who.may("inbox"):
        return None
    return talk.show(ask, conversation, person, everything=everything, typed=typed)


def _may_begin(ask: Ask, person: Person) -> bool:
    return ask.who.may("inbox") and person.closed_at is None and takeover.can_begin(ask.session, person)


def _events(ask: Ask, person: Person, group: str, *, everything: bool) -> tuple[list[Any], bool]:
    events = [event for event in Teller(ask.session, person, ask.now).everything() if group in ("", event.group)]
    kept = events if everything else events[:SHORT]
    return kept, len(kept) < len(events)


def _filters(person: Person, group: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "href": f"/register/{person.code}?visa={key}#tidslinje", "current": key == group}
        for key, label in GROUPS
    ]


def _ask_why(ask: Ask, person: Person, error: str = "") -> Response:
    data = {"id": person.code, "error": error}
    return requests.page(
        ask, "person_skal.html", title="Varför behöver du öppna sidan?", status_code=422 if error else 200, why=data
    )


@routes.post("/register/{code}/skal")
def why(ask: Writing, code: str, skal: Text = "") -> Response:
    """One line on why somebody from another office opens the page; it is logged."""
    person = opening.find(ask, code)
    try:
        opening.give_reason(ask, person, skal)
    except BadInput as error:
        return _ask_why(ask, person, error.sentence)
    return go(f"/register/{person.code}")


@routes.post("/register/{code}/handelse")
def note(ask: Writing, code: str, slag: Text = "", resultat: Text = "", text: Text = "") -> Response:
    """A try, a meeting outside or a note."""
    person = opening.enter(ask, code)
    try:
        contact.note(ask.session, person, ask.who.staff, kind=slag, result=resultat, text=text, now=ask.now)
    except BadInput as error:
        return show(ask, person, error=error, field="text", typed=text)
    return go(f"/register/{person.code}", done="sparat")


@routes.post("/register/{code}/nummer")
def add_number(ask: Writing, code: str, nummer: Text = "", kalla: Text = "") -> Response:
    """A number somebody found."""
    person = opening.enter(ask, code)
    source = kalla if kalla in SOURCES else SOURCES[0]
    try:
        tie = numbers.add(
            ask.session, person, nummer, source=source, found_by=ask.who.staff.name, now=ask.now
        )  # fmt: skip
        if tie is None:
            raise BadInput("Numret har varit fel för den här personen och läggs inte tillbaka.")
    except BadInput as error:
        return show(ask, person, error=error, field="nummer", typed=nummer)
    return go(f"/register/{person.code}", done="sparat")


@routes.post("/register/{code}/nummer/{tie_id}/fel")
def strike(ask: Writing, code: str, tie_id: int) -> Response:
    """The number is somebody else's."""
    person = opening.enter(ask, code)
    ties = storage.numbers.of_person(ask.session, person.id)
    e164 = next((number.e164 for tie, number in ties if tie.id == tie_id), None)
    if e164 is None:
        raise NotFound("Numret finns inte kvar på personen.")
    numbers.strike(ask.session, person, e164, why="fel nummer", now=ask.now)
    storage.audit.write(
        ask.session, "number_marked_wrong", now=ask.now, staff_id=ask.who.staff.id, person_id=person.id
    )  # fmt: skip
    return go(f"/register/{person.code}", done="sparat")


@routes.post("/register/{code}/utfall")
def outcome(ask: Writing, code: str, utfall: Text = "", datum: Text = "") -> Response:
    """What the person does now."""
    person = opening.enter(ask, code)
    try:
        day = dates.read_date(datum, local_date(ask.now))
        if day is None:
            raise BadInput("Datumet gick inte att läsa. Skriv till exempel 2026-11-24.")
        contact.outcome(ask.session, person, ask.who.staff, kind=utfall, on=day, now=ask.now)
    except BadInput as error:
        return show(ask, person, error=error, field="datum", typed=datum)
    return go(f"/register/{person.code}", done="sparat")


@routes.post("/register/{code}/utfall/{outcome_id}/bekrafta")
def confirm_outcome(ask: Writing, code: str, outcome_id: Annotated[int, Path(ge=0, le=2**31)]) -> Response:
    """Vouch for what the service read in a text."""
    person = opening.enter(ask, code)
    proposed = storage.tasks.outcome(ask.session, outcome_id)
    if proposed is None or proposed.person_id != person.id:
        raise NotFound("Utfallet finns inte kvar på personen.")
    contact.confirm(ask.session, proposed, ask.who.staff, now=ask.now)
    return go(f"/register/{person.code}", done="sparat")


@routes.post("/register/{code}/personnummer")
def show_identity(ask: Writing, code: str) -> Response:
    """The personnummer in clear, this once; that it was opened is logged, and it never stands in an address."""
    person = opening.enter(ask, code)
    storage.audit.write(
        ask.session, "personnummer_shown", now=ask.now, staff_id=ask.who.staff.id, person_id=person.id
    )  # fmt: skip
    return show(ask, person, in_clear=True)


@routes.post("/register/{code}/stopp")
def spoken_stop(ask: Writing, code: str) -> Response:
    """The person has said stop aloud."""
    person = opening.enter(ask, code)
    stopped = contact.spoken_stop(ask.session, person, ask.who.staff, now=ask.now)
    return go(f"/register/{person.code}", done="sparat" if stopped else "redan")
