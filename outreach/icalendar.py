"""Lines of a calendar file (iCalendar, RFC 5545). Pure: words in, words out."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

# RFC 5545 §3.1: no line is longer than this many bytes; the rest goes on after a line break and a space.
LONGEST_LINE = 75
MEDIA_TYPE = "text/calendar; charset=utf-8"
ZONE = "Europe/Stockholm"
# The rule that has held since 1996 and holds in the zone's own database: the last Sundays of March and October.
STOCKHOLM = (
    "BEGIN:VTIMEZONE", f"TZID:{ZONE}",
    "BEGIN:DAYLIGHT", "TZNAME:CEST", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "DTSTART:19960331T020000",
    "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
    "BEGIN:STANDARD", "TZNAME:CET", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "DTSTART:19961027T030000",
    "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD",
    "END:VTIMEZONE",
)  # fmt: skip


def file(lines: Iterable[str]) -> str:
    """The lines as they are sent: folded, each ended as the standard wants."""
    return "".join(f"{folded}\r\n" for line in lines for folded in fold(line))


def utc(moment: datetime) -> str:
    """A moment as 20261203T160000Z."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def text(words: str) -> str:
    """Words as a value of text, in which some letters mean something else (RFC 5545 §3.3.11)."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> Iterator[str]:
    """The line in parts of at most 75 bytes, never inside a letter; every part but the first begins with a space."""
    part, size = "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + width
    yield part
