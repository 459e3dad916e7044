"""The timetable: every job's name, how often it runs, and the function. Who calls them (APScheduler, a queue, a
script) is no concern of theirs; due columns in the tables say what is due, so a lost tick costs at most a tick. A tick
with nothing due holds nobody up: jobs look before they write.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import pairwise
from math import inf

import anyio.to_thread

import storage.alerts
import storage.campaigns
import storage.gatherings
import storage.inbound
import storage.meetings
import storage.messages
import storage.offers
import storage.reminders
from outreach import alerts, laying_out, leaving, selections
from outreach.gathering_news import Write
from scheduler import (
    encouragement,
    follow_ups,
    gatherings,
    housekeeping,
    imports,
    ladder_steps,
    missed,
    promises,
    reconcile,
    reminders,
    sending,
    silence,
    starts,
    watching,
)  # fmt: skip
from scheduler.sending import Sender
from scheduler.unasked import Say
from storage.database import Session

# Jobs that run every second, every minute, and more seldom.
PACES = (0, 1, 60, inf)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by itself; `run` returns how much it dealt with, 0 when nothing was due."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[int]]


Step = Callable[[Session, datetime], int]


@dataclass(frozen=True, slots=True)
class WhenDue:
    """A job that is one transaction, begun only when something is due: one that finds nothing to do would hold up
    everybody else who writes. Only the truth of what `due` returns counts. It may find what the step then leaves alone;
    it must find whatever the step would deal with.
    """

    sender: Sender
    due: Callable[[Session, datetime], object]
    step: Step

    async def __call__(self) -> int:
        """Look, and take the step when something is due; returns how much was dealt with."""
        return await anyio.to_thread.run_sync(self._look_and_take)

    def _look_and_take(self) -> int:
        with self.sender.database.read() as session:
            if not self.due(session, self.sender.clock.now()):
                return 0
        with self.sender.database.write() as session:
            return self.step(session, self.sender.clock.now())


# Reads what has come in, in transactions of its own; returns how much there was.
ReadTexts = Callable[[datetime], int]


def timetable(
    sender: Sender, read_texts: ReadTexts, write_reminder: reminders.Write, say: Say, write_news: Write
) -> Sequence[Job]:
    """All jobs, in the order they should run when everything is due at once: what came in before what goes out."""
    rules, when = sender.rules, partial(WhenDue, sender)
    running = partial(when, watching.running)
    carrier = imports.Carrier(sender.database, sender.clock)
    return (
        Job("settle_stuck", 5, when(reconcile.any_stuck, reconcile.settle_stuck)),
        Job("read_texts", 1, lambda: anyio.to_thread.run_sync(read_texts, sender.clock.now())),
        Job("remind", 5, when(storage.reminders.due, partial(reminders.remind_due, write=write_reminder))),
        Job(
            "start_campaigns",
            2,
            when(storage.campaigns.due_to_start, lambda session, now: starts.start_due(session, rules, now)),
        ),
        Job("watch_campaigns", 5, running(watching.watch_campaigns)),
        Job("ask_at_evening", 30, running(lambda session, now: watching.ask_at_evening(session, rules, now))),
        Job("keep_promises", 60, when(promises.any_due, partial(promises.keep_promises, say=say))),
        Job(
            "speak_up",
            60,
            when(
                lambda session, now: silence.any_due(session, rules, now),
                lambda session, now: silence.speak_up(session, rules, now, say),
            ),
        ),
        Job("ask_missed", 60, when(missed.any_due, partial(missed.ask_missed, say=say))),
        Job(
            "climb",
            300,
            when(
                lambda session, now: ladder_steps.is_due(session, rules, now),
                lambda session, now: ladder_steps.climb(session, rules, now, say),
            ),
        ),
        Job(
            "follow_up",
            60,
            when(follow_ups.any_due, lambda session, now: follow_ups.follow_up(session, rules, now, say)),
        ),
        Job(
            "encourage",
            60,
            when(encouragement.any_due, lambda session, now: encouragement.encourage(session, rules, now, say)),
        ),
        Job("pass_on_places", 30, when(gatherings.any_due, partial(gatherings.pass_on, write=write_news))),
        Job("decide_meetings", 60, when(storage.gatherings.to_decide, partial(gatherings.decide, write=write_news))),
        Job("ask_after", 60, when(gatherings.to_ask, partial(gatherings.ask_after, write=write_news))),
        Job("escalate", 15, when(storage.alerts.due, alerts.escalate)),
        Job("send", 0.5, lambda: sending.drain(sender)),
        Job("ask_provider", 5, reconcile.Inquiry(sender).run),
        Job("finish_campaigns", 10, running(reconcile.finish_campaigns)),
        Job("carry_imports", 1, lambda: anyio.to_thread.run_sync(carrier.carry_on)),
        Job("count_selections", 3600, when(selections.uncounted, selections.note_counts)),
        Job("lay_out_times", 300, when(laying_out.any_due, laying_out.lay_out)),
        Job("let_go", 3600, when(leaving.any_due, leaving.leave_due)),
        Job("forget_uploads", 3600, when(housekeeping.any_old, housekeeping.forget_uploads)),
        Job("forget_typed", 3600, when(housekeeping.any_typed, housekeeping.forget_typed)),
    )


async def run_until_idle(jobs: Sequence[Job]) -> int:
    """Run every job, over and over, until none finds anything due; returns how much was dealt with. As in real time,
    those that run often have taken many turns, and are quiet, when one of the others comes round.
    """
    paces = [[job for job in jobs if slower < job.every_seconds <= pace] for slower, pace in pairwise(PACES)]
    total, quiet = 0, 0
    while quiet < len(paces):
        dealt_with = sum([await job.run() for job in paces[quiet]])
        total += dealt_with
        quiet = 0 if dealt_with else quiet + 1
    return total


def next_due(session: Session, now: datetime) -> datetime | None:
    """The next moment at which something in the tables falls due; what waits for a person is none."""
    moments = (
        storage.messages.next_due(session),
        storage.inbound.next_due(session),
        storage.reminders.next_due(session),
        storage.campaigns.next_start(session),
        storage.alerts.next_due(session),
        promises.next_due(session),
        ladder_steps.next_due(session, now),
        silence.next_due(session),
        missed.next_due(session),
        follow_ups.next_due(session),
        storage.offers.next_of_series(session),
        gatherings.next_due(session),
        laying_out.next_due(session, now),
    )
    return min((moment for moment in moments if moment is not None), default=None)
