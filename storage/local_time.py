"""The wall clock that people live by: Europe/Stockholm, whatever the machine is set to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def local(moment: datetime) -> datetime:
    """The moment on the wall clock."""
    return moment.astimezone(STOCKHOLM)


def local_date(moment: datetime) -> date:
    """Which day it is in Stockholm."""
    return local(moment).date()


def age(birth_date: date, on: date) -> int:
    """Whole years; somebody born on 29 February turns a year older on 1 March in other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
