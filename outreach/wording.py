"""The wording of a text: filling in its variables, and what its characters cost. Knows nothing of people or sending."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from outreach.errors import BadInput

# GSM 03.38: the default alphabet, and the extension table whose characters are sent as two.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

# Only typography is replaced, never a letter: a name keeps its spelling (ux.md 4.8).
REPLACEMENTS: Mapping[str, str] = {
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u201f": '"', "\u00ab": '"', "\u00bb": '"', "\u2033": '"',
    "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'", "\u2032": "'", "\u00b4": "'", "\u0060": "'",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2015": "-", "\u2212": "-",
    "\u2022": "-", "\u00b7": "-", "\u2026": "...", "\u00d7": "x",
    "\t": " ", "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ",
    "\u202f": " ", "\u3000": " ", "\u2028": "\n", "\u2029": "\n",
    "\u00ad": "", "\u200b": "", "\u200e": "", "\u200f": "", "\u2060": "", "\ufeff": "",
}  # fmt: skip

_VARIABLE = re.compile(r"\{(?P<name>\w+)(?:\|(?P<fallback>[^{}]*))?\}")
_LONE_BRACE = re.compile(r"[{}]")
_AT_SENTENCE_START = re.compile(r"(?:^|[.!?] )\{(\w+)\}")


class MissingValue(BadInput):
    """Texten har en variabel som saknar värde. Fyll i den eller ge den ett reservord."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Texten har variabeln {{{name}}} som saknar värde. Fyll i den eller ge den ett reservord.")
        self.name = name


class BrokenTemplate(BadInput):
    """Texten har en klammer som inte hör till någon variabel. Skriv till exempel {fornamn} eller ta bort klammern."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a text costs: `characters` as the network counts them, `parts` as the provider bills them."""

    encoding: str
    characters: int
    parts: int


@dataclass(frozen=True, slots=True)
class Forcing:
    """A character that forces the dear alphabet. `replacement` is None where the spelling must be kept."""

    character: str
    replacement: str | None


def variables(template: str) -> tuple[str, ...]:
    """The names of the variables, in the order they first occur."""
    return tuple(dict.fromkeys(match["name"] for match in _VARIABLE.finditer(template)))


def fill(template: str, values: Mapping[str, object]) -> str:
    """The template with its variables filled in; `{fornamn|du}` uses "du" where the value is missing or empty.

    Raises MissingValue for a variable without value and fallback, BrokenTemplate for a brace that is no variable.
    """
    if _LONE_BRACE.search(_VARIABLE.sub("", template)):
        raise BrokenTemplate
    # A decomposed å is two characters that look like one and double the price.
    return unicodedata.normalize("NFC", _VARIABLE.sub(lambda match: _value(match, values), template))


def fill_sentences(template: str, values: Mapping[str, object]) -> str:
    """As `fill`, where a value that begins a sentence gets a capital letter. Only what the template names is asked
    for.
    """
    first = set(_AT_SENTENCE_START.findall(template))
    named = {name: values.get(name) for name in variables(template)}
    begun = {name: _capital(str(value)) for name, value in named.items() if name in first and value is not None}
    return fill(template, {**named, **begun})


def _capital(value: str) -> str:
    return value[:1].upper() + value[1:]


def _value(match: re.Match[str], values: Mapping[str, object]) -> str:
    value = values.get(match["name"])
    if value is not None and str(value).strip():
        return str(value)
    if match["fallback"] is None:
        raise MissingValue(match["name"])
    return match["fallback"]


def measure(text: str) -> Size:
    """Encoding, characters and parts of the text as it is sent: 160 or 153 a part in GSM-7, 70 or 67 in UCS-2."""
    if is_gsm(text):
        return _size("GSM-7", [2 if character in GSM_EXTENSION else 1 for character in text], single=160, joined=153)
    return _size("UCS-2", [2 if ord(character) > 0xFFFF else 1 for character in text], single=70, joined=67)


def is_gsm(text: str) -> bool:
    """Whether every character is in GSM-7, so that a part holds 160."""
    return all(_is_gsm(character) for character in text)


def _is_gsm(character: str) -> bool:
    return character in GSM_BASIC or character in GSM_EXTENSION


def _size(encoding: str, widths: list[int], *, single: int, joined: int) -> Size:
    total = sum(widths)
    return Size(encoding, total, min(total, 1) if total <= single else _packed(widths, joined))


def _packed(widths: list[int], room: int) -> int:
    """Parts needed when a character of two units is never split between two parts."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def forcing_characters(text: str) -> tuple[Forcing, ...]:
    """The characters that force UCS-2, each once, in the order they occur; empty for a GSM-7 text."""
    outside = dict.fromkeys(character for character in text if not _is_gsm(character))
    return tuple(Forcing(character, REPLACEMENTS.get(character)) for character in outside)


def replace_forcing(text: str) -> str:
    """The one-press fix: typographic characters become plain ones, letters and emoji stay as they are."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(REPLACEMENTS.get(character, character) for character in composed)
