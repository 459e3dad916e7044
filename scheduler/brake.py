"""The pace of one sender number within one process. The pace of a campaign is planned into `send_after`; this keeps it
when texts leave late and all at once, and when answers come between.
"""

# Calls are given their moments at most this many seconds ahead: a text that begins must not wait long for its call.
AHEAD = 0.25
# A little slower than asked for, so that no second of the provider's own holds one too many.
SLACK = 1.01


class Brake:
    """Hands out moments that lie a fixed gap apart; `per_second` 0 is no limit. Times are the event loop's seconds."""

    def __init__(self, per_second: float = 0.0) -> None:
        self._gap = SLACK / per_second if per_second else 0.0
        self._free_at = 0.0

    def room(self, now: float) -> int:
        """How many calls may begin now, or very soon."""
        if not self._gap:
            return 1_000_000
        return max(0, 1 + int((now + AHEAD - max(self._free_at, now)) / self._gap)) if self.wait(now) <= AHEAD else 0

    def take(self, count: int, now: float) -> list[float]:
        """How long each of these calls must wait, in seconds."""
        first = max(self._free_at, now)
        self._free_at = first + count * self._gap
        return [first - now + which * self._gap for which in range(count)]

    def wait(self, now: float) -> float:
        """How long until the next moment is free."""
        return max(0.0, self._free_at - now)
