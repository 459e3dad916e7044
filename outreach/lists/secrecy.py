"""Finds marks of protected identity where no column is kept for them: beside the name, or instead of the address."""

import re

# A quick look at a whole row: nearly none has any of these.
_STEMS = ("skydd", "sekr", "kvarskr", "hemlig", "protect")
_UNMISTAKABLE = (
    r"sekretess?(?:mark|skydd)\w*|skyddsmark\w*|skydd(?:ad|ade|at)\s+(?:id|adr|folkbok|person|uppgift|boende)\w*"
    r"|kvarskr[ie]v\w*|hemlig\s+adress|protected\s+(?:id|address|person)\w*"
)
_ANYWHERE = re.compile(rf"\b(?:{_UNMISTAKABLE})", re.IGNORECASE)
# Alone these words may be about something else in a remark, but not in a name, an address or a telephone number.
_IN_VALUE = re.compile(rf"\b(?:{_UNMISTAKABLE}|sekretess|sekr\b\.?|skydd(?:ad|ade|at))(?!\w)", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")


def may_speak(cells: tuple[str, ...]) -> bool:
    """Whether it is worth looking for a mark in a row."""
    row = "\n".join(cells).casefold()
    return any(stem in row for stem in _STEMS)


def in_remark(text: str) -> bool:
    """Whether a remark says that the person has protected identity."""
    return bool(_ANYWHERE.search(text)) or without(text) == "" != text.strip()


def in_value(text: str) -> bool:
    """Whether a mark stands beside or instead of a name, an address or a number."""
    return bool(_IN_VALUE.search(text))


def without(text: str) -> str:
    """A name, an address or a number without the mark, and without the signs that set it apart."""
    if not in_value(text):
        return text
    return _EMPTY_BRACKETS.sub(" ", _IN_VALUE.sub(" ", text)).strip(" \t\n,;:.*-\u2013/")
