"""What is said about a dialog meeting unasked: a place that is free, a meeting that is off, a word the day after."""

from collections.abc import Mapping

from bot.conversation import replies
from outreach import own_texts
from outreach.gathering_news import News, Written
from storage.database import Session
from storage.meetings import Slot


def write(session: Session, news: News) -> Written:
    """The news in words (ux §5.6). A meeting that is off with no next one to name has a text of its own, without that
    sentence.
    """
    code = "DM-OFF-LAST" if news.code == "DM-OFF" and news.next_slot is None else news.code
    values = meeting_values(news.slot, news.leader, news.lang)
    if news.until is not None:
        values["frist"] = replies.say_deadline(news.until, news.lang)
    if news.next_slot is not None:
        values |= {"tid2": replies.say_time(news.next_slot.starts_at, news.lang), "plats": news.next_slot.place}
    return Written(code, said(session, code, news.lang, values), replies.buttons(code, news.lang))


def said(session: Session, code: str, lang: str, values: Mapping[str, object]) -> str:
    """A text filled in, in the municipality's own words where it has any."""
    return replies.render(code, lang, values, own=own_texts.of(session, code, replies.said_in(code, lang)))


def meeting_values(slot: Slot, leader: str, lang: str) -> dict[str, str]:
    """What a text about a meeting may name (ux §5.2: who by first name, when, where)."""
    return {
        "ambassador": leader, "namn": leader, "plats": slot.place, "tid": replies.say_time(slot.starts_at, lang),
        "tid_kort": replies.say_short(slot.starts_at, lang), "kl": replies.say_clock(slot.starts_at),
    }  # fmt: skip
