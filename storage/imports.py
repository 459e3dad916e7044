"""Lists on their way into the register: the uploaded file between dry run and import, and what each import did."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session
from storage.people import Person

LIST_TYPES = ("kaa", "uppsok", "tip")


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
    """One import that was carried out, and its counts (no names, no numbers)."""

    __table_args__ = (one_of("list_type", LIST_TYPES),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    list_type: str
    office_id: int = Field(foreign_key="office.id")
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    imported_at: datetime
    counts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class ImportedPerson(SQLModel, table=True):
    """What an import did to a person: field by field, old and new, so that it can be shown and undone."""

    id: int = Field(default=None, primary_key=True)
    run_id: int = Field(foreign_key="importrun.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    row: int
    result: str
    fields: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


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


def use_up(session: Session, file: SavedFile, *, run_code: str, left: bytes) -> None:
    """The list has been taken in: forget it but for its faulty rows, and remember as which import."""
    file.choices = {"imported_as": run_code, "office_id": file.choices["office_id"]}
    file.content = left
    session.add(file)
    session.flush()


def forget_file(session: Session, file: SavedFile) -> None:
    """Throw the uploaded list away: it holds personal data nobody asked us to keep."""
    session.delete(file)


def forget_files_before(session: Session, moment: datetime) -> int:
    """Throw away every uploaded list that nobody came back to."""
    old = session.exec(select(SavedFile).where(SavedFile.uploaded_at < moment)).all()
    for file in old:
        session.delete(file)
    return len(old)


def add_run(session: Session, run: ImportRun) -> ImportRun:
    """Record that an import was carried out."""
    session.add(run)
    session.flush()
    return run


def runs(session: Session, limit: int = 20) -> Sequence[ImportRun]:
    """The latest imports, newest first."""
    return session.exec(select(ImportRun).order_by(col(ImportRun.id).desc()).limit(limit)).all()


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
