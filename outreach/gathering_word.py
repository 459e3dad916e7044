"""A ready word to those who come to a dialog meeting, on its day ("Säg till dem", ux §4.13): that we are there, that
there is another way in, that we are a little late. Written by nobody on the spot, told once, and through the gate like
any text. Knows no words: whoever calls hands in `write`.
"""

from datetime import datetime, timedelta

import storage.ambassadors
import storage.audit
import storage.signups
from outreach import delivery, gathering_news, gatherings
from outreach.errors import BadInput, Conflict
from outreach.gathering_news import News, Write
from storage.database import Session
from storage.meetings import Slot
from storage.staff import Staff

# DM-HERE: we are there. DM-DOOR: another way in. DM-DELAY: ten minutes late.
CODES = ("DM-HERE", "DM-DOOR", "DM-DELAY")
OPENS_BEFORE = timedelta(hours=3)


def is_open(slot: Slot, now: datetime) -> bool:
    """Whether a word about the day is of use: from three hours before the start until the end."""
    return slot.called_off_at is None and slot.starts_at - OPENS_BEFORE <= now < slot.ends_at


def say(session: Session, slot: Slot, code: str, staff: Staff, write: Write, *, now: datetime) -> int:
    """Tell everybody on the list who has not come yet; returns how many. Raises BadInput for no such word, Conflict
    when it has been told or is of no use now.
    """
    if code not in CODES:
        raise BadInput("Välj en av texterna.")
    if not is_open(slot, now) or not gatherings.terms(session, slot).published_at:
        raise Conflict("Det går att säga till från tre timmar före mötet tills det är slut.")
    if not storage.ambassadors.note_said(session, slot.id, code, staff_id=staff.id, now=now):
        raise Conflict("Det är redan sagt. De har fått texten.")
    signups = storage.signups.of_slot(session, slot.id, ("signed_up",))
    told = [one for one in (gathering_news.listener(session, signup) for signup in signups) if one is not None]
    for conversation in told:
        news = News(code, conversation.lang, slot, gathering_news.leader(session, slot))
        words = write(session, news).text
        delivery.queue(
            session, conversation, words, kind="reminder", text_code=code, send_before=slot.ends_at, now=now
        )  # fmt: skip
    storage.audit.write(session, "gathering_word", now=now, staff_id=staff.id, slot=slot.code, text=code,
                        people=len(told))  # fmt: skip
    return len(told)
