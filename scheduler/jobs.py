"""The timetable: every job's name, how often it runs, and the function. Who calls them (APScheduler, a queue, a
script) is no concern of theirs; due columns in the tables say what is due, so a lost tick costs at most a tick.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import anyio.to_thread

import storage.alerts
import storage.campaigns
import storage.inbound
import storage.meetings
import storage.messages
from outreach import alerts
from outreach.gatherings import Write
from scheduler import (
    follow_ups,
    gatherings,
    housekeeping,
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


@dataclass(frozen=True, slots=True)
class Job:
    """Something that happens by itself; `run` returns how much it dealt with, 0 when nothing was due."""

    name: str
    every_seconds: float
    run: Callable[[], Awaitable[int]]


# Reads what has come in, in transactions of its own; returns how much there was.
ReadTexts = Callable[[datetime], int]


def timetable(
    sender: Sender, read_texts: ReadTexts, write_reminder: reminders.Write, say: Say, write_news: Write
) -> Sequence[Job]:
    """All jobs, in the order they should run when everything is due at once: what came in before what goes out."""
    rules = sender.rules

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
        Job("keep_promises", 60, in_transaction(lambda session, now: promises.keep_promises(session, now, say))),
        Job("speak_up", 60, in_transaction(lambda session, now: silence.speak_up(session, rules, now, say))),
        Job("ask_missed", 60, in_transaction(lambda session, now: missed.ask_missed(session, now, say))),
        Job("follow_up", 60, in_transaction(lambda session, now: follow_ups.follow_up(session, rules, now, say))),
        Job("pass_on_places", 30, in_transaction(lambda session, now: gatherings.pass_on(session, now, write_news))),
        Job("ask_after", 60, in_transaction(lambda session, now: gatherings.ask_after(session, now, write_news))),
        Job("escalate", 15, in_transaction(alerts.escalate)),
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
        storage.alerts.next_due(session),
        promises.next_due(session),
        silence.next_due(session),
        missed.next_due(session),
        follow_ups.next_due(session),
        gatherings.next_due(session),
    )
    return min((moment for moment in moments if moment is not None), default=None)
