"""Whether a strict pace holds: `work` with BRYGGA_SMS_PER_SECOND=30, as the provider sees it.

Once on time, and once with a sender that comes late to a campaign whose hour has come, as after a restart.
"""

import subprocess
import time
from argparse import Namespace
from bisect import bisect_left
from collections import Counter
from datetime import timedelta
from pathlib import Path

from benchmarks import trial
from benchmarks.report import Row, Table, at_least, at_most
from benchmarks.trial import AUDIENCE, TEXT, Provider
from scheduler.clock import SystemClock

PACE = 30
TEXTS = 600
LATENCY = 0.05
STARTS_IN = timedelta(seconds=25)
PATIENCE = 120.0


def measure(_options: Namespace) -> list[Table]:
    """One table."""
    with trial.folder() as home, trial.provider() as provider:
        register = home / "register"
        register.mkdir()
        trial.seed(register, provider, TEXTS)
        provider.behave(latency=LATENCY)
        on_time = _moments(trial.copy(register, home / "on-time"), provider, late=False)
        late = _moments(trial.copy(register, home / "late"), provider, late=True)
    rows = [
        Row("texts a second over the whole span", (len(on_time) - 1) / (on_time[-1] - on_time[0]), PACE,
            at_least(0.97)),
        Row("most in a second counted from the first text", max(_by_second(on_time)), PACE,
            at_most(PACE + 1, of="figure")),
        Row("most in any second, wherever it begins", _worst(on_time), PACE, at_most(PACE + 1, of="figure")),
        Row("most in any second, when the sender comes late", _worst(late), PACE, at_most(PACE + 1, of="figure")),
        Row("accepted, of 600", len(on_time), TEXTS, at_least(1)),
    ]  # fmt: skip
    how = f"{TEXTS} texts at {PACE} a second, the provider answers after {LATENCY * 1000:.0f} ms; nothing was refused."
    return [Table("pacing", how, rows)]


def _moments(home: Path, provider: Provider, *, late: bool) -> list[float]:
    """When each text was accepted."""
    provider.forget()
    env = trial.environment(home, provider, sms_per_second=str(PACE))
    at = () if late else ("--at", f"{SystemClock().now() + STARTS_IN:%Y-%m-%dT%H:%M:%S+00:00}")
    trial.run("bot", "campaign", "run", "Mätning", "--audience", AUDIENCE, "--text", TEXT, "--json", *at, env=env)
    with trial.started("bot", "work", env=env, stdout=subprocess.DEVNULL):
        end = time.monotonic() + PATIENCE
        while provider.counts()["accepted"] < TEXTS and time.monotonic() < end:
            time.sleep(0.5)
    counts = provider.counts()
    assert (counts["asked"], counts["doubles"]) == (counts["accepted"], 0), counts
    return [at for _, _, at in provider.taken()]


def _by_second(moments: list[float]) -> list[int]:
    return list(Counter(int(moment - moments[0]) for moment in moments).values())


def _worst(moments: list[float]) -> int:
    return max(bisect_left(moments, moment + 1) - index for index, moment in enumerate(moments))
