"""A dialog meeting's page: how it stands, what youths see, the links it is shared by, who comes, and afterwards
(ux §4.12).
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.conversations
import storage.gatherings
import storage.meetings
import storage.people
import storage.signups
import storage.staff
from bot import requests, shown
from bot.console import gatherings as listed
from bot.console.talk import name_of
from bot.conversation import gathering_texts
from bot.print import posters
from bot.requests import Ask, Reading
from outreach import (
    experience,
    gathering_changes,
    gathering_news,
    gathering_plans,
    gatherings,
    languages,
    needs,
    share_links,
    waiting,
)
from outreach.gathering_plans import STATES
from storage.conversations import Conversation
from storage.gatherings import Gathering
from storage.local_time import local
from storage.meetings import Slot
from storage.people import Person
from storage.signups import Signup

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = listed.HERE
# How somebody stands on the list, as shape and word, in the order of the list.
STANDS = {
    "signed_up": ("waits", "Anmäld"), "came": ("done", "Kom"), "no_show": ("rests", "Kom inte"),
    "offered": ("needs", "Har fått frågan om en plats"), "waiting": ("rests", "Reserv"),
    "cancelled": ("stop", "Avbokad"), "passed_on": ("stop", "Platsen gick vidare"),
    "called_off": ("stop", "Inställt"),
}  # fmt: skip
_ORDER = tuple(STANDS)
# A few places are said as that, so that nobody feels counted (ux §4.19).
FEW = 4


@routes.get(HERE + "/{code}")
def page(ask: Reading, code: str) -> Response:
    """Everything about one meeting."""
    return show(ask, listed.find(ask, code))


def show(
    ask: Ask, slot: Slot, *, error: str = "", field: str = "", typed: Data | None = None, preview: Data | None = None
) -> Response:
    """The page, with what is wrong and what was typed, or with words to everybody as they will look."""
    crumbs = [{"label": "Dialogmöten", "href": HERE}]
    data = _shown(ask, slot) | {
        "errors": [{"field": field, "text": error}] if error else [], "typed": typed or {}, "preview": preview,
    }  # fmt: skip
    return requests.page(
        ask, "dialogmote.html", title="Dialogmöte", status_code=422 if error else 200, m=data, frame={"crumbs": crumbs}
    )


def _shown(ask: Ask, slot: Slot) -> Data:
    row = gatherings.terms(ask.session, slot)
    empty = storage.meetings.seats_left(ask.session, slot.id)
    stands = gathering_plans.state(slot, row, empty, ask.now)
    begun = ask.now >= slot.starts_at
    is_off = slot.called_off_at is not None
    named, unnamed = people(ask, slot, begun=begun)
    return {
        "code": slot.code, "href": f"{HERE}/{slot.code}", "title": slot.title or f"Träff om {slot.topic}",
        "at": slot.starts_at, "clock": shown.time_text(slot.starts_at), "until": shown.time_text(slot.ends_at),
        "state": {"kind": listed.KINDS[stands], "text": STATES[stands]}, "stands": stands, "begun": begun,
        "draft": stands in ("draft", "asked"), "off": is_off, "ahead": not begun and not is_off,
        "facts": _facts(ask, slot, row), "adults_short": _adults_short(ask, slot, row),
        "decision": _decision(ask, slot, row), "busy": _busy(ask, slot),
        "public": _public(ask, slot, row, empty), "links": _links(ask, slot),
        "sources": share_links.counts(ask.session, slot), "people": named, "unnamed": unnamed,
        "listeners": len(gathering_changes.listeners(ask.session, slot)),
        "may_write": not is_off and row.published_at is not None and ask.now < slot.ends_at,
        "after": _after(ask, slot, row) if begun and not is_off and row.published_at is not None else None,
    }  # fmt: skip


def _facts(ask: Ask, slot: Slot, row: Gathering) -> list[tuple[str, str]]:
    names = storage.staff.names(ask.session)
    reachable = storage.staff.find(ask.session, row.reachable_id)
    seats = storage.gatherings.seats(ask.session, [slot.id]).get(slot.id, 0)
    taken = storage.gatherings.taken(ask.session, [slot.id]).get(slot.id, 0)
    line = storage.gatherings.in_line(ask.session, [slot.id]).get(slot.id, 0)
    facts = [
        ("Anmälda", f"{taken} av {seats} platser" + (f", {line} i reserv" if line else "")),
        ("Leder", names.get(slot.staff_id or 0, "Ingen vald än")),
        ("Nås under mötet", reachable.name if reachable is not None else "Ingen vald än"),
        ("Vuxna från er", f"minst {row.adults}"),
        ("Plats", slot.place), ("Hitta dit", row.how_to_find),
        ("Språk", ", ".join(languages.in_swedish(lang) for lang in row.languages)),
        ("När det är fullt", "reservlista" if row.waiting_list else "ingen reservlista, nästa träff föreslås"),
        ("Ta med någon", "ja, med +1" if row.plus_one else "nej, en plats per person"),
        ("Eget samtal i stället", "erbjuds" if row.alone_instead else "erbjuds inte"),
        ("Platsen", "visas först efter anmälan" if row.place_after_signup else ""),
        ("Blir av", _runs_from(row)),
    ]  # fmt: skip
    return [(label, text) for label, text in facts if text]


def _runs_from(row: Gathering) -> str:
    if not row.minimum or row.decide_at is None:
        return "hur många det än blir"
    day = local(row.decide_at)
    return f"med minst {row.minimum} anmälda, bestäms {day.day}/{day.month} kl. {shown.time_text(day)}"


def _adults_short(ask: Ask, slot: Slot, row: Gathering) -> str:
    """Who must be found before young people are gathered in one place (domain S43)."""
    named = {one for one in (slot.staff_id, row.reachable_id) if one is not None}
    if slot.called_off_at is not None or ask.now >= slot.ends_at:
        return ""
    if row.reachable_id is None:
        return "Välj vem av personalen som går att nå under mötet."
    return "Två vuxna behövs, men samma person står för båda." if row.adults > 1 and len(named) == 1 else ""


def _decision(ask: Ask, slot: Slot, row: Gathering) -> Data | None:
    if row.decision != "asked" or not gatherings.is_ahead(slot, ask.now):
        return None
    return {"signed": storage.gatherings.signed_up(ask.session, slot.id), "minimum": row.minimum}


def _busy(ask: Ask, slot: Slot) -> list[str]:
    """Other meetings at the same place and hour: a warning, never a stop."""
    if not gatherings.is_ahead(slot, ask.now):
        return []
    others = storage.gatherings.busy_places(
        ask.session, slot.place, slot.starts_at, slot.ends_at, besides=slot.id
    )  # fmt: skip
    return [f"kl. {shown.time_text(one.starts_at)}–{shown.time_text(one.ends_at)}" for one in others]


def _public(ask: Ask, slot: Slot, row: Gathering, empty: int) -> Data:
    """What youths see: the page in words, and the invitation as a text."""
    office = listed.office_of_meeting(ask, slot)
    leader = gathering_news.leader(ask.session, slot)
    values = {
        **gathering_texts.meeting_values(slot, leader, "sv"), "enhet": office.sender_name,
        "kommun": office.municipality, "amne": slot.topic,
    }  # fmt: skip
    left = "fullt, men det finns en reservlista" if row.waiting_list else "fullt"
    invitation = gathering_texts.said(ask.session, "INV-3", "sv", values)
    return {
        "when": f"{shown.date_text(slot.starts_at)} kl. {shown.time_text(slot.starts_at)}",
        "where": "Platsen får du när du har anmält dig" if row.place_after_signup else slot.place,
        "leader": leader, "left": ("några platser kvar" if empty <= FEW else "det finns plats") if empty else left,
        "sms": {"look": "sms", "from_name": office.sender_name, "text": invitation},
    }  # fmt: skip


def _links(ask: Ask, slot: Slot) -> Data | None:
    if slot.short_code is None:
        return None
    base = str(ask.house.settings.public_url).rstrip("/")
    made = storage.gatherings.links(ask.session, slot.id)
    counted = storage.gatherings.sources(ask.session, slot.id)
    return {
        "code": slot.short_code, "number": ask.house.sms_number, "designs": posters.DESIGNS.items(),
        "rows": [
            {"place": share_links.PLACES[one.place], "code": one.code, "address": f"{base}/m/{one.code}",
             "views": one.views, "signed": counted.get(one.place, 0)}
            for one in made
        ],
        "places": [(key, label) for key, label in share_links.PLACES.items() if key not in {o.place for o in made}],
    }  # fmt: skip


# -------------------------------------------------------------------------------------------------- who comes


def people(ask: Ask, slot: Slot, *, begun: bool) -> tuple[list[Data], int]:
    """Everybody on the list and in line, those who come first, and how many more there are: somebody with protected
    identity stands in no list, nor does whom one knows (jäv).
    """
    rows = storage.signups.of_slot(ask.session, slot.id)
    known = storage.people.many(ask.session, [row.person_id for row in rows if row.person_id is not None])
    listed_ = [row for row in rows if _may_stand(ask, known.get(row.person_id or 0))]
    found = [_person(ask, slot, row, known.get(row.person_id or 0), begun=begun) for row in listed_]
    hidden = [row for row in rows if row not in listed_ and row.state in ("signed_up", "came", "no_show")]
    return sorted(found, key=lambda row: _ORDER.index(row["stands"])), len(hidden)


def _may_stand(ask: Ask, person: Person | None) -> bool:
    return person is None or (not person.protected and waiting.may_know_of(ask.who, person))


def _person(ask: Ask, slot: Slot, row: Signup, person: Person | None, *, begun: bool) -> Data:
    kind, text = STANDS[row.state]
    if row.state == "waiting":
        text = f"Reserv, nr {storage.signups.place_in_line(ask.session, row)}"
    talk = storage.conversations.get(ask.session, row.conversation_id) if row.conversation_id is not None else None
    return {
        "code": row.code, "stands": row.state, "state": {"kind": kind, "text": text},
        "name": _name(ask, row, talk), "href": _way_to(ask, person, talk.code if talk is not None else ""),
        "more": f"+{row.companions}" if row.companions else "",
        "source": share_links.SOURCES.get(row.source, "annat"),
        "mark": begun and slot.called_off_at is None and row.state in ("signed_up", "came", "no_show"),
        "talk": _own_talk(ask, talk.state if talk is not None else "", person)
        if row.state not in ("cancelled", "called_off") else None,
    }  # fmt: skip


def _name(ask: Ask, row: Signup, talk: Conversation | None) -> str:
    """The first name they signed up with; of whoever gave none, what their talk is called in Inkorg."""
    if row.first_name or talk is None or not ask.who.may("inbox"):
        return row.first_name or "Utan namn"
    return name_of(talk)


def _way_to(ask: Ask, person: Person | None, talk: str) -> str:
    if person is not None:
        return f"/register/{person.code}" if ask.who.may("register") else ""
    return f"/inkorg/{talk}" if talk and ask.who.may("inbox") else ""


def _own_talk(ask: Ask, talk_state: str, person: Person | None) -> Data | None:
    """Whether a talk of their own can be offered, or how far that has come."""
    if person is None:
        return None
    booking = storage.meetings.open_booking(ask.session, person.id, after=ask.now)
    if booking is not None:
        return {"text": "Bokad", "can": False}
    return {"text": "Har fått tider" if talk_state == "offered" else "", "can": talk_state != "offered"}


# ------------------------------------------------------------------------------------------------- afterwards


def _after(ask: Ask, slot: Slot, row: Gathering) -> Data:
    counted = storage.gatherings.needs(ask.session, [slot.id])
    results = experience.results(ask.session, slot)
    signed = storage.signups.of_slot(ask.session, slot.id, ("signed_up", "came", "no_show"))
    by_name = sum(one.companions + 1 for one in signed if one.state == "came")
    return {
        "came": row.came, "by_name": by_name, "drop_ins": row.drop_ins,
        "total": (row.came if row.came is not None else by_name) + row.drop_ins,
        "unmarked": sum(one.state == "signed_up" for one in signed), "closed": row.closed_at,
        "needs": [{"key": key, "label": label, "many": counted.get(key, 0)} for key, label in needs.NEEDS.items()],
        "questions": [
            {"key": key, "label": label, "text": getattr(row, key)} for key, label in needs.QUESTIONS.items()
        ],
        "pulse": [
            {"question": experience.QUESTIONS[question],
             "answers": [(experience.ANSWERS[question][answer], many) for answer, many in answers.items()]}
            for question, answers in results.items()
        ],
    }  # fmt: skip
