"""How well replies, days and hours are read: each list by itself, tuned on or only scored (docs/understanding.md)."""

import csv
import io
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from benchmarks import trial
from benchmarks.report import Row, Table, at_least, at_most
from bot.conversation.evaluate import evaluate, read_rows
from bot.conversation.understanding import understand
from storage.local_time import STOCKHOLM

LISTS = trial.ROOT / "tests" / "lists"
DEVELOPMENT = trial.ROOT.parent / "shared" / "data" / "replies-dev.tsv"
REPLIES = {
    "the development list (tuned on)": DEVELOPMENT, "our own, tuned on": LISTS / "replies_tune.tsv",
    "by other hands, only scored": LISTS / "replies_score_only.tsv",
}  # fmt: skip
TIMES = {"our own, tuned on": LISTS / "times_tune.tsv", "by other hands, only scored": LISTS / "times_score_only.tsv"}


def measure(_: Namespace) -> list[Table]:
    """A table for each list that is there."""
    replies = [_replies(name, file) for name, file in REPLIES.items() if file.exists()]
    return [*replies, *(_times(name, file) for name, file in TIMES.items())]


def _replies(name: str, file: Path) -> Table:
    report = evaluate(read_rows(file.read_text(encoding="utf-8")))
    rows = [
        Row("right", report["accuracy"]),
        Row("right or safer (crisis, opt_out, third_party, human)", report["right_or_safer"], None,
            at_least(0.97, of="figure")),
        Row("crises missed", len(report["crisis_missed"]), None, at_most(0, of="figure")),
        Row("false stops", len(report["false_stops"]), None, at_most(0, of="figure")),
        *(Row(f"right: {meant}", read.get(meant, 0) / sum(read.values()))
          for meant, read in report["confusion"].items()),
    ]  # fmt: skip
    return Table(f"replies, {name}", f"{report['rows']} replies.", rows)


def _times(name: str, file: Path) -> Table:
    found = score_times(file.read_text(encoding="utf-8"))
    rows = [
        Row("right (start, end and what is asked)", found["right"] / found.total(), None, at_least(0.9, of="figure")),
        Row("wrong", found["wrong"] / found.total(), None, at_most(0.02, of="figure")),
        Row("asked back where it could have been read", found["asked"] / found.total()),
        Row("not seen as a time", found["silent"] / found.total()),
    ]
    return Table(f"days and hours, {name}", f"{found.total()} expressions.", rows)


def score_times(text: str) -> Counter[str]:
    """The rows of a list (text, ref, start, end, ask) as right, asked, silent or wrong."""
    return Counter(_verdict(row) for row in _rows(text))


def _rows(text: str) -> Iterator[Mapping[str, str]]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return csv.DictReader(io.StringIO("\n".join(lines)), delimiter="\t", quoting=csv.QUOTE_NONE, restval="")


def _verdict(row: Mapping[str, str]) -> str:
    ref = _moment(row["ref"])
    assert ref is not None
    read = understand(row["text"], ref=ref).when
    said = (read.start, read.end, read.ask or "") if read else (None, None, "")
    if said == (_moment(row["start"]), _moment(row["end"]), row["ask"]):
        return "right"
    return "silent" if read is None else "asked" if read.ask else "wrong"


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=STOCKHOLM) if written else None
