"""What a municipality's own wording of a text must keep, so that what people answer still means the same (ux §5.6): its
variables, its numbered choices, the words that can be answered with, and in an acute state the help lines. Beside that
what the word check says, what the text costs, and whether it can be read aloud.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.conversation import replies, tongues
from outreach import help_lines, word_check, wording
from outreach.errors import BadInput
from outreach.word_check import Finding
from outreach.wording import Size

# A longer text is not read further; two parts hold 306 characters.
LONGEST = 1000
MOST_PARTS = 2
# The most words of a sentence: fifteen on average is the aim (ux §1.1), and eight the limit of plain Swedish (§5.6).
LONGEST_SENTENCE, LONGEST_EASY = 20, 8
# The half of a text that a municipality may leave out (ux §5.6: "the second half is optional").
_OPTIONAL = {"NO-OK": ("JOBB", "PLUGG", "WORK", "STUDY")}
# What a text says as well without: a name that is not always known, an address, what the meeting is about.
_MAY_GO = ("fornamn", "webb", "amne")
_ANSWERS = re.compile(r"\+1\b|/stopp?\b|\b[A-ZÅÄÖ]{2,}\b")
_CHOICES = re.compile(r"1\) (?:\{t1\}(?: \d\) \{t\d\})*|[^.?!؟።]+)")
_NUMBERED = re.compile(r"(?<!\d)\d\) ")
_SPOKEN = re.compile(r"\{\w+\}|[^\W\d_][\w'-]*|\d[\d.:-]*(?!\))")
_SENTENCE_END = re.compile(r"(?<!\bkl)(?<!\bnr)(?<!\bno)[.!?؟።]+(?:\s+|$)")
_CARE = (*replies.CRISIS_CODES, "HURT")


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that are about the same thing, each with when it is said."""

    name: str
    when: Mapping[str, str]


@cache
def _uses() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "text_uses.toml").read_text(encoding="utf-8"))


@cache
def groups() -> Sequence[Group]:
    """Every text, by what it is about."""
    return tuple(Group(**one) for one in _uses()["groups"])


def when(code: str) -> str:
    """When this text is said; the code itself for one that there is no longer."""
    return next((group.when[code] for group in groups() if code in group.when), code)


def fixed(code: str) -> str:
    """Why this text cannot be worded anew; empty where it can."""
    return str(_uses()["fixed"].get(code, ""))


def tidy(text: str) -> str:
    """The text as it is kept: on one line, without space around it."""
    return " ".join(text[:LONGEST].split())


def check(code: str, lang: str, text: str, *, sensitive_places: Iterable[str] = ()) -> list[Finding]:
    """Everything to remark on in an own wording, what stops it first; empty when nothing is."""
    product = replies.template(code, lang)
    broken = [*_broken(code, lang, text, product)]
    if broken:
        return broken
    purpose: word_check.Purpose = "first_contact" if code.startswith("INV") else "reply"
    words = word_check.check_words(text, purpose=purpose, sensitive_places=sensitive_places)
    found = [*_dear(code, lang, text), *words, *_long_sentences(lang, text), *_turned_words(text, product)]
    return sorted(_once(found), key=lambda finding: finding.level)


def size(lang: str, text: str) -> Size:
    """What the text costs with the long values of ux §5.6. Raises BadInput for a variable that is none."""
    return wording.measure(wording.fill_sentences(text, replies.long_values(lang)))


def read_aloud(text: str) -> Sequence[int]:
    """The words of each sentence; a variable counts as one."""
    return [words for words in (_words(sentence) for sentence in _SENTENCE_END.split(text)) if words]


def _words(sentence: str) -> int:
    return len(_SPOKEN.findall(sentence))


def _once(found: Iterable[Finding]) -> Iterator[Finding]:
    # The word check warns of parts too; what is said here is the whole of it.
    yield from (one for one in found if not one.why.startswith("Texten blir ") or one.level == "stop" or one.words)


# --------------------------------------------------------------------------- what stops


def _broken(code: str, lang: str, text: str, product: str) -> Iterator[Finding]:
    """What would make the text unsayable, or an answer to it mean something else."""
    if not text:
        yield _stop("", "Skriv en text.", "Vill ni ha produktens text tar ni tillbaka den här nedanför.")
        return
    yield from _variables(text, product)
    yield from _choices(text, product)
    yield from _answers(code, text, product)
    if code in _CARE:
        yield from _help(code, lang, text, product)


