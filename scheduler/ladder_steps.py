"""The contact ladder by the clock: who comes on to it and leaves, birthdays, rests that end, and the texts of offices
that let them leave by themselves (ux §4.10).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import storage.ladder_clock
import storage.ladder_queue
import storage.ladders
import storage.people
from outreach import growing_up, ladder, ladder_rules, one_by_one
from outreach.gate import Rules
from outreach.ladder import Steps
from scheduler import ladder_texts
from scheduler.unasked import Say
from storage.database import Session
from storage.ladder_clock import Places
from storage.ladder_queue import LEFT
from storage.ladders import LadderPlace
from storage.local_time import STOCKHOLM, local_date
from storage.messages import Message

# So many of each kind at a time: thousands that fall due together must not hold up everybody who writes.
AT_ONCE = 500
JOB = "climb"


@dataclass(frozen=True, slots=True)
class _Round:
    """What every step of a run needs."""

    session: Session
    now: datetime
    steps: Steps

    def of(self, place: LadderPlace) -> Sequence[ladder_rules.Step]:
        """The steps of the office whose person this is."""
        return self.steps.of(storage.people.get(self.session, place.person_id).office_id)


def climb(session: Session, rules: Rules, now: datetime, say: Say) -> int:
    """Do what has come due on everybody's ladder; returns how much. Who comes on to it or leaves is bookkeeping, of
    which nothing follows but what is done here too: it is not counted.
    """
    done = growing_up.grow(session, now)
    ladder.settle(session, now)
    round_ = _Round(session, now, Steps(session))
    without_card = _without_last_card(session, now)
    done += one_by_one.each(session, without_card, lambda place: _give_closing_card(round_, place), job=JOB)
    for places, step in _work(now):
        rows = places.some(session, AT_ONCE)
        done += one_by_one.each(session, rows, lambda row, step=step: step(round_, row), job=JOB)  # type: ignore[misc]
    return done + ladder_texts.write_due(session, rules, now, say)


def is_due(session: Session, rules: Rules, now: datetime) -> bool:
    """Whether there is anything to do. Reads only."""
    if growing_up.anybody(session, now) or ladder.to_settle(session, now) or _without_last_card(session, now):
        return True
    return any(places.any(session) for places, _ in _work(now)) or ladder_texts.is_due(session, rules, now)


def next_due(session: Session, now: datetime) -> datetime | None:
    """When something next falls due that no human does."""
    clock, rules = storage.ladder_clock, ladder_rules
    birthday = growing_up.next_due(session, now)
    looked = clock.first_entered(session, "find_number", now - rules.LOOKS_FOR)
    moments = (
        *(clock.next_due(session, kind, now) for kind in clock.BY_ITSELF),
        _plus(clock.next_due(session, "reminder", now - rules.WAITS_FOR_REMINDER), rules.WAITS_FOR_REMINDER),
        _plus(looked, rules.LOOKS_FOR),
        clock.next_return(session, now),
        datetime.combine(birthday, time(), tzinfo=STOCKHOLM) if birthday is not None else None,
        ladder_texts.next_due(session, now),
    )
    return min((moment for moment in moments if moment is not None), default=None)


def _plus(moment: datetime | None, length: timedelta) -> datetime | None:
    return moment + length if moment is not None else None


Step = Callable[[_Round, Any], None]


def _work(now: datetime) -> Iterator[tuple[Places, Step]]:
    """Everything of which some may be due, in the order it is dealt with, and what is then done about each."""
    clock, rules = storage.ladder_clock, ladder_rules
    yield clock.over("rest", now), _rested
    yield clock.entered_before("find_number", now - rules.LOOKS_FOR), _give_up_number
    for kind in ("postcard", "closing_card"):
        yield clock.without_address(kind, now - rules.WAITS_FOR_ADDRESS), _passes("no_address")
    of_age = growing_up.years_before(local_date(now), rules.OF_AGE)
    yield clock.without_guardian(now, of_age), _passes("no_guardian")
    for kind in ("sms", "reminder"):
        yield clock.texted(kind, now), _told_of_text
    yield clock.over("reminder", now - rules.WAITS_FOR_REMINDER), _passes("no_reminder")


def _without_last_card(session: Session, now: datetime) -> list[LadderPlace]:
    """Who turns 20 so soon that a last card is next, and has had none (ux §4.10)."""
    soon = [person.id for person in growing_up.turning(session, now)]
    if not soon:
        return []
    had = storage.ladder_queue.with_event(session, "closing_card", soon)
    places = storage.ladders.places(session, [person_id for person_id in soon if person_id not in had])
    return [place for place in places.values() if place.state == "on" and place.kind != "closing_card"]


def _give_closing_card(round_: _Round, place: LadderPlace) -> None:
    ladder.turn_to_closing_card(round_.session, place, round_.now)


def _rested(round_: _Round, place: LadderPlace) -> None:
    ladder.begin_again(round_.session, place, round_.of(place), round_.now)


def _give_up_number(round_: _Round, place: LadderPlace) -> None:
    ladder.give_up_number(round_.session, place, round_.now, steps=round_.of(place))


def _passes(why: str) -> Step:
    def step(round_: _Round, place: LadderPlace) -> None:
        ladder.take(round_.session, place, "passed", round_.now, steps=round_.of(place), why=why)

    return step


def _told_of_text(round_: _Round, row: tuple[LadderPlace, Message]) -> None:
    place, text = row
    if text.state in LEFT:
        ladder.take(round_.session, place, "sent", round_.now, steps=round_.of(place), why=text.kind,
                    at=text.sent_at or text.claimed_at)  # fmt: skip
    elif place.kind == "reminder":
        # One reminder is written, and no other when it could not leave.
        ladder.take(round_.session, place, "passed", round_.now, steps=round_.of(place), why=text.reason or text.state)
    else:
        reason = text.reason if text.state == "withheld" else text.state
        ladder_texts.hold(round_.session, place, reason, round_.now, round_.of(place))
