"""The rules of the lexicon: lines of words that give a text a meaning. Reads the files and finds which rules fit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from bot.conversation.words import Word, read_lines

# What "...", "...." and "//" in a rule may stand for at most; only "//" reaches into the next sentence.
_GAPS = {"...": 3, "....": 8, "//": 30}
_CROSSING = "//"


@dataclass(frozen=True, slots=True)
class Step:
    """One place in a rule: the keys that fit there, how many other words may stand before it, also sentences off."""

    keys: frozenset[str]
    gap: int
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the lexicon. `at_start` and `at_end` are "clause", "text" or empty: where it must begin and end."""

    intent: str
    kind: str
    line: str
    order: int
    steps: tuple[Step, ...]
    at_start: str
    at_end: str
    is_veto: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that fits the words from `start` up to `end`."""

    intent: str
    kind: str
    rule: str
    start: int
    end: int
    order: int = 0

    @property
    def labels(self) -> tuple[str, str]:
        """The names it goes by in the tables of precedence: "yes" and "yes/weak"."""
        return self.intent, f"{self.intent}/{self.kind}"


def parse(intent: str) -> list[Rule]:
    """The rules of the file of this intent.

    [kind]   the lines below have this kind
    a b      the word a followed by the word b        a|b      one of the words
    <group>  a word of the group (classes.txt)        a*  *a   a word that begins, ends so
    a ... b  at most three other words between        a .... b  at most eight
    a // b   b comes later, perhaps in another sentence
    a?       may be left out (also a|b?)
    =a       only so written, no other spelling
    _        any one word                             ! a b    where this stands, no other line of the file fits
    ^ a      begins the clause, fillers aside         a $      ends it; ^^ and $$ the whole text
    """
    rules: list[Rule] = []
    kind = ""
    for line in read_lines(f"{intent}.txt"):
        if line.startswith("[") and line.endswith("]"):
            kind = line[1:-1].strip()
        else:
            rules += _variants(intent, kind, line, len(rules))
    return rules


def _variants(intent: str, kind: str, line: str, order: int) -> Iterator[Rule]:
    """The rule, once for each way to leave out what may be left out."""
    is_veto = line.startswith("! ")
    parts = line.removeprefix("! ").split()
    at_start = {"^": "clause", "^^": "text"}.get(parts[0], "")
    at_end = {"$": "clause", "$$": "text"}.get(parts[-1], "")
    inner = parts[bool(at_start) : len(parts) - bool(at_end)]
    for chosen in product(*([part[:-1], ""] if part.endswith("?") else [part] for part in inner)):
        steps = tuple(_steps(part for part in chosen if part))
        if steps:
            yield Rule(intent, kind, line, order, steps, at_start, at_end, is_veto)


def _steps(parts: Iterable[str]) -> Iterator[Step]:
    gap, crosses = 0, False
    for part in parts:
        if part in _GAPS:
            gap, crosses = _GAPS[part], part == _CROSSING
        else:
            yield Step(frozenset() if part == "_" else frozenset(part.split("|")), gap, crosses)
            gap, crosses = 0, False


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a text and the stretch that is left when the fillers at its edges are taken away."""

    words: Sequence[Word]
    first: int
    last: int

    @classmethod
    def of(cls, words: Sequence[Word]) -> "Text":
        """The text with its core found; a text of fillers only is its own core."""
        core = [place for place, word in enumerate(words) if "<filler>" not in word.keys]
        return cls(words, core[0] if core else 0, core[-1] if core else len(words) - 1)


# A rule and the keys of its other steps, of each of which the text must have one.
_Needs = tuple[Rule, tuple[frozenset[str], ...]]


