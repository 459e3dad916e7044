"""The sentences a young person can get, and how days and hours are worded in them. Decides nothing about sending."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.conversation import tongues
from outreach import quiet_hours, wording
from outreach.spoken_time import known as _known
from outreach.spoken_time import say_clock as say_clock
from outreach.spoken_time import say_day as say_day
from outreach.spoken_time import say_deadline as say_deadline
from outreach.spoken_time import say_in_figures as say_in_figures
from outreach.spoken_time import say_relative_day as say_relative_day
from outreach.spoken_time import say_short as say_short
from outreach.spoken_time import say_time as say_time

CRISIS_CODES = ("CRISIS-18", "CRISIS-U18", "CRISIS-X", "CRISIS-V")

_WORK_FIRST = {"sv": ("jobb, plugg", "plugg, jobb"), "en": ("work, study", "study, work")}
_OFFERED = 3


# ------------------------------------------------------------------------- sentences


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def codes() -> tuple[str, ...]:
    """The codes of ux.md 5.6, in its order."""
    return tuple(_data()["texts"])


def languages_of(code: str) -> tuple[str, ...]:
    """The languages that have a text of their own, switched on or not: Swedish and English first."""
    return ("sv", "en", *(lang for lang in tongues.everyone() if tongues.text(code, lang)))


def said_in(code: str, lang: str) -> str:
    """The language this text is said in to somebody who is answered in that one: a language without the text gets the
    Swedish (see `tongues`), one that has no texts at all the English.
    """
    return lang if tongues.text(code, lang) else _known(lang)


def template(code: str, lang: str, own: str = "") -> str:
    """The text as written, variables in braces: the municipality's own wording where it has one. One that names what
    nobody fills in here any longer is passed over, so that a text always leaves. KeyError: no such code.
    """
    shared: Mapping[str, str] = _data()["texts"][code]
    product = tongues.text(code, lang) or shared[_known(lang)]
    return own if own and set(wording.variables(own)) <= set(wording.variables(product)) else product


def render(
    code: str, lang: str, values: Mapping[str, object], *, study_first: bool = False,
    numbers: Mapping[str, str] | None = None, own: str = "",
) -> str:  # fmt: skip
    """The text with its variables filled in; a value that begins a sentence gets a capital letter.

    `study_first` puts plugg before jobb, for those in school age (KAA). `numbers` are help lines that have another
    number than the one the text was written with: old -> new. `own` is the municipality's wording. Raises
    wording.MissingValue.
    """
    text = _with_numbers(template(code, lang, own), numbers or {})
    return wording.fill_sentences(text.replace(*_WORK_FIRST[_known(lang)]) if study_first else text, values)


def render_offer(code: str, lang: str, values: Mapping[str, object], count: int, own: str = "") -> str:
    """A text that offers numbered times ({t1} ...) when only the first `count` of them are free."""
    text = template(code, lang, own)
    for number in range(count + 1, _OFFERED + 1):
        text = text.replace(f" {number}) {{t{number}}}", "")
    return wording.fill_sentences(text, values)


def crisis(
    code: str, lang: str, values: Mapping[str, object], *, somebody_on_duty: bool,
    numbers: Mapping[str, str] | None = None, own: str = "",
) -> str:  # fmt: skip
    """A crisis text; with nobody on duty its last sentence says when it is read ({svarstid}) instead of by whom.

    `numbers` are help lines that have another number than the one the text was written with: old -> new.
    """
    text = _with_numbers(template(code, lang, own), numbers or {})
    if not somebody_on_duty:
        stop = tongues.end_of_sentence(lang)
        helplines, _, _ = text.rpartition(stop)
        text = f"{helplines}{stop}{_closing('unstaffed', lang)}"
    return wording.fill_sentences(text, values)


def _with_numbers(text: str, numbers: Mapping[str, str]) -> str:
    # All at once: a new number may look like another line's old one.
    old = "|".join(re.escape(number) for number in sorted(numbers, key=len, reverse=True))
    return re.sub(rf"(?<!\d)(?:{old})(?!\d)", lambda found: numbers[found[0]], text) if numbers else text


def automatic(text: str, lang: str) -> str:
    """The text followed by "Automatiskt svar.", as the first automatic reply to a person must be (ux.md 5.5)."""
    # A full stop after a link or a number could be read as part of it.
    gap = " " if text.endswith((".", "!", "?")) else "\n"
    return f"{text}{gap}{_closing('automatic', lang)}"


def _closing(name: str, lang: str) -> str:
    return tongues.closing(name, lang) or str(_data()["closing"][name][_known(lang)])


def buttons(code: str, lang: str, times: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What Telegram shows under the text (ux.md 5.8); a press is read as if it had been written.

    `times` are the offered times ({t1} ...), each a button of its own.
    """
    data, language = _data(), _known(lang)
    own = [label for group in data["buttons"] if code in group["codes"] for label in group[language]]
    shown = [(times or {}).get(label.strip("{}"), "") if label.startswith("{") else label for label in own]
    human = data["human_button"]
    return tuple(label for label in (*shown, "" if code in human["not_with"] else human[language]) if label)


def source(recorded: str, lang: str) -> str:
    """{kalla}: a number's recorded source in words that reveal nothing; an unknown source is the municipality's own."""
    words: Mapping[str, Mapping[str, str]] = _data()["sources"]
    return words.get(recorded, words[""])[_known(lang)]


class OnDemand(Mapping[str, object]):
    """Values for a text that are looked up only when the text names them."""

    def __init__(self, ways: Mapping[str, Callable[[], object]]) -> None:
        self._ways = ways

    def __getitem__(self, name: str) -> object:
        return self._ways[name]()

    def __contains__(self, name: object) -> bool:
        return name in self._ways

    def __iter__(self) -> Iterator[str]:
        return iter(self._ways)

    def __len__(self) -> int:
        return len(self._ways)


# ----------------------------------------------------------------------- long values


def long_values(lang: str) -> dict[str, str]:
    """The long real values that the sizes in ux.md 5.6 are counted with."""
    swedish = _known(lang) == "sv"
    meeting = datetime(2026, 9, 24, 12, tzinfo=UTC)
    day_after, after_weekend = meeting + timedelta(days=1), meeting + timedelta(days=4)
    return {
        "enhet": "Jobbtorg Norra",
        "kommun": "Björkstads kommun" if swedish else "Björkstad municipality",
        "fornamn": "Alexandra",
        "namn": "Alexandra",
        "ambassador": "Mohammed",
        "plats": "Ungdomens hus, Björkgatan 2, vån 3",
        "amne": "jobb och framtid" if swedish else "work and your next steps",
        "tid": say_time(meeting, lang),
        "tid2": say_time(meeting, lang),
        "tid_kort": say_short(meeting, lang),
        "t1": say_short(meeting, lang),
        "t2": say_short(day_after, lang),
        "t3": say_short(after_weekend, lang),
        "dag": say_day(meeting, lang),
        "dag_rel": say_relative_day(meeting, meeting - timedelta(days=1), lang),
        "kl": say_clock(meeting),
        "frist": say_deadline(day_after, lang),
        "svarstid": quiet_hours.answer_promise(meeting + timedelta(hours=5), lang=_known(lang)),
        "svar_senast": say_in_figures(meeting + timedelta(hours=5)),
        "vaxel": "08-465 004 10",
        "tel": "08-465 004 11",
        "webb": "bjorkstad.se/unga",
        "kalla": source("öppen nummertjänst", lang),
        "n": "12",
        "timmar": "24",
        "bot": "brygga_bot",
        "kod": "k3Jq8ZtM1vXw5bRc",
    }
