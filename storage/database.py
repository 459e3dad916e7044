"""The engine, its pragmas, the Session, and the only commit in the house.

One request or job step is one transaction: `with database.write() as session` commits when the block ends without an
error and rolls back otherwise. Reading goes through `database.read()`, which never waits for a writer.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy import CursorResult, Executable, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session as SqlModelSession

from storage import sqlite
from storage.vault import Vault

# What opening a database can end in: an address nobody understands, a file that is no database, a server that is away.
CANNOT_OPEN = (ArgumentError, DBAPIError, OSError)
# What reading and writing it can end in: a full disk, a file that is locked or may only be read, a server gone away.
FAULT = DBAPIError

# So many statements a connection keeps put together; the driver's own 128 are fewer than the jobs and pages ask.
STATEMENTS = 1024


class Session(SqlModelSession):
    """A unit of work; carries the vault, so that whoever may query may also match sealed values."""

    @property
    def vault(self) -> Vault:
        """The installation's keys."""
        vault: Vault = self.info["vault"]
        return vault

    def rows(self, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
        """Run a statement that was made once, for plain values: the ORM's own work would cost more than the query."""
        if self.autoflush:
            self.flush()
        return self._plain.execute(statement, values)

    def finds(self, statement: Executable, **values: Any) -> bool:
        """Whether a statement that was made once finds any row."""
        return self.rows(statement, **values).first() is not None

    def read_again(self, table: type[Any], key: Any) -> None:
        """Forget what a row held, where it has been loaded: a plain statement has changed it."""
        loaded = self.identity_map.get(identity_key(table, key))
        if loaded is not None:
            self.expire(loaded)

    def read_every_again(self, table: type[Any]) -> None:
        """Forget what every loaded row of a table held, where a plain statement may have changed any of them; but what
        has been changed in a row and is not written yet is kept.
        """
        unwritten = self.dirty
        for loaded in [row for row in self.identity_map.values() if isinstance(row, table) and row not in unwritten]:
            self.expire(loaded)

    def each(self, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that was made once for each of these rows."""
        if rows:
            if self.autoflush:
                self.flush()
            self._plain.execute(statement, rows)

    @cached_property
    def _plain(self) -> Connection:
        """The connection of this session's one transaction, which costs something to ask for."""
        return self.connection()


class Database:
    """One installation's database. SQLite gets two engines on one file: a writer that takes the lock at once, so that
    read-then-write loses no update, and a reader that waits for nobody.
    """

    def __init__(self, url: str, vault: Vault) -> None:
        self.url = url
        self.vault = vault
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        # Where the file lies; None for a database on a server or in memory.
        self.folder = _folder(url)
        if self.is_sqlite:
            _make_folder(url)
        self._writer = _engine(url, immediate=self.is_sqlite)
        self._reader = _engine(url, immediate=False) if self.is_sqlite else self._writer
        # SQLite has one writer at a time, and lets the others sleep and try again: within a process they queue here.
        self._turn: AbstractContextManager[object] = threading.Lock() if self.is_sqlite else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises. Never begun inside another."""
        with self._turn, Session(self._writer, info={"vault": self.vault}, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view of what is committed; whatever is changed in it is thrown away."""
        with Session(self._reader, info={"vault": self.vault}, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A raw connection for migrations and backups; committed at the end."""
        with self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back every connection."""
        self._writer.dispose()
        self._reader.dispose()


def _folder(url: str) -> Path | None:
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).resolve().parent


def _make_folder(url: str) -> None:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)


def _engine(url: str, *, immediate: bool) -> Engine:
    # A fault must not quote the row it failed on: names and texts would stand in the log.
    # 40 threads serve requests: SQLAlchemy's 5+10 connections would turn slow moments into faults.
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        address = address.set(drivername=sqlite.WRITING if immediate else sqlite.READING)
    on_sqlite = address.get_backend_name() == "sqlite"
    engine = sqlalchemy.create_engine(
        address, pool_size=20, max_overflow=40, hide_parameters=True,
        connect_args={"cached_statements": STATEMENTS} if on_sqlite else {},
    )  # fmt: skip
    if on_sqlite:
        event.listen(engine, "connect", _set_pragmas)
    return engine


def _set_pragmas(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself; the dialect does, with the right kind of lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a text recorded as sent stays recorded after a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=15000")
    # 16 MB: with SQLite's own 2, a page that counts a whole register reads the same leaves again and again.
    cursor.execute("PRAGMA cache_size=-16000")
    cursor.close()
