"""How Telegram reaches us: our name there found and the webhook registered, behind the service's back, however long
Telegram is away.
"""

import logging
from collections.abc import Callable

import anyio
import anyio.to_thread

from bot.channels.telegram import TelegramChannel

FIRST_PATIENCE, LONGEST_PATIENCE = 5.0, 300.0

_log = logging.getLogger(__name__)


async def open_door(
    channel: TelegramChannel | None,
    *,
    name: str,
    know: Callable[[str], None],
    public_url: str = "",
    secret: str = "",
    patience: float = FIRST_PATIENCE,
) -> None:
    """Try, with growing patience, until it is known who we are there and, given a `public_url`, our webhook is taken.

    `name` is ours where somebody has told it, else Telegram is asked; without a `channel` it is all there is. `know`
    (run in a thread) is given the name. Nothing is raised: the service goes on without Telegram.
    """
    named = registered = False
    while True:
        try:
            named = named or await _say_name(channel, name, know)
            registered = (
                registered or not public_url or not channel or await channel.register_webhook(public_url, secret)
            )
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the service must not end for it
            _log.warning("Telegram's door did not open: %s", type(error).__name__)
        if named and registered:
            return
        _log.warning("Telegram could not be reached; trying again in %.0f s", patience)
        await anyio.sleep(patience)
        patience = min(2 * patience, LONGEST_PATIENCE)


async def _say_name(channel: TelegramChannel | None, name: str, know: Callable[[str], None]) -> bool:
    found = name if name or channel is None else await channel.username()
    if channel is None or found:
        await anyio.to_thread.run_sync(know, found)
        return True
    return False
