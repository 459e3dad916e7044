"""Opens the installation for a command."""

from collections.abc import Iterator
from contextlib import contextmanager

import anyio
from pydantic import ValidationError

import storage.database
import storage.schema
from bot import wiring
from bot.commands import seeding
from bot.settings import Settings
from bot.wiring import House
from outreach import programmes
from outreach.errors import BadInput


@contextmanager
def opened(given: Settings | None = None) -> Iterator[House]:
    """The installation by its settings, its schema up to date; closed again when the block ends.

    Raises BadInput when the database is another program's to upgrade: only the embedded one brings itself up to date;
    and when it holds invented people who could be texted for real.
    """
    house = build(given)
    try:
        bring_up_to_date(house)
        seeding.check_real(house)
        yield house
    finally:
        anyio.run(house.close)


def settings() -> Settings:
    """What the environment says. Raises BadInput naming the variables that cannot be used; secrets are not repeated."""
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(sorted({f"BRYGGA_{str(fault['loc'][0]).upper()}" for fault in error.errors()}))
        raise BadInput(
            f"Inställningen {names} går inte att använda. Rätta den; README säger vad som gäller."
        ) from error


def build(given: Settings | None = None) -> House:
    """The installation, its schema as it is. Raises BadInput when the database cannot be opened."""
    wanted = given or settings()
    try:
        built = wiring.build(wanted)
        storage.schema.is_current(built.database)
    except storage.database.CANNOT_OPEN as error:
        raise BadInput(
            "Databasen går inte att öppna. Kontrollera BRYGGA_DATABASE_URL, eller lägg tillbaka en säkerhetskopia."
        ) from error
    return built


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
