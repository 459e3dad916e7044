"""Who was asked to approve a campaign before it starts, for what exactly, and what they said (four eyes, ux §4.8)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Field, SQLModel, col, select

from storage.campaigns import Campaign
from storage.columns import one_of
from storage.database import Session

ASKED, APPROVED, SENT_BACK = STATES = ("asked", "approved", "sent_back")


class Approval(SQLModel, table=True):
    """One question and its answer. `mark` is a keyed fingerprint of all that was asked about, `people` how many would
    get a text; `line` is what whoever sent it back wrote.
    """

    __table_args__ = (one_of("state", STATES),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True, ondelete="CASCADE")
    mark: str
    people: int
    state: str = ASKED
    asked_at: datetime
    asked_by_id: int = Field(foreign_key="staff.id")
    answered_at: datetime | None = None
    answered_by_id: int | None = Field(default=None, foreign_key="staff.id")
    line: str = ""


def add(session: Session, approval: Approval) -> Approval:
    """Keep a new question."""
    session.add(approval)
    session.flush()
    return approval


def latest(session: Session, campaign_id: int) -> Approval | None:
    """The last question about a campaign: earlier ones no longer hold."""
    query = select(Approval).where(Approval.campaign_id == campaign_id).order_by(col(Approval.id).desc())
    return session.exec(query.limit(1)).first()


def of_drafts(session: Session) -> Sequence[tuple[Approval, Campaign]]:
    """The last question about each campaign that has not been started, longest wait first."""
    later = select(Approval.id).where(Approval.campaign_id == Campaign.id).order_by(col(Approval.id).desc()).limit(1)
    query = (
        select(Approval, Campaign)
        .join(Campaign, col(Campaign.id) == Approval.campaign_id)
        .where(Campaign.state == "draft", col(Approval.id) == later.correlate(Campaign).scalar_subquery())
    )
    return session.exec(query.order_by(col(Approval.asked_at), col(Approval.id))).all()


def answer(session: Session, approval: Approval, state: str, staff_id: int, *, now: datetime, line: str = "") -> bool:
    """Answer by one conditional write; False when somebody has answered already."""
    result = session.execute(
        update(Approval)
        .where(col(Approval.id) == approval.id, col(Approval.state) == ASKED)
        .values(state=state, answered_at=now, answered_by_id=staff_id, line=line)
    )
    session.refresh(approval)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
