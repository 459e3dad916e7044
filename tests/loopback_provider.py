"""Processes of their own for tests: the pretended provider, and Brygga's commands, which can be killed at any moment.

Run as a program this is the nursery: it has read all of Brygga once, and each command it is asked for is a fork.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parents[1]
# By its place: a package that is installed may be called "tests", too.
NURSERY = (__file__,)


class Provider:
    """The pretended provider, as seen from outside."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def behave(self, **how: float) -> None:
        """Change its faults and its latency."""
        self._ask("/behaviour", urlencode(how).encode())

    def taken(self) -> list[tuple[str, str]]:
        """Our code and the number of each text it has accepted, in order."""
        return [(code, to) for code, to, _ in self._ask("/ledger/codes")["codes"]]

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, list[tuple[str, str, float]]]:
        with urlopen(Request(self.url + path, data=body), timeout=30) as answer:
            said: dict[str, list[tuple[str, str, float]]] = json.load(answer)
        return said


class Nursery:
    """Starts commands and kills them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, settings: Mapping[str, str], *words: str) -> int:
        """Start `brygga …` with these settings and no others; its process id."""
        return self._tell({"settings": dict(settings), "words": words})

    def kill(self, pid: int) -> bool:
        """End it by SIGKILL; False when it had ended by itself."""
        return self._tell({"kill": pid}) == signal.SIGKILL

    def _tell(self, order: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def provider(*options: str) -> Iterator[Provider]:
    """A pretended provider that lives as long as the block."""
    with _program("-m", "benchmarks.loopback", *options) as process:
        assert process.stdout is not None
        yield Provider(int(process.stdout.readline()))


@contextmanager
def nursery() -> Iterator[Nursery]:
    """Brygga, ready to be started; whatever it has started ends with the block."""
    with _program(*NURSERY) as process:
        yield Nursery(process)


@contextmanager
def _program(*words: str) -> Iterator["subprocess.Popen[str]"]:
    told = {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        try:
            yield process
        finally:
            # The nursery sees the end of its orders, and takes its children along.
            process.stdin.close()
            if words != NURSERY:
                process.terminate()


def run_nursery() -> None:
    """Read orders from standard input until it ends, and then kill whatever is left."""
    alive: set[int] = set()
    try:
        for line in sys.stdin:
            order = json.loads(line)
            if "words" in order:
                alive.add(pid := _fork(order["settings"], order["words"]))
                _say(pid)
            else:
                alive.discard(order["kill"])
                _say(_end(order["kill"]))
    finally:
        for pid in alive:
            _end(pid)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _fork(settings: dict[str, str], words: list[str]) -> int:
    pid = os.fork()
    if pid == 0:
        for name, value in settings.items():
            pytest.MonkeyPatch().setenv(f"BRYGGA_{name.upper()}", value)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        os.dup2(nowhere, 1)
        os._exit(main(words))
    return pid


def _end(pid: int) -> int:
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


if __name__ == "__main__":
    run_nursery()
