"""The word check: what an automatic text must not say (stops) and had better not say (warnings), ux.md 4.8."""

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import cache
from pathlib import Path
from typing import Any, Literal

from outreach import wording

Level = Literal["stop", "warn"]
# A form is a pattern per word: ("hoppa*", "av").
_Form = tuple[re.Pattern[str], ...]
_Span = tuple[int, int]
# A first contact must also say how to stop; a reply answers what somebody just wrote and needs no sender.
Purpose = Literal["first_contact", "campaign", "reply"]

_WORD = re.compile(r"[^\W_]+")
_VARIABLE = re.compile(r"\{[^{}]*\}")
_SENDER_VARIABLE = re.compile(r"\{(enhet|namn|ambassador|kommun)\b[^{}]*\}")
_FULL_NAME_VARIABLE = re.compile(r"\{(efternamn|helt_namn|fullt_namn|personnummer)\b[^{}]*\}")
_WAY_TO_STOP = re.compile(r"\bSTOPP?\b|/stopp?\b")
_PERSONNUMMER = re.compile(
    r"(?<![\d+])(?P<century>1[89]|20)?\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|6[1-9]|[78]\d|9[01])"
    r"(?P<separator>[ ]?[-+–][ ]?|[ ])?[\dA-Z]\d{3}(?!\d)"
)
_LINK = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@.-])(?:[\w-]+\.)+(?P<ending>[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f]+")
_DATE_NEAR = re.compile(r"\s*(?:den\s+)?\d|\s*\{")
_FOLDED = str.maketrans("åäöéü", "aaoeu")


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark on a text: the words as they stand there, why they matter, and what to write instead."""

    level: Level
    words: str
    why: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class _Stop:
    word: str
    forms: tuple[_Form, ...]
    exceptions: tuple[_Form, ...]
    why: str
    suggestion: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the text, folded for comparison, and where it stands."""

    folded: str
    start: int
    end: int


def check_words(
    text: str,
    *,
    purpose: Purpose = "campaign",
    senders: Collection[str] = (),
    own_words: Iterable[str] = (),
    full_names: Iterable[str] = (),
    sensitive_places: Iterable[str] = (),
) -> list[Finding]:
    """Everything to remark on, stops first, then in the order of the text; empty when nothing is.

    `senders` are names that count as telling who writes (unit, staff), beside {enhet}, {namn}, {ambassador} and
    {kommun}. `own_words` is the unit's own stop list. `full_names` and `sensitive_places` must not occur in the text.
    """
    composed = unicodedata.normalize("NFC", text)
    stops = [
        *_stopped_words(composed, own_words),
        *_identities(composed, full_names),
        *_places(composed, sensitive_places),
        *_shortened_links(composed),
        *_lacking(composed, purpose, senders),
    ]
    return stops + list(_warnings(composed, purpose, senders))


def check_card(
    text: str,
    *,
    own_words: Iterable[str] = (),
    names: Collection[str] = (),
    sensitive_places: Iterable[str] = (),
) -> list[Finding]:
    """What must not stand on a postcard, which anybody in the stairwell can read: empty when nothing is to be changed.

    Stricter than for texts: school and why we write are stops too, pressure and emoji stop instead of warning, and no
    name may stand beside the address. `names` are first names and surnames, as they are spelt.
    """
    composed = unicodedata.normalize("NFC", text)
    words = _words(composed)
    found = [
        *_stopped_words(composed, own_words),
        *_stopped_words(composed, (), _stops("card_stop")),
        *_identities(composed, ()),
        *(Finding("stop", name, "Inget namn får stå på kortet utom i adressen.", "Ta bort namnet.")
          for name in _named(composed, words, names)),
        *_places(composed, sensitive_places),
        *_shortened_links(composed),
        *_pressure(composed, words),
        *(Finding("stop", match[0], "En emoji går inte att trycka.", "Ta bort den.") for match in
          _EMOJI.finditer(composed)),
    ]  # fmt: skip
    return [replace(finding, level="stop") for finding in found]


def _named(text: str, words: Sequence[_Word], names: Collection[str]) -> Iterator[str]:
    """Words that are spelt like one of the names. Where a sentence begins, every word has a capital: there it is a name
    only when it is called out ("Leila, …").
    """
    for word in words:
        as_written = text[word.start : word.end]
        begins = not (before := text[: word.start].rstrip()) or before[-1] in ".!?"
        if as_written in names and (not begins or text[word.end : word.end + 1] in (",", "!")):
            yield as_written


def holds_personnummer(text: str) -> bool:
    """Whether a personnummer stands in the text; the one thing that also stops what a human writes (ux §4.3)."""
    return any(_is_personnummer(match) for match in _PERSONNUMMER.finditer(unicodedata.normalize("NFC", text)))


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "word_check.toml").read_text(encoding="utf-8"))


