"""Conversations: one per person (or per unknown address), where each stands, and every text that came in."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column, Index, and_, bindparam, func, text, update
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import among, one_of, this
from storage.database import Session
from storage.numbers import CHANNELS
from storage.people import Person

# The state chart of ux §5.3, in English: Ny, Inbjuden, Erbjuden, TidFöreslagen, Bokad, Bekräftad, Avbokad, Träffad;
# Uteblev, Vilar, Avböjt, Sysselsatt, FelNummer, Trappan, Uppföljning, Anmäld, Reserv; Människa, Akut, Spärrad,
# Avslutad.
STATES = (
    "new", "invited", "offered", "time_proposed", "booked", "confirmed", "cancelled", "met", "no_show", "resting",
    "declined", "occupied", "wrong_number", "ladder", "follow_up", "signed_up", "waiting_list", "human", "urgent",
    "stopped", "ended",
)  # fmt: skip
# Somebody who waits in a tough situation: why, in words, and as a subject that talks are routed by.
TOUGH_WHY, TOUGH = "tufft läge", "tough"
# Talks in these states begin anew with a campaign's question; in the others the talk has gone further already.
INVITABLE = ("new", "invited", "resting", "ladder", "wrong_number")


class Conversation(SQLModel, table=True):
    """Where a person stands, and in which channel we talk now. `waiting_since` is set while somebody must read.

    `context` holds the open question: its code, when it was asked, and the numbered options that were offered.
    `subject` is what the waiting talk is about, by which it is routed (outreach/routing.py): study, work or authority;
    empty where no words told.
    """

    __table_args__ = (
        one_of("state", STATES),
        one_of("channel", CHANNELS),
        Index("one_conversation_per_unknown_address", "channel", "address", unique=True,
              sqlite_where=text("person_id IS NULL"), postgresql_where=text("person_id IS NULL")),
        # Who has been silent for so long, asked every minute of a whole register that has been invited; and who has
        # been reached, counted on every opening of Idag.
        Index("conversation_by_state", "state", "state_at", "person_id"),
        Index("conversation_of_person", "person_id", "state"),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", unique=True)
    channel: str = "sms"
    address: str = Field(default="", index=True)
    lang: str = "sv"
    state: str = Field(default="new")
    state_at: datetime
    resume_state: str = ""
    context: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    introduced: bool = False
    waiting_since: datetime | None = Field(default=None, index=True)
    waiting_why: str = ""
    subject: str = ""
    held_by_id: int | None = Field(default=None, foreign_key="staff.id", index=True)
    held_since: datetime | None = None
    last_inbound_at: datetime | None = None


_OF_PERSON = select(Conversation).where(Conversation.person_id == bindparam("person_id"))


def of_person(session: Session, person_id: int) -> Conversation | None:
    """The person's conversation, if any text has ever been thought of."""
    return session.exec(_OF_PERSON, params={"person_id": person_id}).first()


def of_people(session: Session, person_ids: Iterable[int]) -> dict[int, Conversation]:
    """Conversations by person, in one query."""
    rows = session.exec(select(Conversation).where(col(Conversation.person_id).in_(list(person_ids))))
    return {row.person_id: row for row in rows if row.person_id is not None}


class Talk(NamedTuple):
    """What sending must know of a conversation, without the rest of the row; for thousands at a time."""

    id: int
    person_id: int | None
    state: str
    held_by_id: int | None
    last_inbound_at: datetime | None


class Invitation(NamedTuple):
    """The question `asked` (a text's code) that left for a conversation at a moment."""

    conversation_id: int
    asked: str
    left_at: datetime


_INVITE = (
    update(Conversation.__table__)  # type: ignore[attr-defined]
    .where(among(Conversation.id))
    .where(or_(col(Conversation.last_inbound_at).is_(None), col(Conversation.last_inbound_at) < bindparam("left")))
    .where(or_(*(col(Conversation.state) == state for state in INVITABLE)))
    .values(state="invited", state_at=bindparam("now"), context=bindparam("asked"))
)


def invite(session: Session, invitations: Sequence[Invitation], *, now: datetime) -> None:
    """Open a question in conversations that can be invited and have heard nothing since it left."""
    talks: dict[tuple[str, datetime], list[int]] = {}
    for one in invitations:
        talks.setdefault((one.asked, one.left_at), []).append(one.conversation_id)
    for (asked, left_at), ids in talks.items():
        context = {"asked": asked, "asked_at": now.isoformat()}
        session.rows(_INVITE, ids=ids, left=left_at, now=now, asked=context)
    _forget_loaded(session, {one.conversation_id for one in invitations})


def _forget_loaded(session: Session, ids: Collection[int]) -> None:
    for loaded in [row for row in session.identity_map.values() if isinstance(row, Conversation) and row.id in ids]:
        session.expire(loaded)


_TALKS = select_columns(*(getattr(Conversation, name) for name in Talk._fields))
_TALKS_OF_PEOPLE, _TALKS_BY_ID = _TALKS.where(among(Conversation.person_id)), _TALKS.where(among(Conversation.id))


