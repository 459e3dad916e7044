"""How fast texts that come in are kept and answered with 200, beside a bare application that only reads the form.

The service is `serve` with everything on: signature, one transaction a text, the timetable. Texts come from people in
the register and from strangers, some twice. Afterwards every text must stand in the database, once.
"""

import json
import sqlite3
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks import trial
from benchmarks.report import Row, Table, at_least, at_most
from benchmarks.trial import Provider

LOADS = {"32 at a time": (32, 0.0), "64 at a time": (64, 0.0), "500 a second": (256, 500.0)}
PEOPLE = 2000
OF_BARE, TIMES_BARE = 0.5, 2.5
# Writes to see what the disk alone takes, and seconds between them: five hundred texts come in a second.
DISK_WRITES, DISK_PAUSE = 1500, 0.002
# Longer than the posting takes, so that reading and answering is seen apart.
TOGETHER = 60
PATIENCE = 300.0

Found = dict[str, dict[str, float]]


def measure(options: Namespace) -> list[Table]:
    """One table."""
    ours, bare, answered = [], [], []
    with trial.folder() as home, trial.provider() as provider:
        register = home / "register"
        register.mkdir()
        trial.seed(register, provider, PEOPLE)
        for turn in range(options.rounds):
            with echo() as url:
                bare.append(_load(url, options, turn))
            place = trial.copy(register, home / str(turn))
            with service(place, provider) as url:
                ours.append(_load(url, options, turn))
                _check(place, options)
                answered.append(_seconds_to_answer(place))
        disk = _disk(home)
    return [_judged(options, ours, bare, answered, disk)]


@contextmanager
def echo() -> Iterator[str]:
    """The bare application; gives its webhook."""
    port = trial.free_port()
    with trial.started("benchmarks.echo", "--port", str(port)):
        trial.wait_until_answers(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}/webhooks/twilio/sms"


@contextmanager
def service(home: Path, provider: Provider) -> Iterator[str]:
    """The real service; gives its webhook."""
    port = trial.free_port()
    told = trial.environment(
        home, provider, public_url=f"http://127.0.0.1:{port}", read_together_seconds=str(TOGETHER)
    )  # fmt: skip
    with trial.started("bot", "serve", "--port", str(port), env=told):
        trial.wait_until_answers(f"http://127.0.0.1:{port}/healthz")
        yield f"http://127.0.0.1:{port}/webhooks/twilio/sms"


def _disk(home: Path) -> tuple[float, float]:
    """Seconds (median and 99th of a hundred) that one durable write takes: no text that is kept is answered sooner."""
    database = sqlite3.connect(home / "disk.db", isolation_level=None)
    database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE kept (text TEXT)")
    took = []
    for _ in range(DISK_WRITES):
        began = time.perf_counter()
        database.execute("INSERT INTO kept VALUES (?)", ("x" * 300,))
        took.append(time.perf_counter() - began)
        time.sleep(DISK_PAUSE)
    database.close()
    took.sort()
    return took[len(took) // 2], took[len(took) * 99 // 100]


def _load(url: str, options: Namespace, turn: int) -> Found:
    found = {}
    for index, (name, (connections, rate)) in enumerate(LOADS.items()):
        done = trial.run(
            "benchmarks.posting", "--url", url, "--people", str(PEOPLE), "--count", str(options.texts),
            "--connections", str(connections), "--rate", str(rate), "--seed", str(10 * turn + index + 1),
        )  # fmt: skip
        found[name] = json.loads(done.said)
    return found


def _check(home: Path, options: Namespace) -> None:
    kept, distinct = trial.query(home, "SELECT count(*), count(DISTINCT provider_id) FROM inboundtext")[0]
    assert kept == distinct == options.texts * len(LOADS), (kept, distinct)


def _seconds_to_answer(home: Path) -> float:
    # Reading has been put off until after the posting; the time counts from the first text that was read.
    began, end = 0.0, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        waiting, read = trial.query(
            home, "SELECT count(*) - count(handled_at), count(handled_at) FROM inboundtext"
        )[0]  # fmt: skip
        began = began or (time.monotonic() if read else 0.0)
        if not waiting:
            return time.monotonic() - began
        time.sleep(0.2)
    return PATIENCE


def _judged(
    options: Namespace, ours: list[Found], bare: list[Found], answered: list[float], disk: tuple[float, float]
) -> Table:
    def middle(found: list[Found], load: str, figure: str) -> float:
        return median(one[load][figure] for one in found)

    rows = [
        Row(f"texts a second, {load}", middle(ours, load, "a_second"), middle(bare, load, "a_second"),
            at_least(OF_BARE))
        for load, (_, rate) in LOADS.items() if not rate
    ]  # fmt: skip
    clocked = "500 a second"
    rows += [
        Row("texts a second, of 500", middle(ours, clocked, "a_second"), middle(bare, clocked, "a_second")),
        *(
            Row(f"{figure} at 500 a second, ms", 1000 * middle(ours, clocked, figure),
                1000 * middle(bare, clocked, figure), at_most(TIMES_BARE) if figure == "p99" else None)
            for figure in ("p50", "p99", "longest")
        ),
        *(Row(f"{figure} of one durable write alone, ms", 1000 * took)
          for figure, took in zip(("p50", "p99"), disk, strict=True)),
        Row("seconds to read and answer all of them afterwards", median(answered)),
        Row("texts read and answered a second", options.texts * len(LOADS) / median(answered)),
    ]  # fmt: skip
    how = (
        f"{options.texts} texts a load, a fifth from strangers, every twentieth posted twice; medians of "
        f"{options.rounds} rounds. Database: every text once. Latency counts from when a text should have been posted."
    )
    return Table("inbound", how, rows)
