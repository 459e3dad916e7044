"""Follow-ups (uppföljning): one, three and six months after a first meeting, how it goes (ux §5.7)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import UniqueConstraint, bindparam, exists
from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import one_of
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import OPEN, Booking
from storage.messages import Message

KINDS = ("FU-1", "FU-3", "FU-6")
# Outcomes of those whose text may leave, or has left; any other outcome is the reason why it was let be.
QUEUED, ASKED = "queued", "asked"


class FollowUp(SQLModel, table=True):
    """Ask after booking B at T. Nothing is prepared: what is true is read when the time comes. `answer` is the number
    or the words that came back.
    """

    __table_args__ = (UniqueConstraint("booking_id", "kind"), one_of("kind", KINDS))

    id: int = Field(default=None, primary_key=True)
    booking_id: int = Field(foreign_key="booking.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str
    due_at: datetime = Field(index=True)
    done_at: datetime | None = Field(default=None, index=True)
    outcome: str = ""
    answered_at: datetime | None = None
    answer: str = ""


def add_all(session: Session, rows: Sequence[FollowUp]) -> None:
    """Keep what is planned."""
    session.add_all(rows)
    session.flush()


def of_person(session: Session, person_id: int) -> Sequence[FollowUp]:
    """A person's follow-ups, done ones too, in the order they fall due."""
    return session.exec(select(FollowUp).where(FollowUp.person_id == person_id).order_by(col(FollowUp.due_at))).all()


_DUE = (
    select(FollowUp)
    .where(col(FollowUp.done_at).is_(None), col(FollowUp.due_at) <= bindparam("now"))
    .order_by(col(FollowUp.due_at), col(FollowUp.id))
)


def due(session: Session, now: datetime) -> Sequence[FollowUp]:
    """Follow-ups whose time has come and that have not been dealt with."""
    return session.exec(_DUE, params={"now": now}).all()


def next_due(session: Session) -> datetime | None:
    """When the next follow-up is due."""
    return session.exec(select(func.min(FollowUp.due_at)).where(col(FollowUp.done_at).is_(None))).one()


def put_off(session: Session, row: FollowUp, until: datetime) -> None:
    """Let a follow-up fall due again later."""
    row.due_at = until
    session.add(row)
    session.flush()


def finish(session: Session, row: FollowUp, outcome: str, *, now: datetime) -> None:
    """Deal with a follow-up once and for all; the outcome says what came of it."""
    row.done_at, row.outcome = now, outcome
    session.add(row)


def asked(session: Session, person_id: int, kind: str) -> FollowUp | None:
    """The person's latest follow-up of this kind that has been dealt with."""
    query = select(FollowUp).where(FollowUp.person_id == person_id, FollowUp.kind == kind)
    return session.exec(query.where(col(FollowUp.done_at).is_not(None)).order_by(col(FollowUp.id).desc())).first()


_NOT_SENT = (
    select(FollowUp, Message.reason)
    .join(Message, col(Message.person_id) == FollowUp.person_id)
    .where(FollowUp.outcome == QUEUED, Message.text_code == FollowUp.kind)
    .where(col(Message.created_at) >= col(FollowUp.done_at))
    .where(col(Message.state).in_(("withheld", "expired", "cancelled", "failed")), col(Message.again_of_id).is_(None))
)


def not_sent(session: Session) -> Sequence[tuple[FollowUp, str]]:
    """Follow-ups whose text was put in the queue and did not leave, each with the reason."""
    return session.exec(_NOT_SENT).all()


def keep_answer(session: Session, row: FollowUp, answer: str, *, now: datetime) -> None:
    """Keep what came back."""
    row.answered_at, row.answer = now, answer
    session.add(row)


_booked = exists().where(col(Booking.person_id) == col(Conversation.person_id), col(Booking.state).in_(OPEN))
_OVER = (
    select(Conversation, FollowUp.done_at)
    .join(FollowUp, col(FollowUp.person_id) == Conversation.person_id)
    .where(FollowUp.kind == KINDS[-1], col(FollowUp.done_at).is_not(None), Conversation.state == "follow_up")
    .where(col(Conversation.held_by_id).is_(None), col(Conversation.waiting_since).is_(None), ~_booked)
)
_OVER_BEFORE = _OVER.where(col(FollowUp.done_at) <= bindparam("before"))


def over(session: Session, before: datetime) -> Sequence[Conversation]:
    """Talks of which the last question was dealt with before a moment or exactly then, and that nobody waits in."""
    return [talk for talk, _ in session.exec(_OVER_BEFORE, params={"before": before})]


def first_over(session: Session) -> datetime | None:
    """When the first of these last questions was dealt with."""
    found = session.exec(_OVER.order_by(col(FollowUp.done_at)).limit(1)).first()
    return found[1] if found is not None else None
