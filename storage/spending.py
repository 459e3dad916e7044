"""What has been spent on texts, in SMS parts. Sums of thousands of rows are kept as far as they are settled and only
the rest is counted, since the question is asked for every batch that leaves.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, func, select

import storage.settings
from storage.database import Session
from storage.messages import Message

_texts: Table = Message.__table__  # type: ignore[attr-defined]
_text = _texts.c

# Nobody records a text as sent at a moment longer ago than this: a write waits fifteen seconds at most.
SETTLED = timedelta(seconds=30)
# How far the kept sum may lag before it is moved on.
LAG = timedelta(seconds=90)


def this_month(session: Session, begins: datetime, *, now: datetime, keep: bool = False) -> int:
    """Parts of every text that providers took since the month began, or may have taken.

    With `keep` the sum is kept for the next who asks; only whoever writes anyway may do that.
    """
    return _sum(session, "spent_this_month", begins, _text.channel == "sms", now, keep=keep)


def of_campaign(session: Session, campaign_id: int, begins: datetime, *, now: datetime, keep: bool = False) -> int:
    """The same for one campaign, since it was made."""
    return _sum(session, f"spent_by_campaign_{campaign_id}", begins, _text.campaign_id == campaign_id, now, keep=keep)


def _sum(session: Session, key: str, begins: datetime, whose: Any, now: datetime, *, keep: bool) -> int:
    kept, until = _kept(session, key, begins, now)
    if keep and now - until > LAG:
        settled = now - SETTLED
        kept, until = kept + _parts(session, whose, _text.sent_at >= until, _text.sent_at < settled), settled
        row = {"from": begins.isoformat(), "until": until.isoformat(), "parts": kept}
        storage.settings.write(session, key, row, now=now)
    return kept + sum(
        _parts(session, whose, *which)
        for which in (
            (_text.sent_at >= until,),
            (_text.state.in_(("sending", "unknown")), _text.claimed_at >= begins),
        )
    )


def _kept(session: Session, key: str, begins: datetime, now: datetime) -> tuple[int, datetime]:
    """The sum that is kept and how far it goes: none, when it is of another month or of a clock that was moved back."""
    row = storage.settings.read(session, key)
    if row is None or row["from"] != begins.isoformat() or datetime.fromisoformat(row["until"]) > now:
        return 0, begins
    return row["parts"], datetime.fromisoformat(row["until"])


def _parts(session: Session, *which: Any) -> int:
    query = select(func.coalesce(func.sum(_text.parts), 0)).where(*which)
    return int(session.execute(query).scalar_one())
