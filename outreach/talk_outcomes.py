"""What a talk came to, by one press that can be taken back (ux §4.3): wrong number, works or studies, later, does not
want to, no more texts. Each writes a note, sets where the person stands, and confirms by a text unless it is to be
done in silence. The text waits for as long as the way back is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import storage.audit
import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.settings
import storage.signups
import storage.tasks
from outreach import consent, contact, delivery, gatherings, ladder, ladder_undo, numbers, quiet_hours, takeover
from outreach.acute import HELD
from outreach.errors import BadInput, Conflict
from outreach.set_right import DECLINED_RESTS, RESTS
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person
from storage.signups import Signup
from storage.staff import Staff
from storage.tasks import Attempt, Outcome

IN_WORDS: Mapping[str, str] = {
    "wrong_number": "Fel nummer", "occupied": "Jobbar eller pluggar", "later": "Hör av oss senare",
    "declined": "Vill inte", "blocked": "Spärra utskick",
}  # fmt: skip
# The text that confirms each, and what kind of text it is.
CONFIRMED_BY: Mapping[str, tuple[str, str]] = {
    "wrong_number": ("WRONG-OK", "stop_confirmation"), "occupied": ("BUSY-OK", "reply"), "later": ("LATER-OK", "reply"),
    "declined": ("NO-OK", "reply"), "blocked": ("STOP-OK", "stop_confirmation"),
}  # fmt: skip
UNDO_SHOWN = timedelta(seconds=10)
_WRONG, _UNDONE, _TAKEN = "wrong_person", "ångrat", "human_has_it"
_STANDS = {"wrong_number": "wrong_number", "occupied": "occupied", "later": "resting", "declined": "declined"}
_TALK = ("waiting_since", "waiting_why", "subject", "held_by_id", "held_since")


class Undone(NamedTuple):
    """A press that was taken back: whether its text had left, and whether a place at a dialog meeting is somebody
    else's by now, so that the person stands in line.
    """

    talk: Conversation
    had_left: bool
    lost_place: bool


@dataclass(frozen=True, slots=True)
class Pressed:
    """A member of staff's last press, while it can be taken back."""

    talk: Conversation
    person: Person
    kind: str
    at: datetime


def rests_until(now: datetime) -> datetime:
    """When we get in touch with somebody who wants to be asked later: on a day when we write at all."""
    return quiet_hours.next_allowed(now + RESTS)


def offered(session: Session, talk: Conversation, person: Person | None, now: datetime) -> tuple[str, ...]:
    """Which outcomes may be pressed. None of somebody acute, whom only people move on, nor of an unknown number."""
    if person is None or talk.state in ("urgent", "stopped") or consent.is_stopped(session, talk):
        return ()
    booked = storage.meetings.open_booking(session, person.id, after=now) is not None
    kinds = ("wrong_number", "blocked") if booked else tuple(IN_WORDS)
    return tuple(kind for kind in kinds if kind != "wrong_number" or talk.channel == "sms")


def press(
    session: Session, talk: Conversation, person: Person, staff: Staff, kind: str, *, confirmation: str, now: datetime
) -> None:
    """Do what an outcome means. `confirmation` is the text to send, empty for none. Raises Conflict where a colleague
    has the talk, BadInput for an outcome that cannot be pressed here.
    """
    if kind not in offered(session, talk, person, now):
        raise BadInput("Det går inte att välja här längre. Läs om sidan.")
    before = ladder_undo.remember(session, person)
    stood = {name: _say(getattr(talk, name)) for name in _TALK}
    takeover.take_over(session, talk, staff, now=now)
    takeover.done(session, talk, staff, now=now)
    attempt = storage.tasks.add_attempt(
        session, Attempt(person_id=person.id, kind="note", note=IN_WORDS[kind], at=now, staff_id=staff.id)
    )
    had_place = [one.id for one, _ in storage.signups.standing(session, talk.id, after=now) if one.state == "signed_up"]
    left = gatherings.leave_for_now(session, talk, now=now) if kind == "wrong_number" else []
    _follow(session, talk, person, staff, kind, now)
    if confirmation:
        _confirm(session, talk, kind, confirmation, now)
    ladder.settle(session, now, [person.id])
    ladder_undo.keep(session, person, staff, before, attempt, now=now)
    storage.settings.write(
        session, _key(staff),
        {"talk": talk.code, "kind": kind, "at": now.isoformat(), "left": [one.id for one in left],
         "had_place": had_place, **stood},
        now=now, staff_id=staff.id,
    )  # fmt: skip
    storage.audit.write(session, "talk_outcome", now=now, staff_id=staff.id, person_id=person.id,
                        conversation=talk.code, kind=kind, silent=not confirmation)  # fmt: skip


