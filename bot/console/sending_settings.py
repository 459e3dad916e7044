"""Settings of sending: the switch that pauses everything, what texts may cost, how many can be answered (ux §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

import storage.staff
from bot import requests, shown
from bot.console import campaign_saving, campaign_words, setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import approvals, budget, global_pause, limits, prices
from outreach.approvals import Limit
from outreach.errors import BadInput, NotFound
from storage.local_time import local
from storage.offices import Office

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Utskick"]
KEYS = {"tak": limits.MONTHLY_CAP, "pris": limits.PRICE, "svar": limits.ANSWERS}
DEAREST_ORE, MOST_ANSWERS = 1000, 1000


@routes.get("/installningar")
def first() -> RedirectResponse:
    """The first of the settings."""
    return go(HERE)


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """Everything about sending that staff decide."""
    ask.needs("settings")
    return _page(ask, {}, [])


@routes.post(HERE + "/pausa")
def pause(ask: Writing, skal: Text = "") -> Response:
    """Pause all sending."""
    ask.needs("settings")
    done = global_pause.turn_on(ask.session, why=skal, now=ask.now, staff_id=ask.who.staff.id)
    return go(HERE, done="pausat" if done else "redan")


@routes.post(HERE + "/ateruppta")
def resume(ask: Writing) -> Response:
    """Let everything go on: whoever paused may, and who decides for the whole municipality."""
    ask.needs("settings")
    pause = global_pause.current(ask.session)
    if pause is not None and pause.by_id != ask.who.staff.id:
        ask.needs_everywhere()
    rules = ask.house.sender.rules
    done = global_pause.turn_off(ask.session, rules, now=ask.now, staff_id=ask.who.staff.id)
    return go(HERE, done="sparat" if done else "redan")


@routes.post(HERE)
def save(ask: Writing, tak: Text = "", pris: Text = "", svar: Text = "") -> Response:
    """Save what texts may cost and how many can be answered, in the whole municipality."""
    ask.needs("settings")
    ask.needs_everywhere()
    typed, errors = {"tak": tak, "pris": pris, "svar": svar}, []
    for field, read in (("tak", _cap), ("pris", _price), ("svar", _answers)):
        try:
            read(ask, typed[field])
        except BadInput as error:
            errors.append({"field": field, "text": error.sentence})
    return _page(ask, typed, errors) if errors else go(HERE, done="sparat")


@routes.post(HERE + "/godkannande")
def four_eyes(ask: Writing, kontor: Text = "", grans: Text = "", alla: Text = "") -> Response:
    """When an office wants campaigns approved by another."""
    ask.needs("settings")
    office_id = whole(kontor)
    if office_id is None or office_id not in ask.who.office_ids:
        raise NotFound("Kontoret finns inte bland dina.")
    try:
        wanted = Limit(whole(grans.strip().replace(" ", "")) or 0, alla == "ja")
        done = approvals.set_limit(ask.session, office_id, wanted, ask.who.staff, now=ask.now)
    except BadInput as error:
        return _page(ask, {f"grans-{office_id}": grans}, [{"field": f"grans-{office_id}", "text": error.sentence}])
    return go(f"{HERE}#godkannande", done="sparat" if done else "redan")


def _cap(ask: Ask, typed: str) -> None:
    _change(ask, limits.MONTHLY_CAP, campaign_saving.kronor(typed))


def _price(ask: Ask, typed: str) -> None:
    """Whoever types the price has just checked it."""
    try:
        ore = float(typed.strip().casefold().removesuffix("öre").strip().replace(",", "."))
    except ValueError:
        ore = -1
    if not 0 <= ore <= DEAREST_ORE:
        raise BadInput("Skriv priset för en del i öre, till exempel 52.")
    if _change(ask, limits.PRICE, ore):
        _change(ask, limits.PRICE_CHECKED, local(ask.now).date().isoformat())


def _answers(ask: Ask, typed: str) -> None:
    wanted = whole(typed.strip())
    if not wanted or wanted > MOST_ANSWERS:
        raise BadInput("Skriv hur många personer ni hinner svara om dagen med siffror, till exempel 20.")
    _change(ask, limits.ANSWERS, wanted)


def _change(ask: Ask, key: str, value: object) -> bool:
    return limits.change(ask.session, key, value, now=ask.now, staff_id=ask.who.staff.id)


def _page(ask: Ask, typed: Data, errors: list[Data]) -> Response:
    price, cap = prices.sms(ask.session), budget.monthly_kr(ask.session)
    left = budget.left_this_month(ask.session, now=ask.now)
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "history": setting_history.rows(ask, "Utskick"),
        "pause": _pause(ask),
        "may_all": ask.leads_everywhere,
        "cap": typed.get("tak", cap or ""),
        "left": "" if left is None else f"Kvar den här månaden: {campaign_words.kronor(price.of(left))}.",
        "price": typed.get("pris", _ore(price.ore)),
        "approvals": [_limit(ask, office, typed) for office in ask.who.offices],
        "answers": typed.get("svar", limits.answers_a_day(ask.session)),
        "changed": {name: settings_tabs.changed(ask, key) for name, key in KEYS.items()},
        "errors": errors,
        "error": {one["field"]: one["text"] for one in errors},
    }
    return requests.page(
        ask, "installningar_utskick.html", title="Inställningar för utskick", s=data, status_code=422 if errors else 200
    )


def _limit(ask: Ask, office: Office, typed: Data) -> Data:
    found = approvals.limit_of(ask.session, office.id)
    return {
        "id": office.id, "name": office.name, "limit": typed.get(f"grans-{office.id}", found.limit),
        "always": found.always, "changed": settings_tabs.changed(ask, f"{approvals.KEY}{office.id}"),
    }  # fmt: skip


def _ore(price: float) -> str:
    return shown.number(int(price) if price.is_integer() else price)


def _pause(ask: Ask) -> Data | None:
    pause = global_pause.current(ask.session)
    if pause is None:
        return None
    by = storage.staff.find(ask.session, pause.by_id)
    name = by.name if by is not None else "kommandoraden"
    return {"words": f"Pausat {campaign_words.near(pause.since, ask.now)} av {name}.", "why": pause.why,
            "may_end": ask.leads_everywhere or pause.by_id == ask.who.staff.id}  # fmt: skip
