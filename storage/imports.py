"""Lists on their way into the register: the uploaded file between dry run and import, and what each import did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, bindparam, func, update
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import one_of, these
from storage.database import Session
from storage.people import Person

LIST_TYPES = ("kaa", "uppsok", "tip")
# halted: stopped by a fault half-way. Undoing goes some people at a time too.
RUN_STATES = ("working", "done", "halted", "undoing", "undone")
AT_WORK = ("working", "undoing")
# What an import found of somebody whom a complete list no longer has.
MISSING = "missing"
# Beside the counts of an import that has stopped half-way: why.
HALTED = "halted"
# How the undoing of what an import did to a person ended: wholly, or with something left as it is.
UNDONE, LEFT = "undone", "left"


class SavedFile(SQLModel, table=True):
    """An uploaded list that waits between dry run and import. When it is used only its faulty rows stay, for mending;
    everything goes after a day.
    """

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    filename: str
    content: bytes
    uploaded_at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    choices: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ImportRun(SQLModel, table=True):
    """One import, and its counts (no names, no numbers). Its people are saved some at a time: `saved` says how many,
    and `worker` and `worked_at` who does it and when they were last heard of. `counts` is empty until the list is read.
    """

    __table_args__ = (one_of("list_type", LIST_TYPES), one_of("state", RUN_STATES))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    list_type: str
    office_id: int = Field(foreign_key="office.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    imported_at: datetime
    undone_at: datetime | None = None
    undone_by_id: int | None = Field(default=None, foreign_key="staff.id")
    state: str = Field(default="working", index=True)
    saved: int = 0
    worker: str = ""
    worked_at: datetime | None = None
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ImportedPerson(SQLModel, table=True):
    """What an import did to a person. `changes` is field by field what stood and what was written, so that it can be
    shown and undone; of a new person it is empty, since all of them is new. `settled` is what was decided afterwards:
    about somebody missing from the list, or when the import was undone.
    """

    id: int = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="importrun.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    row: int
    result: str
    fields: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    changes: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    settled: str = ""


def keep_file(session: Session, file: SavedFile) -> SavedFile:
    """Keep an uploaded list until it is imported or thrown away."""
    session.add(file)
    session.flush()
    return file


def kept_file(session: Session, code: str) -> SavedFile | None:
    """The uploaded list with this code."""
    return session.exec(select(SavedFile).where(SavedFile.code == code)).first()


def claim_file(session: Session, code: str) -> SavedFile | None:
    """The same, while nobody else can use it up: they wait until this transaction ends."""
    return session.exec(select(SavedFile).where(SavedFile.code == code).with_for_update()).first()


def choose(session: Session, code: str, choices: dict[str, Any]) -> None:
    """Remember how an uploaded list is to be read; nothing happens to one that is gone or has been used."""
    file = kept_file(session, code)
    if file is not None and "imported_as" not in file.choices:
        file.choices = choices
        session.add(file)


def hand_in(session: Session, file: SavedFile, *, run_code: str, choices: dict[str, Any]) -> None:
    """From now on the list belongs to this import, which reads it by these choices."""
    file.choices = {**choices, "imported_as": run_code}
    session.add(file)
    session.flush()


def use_up(session: Session, run: ImportRun, *, left: bytes) -> None:
    """The list has been taken in: forget it but for its faulty rows, and remember as which import."""
    file = left_of_run(session, run.code)
    if file is not None:
        file.choices = {name: file.choices[name] for name in ("imported_as", "office_id", "list_type")}
        file.content = left
        session.add(file)
        session.flush()


def forget_file(session: Session, file: SavedFile) -> None:
    """Throw the uploaded list away: it holds personal data nobody asked us to keep."""
    session.delete(file)


def has_files_before(session: Session, moment: datetime) -> bool:
    """Whether there is an uploaded list that nobody came back to."""
    return session.exec(select(SavedFile.id).where(SavedFile.uploaded_at < moment).limit(1)).first() is not None


def forget_files_before(session: Session, moment: datetime) -> int:
    """Throw away every uploaded list that nobody came back to; one that is being taken in stays until it has been."""
    at_work = set(session.exec(select(ImportRun.code).where(col(ImportRun.state).in_(AT_WORK))))
    old = session.exec(select(SavedFile).where(SavedFile.uploaded_at < moment)).all()
    gone = [file for file in old if file.choices.get("imported_as") not in at_work]
    for file in gone:
        session.delete(file)
    return len(gone)


def add_run(session: Session, run: ImportRun) -> ImportRun:
    """Begin an import."""
    session.add(run)
    session.flush()
    return run


_WAITING = (
    select(ImportRun.id)
    .where(col(ImportRun.state).in_(these(AT_WORK)))
    .where(or_(col(ImportRun.worked_at).is_(None), col(ImportRun.worked_at) < bindparam("stale")))
    .order_by(col(ImportRun.id))
    .limit(1)
)


def waiting_run(session: Session, *, stale: datetime) -> int | None:
    """The oldest import that somebody must carry on: nobody does, or whoever did has been silent since `stale`."""
    found: int | None = session.rows(_WAITING, stale=stale).scalar()
    return found


def claim_run(session: Session, worker: str, *, now: datetime, stale: datetime) -> ImportRun | None:
    """Take the oldest import that waits upon oneself; None where none does, or somebody else was quicker."""
    found = waiting_run(session, stale=stale)
    if found is None or not claim(session, found, worker, now=now, stale=stale):
        return None
    return session.get_one(ImportRun, found)


def claim(session: Session, run_id: int, worker: str, *, now: datetime, stale: datetime) -> bool:
    """Take this import's work upon oneself, by one conditional write; False when somebody else has it."""
    is_free = or_(col(ImportRun.worked_at).is_(None), col(ImportRun.worked_at) < stale)
    mine = update(ImportRun).where(col(ImportRun.id) == run_id, col(ImportRun.state).in_(AT_WORK), is_free)
    return bool(session.execute(mine.values(worker=worker, worked_at=now)).rowcount)  # type: ignore[attr-defined]


