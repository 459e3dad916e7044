"""Settings of the texts that the service says: when each is said, languages side by side, and the municipality's own
wording of it, checked as it is written and kept in versions (ux §4.16, §5.6).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

import storage.campaigns
import storage.offices
import storage.settings
import storage.staff
from bot import requests, shown
from bot.console import setting_history, settings_tabs
from bot.console.language_settings import RIGHT_TO_LEFT
from bot.conversation import replies, text_rules
from bot.requests import Ask, Posting, Reading, Writing, Written, go, whole
from outreach import languages, own_texts, wording
from outreach.errors import BadInput, Conflict, NotFound
from outreach.wording import Size
from storage.settings import SettingChange

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
HERE = settings_tabs.PAGES["Mallar"]
# Campaigns that have the text already, and have not come to their end.
USED_IN = ("scheduled", "running", "paused")
# Languages that stand side by side; the others are unfolded.
BESIDE = ("sv", "en")


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Every text, by what it is about."""
    ask.needs("settings")
    own = own_texts.everything(ask.session)
    groups = [
        {"name": group.name, "rows": [_row(code, when, own) for code, when in group.when.items()]}
        for group in text_rules.groups()
    ]
    data = {
        "tabs": settings_tabs.tabs(HERE), "groups": groups, "own": len({code for code, _ in own}),
        "history": setting_history.rows(ask, "Mallar"),
    }  # fmt: skip
    return requests.page(ask, "installningar_mallar.html", title="Mallar", s=data)


@routes.get(HERE + "/{code}")
def text(ask: Reading, code: str, version: str = "") -> Response:
    """One text in its languages; `version` puts what it once was into its field, and changes nothing."""
    ask.needs("settings")
    _known(code)
    found = storage.settings.change_by_id(ask.session, whole(version) or 0)
    typed = {}
    if found is not None and found.key.startswith(f"{own_texts.KEY}{code}:"):
        lang = own_texts.named(found.key)[1]
        typed = {lang: found.after or replies.template(code, lang)}
    return _page(ask, code, typed, [])


@routes.post(HERE + "/{code}")
def save(ask: Writing, code: str, form: Written) -> Response:
    """Check a wording, replace its dear characters, keep it, or go back to the product's."""
    ask.needs("settings")
    ask.needs_everywhere()
    lang, pressed = _lang(code, form), form.get("gor", "")
    typed = text_rules.tidy(form.get(f"text-{lang}", ""))
    if pressed == "produkt":
        return _kept(ask, code, lang, "")
    if pressed in ("kolla", "byt"):
        return _page(ask, code, {lang: wording.replace_forcing(typed) if pressed == "byt" else typed}, [])
    try:
        own_texts.must_be_latest(ask.session, code, [lang], whole(form.get("sett", "")) or 0)
        _refuse(ask, code, lang, typed)
    except (BadInput, Conflict) as error:
        return _page(ask, code, {lang: typed}, [{"field": f"text-{lang}", "text": error.sentence}])
    return _kept(ask, code, lang, "" if typed == replies.template(code, lang) else typed)


@routes.post(HERE + "/{code}/koll")
def check(ask: Posting, code: str, form: Written) -> Response:
    """What is to be said of a wording while it is typed."""
    ask.needs("settings")
    lang = _lang(code, form)
    koll = _check(ask, code, lang, text_rules.tidy(form.get(f"text-{lang}", "")))
    return requests.fragment(ask, "_mallar_koll.html", k=koll)


