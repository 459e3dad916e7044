"""What a human must do, what was tried by hand, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Index, bindparam, func, text
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session
from storage.people import Person

# Nothing asks for "duplicate" any longer: lists and the form for one person ask before anybody is kept twice.
# "hand_over": turns 20 within 60 days and goes from the coordinators of KAA to those of the older (domain S28).
TASK_KINDS = (
    "ring", "find_number", "postcard", "answer", "crisis", "shared_number", "duplicate", "my_data", "hand_over",
    "other",
)  # fmt: skip
ATTEMPT_KINDS = (
    "call", "social", "postcard", "visit", "met_outdoors", "guardian_call", "look_up", "note", "meeting", "letter",
    "partner",
)  # fmt: skip
# Notes that are no try to reach anybody.
NO_TRY = ("note", "look_up")
# What a note about a try by hand says when the right person was talked to; the only result that counts as reached.
TALKED = "talked"
OUTCOME_KINDS = (
    "studies", "work", "work_experience", "other_measure", "has_support", "abroad", "declined", "moved", "deceased",
    "met", "enrolled", "support",
)  # fmt: skip


class Task(SQLModel, table=True):
    """Something a human must do. At most one open task of a kind per person, so that repeated events make no heap."""

    __table_args__ = (
        one_of("kind", TASK_KINDS),
        Index("one_open_task_of_a_kind", "kind", "person_id", unique=True,
              sqlite_where=text("done_at IS NULL"), postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    kind: str = Field(index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id")
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    why: str = ""
    created_at: datetime
    due_at: datetime | None = None
    done_at: datetime | None = Field(default=None, index=True)
    done_by_id: int | None = Field(default=None, foreign_key="staff.id")
    outcome: str = ""


class Attempt(SQLModel, table=True):
    """A try to reach a person by hand (kontaktförsök), or a note. Two-way contact is what counts as reached (nådd).
    `source` is where a number was looked for, and `number_id` the one that was found there.
    """

    __table_args__ = (one_of("kind", ATTEMPT_KINDS), Index("attempts_of_a_day", "at", "kind", "person_id"))

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    result: str = ""
    note: str = ""
    at: datetime
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    source: str = ""
    number_id: int | None = Field(default=None, foreign_key="number.id")


class Outcome(SQLModel, table=True):
    """What a person does now, by date. Proposed by the service, confirmed by a human before it is counted."""

    __table_args__ = (one_of("kind", OUTCOME_KINDS),)

    id: int = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    on: date
    source: str = ""
    proposed_at: datetime
    confirmed_at: datetime | None = None
    confirmed_by_id: int | None = Field(default=None, foreign_key="staff.id")
    note: str = ""


_OPEN = select(Task).where(
    Task.kind == bindparam("kind"), Task.person_id == bindparam("person_id"), col(Task.done_at).is_(None)
)


def open_task(session: Session, kind: str, person_id: int) -> Task | None:
    """The person's open task of this kind."""
    return session.exec(_OPEN, params={"kind": kind, "person_id": person_id}).first()


def ensure(session: Session, task: Task) -> Task:
    """Keep a task, or give back the open one of the same kind for the same person."""
    known = open_task(session, task.kind, task.person_id) if task.person_id is not None else None
    if known is not None:
        return known
    session.add(task)
    session.flush()
    return task


def by_code(session: Session, code: str) -> Task | None:
    """The task a page address means."""
    return session.exec(select(Task).where(Task.code == code)).first()


def open_tasks(
    session: Session, kinds: Sequence[str], office_ids: Sequence[int] | None = None, limit: int = 500
) -> Sequence[tuple[Task, Person | None]]:
    """Open tasks of these kinds, longest wait first."""
    query = (
        select(Task, Person)
        .join(Person, col(Person.id) == Task.person_id, isouter=True)
        .where(col(Task.kind).in_(list(kinds)), col(Task.done_at).is_(None))
        .order_by(col(Task.created_at), col(Task.id))
        .limit(limit)
    )
    if office_ids is not None:
        query = query.where(col(Task.office_id).in_(office_ids))
    return session.exec(query).all()


def counts(session: Session, office_ids: Sequence[int] | None = None) -> dict[str, int]:
    """Open tasks by kind."""
    query = select(Task.kind, func.count()).where(col(Task.done_at).is_(None)).group_by(Task.kind)
    if office_ids is not None:
        query = query.where(col(Task.office_id).in_(office_ids))
    return dict(session.exec(query).all())


