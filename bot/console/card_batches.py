"""A batch of postcards: its PDF and labels, that it has been sent, and the cards that come back (ux §4.10)."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from fastapi.responses import Response

import storage.cards
import storage.offices
import storage.people
from bot import requests, shown
from bot.console import card_drawing, card_words, import_trial, typed_times
from bot.console.cards import HERE, XLSX, as_file
from bot.print import cards as printed
from bot.print.cards import CannotPrint
from bot.requests import Ask, Reading, Writing, go
from outreach import card_files, card_texts, cards
from outreach.cards import Contents
from outreach.errors import Conflict, NotAllowed, NotFound
from storage.cards import Addressee, CardBatch, Printed
from storage.local_time import local_date
from storage.offices import Office

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
Codes = Annotated[list[str], Query()]
ON_PAPER = {"a4": "A4, fyra kort per ark", "a6": "A6 med 3 mm utfall, för tryckeri"}
MOST_FAULTS, ON_A_PAGE = 200, 50


@routes.post(HERE + "/retur")
def come_back(ask: Writing, kod: Text = "") -> Response:
    """A card came back: its code was typed or scanned."""
    ask.needs("register")
    cards.come_back(ask.session, kod, ask.who.office_ids, ask.who.staff, now=ask.now)
    return go(f"{HERE}#retur", done="retur")


@routes.get(HERE + "/{code}")
def page(ask: Reading, code: str, hamta: str = "", fel: Codes = [], sida: int = 1) -> Response:  # noqa: B006
    """One batch: what to print, what has become of it, and who it is for."""
    batch, office = _find(ask, code)
    found = cards.contents(ask.session, batch, office, ask.now)
    return _page(ask, batch, office, found, faults=_faults(ask, batch, office, fel), fetch=hamta, page_no=sida)


@routes.get(HERE + "/{code}/vykort.pdf")
def pdf(ask: Reading, code: str, papper: str = "a4", utan: str = "") -> Response:
    """The cards to print; logged. Where somebody's data cannot be printed the page says whose, and makes the others."""
    batch, office, found = _to_print(ask, code)
    look = card_drawing.look(ask, office, card_texts.of_batch(batch))
    drawn = card_drawing.of_batch(ask, found.cards)
    try:
        content = printed.pdf(look, drawn, printed.LAYOUTS.get(papper, "a4"))
    except CannotPrint:
        faults = printed.unprintable(look, drawn)
        if not utan:
            broken = [one.code for row, one in found.cards if row.code in faults]
            return _page(ask, batch, office, found, faults=_faults(ask, batch, office, broken), left_out=papper)
        drawn = [card for card in drawn if card.code not in faults]
        content = printed.pdf(look, drawn, printed.LAYOUTS.get(papper, "a4"))
    with ask.house.database.write() as session:
        card_files.log_pdf(session, batch, len(drawn), now=ask.now, staff_id=ask.who.staff.id)
    return as_file(content, card_files.filename("vykort", "pdf", ask.now), "application/pdf")


@routes.get(HERE + "/{code}/etiketter.xlsx")
def labels(ask: Reading, code: str) -> Response:
    """Address labels; logged."""
    batch, _, found = _to_print(ask, code)
    with ask.house.database.write() as session:
        content = card_files.labels_xlsx(session, batch, found, now=ask.now, staff_id=ask.who.staff.id)
    return as_file(content, card_files.filename("etiketter", "xlsx", ask.now), XLSX)


@routes.post(HERE + "/{code}/skickade")
def send(ask: Writing, code: str, dag: Text = "") -> Response:
    """The cards have been sent."""
    batch, office = _find(ask, code)
    today = local_date(ask.now)
    on = cards.sent_moment(typed_times.read_day(dag, today) if dag.strip() else today, batch, ask.now)
    cards.send(ask.session, batch, office, ask.who.staff, on=on, now=ask.now)
    return go(f"{HERE}/{code}", done="kort_skickade")


@routes.post(HERE + "/{code}/angra")
def unsend(ask: Writing, code: str) -> Response:
    """The cards have not been sent after all."""
    batch, _ = _find(ask, code)
    cards.unsend(ask.session, batch, ask.who.staff, now=ask.now)
    return go(f"{HERE}/{code}", done="kort_angrade")


