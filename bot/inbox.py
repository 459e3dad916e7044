"""Any text that comes in: kept before it is answered, read together with its neighbours, tied to the right person."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import structlog

import storage.bulk
import storage.conversations
import storage.inbound
import storage.meetings
import storage.offices
import storage.people
import storage.senders
from bot.conversation import dialogue, local_questions, subjects, understanding
from bot.conversation.turn import Turn
from bot.conversation.understanding import AT_ONCE, Reading
from outreach import consent, ladder, languages, linking, own_questions
from outreach.channels import Inbound
from storage.conversations import Conversation
from storage.database import Database, Session
from storage.inbound import InboundText, NewText, Unread
from storage.local_time import local
from storage.numbers import PersonNumber
from storage.offices import Office
from storage.people import Person
from storage.senders import Sender

_E164 = re.compile(r"\+[1-9]\d{6,14}$")
log = structlog.get_logger()

# What a text means that the provider has acted on.
DONE_BY_PROVIDER = {"stop": "opt_out", "start": "opt_in"}
# Of a text that its writer has changed only the last wording is answered; what was read already is for a human.
REPLACED, CHANGED_LATER = "ändrad innan den lästes", "ändrad efter att den lästes"
# Waiting for the next text of somebody who types on ends after this many pauses.
LONGEST_TYPING = 6
# Few at a time: what is urgent among them is read before the next are looked at.
LOOK_AT = 50
GiveWay = Callable[[], AbstractContextManager[object]]


def keep(session: Session, inbound: Inbound) -> bool:
    """Keep a text; False when the provider has told us of it before. Nobody has looked at it yet."""
    earlier = storage.inbound.wordings(session, inbound.channel, inbound.sender, inbound.edits) if inbound.edits else ()
    if earlier and earlier[-1].text == inbound.text:
        # Only a map or a preview has changed.
        return False
    rule = CHANGED_LATER if any(text.handled_at for text in earlier) else ""
    kept = storage.inbound.keep(session, storage.bulk.row(InboundText, **_row(session, inbound), rule=rule))
    if kept:
        _replace(session, earlier)
    return kept


def keep_all(session: Session, texts: Sequence[Inbound]) -> None:
    """Keep texts in the order they came, for a rush of them."""
    for are_edits, some in groupby(texts, key=lambda text: bool(text.edits)):
        if are_edits:
            for text in some:
                keep(session, text)
        else:
            rows = [storage.bulk.row(InboundText, **_row(session, text)) for text in some]
            storage.inbound.keep_all(session, rows)


def _row(session: Session, inbound: Inbound) -> dict[str, Any]:
    return {
        "channel": inbound.channel, "provider_id": inbound.provider_id, "sender": inbound.sender,
        "recipient": _recipient(session, inbound), "text": inbound.text.replace("\x00", ""), "media": inbound.media,
        "provider_did": inbound.provider_did, "received_at": inbound.received_at,
    }  # fmt: skip


def look(database: Database, *, together: timedelta, now: datetime, give_way: GiveWay) -> int:
    """Look at what has come in: what cannot wait is read now, the rest when the person has paused typing (ux §5.5).
    Returns how many texts were new. What a text means is worked out with no transaction open.
    """
    with database.read() as session:
        texts = storage.inbound.not_looked_at(session, LOOK_AT)
    urgent = set()
    for text in texts:
        with give_way():
            if _is_urgent(text.channel, text.text, text.provider_did, now):
                urgent.add(text.id)
    if texts:
        with database.write() as session:
            first = storage.inbound.first_unread(session, {text.sender for text in texts})
            due = [
                (text, text.received_at if text.id in urgent else _pause_over(text, first, together)) for text in texts
            ]
            storage.inbound.read_at(session, due)
    return len(texts)


def _pause_over(text: NewText, first: Mapping[tuple[str, str], datetime], together: timedelta) -> datetime:
    """When the person has paused typing; somebody who never pauses is answered all the same."""
    began = first.get((text.channel, text.sender), text.received_at)
    return min(text.received_at + together, began + LONGEST_TYPING * together)


def _is_urgent(channel: str, text: str, provider_did: str, now: datetime) -> bool:
    if provider_did == "stop" or linking.begins_a_chat(channel, text):
        return True
    try:
        return _means_at_once(text, local(now).replace(minute=0, second=0, microsecond=0))
    except Exception:
        # A text that cannot be understood is read now, which gives it to a human; the others are not kept waiting.
        log.exception("text_not_understood")
        return True


# A text is asked about when it has come, and again when it is read a moment later.
@lru_cache(maxsize=256)
def _means_at_once(text: str, hour: datetime) -> bool:
    return understanding.may_mean_at_once(text) and understanding.understand(text, ref=hour).intent in AT_ONCE


def _recipient(session: Session, inbound: Inbound) -> str:
    if inbound.channel != linking.TELEGRAM or not inbound.recipient:
        return inbound.recipient or ""
    # A code that ties a chat to somebody lies nowhere in clear.
    return linking.mark_of(session, inbound.recipient)


def _replace(session: Session, earlier: Sequence[InboundText]) -> None:
    for text in earlier:
        if text.handled_at is None:
            text.rule = REPLACED
            session.add(text)


def read_due(database: Database, *, together: timedelta, now: datetime, give_way: GiveWay = nullcontext) -> int:
    """Answer everybody who has paused typing, each in a transaction of their own, longest wait first; returns how much
    there was to do. `give_way` surrounds each piece of work, for whoever is busier than this.
    """
    new = look(database, together=together, now=now, give_way=give_way)
    with database.read() as session:
        due = storage.inbound.senders_due(session, now)
    done = 0
    for channel, sender in due:
        with give_way():
            done += _read_or_park(database, channel, sender, now)
    return new + done


def _read_or_park(database: Database, channel: str, sender: str, now: datetime) -> bool:
    """False when nothing could be done with what somebody has written: it is tried again, and counts as undone."""
    try:
        # Whoever adds a row writes it: to write what is half changed before every question takes as long as all else.
        with database.write() as session, session.no_autoflush:
            _read(session, channel, sender, now)
    except Exception:
        # One text that cannot be handled must not hold up the others; it waits for a human instead.
        log.exception("text_not_handled")
        return _try_to_park(database, channel, sender, now)
    return True


def _try_to_park(database: Database, channel: str, sender: str, now: datetime) -> bool:
    try:
        with database.write() as session:
            _park(session, channel, sender, now)
    except Exception:
        # Tried again at the next tick, and said in the log each time; those who wrote after are answered.
        log.exception("text_not_parked")
        return False
    return True


def _park(session: Session, channel: str, sender: str, now: datetime) -> None:
    conversation = _who(session, channel, sender, now).conversation
    if conversation.waiting_since is None:
        conversation.waiting_since = now
    conversation.waiting_why = "texten kunde inte läsas av automaten"
    storage.conversations.keep(session, conversation)
    texts = storage.inbound.to_read(session, channel, sender)
    storage.inbound.handled(session, [text.id for text in texts], conversation.id, "not_handled", now=now)


def _read(session: Session, channel: str, sender: str, now: datetime) -> None:
    texts = storage.inbound.to_read(session, channel, sender)
    replaced = [text.id for text in texts if text.rule == REPLACED]
    for reading_group in _groups([text for text in texts if text.rule != REPLACED], now):
        # Asked for each: one text may be what ties the chat to a person.
        writer = _who(session, channel, sender, now)
        conversation = writer.conversation
        if replaced:
            storage.inbound.handled(session, replaced, conversation.id, REPLACED, now=now)
        later = own_questions.as_received(session, conversation, reading_group[0].received_at)
        _read_together(session, writer, reading_group, now)
        own_questions.put_back(session, conversation, later)
        storage.conversations.keep(session, conversation)
        if conversation.state == "stopped":
            consent.go_on_by_sms(session, conversation, now=now)
        ladder.follow(session, conversation.person_id, now)


def _groups(texts: list[Unread], now: datetime) -> list[list[Unread]]:
    # A crisis or a stop is read by itself, so that no neighbour can change what it means.
    groups: list[list[Unread]] = [[]]
    for text in texts:
        if text.rule == CHANGED_LATER or _is_urgent(text.channel, text.text, text.provider_did, now):
            groups += [[text], []]
        else:
            groups[-1].append(text)
    return [group for group in groups if group]


class _Writer(NamedTuple):
    """The talk with whoever writes, kept; who they are, if we know; the office that answers them; and what we know of
    the telephone number as theirs.
    """

    conversation: Conversation
    person: Person | None
    office: Office
    tie: PersonNumber | None


def _note_subject(conversation: Conversation, written: str, reading: Reading) -> None:
    """What a talk is about counts while somebody waits: a new wait begins with a new subject."""
    before = conversation.subject if conversation.waiting_since is not None else ""
    conversation.subject = subjects.of(written, reading) or before


def _read_together(session: Session, writer: _Writer, texts: list[Unread], now: datetime) -> None:
    conversation = writer.conversation
    written = "\n".join(text.text for text in texts if text.text.strip())
    options = _options(session, conversation)
    reading = understanding.understand(written, ref=local(now), lang=conversation.lang, options=options)
    done = _done_by_provider(session, conversation, texts)
    if done:
        reading = replace(reading, intent=DONE_BY_PROVIDER[done], kind="", rule=f"leverantören: {done}")
    else:
        reading = local_questions.recognise(session, written, reading)
    changed_later = texts[0].rule == CHANGED_LATER and reading.intent not in AT_ONCE
    storage.inbound.read_as(
        session, [text.id for text in texts], conversation.id, reading.intent, reading.rule, reading.considered, now=now
    )
    _note_subject(conversation, written, reading)
    if changed_later or _cannot_be_answered(conversation):
        conversation.waiting_since = conversation.waiting_since or now
        conversation.waiting_why = (
            "ändrade en text som redan var läst" if changed_later else "avsändaren går inte att svara"
        )
        return
    link = texts[0].recipient if conversation.channel == linking.TELEGRAM else ""
    turn = Turn(
        session, conversation, writer.person, writer.office, written, reading, now, provider_did=done, link=link,
        tie=writer.tie,
    )  # fmt: skip
    if written:
        dialogue.answer(turn)
    else:
        dialogue.answer_media(turn)


def _done_by_provider(session: Session, conversation: Conversation, texts: Sequence[Unread]) -> str:
    """Whether the provider has blocked the number ("stop") or opened it again ("start"): then so must we, whatever the
    word was. Its words to open with are also said to other things ("yes"): they count only where a stop stands, and
    its answer to a cry for help ("help") is no reason not to read the text.
    """
    done = {text.provider_did for text in texts}
    if "stop" in done:
        return "stop"
    return "start" if "start" in done and consent.is_stopped(session, conversation) else ""


def _cannot_be_answered(conversation: Conversation) -> bool:
    """A short code or a name as sender is an advertisement, or costs money to answer: a human looks at it."""
    return conversation.channel == "sms" and not _E164.match(conversation.address)


def _options(session: Session, conversation: Conversation) -> list[datetime]:
    ids = conversation.context.get("options", [])
    return [local(slot.starts_at) for slot in storage.meetings.slots(session, ids)]


def _who(session: Session, channel: str, sender: str, now: datetime) -> _Writer:
    known = _known_at(session, channel, sender)
    person = known.person if known is not None else None
    found = known.conversation if known is not None else storage.conversations.of_unknown(session, channel, sender)
    conversation = found or Conversation(
        person_id=person.id if person else None, channel=channel, address=sender, state_at=now,
        lang=languages.of_person(session, person),
    )  # fmt: skip
    # Answers go where the person writes from.
    if (conversation.channel, conversation.address) != (channel, sender):
        consent.speak_in(session, conversation, channel, sender, now=now)
    office = known.office if known is not None else None
    storage.conversations.keep(session, conversation)
    tie = known.tie if known is not None else None
    return _Writer(conversation, person, office or _some_office(session, channel), tie)


def _known_at(session: Session, channel: str, sender: str) -> Sender | None:
    """The one person who has this address, or whose own somebody has said that it is. Two people, or none: nobody,
    since a guess would tell one about the other.
    """
    if channel != "sms":
        return storage.senders.in_chat(session, channel, sender)
    found = storage.senders.with_number(session, sender)
    holders = [(one, one.tie) for one in found if one.tie is not None and one.tie.owner != "guardian"]
    if len(holders) > 1:
        latest = max(tie.found_at for _, tie in holders)
        holders = [(one, tie) for one, tie in holders if tie.own_since is not None and tie.own_since >= latest]
    return holders[0][0] if len(holders) == 1 else None


def _some_office(session: Session, channel: str) -> Office:
    offices = storage.offices.all_offices(session)
    if channel == linking.TELEGRAM:
        # Somebody we do not know there meets an office that wants to be there.
        offices = [office for office in offices if linking.is_on(session, office.id)] or offices
    return offices[0] if offices else Office(name="Brygga", sender_name="Ungdomsenheten")
