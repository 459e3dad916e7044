"""What a campaign tries out: versions of its text, a control group, and by lot which of them each person belongs to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

from storage.campaigns import Campaign, Recipient
from storage.columns import one_of, this
from storage.conversations import Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.meetings import Booking
from storage.messages import OTHER, TRIED_AGAIN, Message
from storage.signups import Signup
from storage.tasks import TALKED, Attempt

SPLITS = ("even", "pilot")
RULES = ("booked", "answered")
# Why somebody has no text yet, and why somebody gets none from this campaign.
BY_LOT = AWAITS, HELD = "awaits_winner", "control_group"


class CampaignTrial(SQLModel, table=True):
    """What is to be found out, how the audience is split, and by which rule a version is the better one: all decided
    before the start. `winner` is the version that the rest got after a pilot, and who decided it stands in the log.
    `learned` is what staff have written that they learned by the campaign, whether it tried anything or not.
    """

    __table_args__ = (one_of("split", SPLITS), one_of("rule", RULES))

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    split: str = "even"
    question: str = ""
    rule: str = "booked"
    control: bool = False
    winner: str = ""
    winner_at: datetime | None = None
    learned: str = ""


class CampaignVersion(SQLModel, table=True):
    """Another version of a campaign's text, B or C; the campaign's own is A."""

    campaign_id: int = Field(foreign_key="campaign.id", primary_key=True)
    letter: str = Field(primary_key=True)
    text_sv: str = ""
    text_en: str = ""


class RecipientDraw(SQLModel, table=True):
    """What the lot said of a recipient, fixed at the start. `version` is the text they get; it is not `by_lot` when it
    was chosen for them after a pilot. `followed_from` is when their text was planned to leave, or would have been, for
    those who could have been drawn for the control group; None for all others.
    """

    recipient_id: int = Field(foreign_key="recipient.id", primary_key=True)
    version: str = ""
    by_lot: bool = True
    followed_from: datetime | None = None


def of(session: Session, campaign_id: int) -> CampaignTrial | None:
    """What a campaign tries out; None when nothing has been said about it."""
    return session.get(CampaignTrial, campaign_id)


def keep(session: Session, row: CampaignTrial | CampaignVersion) -> None:
    """Keep what is tried, or a version."""
    session.add(row)
    session.flush()


def versions(session: Session, campaign_id: int) -> Sequence[CampaignVersion]:
    """The versions besides the campaign's own text, by letter."""
    query = select(CampaignVersion).where(CampaignVersion.campaign_id == campaign_id)
    return session.exec(query.order_by(col(CampaignVersion.letter))).all()


def forget_version(session: Session, version: CampaignVersion) -> None:
    """Take a version away."""
    session.delete(version)
    session.flush()


def forget_of_draft(session: Session, campaign_id: int) -> None:
    """Take away all that a draft was to try; nothing where the campaign has been started meanwhile."""
    is_draft = exists().where(col(Campaign.id) == campaign_id, col(Campaign.state) == "draft")
    for table in (CampaignVersion, CampaignTrial):
        session.execute(delete(table).where(col(table.campaign_id) == campaign_id, is_draft))


def learned(session: Session, text_code: str) -> list[tuple[Campaign, str]]:
    """What has been learned by the campaigns that were made from a template, newest first."""
    query = (
        select(Campaign, CampaignTrial.learned)
        .join(CampaignTrial, col(CampaignTrial.campaign_id) == Campaign.id)
        .where(Campaign.text_code == text_code, CampaignTrial.learned != "")
        .order_by(col(Campaign.id).desc())
    )
    return [(campaign, said) for campaign, said in session.exec(query)]


def waiting(session: Session, campaign_id: int) -> dict[int, int]:
    """The people who wait for the choice after a pilot: person id -> the id of their row."""
    query = select(Recipient.person_id, Recipient.id).where(
        Recipient.campaign_id == campaign_id, Recipient.withheld == this(AWAITS)
    )
    return dict(session.exec(query).all())


def any_waiting(session: Session, campaign_id: int) -> bool:
    """Whether anybody waits for the choice after a pilot. Asked all day of every campaign, so of its trial first."""
    trial = of(session, campaign_id)
    if trial is None or trial.split != "pilot" or trial.winner:
        return False
    query = select(Recipient.id).where(Recipient.campaign_id == campaign_id, Recipient.withheld == this(AWAITS))
    return session.exec(query.limit(1)).first() is not None