def _variables(text: str, product: str) -> Iterator[Finding]:
    known = wording.variables(product)
    try:
        wording.fill(text, dict.fromkeys((*known, *wording.variables(text)), "x"))
    except BadInput as error:
        yield _stop("", error.sentence, "")
        return
    for name in wording.variables(text):
        if name not in known:
            may = f"Den här texten kan ha {_listed(known)}." if known else "Den här texten har inga variabler."
            yield _stop(f"{{{name}}}", "Variabeln finns inte i den här texten.", may)
    for name in known:
        if name not in (*wording.variables(text), *_MAY_GO):
            yield _stop(f"{{{name}}}", "Variabeln måste stå kvar: utan den saknas något som personen behöver.",
                        "Skriv in den igen.")  # fmt: skip


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)


def _choices(text: str, product: str) -> Iterator[Finding]:
    found = _CHOICES.search(product)
    choices = found[0].strip() if found is not None else ""
    if choices not in text:
        yield _stop(choices, "Valen måste stå kvar ord för ord och i samma ordning: svaret läses som en siffra.",
                    "Skriv om det som står före och efter.")  # fmt: skip
    elif _NUMBERED.search(text.replace(choices, "", 1)):
        yield _stop("", "Texten har fler numrerade val än automaten kan läsa.", "Ta bort de nya siffrorna.")


def _answers(code: str, text: str, product: str) -> Iterator[Finding]:
    wanted = dict.fromkeys(_ANSWERS.findall(_bare(product)))
    has = set(_ANSWERS.findall(_bare(text)))
    for word in wanted:
        if word not in has and word not in _OPTIONAL.get(code, ()):
            yield _stop(word, "Svarsordet måste stå kvar: annars vet ingen att det går att svara så.",
                        "Skriv in det med stora bokstäver.")  # fmt: skip


def _bare(text: str) -> str:
    return re.sub(r"\{[^{}]*\}", " ", text)


def _help(code: str, lang: str, text: str, product: str) -> Iterator[Finding]:
    """The help lines, and in the crisis texts the last sentence, which alone is changed while nobody is on duty."""
    in_crisis = code in replies.CRISIS_CODES
    before, _, last = text.rpartition(tongues.end_of_sentence(lang)) if in_crisis else (text, "", "")
    for number in _numbers(product):
        if number not in _numbers(text):
            yield _stop(number, "Hjälplinjens nummer måste stå kvar som det är skrivet.",
                        "Har linjen fått ett nytt nummer ändrar ni det under Jour och hjälplinjer.")  # fmt: skip
        elif number not in _numbers(before):
            yield _stop(number, "Hjälplinjerna får inte stå i den sista meningen: den byts när ingen har jour.",
                        "Flytta numret längre fram.")  # fmt: skip
    if in_crisis and ("{namn}" in before or "{namn}" not in last):
        yield _stop("{namn}", "Den sista meningen, och bara den, ska säga vem som får veta: utan jour byts den.",
                    "Avsluta texten med en egen mening om {namn}.")  # fmt: skip


def _numbers(text: str) -> Collection[str]:
    numbers = [number for _, number, *_ in help_lines.DEFAULTS]
    return [number for number in numbers if re.search(rf"(?<!\d){re.escape(number)}(?!\d)", text)]


def _dear(code: str, lang: str, text: str) -> Iterator[Finding]:
    own, product = size(lang, text), size(lang, replies.template(code, lang))
    if own.encoding != product.encoding:
        for forcing in wording.forcing_characters(text):
            plain = f"Skriv {forcing.replacement} i stället." if forcing.replacement else "Ta bort det om det går."
            yield Finding("warn", forcing.character, "Tecknet gör att färre tecken ryms i sms:et.", plain)
    most = max(MOST_PARTS, product.parts)
    if own.parts > most:
        yield _stop("", f"Texten blir {own.parts} delar med långa namn och platser.", f"Korta den till högst {most}.")
    elif own.parts > product.parts:
        yield Finding("warn", "texten", f"Den blir {own.parts} delar och kostar mer än produktens, som är en del.", "")


# --------------------------------------------------------------------------- what is said besides


def _long_sentences(lang: str, text: str) -> Iterator[Finding]:
    most = LONGEST_EASY if lang == "sv_easy" else LONGEST_SENTENCE
    for sentence in _SENTENCE_END.split(text):
        if (words := _words(sentence)) > most:
            yield Finding("warn", sentence.strip(), f"Meningen har {words} ord och är svår att läsa högt.",
                          f"Dela den, så att ingen har fler än {most}.")  # fmt: skip


def _turned_words(text: str, product: str) -> Iterator[Finding]:
    for first in ("jobb, plugg", "work, study"):
        if first in product and first not in text:
            yield Finding("warn", first, "Till den som är under 20 vänder vi på orden. Det går inte utan dem.",
                          "Skriv dem så, om det passar.")  # fmt: skip


def _stop(words: str, why: str, suggestion: str) -> Finding:
    return Finding("stop", words, why, suggestion)