@cache
def _stops(section: str = "stop") -> tuple[_Stop, ...]:
    lists = _lists()
    return tuple(
        _Stop(
            stop["word"], _forms(stop["forms"]), _forms(stop.get("but", ())),
            lists["why"][stop["kind"]], lists["suggestion"][stop["kind"]],
        )
        for stop in lists[section]
    )  # fmt: skip


@cache
def _own_stop(word: str) -> _Stop:
    return _Stop(word, _forms([f"*{word}*"]), (), "Ordet står på enhetens egen lista.", "Ta bort ordet.")


# ------------------------------------------------------------------ words and forms


def _fold(text: str) -> str:
    return text.casefold().translate(_FOLDED)


def _forms(lines: Iterable[str]) -> tuple[_Form, ...]:
    return tuple(tuple(re.compile(translate(part)) for part in _fold(line).split()) for line in lines)


def _words(text: str) -> list[_Word]:
    # Variables are blanked, not removed, so that places in the text stay the same.
    blanked = _VARIABLE.sub(lambda match: " " * len(match[0]), text)
    return [_Word(_fold(match[0]), match.start(), match.end()) for match in _WORD.finditer(blanked)]


def _fits(words: Sequence[_Word], form: _Form, at: int) -> bool:
    if not form[0].match(words[at].folded):
        return False
    here = words[at : at + len(form)]
    return len(here) == len(form) and all(part.match(word.folded) for part, word in zip(form, here, strict=True))


def _spans(words: Sequence[_Word], forms: Sequence[_Form], exceptions: Sequence[_Form] = ()) -> Iterator[_Span]:
    """Where in the text one of the forms stands and no exception does; each word once."""
    past = 0
    for at in range(len(words)):
        length = max((len(form) for form in forms if _fits(words, form, at)), default=0)
        if at >= past and length and not any(_fits(words, but, at) for but in exceptions):
            past = at + length
            yield words[at].start, words[past - 1].end


def _inside(words: Sequence[_Word], start: int, forms: Sequence[_Form]) -> bool:
    return any(first <= start < last for first, last in _spans(words, forms))


# ---------------------------------------------------------------------------- stops


def _stopped_words(
    text: str, own_words: Iterable[str], listed: Sequence[_Stop] | None = None
) -> Iterator[Finding]:  # fmt: skip
    words = _words(text)
    found: dict[int, Finding] = {}
    for stop in (*(_stops() if listed is None else listed), *(_own_stop(word) for word in own_words if word.strip())):
        for start, end in _spans(words, stop.forms, stop.exceptions):
            found.setdefault(start, Finding("stop", text[start:end], stop.why, stop.suggestion))
    yield from (found[start] for start in sorted(found))


def _identities(text: str, full_names: Iterable[str]) -> Iterator[Finding]:
    for match in _PERSONNUMMER.finditer(text):
        if _is_personnummer(match):
            yield Finding("stop", match[0], "Ett personnummer får aldrig stå i ett sms.", "Ta bort det.")
    for match in _FULL_NAME_VARIABLE.finditer(text):
        yield Finding("stop", match[0], "Helt namn pekar ut mottagaren.", "Använd {fornamn} eller inget namn.")
    for name in _contained(text, full_names):
        yield Finding("stop", name, "Helt namn pekar ut mottagaren.", "Skriv bara förnamnet, eller inget namn.")


def _is_personnummer(match: re.Match[str]) -> bool:
    """Ten digits in a row may be a mobile number (070-514 …): then only a right check digit tells."""
    digits = re.sub(r"\D", "", match[0])
    written_out = match["century"] or (match["separator"] or "").strip()
    return bool(written_out) or (len(digits) == 10 and _luhn(digits))


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def _places(text: str, sensitive_places: Iterable[str]) -> Iterator[Finding]:
    for place in _contained(text, sensitive_places):
        yield Finding("stop", place, "Platsen är märkt som känslig: bara en sorts verksamhet finns där.",
                      "Välj en neutral plats eller skriv den först när ni har kontakt.")  # fmt: skip


