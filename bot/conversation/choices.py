"""Which of the numbered choices somebody takes: "2", "tvåan", "nr 1 tack", "den sista", "3an funkar"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from bot.conversation.words import Word, read_table

# Without knowing what was offered: our longest numbered question has six answers (LANG).
_MOST = 6
LAST = -1
MIDDLE = -2
PENULTIMATE = -3
_CALLED = frozenset(("nummer", "nr", "number", "alternativ", "alternativet", "option", "siffra", "siffran"))


@dataclass(frozen=True, slots=True)
class Choice:
    """A number from 1, LAST when it is not known how many there were, or None when two different ones were named."""

    number: int | None


@cache
def _numbers() -> dict[str, int]:
    return {word: int(number) for number, words in read_table("choices.txt") for word in words}


def read_choice(words: Sequence[Word], offered: int) -> Choice | None:
    """The choice, when the whole text is one: a number and nothing but small words beside it. None when it is not.

    A number that is called a choice may have other words beside it ("nog alternativ två som passar"), and one that
    stands by itself between commas or full stops too ("2:an, finns det parkering där?").

    `offered` is how many choices there were, 0 when unknown. A number that was not offered is no choice ("67").
    """
    if all(_number(word) is None for word in words):
        return None
    return _whole(words, offered) or _called(words, offered) or _part(words, offered)


def _whole(words: Sequence[Word], offered: int) -> Choice | None:
    named = [(number, word.text) for word in words if (number := _number(word)) is not None]
    others = [word for word in words if _number(word) is None]
    if not named or not all("<choice>" in word.keys for word in others):
        return None
    # In "the second one" the last word is no number.
    counted = [number for number, written in named if written != "one"] or [1]
    chosen = {_resolved(number, offered) for number in counted}
    if len(chosen) > 1:
        return Choice(None) if all(_is_offered(number, offered) for number in chosen) else None
    (number,) = chosen
    return Choice(number) if _is_offered(number, offered) else None


def _part(words: Sequence[Word], offered: int) -> Choice | None:
    """The one part of the text that is a choice, when no other part has a number or a time in it."""
    telling = [part for part in _parts(words) if any(_tells_a_number(word) for word in part)]
    return _whole(telling[0], offered) if len(telling) == 1 else None


def _parts(words: Sequence[Word]) -> list[list[Word]]:
    """The words between commas and ends of sentences."""
    parts: list[list[Word]] = []
    for word in words:
        if not parts or parts[-1][-1].before_comma or parts[-1][-1].clause != word.clause:
            parts.append([])
        parts[-1].append(word)
    return parts


def _tells_a_number(word: Word) -> bool:
    return _number(word) is not None or "<when>" in word.keys


def _called(words: Sequence[Word], offered: int) -> Choice | None:
    """The one that is called "alternativ två" or "nummer 2" among other words, when no second number is named."""
    called = [
        number for before, word in pairwise(words)
        if not before.keys.isdisjoint(_CALLED) and (number := _number(word)) is not None
    ]  # fmt: skip
    others = sum(word.text.isdigit() for word in words)
    if len(called) == 1 and others <= 1 and _is_offered(called[0], offered):
        return Choice(called[0])
    return None


def _number(word: Word) -> int | None:
    if word.text.isdigit():
        return int(word.text)
    return next((_numbers()[key] for key in word.keys if key in _numbers()), None)


def _resolved(number: int, offered: int) -> int:
    if number == LAST and offered:
        return offered
    if number == PENULTIMATE:
        return max(offered - 1, 1)
    if number == MIDDLE:
        return (offered + 1) // 2 if offered else 2
    return number


def _is_offered(number: int, offered: int) -> bool:
    return number == LAST or 1 <= number <= (offered or _MOST)
