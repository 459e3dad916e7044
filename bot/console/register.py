"""Register: the living list that replaces the Excel file (ux §4.4)."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

import storage.campaigns
import storage.offices
import storage.people
import storage.register
from bot import requests
from bot.console import register_rows, selection
from bot.console.selection import Selection
from bot.requests import Ask, Reading, Writing, go
from outreach import audience, name_search, personnummer, selections
from outreach.errors import BadInput
from storage.campaigns import SavedAudience
from storage.local_time import local_date
from storage.register import Filter

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]

SEARCH_IS_KEPT = 3600


@routes.get("/register")
def page(
    ask: Reading, ordning: str = "name", sida: Annotated[int, Query(ge=1, le=10_000)] = 1, rensa: str = ""
) -> Response:
    """The list: filters in the address, what was searched for in a sealed cookie."""
    ask.needs("register")
    chosen = selection.read(ask, ask.request.query_params)
    if rensa:
        answer = RedirectResponse(chosen.address() if rensa == "sokning" else "/register", status_code=303)
        answer.delete_cookie(selection.COOKIE, path="/register")
        return answer
    sort = ordning if ordning.removeprefix("-") in register_rows.SORTED_BY else "name"
    return requests.page(ask, "register.html", title="Register", reg=_shown(ask, chosen, sort, sida))


def _shown(ask: Ask, chosen: Selection, sort: str, page_no: int) -> dict[str, Any]:
    total = storage.register.count(ask.session, chosen.wanted, now=ask.now)
    everybody = Filter(office_ids=tuple(ask.who.office_ids), closed=None, protected=False, reader_id=ask.who.staff.id)
    empty = total == 0 and storage.register.count(ask.session, everybody, now=ask.now) == 0
    wanted = register_rows.chosen_columns(ask)
    return {
        "total": total,
        "sentence": selection.in_sentence(ask, chosen, total),
        "chosen": selection.chosen(ask, chosen),
        "filters": selection.choices(ask, chosen),
        "hidden": {key: chosen.params[key] for key in ("ejfram", "uppgift", "avslutade") if key in chosen.params},
        "query": chosen.text,
        "fraga": chosen.query,
        "clear_href": "/register?rensa=allt",
        "rule": _rule(ask, chosen),
        "heads": register_rows.heads(ask, chosen, sort),
        "columns": [{"key": key, "label": text, "checked": key in wanted} for key, text in register_rows.COLUMNS],
        "rows": register_rows.rows(ask, chosen, sort=sort, page=page_no),
        "pager": _pager(chosen, sort, page_no, total),
        "saved": _saved(ask),
        "nothing": _what_to_try(ask, chosen) if not total else [],
        "empty": empty,
        "may_import": ask.who.may("import"),
        "may_try": ask.house.settings.practice,
        "may_send": ask.who.may("campaigns"),
    }


def _pager(chosen: Selection, sort: str, page_no: int, total: int) -> dict[str, Any]:
    first, last = (page_no - 1) * register_rows.A_PAGE + 1, min(page_no * register_rows.A_PAGE, total)
    order = {} if sort == "name" else {"ordning": sort}
    return {
        "first": first,
        "last": last,
        "total": total,
        "previous": chosen.address(**order, sida=page_no - 1) if page_no > 1 else None,
        "next": chosen.address(**order, sida=page_no + 1) if last < total else None,
    }


def _rule(ask: Ask, chosen: Selection) -> str:
    """The selection as a sentence that can be saved; empty when it cannot, or when nothing has been chosen."""
    can_be_kept = chosen.params and audience.is_rule(chosen.wanted) and names_its_office(ask, chosen.wanted)
    return audience.sentence(audience.words(ask.session, chosen.wanted)) if can_be_kept else ""


def names_its_office(ask: Ask, wanted: Filter) -> bool:
    """Whether the words alone keep to one's own offices: one office is named, or all of them are one's own."""
    return wanted.office_id is not None or len(storage.offices.all_offices(ask.session)) == len(ask.who.offices)


def _saved(ask: Ask) -> list[dict[str, Any]]:
    found = []
    for saved in selections.visible(ask.session, ask.who.staff.id):
        shown = selection.address_of(ask, saved)
        if shown is not None:
            address, wanted = shown
            count = storage.register.count(ask.session, wanted, now=ask.now)
            found.append({"name": saved.name, "href": address, "count": count})
    return found


def _what_to_try(ask: Ask, chosen: Selection) -> list[dict[str, str]]:
    found = []
    if chosen.text:
        meant = name_search.spelt_right(ask.session, ask.who.office_ids, chosen.text)
        found += [{"text": f"Menade du {words}?", "search": words} for words in meant]
        found.append({"text": "Kontrollera stavningen, eller sök på bara efternamnet eller slutet av numret."})
    closed = selection.closed_too(chosen.wanted)
    if count := storage.register.count(ask.session, closed, now=ask.now):
        found.append({"text": f"Visa {count} avslutade", "href": chosen.address("avslutade", avslutade="ja")})
    if chosen.text and storage.register.count(ask.session, selection.elsewhere(chosen.wanted), now=ask.now):
        found.append({"text": "Det finns någon på ett annat kontor. Sök på personnumret för att öppna sidan."})
    if chosen.params:
        found.append({"text": "Ta bort filtren", "href": "/register"})
    return found


@routes.post("/sok")
@routes.post("/register/sok")
def search(ask: Writing, q: Text = "") -> Response:
    """Search for people. A whole personnummer opens the person's page; what was written never stands in an address."""
    ask.needs("register")
    wanted = q.strip()[:100]
    found = _by_identity(ask, wanted)
    if found:
        return go(f"/register/{found}")
    answer = RedirectResponse("/register", status_code=303)
    if wanted:
        secure = str(ask.house.settings.public_url).startswith("https://")
        answer.set_cookie(
            selection.COOKIE, ask.session.vault.seal(wanted), max_age=SEARCH_IS_KEPT, path="/register", httponly=True,
            samesite="lax", secure=secure,
        )  # fmt: skip
    else:
        answer.delete_cookie(selection.COOKIE, path="/register")
    return answer


