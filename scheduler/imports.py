"""Carries imports on, and the undoing of them: everything is worked out with no transaction open, then written some
people at a time, so that texts and pages never wait for a long list. A process that dies leaves whole parts behind, and
the next one goes on from the same list (docs/adr/0016).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from time import sleep

import structlog

import storage.imports
from outreach.lists import fault_file, run, saving, undoing
from outreach.lists.plan import Choices, Plan, PlannedPerson
from scheduler.clock import Clock
from storage.codes import new_code
from storage.database import Database, Session
from storage.imports import ImportRun
from storage.local_time import local_date

log = structlog.get_logger()

# Whoever has not been heard of for so long has died. Longer than a list of 20 000 rows takes to read.
SILENCE = timedelta(seconds=90)
# Between two parts, in seconds. Whoever gives a lock back and takes it again at once keeps everybody else out.
BREATH = 0.05
# Why an import stopped half-way.
NO_FILE, FAULT = "no_file", "fault"


class Lost(Exception):
    """Somebody else carries the import on."""


class Carrier:
    """Carries on one import at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._worker = new_code()

    def carry_on(self) -> int:
        """The import that has waited longest, to its end; 0 when none waits."""
        now = self._clock.now()
        with self._database.read() as session:
            if storage.imports.waiting_run(session, stale=now - SILENCE) is None:
                return 0
        with self._database.write() as session:
            found = storage.imports.claim_run(session, self._worker, now=now, stale=now - SILENCE)
        if found is None:
            return 0
        self._do(found)
        return 1

    def carry(self, begun: ImportRun) -> Plan | None:
        """This import, to its end, while somebody waits for it; unless another does already. Returns the plan that was
        carried out.
        """
        with self._database.write() as session:
            now = self._clock.now()
            if not storage.imports.claim(session, begun.id, self._worker, now=now, stale=now - SILENCE):
                return None
        return self._do(begun)

    def _do(self, found: ImportRun) -> Plan | None:
        try:
            return self._undo(found.id) if found.state == "undoing" else self._save(found.id)
        except Lost:
            log.warning("import_lost", run=found.code)
        except Exception:
            log.exception("import_halted", run=found.code)
            with suppress(Lost):
                self._halt(found.id, FAULT)
        return None

    def _save(self, run_id: int) -> Plan | None:
        with self._database.read() as session:
            begun = storage.imports.get(session, run_id)
            file = storage.imports.left_of_run(session, begun.code)
        if file is None:
            self._halt(run_id, NO_FILE)
            return None
        choices, today = Choices.kept(file.choices), local_date(begun.imported_at)
        # Read now, with no transaction open; whoever asks for the same list again has it at once.
        run.read_rows(file.content, file.filename, choices, today=today)
        with self._at_work(run_id):
            pass
        with self._database.read() as session:
            made = run.make_plan(session, file.content, file.filename, choices, today=today)
            left = fault_file.of(session, made)
            waiting = saving.waiting(session, made, begun)
        with self._at_work(run_id) as session:
            saving.reckon(session, made, storage.imports.get(session, run_id))
        self._save_parts(run_id, made, waiting)
        with self._at_work(run_id) as session:
            begun = storage.imports.get(session, run_id)
            saving.finish(session, made, begun)
            storage.imports.use_up(session, begun, left=left)
        run.forget()
        return made

    def _save_parts(self, run_id: int, made: Plan, waiting: Sequence[PlannedPerson]) -> None:
        for first in range(0, len(waiting), saving.AT_A_TIME):
            part = waiting[first : first + saving.AT_A_TIME]
            with self._at_work(run_id, saved=len(part)) as session:
                saving.save(session, made, storage.imports.get(session, run_id), part)
            sleep(BREATH)

    @contextmanager
    def _at_work(self, run_id: int, *, saved: int = 0) -> Iterator[Session]:
        """A transaction in which we say that we are at work, and how many people are saved in it. Raises Lost where
        another has taken over: then nothing of it lasts.
        """
        with self._database.write() as session:
            if not storage.imports.go_on(session, run_id, self._worker, now=self._clock.now(), saved=saved):
                raise Lost
            yield session

    def _undo(self, run_id: int) -> Plan | None:
        while True:
            with self._at_work(run_id, saved=saving.AT_A_TIME) as session:
                begun = storage.imports.get(session, run_id)
                part = storage.imports.to_undo(session, run_id, saving.AT_A_TIME)
                if not part:
                    undoing.finish(session, begun)
                    return None
                undoing.undo(session, begun, part, now=self._clock.now())
            sleep(BREATH)

    def _halt(self, run_id: int, why: str) -> None:
        """Stop half-way: somebody must look, and go on or undo what is done."""
        with self._at_work(run_id) as session:
            begun = storage.imports.get(session, run_id)
            begun.state, begun.counts = "halted", {**begun.counts, storage.imports.HALTED: why}
            storage.imports.keep(session, begun)