def _kept(ask: Ask, code: str, lang: str, own: str) -> Response:
    done = own_texts.change(ask.session, code, lang, own, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{address(code)}#{lang}", done="sparat" if done else "redan")


def _refuse(ask: Ask, code: str, lang: str, typed: str) -> None:
    stops = [one for one in _findings(ask, code, lang, typed) if one.level == "stop"]
    if stops:
        words = f"”{stops[0].words}”: " if stops[0].words else ""
        raise BadInput(f"{words}{stops[0].why} {stops[0].suggestion}".strip())


def _known(code: str) -> None:
    if code not in replies.codes():
        raise NotFound("Texten finns inte.")


def _lang(code: str, form: Mapping[str, str]) -> str:
    """The language a form is about. Raises NotFound for a text or a language that cannot be worded anew."""
    _known(code)
    lang = next((name.removeprefix("text-") for name in form if name.startswith("text-")), form.get("sprak", ""))
    if text_rules.fixed(code) or lang not in replies.languages_of(code):
        raise NotFound("Texten går inte att ändra.")
    return lang


def address(code: str) -> str:
    """Where one text is shown and changed."""
    return f"{HERE}/{quote(code, safe='')}"


# ------------------------------------------------------------------------- what the pages show


def _row(code: str, when: str, own: Mapping[tuple[str, str], str]) -> Data:
    langs = replies.languages_of(code)
    mine = [languages.in_swedish(lang) for lang in langs if (code, lang) in own]
    text = own.get((code, "sv"), "") or replies.template(code, "sv")
    return {
        "code": code, "when": when, "href": address(code), "text": text, "size": _parts(text_rules.size("sv", text)),
        "own": ", ".join(mine), "languages": len(langs),
    }  # fmt: skip


def _page(ask: Ask, code: str, typed: Mapping[str, str], errors: list[Data]) -> Response:
    langs = replies.languages_of(code)
    shown_langs = [_language(ask, code, lang, typed) for lang in langs]
    data = {
        "tabs": settings_tabs.tabs(HERE), "code": code, "address": address(code), "fixed": text_rules.fixed(code),
        "may_all": ask.leads_everywhere,
        "used": _used(ask, code), "beside": [one for one in shown_langs if one["code"] in BESIDE],
        "rest": [one for one in shown_langs if one["code"] not in BESIDE],
        "versions": _versions(ask, code, langs), "errors": errors, "error": {e["field"]: e["text"] for e in errors},
    }  # fmt: skip
    return requests.page(
        ask, "installningar_mall.html", title=text_rules.when(code), s=data, status_code=422 if errors else 200
    )


def _language(ask: Ask, code: str, lang: str, typed: Mapping[str, str]) -> Data:
    own, product = own_texts.of(ask.session, code, lang), replies.template(code, lang)
    text = typed.get(lang, own or product)
    latest = next(iter(own_texts.versions(ask.session, code, [lang])), None)
    return {
        "code": lang, "name": languages.in_swedish(lang).capitalize(), "html": "sv" if lang == "sv_easy" else lang,
        "direction": "rtl" if lang in RIGHT_TO_LEFT else "ltr", "text": text, "own": bool(own), "product": product,
        "seen": latest.id if latest is not None else 0, "check": _check(ask, code, lang, text),
        "changed": settings_tabs.changed(ask, own_texts.key(code, lang)),
        "checked": lang in languages.NEEDS_TRANSLATOR, "open": lang in typed,
    }  # fmt: skip


def _findings(ask: Ask, code: str, lang: str, text: str) -> Sequence[Any]:
    return text_rules.check(code, lang, text, sensitive_places=storage.offices.sensitive_names(ask.session))


def _check(ask: Ask, code: str, lang: str, text: str) -> Data:
    """The size with long values, how it reads aloud, how it looks, and every remark."""
    found = _findings(ask, code, lang, text)
    try:
        size = _parts(text_rules.size(lang, text))
        preview = wording.fill_sentences(text, replies.long_values(lang))
    except BadInput:
        size = preview = ""
    forced = [one for one in wording.forcing_characters(text) if one.replacement is not None]
    return {
        "size": size, "preview": preview, "aloud": _aloud(text), "findings": [asdict(one) for one in found],
        "may_replace": bool(forced) and wording.is_gsm(replies.template(code, lang)),
        "html": "sv" if lang == "sv_easy" else lang,
    }  # fmt: skip


def _parts(size: Size) -> str:
    return f"{'1 del' if size.parts == 1 else f'{size.parts} delar'} · {size.characters} tecken"


def _aloud(text: str) -> str:
    words = text_rules.read_aloud(text)
    if not words:
        return ""
    sentences = "1 mening" if len(words) == 1 else f"{len(words)} meningar"
    return f"{sentences}, den längsta {max(words)} ord"


def _used(ask: Ask, code: str) -> str:
    """Which campaigns have the text: they keep the words that somebody has read and started."""
    count = sum(one.text_code == code for one in storage.campaigns.in_states(ask.session, USED_IN))
    if not count:
        return ""
    which = "1 schemalagt eller pågående utskick" if count == 1 else f"{count} schemalagda eller pågående utskick"
    return f"{which} använder den här mallen och behåller den text som gällde när det gjordes."


def _versions(ask: Ask, code: str, langs: Sequence[str]) -> list[Data]:
    names = storage.staff.names(ask.session)
    rows, latest = [], set[str]()
    for change in own_texts.versions(ask.session, code, langs):
        rows.append(_version(code, change, names, is_latest=change.key not in latest))
        latest.add(change.key)
    return rows


def _version(code: str, change: SettingChange, names: Mapping[int, str], *, is_latest: bool) -> Data:
    lang = own_texts.named(change.key)[1]
    return {
        "id": change.id, "language": languages.in_swedish(lang), "html": "sv" if lang == "sv_easy" else lang,
        "text": change.after, "undo": is_latest, "href": f"{address(code)}?version={change.id}#{lang}",
        "by": f"{names.get(change.by_id, 'Någon')} {shown.date_table(change.at)} kl. {shown.time_text(change.at)}",
    }  # fmt: skip
