"""Who is next on the ladder: worklists, texts that are due, and who has been contacted on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select
from sqlmodel import col

from storage.cards import Card, CardBatch
from storage.columns import among
from storage.database import Session
from storage.ladders import LadderEvent, LadderPlace
from storage.messages import Message
from storage.numbers import PersonNumber
from storage.people import Person
from storage.silence import INVITING
from storage.tasks import TALKED, Attempt

# What staff note that is a contact with the person, or a try; a note or a look-up is not.
BY_HAND = (
    "call", "social", "postcard", "visit", "met_outdoors", "guardian_call", "meeting", "letter", "partner",
)  # fmt: skip
# What announces the number that our texts come from (JO 494-2016).
ANNOUNCING = ("call", "letter", "postcard", "meeting", "met_outdoors", "visit")
STARTED = ("campaign", "ladder", "nudge", "follow_up", "staff")
# A text that says that we are about to ring is the same contact as the call.
CALL_SOON = "CALL-SOON"
LEFT = ("sent", "delivered", "undelivered", "unknown")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as two moments: from, and the midnight after."""

    since: datetime
    until: datetime

    @property
    def bounds(self) -> dict[str, datetime]:
        """The two moments as a statement takes them."""
        return {"since": self.since, "until": self.until}


_called = exists().where(
    col(Attempt.person_id) == col(Person.id), col(Attempt.kind).in_(BY_HAND), col(Attempt.at) >= bindparam("since"),
    col(Attempt.at) < bindparam("until"),
)  # fmt: skip
_carded = exists().where(
    col(Card.person_id) == col(Person.id), col(CardBatch.id) == col(Card.batch_id),
    col(CardBatch.sent_at) >= bindparam("since"), col(CardBatch.sent_at) < bindparam("until"),
)  # fmt: skip
_on_the_day = or_(
    and_(col(Message.state) == "queued", col(Message.send_after) < bindparam("until")),
    and_(col(Message.claimed_at) >= bindparam("since"), col(Message.claimed_at) < bindparam("until")),
)
_by_hand = or_(_called, _carded)
_by_text = exists().where(
    col(Message.person_id) == col(Person.id), col(Message.kind).in_(STARTED), col(Message.text_code) != CALL_SOON,
    _on_the_day,
)  # fmt: skip
_CONTACTED_BY_HAND = select(col(Person.id)).where(among(Person.id), _by_hand)
_CONTACTED = select(col(Person.id)).where(among(Person.id), or_(_by_hand, _by_text))


def contacted_by_hand(session: Session, person_ids: Iterable[int], day: Day) -> set[int]:
    """Whom of these staff have rung, met, written to or sent a card on a day."""
    return set(session.rows(_CONTACTED_BY_HAND, ids=list(person_ids), **day.bounds).scalars())


def contacted(session: Session, person_ids: Iterable[int], day: Day) -> set[int]:
    """Whom of these anybody has contacted on a day by any means, or whom a text that waits is about to."""
    return set(session.rows(_CONTACTED, ids=list(person_ids), **day.bounds).scalars())


