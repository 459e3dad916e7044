"""Keeps time inside the serving process, with APScheduler. Jobs are declared at start and live in memory only: what
is due stands in our own tables, so nothing is lost when the process dies.
"""

import asyncio
from collections.abc import Sequence

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import Job

log = structlog.get_logger()


# Longer than any call to a provider lasts: what has begun is recorded before the process ends.
GRACE_SECONDS = 20.0


class EmbeddedTimekeeper:
    """Runs the timetable on the running event loop."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        # The default grace of one second would drop a late tick for good; a late tick shall run once.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._running: set[asyncio.Task[None]] = set()
        for job in jobs:
            self._scheduler.add_job(self._tick, "interval", args=[job], seconds=job.every_seconds, id=job.name)

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin nothing more, and wait for what is under way; a job that does not end leaves whole rows behind."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def _tick(self, job: Job) -> None:
        # A task of its own: the scheduler cancels those it has made itself when it is shut down.
        task = asyncio.create_task(_run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)


async def _run(job: Job) -> None:
    try:
        await job.run()
    except Exception:
        # One failed tick must not end the job: it is logged, and the next tick tries again.
        log.exception("job_failed", job=job.name)
