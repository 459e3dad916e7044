"""What the words around a day say of it: refused, taken, "efter den", and which days are spoken of as one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from bot.conversation import calendar_words as words
from bot.conversation import dates
from bot.conversation.days import LATER_ON, PAST, WHICH_WEEK, Days

BOUNDARY = re.compile(
    r"[,.;!?\n]|(?<!\w)(?:men|fast|utan|but|however|istället|så|och|and|instead|annars|otherwise|för att|because)(?!\w)"
)


def read_days(line: str, today: date) -> list[Days]:
    """Every day or span in the line, in order, with what the line says of it."""
    found = _grouped(line, _within_weeks(line, dates.find_days(line, today)))
    moved = _from_and_to(line, found)
    return [_in_context(line, days, today) for days in moved]


def _clause_before(line: str, place: int) -> str:
    return BOUNDARY.split(line[:place])[-1]


def _clause_after(line: str, place: int) -> str:
    return BOUNDARY.split(line[place:], maxsplit=1)[0]


# ------------------------------------------------------------------- days that belong together

_OR = re.compile(r"[\s,]*(?:,|/|&|\+|eller|or|och|and|samt)?\s*(?:på|on|den|kanske|även|nu)?\s*")
_UNTIL = re.compile(r"\s*(?:-|–|till|to|tom|t\.?(?:o|och)\.?m\.?|till och med|through|thru|until)\s*(?:på|on|den)?\s*")
_BEGINS_BETWEEN = re.compile(r"(?<!\w)(?:mellan|between)\s+$")
_AND = re.compile(r"\s*(?:och|and|-)\s*")
_SETS_APART = re.compile(
    r"(?<!\w)(?:eller|or|inte|not|men|but|fast|utom|förutom|except|varken)(?!\w)|[.!?\n].*(?:\w+\s+){5}"
)
_GOES_ON = re.compile(r"\s*(?:$|[.!?]|(?:eller|or|och|and)(?!\w))")


def _within_weeks(line: str, found: Sequence[Days]) -> list[Days]:
    """ "Nästa vecka, helst onsdag" is that week's Wednesday, "i december, typ den 10" the tenth of December."""
    kept: list[Days] = []
    for days in found:
        if kept and kept[-1].ask == WHICH_WEEK and days.first in (kept[-1].first, kept[-1].either) and not days.ask:
            kept[-1] = replace(days, start=kept[-1].start)  # "nästa fredag, alltså den 4 dec"
            continue
        span = kept[-1] if kept and not kept[-1].is_day and not kept[-1].ask else None
        day = _day_within(span, days) if span else None
        if span is None or day is None or _SETS_APART.search(line[span.end : days.start]):
            kept.append(days)
        else:
            kept[-1] = replace(days, start=span.start, first=day, last=day, is_weekday=False, is_in_week=span.is_week)
    return kept


def _day_within(span: Days, days: Days) -> date | None:
    """The day of the span that is meant, when the second wording tells which."""
    if not days.is_day or days.ask:
        return None
    if span.is_week and days.is_weekday:
        return span.first + timedelta(days=days.first.weekday())
    return days.first if span.first <= days.first <= span.last else None


def _grouped(line: str, found: Sequence[Days]) -> list[Days]:
    """ "Mån-ons" is a span; "tors eller fre" covers both when the one follows on the other, else it is the first."""
    grouped: list[Days] = []
    for days in found:
        joined = _joined(line, grouped[-1], days) if grouped else None
        if joined:
            grouped[-1] = joined
        else:
            grouped.append(days)
    return grouped


def _joined(line: str, one: Days, other: Days) -> Days | None:
    between = line[one.end : other.start]
    if one.is_gone or other.is_gone or one.is_day != other.is_day:
        return None
    is_span = _UNTIL.fullmatch(between) or (_BEGINS_BETWEEN.search(line[: one.start]) and _AND.fullmatch(between))
    if is_span and one.is_day and not _is_moved(line, one):
        return _spanning(one, other)
    if not _OR.fullmatch(between):
        return None
    # "Inte tis, ons eller tors" against "inte tis, ons går bra".
    is_refused = between.strip() == "," and _NOT_BEFORE.search(_clause_before(line, one.start))
    if is_refused and not _GOES_ON.match(line, other.end):
        return None
    one, other = _in_one_week(one, other)
    follows = not one.ask and not other.ask and other.first - one.last == timedelta(days=1)
    last = other.last if follows else one.last
    return replace(one, end=other.end, last=last, is_list=True, is_week=False)


