"""A campaign's texts in the queue: which wait and until when, which left first, and moving those that wait."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, bindparam, func, or_, select, update
from sqlmodel import col

from storage.columns import this
from storage.database import Session
from storage.messages import STANDS, Message
from storage.numbers import Stop

_texts: Table = Message.__table__  # type: ignore[attr-defined]
_text = _texts.c

FAILED = ("failed", "undelivered")
# Texts that a provider has been asked to carry, with whatever came of it.
GONE = ("sending", "unknown", "sent", "delivered", *FAILED)
_IS_FIRST = _text.again_of_id.is_(None)
# Why a text is unknown whose call ended without an answer.
ANSWER_LOST = "svaret från leverantören kom bort"


class Gone(NamedTuple):
    """A text that a provider was asked to carry, when that began, and whether it failed."""

    id: int
    channel: str
    address: str
    begun_at: datetime
    failed: bool


def waiting(session: Session, campaign_id: int) -> list[int]:
    """The campaign's texts that have not left, in the order they are to leave; second tries keep to their own day."""
    query = select(_text.id).where(_text.campaign_id == campaign_id, _text.state == this("queued"), _IS_FIRST)
    return list(session.execute(query.order_by(_text.send_after, _text.id)).scalars())


def queued_between(session: Session, campaign_id: int) -> tuple[datetime, datetime] | None:
    """When the first and the last of a campaign's waiting texts may go; None when none waits."""
    query = select(func.min(_text.send_after), func.max(_text.send_after)).where(
        _text.campaign_id == campaign_id, _text.state == this("queued")
    )
    first, last = session.execute(query).one()
    return (first, last) if first is not None else None


def planned(session: Session, channel: str, since: datetime, *, leave_out: int | None = None) -> list[datetime]:
    """When the waiting texts of all campaigns (but one) are to leave from a moment on: the sender's time that is taken.

    Asked by priority, as the queue's own index has them.
    """
    query = select(_text.send_after).where(
        _text.state == this("queued"), _text.priority == 5, _text.send_after >= since, _text.kind == this("campaign"),
        _text.channel == channel,
    )  # fmt: skip
    if leave_out is not None:
        query = query.where(_text.campaign_id != leave_out)
    return list(session.execute(query).scalars())


def move(session: Session, moments: Mapping[int, tuple[datetime, datetime]]) -> None:
    """Give waiting texts new times: id -> (send_after, send_before)."""
    rows = [{"row": row, "after": after, "before": before} for row, (after, before) in moments.items()]
    if rows:
        session.connection().execute(
            update(_texts)
            .where(_text.id == bindparam("row"), _text.state == this("queued"))
            .values(send_after=bindparam("after"), send_before=bindparam("before"), reason=""),
            rows,
        )  # fmt: skip


def stale(session: Session, campaign_id: int, by: datetime) -> int:
    """How many waiting texts may not leave any more at a moment, second tries apart: those end by themselves."""
    query = select(func.count()).where(
        _text.campaign_id == campaign_id, _text.state == this("queued"), _text.send_before <= by, _IS_FIRST
    )
    return int(session.execute(query).scalar_one())


def has_gone(session: Session, campaign_id: int, more_than: int) -> bool:
    """Whether more than so many texts have been handed over. Read from an index alone: asked while thousands leave."""
    query = select(_text.id).where(_text.campaign_id == campaign_id, _text.state.in_(GONE))
    return session.execute(query.offset(more_than).limit(1)).first() is not None


def gone(session: Session, campaign_id: int, since: datetime | None = None) -> int:
    """How many texts have been handed over, since a moment."""
    query = select(func.count()).where(_text.campaign_id == campaign_id, _text.state.in_(GONE))
    if since is not None:
        query = query.where(_text.claimed_at >= since)
    return int(session.execute(query).scalar_one())


def first_sent(session: Session, campaign_id: int, since: datetime, limit: int) -> list[Gone]:
    """The first texts since a moment that a provider took."""
    query = _gone().where(_text.campaign_id == campaign_id, _text.sent_at >= since)
    return _read(session, query.order_by(_text.sent_at, _text.id).limit(limit))


def first_failed(session: Session, campaign_id: int, since: datetime, limit: int) -> list[Gone]:
    """The first texts since a moment that did not arrive."""
    query = _gone().where(_text.campaign_id == campaign_id, _text.state.in_(FAILED), _text.claimed_at >= since)
    return _read(session, query.order_by(_text.claimed_at, _text.id).limit(limit))


def only_lost(session: Session, campaign_id: int, since: datetime, count: int) -> bool:
    """Whether the answers to the latest so many texts since a moment were lost, and none has come since the first of
    them left. Texts whose sender died are none of these: nobody was there to hear an answer.
    """
    lost = select(_text.claimed_at).where(
        _text.campaign_id == campaign_id, _text.state == "unknown", _text.reason == ANSWER_LOST,
        _text.claimed_at >= since,
    )  # fmt: skip
    begun = session.execute(lost.order_by(_text.claimed_at.desc()).limit(count)).scalars().all()
    if len(begun) < count:
        return False
    told = select(_text.id).where(
        _text.campaign_id == campaign_id, _text.state.in_(("sent", "delivered", *FAILED)),
        or_(_text.sent_at >= begun[-1], _text.claimed_at >= begun[-1]),
    )  # fmt: skip
    return session.execute(told.limit(1)).first() is None


def _gone() -> Any:
    # How a campaign begins is judged by first tries: one person is one.
    columns = (_text.id, _text.channel, _text.address, _text.claimed_at, _text.created_at, _text.state)
    return select(*columns).where(_IS_FIRST)


def _read(session: Session, query: Any) -> list[Gone]:
    return [
        Gone(row, channel, address, claimed_at or created_at, state in FAILED)
        for row, channel, address, claimed_at, created_at, state in session.execute(query)
    ]


def stopped_after(session: Session, texts: Sequence[Gone]) -> int:
    """At how many of these texts' addresses somebody said stop after the text."""
    begun = {(text.channel, text.address): text.begun_at for text in texts}
    query = select(col(Stop.channel), col(Stop.address), col(Stop.since)).where(
        col(Stop.address).in_([text.address for text in texts])
    )
    return len(
        {
            (channel, address)
            for channel, address, since in session.execute(query)
            if (channel, address) in begun and since >= begun[channel, address]
        }
    )


def reasons(session: Session, campaign_id: int, state: str) -> dict[str, int]:
    """How many of a campaign's texts stand in a state, by reason."""
    query = (
        select(_text.reason, func.count())
        .where(_text.campaign_id == campaign_id, _text.state == state, STANDS)
        .group_by(_text.reason)
    )
    return {reason: int(count) for reason, count in session.execute(query)}


def without_receipt(session: Session, campaign_id: int, sent_before: datetime) -> int:
    """How many texts the provider took before a moment and has said no more about."""
    query = select(func.count()).where(
        _text.campaign_id == campaign_id, _text.state == "sent", _text.sent_at <= sent_before, STANDS
    )
    return int(session.execute(query).scalar_one())
