"""Telegram for a person: which offices have turned it on, the codes that tie a chat to somebody, and the ties
(ux §5.8, domain B10).
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.audit
import storage.conversations
import storage.link_codes
import storage.numbers
import storage.people
import storage.settings
import storage.signups
from outreach import consent, numbers
from outreach.gate import MINIMUM_AGE
from storage.conversations import Conversation
from storage.database import Session
from storage.link_codes import LinkCode
from storage.local_time import age, local_date
from storage.numbers import ChannelAddress
from storage.people import Person

TELEGRAM = "telegram"
# What Telegram's Start button writes.
START = "/start"
CODE_LASTS = timedelta(days=7)
# Whoever guesses gets no further than this, and 128 bits are not guessed in any number of hours.
TRIES_AN_HOUR = 5
OFFICES, _BOT = "telegram_offices", "telegram_bot"
_BITS = 128


# --------------------------------------------------------------------------------------------- on and off


def is_on(session: Session, office_id: int | None) -> bool:
    """Whether the office has decided for Telegram; none has until it says so (ux §4.16)."""
    return office_id in offices_on(session)


def offices_on(session: Session) -> Sequence[int]:
    """The offices that have turned Telegram on."""
    found: list[int] = storage.settings.read(session, OFFICES, default=[])
    return found


def turn(
    session: Session, office_id: int, *, on: bool, now: datetime, staff_id: int | None = None, actor: str = ""
) -> bool:
    """Turn Telegram on or off for an office; False when it was so already. Off, its talks go on by SMS."""
    if is_on(session, office_id) == on:
        return False
    if staff_id is not None:
        storage.settings.note_change(session, f"{OFFICES}:{office_id}", not on, on, now=now, staff_id=staff_id)
    others = [one for one in offices_on(session) if one != office_id]
    storage.settings.write(session, OFFICES, [*others, office_id] if on else others, now=now, staff_id=staff_id)
    storage.audit.write(
        session, "telegram_on" if on else "telegram_off", now=now, staff_id=staff_id, actor=actor, office=office_id
    )
    if not on:
        _leave(session, office_id, now)
    return True


def bot_name(session: Session) -> str:
    """Our name at Telegram; empty while the installation does not use it or does not know yet."""
    return str(storage.settings.read(session, _BOT, default=""))


def know_bot(session: Session, name: str, *, now: datetime) -> None:
    """Remember our name at Telegram. Without one Telegram is off everywhere: talks there go on by SMS."""
    name = name.removeprefix("@")
    if name == bot_name(session):
        return
    storage.settings.write(session, _BOT, name, now=now)
    if not name:
        _leave(session, None, now)


def _leave(session: Session, office_id: int | None, now: datetime) -> None:
    for talk in storage.link_codes.talks(session, TELEGRAM, office_id):
        consent.go_on_by_sms(session, talk, now=now)


# -------------------------------------------------------------------------------------------------- codes


def new_code(session: Session, person: Person, asked_from: str, *, now: datetime) -> str | None:
    """A code for this person, who asks from this number; it ends older ones. None where Telegram is not for them.

    Only the person gets it in clear; what is kept is a keyed hash.
    """
    if not may_have(session, person, now) or not _is_own(session, person, asked_from):
        return None
    code = secrets.token_urlsafe(_BITS // 8)
    storage.link_codes.add(
        session,
        LinkCode(mark=mark_of(session, code), person_id=person.id, made_at=now, expires_at=now + CODE_LASTS),
    )
    storage.audit.write(session, "link_made", now=now, person_id=person.id, channel=TELEGRAM)
    return code


def mark_of(session: Session, code: str) -> str:
    """What a code is known by: a keyed hash."""
    return session.vault.fingerprint("link", code)


def may_have(session: Session, person: Person, now: datetime) -> bool:
    """Whether Telegram is on for this person: never with a protection marker, closed, under 16, or of unknown age."""
    if person.protected or person.closed_at is not None or person.merged_into_id is not None:
        return False
    born = person.birth_date
    old_enough = born is not None and age(born, local_date(now)) >= MINIMUM_AGE
    return old_enough and is_on(session, person.office_id) and bool(bot_name(session))


def _is_own(session: Session, person: Person, address: str) -> bool:
    # Where a parent or a partner answers, the link would open the person's talk to them.
    return any(
        number.e164 == address and tie.standing in consent.USABLE
        for tie, number in storage.numbers.of_person(session, person.id)
    )


def begins_a_chat(channel: str, text: str) -> bool:
    """Whether this is the Start button of a chat, with or without a link."""
    return channel == TELEGRAM and text == START


def use_code(session: Session, mark: str, address: str, *, now: datetime) -> Person | None:
    """Whom the code that opened this chat was made for; it is spent. None when it is unknown, too old, spent, for
    somebody who may not have one, or one of too many tries: whoever asks cannot tell which.
    """
    if storage.link_codes.tries(session, TELEGRAM, address, now - timedelta(hours=1)) > TRIES_AN_HOUR:
        return None
    code = storage.link_codes.use(session, mark, address, now=now)
    person = storage.people.get(session, code.person_id) if code is not None else None
    if person is None:
        return None
    storage.audit.write(session, "link_opened", now=now, person_id=person.id, channel=TELEGRAM)
    return person if may_have(session, person, now) else None


def opened_for(session: Session, mark: str, address: str, *, now: datetime) -> Person | None:
    """Whose first name this chat has been asked about; None when the code holds no longer."""
    code = storage.link_codes.opened(session, mark, address, now=now)
    person = storage.people.get(session, code.person_id) if code is not None else None
    return person if person is not None and may_have(session, person, now) else None


def refuse(session: Session, person: Person, *, why: str, now: datetime) -> None:
    """The link was opened by somebody else: it is worth nothing any longer, and that is noted about the person."""
    storage.link_codes.end(session, person.id, now=now)
    storage.audit.write(session, "link_refused", now=now, person_id=person.id, channel=TELEGRAM, why=why)


# --------------------------------------------------------------------------------------------------- ties


def tie(session: Session, person: Person, chat: Conversation, *, now: datetime) -> Conversation | None:
    """The chat is the person's, who has confirmed the first name: their talk goes on there. None when it has become
    somebody's already.

    1. the person's older chat and all codes end, 2. what was said in the chat joins the talk, 3. opening it was a
    START: a stop there ends.
    """
    if storage.numbers.person_linked(session, TELEGRAM, chat.address) is not None:
        return None
    storage.link_codes.end(session, person.id, now=now)
    storage.numbers.tie_address(
        session,
        ChannelAddress(person_id=person.id, channel=TELEGRAM, address=chat.address, linked_at=now, confirmed_at=now),
    )
    talk = storage.conversations.of_person(session, person.id) or storage.conversations.keep(
        session, Conversation(person_id=person.id, lang=chat.lang, state_at=now)
    )
    _hand_on(session, chat, talk, now)
    consent.speak_in(session, talk, TELEGRAM, chat.address, now=now)
    consent.start(session, talk, now=now)
    talk.last_inbound_at = now
    storage.audit.write(session, "linked", now=now, person_id=person.id, channel=TELEGRAM)
    return talk


def _hand_on(session: Session, chat: Conversation, talk: Conversation, now: datetime) -> None:
    storage.link_codes.hand_on(session, chat, talk)
    storage.signups.hand_on(session, chat, talk)
    # Whoever waited for a human in the chat, or had one there, still does.
    if talk.waiting_since is None:
        talk.waiting_since, talk.waiting_why, talk.subject = chat.waiting_since, chat.waiting_why, chat.subject
    if talk.held_by_id is None:
        talk.held_by_id, talk.held_since = chat.held_by_id, chat.held_since
    chat.state, chat.state_at, chat.context = "ended", now, {}
    chat.waiting_since, chat.waiting_why, chat.held_by_id, chat.held_since = None, "", None, None
    storage.conversations.keep(session, chat)


def forget(session: Session, person: Person, talk: Conversation, *, why: str, now: datetime) -> None:
    """Where the talk is now is not, or shall not be, the person's address: never text it for them again."""
    if talk.channel == TELEGRAM:
        untie(session, person, talk, why=why, now=now)
    else:
        numbers.strike(session, person, talk.address, why=why, now=now)


def untie(session: Session, person: Person, talk: Conversation, *, why: str, now: datetime) -> None:
    """The chat is not, or shall not be, the person's any longer: nothing more goes there."""
    storage.numbers.untie_address(session, TELEGRAM, person.id)
    storage.link_codes.end(session, person.id, now=now)
    consent.go_on_by_sms(session, talk, now=now)
    storage.audit.write(session, "unlinked", now=now, person_id=person.id, channel=TELEGRAM, why=why)