def _in_one_week(one: Days, other: Days) -> tuple[Days, Days]:
    """ "Tis eller ons nästa vecka", "nästa vecka tis eller ons": the week is that of both."""
    days_between = other.first.weekday() - one.first.weekday()
    if one.is_weekday and other.is_in_week and not one.ask:
        day = other.first - timedelta(days=days_between)
        return replace(one, first=day, last=day, is_weekday=False), other
    if one.is_in_week and other.is_weekday and not one.ask:
        day = one.first + timedelta(days=days_between)
        return one, replace(other, first=day, last=day)
    return one, other


def _spanning(one: Days, other: Days) -> Days:
    one, other = _in_one_week(one, other)
    last = other.first
    if other.is_weekday and last < one.first:
        last += timedelta(days=7)
    if last < one.first or other.ask:
        return replace(one, end=other.end, ask=one.ask or other.ask)
    return replace(one, end=other.end, last=last, is_day=False, is_weekday=False)


# ------------------------------------------------------------------------- a meeting that is moved

_MOVING = re.compile(words.MOVING)
_CORRECTS = re.compile(r"(?<!\w)(?:nej|nä|menar|menade|oj|hoppsan|rättelse|i mean|no)(?!\w)")
_TO = re.compile(r"(?<!\w)(?:till|to|mot)(?!\w)")


def _is_moved(line: str, days: Days) -> bool:
    return bool(_MOVING.search(line[: days.start]))


def _from_and_to(line: str, found: list[Days]) -> list[Days]:
    """ "Flytta från onsdag till fredag", "tors? nej fre": the first day is the one that does not suit."""
    if len(found) < 2:
        return found
    between = line[found[0].end : found[1].start]
    if not _CORRECTS.search(between) and not (_is_moved(line, found[0]) and _TO.search(between)):
        return found
    return [replace(found[0], is_negated=True), *found[1:]]


# ------------------------------------------------------------------------------- refused and taken

_NOT_BEFORE = re.compile(
    r"(?<!\w)(?:inte|aldrig|not|cant|dont|wont|never|ingen|isnt|varken|neither|utom|förutom|except|undvik|slipper|avoid)"
    r"(?:\s+(?!förrän|före|innan|until|before|senare|later)[^\W\d]+){0,3}\s*$"
)
_NOT_AFTER = re.compile(
    r"\s*(?:kl\s*)?(?:\d+\s*)?(?:går|funkar|fungerar|passar|kan|hinner|är|blir|works?|can|does|will|is|are|would)?"
    r"\s*(?:det|jag|vi|tyvärr|nog|i|that|it|lite|ganska|så|helt|rätt)?\s*(?<!\w)"
    r"(?:inte|doesnt|wont|isnt|cant|not|aldrig|bad|dåligt|dålig|kass|kasst|kört|omöjligt|impossible"
    r"|svårt|för tidigt|för sent|too early|too late)(?!\w)"
    r"(?!\s+(?:förrän|före|innan|until|before|efter|after|på|för tidigt|för sent|too|tidigt|sent|fm|em|kvällen|morgonen"
    r"|lunch|\d|kl))"
)
_RATHER_THAN = re.compile(
    r"(?<!\w)(?:än|than|istället för|instead of|bortsett från|apart from|but)\s+(?:på\s+|on\s+)?$"
)
_ALL_BUT = re.compile(r"(?<!\w)(?:any\w*|every\w*|all\w*)(?!\w).*(?<!\w)but\s+(?:on\s+)?$")
_BUSY = re.compile(words.BUSY)
# "Har fotboll på torsdag", but not "har tid på torsdag".
_HAS_SOMETHING = re.compile(
    r"(?<!\w)har (?!(?:tid|tider|ledigt|lunch|rast|hål|håltimme|lucka|möjlighet|inget|inte|ingen|inga|kollat|ni|du|vi"
    r"|man|jag|något|någon|lite|bara|bokat|öppet|fritt|för)(?!\w))[^\W\d]+ (?:på )?$"
)
_NOT_BUSY = re.compile(
    rf"(?<!\w)(?:inte|inga|ingen|inget|not|no|slutar|klar|efter|innan|före|after|before)\s+{words.BUSY}"
    rf"|{words.BUSY}\s+inte(?!\w)"
)
_BEST_BEFORE = re.compile(r"(?<!\w)(?:helst|hellre|preferably|rather|bäst|best|heller)\s+(?:på\s+|on\s+|nu\s+)*$")
_BEST_AFTER = re.compile(
    r"\s*(?:är|passar|funkar|går|vore|is|would be|works)?\s*(?:bäst|bättre|best|better|hellre)(?!\w)"
)


