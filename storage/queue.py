"""The queue: due texts are taken, begun and recorded here, many rows at a time and nowhere else.

Taking a text and saying that its call begins is one transaction: until it is committed nobody calls, and from then on
the text's fate is open. Nothing is taken ahead of its call, so a sender that dies leaves only its calls uncertain.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Table, and_, bindparam, case, exists, func, or_, select, text, update

from storage.columns import among, given, these, this
from storage.database import Session
from storage.messages import UNSETTLED, Message

_texts: Table = Message.__table__  # type: ignore[attr-defined]
_text = _texts.c


class Due(NamedTuple):
    """What sending needs to know of a text; plain values, since thousands go through here."""

    id: int
    code: str
    kind: str
    channel: str
    address: str
    text: str
    text_code: str
    buttons: str
    person_id: int | None
    conversation_id: int | None
    campaign_id: int | None
    parts: int
    send_before: datetime | None
    again_of_id: int | None = None


class Sent(NamedTuple):
    """A text a provider took, and the id it gave it."""

    id: int
    provider_id: str | None


_IS_DUE = and_(_text.state == this("queued"), _text.send_after <= bindparam("now"))
_ANY_DUE = select(_text.id).where(_IS_DUE).limit(1)
_DUE = (
    select(*(_text[name] for name in Due._fields))
    .where(_IS_DUE)
    .order_by(_text.priority, _text.send_after, _text.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
# The condition of an index must be said for the index to be used.
_IS_STUCK = and_(
    text(UNSETTLED),
    _text.state == this("sending"),
    or_(_text.claimed_at < bindparam("before"), _text.claimed_at > bindparam("after")),
)
_ANY_STUCK = select(_text.id).where(_IS_STUCK).limit(1)
_BEGIN = (
    update(_texts)
    .where(among(_text.id), _text.state == this("queued"))
    .values(
        state="sending", provider=bindparam("by"), claimed_at=bindparam("now"), state_at=bindparam("now"),
        attempts=_text.attempts + 1,
    )
)  # fmt: skip
_WAIT = (
    update(_texts)
    .where(_text.id == bindparam("row"), _text.state == this("queued"))
    .values(send_after=bindparam("until"), reason=bindparam("why"), state_at=bindparam("now"))
)
_END = (
    update(_texts)
    .where(_text.id == bindparam("row"), _text.state == this("queued"))
    .values(state=bindparam("to"), reason=bindparam("why"), state_at=bindparam("now"))
)
_ACCEPTED = given("accepted")
_OTHER = _texts.alias("other")
_IS_NEW = ~exists().where(_OTHER.c.provider_id == _ACCEPTED.c.value)
_SENT = (
    update(_texts)
    .where(_text.id == _ACCEPTED.c.key, _text.state.in_(these(("sending", "unknown"))))
    .values(
        state="sent", state_at=bindparam("now"), sent_at=bindparam("now"), reason="",
        provider_id=func.coalesce(_text.provider_id, case((_IS_NEW, _ACCEPTED.c.value))),
    )
    .returning(_text.id)
)  # fmt: skip


def due(session: Session, *, now: datetime, most: int) -> list[Due]:
    """Texts that may leave now, most urgent first, locked until the transaction ends: no other sender gets them."""
    return [Due._make(row) for row in session.rows(_DUE, now=now, most=most).all()]


def any_due(session: Session, now: datetime) -> bool:
    """Whether any text may leave now; locks none."""
    return session.finds(_ANY_DUE, now=now)


def begin(session: Session, ids: Sequence[int], provider: str, *, now: datetime) -> None:
    """Say that calls to `provider` begin."""
    if ids:
        session.rows(_BEGIN, ids=list(ids), by=provider, now=now)


def wait(session: Session, held: Iterable[tuple[int, datetime, str]], *, now: datetime) -> None:
    """Put texts back until a moment, each with its reason: (id, until, reason)."""
    session.each(_WAIT, [{"row": row, "until": until, "why": reason, "now": now} for row, until, reason in held])


def end(session: Session, ended: Iterable[tuple[int, str, str]], *, now: datetime) -> None:
    """Take texts out of the queue for good, unsent, each with its reason: (id, state, reason)."""
    session.each(_END, [{"row": row, "to": state, "why": reason, "now": now} for row, state, reason in ended])


def record_sent(session: Session, sent: Sequence[Sent], *, now: datetime) -> set[int]:
    """Record what a provider took. Returns the texts that moved; of the others a receipt has told already.

    An id that another text has is not believed: one provider's slip must not keep a batch from being recorded, and
    receipts find the text by our own code.
    """
    if not sent:
        return set()
    firsts = {row.provider_id: row.id for row in reversed(sent)}
    names = {row_id: provider_id for provider_id, row_id in firsts.items()}
    accepted = {row.id: names.get(row.id) for row in sorted(sent)}
    return set(session.rows(_SENT, accepted=accepted, now=now).scalars())


def stuck(session: Session, begun_before: datetime, begun_after: datetime) -> Sequence[Message]:
    """Texts whose call began so long ago that their sender must have died, or after a moment that has not come, before
    a clock was set back: nobody knows whether they went out.
    """
    query = select(Message).where(_IS_STUCK).order_by(_text.id).with_for_update()
    return session.execute(query, {"before": begun_before, "after": begun_after}).scalars().all()


def any_stuck(session: Session, begun_before: datetime, begun_after: datetime) -> bool:
    """Whether there are such texts; locks none."""
    return session.finds(_ANY_STUCK, before=begun_before, after=begun_after)


def requeue(session: Session, message: Message, send_after: datetime, *, now: datetime, reason: str = "") -> None:
    """Give a text back to the queue: it has certainly not gone out."""
    message.state, message.state_at, message.reason = "queued", now, reason
    message.claimed_at, message.send_after = None, send_after
    session.add(message)


def unsettled_since(session: Session, since: datetime, now: datetime) -> bool:
    """Whether calls have begun and not been recorded, whoever makes them, or have become uncertain since a moment."""
    lately = (_text.state == "unknown") & _text.state_at.between(since, now)
    return (
        session.execute(select(_text.id).where(or_(_text.state == this("sending"), lately)).limit(1)).first()
        is not None
    )
