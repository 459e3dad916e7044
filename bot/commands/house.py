"""Opens the installation for a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio

import storage.schema
from bot import wiring
from bot.settings import Settings
from bot.wiring import House
from outreach import programmes
from outreach.errors import BadInput


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[House]:
    """The installation by its settings, its schema up to date; closed again when the block ends.

    Raises BadInput when the database is another program's to upgrade: only the embedded one brings itself up to date.
    """
    house = wiring.build(settings or Settings())
    try:
        bring_up_to_date(house)
        yield house
    finally:
        anyio.run(house.close)


def bring_up_to_date(house: House, *, asked: bool = False) -> bool:
    """Upgrade the schema; False when there was nothing to do."""
    if storage.schema.is_current(house.database):
        return False
    if not house.database.is_sqlite and not asked:
        raise BadInput("Databasen är inte uppdaterad. Kör brygga migrate först.")
    storage.schema.upgrade(house.database)
    with house.database.write() as session:
        programmes.ensure_defaults(session, house.now())
    return True
