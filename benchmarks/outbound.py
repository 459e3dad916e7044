"""How fast a real campaign goes out, beside bare loops that post the same forms in the same minutes.

Ours is `campaign run --drain` against the pretended provider; the rate is between the first and the last text it
accepted. The same command without --drain tells what start-up and planning cost. Rounds alternate, and medians count.
"""

import json
from argparse import Namespace
from pathlib import Path
from statistics import median

from benchmarks import trial
from benchmarks.report import Row, Table, at_least, at_most
from benchmarks.trial import AUDIENCE, CONCURRENCY, TEXT, Provider, Spent

LATENCIES = (0.0, 0.05)
OF_DURABLE = {0.0: 0.4, 0.05: 0.6}
CPU_PER_THOUSAND = 0.4
COLUMNS = ("raw", "aiohttp", "durable", "ours")


def measure(options: Namespace) -> list[Table]:
    """A table for each latency."""
    with trial.folder() as home, trial.provider() as provider:
        register = home / "register"
        register.mkdir()
        trial.seed(register, provider, options.people)
        return [_table(home, provider, latency, options) for latency in options.latencies or LATENCIES]


def _table(home: Path, provider: Provider, latency: float, options: Namespace) -> Table:
    rates: dict[str, list[float]] = {name: [] for name in COLUMNS}
    spent: dict[str, list[Spent]] = {name: [] for name in (*COLUMNS, "planning")}
    for turn in range(options.rounds):
        place = home / f"{latency * 1000:.0f}-{turn}"
        place.mkdir()
        spent["planning"].append(_plan(trial.copy(home / "register", place / "planned"), provider))
        for way in COLUMNS:
            provider.behave(latency=latency)
            provider.forget()
            spent[way].append(_send(way, home, place, provider, options.people))
            rates[way].append(_rate(provider, options.people))
    return _judged(latency, options, {name: median(rates[name]) for name in rates}, spent)


def _plan(home: Path, provider: Provider) -> Spent:
    return _campaign(home, provider)


def _send(way: str, home: Path, place: Path, provider: Provider, people: int) -> Spent:
    if way != "ours":
        return trial.run(
            "benchmarks.references", way, "--url", provider.url, "--count", str(people),
            "--concurrency", str(CONCURRENCY), "--database", str(place / f"{way}.db"),
        )  # fmt: skip
    ours = trial.copy(home / "register", place / "ours")
    done = _campaign(ours, provider, "--drain")
    _check(ours, provider, json.loads(done.said), people)
    return done


def _campaign(home: Path, provider: Provider, *options: str) -> Spent:
    return trial.run(
        "bot", "campaign", "run", "Mätning", "--audience", AUDIENCE, "--text", TEXT, "--json", *options,
        env=trial.environment(home, provider),
    )  # fmt: skip


def _rate(provider: Provider, people: int) -> float:
    counts = provider.counts()
    assert (counts["accepted"], counts["doubles"]) == (people, 0), counts
    return float((people - 1) / (counts["last"] - counts["first"]))


def _check(home: Path, provider: Provider, told: dict[str, object], people: int) -> None:
    """Everybody once: by what the command says, by the database and by the provider's ledger."""
    codes = [code for code, _, _ in provider.taken()]
    numbers = {to for _, to, _ in provider.taken()}
    kept = [code for (code,) in trial.query(home, "SELECT code FROM message WHERE state = 'sent'")]
    assert (told["sent"], told["state"]) == (people, "done"), told
    assert len(codes) == len(numbers) == people, (len(codes), len(numbers))
    assert sorted(codes) == sorted(kept)


def _judged(latency: float, options: Namespace, rates: dict[str, float], spent: dict[str, list[Spent]]) -> Table:
    cpu = {name: median(one.cpu for one in spent[name]) / options.people * 1000 for name in spent}
    wall = {name: median(one.seconds for one in spent[name]) for name in spent}
    sending = cpu["ours"] - cpu["planning"]
    rows = [
        Row("texts a second, against aiohttp + SQLite FULL", rates["ours"], rates["durable"],
            at_least(OF_DURABLE.get(latency, 0))),
        Row("texts a second, against bare aiohttp", rates["ours"], rates["aiohttp"]),
        Row("texts a second, against what the provider can take", rates["ours"], rates["raw"]),
        Row("CPU s per 1 000: whole command (ref. aiohttp + SQLite)", cpu["ours"], cpu["durable"],
            at_most(CPU_PER_THOUSAND, of="figure")),
        Row("CPU s per 1 000: without start-up and planning", sending, cpu["durable"],
            at_most(CPU_PER_THOUSAND, of="figure")),
        Row("CPU s per 1 000: start-up and planning alone", cpu["planning"]),
        Row("seconds: whole command", wall["ours"], wall["durable"]),
        Row("seconds: start-up and planning alone", wall["planning"]),
    ]  # fmt: skip
    how = (
        f"{options.people} texts, {CONCURRENCY} at a time, the provider answers after {latency * 1000:.0f} ms; "
        f"medians of {options.rounds} rounds. Ledger: every recipient once, no doubles."
    )
    return Table(f"outbound, {latency * 1000:.0f} ms", how, rows)
