"""What every test may ask for: a fresh database, a clock that stands still until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

import storage.schema
from storage.database import Database, Session
from storage.vault import Vault

# On two busy cores a first call may take long; how fast things are is measured in benchmarks, not here.
hypothesis.settings.register_profile("brygga", deadline=None, print_blob=False)
hypothesis.settings.load_profile("brygga")

# Tuesday 24 November 2026, 13.04 in Stockholm: a working day inside the allowed hours.
TUESDAY = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


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
