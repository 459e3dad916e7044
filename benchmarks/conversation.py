"""How long one reading takes, and one whole turn: a text that has come in is read, answered and kept, in a real
database on disk, one transaction a person. The reference of a turn is a bare SQLite transaction that writes as much.
"""

import os
import sqlite3
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles

from pydantic import SecretStr

from benchmarks import trial
from benchmarks.posting import KNOWN
from benchmarks.report import Row, Table, at_most
from bot import inbox
from bot.commands import house
from bot.conversation import understanding
from bot.settings import Settings
from bot.wiring import House
from outreach import quiet_hours
from outreach.channels import Inbound
from storage.local_time import STOCKHOLM

LISTS = trial.ROOT / "tests" / "lists"
PEOPLE, AT_ONCE = 360, 12
READING_MS, TURN_MS = 1.0, 10.0
_A_TUESDAY = datetime(2026, 11, 24, 10, tzinfo=STOCKHOLM)


def measure(options: Namespace) -> list[Table]:
    """One table."""
    texts = _texts()
    understanding.prepare()
    quiet_hours.prepare(_A_TUESDAY.year)
    with trial.folder() as home:
        turns = _turns(home, texts)
        raw = _raw(home / "raw.db")
    readings = [_milliseconds(lambda text=text: _read(text)) for _ in range(options.rounds) for text in texts]  # type: ignore[misc]
    rows = [
        Row("one reading, ms on average", sum(readings) / len(readings), None, at_most(READING_MS, of="figure")),
        Row("one reading, ms, p99", quantiles(readings, n=100)[98]),
        Row("one turn with the database, ms on average", sum(turns) / len(turns), sum(raw) / len(raw),
            at_most(TURN_MS, of="figure")),
        Row("one turn, ms, the slowest dozen", max(turns)),
    ]  # fmt: skip
    how = (
        f"{len(texts)} replies of the lists in tests/lists, each read {options.rounds} times; {PEOPLE - AT_ONCE} "
        f"turns of people who have had a campaign's text, {AT_ONCE} in a row. Wall time of one thread."
    )
    return [Table("conversation", how, rows)]


def _texts() -> Sequence[str]:
    files = [LISTS / "replies_tune.tsv", LISTS / "replies_score_only.tsv"]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    return [line.split("\t")[0] for line in lines if not line.startswith("#")]


def _read(text: str) -> None:
    understanding.understand(text, ref=_A_TUESDAY)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def _turns(home: Path, texts: Sequence[str]) -> list[float]:
    """How long turns took, by the dozen; the first dozen, which warms up, is left out."""
    settings = Settings(
        database_url=f"sqlite:///{home / 'brygga.db'}", secret_key=SecretStr("for trials only"), practice=True,
        allowed_hours="always", regret_seconds=0,
    )  # fmt: skip
    told = {"PATH": os.defpath, "BRYGGA_DATABASE_URL": settings.database_url, "BRYGGA_SECRET_KEY": settings.secret()}
    told |= {"BRYGGA_ALLOWED_HOURS": "always", "BRYGGA_REGRET_SECONDS": "0"}
    trial.run("bot", "seed", "--people", str(PEOPLE), env=told)
    trial.run("bot", "campaign", "run", "M", "--audience", trial.AUDIENCE, "--text", trial.TEXT, "--drain", env=told)
    with house.opened(settings) as town:
        return [_turns_of(town, texts, index) for index in range(0, PEOPLE, AT_ONCE)][1:]


def _turns_of(town: House, texts: Sequence[str], first: int) -> float:
    """How long a turn took where several wrote in the same minute."""
    for index in range(first, first + AT_ONCE):
        text = texts[(7 * index) % len(texts)]
        town.keep_inbound(Inbound("sms", f"SM{index}", f"+{KNOWN + index}", text, town.now()))
    inbox.look(town.database, together=timedelta(), now=town.now(), give_way=nullcontext)
    return _milliseconds(lambda: inbox.read_due(town.database, together=timedelta(), now=town.now())) / AT_ONCE


def _raw(file: Path) -> list[float]:
    """Bare transactions that write what a turn writes: a text marked as read, a talk changed, an answer queued."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        raw.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, a)"
        )
        raw.executemany("INSERT INTO t (a) VALUES (?)", [("x" * 100,)] * 1000)
        return [_milliseconds(lambda index=index: _raw_turn(raw, index)) for index in range(PEOPLE)]  # type: ignore[misc]


def _raw_turn(raw: sqlite3.Connection, index: int) -> None:
    raw.execute("BEGIN IMMEDIATE")
    for row in (index + 1, index + 2):
        raw.execute("SELECT a FROM t WHERE id = ?", (row,)).fetchall()
        raw.execute("UPDATE t SET a = ? WHERE id = ?", ("y" * 100, row))
    raw.execute("INSERT INTO t (a) VALUES (?)", ("z" * 160,))
    raw.execute("COMMIT")
