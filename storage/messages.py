"""Outgoing texts and their receipts. The row is the queue; `storage.queue` takes texts from it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Index, and_, bindparam, exists, func, not_, text, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, or_, select

from storage.codes import new_code
from storage.columns import among, one_of, these, this
from storage.database import Session
from storage.numbers import CHANNELS
from storage.people import Person

KINDS = (
    "campaign", "ladder", "nudge", "reminder", "follow_up", "reply", "staff", "stop_confirmation", "crisis", "notice",
    "test",
)  # fmt: skip
# Rank says which state wins when receipts come late, doubled or swapped: a state only moves to a higher rank. No two of
# a provider's states share a rank, so that every order of its receipts ends alike. The telephone's own word (delivered)
# wins over the operator's doubt. What we ended ourselves never left, so no receipt can be about it.
RANK = {
    "queued": 0, "sending": 1, "unknown": 2, "sent": 3, "failed": 4, "undelivered": 5, "delivered": 6,
    "withheld": 7, "expired": 7, "cancelled": 7,
}  # fmt: skip
STATES = tuple(RANK)
# Texts that wait, and those somebody must still look at, as indexes know them.
QUEUED = "state = 'queued'"
UNSETTLED = "state IN ('sending', 'unknown', 'failed', 'undelivered')"
NOT_ARRIVED = ("undelivered", "failed")
# Texts that we ended ourselves: nobody was asked to carry them.
UNSENT = ("withheld", "expired", "cancelled")
# Texts we start by ourselves after a silence.
NUDGING = "kind = 'nudge'"


class Message(SQLModel, table=True):
    """A text to one address. `code` is our own and stands in the provider's callback address.

    Sent between `send_after` and `send_before`; lower `priority` first (replies overtake campaigns). `claimed_at` is
    when the call to `provider` began. `again_of_id` is the text that this one is the second try of.
    """

    __table_args__ = (
        one_of("state", STATES),
        one_of("channel", CHANNELS),
        one_of("kind", KINDS),
        Index("message_queue", "priority", "send_after", "id",
              sqlite_where=text(QUEUED), postgresql_where=text(QUEUED)),
        Index("message_unsettled", "state", "state_at", sqlite_where=text(UNSETTLED), postgresql_where=text(UNSETTLED)),
        Index("message_of_campaign", "campaign_id", "state"),
        Index("message_claimed", "claimed_at", "person_id"),
        Index("message_nudge", "conversation_id", sqlite_where=text(NUDGING), postgresql_where=text(NUDGING)),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    kind: str
    channel: str = "sms"
    provider: str = ""
    address: str = Field(index=True)
    text: str
    text_code: str = ""
    lang: str = "sv"
    encoding: str = ""
    parts: int = 1
    buttons: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    conversation_id: int | None = Field(default=None, foreign_key="conversation.id", index=True)
    recipient_id: int | None = Field(default=None, foreign_key="recipient.id", unique=True)
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")
    again_of_id: int | None = Field(default=None, foreign_key="message.id", unique=True, index=True)
    staff_id: int | None = Field(default=None, foreign_key="staff.id")
    priority: int = 5
    send_after: datetime
    send_before: datetime | None = None
    state: str = "queued"
    reason: str = ""
    claimed_at: datetime | None = None
    attempts: int = 0
    provider_id: str | None = Field(default=None, unique=True)
    error: str = ""
    created_at: datetime
    sent_at: datetime | None = Field(default=None, index=True)
    state_at: datetime


# A text's other try, and that this is a second one which says more than the first.
OTHER = aliased(Message)
TRIED_AGAIN = and_(
    col(OTHER.again_of_id) == col(Message.id), col(Message.state) == "undelivered", col(OTHER.state).not_in(UNSENT)
)
_says_nothing_new = and_(
    col(OTHER.id) == col(Message.again_of_id), or_(col(OTHER.state) != "undelivered", col(Message.state).in_(UNSENT))
)
# Of a text and its second try, the one that says how it went: one recipient is counted once. It is the second, unless
# that never left, or the first has arrived after all.
STANDS = ~exists().where(or_(TRIED_AGAIN, _says_nothing_new))


class ReceiptRow(SQLModel, table=True):
    """What a provider told us about a text, appended and never changed; the text's state is derived by rank."""

    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    state: str
    error: str = ""
    at: datetime


