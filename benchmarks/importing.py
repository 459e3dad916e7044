"""How long it takes to take a list in with `brygga import`, and how much memory, at 1 000 and 20 000 rows.

Meanwhile somebody else takes the database's write lock, as a text that comes in does, and times how long that takes.
"""

import os
import sqlite3
import subprocess
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import quantiles

from benchmarks import trial
from benchmarks.report import Row, Table, at_most

SIZES = {1_000: 15.0, 20_000: 60.0}
"""Rows, and the seconds they may take."""
LONGEST_WAIT = 1.0
BETWEEN_WRITES = 0.02
HEADS = (
    "Personnr/Födelsedatum;Namn;Mobil;Adress;Postnr;Ort;Stadsdel;Skola;Avbrottsdatum;Sekretess;Vårdnadshavare;"
    "Telefon vårdnadshavare"
)
_OFFICE = "Unga Björkstad"
_FIRST_DAY, _DAYS = date(1997, 1, 1), 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a list in cost."""

    seconds: float
    cpu: float
    megabytes: float
    waits: list[float]


def measure(_options: Namespace) -> list[Table]:
    """A table for each size: into an empty register, then the same list with every tenth person changed."""
    return [_measure(rows, seconds) for rows, seconds in SIZES.items()]


def _measure(rows: int, seconds: float) -> Table:
    with trial.folder() as home, trial.provider() as provider:
        env = trial.environment(home, provider, practice="true")
        trial.run("bot", "migrate", env=env)
        trial.run("bot", "office", "add", _OFFICE, env=env)
        first = _take_in(home, env, _list(rows))
        again = _take_in(home, env, _list(rows, changed_every=10))
        ((people,),) = trial.query(home, "SELECT count(*) FROM person")
        counted = trial.query(home, "SELECT count(*) FROM importedperson GROUP BY run_id")
    assert (people, counted) == (rows, [(rows,), (rows // 10,)]), (people, counted)
    return Table(
        f"import, {rows} rows",
        "The whole command: reading, comparing and saving. Everybody is in the register once, every tenth has changed.",
        [
            Row("seconds: into an empty register", first.seconds, target=at_most(seconds, of="figure")),
            Row("seconds: every tenth changed", again.seconds, target=at_most(seconds, of="figure")),
            Row("processor seconds: into an empty register", first.cpu),
            Row("processor seconds: every tenth changed", again.cpu),
            Row("peak memory, MB: into an empty register", first.megabytes),
            Row("peak memory, MB: every tenth changed", again.megabytes),
            Row("seconds others wait for the lock: longest", max(first.waits + again.waits),
                target=at_most(LONGEST_WAIT, of="figure")),
            Row("seconds others wait for the lock: 95 of 100", quantiles(first.waits + again.waits, n=20)[-1]),
        ],
    )  # fmt: skip


def _list(rows: int, *, changed_every: int = 0) -> bytes:
    return "\r\n".join([HEADS, *_people(rows, changed_every)]).encode()


def _people(rows: int, changed_every: int) -> Iterator[str]:
    for number in range(rows):
        school = "Södra skolan" if changed_every and number % changed_every == 0 else "Norra skolan"
        # Whoever has neither personnummer nor mobile is asked about the second time.
        mobile = f"070{number:07}" if number % 3 or number >= 2 * _DAYS else ""
        yield (
            f"{_identity(number)};Namn{number} Efter{number % 997};{mobile};Gatan {number};990 12;Björkstad;Norrby;"
            f"{school};2026-01-20;N;Karin Efter{number % 997};"
        )


def _identity(number: int) -> str:
    """Two test personnummer a day while they last, then birth dates alone."""
    born = _FIRST_DAY + timedelta(days=number // 2 % _DAYS)
    if number >= 2 * _DAYS:
        return born.isoformat()
    digits = f"{born:%y%m%d}{238 + number % 2}"
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    check = -sum(value // 10 + value % 10 for value in doubled) % 10
    return f"{born:%Y%m%d}-{digits[6:]}{check}"


def _take_in(home: Path, env: dict[str, str], content: bytes) -> Taken:
    file = home / "lista.csv"
    file.write_bytes(content)
    words = ("import", str(file), "--office", _OFFICE, "--json")
    began = time.monotonic()
    with trial.started("bot", *words, env=env, stdout=subprocess.DEVNULL) as process:
        waits = []
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            waits.append(_wait_for_lock(home))
            time.sleep(BETWEEN_WRITES)
        process.returncode = os.waitstatus_to_exitcode(ended[1])
    assert process.returncode == 0
    spent = ended[2]
    return Taken(time.monotonic() - began, spent.ru_utime + spent.ru_stime, spent.ru_maxrss / 1024, waits)


def _wait_for_lock(home: Path) -> float:
    began = time.monotonic()
    with closing(sqlite3.connect(home / "brygga.db", timeout=trial.LONGEST, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        waited = time.monotonic() - began
        connection.execute("ROLLBACK")
    return waited
