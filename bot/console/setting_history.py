"""What settings were and became, with who and when, and the way back: the latest change of each can be undone, by the
same rules as any other change (ux §4.16).
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.offices
import storage.settings
import storage.staff
from bot import shown
from bot.console import content_kinds, office_kinds, settings_tabs
from bot.console.setting_kind import Kind, differing, plain
from bot.requests import Ask, Writing, go, whole
from outreach import alerts, approvals, help_lines, languages, limits, linking, own_office, sms_choice
from outreach.approvals import Limit
from outreach.errors import Conflict, NotFound
from storage.settings import SettingChange

routes = APIRouter(include_in_schema=False)
Data = dict[str, Any]
# What the words of an office, a place and a help line are called.
_FIELDS = {
    "name": "namn", "sender_name": "avsändare", "municipality": "kommun", "phone": "telefon", "switchboard": "växel",
    "website": "webbplats", "opens": "öppnar", "closes": "stänger", "directions": "hitta dit",
    "sensitive": "känslig plats", "number": "nummer", "hours": "svarar",
    "verified_on": "kontrollerad", "limit": "gräns", "always": "alla utskick", **office_kinds.FIELDS,
    **content_kinds.FIELDS,
}  # fmt: skip


def rows(ask: Ask, page: str) -> list[Data]:
    """The latest changes on a page that one may see, newest first; the newest of each setting can be undone."""
    keys = [key for key, kind in KINDS.items() if kind.page == settings_tabs.PAGES[page]]
    found, undoable = [], set[str]()
    for change in storage.settings.changes(ask.session, keys, most=12):
        if _is_mine(ask, change.key):
            found.append(_row(ask, change, is_latest=change.key not in undoable))
            undoable.add(change.key)
    return found


def for_page(ask: Ask, page: str) -> Data:
    """What every page of settings needs: the way between them, for those who have it, and the latest changes."""
    tabs = settings_tabs.tabs(settings_tabs.PAGES[page]) if ask.who.may("settings") else []
    return {"tabs": tabs, "history": rows(ask, page)}


@routes.post("/installningar/angra")
def undo(ask: Writing, andring: Annotated[str, Form()] = "") -> Response:
    """Put back what a setting was before its latest change."""
    ask.needs("settings", "register", "inbox")
    change = storage.settings.change_by_id(ask.session, whole(andring) or 0)
    if change is None:
        raise NotFound
    kind = _kind(change.key)
    ask.needs(kind.needs)
    if not _is_mine(ask, change.key):
        raise NotFound
    if kind.office(ask, _which(change.key)) is None:
        ask.needs_everywhere()
    latest = storage.settings.latest_change(ask.session, change.key)
    if latest is None or latest.id != change.id:
        raise Conflict("Inställningen har ändrats igen. Läs om sidan.")
    if _was_new(change):
        raise Conflict("Det som är nytt har inget att gå tillbaka till. Ta bort det i stället.")
    kind.put(ask, _which(change.key), change.before)
    return go(f"{kind.page}#andringar", done="aterstalld")


def _kind(key: str) -> Kind:
    head, colon, _ = key.partition(":")
    return KINDS[f"{head}{colon}"]


def _which(key: str) -> str:
    return key.partition(":")[2]


def _is_mine(ask: Ask, key: str) -> bool:
    """Whether the setting is the whole municipality's, or that of an office of one's own."""
    office_id = _kind(key).office(ask, _which(key))
    return office_id is None or office_id in ask.who.office_ids


def _may_undo(ask: Ask, kind: Kind, which: str) -> bool:
    office_id = kind.office(ask, which)
    return ask.leads_everywhere if office_id is None else ask.who.may(kind.needs, office_id)


def _was_new(change: SettingChange) -> bool:
    """A row that was new has nothing to go back to: it is taken away instead."""
    return change.before is None and isinstance(change.after, dict)


def _row(ask: Ask, change: SettingChange, *, is_latest: bool) -> Data:
    kind, which = _kind(change.key), _which(change.key)
    by = storage.staff.find(ask.session, change.by_id)
    return {
        "id": change.id, "what": kind.what(ask, which), "change": _words(ask, kind, change),
        "by": f"Ändrat av {by.name if by is not None else 'kommandoraden'} {shown.date_table(change.at)} "
        f"kl. {shown.time_text(change.at)}",
        "undo": is_latest and not _was_new(change) and _may_undo(ask, kind, which),
    }  # fmt: skip


def _words(ask: Ask, kind: Kind, change: SettingChange) -> str:
    """What it was and became; of a row that has several words those that differ."""
    if change.after is None and isinstance(change.before, dict):
        return "borttagen: " + ", ".join(change.before[name] for name in ("name", "number") if name in change.before)
    if not isinstance(change.after, dict):
        return f"{kind.say(ask, change.before)} → {kind.say(ask, change.after)}"
    if change.before is None:
        return "ny"
    return ", ".join(differing(kind, ask, change.before, change.after, _FIELDS))


def _colleague(ask: Ask, value: Any) -> str:
    staff = storage.staff.find(ask.session, value)
    return staff.name if staff is not None else "ingen"


def _named(words: str) -> Callable[[Ask, str], str]:
    return lambda _ask, _which: words


def _limit(key: str, words: str) -> Kind:
    def put(ask: Ask, _which: str, value: Any) -> object:
        return limits.change(ask.session, key, value, now=ask.now, staff_id=ask.who.staff.id)

    return Kind(settings_tabs.PAGES["Utskick"], _named(words), plain, put)


def _duty(key: str, words: str) -> Kind:
    def put(ask: Ask, _which: str, value: Any) -> object:
        return alerts.choose(ask.session, key, value, now=ask.now, by=ask.who.staff)

    return Kind(settings_tabs.PAGES["Jour och hjälplinjer"], _named(words), _colleague, put)


def _language(lang: str) -> Kind:
    def put(ask: Ask, _which: str, value: Any) -> object:
        staff_id = ask.who.staff.id
        if value:
            return languages.turn_on(ask.session, lang, value, now=ask.now, staff_id=staff_id)
        return languages.turn_off(ask.session, lang, now=ask.now, staff_id=staff_id)

    return Kind(settings_tabs.PAGES["Språk"], _named(languages.in_swedish(lang).capitalize()), plain, put)


def _put_line(ask: Ask, which: str, value: Any) -> None:
    if "name" in value:
        # It was taken away: its number in the tables may be another's by now.
        help_lines.add(ask.session, **value, now=ask.now, staff_id=ask.who.staff.id)
        return
    line = storage.settings.help_line(ask.session, int(which))
    if line is None:
        raise NotFound("Linjen finns inte kvar.")
    told = {"number": value["number"], "hours": value["hours"]}
    help_lines.change(ask.session, line, **told, now=ask.now, staff_id=ask.who.staff.id)
    # Putting an old number back is not calling it.
    line.verified_on = date.fromisoformat(value["verified_on"])
    storage.settings.keep_help_line(ask.session, line)


def _line_name(ask: Ask, which: str) -> str:
    line = storage.settings.help_line(ask.session, int(which))
    return line.name if line is not None else "En hjälplinje"


def _put_provider(ask: Ask, _which: str, value: Any) -> None:
    route = ask.house.sms_route
    if route is None:
        raise NotFound("Här finns ingen sms-leverantör att välja.")
    sms_choice.choose(ask.session, value, route.providers, now=ask.now, staff_id=ask.who.staff.id)
    route.read_anew()


def _put_telegram(ask: Ask, which: str, value: Any) -> object:
    return linking.turn(ask.session, int(which), on=value, now=ask.now, staff_id=ask.who.staff.id)


def _put_office(ask: Ask, which: str, value: Any) -> object:
    office = storage.offices.get(ask.session, int(which))
    return own_office.change(ask.session, office, value, ask.who.staff, sure=True, now=ask.now)


def _put_place(ask: Ask, which: str, value: Any) -> object:
    place = storage.offices.place(ask.session, int(which))
    if place is None or value is None:
        raise NotFound("Platsen finns inte kvar.")
    return own_office.save_place(ask.session, place, **value, staff=ask.who.staff, now=ask.now)


def _put_approval(ask: Ask, which: str, value: Any) -> object:
    return approvals.set_limit(ask.session, int(which), Limit(**value), ask.who.staff, now=ask.now)


def _office_name(ask: Ask, which: str) -> str:
    return storage.offices.get(ask.session, int(which)).name


def _place_name(ask: Ask, which: str) -> str:
    place = storage.offices.place(ask.session, int(which))
    return f"Platsen {place.name}" if place is not None else "En plats"


def _its_own(_ask: Ask, which: str) -> int:
    return int(which)


def _office_of_place(ask: Ask, which: str) -> int:
    place = storage.offices.place(ask.session, int(which))
    return place.office_id if place is not None else 0


_OFFICES = settings_tabs.PAGES["Kontor"]
_CHECKED: Sequence[str] = sorted(languages.NEEDS_TRANSLATOR)
KINDS: dict[str, Kind] = {
    limits.MONTHLY_CAP: _limit(limits.MONTHLY_CAP, "Kostnadstak per månad"),
    limits.PRICE: _limit(limits.PRICE, "Pris per sms-del, i öre"),
    limits.ANSWERS: _limit(limits.ANSWERS, "Personer ni hinner svara per dag"),
    "on_duty": _duty("on_duty", "Har jour"), "stand_in": _duty("stand_in", "Ersättare"), "head": _duty("head", "Chef"),
    help_lines.KEY: Kind(settings_tabs.PAGES["Jour och hjälplinjer"], _line_name, plain, _put_line),
    **{languages.key(lang): _language(lang) for lang in _CHECKED},
    sms_choice.KEY: Kind(
        settings_tabs.PAGES["Kanaler"], _named("Sms-leverantör"),
        lambda _ask, value: sms_choice.NAMES.get(value, "automatiskt"), _put_provider,
    ),
    f"{linking.OFFICES}:": Kind(
        settings_tabs.PAGES["Kanaler"], lambda ask, which: f"Telegram, {_office_name(ask, which)}", plain,
        _put_telegram, office=_its_own,
    ),
    approvals.KEY: Kind(
        settings_tabs.PAGES["Utskick"], lambda ask, which: f"Godkännande, {_office_name(ask, which)}", plain,
        _put_approval, office=_its_own,
    ),
    own_office.OFFICE: Kind(_OFFICES, _office_name, plain, _put_office, office=_its_own),
    own_office.PLACE: Kind(_OFFICES, _place_name, plain, _put_place, office=_office_of_place),
    **office_kinds.KINDS, **content_kinds.KINDS,
}  # fmt: skip
