"""Tells what a column means from its head, and whether a text speaks of health, debt, crime or benefits.

The words are data: `heads.toml` and `sensitive.txt` beside this file.
"""

import difflib
import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

LABELS = {
    "personnummer": "Personnummer", "birth_date": "Födelsedatum", "name": "Namn",
    "last_first_name": "Efternamn och förnamn", "first_name": "Förnamn", "last_name": "Efternamn",
    "own_phone": "Telefon till personen", "care_of": "c/o", "street": "Gatuadress", "postal": "Postnummer och ort",
    "postcode": "Postnummer", "town": "Postort", "district": "Stadsdel", "school": "Skola",
    "dropout_date": "Avbrottsdatum", "language": "Språk", "protected": "Skyddade personuppgifter",
    "guardian_1": "Vårdnadshavare 1", "guardian_1_phone": "Telefon till vårdnadshavare 1",
    "guardian_2": "Vårdnadshavare 2", "guardian_2_phone": "Telefon till vårdnadshavare 2",
}  # fmt: skip
"""What a column can become, in the words of the screen."""

_FOLDER = Path(__file__).parent
_LEXICON = tomllib.loads((_FOLDER / "heads.toml").read_text(encoding="utf-8"))
_UNDOTTED = str.maketrans("åäöéü", "aaoeu")
_UNMISTAKABLE = {word: meaning for meaning, words in _LEXICON["unmistakable"].items() for word in words}
_HEADS: dict[str, str] = {head: meaning for meaning, heads in _LEXICON["heads"].items() for head in heads}
# Some systems cannot write å, ä and ö.
_PLAIN_HEADS = {plain: meaning for head, meaning in _HEADS.items() if (plain := head.translate(_UNDOTTED)) != head}
_WORDS: dict[str, frozenset[str]] = {name: frozenset(words) for name, words in _LEXICON["words"].items()}
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad]\s*\n\s*(?!och\b)")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_WORD = re.compile(r"[^\W\d_]+")
# Below this likeness two heads that mean different things are taken for each other (inskrivnings-, utskrivningsdatum).
_ALIKE = 0.9
_SHORTEST_TO_GUESS = 7
_LONG_HEADS = tuple(head for head in _HEADS if len(head) >= _SHORTEST_TO_GUESS)
_SECOND = frozenset({"2", "ii", "två", "andra", "b"})
_FIRST = frozenset({"1", "i", "ett", "första", "a"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a head says. `meaning` is a key of LABELS, or "guardian" or "guardian_phone" with whose in `guardian`."""

    meaning: str
    guardian: str = ""


@dataclass(frozen=True, slots=True)
class _Stems:
    words: frozenset[str]
    beginnings: tuple[str, ...]
    endings: tuple[str, ...]
    insides: tuple[str, ...]

    def fit(self, word: str) -> bool:
        return (
            word in self.words
            or word.startswith(self.beginnings)
            or word.endswith(self.endings)
            or any(stem in word for stem in self.insides)
        )


@lru_cache(maxsize=4096)
def of_head(head: str) -> Meaning | None:
    """What a column with this head holds; None when the head is unknown or speaks of somebody else."""
    tokens = _tokens(head)
    if meaning := _HEADS.get(" ".join(tokens)):
        # "Mother tongue" is no guardian.
        return Meaning(meaning)
    if _is_guardian(tokens):
        return _guardian(tokens)
    plain = _tokens(_BRACKETS.sub(" ", head))
    for words in (plain, _without_whose(plain), _without_number(_without_whose(plain))):
        if meaning := _HEADS.get(" ".join(words)) or _PLAIN_HEADS.get(" ".join(words)):
            return Meaning(meaning)
    if _is_protection(tokens):
        return Meaning("protected")
    if not tokens or _WORDS["somebody_else"].intersection(tokens):
        return None
    guesses = (_telephone(tokens), _telephone(plain), _long_head(plain), _by_one_word(plain), _misspelt(plain))
    return next((guess for guess in guesses if guess), None)


def in_one_line(head: str) -> str:
    """A head as it is shown: a word that was broken at the end of a line in the cell is whole again."""
    return " ".join(_BROKEN_WORD.sub("", head).split())


def is_harmless(head: str) -> bool:
    """Whether a column with this head, though not taken in, holds no remarks about anybody."""
    return " ".join(_tokens(head)) in _WORDS["harmless"]


def is_sensitive(text: str) -> bool:
    """Whether a head or a remark holds a word about health, debt, crime or benefits."""
    words = _WORD.findall(unicodedata.normalize("NFC", text).casefold())
    if any(_SENSITIVE.fit(word) and not _EXCEPTIONS.fit(word) for word in words):
        return True
    sentence = f" {' '.join(words)} "
    return any(f" {phrase} " in sentence for phrase in _PHRASES)


def _tokens(head: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", in_one_line(head)).casefold().replace("\u00ad", ""))


def _without_whose(tokens: list[str]) -> list[str]:
    """ "Elevens namn" is "namn", but "Elev" alone is the pupil's name."""
    first = next((n for n, token in enumerate(tokens) if token not in _WORDS["leading"]), 0)
    return tokens[first:]


def _without_number(tokens: list[str]) -> list[str]:
    return tokens[:-1] if len(tokens) > 1 and tokens[-1].isdigit() else tokens


def _is_guardian(tokens: list[str]) -> bool:
    return any(token in _WORDS["guardian"] or _is_like(token, "vårdnadshavare", 0.85) for token in tokens)


def _is_like(token: str, word: str, likeness: float) -> bool:
    return len(token) > len(word) * 0.7 and difflib.SequenceMatcher(None, token, word).ratio() >= likeness


def _guardian(tokens: list[str]) -> Meaning | None:
    own = [token for token in tokens if not _is_guardian([token])]
    rest = [token for token in own if not token.isdigit()]
    if any(token in _WORDS["telephone"] for token in rest):
        beside = _WORDS["telephone"] | _WORDS["telephone_beside"] | _WORDS["guardian_beside"]
        meaning = "guardian_phone"
    else:
        beside, meaning = _WORDS["guardian_beside"], "guardian"
    return Meaning(meaning, _which_guardian(tokens)) if beside.issuperset(rest) else None


def _which_guardian(tokens: list[str]) -> str:
    """ "1", "2", the word for mother or father, or "" where the head does not say."""
    if _SECOND.intersection(tokens):
        return "2"
    if _FIRST.intersection(tokens):
        return "1"
    parent = next((token.removesuffix("s") for token in tokens if token in _WORDS["guardian"]), "")
    return parent if parent in ("mamma", "mor", "moder", "mother", "pappa", "far", "fader", "father") else ""


def _telephone(tokens: list[str]) -> Meaning | None:
    rest = [token for token in tokens if not token.isdigit() and token not in _WORDS["telephone"]]
    has_telephone = len(rest) < len([token for token in tokens if not token.isdigit()])
    allowed = _WORDS["telephone_beside"] | _WORDS["leading"]
    return Meaning("own_phone") if has_telephone and allowed.issuperset(rest) else None


def _long_head(tokens: list[str]) -> Meaning | None:
    """ "Personnummer 12 siffror utan bindestreck": an identity column may explain itself."""
    meaning = _HEADS.get(tokens[0], "") if tokens else ""
    if meaning not in ("personnummer", "birth_date") or len(tokens) < 2:
        return None
    # "Personnummer/födelsedatum" may hold either, and a birth date column reads both.
    holds_either = meaning == "personnummer" and any(_HEADS.get(token) == "birth_date" for token in tokens)
    return Meaning("birth_date" if holds_either else meaning)


def _is_protection(tokens: list[str]) -> bool:
    about, other = tuple(_WORDS["protection"]), tuple(_WORDS["not_protection"])
    return any(token.startswith(about) for token in tokens) and not any(token.startswith(other) for token in tokens)


def _by_one_word(tokens: list[str]) -> Meaning | None:
    return next((Meaning(_UNMISTAKABLE[token]) for token in tokens if token in _UNMISTAKABLE), None)


def _misspelt(tokens: list[str]) -> Meaning | None:
    head = " ".join(_without_whose(tokens))
    if len(head) < _SHORTEST_TO_GUESS:
        return None
    # Two texts that are so alike are nearly as long.
    known = [word for word in _LONG_HEADS if abs(len(word) - len(head)) <= len(head) * (1 - _ALIKE) * 2]
    closest = difflib.get_close_matches(head, known, n=1, cutoff=_ALIKE)
    return Meaning(_HEADS[closest[0]]) if closest else None


def _stems(lines: list[str]) -> _Stems:
    return _Stems(
        words=frozenset(line for line in lines if "*" not in line),
        beginnings=tuple(line[:-1] for line in lines if line.endswith("*") and not line.startswith("*")),
        endings=tuple(line[1:] for line in lines if line.startswith("*") and not line.endswith("*")),
        insides=tuple(line[1:-1] for line in lines if line.startswith("*") and line.endswith("*")),
    )


_LINES = [
    line.strip() for line in (_FOLDER / "sensitive.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]  # fmt: skip
_PHRASES = tuple(line for line in _LINES if " " in line)
_SENSITIVE = _stems([line for line in _LINES if not line.startswith("!")])
_EXCEPTIONS = _stems([line[1:] for line in _LINES if line.startswith("!")])
