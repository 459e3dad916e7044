"""The command that shows which SMS provider is in use, and chooses another by hand."""

from argparse import Namespace

from bot.commands.house import opened
from bot.commands.output import say
from bot.wiring import House
from outreach import sms_choice
from outreach.errors import BadInput
from outreach.sms_choice import AUTO, NAMES, Choice
from storage.local_time import local

PRACTICE = "Övningsläge: alla sms går till telefonerna på skärmen."


def show_or_choose(arguments: Namespace) -> int:
    """Say which provider carries texts, since when and why; with a choice, change it first."""
    with opened() as house:
        if house.settings.practice:
            _say_practice(arguments)
            return 0
        choice = _read_or_choose(house, arguments.choice)
    told = {
        "provider": choice.provider, "by": choice.by, "since": local(choice.since) if choice.since else None,
        "why": choice.why,
    }  # fmt: skip
    say(arguments, told, _in_words(choice))
    return 0


def _say_practice(arguments: Namespace) -> None:
    if arguments.choice:
        raise BadInput(f"{PRACTICE} Där finns ingen leverantör att välja.")
    say(arguments, {"provider": "simulator", "by": AUTO, "since": None, "why": ""}, PRACTICE)


def _read_or_choose(house: House, wanted: str | None) -> Choice:
    if house.sms_route is None:
        raise BadInput("Ingen sms-leverantör är inställd. Kör brygga doctor för att se vad som saknas.")
    providers = house.sms_route.providers
    if wanted is None:
        with house.database.read() as session:
            return sms_choice.read(session, providers)
    with house.database.write() as session:
        return sms_choice.choose(session, wanted, providers, now=house.now(), actor="kommandoraden")


def _in_words(choice: Choice) -> str:
    since = f" sedan {local(choice.since):%Y-%m-%d kl. %H.%M}" if choice.since else ""
    why = f" ({choice.why})" if choice.why else ""
    return f"Sms går via {NAMES.get(choice.provider, choice.provider)}{since}{why}."
