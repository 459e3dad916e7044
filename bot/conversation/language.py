"""Which language a text is in: Swedish, English or another. Only tells them apart; nothing is translated."""

from collections.abc import Mapping, Sequence
from functools import cache

from bot.conversation.words import Word, fold, read_lines, read_table

# Latin letters with their accents end here; Vietnamese has a block of its own.
_LAST_LATIN = 0x24F
_MORE_LATIN = range(0x1E00, 0x1F00)


@cache
def common(lang: str) -> frozenset[str]:
    """The common words of Swedish ("sv") or English ("en")."""
    return frozenset(word for line in read_lines(f"common_{lang}.txt") for word in line.split())


@cache
def _only(lang: str) -> frozenset[str]:
    """Words that are common in one of the two languages, spelt with or without dots, and not in the other."""
    other = "en" if lang == "sv" else "sv"
    return frozenset({word for known in common(lang) - common(other) for word in (known, fold(known))} - common(other))


@cache
def _foreign() -> Mapping[str, frozenset[str]]:
    known = common("sv") | common("en")
    return {name: frozenset(words) - known for name, words in read_table("languages.txt")}


def detect(words: Sequence[Word], default: str | None) -> str:
    """ "sv", "en" or "other"; the default (else "sv") when the words do not tell."""
    if foreign(words):
        return "other"
    swedish, english = (_hits(words, _only(lang)) for lang in ("sv", "en"))
    if swedish == english:
        return default or "sv"
    return "sv" if swedish > english else "en"


def foreign(words: Sequence[Word]) -> str:
    """The name of another language that the text is in, "?" for one with other letters; empty when it is in neither."""
    letters = [character for word in words for character in word.text if character.isalpha()]
    if 2 * sum(map(_is_not_latin, letters)) > len(letters):
        return "?"
    hits = {name: _hits(words, own) for name, own in _foreign().items()}
    name = max(hits, key=lambda candidate: hits[candidate])
    understood = _hits(words, _only("sv") | _only("en"))
    enough = hits[name] > 1 or (hits[name] == len(words) == 1)
    return name if enough and hits[name] > understood else ""


def _is_not_latin(character: str) -> bool:
    return ord(character) > _LAST_LATIN and ord(character) not in _MORE_LATIN


def _hits(words: Sequence[Word], known: frozenset[str]) -> int:
    return sum(word.text in known for word in words)
