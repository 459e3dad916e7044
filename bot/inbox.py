"""Any text that comes in: kept before it is answered, read together with its neighbours, tied to the right person."""

import re
from datetime import datetime, timedelta

import structlog

import storage.conversations
import storage.meetings
import storage.numbers
import storage.offices
import storage.people
from bot.conversation import dialogue, understanding
from bot.conversation.turn import Turn
from outreach import campaign_texts
from outreach.channels import Inbound
from storage.conversations import Conversation, InboundText
from storage.database import Session
from storage.local_time import local
from storage.offices import Office
from storage.people import Person

_E164 = re.compile(r"\+[1-9]\d{6,14}$")
log = structlog.get_logger()

# These do not wait for what else the person may be typing (ux §5.5).
AT_ONCE = ("crisis", "opt_out")
# Waiting for the next text of somebody who types on ends after this many pauses.
LONGEST_TYPING = 6


def keep(session: Session, inbound: Inbound, *, together: timedelta, now: datetime) -> bool:
    """Keep a text; False when the provider has told us of it before. It is read when the person has paused typing."""
    urgent = understanding.understand(inbound.text, ref=local(now)).intent in AT_ONCE
    due_at = now if urgent else _pause_over(session, inbound, together, now)
    kept = storage.conversations.keep_inbound(
        session,
        InboundText(
            channel=inbound.channel, provider_id=inbound.provider_id, sender=inbound.sender,
            recipient=inbound.recipient or "", text=inbound.text.replace("\x00", ""), media=inbound.media,
            received_at=inbound.received_at, due_at=due_at,
        ),
    )  # fmt: skip
    if kept:
        storage.conversations.postpone_unread(session, inbound.channel, inbound.sender, due_at)
    return kept


def _pause_over(session: Session, inbound: Inbound, together: timedelta, now: datetime) -> datetime:
    """When the person has paused typing; somebody who never pauses is answered all the same."""
    unread = storage.conversations.unread_from(session, inbound.channel, inbound.sender)
    first = unread[0].received_at if unread else now
    return max(now, min(now + together, first + LONGEST_TYPING * together))


def read_due(session: Session, now: datetime) -> int:
    """Answer everybody who has paused typing; returns how many people were answered."""
    due = storage.conversations.senders_due(session, now)
    for channel, sender in due:
        try:
            with session.begin_nested():
                _read(session, channel, sender, now)
        except Exception:
            # One text that cannot be handled must not hold up the others; it waits for a human instead.
            log.exception("text_not_handled")
            _park(session, channel, sender, now)
    return len(due)


def _park(session: Session, channel: str, sender: str, now: datetime) -> None:
    conversation, _ = _who(session, channel, sender, now)
    if conversation.waiting_since is None:
        conversation.waiting_since = now
    conversation.waiting_why = "texten kunde inte läsas av automaten"
    storage.conversations.keep(session, conversation)
    for text in storage.conversations.unread_from(session, channel, sender):
        text.handled_at, text.conversation_id, text.rule = now, conversation.id, "not_handled"
        session.add(text)


def _read(session: Session, channel: str, sender: str, now: datetime) -> None:
    texts = storage.conversations.unread_from(session, channel, sender)
    conversation, person = _who(session, channel, sender, now)
    for reading_group in _groups(list(texts), now):
        _read_together(session, conversation, person, reading_group, now)
    storage.conversations.keep(session, conversation)


def _groups(texts: list[InboundText], now: datetime) -> list[list[InboundText]]:
    # A crisis or a stop is read by itself, so that no neighbour can change what it means.
    groups: list[list[InboundText]] = [[]]
    for text in texts:
        if understanding.understand(text.text, ref=local(now)).intent in AT_ONCE:
            groups += [[text], []]
        else:
            groups[-1].append(text)
    return [group for group in groups if group]


def _read_together(
    session: Session, conversation: Conversation, person: Person | None, texts: list[InboundText], now: datetime
) -> None:
    written = "\n".join(text.text for text in texts if text.text.strip())
    options = _options(session, conversation)
    reading = understanding.understand(written, ref=local(now), lang=conversation.lang, options=options)
    for text in texts:
        text.handled_at, text.conversation_id = now, conversation.id
        text.intent, text.rule, text.considered = reading.intent, reading.rule, list(reading.considered)
        session.add(text)
    if _cannot_be_answered(conversation):
        conversation.waiting_since = conversation.waiting_since or now
        conversation.waiting_why = "avsändaren går inte att svara"
        return
    turn = Turn(session, conversation, person, _office(session, person), written, reading, now)
    if written:
        dialogue.answer(turn)
    else:
        dialogue.answer_media(turn)


def _cannot_be_answered(conversation: Conversation) -> bool:
    """A short code or a name as sender is an advertisement, or costs money to answer: a human looks at it."""
    return conversation.channel == "sms" and not _E164.match(conversation.address)


def _options(session: Session, conversation: Conversation) -> list[datetime]:
    ids = conversation.context.get("options", [])
    return [local(slot.starts_at) for slot in storage.meetings.slots(session, ids)]


def _who(session: Session, channel: str, sender: str, now: datetime) -> tuple[Conversation, Person | None]:
    person = _person_at(session, channel, sender)
    found = (
        storage.conversations.of_person(session, person.id)
        if person is not None
        else storage.conversations.of_unknown(session, channel, sender)
    )
    conversation = found or Conversation(
        person_id=person.id if person else None, channel=channel, address=sender, state_at=now, lang=_language(person)
    )
    # Answers go where the person writes from.
    conversation.channel, conversation.address = channel, sender
    return storage.conversations.keep(session, conversation), person


def _language(person: Person | None) -> str:
    return "en" if person is not None and person.language.casefold() in campaign_texts.ENGLISH else "sv"


def _person_at(session: Session, channel: str, sender: str) -> Person | None:
    """The one person who has this address. Two people, or none: nobody, since a guess would tell one about the
    other.
    """
    if channel != "sms":
        return storage.numbers.person_linked(session, channel, sender)
    holders = [person for tie, person in storage.numbers.people_at(session, sender) if tie.owner != "guardian"]
    return holders[0] if len(holders) == 1 else None


def _office(session: Session, person: Person | None) -> Office:
    if person is not None and person.office_id is not None:
        return storage.offices.get(session, person.office_id)
    offices = storage.offices.all_offices(session)
    return offices[0] if offices else Office(name="Brygga", sender_name="Ungdomsenheten")
