"""Goals of the work: what is counted, of what, in which direction, how far, and until when (domain S63-S67)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Field, SQLModel, col, select

from storage.columns import one_of
from storage.database import Session

# A number of people, a share of some, or a change since the period before; at least the target, or at most.
MEASURES, DIRECTIONS = ("count", "share", "change"), ("up", "down")


class Goal(SQLModel, table=True):
    """One goal, of an office or, without one, of the whole work. `numerator` and `denominator` say in words what is
    counted, and of what (a count has none). `target_tenths` is in tenths: of a person, or of a per cent.
    """

    __table_args__ = (one_of("measure", MEASURES), one_of("direction", DIRECTIONS))

    id: int = Field(default=None, primary_key=True)
    name: str
    measure: str
    numerator: str
    denominator: str = ""
    direction: str = "up"
    target_tenths: int
    due_on: date
    office_id: int | None = Field(default=None, foreign_key="office.id")
    made_at: datetime
    # Set when it is a goal no longer; its outcome in earlier reports still names it.
    ended_at: datetime | None = None


def keep(session: Session, goal: Goal) -> Goal:
    """Keep a new or changed goal."""
    session.add(goal)
    session.flush()
    return goal


def find(session: Session, goal_id: int) -> Goal | None:
    """The goal with this id."""
    return session.get(Goal, goal_id)


def standing(session: Session, office_ids: Sequence[int]) -> Sequence[Goal]:
    """The goals of the whole work and of these offices that have not been taken away, the one due first first."""
    goals = session.exec(select(Goal).where(col(Goal.ended_at).is_(None)).order_by(col(Goal.due_on), col(Goal.id)))
    return [goal for goal in goals if goal.office_id is None or goal.office_id in office_ids]