def announced(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Whom of these a card, a letter or a call has told of us; a card that came back has told nobody."""
    tried = exists().where(col(Attempt.person_id) == col(Person.id), col(Attempt.kind).in_(ANNOUNCING))
    carded = exists().where(
        col(Card.person_id) == col(Person.id), col(CardBatch.id) == col(Card.batch_id),
        col(CardBatch.sent_at).is_not(None), col(Card.returned_at).is_(None),
    )  # fmt: skip
    query = select(col(Person.id)).where(among(Person.id), or_(tried, carded))
    return set(session.execute(query, {"ids": list(person_ids)}).scalars())


_shown = and_(
    col(LadderPlace.state) == "on", col(Person.protected).is_(False), col(Person.closed_at).is_(None),
    col(Person.merged_into_id).is_(None),
)  # fmt: skip


def _places(*entities: Any) -> Any:
    return select(*entities).select_from(LadderPlace).join(Person, col(Person.id) == col(LadderPlace.person_id))


def due(
    session: Session, office_ids: Sequence[int], kind: str, now: datetime, day: Day, *, band: str = "",
    limit: int | None = 50,
) -> list[tuple[LadderPlace, Person]]:  # fmt: skip
    """Whose step of a kind is due and who has not been contacted on the day, longest wait first. `band` is the time of
    day: whoever was rung at that time of day the last time is left out.
    """
    query = _due(kind, office_ids, now, band).add_columns(Person)
    rows = session.execute(query.order_by(col(LadderPlace.due_at), col(LadderPlace.person_id)).limit(limit), day.bounds)
    return [(row, person) for row, person in rows]


def _due(kind: str, office_ids: Sequence[int], now: datetime, band: str = "") -> Any:
    query = _places(LadderPlace).where(
        _shown, col(LadderPlace.kind) == kind, col(LadderPlace.due_at) <= now,
        col(Person.office_id).in_(office_ids), ~_by_hand, ~_by_text,
        or_(col(Person.paused_until).is_(None), col(Person.paused_until) <= now),
    )  # fmt: skip
    return query.where(~_tried_then(band)) if band else query


def _tried_then(band: str) -> ColumnElement[bool]:
    return exists().where(
        col(LadderEvent.person_id) == col(LadderPlace.person_id), col(LadderEvent.round) == col(LadderPlace.round),
        col(LadderEvent.kind) == "ring", col(LadderEvent.attempt) == col(LadderPlace.attempt) - 1,
        col(LadderEvent.why) == band,
    )  # fmt: skip


def count_due(session: Session, office_ids: Sequence[int], kind: str, now: datetime, day: Day, band: str = "") -> int:
    """How many such a list holds."""
    query = _due(kind, office_ids, now, band).with_only_columns(func.count())
    return int(session.execute(query, day.bounds).scalar_one())


def next_after(session: Session, office_ids: Sequence[int], kind: str, now: datetime) -> datetime | None:
    """When the next such step falls due, for "Nästa tur: onsdag"."""
    moment: datetime | None = session.execute(
        _places(func.min(col(LadderPlace.due_at))).where(
            _shown, col(LadderPlace.kind) == kind, col(LadderPlace.due_at) > now, col(Person.office_id).in_(office_ids)
        )
    ).scalar()
    return moment


def counts(session: Session, office_ids: Sequence[int] | None) -> list[tuple[str, str, str, int]]:
    """How many stand where: state, step, why they left, people. Protected and merged people are in no count."""
    query = (
        _places(col(LadderPlace.state), col(LadderPlace.kind), col(LadderPlace.left_why), func.count())
        .where(col(Person.protected).is_(False), col(Person.merged_into_id).is_(None))
        .group_by(col(LadderPlace.state), col(LadderPlace.kind), col(LadderPlace.left_why))
    )
    if office_ids is not None:
        query = query.where(col(Person.office_id).in_(office_ids))
    return [(state, kind, why, int(people)) for state, kind, why, people in session.execute(query)]


# ---------------------------------------------------------------------------------------------- texts of the ladder


def to_text(session: Session, office_id: int, now: datetime, day: Day, limit: int) -> list[LadderPlace]:
    """Whose text step is due at an office, and to whom no text has been written for it yet."""
    written = exists().where(
        col(Message.person_id) == col(Person.id), col(Message.kind).in_(INVITING),
        col(Message.created_at) >= col(LadderPlace.due_at),
    )  # fmt: skip
    left = exists().where(
        col(Message.person_id) == col(Person.id), col(Message.kind).in_(INVITING),
        col(Message.state).in_(("sending", *LEFT)), col(Message.claimed_at) >= col(LadderPlace.began_at),
    )  # fmt: skip
    query = _due("sms", [office_id], now).where(~written, ~left)
    return list(session.execute(query.order_by(col(LadderPlace.due_at)).limit(limit), day.bounds).scalars())


def invitations_on(session: Session, day: Day) -> int:
    """How many first texts have left on a day, or are about to: each may bring an answer."""
    query = select(func.count()).where(col(Message.kind).in_(INVITING), _on_the_day)
    return int(session.execute(query, day.bounds).scalar_one())


def first_to_text(session: Session, office_ids: Sequence[int]) -> datetime | None:
    """When the first text step of these offices is or was due."""
    moment: datetime | None = session.execute(
        _places(func.min(col(LadderPlace.due_at))).where(
            _shown, col(LadderPlace.kind) == "sms", col(Person.office_id).in_(office_ids)
        )
    ).scalar()
    return moment


def with_event(session: Session, kind: str, person_ids: Iterable[int]) -> set[int]:
    """To whom of these a step of this kind has happened, in whatever round."""
    query = select(col(LadderEvent.person_id)).where(among(LadderEvent.person_id), col(LadderEvent.kind) == kind)
    return set(session.execute(query, {"ids": list(person_ids)}).scalars())


def calls(session: Session, person_ids: Iterable[int]) -> list[tuple[int, datetime, bool]]:
    """Every call to these people: whom, when, and whether they answered; oldest first."""
    query = select(col(Attempt.person_id), col(Attempt.at), col(Attempt.result) == TALKED).where(
        among(Attempt.person_id), col(Attempt.kind) == "call"
    )
    rows = session.execute(query.order_by(col(Attempt.at)), {"ids": list(person_ids)})
    return [(person_id, at, bool(answered)) for person_id, at, answered in rows]


def place_on(session: Session, person_id: int) -> LadderPlace | None:
    """Where somebody stands who is on the ladder."""
    row = session.get(LadderPlace, person_id)
    return row if row is not None and row.state == "on" else None


def look_ups(
    session: Session, office_ids: Sequence[int], since: datetime
) -> list[tuple[str, str, str | None, int]]:  # fmt: skip
    """How many numbers have been looked for since a moment: where, what came of it, and how the number that was found
    stands today. Nobody with protected identity is counted.
    """
    tie = and_(
        col(PersonNumber.person_id) == col(Attempt.person_id), col(PersonNumber.number_id) == col(Attempt.number_id)
    )
    query = (
        select(col(Attempt.source), col(Attempt.result), col(PersonNumber.standing), func.count())
        .join(Person, col(Person.id) == col(Attempt.person_id))
        .join(PersonNumber, tie, isouter=True)
        .where(col(Attempt.kind) == "look_up", col(Attempt.at) >= since, col(Person.office_id).in_(office_ids))
        .where(col(Person.protected).is_(False))
        .group_by(col(Attempt.source), col(Attempt.result), col(PersonNumber.standing))
    )
    return [(source, result, standing, int(count)) for source, result, standing, count in session.execute(query)]