def _by_identity(ask: Ask, written: str) -> str:
    identity = personnummer.read(written, local_date(ask.now)).identity
    person = storage.people.by_identity(ask.session, identity.digits) if identity else None
    if person is None or not ask.who.may_see(person):
        return ""
    return person.code


@routes.post("/register/kolumner")
def choose_columns(ask: Writing, kolumn: Annotated[list[str], Form()] = [], fraga: Text = "") -> Response:  # noqa: B006
    """Which columns this member of staff sees from now on, at whatever browser."""
    ask.needs("register")
    register_rows.choose_columns(ask, kolumn)
    return go(back_to(fraga))


@routes.post("/register/urval")
def save_selection(ask: Writing, namn: Text = "", urval: Text = "", fraga: Text = "", delat: Text = "ja") -> Response:
    """Keep the filter under a name: a rule, not a frozen list. Raises BadInput for a name that is taken or missing."""
    ask.needs("register")
    name = namn.strip()[: selections.LONGEST_NAME]
    selections.check_name(ask.session, name)
    wanted = audience.read(ask.session, urval)
    elsewhere = wanted.office_id is not None and wanted.office_id not in ask.who.office_ids
    if elsewhere or not audience.is_rule(wanted) or not names_its_office(ask, wanted):
        raise BadInput("Urvalet behöver gälla ett av dina kontor. Välj kontor uppe på sidan och spara igen.")
    storage.campaigns.save_audience(
        ask.session,
        SavedAudience(name=name, sentence=urval, office_id=wanted.office_id, created_at=ask.now,
                      created_by_id=ask.who.staff.id, shared=delat != "nej"),
    )  # fmt: skip
    return go(back_to(fraga), done="sparat")


def back_to(query: str) -> str:
    """The list as it stood, from what a form remembered of its address."""
    kept = urlencode([(key, value) for key, value in parse_qsl(query) if key in selection.KEYS])
    return f"/register?{kept}" if kept else "/register"
