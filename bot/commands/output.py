"""How commands speak: one JSON object a line with --json, plain words without; faults as one sentence on standard
error.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any


def say(arguments: Any, result: Mapping[str, Any], words: str) -> None:
    """Print a result, as a JSON line when asked for, else in words."""
    if getattr(arguments, "json", False):
        print_json(result)
    else:
        sys.stdout.write(words + "\n")


def print_json(result: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own."""
    sys.stdout.write(json.dumps(result, ensure_ascii=False, default=_plain) + "\n")


def complain(sentence: str) -> None:
    """Say what was wrong, where scripts look for it."""
    sys.stderr.write(sentence.replace("\n", " ") + "\n")


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a command's answer")
