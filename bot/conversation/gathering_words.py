"""What a text says about a dialog meeting: a code to come by, and how many come along. Data in
lexicon/gatherings.toml; knows no person and no meeting.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.conversation.words import LEXICON

_DATA: Mapping[str, Any] = tomllib.loads((LEXICON / "gatherings.toml").read_text(encoding="utf-8"))
_NUMBERS = {word: int(number) for number, words in _DATA["numbers"].items() for word in words}
_NUMBER = f"(?P<n>{'|'.join(_NUMBERS)})"
_CODE, _COMES, _ASKS, _NOBODY, _WHEN = (
    re.compile(_DATA[name]) for name in ("code", "comes", "asks", "nobody", "when")
)  # fmt: skip


def _patterns(name: str) -> Sequence[re.Pattern[str]]:
    return [re.compile(pattern.replace("<n>", _NUMBER)) for pattern in _DATA[name]]


_PLUS, _MORE, _TOGETHER = (_patterns(name) for name in ("plus", "more", "together"))


@dataclass(frozen=True, slots=True)
class Party:
    """How many were named: that many more, or `together` with the writer."""

    count: int
    together: bool = False

    def more(self, companions: int) -> int:
        """How many come along beside those who do already."""
        return self.count - 1 - companions if self.together else self.count


def code(text: str) -> str:
    """The short code after KOM, in capitals; empty when there is none."""
    found = _CODE.search(text.casefold())
    return found["code"].upper() if found else ""


def comes(text: str) -> bool:
    """Whether the whole text is "kommer" or the like."""
    return bool(_COMES.search(text.strip().casefold()))


def asks_when(text: str) -> bool:
    """Whether a question has a word for time in it."""
    return bool(_WHEN.search(text.casefold()))


def party(text: str) -> Party | None:
    """Who comes along; None when nobody does, or it was only asked about. "+1" counts however it is put."""
    text = " ".join(text.casefold().split())
    if found := _first(_PLUS, text):
        return Party(found)
    if _ASKS.search(text) or _NOBODY.search(text):
        return None
    if (found := _first(_TOGETHER, text)) > 1:
        return Party(found, together=True)
    found = _first(_MORE, text)
    return Party(found) if found else None


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> int:
    matches = (pattern.search(text) for pattern in patterns)
    # "min kompis" names no number, and is one.
    return next((_NUMBERS.get(match["n"] or "", 1) for match in matches if match is not None), 0)
