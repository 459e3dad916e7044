"""The demo: Björkstads kommun, an invented municipality in a database of its own, built by running the real thing."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import anyio.to_thread

import storage.people
import storage.schema
import storage.settings
from bot import demo_story, demo_town, wiring
from bot.wiring import House
from outreach import quiet_hours
from scheduler import time_travel
from scheduler.clock import MovableClock, SystemClock
from storage.local_time import local

FILE = Path("var/demo.db")
# By this hour the running campaign has begun, so the demo never opens before it.
OPENS = "10.05"
# What the story counts on, whatever this machine is set to otherwise.
_AS_TOLD = {
    "practice": True,
    "allowed_hours": "office",
    "frequency_cap": "on",
    "regret_seconds": 60,
    "sms_per_second": 0,
}


class Settings(Protocol):
    """What the machine was told at start; the demo only needs to take a copy with other values."""

    def model_copy(self, *, update: Mapping[str, Any]) -> Any:
        """The same settings, but for these."""
        ...


async def start(settings: Settings) -> House:
    """A fresh practice town, in practice mode whatever the settings say; what an earlier demo left is gone."""
    _forget(FILE)
    house = wiring.build(settings.model_copy(update={**_AS_TOLD, "database_url": f"sqlite:///{FILE}"}))
    await build_town(house)
    return house


def _forget(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


async def build_town(house: House, opens: datetime | None = None) -> None:
    """Build the town in an empty database, up to the moment it opens; without one that is now, or the next time when
    texts may be sent.
    """
    clock = house.clock
    assert isinstance(clock, MovableClock)
    real = opens is None and opening(SystemClock().now()) is None
    moment = opens or opening(SystemClock().now()) or SystemClock().now()
    data = demo_town.read()
    await anyio.to_thread.run_sync(_lay_out, house, clock, data, moment)
    await demo_story.Story(house, clock, data, moment).play()
    if real:
        await time_travel.travel(clock, house.database, house.jobs, SystemClock().now())
        clock.reset()


def opening(now: datetime) -> datetime | None:
    """The moment the demo's clock is moved to; None when it can open at real time."""
    day = local(quiet_hours.next_allowed(now)).date()
    earliest = demo_town.at(day, OPENS)
    return None if quiet_hours.is_allowed(now) and now >= earliest else earliest


def _lay_out(house: House, clock: MovableClock, data: demo_town.Data, opens: datetime) -> None:
    storage.schema.upgrade(house.database)
    today = local(opens).date()
    clock.set(demo_town.first_day(today))
    with house.database.write() as session:
        demo_town.build(session, data, today=today, now=house.now())
        first = min(storage.people.everyone(session), key=lambda person: person.id)
        storage.settings.write(session, "demo_first", first.code)
        storage.settings.write(session, "demo", True)
