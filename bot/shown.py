"""How dates, times, numbers and money are written for people: the Jinja filters of every page (ux.md §1.2).

Pure functions. Moments arrive as aware datetimes in any zone and are shown in Swedish wall-clock time;
whoever needs to know what time it is passes `now`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NO_BREAK = "\u00a0"

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)


def _local_day(moment: date | datetime) -> date:
    """The Stockholm date of a moment; a plain date is already one."""
    if isinstance(moment, datetime):
        return moment.astimezone(STOCKHOLM).date()
    return moment


def date_text(moment: date | datetime) -> str:
    """tisdag 24 november 2026"""
    day = _local_day(moment)
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def date_table(moment: date | datetime) -> str:
    """2026-11-24"""
    return _local_day(moment).isoformat()


def time_text(moment: datetime, *, table: bool = False) -> str:
    """14.00; in running text 9.00, in a table always four digits: 09.00"""
    local = moment.astimezone(STOCKHOLM)
    hour = f"{local.hour:02d}" if table else str(local.hour)
    return f"{hour}.{local.minute:02d}"


def week(moment: date | datetime) -> str:
    """v. 48 (ISO week)"""
    return f"v.{NO_BREAK}{_local_day(moment).isocalendar().week}"


def relative_day(moment: date | datetime, now: datetime) -> str:
    """i dag, i morgon, i går, the weekday up to six days away, else the date.

    A weekday that has been reads "i tisdags"; one to come reads "på fredag".
    """
    day, today = _local_day(moment), _local_day(now)
    distance = (day - today).days
    near = {0: "i dag", 1: "i morgon", -1: "i går"}
    if distance in near:
        return near[distance]
    if 2 <= distance <= 6:
        return f"på {WEEKDAYS[day.weekday()]}"
    if -6 <= distance <= -2:
        return f"i {WEEKDAYS[day.weekday()]}s"
    month = MONTHS[day.month - 1]
    return f"{day.day} {month}" if day.year == today.year else f"{day.day} {month} {day.year}"


def number(value: Decimal | float) -> str:
    """1 250 and 54,3: thousands apart by a no-break space, decimal comma."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    whole, _, decimals = f"{abs(value):,}".partition(".")
    sign = "−" if value < 0 else ""
    return sign + whole.replace(",", NO_BREAK) + (f",{decimals}" if decimals else "")


def small_number(value: int) -> str:
    """tre dagar, but 13 dagar: words to twelve, as in running text."""
    words = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")
    return words[value] if 0 <= value < len(words) else number(value)


def money(value: Decimal | float, *, unit: bool = True) -> str:
    """0,52 kr; without the unit in a table column whose head names it."""
    amount = number(Decimal(str(value)).quantize(Decimal("0.01")))
    return f"{amount}{NO_BREAK}kr" if unit else amount


def percent(share: Decimal | float, decimals: int = 1) -> str:
    """54,3 %: of a share between 0 and 1, with the space Swedish puts before the sign."""
    rounded = (Decimal(str(share)) * 100).quantize(Decimal(1).scaleb(-decimals))
    return f"{number(rounded)}{NO_BREAK}%"


def age(birth: date, today: date | datetime) -> int:
    """Whole years; somebody born on 29 February has the birthday on 1 March in other years."""
    day = _local_day(today)
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def waited(minutes: float) -> str:
    """How long somebody has waited, in words: 40 min, 3 tim, 2 arbetsdagar (of eight hours)."""
    whole = int(minutes)
    if whole < 60:
        return f"{max(whole, 0)}{NO_BREAK}min"
    if whole < 8 * 60:
        return f"{whole // 60}{NO_BREAK}tim"
    days = whole // (8 * 60)
    return "1 arbetsdag" if days == 1 else f"{days} arbetsdagar"


def days_between(earlier: date | datetime, later: date | datetime) -> int:
    """Calendar days in Stockholm from the first to the second."""
    return (_local_day(later) - _local_day(earlier)) // timedelta(days=1)


FILTERS: dict[str, Callable[..., object]] = {
    "date_text": date_text,
    "date_table": date_table,
    "time_text": time_text,
    "relative_day": relative_day,
    "week": week,
    "number": number,
    "money": money,
    "percent": percent,
    "age": age,
    "waited": waited,
}
