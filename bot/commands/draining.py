"""Sending until nothing is due, for commands that end by themselves; told to stop they leave nothing uncertain."""

import asyncio
import signal
from datetime import timedelta

import anyio

from bot.commands.output import complain
from bot.wiring import House

STOPPED = 128 + signal.SIGTERM


def drain(house: House, *, patience: timedelta = timedelta()) -> int:
    """Run every job until nothing is due; returns how much was dealt with.

    Raises SystemExit when told to stop meanwhile (SIGTERM), once every call that had begun is recorded.
    """
    dealt_with = anyio.run(_until_idle_or_told, house, patience)
    if dealt_with is None:
        complain("Avbrutet. Det som var på väg är antecknat, och resten väntar i kön.")
        raise SystemExit(STOPPED)
    return dealt_with


async def _until_idle_or_told(house: House, patience: timedelta) -> int | None:
    loop = asyncio.get_running_loop()
    with anyio.CancelScope() as scope:
        # Sending shields what it has begun from this, and records it before it ends.
        loop.add_signal_handler(signal.SIGTERM, scope.cancel)
        try:
            return await house.run_until_idle(patience=patience)
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
    return None