@routes.post(HERE + "/{code}/kasta")
def discard(ask: Writing, code: str) -> Response:
    """The batch is not to be used."""
    batch, _ = _find(ask, code)
    cards.discard(ask.session, batch, ask.who.staff, now=ask.now)
    return go(HERE, done="kort_kastade")


def _find(ask: Ask, code: str) -> tuple[CardBatch, Office]:
    ask.needs("register")
    batch = storage.cards.batch_by_code(ask.session, code)
    if batch is None or batch.office_id not in ask.who.office_ids:
        raise NotFound("Omgången finns inte på dina kontor. Gå till Vykort.")
    return batch, storage.offices.get(ask.session, batch.office_id)


def _to_print(ask: Ask, code: str) -> tuple[CardBatch, Office, Contents]:
    """A batch whose names and addresses are about to be read. Raises NotAllowed where one of them is known to whoever
    reads (jäv): printed without that card it would look as if all had been sent.
    """
    batch, office = _find(ask, code)
    found = cards.contents(ask.session, batch, office, ask.now)
    if any(one.id in ask.who.knows for _, one in found.cards):
        raise NotAllowed("I omgången finns ett kort till någon du känner. Be en kollega skriva ut den.")
    if not found.cards:
        raise Conflict("Inget av korten ska skickas längre. Gör en ny omgång.")
    return batch, office, found


def _faults(ask: Ask, batch: CardBatch, office: Office, codes: list[str]) -> list[Data]:
    """Whose data cannot be printed, and why: said again from what stands there now, so that what is mended is gone."""
    people = storage.people.by_codes(ask.session, codes[:MOST_FAULTS])
    ids = [person.id for person in people if person.office_id == office.id and not person.protected]
    ids = [person_id for person_id in ids if person_id not in ask.who.knows]
    found = storage.cards.addressees(ask.session, ids)
    why = card_drawing.unprintable(ask, office, card_texts.of_batch(batch), found)
    return [
        {"name": one.name, "href": f"/register/{one.code}", "why": why[one.code]} for one in found if one.code in why
    ]


def _page(
    ask: Ask, batch: CardBatch, office: Office, found: Contents, *, faults: list[Data], fetch: str = "",
    left_out: str = "", page_no: int = 1,
) -> Response:  # fmt: skip
    tally = storage.cards.tally(ask.session, batch)
    meant = found.cards if batch.sent_at is None else cards.sent_to(ask.session, batch)
    people = [_row(row, one) for row, one in meant if one.id not in ask.who.knows]
    pager = import_trial.pager(f"{HERE}/{batch.code}", page_no, len(people), ON_A_PAGE)
    data = {
        **card_words.batch(ask, tally),
        "office": office.name,
        "people": people[pager["first"] - 1 : pager["last"]],
        "stale": [printed.grouped(row.code) for row in found.stale] if batch.sent_at is None else [],
        "faults": faults,
        "files": [{"label": label, "href": _file(batch, papper=key)} for key, label in ON_PAPER.items()],
        "labels_file": f"{HERE}/{batch.code}/etiketter.xlsx",
        "fetch": _file(batch, papper=fetch) if fetch in ON_PAPER else "",
        "without": _file(batch, papper=left_out, utan="ja") if left_out else "",
    }
    count = card_words.cards_in_words(len(found.cards) if batch.sent_at is None else tally.made)
    title = f"{count}, {shown.date_table(batch.made_at)}"
    status = 422 if left_out else 200
    return requests.page(ask, "trappan_vykort_omgang.html", title=title, b=data, pager=pager, status_code=status)


def _row(row: Printed, one: Addressee) -> Data:
    back = shown.date_table(row.returned_at) if row.returned_at is not None else ""
    return {"name": one.name, "href": f"/register/{one.code}", "card": printed.grouped(row.code), "back": back}


def _file(batch: CardBatch, **query: str) -> str:
    return f"{HERE}/{batch.code}/vykort.pdf?{urlencode(query)}"