def choose(session: Session, trial: CampaignTrial, letter: str, *, now: datetime) -> bool:
    """Say which version the rest gets, by one conditional write; False when somebody has said so before."""
    result = session.execute(
        update(CampaignTrial)
        .where(col(CampaignTrial.campaign_id) == trial.campaign_id, col(CampaignTrial.winner) == "")
        .values(winner=letter, winner_at=now)
    )
    session.refresh(trial)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def settle(session: Session, withheld: Mapping[int, str]) -> None:
    """Say of those who waited for the choice why they get nothing: recipient id -> reason, empty for those who get
    their text.
    """
    rows = [{"row": row, "why": why} for row, why in withheld.items()]
    if rows:
        session.connection().execute(
            update(Recipient.__table__)  # type: ignore[attr-defined]
            .where(col(Recipient.id) == bindparam("row"), col(Recipient.withheld) == this(AWAITS))
            .values(withheld=bindparam("why")),
            rows,
        )


def give_up_waiting(session: Session, campaign_id: int, why: str) -> None:
    """Nobody waits for the choice any longer: they get nothing, for this reason."""
    session.execute(
        update(Recipient)
        .where(col(Recipient.campaign_id) == campaign_id, col(Recipient.withheld) == this(AWAITS))
        .values(withheld=why)
    )


class Drawn(NamedTuple):
    """What the lot said of a person, and what became of their text; `sent_at` is when it left for the time that says
    how it went.
    """

    person_id: int
    version: str
    by_lot: bool
    followed_from: datetime | None
    withheld: str
    answer: str
    state: str
    sent_at: datetime | None


def drawn(session: Session, campaign_id: int) -> list[Drawn]:
    """Everybody of a campaign of whom the lot has said something."""
    columns: tuple[Any, ...] = (
        Recipient.person_id, RecipientDraw.version, RecipientDraw.by_lot, RecipientDraw.followed_from,
        Recipient.withheld, Recipient.answer,
        func.coalesce(OTHER.state, Message.state, ""), func.coalesce(OTHER.sent_at, Message.sent_at),
    )  # fmt: skip
    query = (
        select_columns(*columns)
        .join_from(Recipient, RecipientDraw, col(RecipientDraw.recipient_id) == Recipient.id)
        .join(Message, col(Message.recipient_id) == Recipient.id, isouter=True)
        .join(OTHER, TRIED_AGAIN, isouter=True)
        .where(col(Recipient.campaign_id) == campaign_id)
        .order_by(col(Recipient.id))
    )
    return [Drawn._make(row) for row in session.execute(query)]


def booked_at(session: Session, campaign_id: int) -> list[tuple[int, datetime]]:
    """When each person of a campaign has booked a time or a place at a meeting, by any way; a moved time is not booked
    anew.
    """
    times = select_columns(Booking.person_id, Booking.made_at).where(  # type: ignore[call-overload]
        col(Booking.moved_from_id).is_(None), _of_campaign(Booking.person_id, campaign_id)
    )
    places = select_columns(Signup.person_id, Signup.made_at).where(  # type: ignore[call-overload]
        _of_campaign(Signup.person_id, campaign_id)
    )
    return _moments(session, times, places)


def written_at(session: Session, campaign_id: int) -> list[tuple[int, datetime]]:
    """When each person of a campaign has written to us, whatever about."""
    return _moments(session, (
        select_columns(Conversation.person_id, InboundText.received_at)  # type: ignore[call-overload]
        .join(InboundText, col(InboundText.conversation_id) == Conversation.id)
        .where(_of_campaign(Conversation.person_id, campaign_id))
    ))  # fmt: skip


def spoken_at(session: Session, campaign_id: int) -> list[tuple[int, datetime]]:
    """When staff have spoken with each person of a campaign."""
    return _moments(session, select_columns(Attempt.person_id, Attempt.at).where(  # type: ignore[call-overload]
        col(Attempt.result) == TALKED, _of_campaign(Attempt.person_id, campaign_id)
    ))  # fmt: skip


def _of_campaign(person_id: Any, campaign_id: int) -> Any:
    return col(person_id).in_(select(Recipient.person_id).where(Recipient.campaign_id == campaign_id))


def _moments(session: Session, *queries: Any) -> list[tuple[int, datetime]]:
    return [(person_id, at) for query in queries for person_id, at in session.execute(query)]
