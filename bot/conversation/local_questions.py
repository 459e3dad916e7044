"""Recognises the questions that the municipality answers itself, by how they are asked (ux §4.16), and answers them.

An example fits a text that has all its telling words, in whatever order. A longer word may have an ending or one letter
wrong; little words count in neither. Whatever comes before a question in ux §5.4 is read first, and so wins.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from bot.conversation import understanding
from bot.conversation.turn import Turn
from bot.conversation.understanding import UNKNOWN, Reading
from bot.conversation.words import read_lines
from outreach import local_questions, wording
from outreach.local_questions import LocalQuestion
from storage.database import Session

# Readings that give way to a question of one's own: all that stand after a question in ux §5.4, but for a no, which
# is a wish to be let alone.
GIVES_WAY = ("question", "yes", "thanks", "greeting", UNKNOWN)
# What an example may be read as by itself; anything else would be read before it, so that it was never answered.
MAY_BE = ("question", UNKNOWN)
# Questions and answers that are more than a text.
_KEPT = ("telegram", "auto_reply")
# Begins the `kind` of a reading, and is the code of its answer.
KIND, CODE = "own:", "F-OWN"
# A text with more telling words beside is about something else: one for an example of one word, then two more a word.
_MOST_BESIDE = 6
_TELLING_LENGTH = 4
_WORD = re.compile(r"[^\W_]+")


def recognise(session: Session, written: str, reading: Reading) -> Reading:
    """The reading, or that of a question of the municipality's own which the text asks; its rule is the example."""
    if reading.intent not in GIVES_WAY or reading.kind in _KEPT:
        return reading
    found = fitting(written, local_questions.everything(session))
    if found is None:
        return reading
    question, example = found
    beside = [intent for intent in (reading.intent, *reading.also) if intent not in ("question", UNKNOWN)]
    considered = (f"{reading.intent}: {reading.rule}", *reading.considered)
    return replace(
        reading, intent="question", kind=f"{KIND}{question.id}", rule=" ".join(_WORD.findall(example.casefold())),
        also=tuple(dict.fromkeys(beside)), considered=considered,
    )  # fmt: skip


def fitting(written: str, questions: Iterable[LocalQuestion]) -> tuple[LocalQuestion, str] | None:
    """The question that a text asks, and by which example; the one with most telling words where several fit."""
    words = telling(written)
    fits = [
        (len(wanted), question, example)
        for question in questions
        for example in question.examples
        if (wanted := telling(example)) and _has(words, wanted)
    ]
    best = max(fits, key=lambda fit: fit[0], default=None)
    return best[1:] if best is not None else None


def telling(text: str) -> list[str]:
    """The words that say what a text is about."""
    return [word for word in _WORD.findall(text[: understanding.LONGEST].casefold()) if word not in _little()]


@cache
def _little() -> frozenset[str]:
    return frozenset(word for line in read_lines("little.txt") for word in line.split())


def _has(words: Sequence[str], wanted: Sequence[str]) -> bool:
    if len(words) > len(wanted) + min(2 * len(wanted) - 1, _MOST_BESIDE):
        return False
    return all(any(_is(word, one) for word in words) for one in wanted)


def _is(word: str, wanted: str) -> bool:
    if word == wanted:
        return True
    return len(wanted) >= _TELLING_LENGTH and (word.startswith(wanted) or _one_wrong(word, wanted))


def _one_wrong(word: str, wanted: str) -> bool:
    """Whether one letter is wrong, missing or too much, or two have changed places."""
    if abs(len(word) - len(wanted)) > 1 or len(word) < _TELLING_LENGTH:
        return False
    same = next(
        (at for at, (a, b) in enumerate(zip(word, wanted, strict=False)) if a != b), min(len(word), len(wanted))
    )
    rest, other = word[same:], wanted[same:]
    swapped = rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest == other[1:] or rest[1:] == other


def answer(turn: Turn) -> str:
    """The words of the answer to the question that was recognised; empty for any other, or one that is gone."""
    kind = turn.reading.kind
    question = local_questions.find(turn.session, int(kind[len(KIND) :])) if kind.startswith(KIND) else None
    if question is None:
        return ""
    place = local_questions.place_name(turn.session, question)
    return wording.fill_sentences(question.answer(turn.lang), turn.values(**({"plats": place} if place else {})))
