"""The demo: Björkstads kommun, an invented municipality in a database of its own, built by running the real thing."""

from datetime import datetime
from pathlib import Path

import anyio.to_thread

import storage.people
import storage.schema
import storage.settings
from bot import demo_story, demo_town, wiring
from bot.settings import VAR, Settings
from bot.wiring import House
from outreach import quiet_hours
from scheduler import time_travel
from scheduler.clock import MovableClock, SystemClock
from storage.local_time import local

FILE = VAR / "demo.db"
# By this hour the running campaign has begun, so the demo never opens before it.
OPENS = "10.05"


async def start(settings: Settings) -> House:
    """A fresh practice town, in practice mode whatever the settings say; what an earlier demo left is gone."""
    _forget(FILE)
    house = wiring.build(settings.model_copy(update={"practice": True, "database_url": f"sqlite:///{FILE}"}))
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