def go_on(session: Session, run_id: int, worker: str, *, now: datetime, saved: int = 0) -> bool:
    """Whether this worker still has the import; notes that it was heard of, and how many more people are saved."""
    mine = update(ImportRun).where(col(ImportRun.id) == run_id, col(ImportRun.worker) == worker)
    mine = mine.where(col(ImportRun.state).in_(AT_WORK))
    return bool(session.execute(mine.values(worked_at=now, saved=col(ImportRun.saved) + saved)).rowcount)  # type: ignore[attr-defined]


def latest_done(session: Session, office_ids: Sequence[int]) -> Sequence[ImportRun]:
    """The last import of each kind of list at each of these offices that is done, the newest first."""
    newest = select(func.max(ImportRun.id)).where(col(ImportRun.office_id).in_(office_ids), ImportRun.state == "done")
    newest = newest.group_by(col(ImportRun.office_id), col(ImportRun.list_type))
    return session.exec(select(ImportRun).where(col(ImportRun.id).in_(newest)).order_by(col(ImportRun.id).desc())).all()


def get(session: Session, run_id: int) -> ImportRun:
    """One import."""
    return session.get_one(ImportRun, run_id)


def keep(session: Session, row: ImportRun | ImportedPerson) -> None:
    """Keep what was changed in an import, or in what it did to a person."""
    session.add(row)
    session.flush()


def rows_done(session: Session, run_id: int) -> set[int]:
    """The rows of the list whose people have been saved."""
    query = select(ImportedPerson.row).where(ImportedPerson.run_id == run_id, ImportedPerson.result != MISSING)
    return set(session.exec(query))


def runs(session: Session, limit: int = 20, office_ids: Sequence[int] | None = None) -> Sequence[ImportRun]:
    """The latest imports, newest first; of these offices where they are given."""
    query = select(ImportRun).order_by(col(ImportRun.id).desc()).limit(limit)
    if office_ids is not None:
        query = query.where(col(ImportRun.office_id).in_(office_ids))
    return session.exec(query).all()


