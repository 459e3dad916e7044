"""What every test may ask for: a fresh database, a clock that stands still until it is moved."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
import structlog
from fastapi.testclient import TestClient

import storage.schema
from bot.app import create_app
from bot.settings import Settings
from bot.wiring import House, build
from storage.database import Database, Session
from storage.vault import Vault

# On two busy cores a first call may take long; how fast things are is measured in benchmarks, not here.
hypothesis.settings.register_profile("brygga", deadline=None, print_blob=False)
hypothesis.settings.load_profile("brygga")

# Tuesday 24 November 2026, 13.04 in Stockholm: a working day inside the allowed hours.
TUESDAY = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """A command run inside a test sets up the log for good; the next test shall not write to a stream that is gone."""
    yield
    structlog.reset_defaults()
    for handler in [row for row in logging.getLogger().handlers if type(row) is logging.StreamHandler]:
        logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="session")
def empty_database_file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated, empty SQLite file; copying it is much faster than migrating for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    database = Database(f"sqlite:///{path}", Vault("test"))
    storage.schema.upgrade(database)
    database.close()
    return path.read_bytes()


@pytest.fixture
def database(tmp_path: Path, empty_database_file: bytes) -> Iterator[Database]:
    """A real database of this test's own."""
    path = tmp_path / "brygga.db"
    path.write_bytes(empty_database_file)
    database = Database(f"sqlite:///{path}", Vault("test"))
    yield database
    database.close()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction that is committed when the test ends."""
    with database.write() as session:
        yield session


@pytest.fixture
def now() -> datetime:
    """Tuesday 24 November 2026, 13.04 in Stockholm."""
    return TUESDAY


@pytest.fixture
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio alone."""
    return "asyncio"


class StillClock:
    """Stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment

    def forward(self, **length: float) -> datetime:
        """Move on by days, hours or minutes; returns the new moment."""
        self.moment += timedelta(**length)
        return self.moment


@pytest.fixture
def clock() -> StillClock:
    """Tuesday 24 November 2026, 13.04 in Stockholm, until the test moves it."""
    return StillClock(TUESDAY)


@pytest.fixture
def house(tmp_path: Path, empty_database_file: bytes, clock: StillClock) -> House:
    """A whole practice installation on a real database of this test's own; whoever serves it closes it."""
    path = tmp_path / "house.db"
    path.write_bytes(empty_database_file)
    return build(Settings(database_url=f"sqlite:///{path}", secret_key="x" * 20), clock=clock)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser nobody has signed in yet; it shows redirects instead of following them."""
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        yield client
