"""Transactions: all or nothing, no update lost between threads, and readers that wait for nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

import storage.settings
from storage.database import Database
from storage.settings import Setting
from storage.vault import Vault


def value(database: Database, key: str = "count") -> object:
    """What everybody else sees."""
    with database.read() as session:
        return storage.settings.read(session, key)


def test_what_is_written_is_there_for_the_next(database: Database) -> None:
    with database.write() as session:
        storage.settings.write(session, "count", 1)

    assert value(database) == 1


def write_and_fail(database: Database) -> None:
    """A unit of work that has written something when it breaks off."""
    with database.write() as session:
        storage.settings.write(session, "count", 1)
        raise RuntimeError


def test_a_rolled_back_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(RuntimeError):
        write_and_fail(database)

    assert value(database) is None


def test_a_failed_transaction_does_not_hold_up_the_next(database: Database) -> None:
    with pytest.raises(RuntimeError):
        write_and_fail(database)

    with database.write() as session:
        storage.settings.write(session, "count", 2)

    assert value(database) == 2


def test_no_update_is_lost_when_many_read_and_write_at_once(database: Database) -> None:
    def add_one(_turn: int) -> None:
        with database.write() as session:
            count = storage.settings.read(session, "count", default=0)
            storage.settings.write(session, "count", count + 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add_one, range(200)))

    assert value(database) == 200


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as writer:
        storage.settings.write(writer, "count", 1)

        seen_meanwhile = value(database)

    assert seen_meanwhile is None
    assert value(database) == 1


def test_a_reader_sees_one_moment_until_it_is_done(database: Database) -> None:
    with database.read() as reader:
        before = storage.settings.read(reader, "count")
        with database.write() as writer:
            storage.settings.write(writer, "count", 1)
        reader.expire_all()

        assert storage.settings.read(reader, "count") == before


def test_what_is_changed_while_reading_is_thrown_away(database: Database) -> None:
    with database.read() as session:
        storage.settings.write(session, "count", 1)

    assert value(database) is None


def test_a_reference_to_nobody_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as session:
        storage.settings.write(session, "count", 1, staff_id=404)


def test_moments_come_back_aware_and_in_utc(database: Database, now: datetime) -> None:
    with database.write() as session:
        storage.settings.write(session, "count", 1, now=now)

    with database.read() as session:
        changed_at = session.get_one(Setting, "count").changed_at

    assert changed_at == now
    assert changed_at is not None
    assert changed_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(database: Database, now: datetime) -> None:
    with pytest.raises(StatementError), database.write() as session:
        storage.settings.write(session, "count", 1, now=now.replace(tzinfo=None))


def test_what_is_committed_survives_a_power_cut(database: Database) -> None:
    with database.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2}


def test_the_folder_is_made_when_it_is_missing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/far/away/brygga.db", Vault("test"))

    with database.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    database.close()

    assert (tmp_path / "far" / "away" / "brygga.db").exists()


def test_whoever_may_query_may_match_sealed_values(database: Database) -> None:
    with database.read() as reader, database.write() as writer:
        assert reader.vault is writer.vault is database.vault
