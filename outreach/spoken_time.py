"""Days and hours as they are said in a text to a young person; each character counts there."""

from datetime import date, datetime, timedelta

from outreach import quiet_hours
from outreach.quiet_hours import STOCKHOLM

# Texts in these languages have days and hours in figures, which mean the same everywhere: 2026-11-26 14:00.
IN_FIGURES = ("ar", "so", "ti", "fa")
_SWEDISH = ("sv", "sv_easy", *IN_FIGURES)

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


def say_day(day: date, lang: str) -> str:
    """{dag}: "torsdag 24 september", "Thursday 24 September". An aware datetime means its day in Stockholm."""
    local = day.astimezone(STOCKHOLM) if isinstance(day, datetime) else day
    if lang in IN_FIGURES:
        return f"{local:%Y-%m-%d}"
    return f"{_WEEKDAYS[known(lang)][local.weekday()]} {local.day} {_MONTHS[known(lang)][local.month - 1]}"


def say_time(moment: datetime, lang: str) -> str:
    """{tid}: "torsdag 24 september kl. 14.00", "Thursday 24 September at 14.00"."""
    if lang in IN_FIGURES:
        return say_in_figures(moment)
    return f"{say_day(moment, lang)} {_at(moment, lang)}"


def say_short(moment: datetime, lang: str) -> str:
    """{tid_kort}, {t1}: "tis 24 nov kl. 14.00", "Tue 24 Nov 14.00"."""
    if lang in IN_FIGURES:
        return say_in_figures(moment)
    local, language = moment.astimezone(STOCKHOLM), known(lang)
    day = f"{_SHORT_WEEKDAYS[language][local.weekday()]} {local.day} {_MONTHS[language][local.month - 1][:3]}"
    return f"{day} {_at(moment, lang) if language == 'sv' else say_clock(moment)}"


def say_clock(moment: datetime) -> str:
    """{kl}: "14.00"."""
    return quiet_hours.say_clock(moment.astimezone(STOCKHOLM))


def say_relative_day(moment: datetime, now: datetime, lang: str) -> str:
    """{dag_rel}: "i morgon" the day before, else the weekday ("on Monday" in English)."""
    day, today = moment.astimezone(STOCKHOLM).date(), now.astimezone(STOCKHOLM).date()
    if lang in IN_FIGURES:
        return say_day(day, lang)
    if day == today + timedelta(days=1):
        return "i morgon" if known(lang) == "sv" else "tomorrow"
    weekday = _WEEKDAYS[known(lang)][day.weekday()]
    return weekday if known(lang) == "sv" else f"on {weekday}"


def say_deadline(moment: datetime, lang: str) -> str:
    """{frist}: "fredag kl. 14.00", "Friday at 14.00"."""
    if lang in IN_FIGURES:
        return say_in_figures(moment)
    weekday = _WEEKDAYS[known(lang)][moment.astimezone(STOCKHOLM).weekday()]
    return f"{weekday} {_at(moment, lang)}"


def say_in_figures(moment: datetime) -> str:
    """ "2026-11-26 14:00", on the wall clock: {svar_senast}, and every time in a language that has no words here."""
    return f"{moment.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"


def _at(moment: datetime, lang: str) -> str:
    return f"{'kl.' if known(lang) == 'sv' else 'at'} {say_clock(moment)}"


def known(lang: str) -> str:
    """Which text stands in for a language, the Swedish or the English: the English for one that has no texts at all."""
    return "sv" if lang in _SWEDISH else "en"
