"""What a text is about, so that whoever knows most about it reads it first (domain S19). Decides nothing else."""

import re
import tomllib
from functools import cache
from pathlib import Path

from bot.conversation.understanding import Reading

# These say what somebody does, or wants with us; only what needs an answer is routed by its words.
_NOT_ROUTED = ("crisis", "opt_out", "wrong_number", "third_party", "my_data", "struggling")


def of(text: str, reading: Reading) -> str:
    """study, work or authority; empty where no words tell, and for what is everybody's."""
    if reading.intent in _NOT_ROUTED:
        return ""
    folded = text.casefold()
    return next((subject for subject, pattern in _patterns() if pattern.search(folded)), "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """A beginning that ends with a space is a whole word."""
    lists = tomllib.loads((Path(__file__).parent / "lexicon/subjects.toml").read_text(encoding="utf-8"))
    return tuple(
        (subject, re.compile("|".join(rf"\b{re.escape(word.strip())}" + r"\b" * word.endswith(" ") for word in words)))
        for subject, words in lists.items()
    )
