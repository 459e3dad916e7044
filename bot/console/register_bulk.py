"""What can be done with many people at once: a campaign to them, or a file of them (ux §4.4)."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.campaigns
import storage.offices
import storage.people
import storage.register
from bot import requests
from bot.console import register, selection
from bot.console.selection import Selection
from bot.requests import Ask, Reading, Writing, go
from outreach import audience, export, selections
from outreach.errors import BadInput
from storage.campaigns import SavedAudience
from storage.codes import new_code
from storage.local_time import local
from storage.register import Filter

routes = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]
Codes = Annotated[list[str], Form()]

MOST_TICKED = 5000
_KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@routes.post("/register/markerade")
def with_ticked(ask: Writing, gor: Text = "", person: Codes = [], alla: Text = "", fraga: Text = "") -> Response:  # noqa: B006
    """Do something with the ticked people, or with everybody in the selection."""
    ask.needs("register")
    chosen = selection.read(ask, dict(parse_qsl(fraga)))
    codes = [] if alla == "ja" else own(ask, person)
    if alla != "ja" and not codes:
        raise BadInput("Ingen är vald. Gå tillbaka och kryssa i minst en person, eller välj alla.")
    if gor == "utskick":
        return _to_campaign(ask, chosen, codes)
    if gor == "vykort":
        return go(f"/trappan/vykort?{urlencode({'urval': _named(ask, chosen, codes)})}")
    if gor == "exportera":
        return _ask_purpose(ask, chosen, codes)
    raise BadInput("Välj vad du vill göra med dem du har valt.")


def own(ask: Ask, codes: Sequence[str]) -> list[str]:
    """Those of the ticked that may stand in a list: one's own offices' people, nobody with protected identity."""
    return [
        person.code
        for person in storage.people.by_codes(ask.session, codes[:MOST_TICKED])
        if person.office_id in ask.who.office_ids and not person.protected and ask.who.may_see(person)
    ]


def _to_campaign(ask: Ask, chosen: Selection, codes: Sequence[str]) -> Response:
    ask.needs("campaigns")
    if not codes and not register.names_its_office(ask, chosen.wanted):
        raise BadInput("Välj ett kontor först, uppe på sidan. Ett utskick går till ett kontor i taget.")
    return go_to_campaign(_named(ask, chosen, codes))


def _named(ask: Ask, chosen: Selection, codes: Sequence[str]) -> str:
    """A name or a sentence that means the ticked people, or everybody in the selection."""
    if codes:
        return keep_ticked(ask, codes)
    if audience.is_rule(chosen.wanted):
        return audience.sentence(audience.words(ask.session, chosen.wanted))
    found = storage.register.rows(ask.session, chosen.wanted, now=ask.now, limit=MOST_TICKED)
    return keep_ticked(ask, [row.person.code for row in found])


def keep_ticked(ask: Ask, codes: Sequence[str]) -> str:
    """The name under which exactly these people are kept."""
    now = local(ask.now)
    name = f"{selections.TICKED}{now.date().isoformat()} {now.hour}.{now.minute:02d} {new_code(4)}"
    office = ask.office
    storage.campaigns.save_audience(
        ask.session,
        SavedAudience(
            name=name, sentence=audience.ticked(codes), office_id=office.id if office else None, created_at=ask.now
        ),
    )
    return name


def go_to_campaign(audience_words: str) -> Response:
    """On to a new campaign to whoever a name or a sentence means."""
    return go(f"/utskick/nytt?{urlencode({'urval': audience_words})}")


@routes.get("/register/exportera")
def purpose(ask: Reading) -> Response:
    """Ask what the file is for, before it is made."""
    ask.needs("register")
    return _ask_purpose(ask, selection.read(ask, ask.request.query_params), [])


def _ask_purpose(ask: Ask, chosen: Selection, codes: Sequence[str], error: str = "") -> Response:
    picked = wanted(ask, chosen, codes)
    count = storage.register.count(ask.session, picked, now=ask.now)
    words = "de du kryssade i" if codes else selection.in_sentence(ask, chosen, count)
    data = {"count": count, "words": words, "codes": codes, "fraga": chosen.query, "error": error}
    status = 422 if error else 200
    return requests.page(ask, "register_exportera.html", title="Exportera till Excel", status_code=status, export=data)


@routes.post("/register/exportera")
def make_file(
    ask: Writing, syfte: Text = "", format: Text = "xlsx", person: Codes = [], fraga: Text = ""  # noqa: B006
) -> Response:  # fmt: skip
    """The file; who made it, how many people and what for is logged."""
    ask.needs("register")
    chosen, codes = selection.read(ask, dict(parse_qsl(fraga))), own(ask, person)
    if person and not codes:
        raise BadInput("Ingen av dem du valde finns kvar på dina kontor. Gå tillbaka och välj igen.")
    ending = format if format in _KINDS else "xlsx"
    make = export.register_csv if ending == "csv" else export.register_xlsx
    try:
        content = make(
            ask.session, wanted(ask, chosen, codes), now=ask.now, purpose=syfte, staff_id=ask.who.staff.id
        )  # fmt: skip
    except BadInput as error:
        return _ask_purpose(ask, chosen, codes, error.sentence)
    return as_file(content, ending, export.filename(_office(ask, chosen), ending, now=ask.now))


def as_file(content: bytes, ending: str, name: str) -> Response:
    """A file to save, "xlsx" or "csv"."""
    return Response(
        content, media_type=_KINDS[ending], headers={"content-disposition": f'attachment; filename="{name}"'}
    )


def wanted(ask: Ask, chosen: Selection, codes: Sequence[str]) -> Filter:
    if not codes:
        return chosen.wanted
    ids = tuple(person.id for person in storage.people.by_codes(ask.session, codes))
    return Filter(
        ids=ids, office_ids=tuple(ask.who.office_ids), protected=False, closed=None, reader_id=ask.who.staff.id
    )


def _office(ask: Ask, chosen: Selection) -> str:
    office_id = chosen.wanted.office_id
    return storage.offices.get(ask.session, office_id).name if office_id is not None else "alla kontor"
