"""A name that was written a little wrong: what it may have been."""

from collections.abc import Sequence
from difflib import get_close_matches

import storage.register
from storage.database import Session
from storage.selecting import plain

MOST = 3
# How alike two words must be, of 1 (difflib's ratio): one letter wrong, lost or changed places in a name of five.
_ALIKE = 0.75
_LENGTHS = 2


def spelt_right(session: Session, office_ids: Sequence[int], words: str) -> list[str]:
    """What a search that found nobody may have meant: each word as one that stands in the offices' lists is spelt,
    the likeliest first; empty when some word is like none of them. People with protected identity lend it no word.
    """
    parts = plain(words).split()
    known = storage.register.words_of_names(session, office_ids) if any(map(str.isalpha, parts)) else set()
    meant = [_like(part, known) for part in parts]
    if not meant or not all(meant):
        return []
    likeliest = [choices[0] for choices in meant]
    found = [" ".join([*likeliest[:-1], last]).title() for last in meant[-1]]
    return [one for one in found if plain(one) != plain(words)][:MOST]


def _like(part: str, known: set[str]) -> list[str]:
    if part in known:
        return [part]
    near = [word for word in known if abs(len(word) - len(part)) <= _LENGTHS]
    return get_close_matches(part, near, n=MOST, cutoff=_ALIKE)
