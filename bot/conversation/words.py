"""Cuts a text into words and says what each may stand for: slang, missing dots, repeated letters, one slip."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

LEXICON = Path(__file__).parent / "lexicon"

_WORD = re.compile(r"\d+|[^\W\d_]+")
_MARKS = re.compile("[\u0300-\u036f\ufe0e\ufe0f\u200b-\u200f\u20e3\U0001f3fb-\U0001f3ff]")
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_REPEATED = re.compile(r"([^\W\d])\1{2,}")
# "S T O P", "s.t.o.p"
_SPELT_OUT = re.compile(r"(?<!\w)(?:[^\W\d_][ .-]){2,}[^\W\d_](?!\w)")
_DOUBLED = re.compile(r"([^\W\d])\1")
# "jag inte kan" is turned into "jag kan inte".
_SUBJECTS = frozenset(("jag", "ja", "vi", "han", "hon"))
_DENIALS = frozenset(("inte", "aldrig", "ej"))
_CLAUSE_END = re.compile(r"[.!?;\n\r…]")
_FOLDED = str.maketrans("åäöéèüøæ", "aaoeeuoa")
_NORDIC = str.maketrans("øæ", "öä")
# Shorter words have too many neighbours to be mended (ux.md 5.5).
_SHORTEST_MENDED = 4
_SHORTEST_WILDCARD = 3
# Signs before a word that may tell what it is; and how many different words are remembered (most texts share them), and
# how many texts.
_LOOKS_BACK = 8
_REMEMBERED, _TEXTS = 20_000, 256


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `keys` are the words and groups it may stand for; `start` and `end` are its place in the line."""

    text: str
    keys: frozenset[str]
    clause: int
    start: int
    end: int
    before_comma: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A text as it is read: lower case, slang and slips mended where one reading is likeliest."""

    text: str
    words: tuple[Word, ...]
    asks: bool


def fold(word: str) -> str:
    """The word without dots and rings, as it is often written."""
    return word.translate(_FOLDED)


def read_lines(name: str) -> Iterator[str]:
    """The lines of a lexicon file, without comments and blank lines."""
    for line in (LEXICON / name).read_text(encoding="utf-8").splitlines():
        bare = line.strip()
        if bare and not bare.startswith("#"):
            yield bare


def read_table(name: str) -> Iterator[tuple[str, list[str]]]:
    """The `left = right right` lines of a lexicon file."""
    for line in read_lines(name):
        left, _, right = line.partition(" = ")
        yield left.strip(), right.split()


@dataclass(slots=True)
class Vocabulary:
    """Every word the rules know, and the ways to get to them from what somebody wrote.

    Words that are `plain` are what they seem, also without dots; `others` are words of the language that no rule needs.
    """

    known: set[str]
    slang: Mapping[str, list[str]]
    groups: Mapping[str, list[str]]
    wildcards: frozenset[str]
    plain: frozenset[str]
    others: frozenset[str]
    _by_fold: dict[str, list[str]] = field(init=False)
    _by_gap: dict[str, list[str]] = field(init=False)

    def __post_init__(self) -> None:
        in_groups = {word for word in self.groups if "*" not in word}
        self.known |= self.slang.keys() | {word for words in self.slang.values() for word in words} | in_groups
        self._by_fold = defaultdict(list)
        self._by_gap = defaultdict(list)
        for word in sorted(self.known):
            self._by_fold[fold(word)].append(word)
        for folded in sorted(self._by_fold):
            for gap in _gaps(folded) if len(folded) >= _SHORTEST_MENDED else ():
                self._by_gap[gap].append(folded)

    def forms(self, word: str, *, dotless: bool) -> list[str]:
        """The words this one may stand for, likeliest first; itself when nothing is known.

        `dotless` tells that the writer leaves out dots and rings, so that also a known word may be short of them.
        """
        if word in self.known and (not dotless or word in self.plain):
            return list(dict.fromkeys((*self.slang.get(word, ()), word)))
        found = self._known_forms(word) or (word not in self.others and self._slips(word)) or [word]
        return list(dict.fromkeys(form for known in found for form in (*self.slang.get(known, ()), known)))

    def keys(self, forms: Iterable[str]) -> frozenset[str]:
        """The forms, the beginnings and endings that rules name ("självmord*", "*jobb"), and the groups of them all."""
        keys = {key for form in forms for key in (form, *self._wildcards(form))}
        return frozenset(keys.union(*(self.groups.get(key, ()) for key in keys)))

    def _wildcards(self, form: str) -> Iterator[str]:
        for place in range(_SHORTEST_WILDCARD, len(form) + 1):
            if (start := form[:place] + "*") in self.wildcards:
                yield start
            if (ending := "*" + form[-place:]) in self.wildcards:
                yield ending

    def _known_forms(self, word: str) -> list[str]:
        """The word itself, and with dots and rings put back where the writer used none."""
        found = [word] if word in self.known else []
        return found + [known for known in self._by_fold.get(word, ()) if known != word]

    def _slips(self, word: str) -> list[str]:
        return self._known_forms(_squeezed(word)) or self._mended(word)

    def _mended(self, word: str) -> list[str]:
        """Known words that differ by one wrong, missing, extra or swapped letter."""
        folded = fold(word)
        if len(folded) < _SHORTEST_MENDED or folded.isdigit():
            return []
        near = dict.fromkeys(candidate for gap in (folded, *_gaps(folded)) for candidate in self._near(gap))
        close = [candidate for candidate in near if _is_one_slip(folded, candidate)]
        return [known for candidate in sorted(close, key=lambda near: _distance_in_length(near, folded))
                for known in self._by_fold[candidate]]  # fmt: skip

    def _near(self, gap: str) -> list[str]:
        return [*self._by_gap.get(gap, ()), *((gap,) if gap in self._by_fold and len(gap) >= _SHORTEST_MENDED else ())]


def _distance_in_length(candidate: str, word: str) -> tuple[bool, int]:
    # The first letter is seldom the wrong one.
    return candidate[0] != word[0], abs(len(candidate) - len(word))


def _gaps(word: str) -> Iterator[str]:
    return (word[:place] + word[place + 1 :] for place in range(len(word)))


def _is_one_slip(word: str, known: str) -> bool:
    if len(word) != len(known):
        longer, shorter = sorted((word, known), key=len, reverse=True)
        return len(longer) - len(shorter) == 1 and shorter in _gaps(longer)
    wrong = [place for place, (written, meant) in enumerate(zip(word, known, strict=True)) if written != meant]
    return len(wrong) == 1 or (
        len(wrong) == 2 and wrong[1] - wrong[0] == 1
        and word[wrong[0]] == known[wrong[1]] and word[wrong[1]] == known[wrong[0]]
    )  # fmt: skip


def _in_usual_order(words: list[Word]) -> list[Word]:
    """The words with "jag inte kan", as many write who are learning Swedish, as "jag kan inte".

    Only where a clause begins so: "om jag inte kan" is as it should be.
    """
    for place in range(1, len(words) - 1):
        who, denied, verb = words[place - 1 : place + 2]
        begins = place == 1 or words[place - 2].clause != who.clause or words[place - 2].before_comma
        if denied.text in _DENIALS and who.text in _SUBJECTS and begins and verb.clause == denied.clause:
            words[place] = replace(verb, before_comma=False)
            words[place + 1] = replace(denied, before_comma=verb.before_comma)
    return words


def _what_stands_before(plain: str, start: int) -> tuple[bool, bool]:
    """Whether a word is the ending of a number ("3e", "24:e", "2an"), and whether it stands inside a sentence."""
    before = plain[max(0, start - _LOOKS_BACK) : start]
    return before.removesuffix(":")[-1:].isdigit(), before.rstrip()[-1:].isalnum()


def _is_capital(written: str) -> bool:
    return written[0].isupper() and written[1:].islower()


def _squeezed(word: str) -> str:
    return _DOUBLED.sub(r"\1", word)


class Reader:
    """Turns texts into lines of words with a vocabulary."""

    def __init__(
        self, vocabulary: Vocabulary, names: Iterable[str], *, swedish: frozenset[str], english: frozenset[str]
    ) -> None:
        self._vocabulary = vocabulary
        self._names = frozenset(names)
        self._swedish, self._english = swedish, english
        self._seen = lru_cache(_REMEMBERED)(self._word)
        # A text is looked at when it has come, and read a moment later.
        self._lately = lru_cache(_TEXTS)(self._line)
        self._pictures = {picture: f" {' '.join(words)} " for picture, words in read_table("emoji.txt")}
        self._picture = re.compile("|".join(map(re.escape, sorted(self._pictures, key=len, reverse=True))))
        self._phrases = {left: " ".join(words) for left, words in read_table("phrases.txt")}
        longest_first = sorted(self._phrases, key=len, reverse=True)
        self._phrase = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
        self._begin_phrases = frozenset(_WORD.findall(phrase)[0] for phrase in self._phrases)

    def read(self, text: str) -> Line:
        """The text as a line of words."""
        return self._lately(text)

    def _line(self, text: str) -> Line:
        plain = self._plain(text)
        dotless = self._is_dotless(plain.lower())
        words: list[Word] = []
        written: list[str] = []
        clause = past = length = 0
        for match in _WORD.finditer(plain):
            between = plain[past : match.start()]
            if words and words[-1].text == match[0].lower() and not match[0].isdigit() and not between.strip(" "):
                past = match.end()
                continue
            clause += bool(words and _CLAUSE_END.search(between))
            ending, inside = _what_stands_before(plain, match.start())
            forms, keys = self._seen(match[0], dotless=dotless, ending=ending, inside=inside)
            start = length + len(between)
            comma = plain.startswith(",", match.end())
            words.append(Word(match[0].lower(), keys, clause, start, start + len(forms[0]), comma))
            written += [between, forms[0]]
            past, length = match.end(), start + len(forms[0])
        return Line("".join(written) + plain[past:], tuple(_in_usual_order(words)), "?" in plain)

    def _plain(self, text: str) -> str:
        """One way to write each sign, pictures as words, at most two of the same letter, no accents but the Nordic."""
        pictured = self._picture.sub(lambda match: self._pictures[match[0]], text)
        composed = _MARKS.sub("", unicodedata.normalize("NFKC", pictured)).translate(_NORDIC)
        spelt = _REPEATED.sub(r"\1\1", _APOSTROPHE.sub("", composed))
        joined = _SPELT_OUT.sub(self._joined, spelt)
        # Looked for only after a word that begins one: to try them all at every word takes long.
        if self._begin_phrases.isdisjoint(_WORD.findall(joined.lower())):
            return joined
        # What only resembles a letter of the phrase (a dotless "ı") makes none.
        return self._phrase.sub(lambda match: self._phrases.get(match[0].lower(), match[0]), joined)

    def _joined(self, letters: re.Match[str]) -> str:
        """The word that was written letter by letter; the letters themselves when they make none."""
        word = re.sub("[ .-]", "", letters[0])
        return word if word.lower() in self._vocabulary.known else letters[0]

    def _word(self, written: str, *, dotless: bool, ending: bool, inside: bool) -> tuple[list[str], frozenset[str]]:
        """What the word may stand for: its forms, likeliest first, and all its keys."""
        forms = self._forms(written, dotless=dotless, ending=ending, inside=inside)
        return forms, self._vocabulary.keys(forms) | self._marks(written, forms) | {f"={written.lower()}"}

    def _forms(self, written: str, *, dotless: bool, ending: bool, inside: bool) -> list[str]:
        word = written.lower()
        # A capital inside a sentence is a name, whatever word it resembles.
        if ending or (inside and _is_capital(written) and word not in self._vocabulary.known):
            return [word]
        return self._vocabulary.forms(word, dotless=dotless)

    def _is_dotless(self, text: str) -> bool:
        """Whether the writer seems to leave out dots and rings: there are none, and the text is not English."""
        if not text.isascii() and any(letter in text for letter in "åäö"):
            return False
        words = _WORD.findall(text)
        return any(word in self._swedish for word in words) or not any(word in self._english for word in words)

    def _marks(self, written: str, forms: list[str]) -> set[str]:
        """Which of <number>, <name> and <names> the word is. An unknown word with a capital passes for a name."""
        if written.isdigit():
            return {"<number>"}
        lower = written.lower()
        unknown = forms == [lower] and lower not in self._vocabulary.known
        capital = unknown and _is_capital(written)
        marks = set()
        if lower in self._names or capital:
            marks.add("<name>")
        if lower.endswith("s") and (lower[:-1] in self._names or capital):
            marks.add("<names>")
        return marks
