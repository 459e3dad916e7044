"""Jobs that are not taken at their word: where one has looked and seen nothing due, its step is taken all the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import anyio.to_thread

from scheduler.jobs import Job, WhenDue
from storage.database import Session


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

    async def __call__(self) -> int:
        """What the job does."""
        if await anyio.to_thread.run_sync(self._sees_nothing):
            await anyio.to_thread.run_sync(self._try)
        return await self.job()

    def _sees_nothing(self) -> bool:
        with self.job.sender.database.read() as session:
            return not self.job.due(session, self.job.sender.clock.now())

    def _try(self) -> None:
        with self.job.sender.database.write() as session:
            before = _rows_changed(session)
            found = self.job.step(session, self.job.sender.clock.now()), _rows_changed(session) - before
        assert found == (0, 0), f"{self.name} overlooked what was due"


def _rows_changed(session: Session) -> int:
    """How many rows this connection has ever changed."""
    session.flush()
    changed: int = session.connection().exec_driver_sql("SELECT total_changes()").scalar_one()
    return changed
