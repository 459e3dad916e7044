"""Postcards (vykort): whom they go to, what stands on them, and making them (ux §4.10)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.campaigns
import storage.cards
import storage.register
from bot import requests, shown
from bot.console import card_drawing, card_words
from bot.requests import Ask, Posting, Reading, go
from outreach import audience, card_files, card_texts, cards, in_words, ladder_lists, selections
from outreach.card_texts import Remark, Words
from outreach.cards import Plan
from outreach.errors import BadInput
from storage.cards import Addressee
from storage.codes import new_code
from storage.offices import Office

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = "/trappan/vykort"
ON_THE_STEP, WITHOUT_MOBILE = "steget", "saknar mobil"
MOST_CHOSEN, MOST_LISTED, MOST_ON_PAGE = 5000, 200, 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@routes.get(HERE)
def page(ask: Reading, slag: str = "first", urval: str = ON_THE_STEP) -> Response:
    """Everything about postcards on one page: those to make, those made, those that came back."""
    ask.needs("register")
    kind = slag if slag in in_words.CARDS else "first"
    if ask.office is None:
        return requests.page(ask, "trappan_vykort.html", title="Vykort", v=_without_office(ask))
    words = card_texts.chosen(ask.session, ask.office, kind)
    return _page(ask, ask.office, kind, urval, words, [])


@routes.post(HERE)
def make(
    ask: Posting, slag: Text = "first", urval: Text = ON_THE_STEP, nyckel: Text = "", gor: Text = "skapa",
    bild: Text = "bro", text: Text = "", text_en: Text = "", retur: Text = "",
) -> Response:  # fmt: skip
    """Make the cards, or show how they will look. The drawing is tried before anything is written."""
    ask.needs("register")
    office, kind = _office(ask), slag if slag in in_words.CARDS else "first"
    words = Words(bild, *(typed.replace("\r\n", "\n").strip() for typed in (text, text_en, retur)))
    ids = _chosen(ask, office, kind, urval)
    planned = cards.plan(ask.session, office, kind, ids, ask.now)
    remarks = card_texts.remarks(ask.session, office, words, {one.name for one in planned.getting})
    if gor == "visa" or remarks or card_drawing.pictures(ask, office, words)[1]:
        return _page(ask, office, kind, urval, words, remarks)
    faults = card_drawing.unprintable(ask, office, words, planned.getting)
    getting = [one.id for one in planned.getting if one.code not in faults]
    if faults and not getting:
        return _page(ask, office, kind, urval, words, [], faults=_faulty(planned, faults))
    with ask.house.database.write() as session:
        batch = cards.make(
            session, office, kind, getting, words, ask.who.staff, code=cards.read_code(nyckel), now=ask.now
        )
    query = urlencode([("hamta", "a4"), *(("fel", code) for code in list(faults)[:MOST_LISTED])])
    return go(f"{HERE}/{batch.code}?{query}")


@routes.get(HERE + "/saknar-adress.xlsx")
def missing(ask: Reading, slag: str = "first", urval: str = ON_THE_STEP) -> Response:
    """Whose address must be found, as a file; logged."""
    ask.needs("register")
    office, kind = _office(ask), slag if slag in in_words.CARDS else "first"
    planned = cards.plan(ask.session, office, kind, _chosen(ask, office, kind, urval), ask.now)
    with ask.house.database.write() as session:
        content = card_files.missing_xlsx(session, planned, now=ask.now, staff_id=ask.who.staff.id)
    return as_file(content, card_files.filename("adresser_saknas", "xlsx", ask.now), XLSX)


def as_file(content: bytes, name: str, media_type: str) -> Response:
    """An answer that the browser keeps as a file."""
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _office(ask: Ask) -> Office:
    if ask.office is None:
        raise BadInput("Välj ett kontor först, uppe på sidan. Korten bär ett kontors namn och returadress.")
    return ask.office


def _without_office(ask: Ask) -> Data:
    return {"office": "", "batches": _batches(ask), "returned": _returned(ask), "code": "", "error": ""}


def _chosen(ask: Ask, office: Office, kind: str, urval: str) -> list[int]:
    """Ids of the people a selection means: those on the ladder's step, or a saved selection of the register's. Whoever
    the reader knows (jäv) is for a colleague.
    """
    if urval == ON_THE_STEP:
        ids = cards.on_their_step(ask.session, office, kind, ask.now)
    else:
        wanted = replace(audience.read(ask.session, urval), office_ids=(office.id,), protected=False)
        ids = storage.register.ids(ask.session, wanted, now=ask.now)[:MOST_CHOSEN]
    return [person_id for person_id in ids if person_id not in ask.who.knows]


def _faulty(planned: Plan, faults: dict[str, str]) -> list[Data]:
    people = [one for one in planned.getting if one.code in faults][:MOST_LISTED]
    return [{"name": one.name, "href": f"/register/{one.code}", "why": faults[one.code]} for one in people]


def _page(
    ask: Ask, office: Office, kind: str, urval: str, words: Words, remarks: Sequence[Remark],
    faults: Sequence[Data] = (),
) -> Response:  # fmt: skip
    planned = cards.plan(ask.session, office, kind, _chosen(ask, office, kind, urval), ask.now)
    pictures, fault = card_drawing.pictures(ask, office, words)
    errors = [{"field": one.field, "text": card_words.remark(one)} for one in remarks] + fault
    data = {
        "office": office.name,
        "kind": kind,
        "kinds": [(value, label) for value, label in in_words.CARDS.items()],
        "selection": urval,
        "selections": _selections(ask, urval),
        "getting": len(planned.getting),
        "withheld": _withheld(planned),
        "missing": _missing(planned)[:MOST_ON_PAGE],
        "missing_count": len(planned.without_address),
        "faults": faults,
        "missing_file": f"{HERE}/saknar-adress.xlsx?{urlencode({'slag': kind, 'urval': urval})}",
        "next_turn": _next_turn(ask, office, kind),
        "words": words,
        "variables": [f"{{{name}}}" for name in card_texts.VARIABLES],
        "designs": [{"value": value, "label": label} for value, label in card_texts.DESIGNS.items()],
        "key": new_code(),
        "pictures": pictures,
        "errors": errors,
        "error": {one["field"]: one["text"] for one in reversed(errors)},
        "batches": _batches(ask),
        "returned": _returned(ask),
    }
    return requests.page(
        ask, "trappan_vykort.html", title="Vykort", v=data, status_code=422 if errors or faults else 200
    )  # fmt: skip


def _selections(ask: Ask, urval: str) -> list[tuple[str, str]]:
    """The ladder's own step, then saved selections; people who were ticked stand there only while they are meant."""
    me = ask.who.staff.id
    saved = [
        one.name for one in storage.campaigns.saved_audiences(ask.session) if one.shared or one.created_by_id == me
    ]
    shown_names = [name for name in saved if name == urval or not name.startswith(selections.TICKED)]
    return [
        (ON_THE_STEP, "De som står på vykortet i trappan"),
        (WITHOUT_MOBILE, "Alla som saknar mobil"),
        *((name, name) for name in shown_names),
    ]


