"""Talks as the inbox lists them: who waits for us, whom one has, whom the automatic service sees to, what is done."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy import false as never
from sqlmodel import col

from storage.columns import among
from storage.conversations import TOUGH, TOUGH_WHY, Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.messages import Message
from storage.numbers import Number, PersonNumber
from storage.people import Person
from storage.reads import TalkRead

TABS = ("waiting", "mine", "automatic", "done")
# Talks in which nothing more is expected from the automatic service.
SETTLED = ("human", "urgent", "met", "declined", "occupied", "wrong_number", "stopped", "ended")
# Texts that nobody has seen do not stand last in a talk.
_NEVER_LEFT = ("cancelled", "withheld", "expired")


@dataclass(frozen=True)
class Wanted:
    """Which talks: with people at these offices, and with numbers that nobody in the register has, as far as one may
    see them. `own_offices` are all that one works at; people with protected identity are shown at `protected_offices`,
    nobody of whom one `knows` (jäv). `released` are talks that an absent colleague has had for too long. `routed` says
    by office which subjects are for oneself: those talks are one's own too, while nobody has them. What is left empty
    does not narrow the list.
    """

    staff_id: int
    office_ids: Sequence[int]
    own_offices: Sequence[int]
    protected_offices: Sequence[int]
    knows: Collection[int] = ()
    released: Collection[int] = ()
    channel: str = ""
    lang: str = ""
    campaign_id: int | None = None
    meant: Sequence[str] = ()
    is_unread: bool = False
    routed: Mapping[int, Sequence[str]] = field(default_factory=dict)


def counts(session: Session, wanted: Wanted) -> dict[str, int]:
    """How many talks each tab holds."""
    tabs = [func.coalesce(func.sum(case((_tab(name, wanted), 1), else_=0)), 0) for name in TABS]
    row = session.execute(_talks(wanted, *tabs)).one()
    return {name: int(count) for name, count in zip(TABS, row, strict=True)}


def listed(
    session: Session, tab: str, wanted: Wanted, *, first: int, most: int
) -> list[tuple[Conversation, Person | None]]:
    """Talks of a tab from number `first` (1 is the first): those that wait for somebody acute first and then by the
    longest wait, the others latest first.
    """
    query = _talks(wanted, Conversation, Person).where(_tab(tab, wanted)).order_by(*_order(tab))
    rows = session.execute(query.offset(first - 1).limit(most))
    return [(conversation, person) for conversation, person in rows]


def held_by_others(session: Session, staff_id: int) -> Sequence[Conversation]:
    """Talks that colleagues have."""
    query = select(Conversation).where(
        col(Conversation.held_by_id).is_not(None), col(Conversation.held_by_id) != staff_id
    )
    return session.execute(query).scalars().all()


def last_said(session: Session, conversation_ids: Iterable[int]) -> dict[int, Message]:
    """Our latest text in each of these talks that left or is on its way."""
    latest = (
        select(func.max(col(Message.id)))
        .where(among(Message.conversation_id), col(Message.state).not_in(_NEVER_LEFT))
        .group_by(col(Message.conversation_id))
    )
    query = select(Message).where(col(Message.id).in_(latest))
    rows = session.execute(query, {"ids": list(conversation_ids)}).scalars()
    return {row.conversation_id: row for row in rows if row.conversation_id is not None}


def langs(session: Session) -> list[str]:
    """The languages of talks in which somebody has written."""
    query = select(col(Conversation.lang)).where(col(Conversation.last_inbound_at).is_not(None)).distinct()
    return sorted(session.execute(query).scalars())


def _talks(wanted: Wanted, *columns: Any) -> Any:
    query = select(*columns).select_from(Conversation)
    query = query.join(Person, col(Person.id) == col(Conversation.person_id), isouter=True)
    return query.where(or_(_is_known(wanted), _is_unknown(wanted)), *_narrowed(wanted))


def _is_known(wanted: Wanted) -> ColumnElement[bool]:
    return and_(col(Person.office_id).in_(wanted.office_ids), _may_be_seen(wanted))


def _may_be_seen(wanted: Wanted) -> ColumnElement[bool]:
    return and_(
        or_(col(Person.protected).is_(False), col(Person.office_id).in_(wanted.protected_offices)),
        col(Person.id).not_in(wanted.knows),
    )


def _is_unknown(wanted: Wanted) -> ColumnElement[bool]:
    """Texts tied to nobody: where people in the register share the number only their offices may read them, and nobody
    from whom one of them is hidden.
    """
    holders = exists().where(
        col(Number.e164) == col(Conversation.address), col(PersonNumber.number_id) == col(Number.id),
        col(PersonNumber.standing) != "wrong_person", col(Person.id) == col(PersonNumber.person_id),
        col(Person.merged_into_id).is_(None),
    ).correlate(Conversation)  # fmt: skip
    mine = holders.where(or_(col(Person.office_id).is_(None), col(Person.office_id).in_(wanted.own_offices)))
    hidden = holders.where(~_may_be_seen(wanted))
    return and_(col(Conversation.person_id).is_(None), or_(~holders, and_(mine, ~hidden)))


def _narrowed(wanted: Wanted) -> list[ColumnElement[bool]]:
    narrowed = []
    if wanted.channel:
        narrowed.append(col(Conversation.channel) == wanted.channel)
    if wanted.lang:
        narrowed.append(col(Conversation.lang) == wanted.lang)
    if wanted.campaign_id is not None:
        narrowed.append(exists().where(
            col(Message.conversation_id) == col(Conversation.id), col(Message.campaign_id) == wanted.campaign_id
        ))  # fmt: skip
    if wanted.meant:
        latest = select(func.max(col(InboundText.id))).where(col(InboundText.conversation_id) == col(Conversation.id))
        narrowed.append(exists().where(
            col(InboundText.id) == latest.correlate(Conversation).scalar_subquery(),
            col(InboundText.intent).in_(wanted.meant),
        ))  # fmt: skip
    if wanted.is_unread:
        narrowed.append(_is_unread(wanted.staff_id))
    return narrowed


def _is_unread(staff_id: int) -> ColumnElement[bool]:
    has_read = exists().where(
        col(TalkRead.conversation_id) == col(Conversation.id), col(TalkRead.staff_id) == staff_id,
        col(TalkRead.up_to) >= col(Conversation.last_inbound_at),
    )  # fmt: skip
    return and_(col(Conversation.last_inbound_at).is_not(None), ~has_read)


def _tab(name: str, wanted: Wanted) -> ColumnElement[bool]:
    waits, held_by = col(Conversation.waiting_since).is_not(None), col(Conversation.held_by_id)
    mine = held_by == wanted.staff_id
    if name == "mine":
        return or_(mine, and_(waits, held_by.is_(None), _is_routed(wanted)))
    if name == "waiting":
        released = col(Conversation.id).in_(wanted.released) if wanted.released else never()
        return or_(and_(waits, or_(held_by.is_(None), ~mine)), released)
    # An invitation that nobody has answered is no talk.
    left_alone = and_(~waits, held_by.is_(None), col(Conversation.last_inbound_at).is_not(None))
    settled = col(Conversation.state).in_(SETTLED)
    return and_(left_alone, settled if name == "done" else ~settled)


def _is_routed(wanted: Wanted) -> ColumnElement[bool]:
    """For oneself by what they are about; somebody acute is everybody's."""
    subject = case((col(Conversation.waiting_why) == TOUGH_WHY, TOUGH), else_=col(Conversation.subject))
    mine = [
        and_(col(Person.office_id) == office_id, subject.in_(subjects)) for office_id, subjects in wanted.routed.items()
    ]
    open_to_all = and_(col(Conversation.state) != "urgent", col(Person.protected).is_(False))
    return and_(open_to_all, or_(*mine)) if mine else never()


def _order(tab: str) -> tuple[Any, ...]:
    if tab in ("waiting", "mine"):
        longest = col(Conversation.waiting_since)
        return col(Conversation.state) != "urgent", longest.is_(None), longest, col(Conversation.id)
    return col(Conversation.last_inbound_at).desc(), col(Conversation.id).desc()