def run_by_code(session: Session, code: str) -> ImportRun | None:
    """One import."""
    return session.exec(select(ImportRun).where(ImportRun.code == code)).first()


def of_person(session: Session, person_id: int) -> Sequence[tuple[ImportedPerson, ImportRun]]:
    """The imports that touched a person, oldest first."""
    query = (
        select(ImportedPerson, ImportRun)
        .join(ImportRun, col(ImportRun.id) == ImportedPerson.run_id)
        .where(ImportedPerson.person_id == person_id)
        .order_by(col(ImportedPerson.id))
    )
    return session.exec(query).all()


def left_of_run(session: Session, run_code: str) -> SavedFile | None:
    """What is left of the list that an import took in: its faulty rows, for a day."""
    imported_as = col(SavedFile.choices)["imported_as"].as_string()
    return session.exec(select(SavedFile).where(imported_as == run_code)).first()


def people_of_run(
    session: Session, run_id: int, result: str, *, offset: int = 0, limit: int = 50
) -> Sequence[tuple[ImportedPerson, Person]]:
    """The people an import made new or changed, in the list's order."""
    query = (
        select(ImportedPerson, Person)
        .join(Person, col(Person.id) == ImportedPerson.person_id)
        .where(ImportedPerson.run_id == run_id, ImportedPerson.result == result)
        .order_by(col(ImportedPerson.row), col(ImportedPerson.id))
    )
    return session.exec(query.offset(offset).limit(limit)).all()


def missing_of_run(session: Session, run_id: int) -> Sequence[tuple[ImportedPerson, Person]]:
    """Those whom a complete list did not have, by name; whoever has been merged into another is left out."""
    query = (
        select(ImportedPerson, Person)
        .join(Person, col(Person.id) == ImportedPerson.person_id)
        .where(ImportedPerson.run_id == run_id, ImportedPerson.result == MISSING, col(Person.merged_into_id).is_(None))
        .order_by(col(Person.name_key), col(Person.id))
    )
    return session.exec(query).all()


def touched_ids(session: Session, run_id: int) -> list[int]:
    """Whom an import made new or changed."""
    query = select(ImportedPerson.person_id).where(
        ImportedPerson.run_id == run_id, col(ImportedPerson.result).in_(("new", "changed"))
    )
    return list(session.exec(query))


def to_undo(session: Session, run_id: int, limit: int) -> Sequence[tuple[ImportedPerson, Person]]:
    """The next of what an import did that has not been undone, with whom it was about."""
    query = (
        select(ImportedPerson, Person)
        .join(Person, col(Person.id) == ImportedPerson.person_id)
        .where(ImportedPerson.run_id == run_id, col(ImportedPerson.settled).not_in((UNDONE, LEFT)))
        .order_by(col(ImportedPerson.id))
        .limit(limit)
    )
    return session.exec(query).all()


def left_by_undoing(session: Session, run_id: int) -> Sequence[tuple[ImportedPerson, Person]]:
    """Those about whom something could not be undone, by name."""
    query = (
        select(ImportedPerson, Person)
        .join(Person, col(Person.id) == ImportedPerson.person_id)
        .where(ImportedPerson.run_id == run_id, ImportedPerson.settled == LEFT)
        .order_by(col(Person.name_key), col(Person.id))
    )
    return session.exec(query).all()


def undone(session: Session, run_id: int) -> dict[tuple[str, str], int]:
    """How many people, by what the import had done to them and how the undoing of it ended."""
    query = (
        select(ImportedPerson.result, ImportedPerson.settled, func.count())
        .where(ImportedPerson.run_id == run_id)
        .group_by(col(ImportedPerson.result), col(ImportedPerson.settled))
    )
    return {(result, settled): count for result, settled, count in session.exec(query)}
