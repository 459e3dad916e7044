"""Whether a campaign survives its sender's death: nobody gets a text twice, and nobody is forgotten.

The sender (`work --drain`) is killed by SIGKILL at random moments while the provider takes 50 ms an answer, and started
again; the last one (`work`) may finish. Then the provider's ledger is held against the database. Also with a provider
that fails, and with two senders at once.
"""

import random
import subprocess
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks import trial
from benchmarks.report import Row, Table, at_most
from benchmarks.trial import AUDIENCE, TEXT, Provider
from scheduler.clock import SystemClock

LATENCY = 0.05
FAULTS = {"refused": 0.05, "broken": 0.02, "hanging": 0.01, "reset": 0.01, "lost": 0.01}
NO_FAULTS = dict.fromkeys(FAULTS, 0.0)
# A process that sends nothing more (because all that is due is in dead hands) is killed after this.
LONGEST_LIFE = 8.0
# A dead sender's texts are let go within two minutes, and a refused one is tried again after half a minute.
PATIENCE = 300.0
SOON = timedelta(seconds=45)
NOT_SENT = ("withheld", "failed", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Reckoning:
    """The provider's ledger held against the database."""

    doubles: int
    lost: int
    denied: int
    states: Counter[str]
    unknown_taken: int


def measure(options: Namespace) -> list[Table]:
    """Without faults and with them."""
    return [
        _trial("crash", NO_FAULTS, options, options.kills),
        _trial("crash, with a provider that fails", FAULTS, options, options.kills),
    ]


def measure_two(options: Namespace) -> list[Table]:
    """Two senders on one database, nobody killed."""
    return [_trial("two", NO_FAULTS, options, 0, senders=2)]


def _trial(title: str, faults: dict[str, float], options: Namespace, kills: int, *, senders: int = 1) -> Table:
    dice = random.Random(options.seed)
    with trial.folder() as home, trial.provider("--seed", str(options.seed)) as provider:
        trial.seed(home, provider, options.people)
        env = trial.environment(home, provider)
        trial.run("bot", "campaign", "run", "Mätning", "--audience", AUDIENCE, "--text", TEXT, "--json", env=env)
        provider.behave(latency=LATENCY, **faults)
        for left in range(kills, 0, -1):
            _live_and_die(env, provider, dice, options.people, left)
        provider.behave(**NO_FAULTS)
        waited = _finish(home, env, senders)
        return _judged(title, reckon(home, provider, options.people), options, kills, waited)


def _live_and_die(env: dict[str, str], provider: Provider, dice: random.Random, people: int, left: int) -> None:
    before = provider.counts()["accepted"]
    # So many texts, as seen from here, that the last kills still hit a sender at work.
    share = dice.uniform(0, 2 * (people - before) / (left + 4))
    with trial.started("bot", "work", "--drain", env=env, stdout=subprocess.DEVNULL) as process:
        began = time.monotonic()
        while provider.counts()["accepted"] <= before + share and process.poll() is None:
            began = began if provider.counts()["accepted"] > before else time.monotonic()
            if time.monotonic() - began > LONGEST_LIFE:
                break
            time.sleep(0.01)
        # Anywhere between two batches and within one.
        time.sleep(dice.uniform(0, 2 * LATENCY))


def _finish(home: Path, env: dict[str, str], senders: int) -> float:
    began = time.monotonic()
    with ExitStack() as running:
        for _ in range(senders):
            running.enter_context(trial.started("bot", "work", env=env))
        while under_way(home) and time.monotonic() - began < PATIENCE:
            time.sleep(0.5)
    return time.monotonic() - began


def under_way(home: Path) -> int:
    """How many texts are being sent or are soon to be; those that wait longer for another try are not."""
    soon = f"{SystemClock().now() + SOON:%Y-%m-%d %H:%M:%S}"
    found = trial.query(
        home, "SELECT count(*) FROM message WHERE state = 'sending' OR (state = 'queued' AND send_after < ?)", soon
    )
    return int(found[0][0])


def reckon(home: Path, provider: Provider, people: int) -> Reckoning:
    """Hold the ledger against the database.

    Doubles: a text or a number the provider took more than once. Lost: people without a text, texts that nobody will
    send, texts we call sent that the provider never took. Denied: texts it took that we call not sent, or shall send.
    """
    taken = provider.taken()
    codes, numbers = Counter(code for code, _, _ in taken), Counter(to for _, to, _ in taken)
    rows: Sequence[tuple[str, str, int]] = trial.query(home, "SELECT code, state, attempts FROM message")
    stuck = [code for code, state, tries in rows if state == "sending" or (state == "queued" and not tries)]
    untrue = [code for code, state, _ in rows if state in ("sent", "delivered") and code not in codes]
    denied = [code for code, state, _ in rows if state in (*NOT_SENT, "queued") and code in codes]
    return Reckoning(
        doubles=max(codes.total() - len(codes), numbers.total() - len(numbers)),
        lost=people - len({code for code, _, _ in rows}) + len(stuck) + len(untrue),
        denied=len(denied),
        states=Counter(state for _, state, _ in rows),
        unknown_taken=sum(state == "unknown" and code in codes for code, state, _ in rows),
    )


def _judged(title: str, found: Reckoning, options: Namespace, kills: int, waited: float) -> Table:
    rows = [
        Row("texts the provider took twice", found.doubles, target=at_most(0, of="figure")),
        Row("people lost", found.lost, target=at_most(0, of="figure")),
        Row("texts it took that we call not sent", found.denied, target=at_most(0, of="figure")),
        Row("sent", found.states["sent"]),
        Row("unknown", found.states["unknown"]),
        Row("- of which the provider had taken", found.unknown_taken),
        Row("withheld, failed, expired or cancelled", sum(found.states[state] for state in NOT_SENT)),
        Row("waiting for another try after a certain no", found.states["queued"]),
        Row("seconds until the last sender had finished", waited),
    ]
    how = f"{options.people} texts, {kills} kills, the provider answers after {LATENCY * 1000:.0f} ms."
    return Table(title, how, rows)
