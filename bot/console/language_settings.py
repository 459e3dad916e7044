"""Settings of languages: every text in each, what it costs, and the tick that a translator has checked it (ux §5.6)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

from bot import requests
from bot.console import setting_history, settings_tabs
from bot.conversation import evaluate, tongues
from bot.requests import Ask, Reading, Writing, go
from outreach import languages, own_texts
from outreach.errors import BadInput, NotFound

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Språk"]
# The first texts of each language stand open; the rest are unfolded.
SHOWN = 4
RIGHT_TO_LEFT = ("ar", "fa")
_SCRIPT = {"sv_easy": "sv"}


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Each language and its texts."""
    ask.needs("settings")
    return _page(ask, {}, [])


@routes.post(HERE)
def turn(ask: Writing, sprak: Text = "", lage: Text = "", granskad: Text = "", av: Text = "") -> Response:
    """Turn a language on, once somebody has checked it, or off."""
    ask.needs("settings")
    ask.needs_everywhere()
    if sprak not in languages.NEEDS_TRANSLATOR:
        raise NotFound
    if lage != "pa":
        done = languages.turn_off(ask.session, sprak, now=ask.now, staff_id=ask.who.staff.id)
        return go(f"{HERE}#{sprak}", done="sparat" if done else "redan")
    try:
        if not granskad:
            raise BadInput("Kryssa först i att en översättare har granskat texterna.")
        done = languages.turn_on(ask.session, sprak, av, now=ask.now, staff_id=ask.who.staff.id)
    except BadInput as error:
        return _page(ask, {sprak: av}, [{"field": f"av-{sprak}", "text": error.sentence}])
    return go(f"{HERE}#{sprak}", done="sparat" if done else "redan")


def _page(ask: Ask, typed: Data, errors: list[Data]) -> Response:
    rows = list(evaluate.texts(own_texts.everything(ask.session)))
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "history": setting_history.rows(ask, "Språk"),
        "may_all": ask.leads_everywhere,
        "languages": [_language(ask, lang, rows, typed) for lang in ("sv", "en", *tongues.everyone())],
        "errors": errors,
        "error": {one["field"]: one["text"] for one in errors},
    }
    return requests.page(ask, "installningar_sprak.html", title="Språk", s=data, status_code=422 if errors else 200)


def _language(ask: Ask, lang: str, rows: list[Data], typed: Data) -> Data:
    own = [_text(row) for row in rows if row["lang"] == lang]
    return {
        "code": lang, "name": languages.in_swedish(lang).capitalize(), "html": _SCRIPT.get(lang, lang),
        "direction": "rtl" if lang in RIGHT_TO_LEFT else "ltr", "checked": lang in languages.NEEDS_TRANSLATOR,
        "on": languages.is_on(ask.session, lang), "translator": languages.translator(ask.session, lang),
        "typed": typed.get(lang, ""), "changed": settings_tabs.changed(ask, languages.key(lang)),
        "count": len(own), "shown": own[:SHOWN], "rest": own[SHOWN:],
    }  # fmt: skip


def _text(row: Data) -> Data:
    parts = "1 del" if row["parts"] == 1 else f"{row['parts']} delar"
    return {"code": row["code"], "text": row["text"], "size": f"{parts} · {row['characters']} tecken"}