def _follow(session: Session, talk: Conversation, person: Person, staff: Staff, kind: str, now: datetime) -> None:
    if kind == "blocked":
        contact.spoken_stop(session, person, staff, now=now)
        return
    if kind == "wrong_number":
        storage.messages.hold_back(session, talk.id, HELD, reason=_WRONG, now=now)
        numbers.strike(session, person, talk.address, why="fel nummer", now=now)
        if storage.meetings.open_booking(session, person.id, after=now) is not None:
            talk.waiting_since, talk.waiting_why = now, "fel nummer, men har en bokad tid"
    elif kind == "occupied":
        # Whether it is work or studies stands in the talk: whoever confirms says which.
        storage.tasks.add_outcome(session, Outcome(
            person_id=person.id, kind="other_measure", on=local_date(now), source="personal", proposed_at=now
        ))  # fmt: skip
    elif kind == "later":
        person.paused_until, person.paused_why = rests_until(now), "vill höras senare"
    else:
        contact.outcome(session, person, staff, kind="declined", on=local_date(now), now=now)
        person.paused_until, person.paused_why = now + DECLINED_RESTS, "vill inte nu"
    talk.state, talk.state_at, talk.context = _STANDS[kind], now, {}
    storage.people.keep(session, person)
    storage.conversations.keep(session, talk)


def _confirm(session: Session, talk: Conversation, kind: str, confirmation: str, now: datetime) -> None:
    code, of_kind = CONFIRMED_BY[kind]
    message = delivery.queue(session, talk, confirmation, kind=of_kind, text_code=code, now=now)
    message.send_after = now + UNDO_SHOWN
    if kind == "declined":
        # It ends with a question that the automatic service understands the answer to.
        talk.context = {"asked": code, "asked_at": now.isoformat()}
        storage.conversations.keep(session, talk)


def last(session: Session, staff: Staff, now: datetime) -> Pressed | None:
    """The last press, while it can be taken back: a day, as long as nothing else has happened since."""
    kept = storage.settings.read(session, _key(staff))
    person = ladder_undo.last(session, staff, now) if kept else None
    talk = storage.conversations.by_code(session, kept["talk"]) if person is not None else None
    if person is None or talk is None or talk.person_id != person.id or talk.held_by_id is not None:
        return None
    at = datetime.fromisoformat(kept["at"])
    if talk.last_inbound_at is not None and talk.last_inbound_at > at:
        return None
    return Pressed(talk, person, kept["kind"], at)


def undo(session: Session, staff: Staff, now: datetime) -> Undone:
    """Take the last press back: everything stands as it did, but for a place at a dialog meeting that somebody else has
    been offered meanwhile. Raises Conflict when something has come in between.
    """
    pressed = last(session, staff, now)
    if pressed is None:
        raise Conflict("Det går inte att ångra längre: något annat har hänt sedan dess.")
    kept: dict[str, Any] = storage.settings.read(session, _key(staff))
    talk, code = pressed.talk, CONFIRMED_BY[pressed.kind][0]
    texts = [one for one in storage.messages.of_conversation(session, talk.id) if one.created_at >= pressed.at]
    confirmed = any(one.text_code == code for one in texts)
    stopped = storage.messages.hold_back(session, talk.id, ("reply", "stop_confirmation"), reason=_UNDONE, now=now)
    ladder_undo.undo(session, staff, now)
    lost = False
    for signup_id in kept.get("left", ()):
        has_place = _sign_up_again(session, talk, storage.signups.find(session, signup_id), now)
        lost = lost or (signup_id in kept.get("had_place", ()) and not has_place)
    for name in _TALK:
        value = kept[name]
        setattr(talk, name, datetime.fromisoformat(value) if name.endswith("_since") and value else value)
    storage.conversations.keep(session, talk)
    for reason in (_WRONG, _TAKEN):
        delivery.put_back(session, talk, reason=reason, since=pressed.at, now=now)
    storage.settings.write(session, _key(staff), {}, now=now, staff_id=staff.id)
    return Undone(talk, had_left=confirmed and not stopped, lost_place=lost)


def _sign_up_again(session: Session, talk: Conversation, was: Signup | None, now: datetime) -> bool:
    """On the list again, with those they bring, as far as there are seats still; else in line. Whether there was a
    place.
    """
    if was is None:
        return False
    slot = storage.meetings.slot(session, was.slot_id)
    again = gatherings.sign_up(session, slot, talk, source=was.source, now=now, campaign_id=was.campaign_id)
    if again is not None and was.companions:
        gatherings.bring(session, again, was.companions, now=now)
    return again is not None and again.state == "signed_up"


def _say(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _key(staff: Staff) -> str:
    return f"talk-outcome-{staff.id}"
