"""Ordlista: the words of the console in Swedish and English, each with one sentence that says what it means here
(ux §4.16).
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from bot import requests
from bot.console import settings_tabs
from bot.requests import Ask, Reading

routes = APIRouter(include_in_schema=False)
HERE = settings_tabs.PAGES["Ordlista"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it means, in both languages."""

    sv: str
    en: str
    sv_means: str
    en_means: str

    def holds(self, sought: str) -> bool:
        """Whether any of it has these letters."""
        return any(sought in said.casefold() for said in (self.sv, self.en, self.sv_means, self.en_means))


@cache
def words() -> Sequence[Word]:
    """Every word, in the order of the Swedish alphabet."""
    data = tomllib.loads((Path(__file__).parent / "glossary.toml").read_text(encoding="utf-8"))
    return tuple(sorted((Word(**one) for one in data["words"]), key=_in_swedish))


def _in_swedish(word: Word) -> str:
    # å, ä and ö are the last letters, in that order.
    return word.sv.casefold().translate(str.maketrans("åäö", "{|}"))


@routes.get(HERE)
def page(ask: Reading, sok: str = "") -> Response:
    """The words, or those that hold what is sought; for everybody who works here."""
    sought = " ".join(sok.split())[:60]
    found = [word for word in words() if word.holds(sought.casefold())]
    data = {"tabs": _tabs(ask), "words": found, "all": len(words()), "sought": sought}
    return requests.page(ask, "installningar_ordlista.html", title="Ordlista", s=data)


def _tabs(ask: Ask) -> list[dict[str, object]]:
    return settings_tabs.tabs(HERE) if ask.who.may("settings") else []
