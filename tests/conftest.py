"""What every test may ask for: a fresh database, a clock that stands still until it is moved."""

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import anyio
import hypothesis
import pytest
import structlog
from fastapi.testclient import TestClient

import storage.schema
from bot import demo
from bot.app import create_app
from bot.settings import Settings
from bot.wiring import House, build
from storage.database import Database, Session
from storage.vault import Vault

# On two busy cores a first call may take long; how fast things are is measured in benchmarks, not here.
hypothesis.settings.register_profile("brygga", deadline=None, print_blob=False, max_examples=50)
# For a night: pytest --hypothesis-profile=long tests/journeys/test_nobody_who_must_not.py
hypothesis.settings.register_profile("long", parent=hypothesis.settings.get_profile("brygga"), max_examples=5000)
hypothesis.settings.load_profile("brygga")

# Tuesday 24 November 2026, 13.04 in Stockholm: a working day inside the allowed hours.
TUESDAY = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
# What the practice town of the tests is sealed with.
DEMO_KEY = "x" * 20


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """A command run inside a test sets up the log for good; the next test shall not write to a stream that is gone. A
    fault is told plainly: to draw it with every variable takes half a second.
    """
    structlog.configure(processors=[structlog.processors.format_exc_info, structlog.dev.ConsoleRenderer()])
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


@pytest.fixture(scope="session")
def demo_town(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> bytes:
    """The file of the practice town as it opens on TUESDAY; built by one process for all, since it takes a while."""
    own = tmp_path_factory.getbasetemp()
    folder = own if worker_id == "master" else own.parent
    return _made_once(folder / "demo.db", lambda path: anyio.run(_play_demo, path))


def _made_once(made: Path, make: Callable[[Path], None]) -> bytes:
    unfinished = made.with_suffix(".unfinished")
    try:
        unfinished.mkdir()
    except FileExistsError:
        while not made.exists():
            assert unfinished.exists(), f"{made.name} could not be made"
            time.sleep(0.1)
        return made.read_bytes()
    try:
        make(unfinished / made.name)
        (unfinished / made.name).rename(made)
    finally:
        shutil.rmtree(unfinished)
    return made.read_bytes()


async def _play_demo(path: Path) -> None:
    house = build(Settings(database_url=f"sqlite:///{path}", secret_key=DEMO_KEY))
    await demo.build_town(house, TUESDAY)
    await house.close()


class Shelf:
    """Databases that tests use in turn, each time with an empty file: a new one would have to make every statement
    anew, which takes longer than most tests.
    """

    def __init__(self, folder: Path, empty: bytes) -> None:
        self._folder, self._empty = folder, empty
        self._made: dict[str, Database] = {}

    def take(self, secret: str) -> Database:
        """The database with these keys, empty."""
        path = self._folder / f"{secret}.db"
        if secret not in self._made:
            self._made[secret] = Database(f"sqlite:///{path}", Vault(secret))
        self._made[secret].close()
        for beside in ("-wal", "-shm"):
            path.with_name(path.name + beside).unlink(missing_ok=True)
        path.write_bytes(self._empty)
        return self._made[secret]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory, empty_database_file: bytes) -> Shelf:
    """This process's databases."""
    return Shelf(tmp_path_factory.mktemp("databases"), empty_database_file)


@pytest.fixture
def database(shelf: Shelf) -> Iterator[Database]:
    """A real database of this test's own."""
    database = shelf.take("test")
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
def house(shelf: Shelf, clock: StillClock) -> House:
    """A whole practice installation on a real database of this test's own; whoever serves it closes it."""
    database = shelf.take(DEMO_KEY)
    settings = _practice().model_copy(update={"database_url": database.url})
    return build(settings, clock=clock, database=database)


@cache
def _practice() -> Settings:
    # To read what the machine has set takes longer than most tests do.
    return Settings(database_url="sqlite://", secret_key=DEMO_KEY)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser nobody has signed in yet; it shows redirects instead of following them."""
    with TestClient(create_app(house, keep_time=False), follow_redirects=False) as client:
        yield client
