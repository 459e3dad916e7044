"""Which of the numbered choices somebody takes: "2", "tvåan", "nr 1 tack", "den sista", "3an funkar"."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.conversation.words import Word, read_table

# Without knowing what was offered: our longest numbered question has six answers (LANG).
_MOST = 6
LAST = -1
MIDDLE = -2


@dataclass(frozen=True, slots=True)
class Choice:
    """A number from 1, LAST when it is not known how many there were, or None when two different ones were named."""

    number: int | None


@cache
def _numbers() -> dict[str, int]:
    return {word: int(number) for number, words in read_table("choices.txt") for word in words}


def read_choice(words: Sequence[Word], offered: int) -> Choice | None:
    """The choice, when the whole text is one: a number and nothing but small words beside it. None when it is not.

    `offered` is how many choices there were, 0 when unknown. A number that was not offered is no choice ("67").
    """
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


def _number(word: Word) -> int | None:
    if word.text.isdigit():
        return int(word.text)
    return next((_numbers()[key] for key in word.keys if key in _numbers()), None)


def _resolved(number: int, offered: int) -> int:
    if number == LAST and offered:
        return offered
    if number == MIDDLE:
        return (offered + 1) // 2 if offered else 2
    return number


def _is_offered(number: int, offered: int) -> bool:
    return number == LAST or 1 <= number <= (offered or _MOST)
