"""Settings that whoever works with people edits: the office's measures (insatser) and its partners (ux §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.offers
import storage.partners
from bot import requests
from bot.console import setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import in_words, offers, partners, phone_numbers
from outreach.errors import BadInput, NotFound
from storage.offers import Measure
from storage.offices import Office
from storage.partners import Partner

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Data = dict[str, Any]
MEASURES, PARTNERS = settings_tabs.PAGES["Insatser"], settings_tabs.PAGES["Partner"]


@routes.get(MEASURES)
def measures(ask: Reading, andra: str = "") -> Response:
    """The catalogue of each of one's offices; `andra` opens one measure to be changed."""
    ask.needs("register")
    return _measures(ask, andra, {}, None)


@routes.post(MEASURES)
def save_measure(ask: Writing, typed: Written) -> Response:
    """A measure, new or changed."""
    ask.needs("register")
    measure = _measure(ask, typed["kod"]) if typed.get("kod") else Measure(
        office_id=_office(ask, typed.get("hos", "")), name="", aim=""
    )  # fmt: skip
    try:
        offers.save_measure(
            ask.session, measure, {name: typed.get(name, "") for name in offers.WORDS}, aim=typed.get("aim", ""),
            staff=ask.who.staff, now=ask.now,
        )  # fmt: skip
    except BadInput as error:
        return _measures(ask, typed.get("kod", ""), typed, error)
    return go(MEASURES, done="sparat")


@routes.post(MEASURES + "/{code}/slut")
def end_measure(ask: Writing, code: str, igen: Text = "") -> Response:
    """Offered no longer, or again."""
    ask.needs("register")
    offers.end_measure(ask.session, _measure(ask, code), ask.who.staff, on=igen == "ja", now=ask.now)
    return go(MEASURES, done="sparat")


@routes.post(MEASURES + "/{code}/upp")
def measure_up(ask: Writing, code: str) -> Response:
    """One step up in the list."""
    ask.needs("register")
    offers.move_up(ask.session, _measure(ask, code))
    return go(MEASURES, done="sparat")


@routes.get(PARTNERS)
def directory(ask: Reading, andra: str = "") -> Response:
    """The partners of each of one's offices; `andra` opens one to be changed."""
    ask.needs("register")
    return _directory(ask, andra, {}, None)


@routes.post(PARTNERS)
def save_partner(ask: Writing, typed: Written) -> Response:
    """A partner, new or changed."""
    ask.needs("register")
    partner = _partner(ask, typed["kod"]) if typed.get("kod") else Partner(
        office_id=_office(ask, typed.get("hos", "")), name=""
    )  # fmt: skip
    try:
        partners.save(
            ask.session, partner, {name: typed.get(name, "") for name in partners.WORDS}, kind=typed.get("kind", ""),
            staff=ask.who.staff, now=ask.now,
        )  # fmt: skip
    except BadInput as error:
        return _directory(ask, typed.get("kod", ""), typed, error)
    return go(PARTNERS, done="sparat")


@routes.post(PARTNERS + "/{code}/slut")
def end_partner(ask: Writing, code: str, igen: Text = "") -> Response:
    """Worked with no longer, or again."""
    ask.needs("register")
    partners.end(ask.session, _partner(ask, code), ask.who.staff, on=igen == "ja", now=ask.now)
    return go(PARTNERS, done="sparat")


def _measures(ask: Ask, changing: str, typed: Data, error: BadInput | None) -> Response:
    known = _measure(ask, changing) if changing else None
    shown = {
        **_frame(ask, MEASURES, changing, error),
        "typed": typed or {name: getattr(known, name) if known else "" for name in (*offers.WORDS, "aim")},
        "aims": list(in_words.AIMS.items()),
        "offices": [
            {"name": office.name, "rows": [
                {"id": one.code, "name": one.name, "aim": in_words.AIMS[one.aim], "for_whom": one.for_whom,
                 "place": one.place, "times": one.times, "how": one.how_to_book, "ended": one.ended_on}
                for one in storage.offers.measures(ask.session, office.id)
            ]}
            for office in _offices(ask)
        ],
    }  # fmt: skip
    return requests.page(
        ask, "installningar_insatser.html", title="Insatser", s=shown, status_code=422 if error else 200
    )  # fmt: skip


def _directory(ask: Ask, changing: str, typed: Data, error: BadInput | None) -> Response:
    known = _partner(ask, changing) if changing else None
    shown = {
        **_frame(ask, PARTNERS, changing, error),
        "typed": typed or {name: getattr(known, name) if known else "" for name in (*partners.WORDS, "kind")},
        "kinds": [(kind, kind.capitalize()) for kind in partners.KINDS],
        "offices": [
            {"name": office.name, "rows": [
                {"id": one.code, "name": one.name, "kind": one.kind, "contact": one.contact, "email": one.email,
                 "e164": one.phone, "phone": phone_numbers.show(one.phone) if one.phone else "", "ended": one.ended_on}
                for one in storage.partners.partners(ask.session, office.id)
            ]}
            for office in _offices(ask)
        ],
    }  # fmt: skip
    return requests.page(
        ask, "installningar_partner.html", title="Partner", s=shown, status_code=422 if error else 200
    )  # fmt: skip


def _frame(ask: Ask, here: str, changing: str, error: BadInput | None) -> Data:
    offices = _offices(ask)
    return {
        **setting_history.for_page(ask, "Insatser" if here == MEASURES else "Partner"),
        "changing": changing,
        "choices": [(office.id, office.name) for office in offices] if len(offices) > 1 else [],
        "office": offices[0].id if offices else "",
        "errors": [{"field": _field(error), "text": error.sentence}] if error else [],
    }


def _field(error: BadInput) -> str:
    return "name" if "namn" in error.sentence else "phone" if "umret" in error.sentence else "aim"


def _offices(ask: Ask) -> list[Office]:
    return [office for office in ask.who.offices if office.id in ask.office_ids]


def _office(ask: Ask, typed: str) -> int:
    chosen = whole(typed)
    if chosen is None or chosen not in ask.who.office_ids:
        raise NotFound
    return chosen


def _measure(ask: Ask, code: str) -> Measure:
    measure = storage.offers.measure_by_code(ask.session, code)
    if measure is None or measure.office_id not in ask.who.office_ids:
        raise NotFound("Insatsen finns inte kvar.")
    return measure


def _partner(ask: Ask, code: str) -> Partner:
    partner = storage.partners.by_code(ask.session, code)
    if partner is None or partner.office_id not in ask.who.office_ids:
        raise NotFound("Partnern finns inte kvar.")
    return partner