def of_person(session: Session, person_id: int) -> Sequence[Task]:
    """A person's tasks, done ones too, oldest first."""
    return session.exec(select(Task).where(Task.person_id == person_id).order_by(col(Task.id))).all()


def of_conversation(session: Session, conversation_id: int, kind: str) -> Sequence[Task]:
    """Open tasks of a kind that a talk has given, that of an unknown number too."""
    query = select(Task).where(Task.conversation_id == conversation_id, Task.kind == kind, col(Task.done_at).is_(None))
    return session.exec(query.order_by(col(Task.id))).all()


def finish(session: Session, task: Task, *, now: datetime, staff_id: int | None, outcome: str = "") -> None:
    """Deal with a task; dealing with it twice changes nothing."""
    if task.done_at is None:
        task.done_at, task.done_by_id, task.outcome = now, staff_id, outcome
        session.add(task)
        session.flush()


def add_attempt(session: Session, attempt: Attempt) -> Attempt:
    """Keep a try, a meeting or a note."""
    session.add(attempt)
    session.flush()
    return attempt


def talked_since(session: Session, person_id: int, moment: datetime) -> bool:
    """Whether somebody has talked with the person since a moment or just then."""
    query = select(Attempt.id).where(Attempt.person_id == person_id, Attempt.result == TALKED, Attempt.at >= moment)
    return session.exec(query.limit(1)).first() is not None


def attempts(session: Session, person_id: int) -> Sequence[Attempt]:
    """Everything tried by hand, oldest first."""
    return session.exec(select(Attempt).where(Attempt.person_id == person_id).order_by(col(Attempt.at))).all()


def add_outcome(session: Session, outcome: Outcome) -> Outcome:
    """Keep what a person does now."""
    session.add(outcome)
    session.flush()
    return outcome


def outcomes(session: Session, person_id: int) -> Sequence[Outcome]:
    """A person's outcomes, oldest first."""
    return session.exec(select(Outcome).where(Outcome.person_id == person_id).order_by(col(Outcome.id))).all()


def open_of_people(session: Session, person_ids: Sequence[int]) -> dict[int, list[Task]]:
    """Open tasks by person, oldest first."""
    query = select(Task).where(col(Task.person_id).in_(person_ids), col(Task.done_at).is_(None))
    found: dict[int, list[Task]] = {}
    for task in session.exec(query.order_by(col(Task.id))):
        found.setdefault(task.person_id or 0, []).append(task)
    return found


def calls(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    """How many times each person has been called."""
    query = (
        select(Attempt.person_id, func.count())
        .where(col(Attempt.person_id).in_(person_ids), Attempt.kind == "call")
        .group_by(col(Attempt.person_id))
    )
    return dict(session.exec(query).all())


def last_tried(session: Session, person_ids: Sequence[int]) -> dict[int, datetime]:
    """When each person was last tried by hand; notes and look-ups are no tries."""
    query = (
        select(Attempt.person_id, func.max(Attempt.at))
        .where(col(Attempt.person_id).in_(person_ids), col(Attempt.kind).not_in(NO_TRY))
        .group_by(col(Attempt.person_id))
    )
    return dict(session.exec(query).all())


def last_outcomes(session: Session, person_ids: Sequence[int]) -> dict[int, Outcome]:
    """Each person's latest confirmed outcome."""
    query = select(Outcome).where(col(Outcome.person_id).in_(person_ids), col(Outcome.confirmed_at).is_not(None))
    return {outcome.person_id: outcome for outcome in session.exec(query.order_by(col(Outcome.on), col(Outcome.id)))}


def outcome(session: Session, outcome_id: int) -> Outcome | None:
    """The outcome with this id."""
    return session.get(Outcome, outcome_id)


def forget_attempt(session: Session, attempt_id: int | None) -> None:
    """Take a try away that was noted by mistake."""
    row = session.get(Attempt, attempt_id) if attempt_id is not None else None
    if row is not None:
        session.delete(row)
        session.flush()


def forget_outcome(session: Session, outcome: Outcome) -> None:
    """Take an outcome away that was noted by mistake."""
    session.delete(outcome)
    session.flush()


def reopen(session: Session, task: Task) -> None:
    """What ended a task did not hold: it is to be done after all."""
    task.done_at, task.done_by_id, task.outcome = None, None, ""
    session.add(task)
    session.flush()
