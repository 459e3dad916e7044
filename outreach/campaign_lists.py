"""The people behind every number of a campaign: what is counted and what is listed come from the same lines."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import storage.campaigns
import storage.trials
from outreach import campaign_answers, campaigns
from storage.campaigns import Campaign, Line
from storage.database import Session
from storage.local_time import local

# Answers that say the person wants to meet: a yes, or the choice of a time.
WANTS_TO_MEET = ("yes", "choose_option", "day_time", "reschedule")

# What is read by a human on the person's own page, and never becomes a field in a list (ux §5.4).
READ_ALONE = ("crisis", "struggling", "abuse", "my_data")
TO_A_HUMAN = "manniska"

_BY_STATE: dict[str, tuple[str, ...]] = {
    "skickade": ("sent", "delivered"),
    "levererade": ("delivered",),
    "vantar": ("queued", "sending"),
    "misslyckade": ("failed", "undelivered"),
    "okanda": ("unknown",),
    "inaktuella": ("expired",),
}


@dataclass(frozen=True, slots=True)
class Everybody:
    """Everybody in a campaign with what became of their text, and who booked because of it."""

    lines: Sequence[Line]
    booked: frozenset[int]
    now: datetime

    def picked(self, key: str) -> list[Line]:
        """The lines a number stands for; all of them for an unknown key."""
        fits = self._test(key)
        return [line for line in self.lines if fits(line)]

    def count(self, key: str) -> int:
        """The number itself."""
        return len(self.picked(key))

    def answers(self) -> dict[str, int]:
        """How many answered what, as it may stand in a list, the commonest first."""
        return dict(Counter(meaning(line.answer) for line in self.lines if line.answer).most_common())

    def by_hour(self) -> dict[int, int]:
        """How many answered in which hour of the day, from the first to the last hour with an answer."""
        counts = Counter(answered for line in self.lines if (answered := hour(line)) is not None)
        return {each: counts[each] for each in range(min(counts), max(counts) + 1)} if counts else {}

    def _test(self, key: str) -> Callable[[Line], bool]:
        group, _, which = key.partition(":")
        if group in _BY_STATE:
            return lambda line: _stands(line, group)
        tests: dict[str, Callable[[Line], bool]] = {
            "utan": lambda line: bool(why(line)) and which in ("", why(line)),
            "svarade": lambda line: bool(line.answer),
            "svar": lambda line: bool(line.answer) and meaning(line.answer) == which,
            "vill_ses": lambda line: line.answer in WANTS_TO_MEET or line.person_id in self.booked,
            "bokade": lambda line: line.person_id in self.booked,
            "utan_kvitto": self._is_silent,
            "timme": lambda line: hour(line) is not None and str(hour(line)) == which,
        }
        return tests.get(group, lambda line: True)

    def _is_silent(self, line: Line) -> bool:
        late = self.now - campaigns.RECEIPT_IS_LATE
        return line.state == "sent" and line.state_at is not None and line.state_at <= late


def hour(line: Line) -> int | None:
    """The hour of the day, by the clock on the wall, in which somebody first answered; None for those who have not."""
    return local(line.answered_at).hour if line.answer and line.answered_at is not None else None


def _stands(line: Line, group: str) -> bool:
    # Whoever waits for the choice after a pilot has no text yet, and waits like those whose text is queued.
    return line.state in _BY_STATE[group] or (group == "vantar" and line.withheld == storage.trials.AWAITS)


def meaning(answer: str) -> str:
    """The answer as it may stand in a list."""
    return TO_A_HUMAN if answer in READ_ALONE else answer


def why(line: Line) -> str:
    """Why the person got no text, by launch, by the gate or because it was taken back; empty for everybody else."""
    if line.withheld == storage.trials.AWAITS:
        return ""
    return line.withheld or (line.reason if line.state in ("withheld", "cancelled") else "")


def everybody(session: Session, campaign: Campaign, *, now: datetime) -> Everybody:
    """All lines of a campaign."""
    booked = campaign_answers.who_booked(session, campaign)
    return Everybody(storage.campaigns.lines(session, campaign.id), booked, now)
