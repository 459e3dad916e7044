"""Numbers that somebody typed on a page that is open to all: to come to a dialog meeting, or to be let alone. Kept for
as long as it takes to count how often, by keyed hashes: neither the number nor where the page was opened stands here.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, update
from sqlmodel import Field, SQLModel, col, select

from storage.columns import one_of
from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import Number, PersonNumber
from storage.people import Person

WISHES = ("come", "stop")


class PageAsk(SQLModel, table=True):
    """A number was typed, by whomever: nothing is done before the number itself has answered by text.

    `number_mark` and `from_mark` are keyed hashes of the number and of the network address it was typed at; the latter
    is emptied when an hour is over. `first_name` is what was typed beside it, and counts once the number has answered.
    `texted` tells whether the number got a text for it.
    """

    __table_args__ = (one_of("wish", WISHES),)

    id: int = Field(default=None, primary_key=True)
    asked_at: datetime = Field(index=True)
    wish: str
    number_mark: str = Field(index=True)
    from_mark: str = ""
    slot_id: int | None = Field(default=None, foreign_key="slot.id", index=True)
    first_name: str = ""
    texted: bool = False


def add(session: Session, ask: PageAsk) -> PageAsk:
    """Keep that a number was typed."""
    session.add(ask)
    session.flush()
    return ask


def typed_since(session: Session, since: datetime, *, from_mark: str = "") -> int:
    """How often numbers were typed since a moment, in all or from one place."""
    query = select(func.count()).select_from(PageAsk).where(PageAsk.asked_at > since)
    return session.exec(query.where(PageAsk.from_mark == from_mark) if from_mark else query).one()


def texted_since(session: Session, number_mark: str, since: datetime) -> int:
    """How many texts a number has got for this since a moment."""
    query = select(func.count()).where(PageAsk.number_mark == number_mark, PageAsk.asked_at > since)
    return session.exec(query.where(col(PageAsk.texted).is_(True))).one()


def texted_to_come(session: Session, number_mark: str, slot_id: int, *, since: datetime) -> PageAsk | None:
    """What sent this number its latest text about coming to this meeting, if that was after a moment."""
    query = select(PageAsk).where(
        PageAsk.number_mark == number_mark, PageAsk.slot_id == slot_id, PageAsk.wish == "come",
        col(PageAsk.texted).is_(True), PageAsk.asked_at > since,
    )  # fmt: skip
    return session.exec(query.order_by(col(PageAsk.id).desc())).first()


def holders(session: Session, numbers: Collection[str]) -> Sequence[tuple[str, Person]]:
    """Everybody in the register who has one of these numbers, but for those it has proved wrong for; for the gate."""
    query = (
        select(Number.e164, Person)
        .join(PersonNumber, col(PersonNumber.number_id) == Number.id)
        .join(Person, col(Person.id) == PersonNumber.person_id)
        .where(col(Number.e164).in_(list(numbers)), PersonNumber.standing != "wrong_person")
    )
    return session.exec(query).all()


def talks_at(session: Session, numbers: Collection[str]) -> Sequence[tuple[str, str]]:
    """Each talk by SMS with one of these numbers: the number, and where the talk stands."""
    query = select(Conversation.address, Conversation.state).where(
        Conversation.channel == "sms", col(Conversation.address).in_(list(numbers))
    )
    return session.exec(query).all()


def forget_places(session: Session, before: datetime) -> int:
    """Where numbers were typed before a moment is known no more; returns of how many."""
    old = update(PageAsk).where(col(PageAsk.asked_at) < before, col(PageAsk.from_mark) != "")
    return int(session.execute(old.values(from_mark="")).rowcount)  # type: ignore[attr-defined]


def forget(session: Session, before: datetime) -> int:
    """What was typed before a moment is known no more; returns how much."""
    return int(session.execute(delete(PageAsk).where(col(PageAsk.asked_at) < before)).rowcount)  # type: ignore[attr-defined]


def any_before(session: Session, moment: datetime, *, with_place_before: datetime) -> bool:
    """Whether anything was typed before a moment, or is known with its place since before another."""
    old = or_(
        col(PageAsk.asked_at) < moment,
        and_(col(PageAsk.from_mark) != "", col(PageAsk.asked_at) < with_place_before),
    )
    return session.exec(select(PageAsk.id).where(old).limit(1)).first() is not None
