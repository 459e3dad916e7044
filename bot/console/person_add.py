"""Lägg till person: somebody put into the register by hand, beside those they may be already (ux §4.4)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

import storage.audit
from bot import requests
from bot.console import import_rows
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import in_words, phone_numbers
from outreach.errors import BadInput, NotAllowed
from outreach.lists import by_hand
from outreach.lists.by_hand import Alike
from outreach.lists.register import Known
from outreach.lists.rows import ReadRow
from outreach.lists.words import FAULTS, NOTICES
from storage.local_time import local_date

routes = APIRouter(include_in_schema=False)

HERE = "/register/ny"
_FAULTS = FAULTS | {
    by_hand.GUARDIAN_OF_ADULT: "Personen har fyllt 18. Ta bort vårdnadshavarna: de ska inte stå i registret.",
    "personnummer_check_digit": "Sista siffran i personnumret stämmer inte. Kontrollera det, eller skriv bara "
    "födelsedatumet.",
}
_NOTICES = NOTICES | {
    "outside_age_range": "Åldern passar inte gruppen.",
    "several_numbers_in_cell": "Du skrev flera nummer. Vi tar med alla.",
}
_MARK_THERE = (
    "Du kryssade i skyddade personuppgifter. Är det samma person, kryssa i det på sidan som redan finns, under Rätta "
    "uppgifter."
)


class _Fault(BadInput):
    """What cannot be kept, and the field it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@routes.get(HERE)
def form(ask: Reading) -> Response:
    """An empty form."""
    ask.needs("import")
    if not ask.who.offices:
        raise NotAllowed("Du hör inte till något kontor än. Be en administratör om hjälp.")
    return _form(ask, {})


@routes.post(HERE)
def add(ask: Writing, typed: Written) -> Response:
    """Keep the person; whoever may be in the register already is shown first, side by side."""
    ask.needs("import")
    if "andra" in typed:
        return _form(ask, typed)
    try:
        row, more = _read(ask, typed)
    except _Fault as fault:
        return _form(ask, typed, fault)
    alike = by_hand.alike(ask.session, row)
    asked = _asked(row, alike)
    if asked and (alike.is_certain or typed.get("svar") != asked):
        return _check(ask, typed, row, alike, asked)
    without = () if "strukna" in typed else alike.struck
    person = by_hand.add(ask.session, row, ask.who.staff, without=without, now=ask.now, **more)
    return go(f"/register/{person.code}", done="tillagd")


def _read(ask: Ask, typed: Mapping[str, str]) -> tuple[ReadRow, dict[str, Any]]:
    programme, source, office_id = typed.get("grupp", ""), typed.get("kalla", ""), whole(typed.get("kontor", ""))
    if not typed.get("first_name", "").strip():
        raise _Fault("first_name", "Förnamnet saknas. Skriv vad personen heter.")
    if programme not in in_words.PROGRAMMES:
        raise _Fault("grupp", "Välj vilken grupp personen hör till.")
    if source not in by_hand.SOURCES:
        raise _Fault("kalla", "Välj vem som berättade om personen.")
    if office_id not in ask.who.office_ids:
        raise _Fault("kontor", "Välj ett av dina kontor.")
    row = by_hand.read(ask.session, typed, programme=programme, today=local_date(ask.now))
    if row.fault is not None:
        raise _Fault(row.fault.column or "", _FAULTS[row.fault.code])
    return row, {"programme": programme, "source": source, "office_id": office_id}


def _asked(row: ReadRow, alike: Alike) -> str:
    """Everything there is to ask before the person is kept; an answer holds for exactly this."""
    doubts = [alike.codes, *(notice.code for notice in row.notices), *(number.e164 for number in alike.struck)]
    return " ".join(doubt for doubt in doubts if doubt)


def _form(ask: Ask, typed: Mapping[str, str], fault: _Fault | None = None) -> Response:
    office = ask.office or ask.who.offices[0]
    shown = {
        "typed": {"kontor": str(office.id), **typed},
        "groups": [{"value": key, "label": words} for key, words in in_words.PROGRAMMES.items()],
        "sources": [("", "Välj"), *((source, source.capitalize()) for source in by_hand.SOURCES)],
        "offices": [(one.id, one.name) for one in ask.who.offices],
        "errors": [{"field": fault.field, "text": fault.sentence}] if fault else [],
    }
    return requests.page(
        ask, "person_ny.html", title="Lägg till person", rows=shown, status_code=422 if fault else 200
    )  # fmt: skip


def _check(ask: Ask, typed: Mapping[str, str], row: ReadRow, alike: Alike, asked: str) -> Response:
    today = local_date(ask.now)
    for known in alike.people:
        storage.audit.write(
            ask.session, "seen_as_alike", now=ask.now, staff_id=ask.who.staff.id, person_id=known.person.id
        )  # fmt: skip
    shown = {
        "kept": {name: typed[name] for name in (*by_hand.FIELDS, "grupp", "kalla", "kontor") if typed.get(name)},
        "mine": import_rows.written_side("Det du skrev", row, today, is_secret=False),
        "alike": [_side(ask, row, known, alike) for known in alike.people],
        "is_certain": alike.is_certain,
        "notices": [*_to_mark(row, alike), *(_NOTICES[notice.code] for notice in row.notices)],
        "struck": [phone_numbers.show(number.e164) for number in alike.struck],
        "asked": asked,
    }
    return requests.page(ask, "person_ny_kolla.html", title="Lägg till person", rows=shown, status_code=409)


def _to_mark(row: ReadRow, alike: Alike) -> list[str]:
    """What is easily lost when somebody goes on to the page that is there: that the person is protected."""
    unmarked = row.protected and any(not known.person.protected for known in alike.people)
    return [_MARK_THERE] if unmarked else []


def _side(ask: Ask, row: ReadRow, known: Known, alike: Alike) -> dict[str, Any]:
    person = known.person
    if not ask.who.may_see(person):
        return {
            "label": "I registret", "name": "Sidan är inte öppen för dig",
            "facts": ["Fråga chefen på kontoret innan du lägger till personen."], "why": "",
        }  # fmt: skip
    is_ours = person.office_id is None or person.office_id in ask.who.office_ids
    why = "Samma personnummer." if alike.is_certain else import_rows.why_alike(row.name, person.name)
    return {**import_rows.kept_side(known, local_date(ask.now), is_ours=is_ours), "why": why}
