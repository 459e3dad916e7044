"""Övrigt: the ladder's steps that are noted and not automated: chat, another way, guardian, home visit, last card."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot import requests
from bot.console import ladder_desk, person_facts
from bot.requests import Ask, Reading, Writing, go
from outreach import ladder_lists, ladder_rules, phone_numbers
from outreach.errors import BadInput
from outreach.ladder_lists import Turn
from outreach.ladder_notes import Noted
from storage.people import Guardian
from storage.tasks import TALKED

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = ladder_desk.PAGES["ovrigt"]
_PASS = ("hoppa", "Hoppa över", Noted("", "passed"))
# A step's buttons: what the form carries, what stands on it, and what it means.
_BUTTONS: Mapping[str, tuple[tuple[str, str, Noted], ...]] = {
    "chat": (
        ("skrev", "Skrev", Noted("chat", "done")),
        ("svar", "Fick svar", Noted("chat", TALKED)),
        _PASS,
    ),
    "other_way": (
        ("faltare", "Bad fältarna", Noted("other_way", "done", text="fältare")),
        ("skola", "Frågade skolan", Noted("other_way", "done", text="skola")),
        ("fritidsgard", "Frågade fritidsgården", Noted("other_way", "done", text="fritidsgård")),
        ("brev", "Skrev brev", Noted("other_way", "done", how="letter")),
        ("traff", "Träffade personen", Noted("other_way", TALKED, how="met_outdoors")),
        _PASS,
    ),
    "guardian_call": (
        ("pratade", "Pratade med vårdnadshavaren", Noted("guardian_call", "spoke_with_guardian")),
        ("inget", "Svarade inte", Noted("guardian_call", "no_answer")),
        _PASS,
    ),
    "home_visit": (
        ("hemma", "Träffade personen", Noted("home_visit", TALKED)),
        ("borta", "Ingen hemma", Noted("home_visit", "done")),
        _PASS,
    ),
}
_SECTIONS = (
    ("chat", "Skriv på sociala medier", "Skriv bara det som får läsas av andra: vem du är och att personen kan höra av "
     "sig."),
    ("other_way", "Annan väg", "Fältare, skola och fritidsgård. Noteras här men görs inte av Brygga."),
    ("guardian_call", "Ring vårdnadshavare", "Bara för den som är under 18 år."),
    ("home_visit", "Hembesök", "Bara om ni har i uppdrag att göra hembesök."),
    ("closing_card", "Avslutningskort", "Fyller snart 20 och är inte nådd. Kortet säger vart man kan vända sig."),
)  # fmt: skip
# Steps that many offices never take: they are shown only while somebody stands there.
_SELDOM = ("guardian_call", "home_visit", "closing_card")


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Every list; those of steps that are seldom taken only while they hold somebody."""
    ask.needs("register")
    sections = [_section(ask, *section) for section in _SECTIONS]
    data = {
        "sections": [one for one in sections if one["rows"] or one["kind"] not in _SELDOM],
        "total": sum(one["total"] for one in sections),
        "last": ladder_desk.last_done(ask),
    }
    return requests.page(ask, "trappan_ovrigt.html", title="Övriga steg", r=data)


@routes.post(HERE)
def note(ask: Writing, person: Text = "", marke: Text = "", steg: Text = "", gjort: Text = "") -> Response:
    """One press: what was done at the step."""
    them = ladder_desk.enter(ask, person)
    pressed = next((noted for value, _, noted in _BUTTONS.get(steg, ()) if value == gjort), None)
    if pressed is None:
        raise BadInput("Välj vad som hände. Läs om sidan och tryck på en av knapparna.")
    noted = Noted(steg, pressed.result, text=pressed.text, how=pressed.how)
    done = ladder_desk.press(ask, them, noted, marke)
    return go(f"{HERE}#{steg}", done="sparat" if done else "redan")


def _section(ask: Ask, kind: str, title: str, hint: str) -> Data:
    rows = [_row(ask, kind, turn) for turn in ladder_desk.turns(ask, kind) if _is_for(ask, kind, turn)]
    return {
        "kind": kind, "title": title, "hint": hint, "rows": rows,
        "total": ladder_lists.count_due(ask.session, ask.office_ids, kind, ask.now),
        "buttons": [(value, words) for value, words, _ in _BUTTONS.get(kind, ())],
        "empty": ladder_desk.empty(ask, kind),
    }  # fmt: skip


def _is_for(ask: Ask, kind: str, turn: Turn) -> bool:
    """A guardian is rung only about somebody whom we know not to be of age."""
    years = ladder_desk.row(ask, turn)["age"]
    return kind != "guardian_call" or (years is not None and years < ladder_rules.OF_AGE)


def _row(ask: Ask, kind: str, turn: Turn) -> Data:
    guardians = [_guardian(one) for one in turn.guardians if one.phone] if kind == "guardian_call" else []
    linked = kind == "chat" and turn.channel == "telegram"
    return {**ladder_desk.row(ask, turn), "guardians": guardians, "linked": linked}


def _guardian(one: Guardian) -> Data:
    return {
        "name": one.name, "e164": one.phone, "shown": phone_numbers.show(one.phone),
        "spoken": person_facts.spoken(one.phone),
    }  # fmt: skip
