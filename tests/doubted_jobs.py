"""Jobs that are not taken at their word: where one has looked and seen nothing due, its step is taken all the same."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import anyio.to_thread

from scheduler.jobs import Job, WhenDue
from storage.database import Session

# What is overlooked once is overlooked again: to doubt every look would take a minute a talk.
EVERY = 5


def doubted(jobs: Sequence[Job]) -> list[Job]:
    """The same timetable, in which nothing may be overlooked."""
    return [
        Job(job.name, job.every_seconds, Doubted(job.name, job.run)) if isinstance(job.run, WhenDue) else job
        for job in jobs
    ]


@dataclass(frozen=True)
class Doubted:
    """A job that fails when it says that nothing is due and there is something to do."""

    name: str
    job: WhenDue
    looks: Iterator[int] = field(default_factory=itertools.count)

    async def __call__(self) -> int:
        """What the job does."""
        if next(self.looks) % EVERY:
            return await self.job()
        return await anyio.to_thread.run_sync(self._look_and_do)

    def _look_and_do(self) -> int:
        database, now = self.job.sender.database, self.job.sender.clock.now()
        with database.read() as session:
            is_due = self.job.due(session, now)
        with database.write() as session:
            before = _rows_changed(session)
            done = self.job.step(session, now)
            changed = _rows_changed(session) - before
        assert is_due or (done, changed) == (0, 0), f"{self.name} overlooked what was due"
        return done


def _rows_changed(session: Session) -> int:
    """How many rows this connection has ever changed."""
    session.flush()
    changed: int = session.connection().exec_driver_sql("SELECT total_changes()").scalar_one()
    return changed
