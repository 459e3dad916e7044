"""Takes away what tells who wrote a text or whom it is about: numbers, personnummer, addresses and names. Pure.

What takes their place is read as what it replaces, so that a masked text means what it did: every name becomes Kim.
"""

import re
from collections.abc import Collection

NAME, NUMBER, ADDRESS = "Kim", "070-000 00 00", "[adress]"
_ADDRESS = re.compile(r"\S*@\S+|(?:https?://|www\.)\S+|\bt\.me/\S+", re.IGNORECASE)
# Six digits and more, in groups or not, are a telephone number, a personnummer or a birth date, and never an hour.
_NUMBER = re.compile(
    r"(?<!\d)\+?\(?\d(?:[ \-–+()]{0,3}\d){5,}(?:[ -]?[A-Z]{1,2}\d{3,4})?|(?<![\d.])\d{2,4}(?:\.\d{2,3}){3,}(?!\d)",
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def mask(text: str, names: Collection[str]) -> str:
    """The text on one line, with everything that could tell somebody masked; `names` are folded (see `fold`)."""
    text = " ".join(text.split())
    text = _NUMBER.sub(NUMBER, _ADDRESS.sub(ADDRESS, text))
    return _WORD.sub(lambda word: NAME if _is_name(word[0], names) else word[0], text)


def fold(name: str) -> set[str]:
    """A name as it is looked for: whole, and each of its parts."""
    whole = name.casefold().strip()
    return {part for part in (whole, *re.split(r"[\s'’-]+", whole)) if len(part) > 1}


def _is_name(word: str, names: Collection[str]) -> bool:
    folded = word.casefold()
    # "Leilas" and "Leila-Marie".
    parts = (folded, folded.removesuffix("s"), *re.split(r"['’-]", folded))
    return any(part in names for part in parts)
