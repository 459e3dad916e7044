"""The schema: migrations and tables say the same thing, and every step can be taken back."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

import storage
import storage.schema
from storage.database import Database
from storage.tables import metadata
from storage.vault import Vault

ROOT = Path(__file__).parents[2]

for module in pkgutil.iter_modules(storage.__path__, "storage."):
    importlib.import_module(module.name)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Database]:
    """A database that nobody has migrated."""
    database = Database(f"sqlite:///{tmp_path}/bare.db", Vault("test"))
    yield database
    database.close()


def tables(database: Database) -> set[str]:
    """The names of the tables that are there."""
    with database.connect() as connection:
        return set(sqlalchemy.inspect(connection).get_table_names()) - {"alembic_version"}


def test_an_upgrade_from_nothing_makes_every_table(bare: Database) -> None:
    storage.schema.upgrade(bare)

    assert tables(bare) == set(metadata.tables)
    assert storage.schema.is_current(bare)


def test_the_migrated_schema_is_the_one_the_tables_describe(bare: Database) -> None:
    storage.schema.upgrade(bare)

    with bare.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)

    assert differences == []


def test_a_downgrade_to_the_beginning_empties_the_database(bare: Database) -> None:
    storage.schema.upgrade(bare)

    storage.schema.downgrade(bare, "base")

    assert tables(bare) == set()
    assert not storage.schema.is_current(bare)


def test_what_was_taken_back_can_be_upgraded_again(bare: Database) -> None:
    storage.schema.upgrade(bare)
    storage.schema.downgrade(bare, "base")

    storage.schema.upgrade(bare)

    assert tables(bare) == set(metadata.tables)


def test_whoever_asks_for_the_tables_gets_every_one() -> None:
    ask = "import storage.tables; print(*storage.tables.metadata.tables)"

    answer = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set(answer.stdout.split()) == set(metadata.tables)


def test_an_upgrade_of_what_is_current_changes_nothing(database: Database) -> None:
    storage.schema.upgrade(database)

    assert storage.schema.is_current(database)


def test_a_bare_database_is_not_current(bare: Database) -> None:
    assert not storage.schema.is_current(bare)
