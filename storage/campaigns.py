"""Campaigns (utskick) and the people each one actually used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import UniqueConstraint, bindparam, delete, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Field, SQLModel, col, select

import storage.settings
from storage.codes import new_code
from storage.columns import among, one_of, these
from storage.database import Session
from storage.messages import OTHER, TRIED_AGAIN, Message

STATES = ("draft", "scheduled", "running", "paused", "stopped", "done")


class Campaign(SQLModel, table=True):
    """A text to many. `audience` is the register's filter sentence: a rule, not a list; recipients are kept at
    launch. A campaign that invites to a dialog meeting names it (`slot_id`). `per_day` and `budget_kr` (kronor) are
    limits; 0 is none.
    """

    __table_args__ = (one_of("state", STATES),)

    id: int = Field(default=None, primary_key=True)
    code: str = Field(default_factory=new_code, unique=True)
    name: str
    audience: str
    text_code: str = ""
    text_sv: str = ""
    text_en: str = ""
    purpose: str = ""
    registry_no: str = ""
    office_id: int | None = Field(default=None, foreign_key="office.id", index=True)
    channel: str = "sms"
    state: str = Field(default="draft", index=True)
    state_why: str = ""
    start_at: datetime | None = Field(default=None, index=True)
    per_day: int = 0
    budget_kr: int = 0
    slot_id: int | None = Field(default=None, foreign_key="slot.id")
    answered_by_id: int | None = Field(default=None, foreign_key="staff.id")
    created_by_id: int | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime
    launched_at: datetime | None = None
    launched_by_id: int | None = Field(default=None, foreign_key="staff.id")
    finished_at: datetime | None = None


class Recipient(SQLModel, table=True):
    """One person in one step of a campaign, once. `withheld` says why no text was made for them, if none was."""

    __table_args__ = (UniqueConstraint("campaign_id", "person_id", "step"),)

    id: int = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    step: int = 1
    withheld: str = ""
    added_at: datetime
    answered_at: datetime | None = None
    answer: str = ""


class SavedAudience(SQLModel, table=True):
    """A saved selection (sparat urval): a name for a filter sentence; not `shared`, it is its maker's alone."""

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    sentence: str
    office_id: int | None = Field(default=None, foreign_key="office.id")
    created_at: datetime
    created_by_id: int | None = Field(default=None, foreign_key="staff.id")
    shared: bool = True


class AudienceCount(SQLModel, table=True):
    """How many a saved selection held on a day, so that a week's change can be shown."""

    audience_id: int = Field(foreign_key="savedaudience.id", primary_key=True)
    on: date = Field(primary_key=True)
    people: int


def add(session: Session, campaign: Campaign) -> Campaign:
    """Keep a new campaign and give it its code."""
    session.add(campaign)
    session.flush()
    return campaign


def by_code(session: Session, code: str) -> Campaign | None:
    """The campaign a page address means."""
    return session.exec(select(Campaign).where(Campaign.code == code)).first()


def by_name(session: Session, name: str) -> Campaign | None:
    """The latest campaign with this name."""
    query = select(Campaign).where(Campaign.name == name).order_by(col(Campaign.id).desc())
    return session.exec(query).first()


def get(session: Session, campaign_id: int) -> Campaign:
    """The campaign; raises when there is none with this id."""
    return session.get_one(Campaign, campaign_id)


