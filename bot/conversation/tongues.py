"""The languages beyond Swedish and English, as their files in `texts/` say; not which of them are switched on.

A text that a language lacks is said in Swedish, without another word. Swedish, not English: somebody at hand (a friend,
a teacher, a colleague with an interpreter) reads it, and who chose Persian need not know English. Half in one language
and half in another would be understood by nobody.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language: its name in Swedish, who has translated it (empty: nobody yet), and the texts that it has.

    `parts` is what each text is stated to cost; `stop` is how a sentence ends, `closing` what texts.toml calls so.
    `about` is the place for what the page about our texts says in a few words; empty until a translator has written it.
    """

    name: str
    translator: str
    texts: Mapping[str, str]
    parts: Mapping[str, int]
    stop: str = ". "
    closing: Mapping[str, str] = field(default_factory=dict)
    about: str = ""


@cache
def everyone() -> Mapping[str, Tongue]:
    """Every language that has a file, by its code."""
    files = sorted(_FOLDER.glob("*.toml"))
    return {file.stem: Tongue(**tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def text(code: str, lang: str) -> str | None:
    """The text in this language; None where it has none."""
    tongue = everyone().get(lang)
    return tongue.texts.get(code) if tongue is not None else None


def closing(name: str, lang: str) -> str | None:
    """How a text of this language ends; None where the language does not say."""
    tongue = everyone().get(lang)
    return tongue.closing.get(name) if tongue is not None else None


def end_of_sentence(lang: str) -> str:
    """What stands between two sentences."""
    tongue = everyone().get(lang)
    return tongue.stop if tongue is not None else ". "
