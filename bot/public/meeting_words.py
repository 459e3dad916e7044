"""What an open page says of one dialog meeting: when, where, who, and how much room there is, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

import storage.gatherings
import storage.meetings
import storage.offices
from bot.conversation import replies
from bot.public import frame
from bot.public.frame import LANGUAGES, Data
from bot.requests import Installation
from outreach import experience, gathering_news, gatherings, languages, linking, share_links
from outreach.share_links import Door
from storage.database import Session
from storage.gatherings import Gathering
from storage.meetings import Slot

# So few empty seats, of all, are "some": never how many, which would tell who has signed up (ux §4.19).
SOME_LEFT, SOME_SHARE = 3, 3
IN_ENGLISH: Mapping[str, str] = {
    "sv": "Swedish", "en": "English", "sv_easy": "easy Swedish", "ar": "Arabic", "so": "Somali", "ti": "Tigrinya",
    "fa": "Persian",
}  # fmt: skip
# A deep link's word for a meeting, read by `bot.channels.telegram_updates`.
DEEP_LINK = "kom-"


def shown(session: Session, house: Installation, door: Door, code: str, lang: str, now: datetime) -> Data:
    """Everything the page shows; `open` tells whether one can still sign up."""
    slot, w, is_off = door.slot, frame.words(lang), door.slot.called_off_at is not None
    row = gatherings.terms(session, slot)
    room = room_left(session, slot, row)
    office = storage.offices.get(session, slot.office_id)
    return {
        "code": code.upper(), "title": slot.title, "topic": slot.topic, "time": span(slot, lang),
        "datetime": slot.starts_at.isoformat(),
        "place": "" if row.place_after_signup else slot.place,
        "how_to_find": "" if row.place_after_signup else how_to_find(session, slot, row),
        "leader": gathering_news.leader(session, slot), "plus_one": row.plus_one,
        "languages": _languages(row, lang), "room": room, "room_words": w(f"room_{room}"),
        "open": gatherings.is_ahead(slot, now), "may_sign_up": gatherings.is_ahead(slot, now) and room != "none",
        "off": w("off", time=replies.say_time(slot.starts_at, LANGUAGES[lang])) if is_off else "",
        "pulse": experience.is_open(slot, now), "alone": row.alone_instead,
        "ways": _ways(session, house, slot, code.upper()),
        "next": next_one(session, slot.office_id, lang, now, besides=slot.id),
        "us": frame.us([office], house.sms_number, lang), "unit": office.sender_name,
    }  # fmt: skip


def door(session: Session, code: str) -> Door | None:
    """Where a code in an address leads."""
    return share_links.door(session, code) if code.isascii() and code.isalnum() else None


def room_left(session: Session, slot: Slot, row: Gathering) -> str:
    """How much room there is: plenty, some, a line to stand in, none."""
    empty, seats = storage.meetings.seats_left(session, slot.id), storage.gatherings.seats(session, [slot.id])
    if not empty:
        return "line" if row.waiting_list else "none"
    return "some" if empty <= max(SOME_LEFT, seats.get(slot.id, 0) // SOME_SHARE) else "plenty"


def how_to_find(session: Session, slot: Slot, row: Gathering) -> str:
    """How to find the place: as said of this meeting, else as said of the place."""
    known = {place.name: place.directions for place in storage.offices.places(session, slot.office_id)}
    return row.how_to_find or known.get(slot.place, "")


def next_one(
    session: Session, office_id: int | None, lang: str, now: datetime, *, besides: int | None = None
) -> Data | None:
    """The next meeting, of one office or of any that works: when it is, and where its page is."""
    offices = [office_id] if office_id is not None else [one.id for one in frame.open_offices(session, now)]
    left_out = [besides] if besides is not None else []
    found = [
        slot for one in offices
        if (slot := storage.gatherings.next_announced(session, one, after=now, besides=left_out)) is not None
    ]  # fmt: skip
    first = min(found, key=lambda slot: slot.starts_at, default=None)
    if first is None:
        return None
    href = frame.in_language(f"/m/{first.short_code}", lang) if first.short_code else ""
    return {"time": replies.say_time(first.starts_at, LANGUAGES[lang]), "href": href}


def span(slot: Slot, lang: str) -> str:
    """ "torsdag 3 december kl. 17.00–19.00"."""
    return f"{replies.say_time(slot.starts_at, LANGUAGES[lang])}–{replies.say_clock(slot.ends_at)}"


def _languages(row: Gathering, lang: str) -> str:
    """The languages spoken there, where it is another than Swedish alone."""
    if list(row.languages) == ["sv"]:
        return ""
    return ", ".join(IN_ENGLISH[one] if lang == "en" else languages.in_swedish(one) for one in row.languages)


def _ways(session: Session, house: Installation, slot: Slot, code: str) -> dict[str, Any]:
    number, bot = house.sms_number, linking.bot_name(session)
    words = f"KOM {code}"
    sms = {"number": frame.number(number)["shown"], "href": f"sms:{number}?body={quote(words)}"} if number else None
    telegram = bool(bot) and linking.is_on(session, slot.office_id)
    return {
        "words": words, "sms": sms, "telegram": f"https://t.me/{bot}?start={DEEP_LINK}{code}" if telegram else ""
    }  # fmt: skip