def talks_of_people(session: Session, person_ids: Iterable[int]) -> Sequence[Talk]:
    """How the conversations of these people stand."""
    return [Talk._make(row) for row in session.rows(_TALKS_OF_PEOPLE, ids=list(person_ids)).all()]


def talks(session: Session, ids: Iterable[int]) -> Sequence[Talk]:
    """How these conversations stand."""
    return [Talk._make(row) for row in session.rows(_TALKS_BY_ID, ids=list(ids)).all()]


_at_address = and_(col(Conversation.channel) == bindparam("channel"), col(Conversation.address) == bindparam("address"))
_OF_UNKNOWN = select(Conversation).where(_at_address, col(Conversation.person_id).is_(None))
_SAID_WRONG = select(Conversation.id).where(_at_address, Conversation.state == "wrong_number").limit(1)


def of_unknown(session: Session, channel: str, address: str) -> Conversation | None:
    """The conversation with an address that nobody in the register has."""
    return session.execute(_OF_UNKNOWN, {"channel": channel, "address": address}).scalars().first()


def said_wrong_number(session: Session, channel: str, address: str) -> bool:
    """Whether somebody at this address has told us that it is not the person we look for."""
    return session.finds(_SAID_WRONG, channel=channel, address=address)


def by_code(session: Session, code: str) -> Conversation | None:
    """The conversation a page address means."""
    return session.exec(select(Conversation).where(Conversation.code == code)).first()


def get(session: Session, conversation_id: int) -> Conversation:
    """The conversation; raises when there is none with this id."""
    return session.get_one(Conversation, conversation_id)


def keep(session: Session, conversation: Conversation) -> Conversation:
    """Keep a new or changed conversation."""
    session.add(conversation)
    session.flush()
    return conversation


def keep_many(session: Session, conversations: Sequence[Conversation]) -> None:
    """Keep many new or changed conversations."""
    session.add_all(conversations)
    session.flush()


def ids_of_people(session: Session) -> dict[int, int]:
    """The id of every person's conversation."""
    query = select(Conversation.person_id, Conversation.id).where(col(Conversation.person_id).is_not(None))
    return {person_id: conversation_id for person_id, conversation_id in session.exec(query) if person_id is not None}


_WAITING = (
    select(Conversation, Person)
    .join(Person, col(Person.id) == Conversation.person_id, isouter=True)
    .where(col(Conversation.waiting_since).is_not(None))
    .order_by((col(Conversation.state) != this("urgent")), col(Conversation.waiting_since))
)
# Asked by every page: made once.
_WAITING_AT = _WAITING.where(or_(among(Person.office_id), col(Person.id).is_(None)))


def waiting(session: Session, office_ids: Sequence[int] | None = None) -> Sequence[tuple[Conversation, Person | None]]:
    """Conversations somebody must read: urgent first, then the longest wait (ux §4.2)."""
    if office_ids is None:
        return session.exec(_WAITING).all()
    return session.exec(_WAITING_AT, params={"ids": list(office_ids)}).all()


def counts_by_state(session: Session) -> dict[str, int]:
    """How many conversations stand in each state."""
    return dict(session.exec(select(Conversation.state, func.count()).group_by(Conversation.state)).all())


def give_to(session: Session, conversation: Conversation, staff_id: int | None, *, now: datetime) -> bool:
    """Change who has the talk by one conditional write; False when somebody else changed it first."""
    held_by = col(Conversation.held_by_id)
    unchanged = held_by.is_(None) if conversation.held_by_id is None else held_by == conversation.held_by_id
    session.flush()
    result = session.execute(
        update(Conversation)
        .where(col(Conversation.id) == conversation.id, unchanged)
        .values(held_by_id=staff_id, held_since=now if staff_id is not None else None)
    )
    session.refresh(conversation)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def held_by(session: Session, staff_id: int) -> Sequence[Conversation]:
    """Talks that somebody has."""
    return session.exec(select(Conversation).where(Conversation.held_by_id == staff_id)).all()


_RESTED = (
    select(Conversation, Person)
    .join(Person, col(Person.id) == Conversation.person_id)
    .where(Conversation.state == "resting", col(Conversation.held_by_id).is_(None))
    .where(col(Person.closed_at).is_(None), col(Person.protected).is_(False))
)
_ANY_RESTED = (
    _RESTED.with_only_columns(col(Conversation.id)).where(col(Person.paused_until) <= bindparam("now")).limit(1)
)


def rested(session: Session, now: datetime) -> Sequence[tuple[Conversation, Person]]:
    """Talks that rest until a day that has come, and that nobody has just now."""
    return session.exec(_RESTED.where(col(Person.paused_until) <= now)).all()


def any_rested(session: Session, now: datetime) -> bool:
    """Whether there are such talks."""
    return session.finds(_ANY_RESTED, now=now)


def next_rested(session: Session) -> datetime | None:
    """When the next of these days comes."""
    until = col(Person.paused_until)
    found = session.exec(_RESTED.where(until.is_not(None)).order_by(until).limit(1)).first()
    return found[1].paused_until if found is not None else None


def leave_language(session: Session, lang: str, instead: str) -> None:
    """Let everybody who is answered in a language be answered in another."""
    session.execute(update(Conversation).where(col(Conversation.lang) == lang).values(lang=instead))
