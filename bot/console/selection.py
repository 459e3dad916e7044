"""The register's filter: as it stands in the address, in words, and as choices on the page.

What was searched for is never in the address: it could be a name or a number. It lies sealed in a cookie of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import storage.campaigns
import storage.people
import storage.register
import storage.staff
from bot.requests import Ask, whole
from outreach import audience, in_words, ladder_rules
from outreach.errors import BadInput
from storage.campaigns import SavedAudience
from storage.local_time import local_date
from storage.register import Filter
from storage.vault import VaultError

COOKIE = "sokning"
SOON = 60
# Years of an age, or days.
MOST = 999
KEYS = (
    "grupp", "kontor", "omrade", "fran", "till", "status", "steg", "mobil", "nadd", "bokad", "kontakt", "sprak",
    "kalla", "ansvarig", "fyller", "inom", "ejfram", "uppgift", "avslutade",
)  # fmt: skip
_NUMBERS = ("fran", "till", "fyller", "inom")
# Days: in contact so lately; with a minus, not in contact for so long.
_CONTACT = {
    "7": "Kontakt senaste 7 dagarna", "30": "Kontakt senaste 30 dagarna", "-30": "Ingen kontakt på 30 dagar",
    "-90": "Ingen kontakt på 90 dagar",
}  # fmt: skip
_SWITCHES = {
    "mobil": ("Mobil", "Har mobil", "Saknar mobil"),
    "nadd": ("Nådd", "Nådda", "Inte nådda ännu"),
    "bokad": ("Bokning", "Bokade", "Inte bokade"),
}
# How the address says a provider's code that is missing, or any at all.
_NOT_ARRIVED = {"alla": "*", "okand": "?"}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the page shows: the parts that stand in the address, what was searched for, and the filter they mean."""

    params: Mapping[str, str]
    text: str
    wanted: Filter

    @property
    def query(self) -> str:
        """The parts as they stand in an address."""
        return urlencode(self.params)

    def address(self, *without: str, **extra: object) -> str:
        """The page with this selection, some parts left out or others added."""
        kept = {key: value for key, value in self.params.items() if key not in without}
        query = urlencode({**kept, **extra})
        return f"/register?{query}" if query else "/register"


def read(ask: Ask, given: Mapping[str, str]) -> Selection:
    """The selection an address means; parts nobody understands are left out rather than refused."""
    params = {key: given[key].strip() for key in KEYS if _is_known(ask, key, given.get(key, "").strip())}
    text = searched_for(ask)
    return Selection(params, text, _filter(ask, params, text))


def searched_for(ask: Ask) -> str:
    """What was searched for last; empty when nothing was, or the cookie has been touched."""
    try:
        sealed = ask.request.cookies.get(COOKIE, "")
        return ask.session.vault.unseal(sealed) if sealed else ""
    except VaultError:
        return ""


def _is_known(ask: Ask, key: str, value: str) -> bool:
    if not value:
        return False
    if key == "kontor":
        return whole(value) in ask.who.office_ids
    if key == "ansvarig":
        return whole(value) is not None
    if key in _NUMBERS:
        return _is_small(value)
    if key in _SWITCHES or key == "avslutade":
        return value in ("ja", "nej")
    if key == "grupp":
        return value in in_words.PROGRAMMES
    if key == "kontakt":
        return _is_small(value.removeprefix("-"))
    if key == "uppgift":
        return value in in_words.TASKS
    if key == "steg":
        return value in ladder_rules.IN_WORDS
    return value in audience.STATUSES if key == "status" else True


def _is_small(value: str) -> bool:
    """Whether it is an age or days that a sentence has room for, too."""
    number = whole(value)
    return number is not None and number <= MOST


def _filter(ask: Ask, params: Mapping[str, str], text: str) -> Filter:
    office = int(params["kontor"]) if "kontor" in params else ask.office.id if ask.office else None
    not_arrived, days = params.get("ejfram", ""), int(params.get("kontakt", "0"))
    return Filter(
        text=text, programme=params.get("grupp", ""), office_id=office, office_ids=tuple(ask.who.office_ids),
        district=params.get("omrade", ""), has_mobile=_yes(params, "mobil"), reached=_yes(params, "nadd"),
        booked=_yes(params, "bokad"), states=audience.STATUSES.get(params.get("status", ""), ()),
        age_from=_number(params, "fran"), age_to=_number(params, "till"), language=params.get("sprak", ""),
        closed=params.get("avslutade") == "ja", protected=False, turns=_number(params, "fyller"),
        not_arrived=_NOT_ARRIVED.get(not_arrived, not_arrived), reader_id=ask.who.staff.id,
        turns_days=_number(params, "inom") or SOON, step=params.get("steg", ""), source=params.get("kalla", ""),
        contact_days=days if days > 0 else None, silent_days=-days if days < 0 else None,
        responsible_id=_number(params, "ansvarig"), task=params.get("uppgift", ""),
    )  # fmt: skip


def _yes(params: Mapping[str, str], key: str) -> bool | None:
    return {"ja": True, "nej": False}.get(params.get(key, ""))


def _number(params: Mapping[str, str], key: str) -> int | None:
    return int(params[key]) if key in params else None


def in_sentence(ask: Ask, selection: Selection, total: int) -> str:
    """How many, and which, in words: "171 personer · KAA · Unga Norr · har mobil"."""
    words = [_as_shown(word) for word in audience.words(ask.session, selection.wanted)]
    searched = ["sökning"] if selection.text else []
    count = f"{total:,}".replace(",", "\u00a0")
    return " · ".join([f"{count} {'person' if total == 1 else 'personer'}", *words, *searched])