def _contained(text: str, phrases: Iterable[str]) -> Iterator[str]:
    words = [word.folded for word in _words(text)]
    line = f" {' '.join(words)} "
    for phrase in phrases:
        wanted = " ".join(word.folded for word in _words(phrase))
        if wanted and f" {wanted} " in line:
            yield phrase


def _shortened_links(text: str) -> Iterator[Finding]:
    shorteners = set(_lists()["links"]["shorteners"])
    for link in _links(text):
        if _host(link) in shorteners:
            yield Finding("stop", link, "En förkortad länk visar inte vart den leder.", "Skriv hela adressen.")


def _lacking(text: str, purpose: Purpose, senders: Collection[str]) -> Iterator[Finding]:
    if purpose == "reply":
        return
    if not _SENDER_VARIABLE.search(text) and not any(_contained(text, senders)):
        yield Finding("stop", "", "Det framgår inte vem som skriver.", "Börja till exempel med {enhet}, {kommun}.")
    if purpose == "first_contact" and not _WAY_TO_STOP.search(text):
        yield Finding("stop", "", "Första kontakten måste säga hur man slutar få sms.", "Lägg till STOPP=inga fler.")


# ------------------------------------------------------------------------- warnings


def _warnings(text: str, purpose: Purpose, senders: Collection[str]) -> Iterator[Finding]:
    words = _words(text)
    yield from _pressure(text, words)
    yield from _shape(text)
    yield from _capitals(text, senders)
    yield from _unclear_dates(text, words)
    if purpose == "first_contact":
        for link in _links(text):
            yield Finding("warn", link, "Många litar inte på länkar i ett första sms.", "Vänta tills någon frågar.")
    if _is_mixed(words):
        yield Finding("warn", "", "Texten blandar svenska och engelska.", "Dela upp den i två språkversioner.")


@cache
def _listed(section: str, key: str) -> tuple[_Form, ...]:
    return _forms(_lists()[section][key])


def _pressure(text: str, words: Sequence[_Word]) -> Iterator[Finding]:
    rule = _lists()["pressure"]
    for start, end in _spans(words, _listed("pressure", "forms")):
        if not _inside(words, start, _listed("pressure", "but")):
            yield Finding("warn", text[start:end], rule["why"], rule["suggestion"])


def _shape(text: str) -> Iterator[Finding]:
    if text.count("?") > 1:
        yield Finding("warn", "?", "Två frågor i samma sms får ofta inget svar.", "Ställ en fråga.")
    if text.count("!") > 1:
        yield Finding("warn", "!", "Flera utropstecken läses som tjat.", "Behåll högst ett.")
    if (parts := wording.measure(text).parts) > 2:
        yield Finding("warn", "", f"Texten blir {parts} delar.", "Korta den till högst 2 delar.")
    for match in _EMOJI.finditer(text):
        yield Finding("warn", match[0], "En emoji gör att färre tecken ryms, och kan misstolkas.", "Ta bort den.")


def _capitals(text: str, senders: Collection[str]) -> Iterator[Finding]:
    rule = _lists()["capitals"]
    allowed = {*rule["allowed"], *(word for sender in senders for word in sender.split())}
    for match in _WORD.finditer(_VARIABLE.sub(" ", text)):
        word = match[0]
        if len(word) > 1 and word.isalpha() and word.isupper() and word not in allowed:
            yield Finding("warn", word, rule["why"], rule["suggestion"])


def _unclear_dates(text: str, words: Sequence[_Word]) -> Iterator[Finding]:
    rule = _lists()["dates"]
    unclear, weekdays = _listed("dates", "unclear"), _listed("dates", "weekdays")
    for start, end in _spans(words, (*unclear, *weekdays)):
        if _inside(words, start, unclear) or not _DATE_NEAR.match(text, end):
            yield Finding("warn", text[start:end], rule["why"], rule["suggestion"])


def _is_mixed(words: Sequence[_Word]) -> bool:
    found = {word.folded for word in words}
    return all(len(found & {_fold(word) for word in own}) > 2 for own in _lists()["languages"].values())


def _links(text: str) -> Iterator[str]:
    endings = set(_lists()["links"]["endings"]) | {host.rpartition(".")[2] for host in _lists()["links"]["shorteners"]}
    for match in _LINK.finditer(text):
        if match["ending"] is None or match["ending"].lower() in endings:
            yield match[0].rstrip(".,!?)")


def _host(link: str) -> str:
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", link.lower())
    return re.split(r"[/?#:]", bare, maxsplit=1)[0]
