"""How the traffic of texts is just now, from the tables: for the page of states, without anybody's name or words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import col

from storage.database import Session
from storage.inbound import InboundText
from storage.messages import Message


@dataclass(frozen=True, slots=True)
class Traffic:
    """When a text last left, last arrived and last came in through a channel, and how many failed since a moment."""

    sent_at: datetime | None
    delivered_at: datetime | None
    received_at: datetime | None
    failed: int


def traffic(session: Session, channel: str, since: datetime) -> Traffic:
    """The channel's traffic; what happened before `since` is not looked for, but for texts that came in."""
    ours = select(func.max(col(Message.sent_at))).where(col(Message.channel) == channel, col(Message.sent_at) >= since)
    arrived = select(func.max(col(Message.state_at))).where(
        col(Message.channel) == channel, col(Message.state) == "delivered", col(Message.sent_at) >= since
    )
    failed = select(func.count()).where(
        col(Message.channel) == channel, col(Message.state).in_(("failed", "unknown")), col(Message.state_at) >= since
    )
    heard = select(col(InboundText.received_at)).where(col(InboundText.channel) == channel)
    return Traffic(
        session.execute(ours).scalar(), session.execute(arrived).scalar(),
        session.execute(heard.order_by(col(InboundText.id).desc()).limit(1)).scalar(),
        session.execute(failed).scalar_one(),
    )  # fmt: skip