def add(session: Session, message: Message) -> Message:
    """Put a text in the queue."""
    session.add(message)
    session.flush()
    return message


def get(session: Session, message_id: int) -> Message:
    """The text; raises when there is none with this id."""
    return session.get_one(Message, message_id)


def locked(session: Session, ids: Iterable[int]) -> Sequence[Message]:
    """Texts by id as they stand now, held until this transaction ends: a receipt and the sender's own record of one
    text must take turns.
    """
    query = select(Message).where(col(Message.id).in_(list(ids))).order_by(col(Message.id)).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).all()


def by_code(session: Session, code: str) -> Message | None:
    """The text that a provider's callback means."""
    return session.exec(select(Message).where(Message.code == code)).first()


def by_provider_id(session: Session, provider_id: str) -> Message | None:
    """The text by the provider's own id."""
    return session.exec(select(Message).where(Message.provider_id == provider_id)).first()


def name_by_provider(session: Session, message: Message, provider_id: str | None) -> None:
    """Keep the provider's id for a text. An id that another text has already is not believed: one provider's slip must
    not keep a whole batch from being recorded, and receipts find the text by our own code.
    """
    if provider_id is None or message.provider_id is not None:
        return
    if by_provider_id(session, provider_id) is None:
        message.provider_id = provider_id
        session.add(message)
        session.flush()


def advance(
    session: Session, message: Message, state: str, *, now: datetime, reason: str = "", error: str = ""
) -> bool:
    """Move a text forward; False when it already stands further on, so that late news changes nothing."""
    if RANK[state] <= RANK[message.state]:
        return False
    message.state = state
    message.state_at = now
    message.reason = reason or message.reason
    message.error = error or message.error
    if state in ("sent", "delivered") and message.sent_at is None:
        message.sent_at = now
    session.add(message)
    return True


def explain(session: Session, message_id: int, state: str, reason: str) -> None:
    """Say why a text stands where it stands, if it still does."""
    session.execute(
        update(Message).where(col(Message.id) == message_id, col(Message.state) == state).values(reason=reason)
    )


def add_receipt(session: Session, receipt: ReceiptRow) -> None:
    """Append what the provider said."""
    session.add(receipt)
    session.flush()


def receipts(session: Session, message_id: int) -> Sequence[ReceiptRow]:
    """Everything the provider said about a text, in the order it came."""
    return session.exec(
        select(ReceiptRow).where(ReceiptRow.message_id == message_id).order_by(col(ReceiptRow.id))
    ).all()


def of_conversation(session: Session, conversation_id: int) -> Sequence[Message]:
    """Every text to a conversation, in the order they were thought of."""
    query = select(Message).where(Message.conversation_id == conversation_id).order_by(col(Message.id))
    return session.exec(query).all()


def of_address(session: Session, channel: str, address: str) -> Sequence[Message]:
    """Every text to an address, in order."""
    query = select(Message).where(Message.channel == channel, Message.address == address)
    return session.exec(query.order_by(col(Message.id))).all()


def of_campaign(session: Session, campaign_id: int) -> Sequence[Message]:
    """Every text of a campaign, in the order they are to be sent."""
    query = select(Message).where(Message.campaign_id == campaign_id)
    return session.exec(query.order_by(col(Message.send_after), col(Message.id))).all()


def counts_of_campaign(session: Session, campaign_id: int) -> dict[str, int]:
    """A campaign's recipients by the state of their text, each once."""
    query = select(Message.state, func.count()).where(Message.campaign_id == campaign_id, STANDS)
    return dict(session.exec(query.group_by(Message.state)).all())


