"""What the clock brings to the ladder: steps that have come due, and when the next one will. The statements are made
once, since they are asked all day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.columns import these, this
from storage.database import Session
from storage.ladder_queue import LEFT
from storage.ladders import LadderPlace
from storage.messages import Message
from storage.people import Guardian, Person
from storage.silence import INVITING, NUDGE

# Steps that no human takes: the service does, or passes them over.
BY_ITSELF = ("sms", "reminder", "rest", "guardian_call")
_kind = and_(col(LadderPlace.state) == this("on"), col(LadderPlace.kind) == bindparam("kind"))
_due: ColumnElement[bool] = col(LadderPlace.due_at) <= bindparam("now")
_people = select(LadderPlace).join(Person, col(Person.id) == col(LadderPlace.person_id))
_limit: Any = bindparam("limit")


class _Question(NamedTuple):
    """A question of which places, made once, with a cheap way to ask whether there is any."""

    which: Any
    any: Any


def _question(which: Any) -> _Question:
    return _Question(which.limit(_limit), which.with_only_columns(col(LadderPlace.person_id)).order_by(None).limit(1))


@dataclass(frozen=True, slots=True)
class Places:
    """Places on the ladder that something is due for, longest wait first."""

    question: _Question
    values: Mapping[str, object]

    def any(self, session: Session) -> bool:
        """Whether there is one."""
        return session.finds(self.question.any, **self.values)

    def some(self, session: Session, limit: int) -> Sequence[Any]:
        """So many at most: places, or places with the text that tells how it went."""
        rows = session.execute(self.question.which, {**self.values, "limit": limit})
        return [row[0] if len(row) == 1 else tuple(row) for row in rows]


_OVER = _question(select(LadderPlace).where(_kind, _due).order_by(col(LadderPlace.due_at)))
_ENTERED = _question(
    select(LadderPlace)
    .where(_kind, col(LadderPlace.entered_at) <= bindparam("moment"))
    .order_by(col(LadderPlace.entered_at))
)


def over(kind: str, now: datetime) -> Places:
    """Places at a step of this kind that has come due, whoever's office."""
    return Places(_OVER, {"kind": kind, "now": now})


def entered_before(kind: str, moment: datetime) -> Places:
    """Places that have stood at a step of this kind since before a moment."""
    return Places(_ENTERED, {"kind": kind, "moment": moment})


_lacks_address = or_(*(func.trim(part) == "" for part in (col(Person.street), col(Person.postcode), col(Person.town))))
_WITHOUT_ADDRESS = _question(_people.where(_kind, _due, _lacks_address).order_by(col(LadderPlace.due_at)))


def without_address(kind: str, due_before: datetime) -> Places:
    """Places at a card step that has waited since before a moment, of people without a whole address."""
    return Places(_WITHOUT_ADDRESS, {"kind": kind, "now": due_before})


_has_guardian = exists().where(col(Guardian.person_id) == col(Person.id), col(Guardian.phone) != "")
_of_age = or_(col(Person.birth_date).is_(None), col(Person.birth_date) <= bindparam("grown_up_by"))
_WITHOUT_GUARDIAN = _question(
    _people.where(_kind, _due, or_(_of_age, ~_has_guardian)).order_by(col(LadderPlace.due_at))
)


def without_guardian(now: datetime, grown_up_by: date) -> Places:
    """Places at a due call to a guardian, of people who are of age (born by that day) or have no guardian to ring."""
    return Places(_WITHOUT_GUARDIAN, {"kind": "guardian_call", "now": now, "grown_up_by": grown_up_by})


def _written(which: ColumnElement[bool]) -> _Question:
    gone = and_(col(Message.state).in_(these(LEFT)), col(Message.claimed_at) >= col(LadderPlace.began_at))
    # What could not leave is told of once: the step's day is then moved. A second try tells only that it left.
    ended = and_(
        col(Message.again_of_id).is_(None),
        col(Message.state).in_(these(("withheld", "expired", "failed", "cancelled"))),
        col(Message.created_at) >= col(LadderPlace.due_at),
    )
    message = aliased(Message)
    latest = select(func.max(col(Message.id))).where(
        col(Message.person_id) == col(LadderPlace.person_id), which, or_(gone, ended)
    )
    return _question(
        select(LadderPlace, message)
        .join(message, message.id == latest.correlate(LadderPlace).scalar_subquery())  # type: ignore[arg-type]
        .where(_kind, _due)
        .order_by(col(LadderPlace.due_at))
    )


_WRITTEN = {
    "sms": _written(col(Message.kind).in_(these(INVITING))),
    "reminder": _written(and_(col(Message.kind) == this("nudge"), col(Message.text_code) == this(NUDGE))),
}


def texted(kind: str, now: datetime) -> Places:
    """Due text steps ("sms": an invitation, whoever sent it; "reminder": the reminder of one), each with the text that
    tells how it went.
    """
    return Places(_WRITTEN[kind], {"kind": kind, "now": now})


_ahead = col(LadderPlace.due_at) > bindparam("now")
_NEXT_DUE = select(func.min(col(LadderPlace.due_at))).where(_kind, _ahead)
_NEXT_ENTERED = select(func.min(col(LadderPlace.entered_at))).where(
    _kind, col(LadderPlace.entered_at) > bindparam("now")
)
_NEXT_BACK = select(func.min(col(LadderPlace.due_at))).where(col(LadderPlace.state) == this("left"), _ahead)
_PAUSE_ENDS = select(func.min(col(Person.paused_until))).where(col(Person.paused_until) > bindparam("now"))


def next_due(session: Session, kind: str, now: datetime) -> datetime | None:
    """When the next step of this kind falls due after a moment."""
    moment: datetime | None = session.execute(_NEXT_DUE, {"kind": kind, "now": now}).scalar()
    return moment


def first_entered(session: Session, kind: str, after: datetime) -> datetime | None:
    """Since when the first of those at this step has stood there, of those that came after a moment."""
    moment: datetime | None = session.execute(_NEXT_ENTERED, {"kind": kind, "now": after}).scalar()
    return moment


def next_return(session: Session, now: datetime) -> datetime | None:
    """When the next pause ends, or somebody has been silent for so long that the ladder may begin again."""
    moments = [session.execute(query, {"now": now}).scalar() for query in (_PAUSE_ENDS, _NEXT_BACK)]
    return min((moment for moment in moments if moment is not None), default=None)
