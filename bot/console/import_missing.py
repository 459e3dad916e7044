"""Those whom a complete list no longer has (ux §4.5): close a group in one press, keep, or go one by one."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot import requests
from bot.console import import_result, import_rows
from bot.requests import Ask, Reading, Writing, go
from outreach.errors import BadInput
from outreach.lists import missing
from outreach.lists.words import many
from storage.imports import ImportedPerson, ImportRun
from storage.local_time import local_date
from storage.people import Person

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Rows = list[tuple[ImportedPerson, Person]]


@routes.get("/register/import/{code}/saknas")
def page(ask: Reading, code: str) -> Response:
    """The groups, by the likely reason, and what has been decided."""
    ask.needs("import")
    run = import_result.find(ask, code)
    waiting = missing.waiting(ask.session, run, ask.who)
    decided = missing.settled(ask.session, run, ask.who)
    shown = {
        "action": f"/register/import/{code}/saknas", "back": f"/register/import/{code}",
        "words": in_words(run, [row.fields[0] for row, _ in waiting]),
        "groups": _groups(ask, run, waiting), "decided": _decided(decided),
        "reasons": [(key, _upper(missing.in_words(key, run.list_type))) for key in missing.REASONS],
    }  # fmt: skip
    return requests.page(ask, "importera_saknas.html", title="Finns inte kvar i listan", missing=shown)


@routes.post("/register/import/{code}/saknas")
def decide(ask: Writing, code: str, gor: Text = "", skal: Text = "", personer: Text = "") -> Response:
    """Close, keep or ask again about the people who stood on the page; whoever somebody else has decided about since is
    left alone.
    """
    ask.needs("import")
    run, named = import_result.find(ask, code), set(personer.split())
    if gor == "angra":
        rows = _named(missing.settled(ask.session, run, ask.who), named)
        done = missing.take_back(ask.session, run, rows, staff_id=ask.who.staff.id, now=ask.now)
        return _back(code, "angrat-avslut" if done else "redan")
    rows = _named(missing.waiting(ask.session, run, ask.who), named)
    if gor == "behall":
        done = missing.keep(ask.session, rows)
    elif gor == "avsluta" and skal in missing.REASONS:
        done = missing.close(ask.session, run, rows, reason=skal, staff_id=ask.who.staff.id, now=ask.now)
    else:
        raise BadInput("Välj vad som ska hända med dem.")
    return _back(code, "sparat" if done else "redan")


def in_words(run: ImportRun, reasons: list[str]) -> str:
    """9 personer finns inte kvar. Troliga skäl: börjat skolan, fyllt 20."""
    if not reasons:
        return "Ingen väntar på beslut."
    likely = [missing.in_words(key, run.list_type) for key in missing.REASONS if key in reasons]
    which = "Troligt skäl" if len(likely) == 1 else "Troliga skäl"
    return f"{many(len(reasons), 'person', 'personer')} finns inte kvar. {which}: {', '.join(likely)}."


def _back(code: str, done: str) -> Response:
    return go(f"/register/import/{code}/saknas", done=done)


def _named(rows: Rows, codes: set[str]) -> Rows:
    return [(row, person) for row, person in rows if person.code in codes]


def _groups(ask: Ask, run: ImportRun, waiting: Rows) -> list[dict[str, Any]]:
    today = local_date(ask.now)
    groups = [(key, [person for row, person in waiting if row.fields[0] == key]) for key in missing.REASONS]
    return [
        {
            "reason": key, "title": missing.guessed(key, run.list_type), "count": len(people),
            "close": f"Avsluta {_them(len(people))} med skäl {missing.in_words(key, run.list_type)}",
            "keep": f"Behåll {_them(len(people))}", "codes": " ".join(person.code for person in people),
            "people": [
                {"name": person.name, "href": f"/register/{person.code}", "code": person.code,
                 "words": import_rows.words(person.birth_date, person.district, person.school, today)}
                for person in people
            ],
        }
        for key, people in groups if people
    ]  # fmt: skip


def _them(count: int) -> str:
    return "personen" if count == 1 else f"de {count}"


def _decided(rows: Rows) -> list[dict[str, str]]:
    """What has been decided, each with the way back."""
    kinds: dict[str, list[str]] = {}
    for row, person in rows:
        how = f"avslutade: {row.changes['closed_reason']}" if row.settled == missing.CLOSED else "kvar i registret"
        kinds.setdefault(how, []).append(person.code)
    return [
        {"words": f"{many(len(codes), 'person', 'personer')} {how}", "codes": " ".join(codes)}
        for how, codes in kinds.items()
    ]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
