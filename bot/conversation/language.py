"""Which language a text is in: Swedish, English or another. Only tells them apart; nothing is translated."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

from bot.conversation.words import Word, fold, read_lines, read_table

# Latin letters with their accents end here; Vietnamese has a block of its own.
_LAST_LATIN = 0x24F
_MORE_LATIN = range(0x1E00, 0x1F00)
_SHORT_TEXT, _TELLING_LENGTH = 3, 4


@cache
def common(lang: str) -> frozenset[str]:
    """The common words of Swedish ("sv") or English ("en")."""
    return frozenset(word for line in read_lines(f"common_{lang}.txt") for word in line.split())


@cache
def only_in(lang: str) -> frozenset[str]:
    """Words that are common in one of the two languages, spelt with or without dots, and not in the other."""
    other = "en" if lang == "sv" else "sv"
    return frozenset({word for known in common(lang) - common(other) for word in (known, fold(known))} - common(other))


@cache
def _foreign() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in read_table("languages.txt")}


@cache
def _languages_of() -> Mapping[str, tuple[str, ...]]:
    """Word -> the other languages it tells; words that Swedish or English also have tell none."""
    known = common("sv") | common("en")
    languages: dict[str, tuple[str, ...]] = {}
    for name, words in _foreign().items():
        for word in words - known:
            languages[word] = (*languages.get(word, ()), name)
    return languages


def detect(words: Sequence[Word], default: str | None) -> str:
    """ "sv" or "en"; the default (else "sv") when the words do not tell."""
    swedish, english = (_hits(words, only_in(lang)) for lang in ("sv", "en"))
    if swedish == english:
        return default or "sv"
    return "sv" if swedish > english else "en"


def foreign(words: Sequence[Word]) -> str:
    """The name of another language that the text is in, "?" for one with other letters; empty when it is in neither."""
    if not all(word.text.isascii() for word in words) and _is_in_other_letters(words):
        return "?"
    hits = Counter(name for word in words for name in _languages_of().get(word.text, ()))
    if not hits:
        return ""
    ((name, count),) = hits.most_common(1)
    understood = _hits(words, (only_in("sv") | only_in("en")) - _foreign()[name])
    # One short word may be slang; a longer one in a short text is enough.
    telling = count > 1 or (len(words) <= _SHORT_TEXT and any(_is_telling(word, name) for word in words))
    return name if telling and count > understood else ""


def _is_telling(word: Word, name: str) -> bool:
    return len(word.text) >= _TELLING_LENGTH and name in _languages_of().get(word.text, ())


def _is_in_other_letters(words: Sequence[Word]) -> bool:
    letters = [character for word in words for character in word.text if character.isalpha()]
    return 2 * sum(map(_is_not_latin, letters)) > len(letters)


def _is_not_latin(character: str) -> bool:
    return ord(character) > _LAST_LATIN and ord(character) not in _MORE_LATIN


def _hits(words: Sequence[Word], known: frozenset[str]) -> int:
    return sum(word.text in known for word in words)
