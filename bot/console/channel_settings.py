"""Settings of the channels: who carries our texts, from which number, and Telegram for each office (ux §4.16)."""

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import Response

import storage.settings
import storage.staff
from bot import requests
from bot.console import campaign_words, setting_history, settings_tabs
from bot.requests import Ask, Reading, Writing, go, whole
from outreach import linking, phone_numbers, sms_choice
from outreach.errors import BadInput, NotFound
from outreach.sms_choice import AUTO, NAMES, Choice

routes = APIRouter(include_in_schema=False)

Data = dict[str, Any]
Text = Annotated[str, Form()]
HERE = settings_tabs.PAGES["Kanaler"]


@routes.get(HERE)
def page(ask: Reading) -> Response:
    """How the channels stand, and what can be chosen."""
    ask.needs("settings")
    return _page(ask, [])


@routes.post(HERE + "/sms")
def choose(ask: Writing, leverantor: Text = "") -> Response:
    """Choose who carries texts, or leave it to the automaton."""
    ask.needs("settings")
    ask.needs_everywhere()
    route = ask.house.sms_route
    if route is None:
        raise BadInput("Här finns ingen sms-leverantör att välja.")
    before = sms_choice.read(ask.session, route.providers)
    after = sms_choice.choose(ask.session, leverantor, route.providers, now=ask.now, staff_id=ask.who.staff.id)
    route.read_anew()
    return go(HERE, done="sparat" if after != before else "redan")


@routes.post(HERE + "/telegram")
def telegram(ask: Writing, kontor: Text = "", lage: Text = "", beslut: Text = "") -> Response:
    """Turn Telegram on or off for one office; on only for an office that says that it has decided."""
    ask.needs("settings")
    office_id, on = whole(kontor), lage == "pa"
    if office_id not in ask.who.office_ids or office_id is None:
        raise NotFound
    if on and not beslut:
        return _page(ask, [{"field": f"beslut-{office_id}", "text": "Kryssa först i att enheten har bestämt sig."}])
    done = linking.turn(ask.session, office_id, on=on, now=ask.now, staff_id=ask.who.staff.id)
    return go(f"{HERE}#telegram", done="sparat" if done else "redan")


def _page(ask: Ask, errors: list[Data]) -> Response:
    data = {
        "tabs": settings_tabs.tabs(HERE),
        "history": setting_history.rows(ask, "Kanaler"),
        "may_all": ask.leads_everywhere,
        "sms": _sms(ask),
        "telegram": _telegram(ask),
        "errors": errors,
        "error": {one["field"]: one["text"] for one in errors},
    }
    return requests.page(
        ask, "installningar_kanaler.html", title="Kanaler", s=data, status_code=422 if errors else 200
    )  # fmt: skip


def _sms(ask: Ask) -> Data:
    route, number = ask.house.sms_route, ask.house.sms_number
    shared = {"practice": ask.house.settings.practice, "number": phone_numbers.show(number) if number else ""}
    if route is None:
        return {**shared, "name": ""}
    choice = sms_choice.read(ask.session, route.providers)
    return {
        **shared,
        "name": NAMES[choice.provider],
        "well": route.is_well,
        "health": route.health(),
        "how": _how(ask, choice),
        "stand_in": _stand_in(choice, route.providers),
        "options": _options(route.providers),
        "chosen": AUTO if choice.by == AUTO else choice.provider,
    }


def _how(ask: Ask, choice: Choice) -> str:
    """Valt för hand i dag kl. 13.04 av Karin Ek: since when, and why."""
    if choice.since is None:
        return "Så är Brygga inställd hos er."
    when = campaign_words.near(choice.since, ask.now)
    if choice.why == sms_choice.CHOOSES_AGAIN:
        return f"Automatiken väljer igen sedan {when}."
    if choice.by == AUTO:
        return f"Automatiken valde {when}: {choice.why}."
    found = storage.settings.changed(ask.session, sms_choice.KEY)
    by = storage.staff.find(ask.session, found[1]) if found else None
    return f"Valt för hand {when} av {by.name if by is not None else 'kommandoraden'}."


def _stand_in(choice: Choice, providers: tuple[str, ...]) -> str:
    """What happens when the one in use does not answer."""
    if len(providers) == 1:
        return "Ingen reserv är inställd. Svarar leverantören inte försöker vi igen en stund."
    first, other = (NAMES[name] for name in providers)
    if choice.by == AUTO:
        return f"{other} tar över av sig själv om {first} inte svarar."
    return "Ingen tar över av sig själv så länge leverantören är vald för hand."


def _options(providers: tuple[str, ...]) -> list[Data]:
    """What can be chosen; nothing where there is only one."""
    if len(providers) == 1:
        return []
    first, other = (NAMES[name] for name in providers)
    hint = f"{first} först. {other} tar över om {first} inte svarar, och {first} får tillbaka sms:en när den svarar."
    by_hand = [{"value": name, "label": f"Bara {NAMES[name]}"} for name in providers]
    return [{"value": AUTO, "label": "Automatiskt", "hint": hint}, *by_hand]


def _telegram(ask: Ask) -> Data:
    on = linking.offices_on(ask.session)
    return {
        "bot": linking.bot_name(ask.session),
        "offices": [{"id": office.id, "name": office.name, "on": office.id in on} for office in ask.who.offices],
        "changed": settings_tabs.changed(ask, linking.OFFICES),
    }