def _withheld(planned: Plan) -> list[Data]:
    return [
        {"why": cards.REASONS[why], "count": len(people), "people": [_person(one, why) for one in people[:MOST_LISTED]]}
        for why, people in planned.withheld.items()
        if why not in cards.NEEDS_ADDRESS
    ]


def _missing(planned: Plan) -> list[Data]:
    return [_person(one, why) for why in cards.NEEDS_ADDRESS for one in planned.withheld.get(why, [])]


def _person(one: Addressee, why: str) -> Data:
    return {
        "name": one.name,
        "href": f"/register/{one.code}",
        "why": cards.REASONS[why],
        "address": ", ".join(cards.address_lines(one)[1:]).strip(" ,"),
    }


def _next_turn(ask: Ask, office: Office, kind: str) -> str:
    moment = ladder_lists.next_turn(ask.session, [office.id], cards.PLACES[kind], ask.now)
    return shown.relative_day(moment, ask.now) if moment is not None else ""


def _batches(ask: Ask) -> list[Data]:
    return [card_words.batch(ask, one) for one in storage.cards.batches(ask.session, ask.office_ids)]


def _returned(ask: Ask) -> list[Data]:
    return [
        {
            "name": one.person.name,
            "href": f"/register/{one.person.code}",
            "on": shown.date_table(one.returned_at),
            "address": f"{one.person.street}, {cards.postcode(one.person.postcode)} {one.person.town}",
        }
        for one in cards.bad_addresses(ask.session, ask.office_ids)
        if ask.who.may_see(one.person)
    ]
