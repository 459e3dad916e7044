"""The conversation from the command line: how well it reads, what it reads line by line, and every text it can say."""

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.conversation import replies, settling
from bot.conversation.understanding import Reading, understand
from outreach import wording
from outreach.errors import BadInput
from outreach.quiet_hours import STOCKHOLM

# Read so, a text that meant something else does no harm: a human sees it, or nothing more is sent (ux.md 9.5).
SAFER = ("crisis", "opt_out", "third_party", "human")
_REQUIRED = ("text", "intent")
# Meanings do not depend on the day, but every reading must know one.
_A_TUESDAY = datetime(2026, 11, 24, 10, tzinfo=STOCKHOLM)


# ------------------------------------------------------------------------- evaluation


def read_rows(text: str) -> list[dict[str, str]]:
    """The rows of a tab-separated list with the heads `text`, `lang`, `intent`; quotes mean nothing in it, and a line
    that begins with # and has no tab is a comment.
    """
    lines = [line for line in text.splitlines(keepends=True) if "\t" in line or not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("".join(lines)), delimiter="\t", quoting=csv.QUOTE_NONE))


def evaluate(rows: Iterable[Mapping[str, str]], *, ref: datetime = _A_TUESDAY) -> dict[str, Any]:
    """Read every row (`text`, `intent`, perhaps `lang`) as if it came at `ref`, and report.

    `accuracy` and `right_or_safer` are shares of the rows; `crisis_missed` and `false_stops` must be empty.
    `confusion` is meant -> read -> count, `misses` every row that was read as something else.
    """
    read = [(row, understand(row["text"], ref=ref)) for row in _checked(rows)]
    misses = [_miss(row, reading) for row, reading in read if reading.intent != row["intent"]]
    right, safer = len(read) - len(misses), sum(miss["safer"] for miss in misses)
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for row, reading in read:
        confusion[row["intent"]][reading.intent] += 1
    return {
        "rows": len(read),
        "accuracy": _share(right, len(read)),
        "right_or_safer": _share(right + safer, len(read)),
        "crisis_missed": [miss["text"] for miss in misses if miss["intent"] == "crisis"],
        "false_stops": [row["text"] for row, reading in read if _is_false_stop(row["intent"], reading)],
        "confusion": {meant: dict(confusion[meant]) for meant in settling.intents() if meant in confusion},
        "misses": misses,
    }


def in_words(report: Mapping[str, Any]) -> str:
    """The report for somebody at a screen: the figures, then each miss on a line."""
    figures = (
        f"{report['rows']} rader, rätt {_percent(report['accuracy'])}, "
        f"rätt eller säkrare {_percent(report['right_or_safer'])}, "
        f"missade kriser {len(report['crisis_missed'])}, falska stopp {len(report['false_stops'])}"
    )
    misses = [f"{miss['intent']} -> {miss['read']}: {miss['text']}" for miss in report["misses"]]
    return "\n".join([figures, *misses])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".", ",")


def _checked(rows: Iterable[Mapping[str, str]]) -> Iterator[Mapping[str, str]]:
    for number, row in enumerate(rows, start=1):
        if any(row.get(column) is None for column in _REQUIRED):
            raise BadInput(f"Rad {number} saknar kolumnen text eller intent. Första raden ska vara text, lang, intent.")
        if row["intent"] not in settling.intents():
            raise BadInput(f"Rad {number}: {row['intent']} är ingen betydelse. De som finns: {_intents_in_words()}.")
        yield row


def _intents_in_words() -> str:
    return ", ".join(settling.intents())


def _miss(row: Mapping[str, str], reading: Reading) -> dict[str, Any]:
    return {
        "text": row["text"], "intent": row["intent"], "read": reading.intent, "kind": reading.kind,
        "safer": reading.intent in SAFER, "rule": reading.rule, "considered": list(reading.considered),
    }  # fmt: skip


def _is_false_stop(meant: str, reading: Reading) -> bool:
    sets_a_stop = reading.intent == "opt_out" or (reading.intent == "crisis" and "opt_out" in reading.also)
    return sets_a_stop and meant not in ("opt_out", "crisis")


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


# ----------------------------------------------------------------------- line by line


def understand_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """JSON lines `{"text", "ref", "lang"?, "options"?}` -> what each was read as; blank lines are passed over.

    Times without an offset are Europe/Stockholm; times come back with one. Raises BadInput at the first bad line.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _as_json(_understood(line, number))


def _understood(line: str, number: int) -> Reading:
    try:
        asked = json.loads(line)
    except json.JSONDecodeError:
        raise BadInput(f"Rad {number} är ingen JSON. Skriv ett objekt på varje rad.") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise BadInput(f'Rad {number} saknar "text". Skriv till exempel {{"text": "ja", "ref": "2026-11-24T10:00"}}.')
    lang, options = asked.get("lang"), asked.get("options") or []
    if not isinstance(lang, str | None) or not isinstance(options, list):
        raise BadInput(f'Rad {number}: "lang" ska vara en text och "options" en lista av tider.')
    offered = [_time(option, number, "options") for option in options]
    return understand(asked["text"], ref=_time(asked.get("ref"), number, "ref"), lang=lang, options=offered)


def _time(value: object, number: int, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise BadInput(f'Rad {number}: "{name}" ska vara en tid som 2026-11-24T10:00.')
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def _as_json(reading: Reading) -> dict[str, Any]:
    when = reading.when
    return {
        "intent": reading.intent, "kind": reading.kind or None,
        "start": when.start.isoformat() if when and when.start else None,
        "end": when.end.isoformat() if when and when.end else None,
        "ask": reading.ask or (when.ask if when else None), "option": reading.option, "lang": reading.lang,
        "also": list(reading.also),
    }  # fmt: skip


# ------------------------------------------------------------------------------ texts


def texts(own: Mapping[tuple[str, str], str] | None = None) -> Iterator[dict[str, Any]]:
    """Every text a young person can get, in every language that has it, rendered with the long values of ux.md 5.6.
    `own` are the municipality's wordings, by code and language.
    """
    for code in replies.codes():
        for lang in replies.languages_of(code):
            values, words = replies.long_values(lang), (own or {}).get((code, lang), "")
            yield _text(code, lang, replies.render(code, lang, values, own=words))
            if code in replies.CRISIS_CODES:
                unstaffed = replies.crisis(code, lang, values, somebody_on_duty=False, own=words)
                yield _text(f"{code} (ingen i tjänst)", lang, unstaffed)


def _text(code: str, lang: str, text: str) -> dict[str, Any]:
    size = wording.measure(text)
    return {
        "code": code, "lang": lang, "text": text,
        "encoding": size.encoding, "characters": size.characters, "parts": size.parts,
    }  # fmt: skip
