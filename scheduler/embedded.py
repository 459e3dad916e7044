"""Keeps time inside the serving process, with APScheduler. Jobs are declared at start and live in memory only: what
is due stands in our own tables, so nothing is lost when the process dies.
"""

from collections.abc import Sequence

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scheduler.jobs import Job

log = structlog.get_logger()


class EmbeddedTimekeeper:
    """Runs the timetable on the running event loop."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        # The default grace of one second would drop a late tick for good; a late tick shall run once.
        self._scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for job in jobs:
            self._scheduler.add_job(_guarded(job), "interval", seconds=job.every_seconds, id=job.name)

    def start(self) -> None:
        """Begin; needs a running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """End without waiting: every job leaves whole rows behind wherever it is cut."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _guarded(job: Job):  # type: ignore[no-untyped-def]
    async def tick() -> None:
        try:
            await job.run()
        except Exception:
            # One failed tick must not end the job: it is logged, and the next tick tries again.
            log.exception("job_failed", job=job.name)

    return tick
