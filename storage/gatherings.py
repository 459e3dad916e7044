"""What only dialog meetings (dialogmöten) have, beside their time and seats in `storage.meetings`: whether they are
announced, how they are run, the links they are shared by, and what came of them, in numbers without names.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint, and_, bindparam, delete, func, or_, update
from sqlalchemy import select as select_columns
from sqlalchemy.dialects import sqlite
from sqlmodel import Field, SQLModel, col, select

import storage.meetings
from storage.codes import new_short_code
from storage.columns import among, one_of, this
from storage.database import Session
from storage.meetings import Booking, Seat, Slot
from storage.signups import STANDING, Signup

# Whether there are enough to run it: not to be decided, or not yet; staff are asked; it runs.
DECISIONS = ("open", "asked", "runs")
# A meeting longer ago than this is left as it is.
WAITS_FOR_ATTENDANCE = timedelta(days=31)
# Where a link is put up, so that counts show what works (ux §4.13).
PLACES = (
    "instagram", "facebook", "whatsapp", "snapchat", "tiktok", "telegram", "sms", "school", "youth_centre",
    "word_of_mouth", "poster", "other",
)  # fmt: skip


class Gathering(SQLModel, table=True):
    """A dialog meeting: one row beside its time, whose `staff_id` is who leads it. While `published_at` is empty it is
    a draft: no code leads to it, and no text names it. A dialog meeting without a row is announced, with what stands
    here as defaults.

    `asked_at`: whoever made it wants somebody's word before it is announced. `reachable_id`: the member of staff who
    can be reached meanwhile. `minimum` people make it run, which is to be decided at `decide_at`; 0 is no such limit.
    `adults` is how many must be there from us. `alone_instead`: whoever does not want a group is offered a talk of
    their own. `place_after_signup`: the place is told to those who come, and not on the open page. `drop_ins` and
    `came` are numbers without names; `came` is empty while attendance is by name. `good`, `missing` and `wanted` are
    what was said of the meeting, which must name nobody.
    """

    __table_args__ = (one_of("decision", DECISIONS),)

    slot_id: int = Field(primary_key=True, foreign_key="slot.id")
    made_at: datetime
    made_by_id: int | None = Field(default=None, foreign_key="staff.id")
    reachable_id: int | None = Field(default=None, foreign_key="staff.id")
    asked_at: datetime | None = None
    published_at: datetime | None = None
    published_by_id: int | None = Field(default=None, foreign_key="staff.id")
    waiting_list: bool = True
    plus_one: bool = True
    minimum: int = 0
    decide_at: datetime | None = Field(default=None, index=True)
    decision: str = "open"
    languages: list[str] = Field(default_factory=lambda: ["sv"], sa_column=Column(JSON, nullable=False))
    adults: int = 1
    alone_instead: bool = True
    how_to_find: str = ""
    place_after_signup: bool = False
    drop_ins: int = 0
    came: int | None = None
    good: str = ""
    missing: str = ""
    wanted: str = ""
    closed_at: datetime | None = None


class ShareLink(SQLModel, table=True):
    """A code per meeting and place where it is put up, typed like the meeting's own ("KOM 7K3P"); `views` is how often
    it was opened, and nothing of by whom.
    """

    __table_args__ = (UniqueConstraint("slot_id", "place"), one_of("place", PLACES))

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    slot_id: int = Field(foreign_key="slot.id", index=True)
    place: str
    made_at: datetime
    views: int = 0


class NeedCount(SQLModel, table=True):
    """How many at a meeting needed help with something; never who."""

    slot_id: int = Field(primary_key=True, foreign_key="slot.id")
    need: str = Field(primary_key=True)
    many: int = 0


class PulseCount(SQLModel, table=True):
    """How many gave an answer to a question about how a meeting was; never who, nor when (domain S68)."""

    slot_id: int = Field(primary_key=True, foreign_key="slot.id")
    question: str = Field(primary_key=True)
    answer: str = Field(primary_key=True)
    many: int = 0


# ------------------------------------------------------------------------------------------------ the meeting


def keep(session: Session, gathering: Gathering) -> Gathering:
    """Keep a new or changed row."""
    session.add(gathering)
    session.flush()
    return gathering


def find(session: Session, slot_id: int) -> Gathering | None:
    """What a dialog meeting has beside its time; None for one that was made before there was such a row."""
    return session.get(Gathering, slot_id)


def of_slots(session: Session, slot_ids: Collection[int]) -> dict[int, Gathering]:
    """The rows of several meetings, by the meeting."""
    query = select(Gathering).where(col(Gathering.slot_id).in_(list(slot_ids)))
    return {row.slot_id: row for row in session.exec(query)}


_DRAFTS = select(Gathering.slot_id).where(col(Gathering.published_at).is_(None))
_WITHOUT_LINE = select(Gathering.slot_id).where(col(Gathering.waiting_list).is_(False))


def next_announced(
    session: Session, office_id: int, *, after: datetime, besides: Collection[int] = (), with_room: bool = False
) -> Slot | None:
    """The office's first announced meeting after a moment that one can sign up to, these left out: one with a waiting
    list, or only one with an empty seat.
    """
    query = select(Slot).where(
        Slot.office_id == office_id, Slot.kind == "dialog", Slot.starts_at > after,
        col(Slot.called_off_at).is_(None), col(Slot.id).not_in(list(besides)), col(Slot.id).not_in(_DRAFTS),
    )  # fmt: skip
    if with_room:
        query = query.where(col(Slot.id).in_(select(Seat.slot_id).where(storage.meetings.EMPTY)))
    else:
        query = query.where(col(Slot.id).not_in(_WITHOUT_LINE))
    return session.exec(query.order_by(col(Slot.starts_at), col(Slot.id))).first()


def of_offices(
    session: Session, office_ids: Sequence[int], *, since: datetime, until: datetime, led_by: int | None = None
) -> Sequence[Slot]:
    """The offices' dialog meetings in a period, drafts and called-off ones too, in order; those that somebody leads,
    if given.
    """
    query = select(Slot).where(
        Slot.kind == "dialog", col(Slot.office_id).in_(list(office_ids)), Slot.starts_at >= since,
        Slot.starts_at < until,
    )  # fmt: skip
    if led_by is not None:
        query = query.where(Slot.staff_id == led_by)
    return session.exec(query.order_by(col(Slot.starts_at), col(Slot.id))).all()


def to_decide(session: Session, now: datetime) -> Sequence[tuple[Gathering, Slot]]:
    """Announced meetings ahead whose hour to decide has come, and where nobody has been asked yet."""
    query = (
        select(Gathering, Slot)
        .join(Slot, col(Slot.id) == Gathering.slot_id)
        .where(Gathering.decision == "open", Gathering.minimum > 0, col(Gathering.decide_at) <= now)
        .where(col(Gathering.published_at).is_not(None), col(Slot.called_off_at).is_(None), Slot.starts_at > now)
        .order_by(col(Gathering.slot_id))
    )
    return session.exec(query).all()


def next_decision(session: Session) -> datetime | None:
    """When the next of those hours comes."""
    query = select(func.min(Gathering.decide_at)).where(
        Gathering.decision == "open", Gathering.minimum > 0, col(Gathering.published_at).is_not(None)
    )
    return session.exec(query).one()


_ahead = col(Slot.starts_at) > bindparam("now")
_over = col(Slot.ends_at).between(bindparam("since"), bindparam("now"))
_announced = col(Gathering.published_at).is_not(None)
# Asked by every page: made once.
_WAITING = (
    select_columns(func.count())
    .select_from(Gathering)
    .join(Slot, col(Slot.id) == Gathering.slot_id)
    .where(among(Slot.office_id), col(Slot.called_off_at).is_(None))
    .where(
        or_(
            and_(_ahead, ~_announced, col(Gathering.asked_at).is_not(None)),
            and_(_ahead, _announced, col(Gathering.decision) == this("asked")),
            and_(_over, _announced, col(Gathering.closed_at).is_(None)),
        )
    )
)


def count_waiting(session: Session, office_ids: Sequence[int], now: datetime) -> int:
    """How many meetings wait for somebody: drafts ahead that somebody's word is asked for, those ahead with too few,
    and those of the last month that nobody has said who came to.
    """
    since = now - WAITS_FOR_ATTENDANCE
    return int(session.rows(_WAITING, ids=list(office_ids), now=now, since=since).scalar_one())


def seats(session: Session, slot_ids: Collection[int]) -> dict[int, int]:
    """How many seats each of these meetings has."""
    query = select(Seat.slot_id, func.count()).where(col(Seat.slot_id).in_(list(slot_ids))).group_by(col(Seat.slot_id))
    return dict(session.exec(query).all())


def taken(session: Session, slot_ids: Collection[int]) -> dict[int, int]:
    """How many seats of each somebody has, companions and places on offer too."""
    query = select(Seat.slot_id, func.count()).where(col(Seat.slot_id).in_(list(slot_ids)), ~storage.meetings.EMPTY)
    return dict(session.exec(query.group_by(col(Seat.slot_id))).all())


def in_line(session: Session, slot_ids: Collection[int]) -> dict[int, int]:
    """How many wait for a place at each, those with one on offer too."""
    query = select(Signup.slot_id, func.count()).where(
        col(Signup.slot_id).in_(list(slot_ids)), col(Signup.state).in_(("waiting", "offered"))
    )
    return dict(session.exec(query.group_by(col(Signup.slot_id))).all())


def set_seats(session: Session, slot_id: int, wanted: int) -> int:
    """Lay out more seats, or take away empty ones, the last first; never one that somebody has or has had. Returns how
    many seats there are then.
    """
    positions = session.exec(select(Seat.position).where(Seat.slot_id == slot_id)).all()
    last = max(positions, default=0)
    session.add_all([Seat(slot_id=slot_id, position=last + n) for n in range(1, wanted - len(positions) + 1)])
    session.flush()
    if wanted < len(positions):
        spare = (
            select(Seat.id)
            .where(Seat.slot_id == slot_id, storage.meetings.EMPTY, col(Seat.id).not_in(select(Booking.seat_id)))
            .order_by(col(Seat.position).desc())
            .limit(len(positions) - wanted)
        )
        session.execute(delete(Seat).where(col(Seat.id).in_(spare), storage.meetings.EMPTY))
    return seats(session, [slot_id]).get(slot_id, 0)


def busy_places(session: Session, place: str, start: datetime, end: datetime, *, besides: int) -> Sequence[Slot]:
    """What else takes place at this place in these hours, drafts too, at whatever office."""
    query = select(Slot).where(
        func.lower(Slot.place) == place.strip().lower(), Slot.starts_at < end, Slot.ends_at > start, Slot.id != besides,
        col(Slot.called_off_at).is_(None), Slot.kind == "dialog",
    )  # fmt: skip
    return session.exec(query.order_by(col(Slot.starts_at))).all()


# -------------------------------------------------------------------------------------------- codes and links


def unused_code(session: Session) -> str:
    """A short code that no meeting and no link has."""
    code = new_short_code()
    while storage.meetings.slot_by_short_code(session, code) is not None or link_by_code(session, code) is not None:
        code = new_short_code()
    return code


def add_link(session: Session, link: ShareLink) -> ShareLink:
    """Keep a new link."""
    session.add(link)
    session.flush()
    return link


def link_by_code(session: Session, code: str) -> ShareLink | None:
    """The link that a code means, case aside."""
    return session.exec(select(ShareLink).where(ShareLink.code == code.upper())).first()


def link_to(session: Session, slot_id: int, place: str) -> ShareLink | None:
    """The meeting's link for a place, if there is one."""
    return session.exec(select(ShareLink).where(ShareLink.slot_id == slot_id, ShareLink.place == place)).first()


