"""What the clock brings to the ladder: steps that have come due, and when the next one will. The statements are made
once, since they are asked all day.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.database import Session
from storage.ladder_queue import LEFT
from storage.ladders import LadderPlace
from storage.messages import Message
from storage.people import Guardian, Person
from storage.silence import INVITING, NUDGE

# Steps that no human takes: the service does, or passes them over.
BY_ITSELF = ("sms", "reminder", "rest", "guardian_call")
_kind = and_(col(LadderPlace.state) == "on", col(LadderPlace.kind) == bindparam("kind"))
_due: ColumnElement[bool] = col(LadderPlace.due_at) <= bindparam("now")
_people = select(LadderPlace).join(Person, col(Person.id) == col(LadderPlace.person_id))
_limit: Any = bindparam("limit")

_OVER = select(LadderPlace).where(_kind, _due).order_by(col(LadderPlace.due_at)).limit(_limit)
_ENTERED = (
    select(LadderPlace)
    .where(_kind, col(LadderPlace.entered_at) <= bindparam("moment"))
    .order_by(col(LadderPlace.entered_at))
    .limit(_limit)
)


def over(session: Session, kind: str, now: datetime, limit: int) -> list[LadderPlace]:
    """Places at a step of this kind that has come due, whoever's office, longest wait first."""
    return list(session.execute(_OVER, {"kind": kind, "now": now, "limit": limit}).scalars())


def entered_before(session: Session, kind: str, moment: datetime, limit: int) -> list[LadderPlace]:
    """Places that have stood at a step of this kind since before a moment."""
    return list(session.execute(_ENTERED, {"kind": kind, "moment": moment, "limit": limit}).scalars())


_lacks_address = or_(*(func.trim(part) == "" for part in (col(Person.street), col(Person.postcode), col(Person.town))))
_WITHOUT_ADDRESS = _people.where(_kind, _due, _lacks_address).order_by(col(LadderPlace.due_at)).limit(_limit)


def without_address(session: Session, kind: str, due_before: datetime, limit: int) -> list[LadderPlace]:
    """Places at a card step that has waited since before a moment, of people without a whole address."""
    return list(session.execute(_WITHOUT_ADDRESS, {"kind": kind, "now": due_before, "limit": limit}).scalars())


_has_guardian = exists().where(col(Guardian.person_id) == col(Person.id), col(Guardian.phone) != "")
_of_age = or_(col(Person.birth_date).is_(None), col(Person.birth_date) <= bindparam("grown_up_by"))
_WITHOUT_GUARDIAN = (
    _people.where(_kind, _due, or_(_of_age, ~_has_guardian)).order_by(col(LadderPlace.due_at)).limit(_limit)
)


def without_guardian(session: Session, now: datetime, grown_up_by: date, limit: int) -> list[LadderPlace]:
    """Places at a due call to a guardian, of people who are of age (born by that day) or have no guardian to ring."""
    values = {"kind": "guardian_call", "now": now, "grown_up_by": grown_up_by, "limit": limit}
    return list(session.execute(_WITHOUT_GUARDIAN, values).scalars())


def _written(which: ColumnElement[bool]) -> Any:
    gone = and_(col(Message.state).in_(LEFT), col(Message.claimed_at) >= col(LadderPlace.began_at))
    # What could not leave is told of once: the step's day is then moved. A second try tells only that it left.
    ended = and_(
        col(Message.again_of_id).is_(None),
        col(Message.state).in_(("withheld", "expired", "failed", "cancelled")),
        col(Message.created_at) >= col(LadderPlace.due_at),
    )
    message = aliased(Message)
    latest = select(func.max(col(Message.id))).where(
        col(Message.person_id) == col(LadderPlace.person_id), which, or_(gone, ended)
    )
    return (
        select(LadderPlace, message)
        .join(message, message.id == latest.correlate(LadderPlace).scalar_subquery())  # type: ignore[arg-type]
        .where(_kind, _due)
    )


_WRITTEN = {
    "sms": _written(col(Message.kind).in_(INVITING)),
    "reminder": _written(and_(col(Message.kind) == "nudge", col(Message.text_code) == NUDGE)),
}


def texted(session: Session, now: datetime) -> list[tuple[LadderPlace, Message]]:
    """Due text steps of which a text tells how it went: an invitation, whoever sent it, or the reminder of one."""
    rows = [row for kind, query in _WRITTEN.items() for row in session.execute(query, {"kind": kind, "now": now})]
    return [(place, text) for place, text in rows]


_ahead = col(LadderPlace.due_at) > bindparam("now")
_NEXT_DUE = select(func.min(col(LadderPlace.due_at))).where(_kind, _ahead)
_NEXT_ENTERED = select(func.min(col(LadderPlace.entered_at))).where(
    _kind, col(LadderPlace.entered_at) > bindparam("now")
)
_NEXT_BACK = select(func.min(col(LadderPlace.due_at))).where(col(LadderPlace.state) == "left", _ahead)
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
