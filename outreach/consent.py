"""Stops and starts: who does not want to be reached, in which channel. A stop is a wish, not an erasure (domain B5)."""

from collections.abc import Sequence
from datetime import datetime

import storage.audit
import storage.conversations
import storage.messages
import storage.numbers
from outreach import delivery, gate_facts, ladder
from storage.conversations import Conversation
from storage.database import Session
from storage.numbers import LETTER, Stop
from storage.people import Person
from storage.staff import Staff

# How a number may stand that is worth a text.
USABLE = ("unverified", "works", "confirmed")
# Whatever is on its way to somebody who has said stop is taken back.
_TAKEN_BACK = ("campaign", "ladder", "nudge", "follow_up", "reminder", "reply", "notice", "staff")


def stop(
    session: Session, conversation: Conversation, *, how: str, now: datetime, at: tuple[str, str] | None = None
) -> bool:
    """The person wants no more texts in this channel; `how` is text, muntligt or provider (it has blocked the number
    over there). `at` is the channel and address it is about, where the talk may have moved on since. False when that
    was already so.
    """
    channel, address = at or (conversation.channel, conversation.address)
    new = storage.numbers.stop(
        session, Stop(channel=channel, address=address, person_id=conversation.person_id, since=now, how=how)
    )
    if channel == conversation.channel:
        _stand_still(session, conversation, now)
        if how == "provider":
            # Nothing can be said there any more, not even that we have understood.
            go_on_by_sms(session, conversation, now=now)
    ladder.follow(session, conversation.person_id, now)
    if new:
        storage.audit.write(session, "stop", now=now, person_id=conversation.person_id, channel=channel)
    return new


def uphold(session: Session, person_id: int, *, now: datetime) -> None:
    """A stop that has become the person's by other ways than their own word just now holds in their talk."""
    conversation = storage.conversations.of_person(session, person_id)
    if conversation is not None and is_stopped(session, conversation):
        _stand_still(session, conversation, now)


def _stand_still(session: Session, conversation: Conversation, now: datetime) -> None:
    storage.messages.hold_back(
        session, conversation.id, _TAKEN_BACK, reason="stopped", channels=[conversation.channel], now=now
    )
    # Only a person moves somebody out of the acute state.
    if conversation.state not in ("stopped", "urgent"):
        conversation.resume_state = conversation.state
        conversation.state, conversation.state_at = "stopped", now
    storage.conversations.keep(session, conversation)


def start(session: Session, conversation: Conversation, *, now: datetime) -> bool:
    """The person wrote START. False when nothing was stopped."""
    ended = storage.numbers.end_stops(
        session, conversation.channel, conversation.address, conversation.person_id, now=now
    )
    if conversation.state == "stopped":
        conversation.state, conversation.state_at, conversation.resume_state = "invited", now, ""
        storage.conversations.keep(session, conversation)
    if ended:
        storage.audit.write(session, "start", now=now, person_id=conversation.person_id, channel=conversation.channel)
    return ended > 0


def lift(session: Session, conversation: Conversation, stops: Sequence[Stop], staff: Staff, *, now: datetime) -> None:
    """Staff have confirmed that these stops are none: a text was misread. Other stops go on holding."""
    for stop_ in stops:
        storage.numbers.end_stop(session, stop_, now=now)
    storage.audit.write(session, "stop_lifted", now=now, staff_id=staff.id, person_id=conversation.person_id,
                        conversation=conversation.code)  # fmt: skip
    if conversation.state == "stopped" and not is_stopped(session, conversation):
        conversation.state, conversation.state_at = conversation.resume_state or "invited", now
        conversation.resume_state = ""
        storage.conversations.keep(session, conversation)
        delivery.put_back(session, conversation, reason="stopped", since=min(one.since for one in stops), now=now)


def no_letters(session: Session, person: Person, staff: Staff, *, now: datetime) -> bool:
    """The person has said that they want no post from us, cards among it. False when that already stood."""
    wish = Stop(channel=LETTER, address="", person_id=person.id, since=now, how="muntligt")
    new = storage.numbers.stop(session, wish)
    if new:
        storage.audit.write(session, "stop", now=now, staff_id=staff.id, person_id=person.id, channel=LETTER)
    return new


def letters_again(session: Session, person: Person, staff: Staff, *, now: datetime) -> bool:
    """The person has said that post is welcome after all, or the wish was noted by mistake. False when none stood."""
    wishes = [one for one in storage.numbers.stops_of(session, person.id) if one.channel == LETTER and not one.until]
    for wish in wishes:
        storage.numbers.end_stop(session, wish, now=now)
    if wishes:
        storage.audit.write(session, "start", now=now, staff_id=staff.id, person_id=person.id, channel=LETTER)
    return bool(wishes)


def is_stopped(session: Session, conversation: Conversation) -> bool:
    """Whether an open stop stands at the conversation's address, or is the person's own."""
    if storage.numbers.stops_at(session, conversation.channel, [conversation.address]):
        return True
    person_id = conversation.person_id
    return person_id is not None and bool(storage.numbers.people_stopped(session, conversation.channel, [person_id]))


def speak_in(session: Session, conversation: Conversation, channel: str, address: str, *, now: datetime) -> None:
    """From now on the talk goes on at this address. A stop is a wish about one channel: where it stands, or stands no
    longer, so does the talk. Only a person moves somebody out of the acute state.
    """
    conversation.channel, conversation.address = channel, address
    stopped = is_stopped(session, conversation)
    if stopped and conversation.state not in ("stopped", "urgent"):
        conversation.resume_state = conversation.state
        conversation.state, conversation.state_at = "stopped", now
    elif not stopped and conversation.state == "stopped":
        conversation.state, conversation.state_at = conversation.resume_state or "invited", now
        conversation.resume_state = ""
    storage.conversations.keep(session, conversation)


def go_on_by_sms(session: Session, conversation: Conversation, *, now: datetime) -> bool:
    """Whoever cannot be reached in a chat any longer is reached by SMS again. False when there is no number for it."""
    if conversation.channel == "sms" or conversation.person_id is None:
        return False
    choice = gate_facts.choose_numbers(session, [conversation.person_id])[conversation.person_id]
    if not choice.address or choice.standing not in USABLE:
        return False
    speak_in(session, conversation, "sms", choice.address, now=now)
    return True
