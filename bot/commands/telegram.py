"""The command that turns Telegram on and off for an office, and asks Telegram to call us."""

from argparse import Namespace

import anyio
import anyio.to_thread

import storage.offices
from bot.commands.house import opened
from bot.commands.output import say
from bot.commands.setting_up import the_office
from bot.wiring import House
from outreach import linking
from outreach.errors import BadInput


def telegram(arguments: Namespace) -> int:
    """Say how it stands with Telegram, after the change that was asked for."""
    with opened() as house:
        if arguments.step == "webhook":
            anyio.run(_register, house)
        elif arguments.step:
            _turn(house, arguments)
        told, words = _state(house)
    say(arguments, told, words)
    return 0


def _turn(house: House, arguments: Namespace) -> None:
    with house.database.write() as session:
        office = the_office(session, arguments.office)
        linking.turn(session, office.id, on=arguments.step == "on", now=house.now(), actor="kommandoraden")


async def _register(house: House) -> None:
    if house.telegram is None:
        raise BadInput("Telegram är inte påslaget. Det behövs BRYGGA_TELEGRAM_ENABLED, _TOKEN och skarp drift.")
    name = house.settings.telegram_bot or await house.telegram.username()
    taken = await house.telegram.register_webhook(house.settings.public_url, house.telegram_secret)
    # Connections belong to this event loop, which is about to end.
    await house.pool.close()
    if not taken:
        raise BadInput("Telegram tog inte emot adressen. BRYGGA_PUBLIC_URL ska börja med https och nås utifrån.")
    if name:
        await anyio.to_thread.run_sync(house.know_bot, name)


def _state(house: House) -> tuple[dict[str, object], str]:
    with house.database.read() as session:
        on = set(linking.offices_on(session))
        names = [office.name for office in storage.offices.all_offices(session) if office.id in on]
        bot = linking.bot_name(session)
    enabled = house.settings.telegram_enabled
    told: dict[str, object] = {"enabled": enabled, "mode": house.settings.telegram_mode, "bot": bot, "offices": names}
    words = [
        f"Telegram är {'påslaget' if enabled else 'avslaget'} i installationen.",
        f"Kontor som har slagit på det: {', '.join(names) or 'inget'}.",
        f"Botens namn: {bot or 'inte känt än'}.",
    ]
    return told, " ".join(words)
