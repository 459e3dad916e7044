"""Settings of quick texts: the nine that each office has under the number keys, in Swedish and English (ux §4.3)."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from bot import requests
from bot.console import setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, Written, go, whole
from outreach import quick_texts
from outreach.errors import BadInput, NotFound
from outreach.quick_texts import MOST, QuickText
from storage.offices import Office

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Snabbsvar"]
# What brings the proposed texts back.
PROPOSED = "forslag"


@routes.get(HERE)
def page(ask: Reading, kontor: str = "") -> Response:
    """The quick texts of one office; whoever writes to people may change them."""
    ask.needs("inbox")
    office = chosen(ask, kontor)
    return _page(ask, office, quick_texts.of(ask.session, office.id))


@routes.post(HERE)
def save(ask: Writing, form: Written) -> Response:
    """Nine texts, some of them perhaps empty; or the proposed ones again."""
    ask.needs("inbox")
    office = chosen(ask, form.get("kontor", ""))
    rows = [QuickText(*(form.get(f"{part}-{number}", "") for part in ("namn", "sv", "en"))) for number in _numbers()]
    rows = list(quick_texts.proposed()) if form.get("gor") == PROPOSED else rows
    try:
        quick_texts.change(ask.session, office.id, rows, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _page(ask, office, rows, error)
    return go(f"{HERE}?kontor={office.id}", done="sparat")


def chosen(ask: Ask, kontor: str) -> Office:
    """The office a page of settings is about: the one asked for, else the first of one's own. Raises NotFound."""
    mine = [office for office in ask.who.offices if office.id in ask.office_ids]
    wanted = [office for office in ask.who.offices if office.id == whole(kontor)] if kontor else mine
    if not wanted:
        raise NotFound("Kontoret finns inte kvar.")
    return wanted[0]


def office_tabs(ask: Ask, here: str, office: Office) -> list[Data]:
    """The way between one's offices; empty where there is one only."""
    rows = [
        {"label": one.name, "href": f"{here}?kontor={one.id}", "current": one.id == office.id}
        for one in ask.who.offices
    ]
    return rows if len(rows) > 1 else []


def _page(ask: Ask, office: Office, rows: Any, error: BadInput | None = None) -> Response:
    filled = [*rows, *[QuickText("", "", "")] * MOST][:MOST]
    data = {
        **setting_history.for_page(ask, "Snabbsvar"),
        "offices": office_tabs(ask, HERE, office), "office": office.id,
        "rows": [{"number": number, "name": row.name, "sv": row.sv, "en": row.en}
                 for number, row in zip(_numbers(), filled, strict=True)],
        "changed": settings_tabs.changed(ask, quick_texts.key(office.id)),
        "errors": [{"field": "", "text": error.sentence}] if error else [],
    }  # fmt: skip
    status = 422 if error else 200
    return requests.page(ask, "installningar_snabbsvar.html", title="Snabbsvar", s=data, status_code=status)


def _numbers() -> range:
    return range(1, MOST + 1)
