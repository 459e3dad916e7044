"""Tables of figures: on the screen, and in docs/performance.md beside comments that survive."""

import os
import platform
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scheduler.clock import SystemClock

DOCS = Path(__file__).parents[1] / "docs"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure, or its ratio to the reference, should be."""

    limit: float
    sign: Literal[">=", "<="]
    of: Literal["ratio", "figure"]

    def is_met(self, row: "Row") -> bool:
        """Whether a row keeps it."""
        value = row.ratio if self.of == "ratio" else row.figure
        if value is None:
            return False
        return value >= self.limit if self.sign == ">=" else value <= self.limit

    def __str__(self) -> str:
        return f"{self.of} {self.sign} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, what it is compared with, and its target."""

    what: str
    figure: float
    reference: float | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a part of the reference."""
        return self.figure / self.reference if self.reference else None

    def cells(self) -> tuple[str, ...]:
        """As it stands in a table."""
        verdict = "" if self.target is None else "met" if self.target.is_met(self) else "NOT MET"
        return (
            self.what, number(self.figure), number(self.reference), number(self.ratio),
            str(self.target or ""), verdict,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """What one benchmark found, and how."""

    title: str
    how: str
    rows: Sequence[Row]


HEAD = ("", "figure", "reference", "ratio", "target", "")


def at_least(limit: float, *, of: Literal["ratio", "figure"] = "ratio") -> Target | None:
    """A target from below; none at all for 0."""
    return Target(limit, ">=", of) if limit else None


def at_most(limit: float, *, of: Literal["ratio", "figure"] = "ratio") -> Target:
    """A target from above."""
    return Target(limit, "<=", of)


def number(value: float | None) -> str:
    """With as many figures as mean something."""
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def on_screen(table: Table) -> str:
    """A table in columns."""
    lines = [HEAD, *(row.cells() for row in table.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([f"== {table.title}", table.how, *shown, ""])


def machine() -> str:
    """What was measured on, and when."""
    cpu = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    return (
        f"{SystemClock().now():%Y-%m-%d %H:%M} UTC; {cpu[1] if cpu else platform.machine()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f} before; Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8") if Path(path).exists() else ""


def write(name: str, tables: Sequence[Table], measured_on: str) -> None:
    """Put a benchmark's tables in place of its last ones; every word outside its two marks stays."""
    document = DOCS / ("understanding.md" if name == "understanding" else "performance.md")
    begin, end = f"<!-- {name}: written by dev.py bench -->", f"<!-- end of {name} -->"
    text = _read(str(document))
    if begin not in text:
        text += f"\n## {name}\n\n{begin}\n{end}\n"
    before, rest = text.split(begin, 1)
    measured = "\n".join(["", measured_on, "", *map(in_document, tables)])
    document.write_text(f"{before}{begin}\n{measured}{end}{rest.split(end, 1)[1]}", encoding="utf-8")


def in_document(table: Table) -> str:
    """A table in Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *(row.cells() for row in table.rows)]
    shown = ["| " + " | ".join(cells) + " |" for cells in lines]
    return "\n".join([f"**{table.title}**: {table.how}", "", *shown, "", ""])
