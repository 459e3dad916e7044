"""What ambassadors (ungdomsambassadörer) leave: hours they have worked, wishes to staff, and which of the entries that
their phones kept while there was no network have come in.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time

from sqlalchemy import delete
from sqlalchemy.dialects import sqlite
from sqlmodel import Field, SQLModel, col, select

from storage.codes import new_code
from storage.columns import one_of
from storage.database import Session

DECISIONS = ("", "approved", "sent_back")
# What can be wished for: texts to young people about a meeting, or that it is called off.
WISHES = ("texts", "call_off")
WISH_STATES = ("open", "done", "declined")


class WorkedHours(SQLModel, table=True):
    """Time that an ambassador has worked on a day, in minutes. A row is never rewritten: a correction is a row of its
    own that names the one it stands in place of, and 0 minutes in it mean that nothing was worked. `sent_at` is when it
    was handed in, and `decision` what a coordinator said of it.
    """

    __table_args__ = (one_of("decision", DECISIONS),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    staff_id: int = Field(foreign_key="staff.id", index=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    on: date = Field(index=True)
    minutes: int
    begins: time | None = None
    ends: time | None = None
    what: str
    slot_id: int | None = Field(default=None, foreign_key="slot.id")
    corrects_id: int | None = Field(default=None, foreign_key="workedhours.id", unique=True)
    noted_at: datetime
    sent_at: datetime | None = None
    decision: str = ""
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="staff.id")
    why: str = ""


class Wish(SQLModel, table=True):
    """What an ambassador asks of staff about a meeting; `campaign_id` is the draft it became."""

    __table_args__ = (one_of("kind", WISHES), one_of("state", WISH_STATES))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    kind: str
    slot_id: int = Field(foreign_key="slot.id", index=True)
    office_id: int = Field(foreign_key="office.id", index=True)
    asked_by_id: int = Field(foreign_key="staff.id")
    asked_at: datetime
    district: str = ""
    state: str = Field(default="open", index=True)
    answered_at: datetime | None = None
    answered_by_id: int | None = Field(default=None, foreign_key="staff.id")
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")


class TakenEntry(SQLModel, table=True):
    """The random key of an entry that has come in from somebody's phone, so that it counts once however often it is
    sent.
    """

    staff_id: int = Field(foreign_key="staff.id", primary_key=True)
    key: str = Field(primary_key=True)
    at: datetime = Field(index=True)


class SaidWord(SQLModel, table=True):
    """That a ready word has been told to those who come to a meeting: each is told once."""

    slot_id: int = Field(primary_key=True, foreign_key="slot.id")
    text_code: str = Field(primary_key=True)
    said_at: datetime
    said_by_id: int | None = Field(default=None, foreign_key="staff.id")


# ------------------------------------------------------------------------------------------------------ hours


def keep_hours(session: Session, row: WorkedHours) -> WorkedHours:
    """Keep new hours, or what has been said of them."""
    session.add(row)
    session.flush()
    return row


def hours_by_code(session: Session, code: str) -> WorkedHours | None:
    """The hours a form means."""
    return session.exec(select(WorkedHours).where(WorkedHours.code == code)).first()


def hours(
    session: Session,
    since: date,
    until: date,
    *,
    staff_id: int | None = None,
    office_ids: Collection[int] | None = None,
) -> Sequence[WorkedHours]:
    """Every row of somebody's, or of whoever works at these offices, from a day to before another: corrected ones too,
    by day.
    """
    query = select(WorkedHours).where(WorkedHours.on >= since, WorkedHours.on < until)
    if staff_id is not None:
        query = query.where(WorkedHours.staff_id == staff_id)
    if office_ids is not None:
        query = query.where(col(WorkedHours.office_id).in_(list(office_ids)))
    return session.exec(query.order_by(col(WorkedHours.on), col(WorkedHours.id))).all()


def have_worked(session: Session, office_ids: Collection[int]) -> set[int]:
    """Who has noted hours at these offices, ever."""
    return set(session.exec(
        select(WorkedHours.staff_id).where(col(WorkedHours.office_id).in_(list(office_ids))).distinct()
    ))  # fmt: skip


def to_approve(session: Session, office_ids: Collection[int]) -> Sequence[WorkedHours]:
    """What has been handed in at these offices and waits for a word, by day."""
    query = select(WorkedHours).where(
        col(WorkedHours.office_id).in_(list(office_ids)), col(WorkedHours.sent_at).is_not(None),
        WorkedHours.decision == "",
    )  # fmt: skip
    return session.exec(query.order_by(col(WorkedHours.on), col(WorkedHours.id))).all()


def corrected(session: Session, ids: Collection[int]) -> set[int]:
    """Which of these rows another stands in place of."""
    found = session.exec(select(WorkedHours.corrects_id).where(col(WorkedHours.corrects_id).in_(list(ids))))
    return {row for row in found if row is not None}


def slots_with_hours(session: Session, staff_id: int, slot_ids: Collection[int]) -> set[int]:
    """For which of these meetings somebody has noted hours."""
    query = select(WorkedHours.slot_id).where(
        WorkedHours.staff_id == staff_id, col(WorkedHours.slot_id).in_(list(slot_ids))
    )
    return {row for row in session.exec(query) if row is not None}


# ----------------------------------------------------------------------------------------------------- wishes


def keep_wish(session: Session, wish: Wish) -> Wish:
    """Keep a new or answered wish."""
    session.add(wish)
    session.flush()
    return wish


def wish_by_code(session: Session, code: str) -> Wish | None:
    """The wish a form means."""
    return session.exec(select(Wish).where(Wish.code == code)).first()


def open_wishes(session: Session, office_ids: Collection[int]) -> Sequence[Wish]:
    """What waits for an answer at these offices, the longest wait first."""
    query = select(Wish).where(col(Wish.office_id).in_(list(office_ids)), Wish.state == "open")
    return session.exec(query.order_by(col(Wish.id))).all()


def wishes_about(session: Session, slot_id: int) -> Sequence[Wish]:
    """Everything asked about a meeting, oldest first."""
    return session.exec(select(Wish).where(Wish.slot_id == slot_id).order_by(col(Wish.id))).all()


# ------------------------------------------------------------------------------------- entries kept on a phone


def take_entry(session: Session, staff_id: int, key: str, *, now: datetime) -> bool:
    """Note that an entry has come in; False when it had already."""
    row = sqlite.insert(TakenEntry).values(staff_id=staff_id, key=key, at=now)
    result = session.execute(row.on_conflict_do_nothing())
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def forget_entries(session: Session, before: datetime) -> None:
    """Forget keys so old that no phone still keeps what they belong to."""
    session.execute(delete(TakenEntry).where(col(TakenEntry.at) < before))


# ------------------------------------------------------------------------------------------ words told once


def said(session: Session, slot_id: int) -> set[str]:
    """Which ready words have been told about a meeting."""
    return set(session.exec(select(SaidWord.text_code).where(SaidWord.slot_id == slot_id)))


def note_said(session: Session, slot_id: int, text_code: str, *, staff_id: int, now: datetime) -> bool:
    """Note that a word is told; False when it has been."""
    row = sqlite.insert(SaidWord).values(slot_id=slot_id, text_code=text_code, said_at=now, said_by_id=staff_id)
    result = session.execute(row.on_conflict_do_nothing())
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
