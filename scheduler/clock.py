"""The only place that asks what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Something that knows the time."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)


class MovableClock:
    """Real time plus an offset, so that reminders and ladders can be tried in an afternoon (practice mode only).

    The offset is kept outside (`load`, `save`), because several processes must agree on what time it is.
    """

    def __init__(self, load: Callable[[], timedelta], save: Callable[[timedelta], None]) -> None:
        self._load = load
        self._save = save
        self._real = SystemClock()

    def now(self) -> datetime:
        """This moment plus the offset, aware, in UTC."""
        return self._real.now() + self._load()

    def set(self, moment: datetime) -> None:
        """Move to a moment; time goes on from there."""
        self._save(moment - self._real.now())

    def reset(self) -> None:
        """Back to real time."""
        self._save(timedelta())

    def offset(self) -> timedelta:
        """How far the clock has been moved."""
        return self._load()
