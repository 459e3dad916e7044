"""Sign-ups to dialog meetings (dialogmöten): who comes, who waits for a place, and which place is offered to whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, bindparam, func, text, update
from sqlmodel import Field, SQLModel, col, exists, or_, select

import storage.messages
from storage.codes import new_code
from storage.columns import one_of, these
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import REMINDER_KINDS, Seat, Slot
from storage.messages import Message
from storage.people import Person

STATES = ("signed_up", "waiting", "offered", "passed_on", "cancelled", "came", "no_show", "called_off")
# What staff write to everybody, and that a meeting is moved.
NEWS_KINDS = ("DM-NEWS", "DM-MOVED")
STANDING = ("signed_up", "waiting", "offered")


class Signup(SQLModel, table=True):
    """Somebody's place in a meeting, or in the line for one. A youth may sign up with a first name only: `person_id`
    is set where the talk is already tied to somebody in the register, never by a guess.

    `companions` come along on the same sign-up ("+1"), each in a seat of their own. A place that is offered from the
    waiting list (reservlista) is theirs until `offer_until`; then it is passed on.
    """

    __table_args__ = (
        one_of("state", STATES),
        Index("one_standing_signup_per_talk", "slot_id", "conversation_id", unique=True,
              sqlite_where=text("state IN ('signed_up', 'waiting', 'offered')"),
              postgresql_where=text("state IN ('signed_up', 'waiting', 'offered')")),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    first_name: str = ""
    companions: int = 0
    source: str = ""
    state: str = Field(default="signed_up", index=True)
    made_at: datetime
    state_at: datetime
    offered_at: datetime | None = None
    offer_until: datetime | None = Field(default=None, index=True)


def add(session: Session, signup: Signup) -> Signup:
    """Keep a new sign-up; whoever stands in line for the same meeting already must not be added again."""
    session.add(signup)
    session.flush()
    return signup


def drop(session: Session, signup: Signup) -> None:
    """Keep a sign-up no longer that came to nothing in the same breath."""
    session.delete(signup)
    session.flush()


def get(session: Session, signup_id: int) -> Signup:
    """The sign-up; raises when there is none with this id."""
    return session.get_one(Signup, signup_id)


def by_code(session: Session, code: str) -> Signup | None:
    """The sign-up that a form means."""
    return session.exec(select(Signup).where(Signup.code == code)).first()


def find(session: Session, signup_id: object) -> Signup | None:
    """The sign-up, if there is one with this id."""
    return session.get(Signup, signup_id) if isinstance(signup_id, int) else None


def change(
    session: Session, signup: Signup, from_states: Sequence[str], to: str, *, now: datetime, **values: Any
) -> bool:
    """Change where a sign-up stands by one conditional write; False when it no longer stands where we thought."""
    session.flush()
    result = session.execute(
        update(Signup)
        .where(col(Signup.id) == signup.id, col(Signup.state).in_(list(from_states)))
        .values(state=to, state_at=now, **values)
    )
    session.refresh(signup)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def count_companions(session: Session, signup: Signup, companions: int) -> None:
    """How many come along on this sign-up, each in a seat of their own."""
    signup.companions = companions
    session.add(signup)
    session.flush()


def standing_for(session: Session, slot_id: int, conversation_id: int) -> Signup | None:
    """The talk's place in this meeting or in the line for it."""
    query = select(Signup).where(
        Signup.slot_id == slot_id, Signup.conversation_id == conversation_id, col(Signup.state).in_(STANDING)
    )
    return session.exec(query).first()


_STANDING = (
    select(Signup, Slot)
    .join(Slot, col(Slot.id) == Signup.slot_id)
    .where(Signup.conversation_id == bindparam("talk"), col(Signup.state).in_(these(STANDING)))
    .where(Slot.starts_at > bindparam("after"), col(Slot.called_off_at).is_(None))
    .order_by(col(Slot.starts_at), col(Signup.id))
)
_ANY_STANDING = _STANDING.with_only_columns(col(Signup.id)).order_by(None).limit(1)


def standing(session: Session, conversation_id: int, *, after: datetime) -> Sequence[tuple[Signup, Slot]]:
    """The talk's places in meetings that begin after a moment, called-off ones left out, earliest first."""
    values = {"talk": conversation_id, "after": after}
    # Most talks have none, which a plain value tells at half the cost of a row.
    return session.exec(_STANDING, params=values).all() if session.rows(_ANY_STANDING, **values).first() else []


def people_signed_up(session: Session, slot_id: int, person_ids: Sequence[int]) -> set[int]:
    """Which of these people stand on the meeting's list, or in the line for it."""
    query = select(Signup.person_id).where(
        Signup.slot_id == slot_id, col(Signup.person_id).in_(list(person_ids)), col(Signup.state).in_(STANDING)
    )
    return {person_id for person_id in session.exec(query) if person_id is not None}


def people_of_campaign(session: Session, campaign_id: int) -> set[int]:
    """Who has got a place at a dialog meeting because of a campaign, and has not given it back."""
    query = select(Signup.person_id).where(
        Signup.campaign_id == campaign_id, col(Signup.state).in_(("signed_up", "came", "no_show"))
    )
    return {person_id for person_id in session.exec(query) if person_id is not None}


def of_slot(session: Session, slot_id: int, states: Sequence[str] = STATES) -> Sequence[Signup]:
    """A meeting's sign-ups in these states, in the order they were made: that is the order of the line, too."""
    query = select(Signup).where(Signup.slot_id == slot_id, col(Signup.state).in_(list(states)))
    return session.exec(query.order_by(col(Signup.made_at), col(Signup.id))).all()