def parts_of_campaign(session: Session, campaign_id: int) -> int:
    """How many parts a campaign's texts have cost: those the provider took, or may have taken."""
    query = select(func.coalesce(func.sum(Message.parts), 0)).where(
        Message.campaign_id == campaign_id, col(Message.state).in_(("sent", "delivered", "undelivered", "unknown"))
    )
    return int(session.exec(query).one())


# Asked for every text that comes in, most often in vain.
_WAITING = select_columns(col(Message.id)).where(
    col(Message.conversation_id) == bindparam("talk"), col(Message.state) == this("queued")
)
_CANCEL_OF_TALK = (
    update(Message.__table__)  # type: ignore[attr-defined]
    .where(col(Message.conversation_id) == bindparam("talk"), col(Message.state) == this("queued"))
    .values(state="cancelled", reason=bindparam("why"), state_at=bindparam("now"))
)
_HOLD_BACK = _CANCEL_OF_TALK.where(
    among(Message.kind, "of_kinds"), among(Message.channel, "in_channels"), not_(among(Message.text_code, "besides"))
)
_TAKE_BACK = _CANCEL_OF_TALK.where(among(Message.text_code, "codes"), col(Message.send_before) == bindparam("keeps"))


def hold_back(
    session: Session, conversation_id: int, kinds: Sequence[str], *, reason: str, now: datetime,
    channels: Sequence[str] = CHANNELS, besides: Sequence[str] = (),
) -> int:  # fmt: skip
    """Cancel a talk's queued texts of these kinds, in these channels, but for the codes `besides`; returns how many."""
    if not session.finds(_WAITING, talk=conversation_id):
        return 0
    held = session.rows(
        _HOLD_BACK, talk=conversation_id, of_kinds=list(kinds), in_channels=list(channels), besides=list(besides),
        why=reason, now=now,
    )  # fmt: skip
    session.read_every_again(Message)
    return held.rowcount


def take_back(
    session: Session, conversation_id: int | None, codes: Sequence[str], *, send_before: datetime, reason: str,
    now: datetime,
) -> None:  # fmt: skip
    """Cancel a conversation's queued texts of these codes that keep until just this moment: those of one meeting."""
    session.rows(_TAKE_BACK, talk=conversation_id, codes=list(codes), keeps=send_before, why=reason, now=now)
    session.read_every_again(Message)


