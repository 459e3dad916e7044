"""A person's page: who they are, the talk, everything that has happened, and what staff note there (ux §4.6)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.audit
import storage.conversations
import storage.people
from bot import requests
from bot.console import opening, person_boxes, person_facts, presence, talk
from bot.console.composer import Typed
from bot.console.timeline import GROUPS, SHORT, Teller
from bot.requests import Ask, Reading, Writing, go
from outreach import contact, in_words, takeover
from outreach.errors import BadInput, BryggaError
from storage.conversations import Conversation
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

# The field that a text is written in.
MESSAGE = "meddelande"
# Where a number can come from, in the words the texts to youths are made of ({kalla}).
SOURCES = ("öppen nummertjänst", "skola", "vårdnadshavare", "personen själv", "fältare")


@routes.get("/register/{code}")
def page(ask: Reading, code: str, visa: str = "", allt: str = "", samtal: str = "") -> Response:
    """The page; somebody from another office is first asked why."""
    person = opening.find(ask, code)
    if not opening.is_open(ask, person):
        return _ask_why(ask, person)
    opening.log_reading(ask, person)
    conversation = storage.conversations.of_person(ask.session, person.id)
    opening.see_alert(ask, conversation)
    opening.mark_read(ask, conversation)
    return show(ask, person, group=visa, everything=allt == "ja", whole_talk=samtal == "allt")


@routes.get("/register/{code}/tidslinje")
def timeline(ask: Reading, code: str, visa: str = "", allt: str = "") -> Response:
    """The timeline alone, for live updating."""
    person = opening.enter(ask, code)
    opening.log_reading(ask, person)
    events, _ = _events(ask, person, visa, everything=allt == "ja")
    return requests.fragment(ask, "_person_tidslinje.html", person={"events": events})


def saved(
    ask: Ask, person: Person, act: Callable[[], object], *, field: str = "", form: Mapping[str, str] | None = None
) -> Response:  # fmt: skip
    """Do what a form on the page asks for; what cannot be done is said at its `field`, and what was typed is kept."""
    try:
        act()
    except BadInput as error:
        return show(ask, person, error=error, field=field, form=form)
    return go(f"/register/{person.code}", done="sparat")


def show(
    ask: Ask, person: Person, *, group: str = "", everything: bool = False, whole_talk: bool = False,
    in_clear: bool = False, error: BryggaError | None = None, field: str = "", typed: str | None = None,
    form: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The page. With an `error` it says what to mend, and keeps what was `typed` in the `field`, or in a `form`."""
    if person.merged_into_id is not None:
        return _merged(ask, person)
    kept = {**(form or {}), **({field: typed} if typed is not None else {})}
    conversation = storage.conversations.of_person(ask.session, person.id)
    events, more = _events(ask, person, group, everything=everything)
    shown = {
        **person_facts.show(ask, person, conversation, in_clear=in_clear),
        **person_boxes.show(ask, person),
        "talk": _talk(
            ask, person, conversation, everything=whole_talk, typed=Typed(typed or "") if field == MESSAGE else None
        ),
        "may_begin": conversation is None and _may_begin(ask, person),
        "events": events,
        "event_filters": _filters(person, group),
        "more_href": f"/register/{person.code}?visa={group}&allt=ja#tidslinje" if more else "",
        "query": f"visa={group}&allt={'ja' if everything else ''}",
        "notes": [(kind, in_words.ATTEMPTS[kind]) for kind in ("note", *contact.TRIES)],
        "results": [("", "Inget av det här"), *((kind, in_words.RESULTS[kind]) for kind in contact.RESULTS)],
        "source_words": [(source, source.capitalize()) for source in SOURCES],
        "errors": [{"field": field, "text": error.sentence}] if error else [],
        "typed": kept,
    }
    title = "Person"
    return requests.page(
        ask, "person.html", title=title, status_code=422 if error else 200, person=shown,
        frame=talk.undo_bar(ask) | presence.here("person", person.code),
    )  # fmt: skip


def _merged(ask: Ask, person: Person) -> Response:
    """Leads on to the page that holds now, through every merge there has been."""
    kept = person
    while kept.merged_into_id is not None:
        kept = storage.people.get(ask.session, kept.merged_into_id)
    gone = {"text": "Den här sidan har slagits ihop med en annan.", "href": f"/register/{kept.code}"}
    return requests.page(ask, "person.html", title="Person", person={"gone": gone, "marks": [], "state": None})


def _talk(
    ask: Ask, person: Person, conversation: Conversation | None, *, everything: bool, typed: Typed | None
) -> dict[str, Any] | None:  # fmt: skip
    if conversation is None or not ask.who.may("inbox"):
        return None
    return talk.show(ask, conversation, person, everything=everything, typed=typed)


def _may_begin(ask: Ask, person: Person) -> bool:
    return ask.who.may("inbox") and person.closed_at is None and takeover.can_begin(ask.session, person)


def _events(ask: Ask, person: Person, group: str, *, everything: bool) -> tuple[list[Any], bool]:
    events = [
        event
        for event in Teller(ask.session, person, ask.now, ask.who.knows).everything()
        if group in ("", event.group)
    ]
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