def first_names(session: Session, slot_id: int) -> set[str]:
    """The first names that a meeting's people signed up with, but for those with protected identity."""
    query = (
        select(Signup.first_name)
        .outerjoin(Person, col(Person.id) == Signup.person_id)
        .where(Signup.slot_id == slot_id, or_(col(Person.id).is_(None), col(Person.protected).is_(False)))
    )
    return {name for name in session.exec(query) if name}


def place_in_line(session: Session, signup: Signup) -> int:
    """Which place somebody who waits has in the line, from 1."""
    query = select(func.count()).where(
        Signup.slot_id == signup.slot_id, Signup.state == "waiting",
        or_(Signup.made_at < signup.made_at, (col(Signup.made_at) == signup.made_at) & (col(Signup.id) < signup.id)),
    )  # fmt: skip
    return session.exec(query).one() + 1


# What is asked at every tick is made once: to put a question together takes longer than to answer it.
_JOINED = select(Signup, Slot).join(Slot, col(Slot.id) == Signup.slot_id)
_OFFERED = _JOINED.where(Signup.state == "offered").order_by(col(Signup.offer_until), col(Signup.id))
_IN_VAIN = _JOINED.where(Signup.state == "waiting", col(Slot.starts_at) <= bindparam("now")).order_by(col(Signup.id))
_has_room = exists().where(
    col(Seat.slot_id) == Slot.id, col(Seat.taken_by).is_(None), col(Seat.signup_id).is_(None)
)  # fmt: skip
_has_line = exists().where(col(Signup.slot_id) == Slot.id, col(Signup.state) == "waiting")
_WITH_ROOM_AND_LINE = (
    select(Slot)
    .where(col(Slot.starts_at) > bindparam("now"), col(Slot.called_off_at).is_(None), _has_room, _has_line)
    .order_by(col(Slot.starts_at), col(Slot.id))
)


def offered(session: Session) -> Sequence[tuple[Signup, Slot]]:
    """Every offer that is open, the first to run out first."""
    return session.exec(_OFFERED).all()


def waited_in_vain(session: Session, now: datetime) -> Sequence[tuple[Signup, Slot]]:
    """Those who stand in the line for a meeting that has begun."""
    return session.exec(_IN_VAIN, params={"now": now}).all()


def with_room_and_line(session: Session, now: datetime) -> Sequence[Slot]:
    """Meetings ahead that have an empty seat and somebody in line."""
    return session.exec(_WITH_ROOM_AND_LINE, params={"now": now}).all()


def offer_was_lost(session: Session, signup: Signup, text_code: str) -> bool:
    """Whether the text that offers the place has ended without reaching anybody."""
    query = select(Message.id).where(
        Message.conversation_id == signup.conversation_id, Message.text_code == text_code,
        col(Message.created_at) >= signup.offered_at,
        col(Message.state).in_(("withheld", "expired", "cancelled", "failed", "undelivered")),
    )  # fmt: skip
    return session.exec(query.limit(1)).first() is not None


def was_told(session: Session, signup: Signup, text_code: str, words: str, *, since: datetime) -> bool:
    """Whether these words, under this code, were put in the queue for them since a moment."""
    query = select(Message.id).where(
        Message.conversation_id == signup.conversation_id, Message.text_code == text_code, Message.text == words,
        col(Message.created_at) >= since,
    )  # fmt: skip
    return session.exec(query.limit(1)).first() is not None


def next_offer_ends(session: Session) -> datetime | None:
    """When the next open offer runs out."""
    query = select(func.min(Signup.offer_until)).where(Signup.state == "offered")
    return session.exec(query).one()


_told = exists().where(
    col(Message.conversation_id) == Signup.conversation_id, col(Message.text_code) == bindparam("text_code"),
    col(Message.created_at) >= Slot.starts_at,
)  # fmt: skip
_CAME_UNTOLD = (
    _JOINED.where(Signup.state == "came", col(Signup.conversation_id).is_not(None), ~_told)
    .where(col(Slot.starts_at) >= bindparam("since"), col(Slot.starts_at) < bindparam("now"))
    .order_by(col(Signup.id))
)


def came_untold(session: Session, text_code: str, *, since: datetime, now: datetime) -> Sequence[tuple[Signup, Slot]]:
    """Those who came to a meeting that began in this stretch and have had no text of this code since."""
    return session.exec(_CAME_UNTOLD, params={"text_code": text_code, "since": since, "now": now}).all()


def take_back_reminders(session: Session, signup: Signup, slot: Slot, *, reason: str, now: datetime) -> None:
    """Reminders and news of this meeting that wait in the queue would tell of what does not stand."""
    codes = (*REMINDER_KINDS, *NEWS_KINDS)
    storage.messages.take_back(
        session, signup.conversation_id, codes, send_before=slot.starts_at, reason=reason, now=now
    )


def take_back_offer(session: Session, signup: Signup, *, reason: str, now: datetime) -> None:
    """A question about a place that waits in the queue would name what does not stand."""
    if signup.offer_until is not None:
        storage.messages.take_back(
            session, signup.conversation_id, ("SPOT",), send_before=signup.offer_until, reason=reason, now=now
        )


def hand_on(session: Session, chat: Conversation, talk: Conversation) -> None:
    """What an anonymous chat has signed up for becomes the person's, but for meetings they stand on the list of."""
    known = select(Signup.slot_id).where(Signup.conversation_id == talk.id, col(Signup.state).in_(STANDING))
    session.execute(
        update(Signup)
        .where(col(Signup.conversation_id) == chat.id, col(Signup.slot_id).not_in(known))
        .values(conversation_id=talk.id, person_id=talk.person_id)
    )
