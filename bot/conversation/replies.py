"""The sentences a young person can get, and how days and hours are worded in them. Decides nothing about sending."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from outreach import quiet_hours, wording
from outreach.quiet_hours import STOCKHOLM

CRISIS_CODES = ("CRISIS-18", "CRISIS-U18", "CRISIS-X", "CRISIS-V")

_AT_SENTENCE_START = re.compile(r"(?:^|[.!?] )\{(\w+)\}")
_WORK_FIRST = {"sv": ("jobb, plugg", "plugg, jobb"), "en": ("work, study", "study, work")}
_OFFERED = 3

# Own tables: Babel's abbreviations have full stops and four letters, and each character counts here.
_WEEKDAYS = {
    "sv": ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SHORT_WEEKDAYS = {
    "sv": ("mån", "tis", "ons", "tors", "fre", "lör", "sön"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "sv": ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november",
           "december"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip


# ------------------------------------------------------------------------- sentences


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


def codes() -> tuple[str, ...]:
    """The codes of ux.md 5.6, in its order."""
    return tuple(_data()["texts"])


def template(code: str, lang: str) -> str:
    """The text as written, variables in braces; any language but Swedish gets the English. KeyError: no such code."""
    text: str = _data()["texts"][code][_known(lang)]
    return text


def render(code: str, lang: str, values: Mapping[str, object], *, study_first: bool = False) -> str:
    """The text with its variables filled in; a value that begins a sentence gets a capital letter.

    `study_first` puts plugg before jobb, for those in school age (KAA). Raises wording.MissingValue.
    """
    text = template(code, lang)
    return _filled(text.replace(*_WORK_FIRST[_known(lang)]) if study_first else text, values)


def render_offer(code: str, lang: str, values: Mapping[str, object], count: int) -> str:
    """A text that offers numbered times ({t1} ...) when only the first `count` of them are free."""
    text = template(code, lang)
    for number in range(count + 1, _OFFERED + 1):
        text = text.replace(f" {number}) {{t{number}}}", "")
    return _filled(text, values)


def crisis(code: str, lang: str, values: Mapping[str, object], *, somebody_on_duty: bool) -> str:
    """A crisis text; with nobody on duty its last sentence says when it is read ({svarstid}) instead of by whom."""
    text = template(code, lang)
    if not somebody_on_duty:
        helplines, _, _ = text.rpartition(". ")
        text = f"{helplines}. {_data()['closing']['unstaffed'][_known(lang)]}"
    return _filled(text, values)


def automatic(text: str, lang: str) -> str:
    """The text followed by "Automatiskt svar.", as the first automatic reply to a person must be (ux.md 5.5)."""
    # A full stop after a link or a number could be read as part of it.
    gap = " " if text.endswith((".", "!", "?")) else "\n"
    return f"{text}{gap}{_data()['closing']['automatic'][_known(lang)]}"


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


def _filled(text: str, values: Mapping[str, object]) -> str:
    first = set(_AT_SENTENCE_START.findall(text))
    named = {name: values.get(name) for name in wording.variables(text)}
    begun = {name: _capital(str(value)) for name, value in named.items() if name in first and value is not None}
    return wording.fill(text, {**named, **begun})


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


def _capital(value: str) -> str:
    return value[:1].upper() + value[1:]


def _known(lang: str) -> str:
    return "sv" if lang == "sv" else "en"


# -------------------------------------------------------------------- days and hours


def say_day(day: date, lang: str) -> str:
    """{dag}: "torsdag 24 september", "Thursday 24 September". An aware datetime means its day in Stockholm."""
    local = day.astimezone(STOCKHOLM) if isinstance(day, datetime) else day
    return f"{_WEEKDAYS[_known(lang)][local.weekday()]} {local.day} {_MONTHS[_known(lang)][local.month - 1]}"


def say_time(moment: datetime, lang: str) -> str:
    """{tid}: "torsdag 24 september kl. 14.00", "Thursday 24 September at 14.00"."""
    return f"{say_day(moment, lang)} {_at(moment, lang)}"


def say_short(moment: datetime, lang: str) -> str:
    """{tid_kort}, {t1}: "tis 24 nov kl. 14.00", "Tue 24 Nov 14.00"."""
    local, language = moment.astimezone(STOCKHOLM), _known(lang)
    day = f"{_SHORT_WEEKDAYS[language][local.weekday()]} {local.day} {_MONTHS[language][local.month - 1][:3]}"
    return f"{day} {_at(moment, lang) if language == 'sv' else say_clock(moment)}"


def say_clock(moment: datetime) -> str:
    """{kl}: "14.00"."""
    return quiet_hours.say_clock(moment.astimezone(STOCKHOLM))


def say_relative_day(moment: datetime, now: datetime, lang: str) -> str:
    """{dag_rel}: "i morgon" the day before, else the weekday ("on Monday" in English)."""
    day, today = moment.astimezone(STOCKHOLM).date(), now.astimezone(STOCKHOLM).date()
    if day == today + timedelta(days=1):
        return "i morgon" if _known(lang) == "sv" else "tomorrow"
    weekday = _WEEKDAYS[_known(lang)][day.weekday()]
    return weekday if _known(lang) == "sv" else f"on {weekday}"


def say_deadline(moment: datetime, lang: str) -> str:
    """{frist}: "fredag kl. 14.00", "Friday at 14.00"."""
    weekday = _WEEKDAYS[_known(lang)][moment.astimezone(STOCKHOLM).weekday()]
    return f"{weekday} {_at(moment, lang)}"


def _at(moment: datetime, lang: str) -> str:
    return f"{'kl.' if _known(lang) == 'sv' else 'at'} {say_clock(moment)}"


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
        "svarstid": quiet_hours.answer_promise(meeting + timedelta(hours=5), lang=lang),
        "vaxel": "08-465 004 10",
        "tel": "08-465 004 11",
        "webb": "bjorkstad.se/unga",
        "kalla": source("öppen nummertjänst", lang),
        "n": "12",
        "timmar": "24",
        "bot": "brygga_bot",
        "kod": "k3Jq8ZtM1vXw5bRc",
    }