def states(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """The state of each of these campaigns."""
    query = select(Campaign.id, Campaign.state).where(col(Campaign.id).in_(list(ids)))
    return dict(session.exec(query).all())


def with_budget(session: Session, ids: Iterable[int]) -> Sequence[Campaign]:
    """Those of these campaigns that may only cost so much."""
    query = select(Campaign).where(col(Campaign.id).in_(list(ids)), Campaign.budget_kr > 0)
    return session.exec(query).all()


def all_campaigns(session: Session) -> Sequence[Campaign]:
    """Every campaign, newest first."""
    return session.exec(select(Campaign).order_by(col(Campaign.id).desc())).all()


_IN_STATES = select(Campaign).where(among(Campaign.state)).order_by(col(Campaign.id))


def in_states(session: Session, states: Iterable[str]) -> Sequence[Campaign]:
    """Campaigns in any of these states, oldest first."""
    return session.execute(_IN_STATES, {"ids": list(states)}).scalars().all()


def latest_with_text(session: Session, text_code: str, *, before_id: int) -> Campaign | None:
    """The last campaign that ended with the same template, for comparison."""
    query = select(Campaign).where(
        Campaign.text_code == text_code, col(Campaign.state).in_(("done", "stopped")), col(Campaign.id) < before_id
    )
    return session.exec(query.order_by(col(Campaign.id).desc())).first()


def forget_draft(session: Session, campaign: Campaign) -> bool:
    """Throw a draft away by one conditional write; False when it has been started meanwhile."""
    result = session.execute(delete(Campaign).where(col(Campaign.id) == campaign.id, col(Campaign.state) == "draft"))
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def due_to_start(session: Session, now: datetime) -> Sequence[Campaign]:
    """Scheduled campaigns whose hour has come."""
    query = select(Campaign).where(Campaign.state == "scheduled", col(Campaign.start_at) <= now)
    return session.exec(query.order_by(col(Campaign.start_at))).all()


def next_start(session: Session) -> datetime | None:
    """When the next scheduled campaign starts."""
    query = select(Campaign.start_at).where(Campaign.state == "scheduled").order_by(col(Campaign.start_at)).limit(1)
    return session.exec(query).first()


def move(session: Session, campaign: Campaign, from_states: Sequence[str], to: str, *, why: str = "") -> bool:
    """Change state by one conditional write; False when somebody else was first, so that nothing is started twice."""
    result = session.execute(
        update(Campaign)
        .where(col(Campaign.id) == campaign.id, col(Campaign.state).in_(list(from_states)))
        .values(state=to, state_why=why)
    )
    session.refresh(campaign)
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


class Beginning(NamedTuple):
    """From when, and after how many texts, the beginning of a campaign is watched."""

    since: datetime
    gone: int


def beginning(session: Session, campaign: Campaign) -> Beginning:
    """Where the watched beginning lies: at the start, or where a person last let the campaign go on."""
    kept = storage.settings.read(session, _beginning_key(campaign))
    if kept is None:
        return Beginning(campaign.launched_at or campaign.created_at, 0)
    return Beginning(datetime.fromisoformat(kept["since"]), kept["gone"])


def begin_anew(session: Session, campaign: Campaign, *, gone: int, now: datetime) -> None:
    """Watch from here: whoever let the campaign go on has seen what came before."""
    storage.settings.write(session, _beginning_key(campaign), {"since": now.isoformat(), "gone": gone}, now=now)


def _beginning_key(campaign: Campaign) -> str:
    return f"campaign_beginning_{campaign.code}"


def recipient_ids(session: Session, campaign_id: int, step: int) -> dict[int, int]:
    """The id of each person's row in a step."""
    query = select(Recipient.person_id, Recipient.id).where(
        Recipient.campaign_id == campaign_id, Recipient.step == step
    )
    return dict(session.exec(query).all())


def recipients(session: Session, campaign_id: int) -> Sequence[Recipient]:
    """Everyone the campaign used, in the order they were added."""
    return session.exec(select(Recipient).where(Recipient.campaign_id == campaign_id).order_by(col(Recipient.id))).all()


def recipients_of_person(session: Session, person_id: int) -> Sequence[tuple[Recipient, Campaign]]:
    """The campaigns a person was part of, oldest first."""
    query = (
        select(Recipient, Campaign)
        .join(Campaign, col(Campaign.id) == Recipient.campaign_id)
        .where(Recipient.person_id == person_id)
        .order_by(col(Recipient.id))
    )
    return session.exec(query).all()


class Invited(NamedTuple):
    """A person's part in a campaign, as far as their answer depends on it; `slot_id` is the meeting it invites to."""

    recipient_id: int
    campaign_id: int
    slot_id: int | None
    has_answered: bool


# Made once, since every text that comes in asks it.
_LATEST_OF_PERSON = (
    select_columns(  # type: ignore[call-overload]
        Recipient.id, Recipient.campaign_id, Campaign.slot_id, col(Recipient.answered_at).is_not(None)
    )
    .join_from(Recipient, Campaign, col(Campaign.id) == Recipient.campaign_id)
    .join(Message, col(Message.recipient_id) == Recipient.id)
    .where(Recipient.person_id == bindparam("person_id"))
    .where(col(Message.state).in_(these(("sending", "unknown", "sent", "failed", "undelivered", "delivered"))))
    .order_by(col(Recipient.id).desc())
    .limit(1)
)


def people_invited(session: Session, person_ids: Iterable[int], slot_id: int) -> set[int]:
    """Which of these people a campaign has texted, or is about to text, about this meeting."""
    query = (
        select(Message.person_id)
        .join(Campaign, col(Campaign.id) == Message.campaign_id)
        .where(Campaign.slot_id == slot_id, col(Message.person_id).in_(list(person_ids)))
        .where(col(Message.state).in_(("queued", "sending", "sent", "delivered", "unknown")))
    )
    return {person_id for person_id in session.exec(query) if person_id is not None}


_ANSWER = (
    update(Recipient.__table__)  # type: ignore[attr-defined]
    .where(col(Recipient.id) == bindparam("recipient_id"), col(Recipient.answered_at).is_(None))
    .values(answered_at=bindparam("now"), answer=bindparam("said"))
)


def latest_of_person(session: Session, person_id: int) -> Invited | None:
    """The newest campaign whose text has left for the person; one that still waits in the queue cannot be answered."""
    found = session.rows(_LATEST_OF_PERSON, person_id=person_id).first()
    return Invited._make(found) if found is not None else None


def record_answer(session: Session, person_id: int, answer: str, *, now: datetime) -> Invited | None:
    """The first answer after a campaign's text is what the person answered to it; later ones change nothing. Returns
    their part in that campaign.
    """
    invited = latest_of_person(session, person_id)
    if invited is not None and not invited.has_answered:
        session.rows(_ANSWER, recipient_id=invited.recipient_id, now=now, said=answer)
    return invited


def correct_answer(session: Session, person_id: int, answer: str, *, answered_at: datetime | None) -> None:
    """Let the answer that was read at a moment count as what staff say that it was."""
    query = select(Recipient).where(Recipient.person_id == person_id, col(Recipient.answered_at).is_not(None))
    for recipient in session.exec(query.where(Recipient.answered_at == answered_at)):
        recipient.answer = answer
        session.add(recipient)


@dataclass(frozen=True, slots=True)
class Line:
    """One person's part in a campaign, and what became of their text; `again` says that it is of its second try."""

    person_id: int
    withheld: str
    answer: str
    answered_at: datetime | None
    state: str
    reason: str
    state_at: datetime | None
    again: bool = False


def lines(session: Session, campaign_id: int) -> Sequence[Line]:
    """Everybody in a campaign, in the order they were added; `state` is empty where no text was made."""
    columns: tuple[Any, ...] = (
        Recipient.person_id, Recipient.withheld, Recipient.answer, Recipient.answered_at,
        *(func.coalesce(getattr(OTHER, name), getattr(Message, name)) for name in ("state", "reason", "state_at")),
        col(OTHER.id).is_not(None),
    )  # fmt: skip
    query = (
        select_columns(*columns)
        .join_from(Recipient, Message, col(Message.recipient_id) == Recipient.id, isouter=True)
        .join(OTHER, TRIED_AGAIN, isouter=True)
        .where(col(Recipient.campaign_id) == campaign_id)
        .order_by(col(Recipient.id))
    )
    return [
        Line(person_id, withheld, answer, answered_at, state or "", reason or "", state_at, again)
        for person_id, withheld, answer, answered_at, state, reason, state_at, again in session.execute(query).all()
    ]


def withheld_counts(session: Session, campaign_id: int) -> dict[str, int]:
    """How many were left out at launch, by reason."""
    query = (
        select(Recipient.withheld, func.count())
        .where(Recipient.campaign_id == campaign_id, Recipient.withheld != "")
        .group_by(Recipient.withheld)
    )
    return dict(session.exec(query).all())


def answer_counts(session: Session, campaign_id: int) -> dict[str, int]:
    """How many answered what, by meaning of their first answer."""
    query = (
        select(Recipient.answer, func.count())
        .where(Recipient.campaign_id == campaign_id, Recipient.answer != "")
        .group_by(Recipient.answer)
    )
    return dict(session.exec(query).all())


def size(session: Session, campaign_id: int) -> int:
    """How many people the campaign used, withheld ones too."""
    return session.exec(select(func.count()).select_from(Recipient).where(Recipient.campaign_id == campaign_id)).one()


def save_audience(session: Session, audience: SavedAudience) -> SavedAudience:
    """Keep a saved selection."""
    session.add(audience)
    session.flush()
    return audience


def saved_audiences(session: Session) -> Sequence[SavedAudience]:
    """Every saved selection, by name."""
    return session.exec(select(SavedAudience).order_by(SavedAudience.name)).all()


def audience_by_id(session: Session, audience_id: int) -> SavedAudience | None:
    """The saved selection with this id."""
    return session.get(SavedAudience, audience_id)


def forget_audience(session: Session, audience: SavedAudience) -> None:
    """Take a saved selection away, and what was counted of it."""
    session.execute(delete(AudienceCount).where(col(AudienceCount.audience_id) == audience.id))
    session.delete(audience)
    session.flush()


def keep_count(session: Session, count: AudienceCount) -> None:
    """Keep how many a saved selection held on a day."""
    session.add(count)
    session.flush()


def counted(session: Session, audience_id: int, on: date) -> int | None:
    """How many a saved selection held on a day, or on the nearest day before that within a week."""
    query = select(AudienceCount.people).where(
        AudienceCount.audience_id == audience_id, AudienceCount.on <= on, AudienceCount.on > on - timedelta(days=7)
    )
    return session.exec(query.order_by(col(AudienceCount.on).desc()).limit(1)).first()


def uncounted(session: Session, on: date) -> Sequence[SavedAudience]:
    """Saved selections nobody has counted on this day."""
    counted_then = select(AudienceCount.audience_id).where(AudienceCount.on == on)
    return session.exec(select(SavedAudience).where(col(SavedAudience.id).not_in(counted_then))).all()


def with_audience(session: Session, words: Iterable[str]) -> Sequence[Campaign]:
    """Campaigns that were made for one of these names or sentences, newest first."""
    query = select(Campaign).where(col(Campaign.audience).in_(list(words)))
    return session.exec(query.order_by(col(Campaign.id).desc())).all()


def saved_audience(session: Session, name: str) -> SavedAudience | None:
    """The saved selection with this name, case aside."""
    wanted = name.casefold().strip()
    return next((row for row in saved_audiences(session) if row.name.casefold() == wanted), None)
