"""The timetable: every job's name, how often it runs, and the function. Who calls them (APScheduler, a queue, a
script) is no concern of theirs; due columns in the tables say what is due, so a lost tick costs at most a tick.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import anyio.to_thread

import storage.campaigns
import storage.inbound
import storage.meetings
import storage.messages
from scheduler import housekeeping, promises, reconcile, reminders, sending, starts, watching
from scheduler.sending import Sender
from storage.database import Session


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by itself; `run` returns how much it dealt with, 0 when nothing was due."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[int]]


# Reads what has come in, in transactions of its own; returns how much there was.
ReadTexts = Callable[[datetime], int]


def timetable(sender: Sender, read_texts: ReadTexts, write_reminder: reminders.Write) -> Sequence[Job]:
    """All jobs, in the order they should run when everything is due at once: what came in before what goes out."""

    def in_transaction(step: Callable[[Session, datetime], int]) -> Callable[[], Awaitable[int]]:
        def run() -> int:
            with sender.database.write() as session:
                return step(session, sender.clock.now())

        return lambda: anyio.to_thread.run_sync(run)

    return (
        Job("settle_stuck", 5, in_transaction(reconcile.settle_stuck)),
        Job("read_texts", 1, lambda: anyio.to_thread.run_sync(read_texts, sender.clock.now())),
        Job("remind", 5, in_transaction(lambda session, now: reminders.remind_due(session, now, write_reminder))),
        Job("start_campaigns", 2, in_transaction(lambda session, now: starts.start_due(session, sender.rules, now))),
        Job("watch_campaigns", 5, in_transaction(watching.watch_campaigns)),
        Job(
            "ask_at_evening",
            30,
            in_transaction(lambda session, now: watching.ask_at_evening(session, sender.rules, now)),
        ),
        Job("keep_promises", 60, in_transaction(promises.keep_promises)),
        Job("send", 0.5, lambda: sending.drain(sender)),
        Job("ask_provider", 5, reconcile.Inquiry(sender).run),
        Job("finish_campaigns", 10, in_transaction(reconcile.finish_campaigns)),
        Job("forget_uploads", 3600, in_transaction(housekeeping.forget_uploads)),
    )


async def run_until_idle(jobs: Sequence[Job]) -> int:
    """Run every job, over and over, until a whole round finds nothing due; returns how much was dealt with."""
    total = 0
    while dealt_with := sum([await job.run() for job in jobs]):
        total += dealt_with
    return total


def next_due(session: Session) -> datetime | None:
    """The next moment at which something in the tables falls due."""
    moments = (
        storage.messages.next_due(session),
        storage.inbound.next_due(session),
        storage.meetings.next_reminder(session),
        storage.campaigns.next_start(session),
    )
    return min((moment for moment in moments if moment is not None), default=None)