def links(session: Session, slot_id: int) -> Sequence[ShareLink]:
    """The meeting's links, the first made first."""
    return session.exec(select(ShareLink).where(ShareLink.slot_id == slot_id).order_by(col(ShareLink.id))).all()


def count_view(session: Session, link: ShareLink) -> None:
    """The link was opened once more."""
    session.execute(update(ShareLink).where(col(ShareLink.id) == link.id).values(views=col(ShareLink.views) + 1))


def sources(session: Session, slot_id: int) -> dict[str, int]:
    """How many sign-ups came from each source, those who have given their place back left out."""
    stayed = (Signup.slot_id == slot_id, Signup.state != "cancelled")
    query = select(Signup.source, func.count()).where(*stayed).group_by(Signup.source)
    return dict(session.exec(query).all())


def signed_up(session: Session, slot_id: int) -> int:
    """How many come, companions counted."""
    query = select(func.coalesce(func.sum(Signup.companions + 1), 0))
    return int(session.exec(query.where(Signup.slot_id == slot_id, Signup.state == "signed_up")).one())


def any_standing(session: Session, slot_id: int) -> bool:
    """Whether anybody stands on the meeting's list, or in the line."""
    query = select(Signup.id).where(Signup.slot_id == slot_id, col(Signup.state).in_(STANDING))
    return session.exec(query.limit(1)).first() is not None


