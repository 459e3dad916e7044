"""A cry for help is told to the one on duty, then the stand-in, then the head, and to the last of them again, until
somebody has seen it (ux §5.3) or a day has passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.alerts
import storage.audit
import storage.conversations
import storage.messages
import storage.numbers
import storage.settings
import storage.staff
from outreach import access, delivery, one_by_one, phone_numbers, wording
from storage.alerts import Alert
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.staff import Staff

# The settings that say who is told, in order.
CHAIN = ("on_duty", "stand_in", "head")
PATIENCE = timedelta(minutes=10)
# The last in the chain is told again: often at first, then every hour, some thirty times in all. Whoever sleeps
# through the first ones is woken, and a telephone that is lost does not ring for weeks. Somebody to tell is looked for
# as long, where there was nobody.
AGAIN, OFTEN_FOR, SELDOM = timedelta(minutes=20), timedelta(hours=2), timedelta(hours=1)
TRIED_FOR = timedelta(days=1)
# A second cry within this long belongs to the first, as long as nobody has seen it.
ONE_CRISIS = timedelta(hours=1)
# All that a telephone on a table may show (ux §5.2).
TEXT, TEXT_CODE = "Ett svar väntar i Brygga.", "ALERT"


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody in the chain who can be told, and where."""

    place: int
    staff: Staff
    address: str


def begin(session: Session, conversation: Conversation, *, now: datetime) -> None:
    """Raise an alert and tell the first; a cry that belongs to an alert nobody has seen raises no other."""
    earlier = storage.alerts.latest(session, conversation.id)
    if earlier is not None and earlier.seen_at is None and now - earlier.raised_at < ONE_CRISIS:
        return
    alert = storage.alerts.add(session, Alert(conversation_id=conversation.id, raised_at=now))
    _tell_next(session, alert, now)


def escalate(session: Session, now: datetime) -> int:
    """Tell the next of every alert that nobody has seen in time; returns how many there were."""
    due = storage.alerts.due(session, now)
    return one_by_one.each(session, due, lambda alert: _tell_next(session, alert, now), job="escalate")


def see(session: Session, conversation: Conversation, staff: Staff, *, how: str, now: datetime) -> bool:
    """Note that somebody has seen it, which ends the chain; False when there was nothing to see."""
    if not storage.alerts.see(session, conversation.id, staff.id, now=now):
        return False
    storage.audit.write(session, "alert_seen", now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code, how=how)  # fmt: skip
    return True


def chosen(session: Session, key: str, now: datetime) -> Staff | None:
    """Who has this place in the chain; None when nobody is chosen, or the one who was may read no talks any longer:
    has left, or whose employment or role has ended.
    """
    staff = storage.staff.find(session, storage.settings.read(session, key))
    return staff if staff is not None and access.may_now(session, staff, "inbox", now=now) else None


def choose(session: Session, key: str, staff_id: int | None, *, now: datetime, by: Staff) -> bool:
    """Give somebody, or nobody, this place in the chain; False when it was so already."""
    before = storage.settings.read(session, key)
    if before == staff_id:
        return False
    storage.settings.write(session, key, staff_id, now=now, staff_id=by.id)
    storage.settings.note_change(session, key, before, staff_id, now=now, staff_id=by.id)
    placed = storage.staff.find(session, staff_id)
    storage.audit.write(session, "setting_changed", now=now, staff_id=by.id, key=key,
                        staff=placed.code if placed is not None else "")  # fmt: skip
    return True


def reachable(session: Session, now: datetime) -> Sequence[Reachable]:
    """Those in the chain who can be told, in order."""
    found = [(place, chosen(session, key, now)) for place, key in enumerate(CHAIN)]
    return [
        Reachable(place, staff, address)
        for place, staff in found
        if staff is not None and (address := address_of(session, staff))
    ]


def address_of(session: Session, staff: Staff) -> str:
    """Where a member of staff is told; empty without a number, and for one that somebody in the register has: no text
    of ours to staff may stand in a youth's telephone.
    """
    found = phone_numbers.read_cell(staff.phone).found
    if not found or storage.numbers.people_at(session, found[0].e164):
        return ""
    return found[0].e164


def _tell_next(session: Session, alert: Alert, now: datetime) -> None:
    # Whoever cannot be told is passed over at once: ten minutes of waiting for nobody would help nobody.
    # Whoever is last is told again: to have nobody left to tell helps nobody either.
    can_be_told = reachable(session, now)
    left = [one for one in can_be_told if one.place >= alert.step] or can_be_told[-1:]
    patience = PATIENCE if len(left) > 1 or not left else _patience_of_last(now - alert.raised_at)
    goes_on = now + patience - alert.raised_at <= TRIED_FOR
    step = left[0].place + 1 if left else alert.step
    if storage.alerts.pass_on(session, alert, step, now + patience if goes_on else None) and left:
        _tell(session, alert, left[0], now)


def _patience_of_last(so_far: timedelta) -> timedelta:
    return AGAIN if so_far < OFTEN_FOR else SELDOM


def _tell(session: Session, alert: Alert, one: Reachable, now: datetime) -> None:
    size = wording.measure(TEXT)
    storage.messages.add(
        session,
        # Kind "crisis": neither a pause, an hour nor a stop at that telephone holds it. It has no conversation and no
        # person, so that it stands in nobody's talk.
        Message(
            kind="crisis", address=one.address, text=TEXT, text_code=TEXT_CODE, encoding=size.encoding,
            parts=size.parts, staff_id=one.staff.id, priority=delivery.PRIORITY["crisis"], send_after=now,
            send_before=now + delivery.ANSWER_KEEPS, created_at=now, state_at=now,
        ),
    )  # fmt: skip
    conversation = storage.conversations.get(session, alert.conversation_id)
    storage.audit.write(session, "alert_told", now=now, person_id=conversation.person_id,
                        conversation=conversation.code, staff=one.staff.code, step=alert.step)  # fmt: skip
