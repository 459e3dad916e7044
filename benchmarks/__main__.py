"""`python -m benchmarks [NAME …]`: measures, prints a table for each, and writes docs/performance.md with --write."""

import sys
from argparse import ArgumentParser, Namespace

from benchmarks import cards, conversation, crash, importing, inbound, outbound, pacing, pages, report, understanding

BENCHMARKS = {
    "outbound": outbound.measure,
    "pacing": pacing.measure,
    "inbound": inbound.measure,
    "conversation": conversation.measure,
    "import": importing.measure,
    "understanding": understanding.measure,
    "cards": cards.measure,
    "pages": pages.measure,
    "crash": crash.measure,
    "two": crash.measure_two,
}


def main() -> int:
    """Measure what is asked for; exit code 1 when a target is not met."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--texts", type=int, default=5000, help="how many come in, a load")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--latencies", type=float, nargs="*", default=[])
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.md")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    missed = [_measure(name, options) for name in options.names or BENCHMARKS]
    return int(any(missed))


def _measure(name: str, options: Namespace) -> bool:
    """Whether a target was missed."""
    measured_on = report.machine()
    tables = BENCHMARKS[name](options)
    for table in tables:
        print(report.on_screen(table), flush=True)
    if options.write:
        report.write(name, tables, measured_on)
    return any(row.target is not None and not row.target.is_met(row) for table in tables for row in table.rows)


if __name__ == "__main__":
    sys.exit(main())
