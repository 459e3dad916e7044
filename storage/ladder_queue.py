"""Who is next on the ladder: worklists, texts that are due, and who has been contacted on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, text, true
from sqlmodel import col

from storage.cards import Card, CardBatch
from storage.columns import among
from storage.database import Session
from storage.ladders import LadderEvent, LadderPlace
from storage.messages import QUEUED, Message
from storage.numbers import PersonNumber
from storage.people import Person
from storage.silence import INVITING
from storage.tasks import TALKED, Attempt, Task

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


# Whom staff or a text has contacted on the day; whoever a text that waits is about to.
_BY_HAND: tuple[Any, ...] = (
    select(col(Attempt.person_id)).where(
        col(Attempt.kind).in_(BY_HAND), col(Attempt.at) >= bindparam("since"), col(Attempt.at) < bindparam("until")
    ),
    select(col(Card.person_id)).where(
        col(CardBatch.id) == col(Card.batch_id), col(CardBatch.sent_at) >= bindparam("since"),
        col(CardBatch.sent_at) < bindparam("until"),
    ),
)  # fmt: skip
# Neither half lets SQLite look through everybody's texts: the queue and the day's calls have indexes of their own.
_started = and_(
    col(Message.kind).in_(STARTED), col(Message.text_code) != CALL_SOON, func.coalesce(col(Message.person_id), 0) != 0
)
_queued = and_(text(QUEUED), col(Message.send_after) < bindparam("until"))
_claimed = and_(col(Message.claimed_at) >= bindparam("since"), col(Message.claimed_at) < bindparam("until"))
_BY_TEXT: tuple[Any, ...] = tuple(select(col(Message.person_id)).where(_started, when) for when in (_queued, _claimed))


def _each_asked(sources: Iterable[Any]) -> ColumnElement[bool]:
    """That a person is in one of the sources, asked person by person: for a few."""
    return or_(*(exists(source.where(source.selected_columns[0] == col(Person.id))) for source in sources))


def _all_at_once(sources: Iterable[Any]) -> ColumnElement[bool]:
    """The same, each source asked once: for a whole register."""
    return or_(*(col(Person.id).in_(source) for source in sources))


_CONTACTED_BY_HAND = select(col(Person.id)).where(among(Person.id), _each_asked(_BY_HAND))
_CONTACTED = select(col(Person.id)).where(among(Person.id), _each_asked((*_BY_HAND, *_BY_TEXT)))


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


# One no instead of three conditions: each of those has an index, over nearly everybody, and SQLite would begin there.
_open = ~or_(col(Person.protected), col(Person.closed_at).is_not(None), col(Person.merged_into_id).is_not(None))
_shown = and_(col(LadderPlace.state) == "on", _open)
_rung_by_ladder = exists().where(
    col(LadderPlace.person_id) == col(Person.id), col(LadderPlace.state) == "on", col(LadderPlace.kind) == "ring"
)


def _places(*entities: Any) -> Any:
    return select(*entities).select_from(LadderPlace).join(Person, col(Person.id) == col(LadderPlace.person_id))


def due(
    session: Session, office_ids: Sequence[int], kind: str, now: datetime, day: Day, *, band: str = "",
    limit: int | None = 50,
) -> list[tuple[LadderPlace, Person]]:  # fmt: skip
    """Whose step of a kind is due and who has not been contacted on the day, longest wait first. `band` is the time of
    day: whoever was rung at that time of day the last time is left out.
    """
    query = _due(office_ids, now, LadderPlace, Person).where(col(LadderPlace.kind) == kind, _another_time(band))
    rows = session.execute(
        query.order_by(col(LadderPlace.due_at), col(LadderPlace.person_id)).limit(limit), day.bounds
    )  # fmt: skip
    return [(row, person) for row, person in rows]


def _due(office_ids: Sequence[int], now: datetime, *entities: Any) -> Any:
    return _places(*entities).where(
        _shown, col(LadderPlace.due_at) <= now, col(Person.office_id).in_(office_ids),
        ~_all_at_once((*_BY_HAND, *_BY_TEXT)), or_(col(Person.paused_until).is_(None), col(Person.paused_until) <= now),
    )  # fmt: skip


def _another_time(band: str) -> ColumnElement[bool]:
    """That nobody was rung at this time of day the last time; with no band, and for other steps, always so."""
    tried = exists().where(
        col(LadderEvent.person_id) == col(LadderPlace.person_id), col(LadderEvent.round) == col(LadderPlace.round),
        col(LadderEvent.kind) == "ring", col(LadderEvent.attempt) == col(LadderPlace.attempt) - 1,
        col(LadderEvent.why) == band,
    )  # fmt: skip
    return or_(col(LadderPlace.kind) != "ring", ~tried) if band else true()


def count_due(
    session: Session, office_ids: Sequence[int], kinds: Iterable[str], now: datetime, day: Day, band: str
) -> dict[str, int]:  # fmt: skip
    """How many stand on the lists of these steps, as `due` gives them; `band` is for the calls."""
    wanted = _due(office_ids, now, col(LadderPlace.kind), func.count()).where(_another_time(band))
    query = wanted.where(col(LadderPlace.kind).in_(list(kinds))).group_by(col(LadderPlace.kind))
    return {kind: int(people) for kind, people in session.execute(query, day.bounds)}


def promised(session: Session, office_ids: Sequence[int], day: Day, limit: int) -> list[tuple[Task, Person]]:
    """Open tasks to ring somebody on the day who has not been contacted on it, longest wait first. Whoever is to be
    rung by the ladder is rung when the ladder says.
    """
    query = _promised(office_ids, Task, Person).order_by(col(Task.created_at), col(Task.id)).limit(limit)
    return [(task, person) for task, person in session.execute(query, day.bounds)]


def count_promised(session: Session, office_ids: Sequence[int], day: Day) -> int:
    """How many `promised` would give without a limit."""
    return int(session.execute(_promised(office_ids, func.count()), day.bounds).scalar_one())


def _promised(office_ids: Sequence[int], *entities: Any) -> Any:
    waits = select(*entities).select_from(Task).join(Person, col(Person.id) == col(Task.person_id))
    return waits.where(
        col(Task.kind) == "ring", col(Task.done_at).is_(None), col(Task.office_id).in_(office_ids), _open,
        or_(col(Task.due_at).is_(None), col(Task.due_at) < bindparam("until")),
        ~_rung_by_ladder, ~_each_asked((*_BY_HAND, *_BY_TEXT)),
    )  # fmt: skip


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
    query = _due([office_id], now, LadderPlace).where(col(LadderPlace.kind) == "sms", ~written, ~left)
    return list(session.execute(query.order_by(col(LadderPlace.due_at)).limit(limit), day.bounds).scalars())


def invitations_on(session: Session, day: Day) -> int:
    """How many first texts have left on a day, or are about to: each may bring an answer."""
    query = select(func.count()).where(col(Message.kind).in_(INVITING), or_(_queued, _claimed))
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