def _in_context(line: str, days: Days, today: date) -> Days:
    before, after = _clause_before(line, days.start), _clause_after(line, days.end)
    whole = before + " " + after
    is_free = bool(_NOT_BUSY.search(whole))
    refused = _NOT_BEFORE.search(before) or _NOT_AFTER.match(after)
    is_negated = days.is_negated or _is_instead(line, days) or bool(refused and not is_free)
    seen = replace(
        days, is_negated=is_negated, is_busy=not is_free and bool(_BUSY.search(whole) or _HAS_SOMETHING.search(before)),
        is_preferred=bool(_BEST_BEFORE.search(before) or _BEST_AFTER.match(after)),
    )  # fmt: skip
    return seen if days.is_gone or days.ask else _shifted(line, seen, today)


def _is_instead(line: str, days: Days) -> bool:
    before = line[: days.start]
    match = _RATHER_THAN.search(before)
    return match is not None and (not match[0].startswith("but") or _ALL_BUT.search(before) is not None)


# -------------------------------------------------------------------------- before a day, after it

_Shift = Callable[[Days, date], Days]


def _day_before(days: Days, _today: date) -> Days:
    day = days.first - timedelta(days=1)
    return replace(days, first=day, last=day, is_day=True)


def _day_after(days: Days, _today: date) -> Days:
    day = days.last + timedelta(days=1)
    return replace(days, first=day, last=day, is_day=True)


def _after(days: Days, _today: date) -> Days:
    """After a week or a weekend that is the week that follows, after a day the time that follows."""
    first = days.last + timedelta(days=1)
    is_whole_week = not days.is_day and first.weekday() == 0
    last = first + (timedelta(days=6) if is_whole_week else LATER_ON)
    return replace(days, first=first, last=last, is_day=False, is_week=is_whole_week)


def _from(days: Days, _today: date) -> Days:
    if not days.is_day and not days.is_week:
        return days
    return replace(days, last=max(days.last, days.first + LATER_ON), is_day=False, is_week=False)


def _until(days: Days, today: date) -> Days:
    return replace(days, first=min(today, days.first), is_day=False, is_week=False, is_weekday=False)


def _before(days: Days, today: date) -> Days:
    if days.first <= today:
        return replace(days, ask=PAST)
    return replace(days, first=today, last=days.first - timedelta(days=1), is_day=False, is_weekday=False)


def _unshifted(days: Days, _today: date) -> Days:
    return days


_NOT_YET = r"förrän|före|innan|until|before"
_BEFORE_A_DAY: Mapping[str, _Shift] = {
    r"(?:dan|dagen|day) (?:före|innan|before)": _day_before,
    r"(?:dan|dagen|day) (?:efter|after)": _day_after,
    rf"(?:inte|not|aldrig|cant)(?:\s\w+){{0,2}} (?:{_NOT_YET})": _unshifted,
    rf"(?:inte|not|cant)(?:\s(?!{_NOT_YET})\w+){{0,2}} (?:efter|after|senare än|later than)": _until,
    r"efter|after": _after,
    r"från|from|från och med|fr\.?(?:o|och)\.?m\.?|fom|starting|med start": _from,
    r"innan|före|before": _before,
    r"senast|by|fram till|until|t\.?(?:o|och)\.?m\.?|no later than|inom": _until,
}
# The first that fits, just before the day, decides.
_SHIFTS = [
    (re.compile(rf"(?<!\w)(?:{wording})\s+(?:på\s+|den\s+|the\s+|on\s+)*$"), shift)
    for wording, shift in _BEFORE_A_DAY.items()
]


def _shifted(line: str, days: Days, today: date) -> Days:
    before = line[: days.start]
    for wording, shift in _SHIFTS:
        if match := wording.search(before):
            moved = shift(days, today)
            is_negated = days.is_negated and shift is not _until
            return replace(moved, is_negated=is_negated, start=match.start() if moved is not days else days.start)
    return days