# ------------------------------------------------------------------------------------- numbers without names


def add_drop_ins(session: Session, slot_id: int, more: int) -> None:
    """So many more, or fewer, came without having signed up; never below none."""
    now_many = col(Gathering.drop_ins) + more
    session.execute(update(Gathering).where(col(Gathering.slot_id) == slot_id, now_many >= 0).values(drop_ins=now_many))
    session.read_again(Gathering, slot_id)


def count(session: Session, row: NeedCount | PulseCount, more: int) -> None:
    """Count so many more, or fewer, of what a row counts; never below none."""
    table: Any = type(row)
    keys = {column.name: getattr(row, column.name) for column in table.__table__.primary_key}
    session.execute(sqlite.insert(table).values(**keys, many=0).on_conflict_do_nothing())
    same = [getattr(table, name) == value for name, value in keys.items()]
    session.execute(update(table).where(*same, table.many + more >= 0).values(many=table.many + more))


def needs(session: Session, slot_ids: Iterable[int]) -> dict[str, int]:
    """How many needed what at these meetings together."""
    query = select(NeedCount.need, func.sum(NeedCount.many)).where(col(NeedCount.slot_id).in_(list(slot_ids)))
    return {need: int(many) for need, many in session.exec(query.group_by(NeedCount.need)) if many}


def pulse(session: Session, slot_ids: Iterable[int]) -> dict[tuple[str, str], int]:
    """How many gave which answer to which question about these meetings together."""
    query = select(PulseCount.question, PulseCount.answer, func.sum(PulseCount.many)).where(
        col(PulseCount.slot_id).in_(list(slot_ids))
    )
    rows = session.exec(query.group_by(PulseCount.question, PulseCount.answer))
    return {(question, answer): int(many) for question, answer, many in rows}
