"""What a text means: one of the intents of ux.md 5.4, with the time or number in it. Does not decide the answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from bot.conversation import calendar_words, choices, dates, hours, language, settling
from bot.conversation.choices import Choice
from bot.conversation.day_time import WHICH_DAY, DayTime, read_day_time
from bot.conversation.rules import Lexicon, Match, Rule, parse
from bot.conversation.words import Line, Reader, Vocabulary, Word, read_lines, read_table

UNKNOWN = "unknown"
# Meanings that do not wait for what else the person may be typing (ux §5.5).
AT_ONCE = ("crisis", "opt_out")
WHICH_OPTION = "which_option"

# These are found by their own modules and have no file of rules.
_WITHOUT_RULES = ("choose_option", "day_time")
# A time said with one of these is the time that is wanted, not the one that does not suit.
_TIMED = ("day_time", "reschedule", "later", "human")
# "fixar ni körkort också?" is a question, "asdfgh?" is not.
_SHORTEST_QUESTION = 3
# Ten parts are the longest a telephone sends; what follows is not read.
LONGEST = 1600
# A time with at most this many other words is a proposal: "tisdag då", "hej imorgon 14".
_FEW = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text was read as.

    `kind` is the heading of the rule in its lexicon file ("question": cost, where, ...; "yes": yes, weak). Of a
    day_time it is offered, mentioned (in passing), span (a week or more) or refused ("inte fredag"). `rule` is the line
    of the lexicon that chose the intent, `considered` the others that fitted ("intent: rule") and `also` the later
    intents that do not contradict it. `start` and `end` are the same for a clock time; `any_day` is true when no day
    was named. `ask` says what must be asked back (day_time.DayTime, or which_option). `when` is the time the text
    speaks of, whatever it means. `option` counts from 1; -1 is the last of an unknown number.
    """

    intent: str
    kind: str = ""
    lang: str = "sv"
    rule: str = ""
    considered: tuple[str, ...] = ()
    option: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    ask: str | None = None
    also: tuple[str, ...] = ()
    any_day: bool = False
    when: DayTime | None = None


def understand(text: str, *, ref: datetime, lang: str | None = None, options: Sequence[datetime] = ()) -> Reading:
    """Read a text that came at `ref` (aware).

    `lang` is the language of the talk so far, for a text that tells none. `options` are the times of our latest
    numbered question, in the order they were numbered.
    """
    line = _reader().read(text[:LONGEST])
    when = _when(line, ref, options)
    words = _with_time_marked(line.words, when)
    choice = choices.read_choice(words, len(options))
    foreign = language.foreign(words)
    matches = _matches(line, words, when, choice, foreign)
    settled = settling.settle([*matches] or [Match(UNKNOWN, "", "", 0, 0)])
    reading = Reading(
        settled.winner.intent, settled.winner.kind, "other" if foreign else language.detect(words, lang),
        settled.winner.rule,
        tuple(f"{match.intent}: {match.rule}" for match in settled.others), also=settled.also,
    )  # fmt: skip
    return replace(_with_details(reading, when, choice), when=when)


def prepare() -> None:
    """Read and compile all rules now. Made at the first text they would keep everybody waiting for a second."""
    dates.compile_all()
    hours.compile_all()
    _reader(), _lexicon(), _at_once()


def may_mean_at_once(text: str) -> bool:
    """Whether a text can be one of AT_ONCE at all: a quick no to nearly every text. After a yes, `understand` it."""
    return _at_once().may_match(_reader().read(text[:LONGEST]).words)


def _with_details(reading: Reading, when: DayTime | None, choice: Choice | None) -> Reading:
    if reading.intent == "choose_option" and choice is not None:
        return replace(reading, option=choice.number, ask=None if choice.number else WHICH_OPTION)
    if reading.intent in _TIMED and when is not None:
        return replace(reading, start=when.start, end=when.end, ask=when.ask, any_day=when.any_day)
    return reading


# -------------------------------------------------------------------------- meanings


def _matches(
    line: Line, words: Sequence[Word], when: DayTime | None, choice: Choice | None, foreign: str
) -> Iterator[Match]:
    found = _lexicon().matches(words)
    yield from found
    if choice is not None:
        yield Match("choose_option", "", "choices.txt", 0, len(words))
    if when is not None:
        yield Match("day_time", _how_time_is_said(words, when), "dates.txt, hours.txt", 0, len(words))
    if foreign:
        yield Match("other_language", "other", f"languages.txt: {foreign}", 0, len(words))
    if line.asks and not found and when is None and len(words) >= _SHORTEST_QUESTION:
        yield Match("question", "other", "?", 0, len(words))


def _how_time_is_said(words: Sequence[Word], when: DayTime) -> str:
    """Whether a time is offered, refused, only mentioned, or a span of a week and more."""
    if when.ask == WHICH_DAY:
        return "refused"
    if not when.is_day:
        return "span"
    others = [word for word in words if word.keys.isdisjoint(("<when>", "<filler>", "<number>"))]
    offered = len(others) <= _FEW or any("<available>" in word.keys for word in others)
    return "offered" if offered else "mentioned"


def _when(line: Line, ref: datetime, options: Sequence[datetime]) -> DayTime | None:
    """The time in the line; a bare number only where it is the hour of one offered time ("14 funkar")."""
    when = read_day_time(line.text, ref=ref, options=options)
    numbers = [word.text for word in line.words if word.text.isdigit()]
    if when is None and options and len(numbers) == 1 and int(numbers[0]) > len(options):
        alone = all("<choice>" in word.keys or word.text == numbers[0] for word in line.words)
        guess = read_day_time(f"kl {numbers[0]}", ref=ref, options=options) if alone else None
        return guess if guess is not None and guess.start in options else None
    return when


def _with_time_marked(words: Sequence[Word], when: DayTime | None) -> Sequence[Word]:
    if when is None:
        return words
    return [replace(word, keys=word.keys | {"<when>"}) if _stands_in(word, when) else word for word in words]


def _stands_in(word: Word, when: DayTime) -> bool:
    return any(start < word.end and word.start < end for start, end in when.spans)


# --------------------------------------------------------------------------- lexicon


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(rule for intent in settling.intents() if intent not in _WITHOUT_RULES for rule in parse(intent))


@cache
def _lexicon() -> Lexicon:
    return Lexicon(_rules())


@cache
def _at_once() -> Lexicon:
    return Lexicon([rule for rule in _rules() if rule.intent in AT_ONCE])


def _words(name: str) -> frozenset[str]:
    return frozenset(word for line in read_lines(name) for word in line.split())


@cache
def _reader() -> Reader:
    keys = {key for rule in _rules() for step in rule.steps for key in step.keys if key[0] not in "<="}
    names = [name for line in read_lines("names.txt") for name in line.split()]
    groups: dict[str, list[str]] = {}
    for group, members in read_table("classes.txt"):
        for member in members:
            groups.setdefault(member, []).append(group)
    chosen = {word for _, words in read_table("choices.txt") for word in words}
    known = {key for key in keys if "*" not in key} | calendar_words.all_words() | chosen | set(names)
    known |= language.common("sv") | language.common("en")
    wildcards = frozenset(key for key in (*keys, *groups) if "*" in key)
    plain, others = (_words(name) for name in ("plain.txt", "other_words.txt"))
    vocabulary = Vocabulary(known, dict(read_table("slang.txt")), groups, wildcards, plain, others)
    return Reader(vocabulary, names, swedish=language.only_in("sv"), english=language.only_in("en"))
