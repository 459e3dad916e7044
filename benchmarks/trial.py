"""A trial: a temporary installation of Brygga beside a pretended provider, and what running a command in it costs.

Everything is on 127.0.0.1 and in a temporary folder, and only processes started here are ended, each by its own id.
"""

import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
ACCOUNT, TOKEN, SENDER = "AC" + "b" * 32, "loopback-token", "+46766861004"
AUDIENCE = "har mobil"
TEXT = "Hej {fornamn}! Unga Björkstad här. Vill du ses och prata om plugg, jobb eller annat? Svara JA, NEJ eller STOPP."
CONCURRENCY: int = Settings.model_fields["send_concurrency"].default
# Nothing measured here takes as long; whatever does is broken, and ends.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Spent:
    """What a command cost and said."""

    seconds: float
    cpu: float
    said: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The pretended provider, as seen from outside."""

    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def behave(self, **values: float) -> None:
        """Change how it behaves."""
        self._ask("POST", "/behaviour", urlencode(values).encode())

    def forget(self) -> None:
        """Begin a new ledger."""
        self._ask("DELETE", "/ledger")

    def counts(self) -> dict[str, Any]:
        """How many texts it has accepted, how many of them twice, and when the first and the last came."""
        return self._ask("GET", "/ledger")

    def taken(self) -> list[tuple[str, str, float]]:
        """Code, number and moment of each text it has accepted, in order."""
        return [(code, to, at) for code, to, at in self._ask("GET", "/ledger/codes")["codes"]]

    def _ask(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        with urlopen(Request(self.url + path, data=body, method=method), timeout=30) as answer:
            said: dict[str, Any] = json.load(answer)
        return said


@contextmanager
def provider(*options: str) -> Iterator[Provider]:
    """A pretended provider that lives as long as the block."""
    with started("benchmarks.loopback", "--seconds", "3600", *options, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield Provider(int(process.stdout.readline()))


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="brygga-bench-") as name:
        yield Path(name)


def environment(home: Path, provider: Provider, **settings: str) -> dict[str, str]:
    """All that Brygga is told. Made from nothing, so that nobody's own settings can have a say."""
    told = {
        "database_url": f"sqlite:///{home / 'brygga.db'}", "secret_key": "for trials only", "practice": "false",
        "public_url": "http://127.0.0.1:9", "twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN,
        "twilio_from": SENDER, "twilio_api_base": provider.url, "allowed_hours": "always", "frequency_cap": "on",
        "regret_seconds": "0", "log_level": "WARNING", **settings,
    }  # fmt: skip
    return {"PATH": os.defpath, "PYTHONUNBUFFERED": "1"} | {f"BRYGGA_{name.upper()}": told[name] for name in told}


@contextmanager
def started(module: str, *words: str, env: dict[str, str] | None = None, **options: Any) -> Iterator[Any]:
    """A Python module as a process, ended with the block if it has not ended by itself."""
    process = subprocess.Popen([sys.executable, "-m", module, *words], cwd=ROOT, env=env, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def run(module: str, *words: str, env: dict[str, str] | None = None) -> Spent:
    """Run a Python module to its end; raises when it fails. The processor time is that of its whole tree."""
    before, began = _children(), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", module, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True, check=True,
        timeout=LONGEST,
    )  # fmt: skip
    return Spent(time.monotonic() - began, _children() - before, done.stdout)


def _children() -> float:
    # Only children that have been waited for are counted: a provider that still runs is not.
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def seed(home: Path, provider: Provider, people: int) -> None:
    """A register of invented people."""
    run("bot", "seed", "--people", str(people), env=environment(home, provider))


def copy(home: Path, to: Path) -> Path:
    """Another installation with the same register."""
    to.mkdir()
    for file in home.glob("brygga.db*"):
        shutil.copy(file, to)
    return to


def query(home: Path, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """Look in an installation's database from outside, without disturbing it."""
    with closing(sqlite3.connect(f"file:{home / 'brygga.db'}?mode=ro", uri=True, timeout=30)) as connection:
        return connection.execute(sql, values).fetchall()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def wait_until_answers(url: str, *, seconds: float = 60) -> None:
    """Wait for a service that is starting; raises when it does not come."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