class Lexicon:
    """All rules, found by the words they need so that few need trying."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._by_key: dict[str, list[_Needs]] = defaultdict(list)
        for rule in rules:
            rarest = _rarest(rule)
            others = tuple({step.keys for step in rule.steps if step.keys and step is not rarest})
            needs = rule, tuple(sorted(others, key=len))
            for key in rarest.keys:
                self._by_key[key].append(needs)

    def matches(self, words: Sequence[Word]) -> list[Match]:
        """Every rule that fits and that no veto of its own intent forbids; at most one match a rule."""
        if not words:
            return []
        text = Text.of(words)
        found = [(rule, spans) for rule in self._candidates(words) if (spans := list(_places(rule, text)))]
        vetoed: dict[str, set[int]] = defaultdict(set)
        for rule, spans in found:
            if rule.is_veto:
                vetoed[rule.intent].update(place for start, end in spans for place in range(start, end))
        return [
            Match(rule.intent, rule.kind, rule.line, start, end, rule.order)
            for rule, spans in found
            if not rule.is_veto
            for start, end in [span for span in spans if vetoed[rule.intent].isdisjoint(range(*span))][:1]
        ]

    def may_match(self, words: Sequence[Word]) -> bool:
        """A quick answer: no only where no rule can fit. A word that speaks of time need not be marked yet."""
        return any(not rule.is_veto for rule in self._candidates(words, beside=frozenset(("<when>",))))

    def _candidates(self, words: Sequence[Word], *, beside: frozenset[str] = frozenset()) -> Iterator[Rule]:
        """The rules for which every step has a word somewhere in the text, or `beside` it."""
        present = beside.union(*(word.keys for word in words))
        tried: set[int] = set()
        for key in present & self._by_key.keys():
            for rule, others in self._by_key[key]:
                for keys in others:
                    if keys.isdisjoint(present):
                        break
                else:
                    if id(rule) not in tried:
                        tried.add(id(rule))
                        yield rule


def _rarest(rule: Rule) -> Step:
    """The step to find the rule by: words before groups, long words before short."""
    named = [step for step in rule.steps if step.keys]
    return max(named, key=lambda step: min(0 if key.startswith("<") else len(key) for key in step.keys))


def _places(rule: Rule, text: Text) -> Iterator[tuple[int, int]]:
    words, first = text.words, rule.steps[0].keys
    for start in range(len(words)):
        if first and first.isdisjoint(words[start].keys):
            continue
        end = _end(rule.steps, words, start, gap=0)
        if end and _begins(rule.at_start, text, start) and _ends(rule.at_end, text, end):
            yield start, end


def _end(steps: Sequence[Step], words: Sequence[Word], start: int, *, gap: int) -> int:
    """Where the steps end when the first stands at most `gap` words after `start`; 0 when they do not fit.

    Small words (<skip>) between two steps do not count.
    """
    step, rest = steps[0], steps[1:]
    for place in range(start, len(words)):
        word = words[place]
        if gap < 0 or (word.clause != words[start].clause and not step.crosses):
            return 0
        if not step.keys or not step.keys.isdisjoint(word.keys):
            after = place + 1
            if not rest:
                return after
            beside = after < len(words) and (rest[0].crosses or words[after].clause == word.clause)
            if beside and (found := _end(rest, words, after, gap=rest[0].gap)):
                return found
        gap -= "<skip>" not in word.keys
    return 0


def _begins(where: str, text: Text, start: int) -> bool:
    if where == "text":
        return start <= text.first
    begins_here = where == "" or start <= text.first or text.words[start - 1].before_comma
    return begins_here or _only_fillers(text.words, _clause_start(text.words, start), start)


def _ends(where: str, text: Text, end: int) -> bool:
    if where == "text":
        return end > text.last
    ends_here = where == "" or end > text.last or text.words[end - 1].before_comma
    return ends_here or _only_fillers(text.words, end, _clause_end(text.words, end - 1))


def _only_fillers(words: Sequence[Word], start: int, end: int) -> bool:
    return all("<filler>" in word.keys for word in words[start:end])


def _clause_start(words: Sequence[Word], place: int) -> int:
    return next((at + 1 for at in range(place - 1, -1, -1) if words[at].clause != words[place].clause), 0)


def _clause_end(words: Sequence[Word], place: int) -> int:
    clause = words[place].clause
    return next((at for at in range(place + 1, len(words)) if words[at].clause != clause), len(words))