def cancel_campaign(session: Session, campaign_id: int, *, reason: str, now: datetime) -> int:
    """Cancel a campaign's texts that have not been claimed; returns how many."""
    result = session.execute(
        update(Message)
        .where(col(Message.campaign_id) == campaign_id, col(Message.state) == this("queued"))
        .values(state="cancelled", reason=reason, state_at=now)
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


class Started(NamedTuple):
    """A text we started to a person, when its call began, and which text it said again."""

    id: int
    person_id: int
    claimed_at: datetime
    again_of_id: int | None


_STARTED = (
    select_columns(*(getattr(Message, name) for name in Started._fields))
    .where(among(Message.person_id), col(Message.kind).in_(("campaign", "ladder", "nudge", "follow_up")))
    .where(col(Message.state).in_(("sending", "sent", "delivered", "undelivered", "unknown")))
    .where(col(Message.claimed_at) >= bindparam("since"))
    .order_by(col(Message.claimed_at))
)


def started_since(session: Session, person_ids: Iterable[int], since: datetime) -> Sequence[Started]:
    """Texts we started (not answers, not reminders) that went out or may have, newest last, for the frequency cap."""
    return [Started._make(row) for row in session.rows(_STARTED, ids=list(person_ids), since=since).all()]


def people_sent(session: Session, person_ids: Iterable[int], text_code: str) -> set[int]:
    """Which of these people have been sent, or are about to be sent, this text by a campaign."""
    query = select(Message.person_id).where(
        col(Message.person_id).in_(list(person_ids)), Message.text_code == text_code, Message.kind == "campaign",
        col(Message.state).in_(("queued", "sending", "sent", "delivered", "unknown")),
    )  # fmt: skip
    return {person_id for person_id in session.exec(query) if person_id is not None}


def people_waiting(session: Session, person_ids: Iterable[int]) -> set[int]:
    """Which of these people have a text that we start waiting in the queue; a second try counts with its first."""
    query = select(Message.person_id).where(
        col(Message.person_id).in_(list(person_ids)), Message.state == this("queued"),
        col(Message.kind).in_(("campaign", "ladder", "nudge", "follow_up")), col(Message.again_of_id).is_(None),
    )  # fmt: skip
    return {person_id for person_id in session.exec(query) if person_id is not None}


def has_said(session: Session, conversation_id: int, text_code: str) -> bool:
    """Whether a text has been sent, or is on its way, to a conversation before."""
    query = select(Message.id).where(Message.conversation_id == conversation_id, Message.text_code == text_code)
    return session.exec(query.limit(1)).first() is not None


class Said(NamedTuple):
    """A text to a conversation, as far as the next one depends on it."""

    text: str
    text_code: str
    campaign_id: int | None
    created_at: datetime
    kind: str
    state: str


_to_talk = col(Message.conversation_id) == bindparam("talk")
_latest = select_columns(func.max(col(Message.id))).where(_to_talk, col(Message.state).not_in(these(UNSENT)))
_SAID_TO = (
    select_columns(*(getattr(Message, name) for name in Said._fields))
    .where(
        _to_talk,
        or_(
            col(Message.created_at) >= bindparam("since"),
            col(Message.state) == this("queued"),
            col(Message.id) == _latest.scalar_subquery(),
        ),
    )
    .order_by(col(Message.id).desc())
)


def said_to(session: Session, conversation_id: int, since: datetime) -> list[Said]:
    """Texts to a conversation since a moment, those that wait, and whenever it was the latest that was not cancelled;
    newest first.
    """
    return [Said._make(row) for row in session.rows(_SAID_TO, talk=conversation_id, since=since)]


# Texts held for these reasons wait for no hour but for a switch, or for somebody's word.
FOR_A_PERSON = ("campaign_paused", "global_pause", "cut_by_evening", "budget")


def next_due(session: Session) -> datetime | None:
    """When the next queued text may go; those that wait for a person are left out."""
    query = (
        select(Message.send_after)
        .where(Message.state == this("queued"), col(Message.reason).not_in(FOR_A_PERSON))
        .order_by(col(Message.send_after))
        .limit(1)
    )
    return session.exec(query).first()


def queue_depth(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """How many texts are due, and since when the oldest has been."""
    query = select(func.count(), func.min(Message.send_after)).where(
        Message.state == this("queued"), Message.send_after <= now
    )
    return session.exec(query).one()


def counts(session: Session) -> dict[str, int]:
    """Every text by state."""
    return dict(session.exec(select(Message.state, func.count()).group_by(Message.state)).all())


def of_person(session: Session, person_id: int) -> Sequence[Message]:
    """Every text to a person, whatever became of it, in the order they were thought of."""
    return session.exec(select(Message).where(Message.person_id == person_id).order_by(col(Message.id))).all()


def not_arrived(session: Session, office_ids: Sequence[int], since: datetime) -> Sequence[tuple[str, str, int]]:
    """To how many of the offices' people a text did not arrive, by the provider's code and its sentence, most first."""
    query = (
        select(Message.error, func.max(Message.reason), func.count(func.distinct(Message.person_id)))
        .join(Person, col(Person.id) == Message.person_id)
        .where(text(UNSETTLED), col(Message.state).in_(NOT_ARRIVED), Message.state_at >= since, STANDS)
        .where(col(Person.office_id).in_(office_ids), col(Person.protected).is_(False))
        .where(col(Person.merged_into_id).is_(None), col(Person.closed_at).is_(None))
        .group_by(Message.error)
    )
    return session.exec(query.order_by(func.count(func.distinct(Message.person_id)).desc(), Message.error)).all()
