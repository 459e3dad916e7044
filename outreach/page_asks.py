"""A number typed on a page that is open to all, to come to a dialog meeting or to get no more texts.

Anybody can type anybody's number, so typing does nothing but send that number one text, which must be answered by the
telephone itself: KOM and the meeting's code, or STOPP. Nothing here looks in the register, and no answer of a page
depends on whether a number is known. Whether the text may leave is the gate's word, which looks the number up.
"""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.messages
import storage.page_asks
from outreach import delivery, phone_numbers, wording
from outreach.errors import BadInput
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Slot
from storage.messages import Message
from storage.page_asks import PageAsk

# The texts that leave for it: they go to numbers that are tied to nobody (`outreach.gate_facts`).
COME, STOP = "PAGE-KOM", "PAGE-STOP"
CODES = (COME, STOP)
# One text a day and three a month to a number, whatever for: whoever types somebody else's gets no further.
DAY, MONTH = timedelta(days=1), timedelta(days=30)
TEXTS_A_DAY, TEXTS_A_MONTH = 1, 3
# What was typed is believed of whoever answers the text that it sent; that text has left within a day.
ANSWERED_WITHIN = timedelta(days=2)
# A whole class may sign up from one school's network; a machine types thousands.
HOUR = timedelta(hours=1)
TYPED_AN_HOUR_FROM_ONE_PLACE, TYPED_AN_HOUR, TYPED_A_DAY = 20, 100, 300
LONGEST_NAME = 20
_SWEDISH_MOBILE = re.compile(r"\+467[02369]\d{7}")
_NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+)?")
_WHOLE_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, read: the number in E.164, at which network address, and for what."""

    number: str
    came_from: str
    slot: Slot | None = None
    first_name: str = ""

    @property
    def wish(self) -> str:
        """To come, or to be let alone."""
        return "stop" if self.slot is None else "come"


def mobile(typed: str) -> str:
    """The Swedish mobile that was typed, in E.164; empty for anything else. Texts to other countries cost many times as
    much, and whoever is paid for them could type their own numbers here.
    """
    try:
        number = phone_numbers.normalise(typed)
    except BadInput:
        return ""
    return number if _SWEDISH_MOBILE.fullmatch(number) else ""


def first_name(typed: str) -> str:
    """One or two words of letters, as a first name is; empty for anything else."""
    name = " ".join(typed.split())
    return name if len(name) <= LONGEST_NAME and _NAME.fullmatch(name) else ""


def is_too_much(session: Session, came_from: str, *, now: datetime) -> bool:
    """Whether so many numbers have been typed, there or in all, that this one must wait."""
    here = storage.page_asks.typed_since(session, now - HOUR, from_mark=_from_mark(session, came_from))
    everywhere = storage.page_asks.typed_since(session, now - HOUR), storage.page_asks.typed_since(session, now - DAY)
    return here >= TYPED_AN_HOUR_FROM_ONE_PLACE or everywhere[0] >= TYPED_AN_HOUR or everywhere[1] >= TYPED_A_DAY


def keep(session: Session, asked: Asked, text: str, lang: str, *, now: datetime) -> None:
    """Keep that it was typed, and queue the one text, unless the number has had its share of them."""
    mark = _number_mark(session, asked.number)
    texted = not _has_its_share(session, mark, now)
    storage.page_asks.forget_places(session, now - HOUR)
    storage.page_asks.add(session, PageAsk(
        asked_at=now, wish=asked.wish, number_mark=mark, from_mark=_from_mark(session, asked.came_from),
        slot_id=asked.slot.id if asked.slot else None, first_name=asked.first_name, texted=texted,
    ))  # fmt: skip
    if texted:
        _queue(session, asked, text, lang, now)


def typed_for(session: Session, slot: Slot, conversation: Conversation, *, now: datetime) -> PageAsk | None:
    """What was typed on the page for somebody who now says by their own telephone that they come. Only what sent them
    the text they answer: another name, typed by whomever, is nobody's.
    """
    if conversation.channel != "sms":
        return None
    mark = _number_mark(session, conversation.address)
    return storage.page_asks.texted_to_come(session, mark, slot.id, since=now - ANSWERED_WITHIN)


def source(code_source: str, typed: PageAsk | None) -> str:
    """What the sign-up is counted as: the page, for whoever signed up there by the meeting's own code."""
    return "page" if typed is not None and code_source == "code" else code_source


def any_old(session: Session, now: datetime) -> bool:
    """Whether anything typed, or where it was typed, is no longer needed to count by."""
    return storage.page_asks.any_before(session, now - MONTH, with_place_before=now - HOUR)


def forget_old(session: Session, now: datetime) -> int:
    """What was typed a month ago is needed no more, nor where it was typed an hour ago; returns how much."""
    return storage.page_asks.forget(session, now - MONTH) + storage.page_asks.forget_places(session, now - HOUR)


def _has_its_share(session: Session, mark: str, now: datetime) -> bool:
    return any(
        storage.page_asks.texted_since(session, mark, now - length) >= most
        for length, most in ((DAY, TEXTS_A_DAY), (MONTH, TEXTS_A_MONTH))
    )


def _queue(session: Session, asked: Asked, text: str, lang: str, now: datetime) -> None:
    """A text of its own, in no talk: whoever typed the number was perhaps somebody else."""
    size = wording.measure(text)
    keeps = min(now + DAY, asked.slot.starts_at) if asked.slot is not None else now + DAY
    storage.messages.add(session, Message(
        # Of the kind that leaves by day only: nobody is to be woken by what somebody else has typed.
        kind="reminder", address=asked.number, text=text, text_code=STOP if asked.slot is None else COME, lang=lang,
        encoding=size.encoding, parts=size.parts, priority=delivery.PRIORITY["reminder"], send_after=now,
        send_before=keeps, created_at=now, state_at=now,
    ))  # fmt: skip


def _number_mark(session: Session, number: str) -> str:
    return session.vault.fingerprint("page ask", number)


def _from_mark(session: Session, came_from: str) -> str:
    return session.vault.fingerprint("page ask from", _network(came_from))


def _network(came_from: str) -> str:
    """Whoever has one address of the longer kind has billions: there the network counts."""
    try:
        address = ipaddress.ip_address(came_from)
    except ValueError:
        return came_from
    return str(ipaddress.ip_network((address, _WHOLE_NETWORK), strict=False)) if address.version == 6 else came_from  # noqa: PLR2004