def _as_shown(word: str) -> str:
    return "KAA" if word == "kaa" else word


def chosen(ask: Ask, selection: Selection) -> list[dict[str, str]]:
    """The parts that are on, each with the address without it."""
    together = (("fran", "till"), ("fyller", "inom"))
    parts = [*together, *((key,) for key in KEYS if not any(key in pair for pair in together))]
    return [
        {"label": _label(ask, selection, keys), "remove_href": selection.address(*keys)}
        for keys in parts
        if any(key in selection.params for key in keys)
    ]


def _label(ask: Ask, selection: Selection, keys: Sequence[str]) -> str:
    alone = _filter(ask, {key: selection.params[key] for key in keys if key in selection.params}, "")
    # The office is chosen at the top of the page too; there it is no part of this filter.
    words = audience.words(ask.session, alone if "kontor" in keys else replace(alone, office_id=None))
    return " · ".join(_as_shown(word) for word in words) or "inte avslutade"


def choices(ask: Ask, selection: Selection) -> list[dict[str, Any]]:
    """The filters and what each may be set to."""
    offices = [(str(office.id), office.name) for office in ask.who.offices]
    ids = ask.who.office_ids
    sources = [(name, name.capitalize()) for name in storage.register.sources(ask.session, ids)]
    staff = [(str(key), name) for key, name in colleagues(ask).items()]
    languages = storage.people.languages(ask.session, ids)
    filters = [
        _choice(selection, "grupp", "Grupp", list(in_words.PROGRAMMES.items())),
        _choice(selection, "kontor", "Kontor", offices) if len(offices) > 1 else None,
        _choice(selection, "omrade", "Område", [(name, name) for name in storage.people.districts(ask.session, ids)]),
        _numbers(selection, "alder", "Ålder", (("fran", "Från och med"), ("till", "Till och med"))),
        _choice(selection, "status", "Status", [(word, word.capitalize()) for word in audience.STATUSES]),
        _choice(selection, "steg", "Trappsteg", list(ladder_rules.IN_WORDS.items())),
        *(_choice(selection, key, name, [("ja", yes), ("nej", no)]) for key, (name, yes, no) in _SWITCHES.items()),
        _choice(selection, "sprak", "Språk", [(name, name.capitalize()) for name in languages]) if languages else None,
        _choice(selection, "kontakt", "Senast kontakt", list(_CONTACT.items())),
        _choice(selection, "kalla", "Källa", sources) if sources else None,
        _choice(selection, "ansvarig", "Ansvarig", [("0", "Ingen"), *staff]),
        _numbers(selection, "blir", "Fyller år", (("fyller", "Fyller"), ("inom", "inom så många dagar"))),
    ]
    return [choice for choice in filters if choice is not None]


def _choice(selection: Selection, key: str, label: str, options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    now = selection.params.get(key, "")
    rows = [{"value": value, "label": name, "checked": value == now} for value, name in (("", "Alla"), *options)]
    return {"key": key, "label": label, "on": bool(now), "options": rows}


def _numbers(selection: Selection, key: str, label: str, fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    numbers = [{"name": name, "label": words, "value": selection.params.get(name, "")} for name, words in fields]
    return {"key": key, "label": label, "on": any(one["value"] for one in numbers), "numbers": numbers}


def colleagues(ask: Ask) -> dict[int, str]:
    """Who works with people at one's offices."""
    return {one.id: one.name for one in storage.staff.at_offices(ask.session, ask.who.office_ids, local_date(ask.now))}


def address_of(ask: Ask, saved: SavedAudience) -> tuple[str, Filter] | None:
    """Where a saved selection is shown, and the filter it means here; None when it no longer means anything to us."""
    try:
        wanted = audience.read(ask.session, saved.sentence)
    except BadInput:
        return None
    if wanted.ids is not None or (wanted.office_id is not None and wanted.office_id not in ask.who.office_ids):
        return None
    params = _params(wanted)
    return f"/register?{urlencode(params)}", _filter(ask, params, "")


def _params(wanted: Filter) -> dict[str, str]:
    said = {value: key for key, value in _NOT_ARRIVED.items()}
    status = next((word for word, states in audience.STATUSES.items() if states == wanted.states), "")
    switch = {True: "ja", False: "nej", None: ""}
    found = {
        "grupp": wanted.programme, "kontor": _text(wanted.office_id), "omrade": wanted.district,
        "fran": _text(wanted.age_from), "till": _text(wanted.age_to), "status": status,
        "mobil": switch[wanted.has_mobile], "nadd": switch[wanted.reached], "bokad": switch[wanted.booked],
        "sprak": wanted.language, "fyller": _text(wanted.turns),
        "inom": _text(wanted.turns_days) if wanted.turns and wanted.turns_days != SOON else "", "steg": wanted.step,
        "kontakt": _text(wanted.contact_days) or (f"-{wanted.silent_days}" if wanted.silent_days else ""),
        "uppgift": wanted.task, "kalla": wanted.source, "ansvarig": _text(wanted.responsible_id),
        "ejfram": said.get(wanted.not_arrived, wanted.not_arrived), "avslutade": "ja" if wanted.closed else "",
    }  # fmt: skip
    return {key: value for key, value in found.items() if value}


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def closed_too(wanted: Filter) -> Filter:
    """The same selection among those that have been closed."""
    return replace(wanted, closed=True)


def elsewhere(wanted: Filter) -> Filter:
    """The same search at every office."""
    return replace(wanted, office_id=None, office_ids=None)
