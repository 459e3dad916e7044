"""Talks in which we have asked something and heard nothing: which they are, and since when. What follows from a
silence is said elsewhere; none of these asks what time it is, so that the next one to fall due can be found too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from storage.columns import these, this
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import OPEN, Booking, Slot
from storage.messages import UNSENT, Message
from storage.people import Person
from storage.tasks import TALKED, Attempt

# So many at a time: a campaign to thousands must not hold up everybody who writes.
AT_ONCE = 200
INVITING, NUDGE, MISSED, REPEATS = ("campaign", "ladder"), "NUDGE", "NOSHOW", ("OFFER-AGAIN", "TIME-OK?")
# Questions whose times are said once more.
TIMES_ASKED = ("OFFER", "OFFER-MORE", "TIME-FULL", "TIME-OK?")
NOT_SENT = ("withheld", "expired", "failed")
_ON_THEIR_WAY = ("queued", "sending")


@dataclass(frozen=True)
class Silence:
    """A kind of silence: the talks with their people, and the moment it is counted from."""

    query: Any
    since: Any

    @cached_property
    def _over(self) -> Any:
        # Made once, since it is asked all day. No silence began before the person's state did, which is quick to see:
        # what is costly is asked of few.
        before: ColumnElement[datetime] = bindparam("before")
        return self.query.where(col(Conversation.state_at) <= before, self.since <= before)

    @cached_property
    def _any_over(self) -> Any:
        return self._over.with_only_columns(col(Conversation.id)).limit(1)

    @cached_property
    def _longest_over(self) -> Any:
        return self._over.order_by(self.since).limit(AT_ONCE)

    @cached_property
    def _first(self) -> Any:
        return self.query.with_only_columns(self.since).order_by(self.since).limit(1)

    def over(self, session: Session, before: datetime) -> Sequence[tuple[Conversation, Person]]:
        """Talks that have been silent since before a moment or exactly that, the longest first; some at a time."""
        rows = session.execute(self._longest_over, {"before": before})
        return [(conversation, person) for conversation, person in rows]

    def any_over(self, session: Session, before: datetime) -> bool:
        """Whether any talk has been silent for so long."""
        return session.finds(self._any_over, before=before)

    def first(self, session: Session) -> datetime | None:
        """Since when the longest of these silences has lasted; None when there is none."""
        moment: datetime | None = session.execute(self._first).scalar()
        return moment


def _heard_nothing_since(moment: Any) -> ColumnElement[bool]:
    return or_(col(Conversation.last_inbound_at).is_(None), col(Conversation.last_inbound_at) < moment)


def _later_of(one: Any, other: Any) -> Any:
    return case((one > other, one), else_=other)


# Somebody who has a meeting ahead, whoever booked it, waits for nothing else.
_booked_ahead = (
    exists()
    .where(col(Booking.person_id) == col(Person.id), col(Booking.state).in_(these(OPEN)))
    .where(col(Slot.id) == col(Booking.slot_id), col(Slot.starts_at) > col(Conversation.state_at))
)
_let_alone = and_(
    col(Person.closed_at).is_(None), col(Person.merged_into_id).is_(None), col(Person.protected).is_(False),
    col(Conversation.held_by_id).is_(None),
)  # fmt: skip
# Somebody we have talked with since, over the telephone or outdoors, is not silent: what was agreed is between people.
_talked_since = exists().where(
    col(Attempt.person_id) == col(Person.id), col(Attempt.result) == this(TALKED),
    col(Attempt.at) >= col(Conversation.state_at),
)  # fmt: skip
# A pause that ended before the question was asked holds nobody back.
_not_paused = or_(col(Person.paused_until).is_(None), col(Person.paused_until) <= col(Conversation.state_at))
_talks = (
    select(Conversation, Person)
    .select_from(Conversation)
    .join(Person, col(Person.id) == col(Conversation.person_id))
    .where(_let_alone)
)


def _with_latest(*which: ColumnElement[bool], of: Any) -> Any:
    """Talks with the latest of our texts of some kind; a second try that did not leave says nothing of its own."""
    said = or_(of.again_of_id.is_(None), of.state.not_in(these(UNSENT)))
    latest = select(func.max(of.id)).where(of.conversation_id == Conversation.id, said, *which).correlate(Conversation)
    return _talks.join(Message, col(Message.id) == latest.scalar_subquery())


_other = aliased(Message)
_is_invitation = and_(col(_other.kind).in_(these(INVITING)), col(_other.sent_at).is_not(None))
_is_nudge = and_(col(_other.kind) == this("nudge"), col(_other.text_code) == this(NUDGE))
_invited = _with_latest(or_(_is_invitation, _is_nudge), of=_other).where(col(Conversation.waiting_since).is_(None))
# Few have been written to after a silence: whoever has not is left out before the latest of their texts is looked for.
_was_nudged = exists().where(col(_other.conversation_id) == col(Conversation.id), col(_other.kind) == this("nudge"))
_left_at = func.coalesce(col(Message.sent_at), col(Message.claimed_at), col(Message.created_at))

# Invited by a campaign or a step of the ladder that left, and not reminded of it yet.
AFTER_INVITATION = Silence(
    _invited.where(
        col(Conversation.state) == this("invited"), col(Message.kind).in_(these(INVITING)), ~_booked_ahead, _not_paused,
        ~_talked_since,
        _heard_nothing_since(col(Message.claimed_at)),
    ),
    col(Conversation.state_at),
)  # fmt: skip
# Reminded, or meant to be: whatever became of the reminder.
AFTER_NUDGE = Silence(
    _invited.where(
        _was_nudged, col(Conversation.state) == this("invited"), col(Message.kind) == this("nudge"),
        ~_booked_ahead, _not_paused, col(Message.state).not_in(these(_ON_THEIR_WAY)),
        _heard_nothing_since(col(Message.created_at)),
    ),
    _later_of(_left_at, col(Conversation.state_at)),
)  # fmt: skip
# Rested until the agreed day, and the text of that day could not leave.
REST_UNHEARD = Silence(
    _invited.where(
        _was_nudged, col(Conversation.state) == this("resting"), col(Message.kind) == this("nudge"),
        col(Message.state).in_(these(NOT_SENT)),
        col(Message.created_at) >= col(Conversation.state_at), col(Person.paused_until).is_(None), ~_booked_ahead,
        _heard_nothing_since(col(Message.created_at)),
    ),
    col(Message.state_at),
)  # fmt: skip

_repeated = exists().where(
    col(_other.conversation_id) == col(Conversation.id), col(_other.kind) == this("nudge"),
    col(_other.text_code).in_(these(REPEATS)), col(_other.created_at) >= col(Conversation.state_at),
)  # fmt: skip
_last_word = _later_of(col(Conversation.last_inbound_at), col(Conversation.state_at))
_offered = _talks.where(col(Conversation.state).in_(these(("offered", "time_proposed"))))

# Offered times, or asked about one; said once more already or not.
AFTER_OFFER = Silence(_offered, _last_word)
# Offered times that have not been said once more, while nobody waits for a human.
AFTER_FIRST_OFFER = Silence(
    _offered.where(
        col(Conversation.context)["asked"].as_string().in_(these(TIMES_ASKED)),
        col(Conversation.waiting_since).is_(None), ~_repeated, ~_booked_ahead, ~_talked_since,
    ),
    _last_word,
)  # fmt: skip

_missed = _with_latest(col(_other.kind) == this("nudge"), col(_other.text_code) == this(MISSED), of=_other).where(
    col(Conversation.state) == this("no_show"), ~_booked_ahead
)
# Did not come, was written to about it, and has not answered.
AFTER_MISSED = Silence(
    _missed.where(col(Message.sent_at) >= col(Conversation.state_at), _heard_nothing_since(col(Message.claimed_at))),
    col(Message.sent_at),
)
# Did not come, and what was to be written about it could not leave. A human who has the talk knows of it.
MISSED_UNHEARD = Silence(
    _missed.where(
        col(Message.state).in_(these(NOT_SENT)), col(Message.reason) != this("human_has_it"),
        col(Message.created_at) >= col(Conversation.state_at), _heard_nothing_since(col(Message.created_at)),
    ),
    col(Message.state_at),
)  # fmt: skip


_asked_about = exists().where(
    col(Message.conversation_id) == col(Conversation.id), col(Message.text_code) == this(MISSED),
    col(Message.created_at) >= col(Slot.starts_at),
)  # fmt: skip
_MISSED_MEETINGS = (
    select(Booking, Slot, Conversation, Person)
    .join(Slot, col(Slot.id) == col(Booking.slot_id))
    .join(Person, col(Person.id) == col(Booking.person_id))
    .join(Conversation, col(Conversation.person_id) == col(Person.id))
    .where(col(Booking.state) == this("no_show"), col(Slot.starts_at) >= bindparam("since"))
    .where(col(Conversation.state) == this("no_show"), _let_alone, ~_asked_about)
)
_ANY_MISSED = _MISSED_MEETINGS.with_only_columns(col(Booking.id)).limit(1)


def missed_meetings(session: Session, since: datetime) -> Sequence[tuple[Booking, Slot, Conversation, Person]]:
    """Meetings that began after a moment and that somebody did not come to, of whom nothing has been asked yet."""
    rows = session.execute(_MISSED_MEETINGS, {"since": since})
    return [(booking, slot, talk, person) for booking, slot, talk, person in rows]


def any_missed(session: Session, since: datetime) -> bool:
    """Whether there are such meetings."""
    return session.finds(_ANY_MISSED, since=since)
