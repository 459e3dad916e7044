"""How well replies are read, and what a reading looks like from outside: for scripts, tables and tests. No database."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.conversation import replies
from bot.conversation.understanding import understand
from outreach import wording
from outreach.errors import BadInput
from storage.local_time import STOCKHOLM

# Erring towards these is no harm: a human looks, or the person is left alone.
SAFER = ("crisis", "opt_out", "third_party", "human")
# When a list of replies does not say when they were written: a Tuesday at one o'clock.
REF = datetime(2026, 11, 24, 13, 4, tzinfo=STOCKHOLM)


def read_rows(text: str) -> list[dict[str, str]]:
    """The rows of a tab-separated list with the heads text, lang and intent. Raises BadInput naming the line."""
    lines = [line for line in text.splitlines() if line.strip()]
    heads = lines[0].split("\t") if lines else []
    if not {"text", "intent"} <= set(heads):
        raise BadInput("Listan ska ha rubrikerna text, lang och intent, åtskilda med tabb.")
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(heads):
            raise BadInput(f"Rad {number} har {len(cells)} fält i stället för {len(heads)}. Fälten skiljs åt med tabb.")
        rows.append(dict(zip(heads, cells, strict=True)))
    return rows


def evaluate(rows: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Accuracy, the share that is right or safer, confusion by pair, and every miss with the rule that chose."""
    readings = [(row, understand(row["text"], ref=REF)) for row in rows]
    misses = [(row, reading) for row, reading in readings if reading.intent != row["intent"]]
    unsafe = [(row, reading) for row, reading in misses if reading.intent not in SAFER]
    count = len(readings)
    return {
        "rows": count,
        "accuracy": round((count - len(misses)) / count, 4) if count else None,
        "right_or_safer": round((count - len(unsafe)) / count, 4) if count else None,
        "crisis_missed": sum(row["intent"] == "crisis" for row, _ in misses),
        "false_stops": sum(reading.intent == "opt_out" for _, reading in misses),
        "confusion": dict(Counter(f"{row['intent']} -> {reading.intent}" for row, reading in misses).most_common()),
        "misses": [
            {"text": row["text"], "expected": row["intent"], "read": reading.intent, "rule": reading.rule}
            for row, reading in misses
        ],
    }


def in_words(report: Mapping[str, Any]) -> str:
    """The report for a person at a terminal."""
    if not report["rows"]:
        return "Listan är tom."
    lines = [
        f"{report['rows']} rader. Rätt: {report['accuracy']:.1%}. Rätt eller säkrare: {report['right_or_safer']:.1%}.",
        f"Missade akuta: {report['crisis_missed']}. Falska stopp: {report['false_stops']}.",
    ]
    lines += [
        f"  {miss['expected']} lästes som {miss['read']}: {miss['text']}  [{miss['rule']}]" for miss in report["misses"]
    ]
    return "\n".join(lines)


def understand_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer for each JSON line {"text", "ref"?, "lang"?, "options"?}; times without an offset are Stockholm's.

    Raises BadInput for a line that is no such object.
    """
    for number, line in enumerate(lines, start=1):
        asked = _object(line, number)
        reading = understand(
            asked["text"], ref=_moment(asked.get("ref"), number) or REF, lang=asked.get("lang"),
            options=[moment for value in asked.get("options") or [] if (moment := _moment(value, number))],
        )  # fmt: skip
        yield {
            "intent": reading.intent, "kind": reading.kind or None, "start": _iso(reading.start),
            "end": _iso(reading.end), "ask": reading.ask or None,
        }  # fmt: skip


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except ValueError as error:
        raise BadInput(f"Rad {number} är inte JSON.") from error
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise BadInput(f'Rad {number} saknar "text".')
    return asked


def _moment(value: object, number: int) -> datetime | None:
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BadInput(f"Rad {number} har en tid som inte går att läsa. Skriv till exempel 2026-11-24T13:00.") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(STOCKHOLM).isoformat() if moment else None


def texts() -> Iterator[dict[str, Any]]:
    """Every text a youth can get in each language, rendered with the long values of ux §5.6."""
    for code in replies.codes():
        for lang in ("sv", "en"):
            text = replies.render(code, lang, replies.long_values(lang))
            size = wording.measure(text)
            yield {
                "code": code, "lang": lang, "text": text, "encoding": size.encoding, "characters": size.characters,
                "parts": size.parts,
            }  # fmt: skip
