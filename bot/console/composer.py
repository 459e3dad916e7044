"""The field in which staff write to somebody: quick texts by number, free times, parts and cost, and the word check,
which only warns (ux §4.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import storage.messages
import storage.offices
from bot.console import campaign_words
from bot.conversation import replies
from bot.conversation.unasked import office_of
from bot.requests import Ask
from outreach import drafts, meetings, own_texts, prices, quick_texts, word_check, wording
from outreach.prices import Price
from storage.conversations import Conversation
from storage.messages import Message
from storage.people import Person

Data = dict[str, Any]
LANGS = {"sv": "Svenska", "en": "English"}
# What a press in the field asks for instead of sending: a quick text, free times, the other language, the word check.
TEXT, TIMES, LANG, CHECK = "text", "tider", "sprak", "kolla"
_OFFER = {
    "sv": ("Jag har tid {times}. Passar någon av dem?", "eller"),
    "en": ("I have time {times}. Does any of them suit you?", "or"),
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the field, in which language the quick texts are shown, and whether to show the word check."""

    text: str
    lang: str = ""
    is_checked: bool = False


def show(ask: Ask, talk: Conversation, person: Person | None, typed: Typed | None) -> Data:
    """What `_samtal_svara.html` needs."""
    draft = drafts.read(ask.session, talk, ask.who.staff)
    if talk.held_by_id != ask.who.staff.id:
        return {"text": typed.text if typed else draft}
    sent = storage.messages.of_conversation(ask.session, talk.id)
    typed = typed or Typed(draft or _first_line(ask, talk, sent))
    price = prices.sms(ask.session) if talk.channel == "sms" else None
    chosen = typed.lang if typed.lang in LANGS else _lang(talk)
    return {
        "text": typed.text, "counted": counted(typed.text, price), "price": float(price.of(1)) if price else 0,
        "after": max((text.id for text in sent), default=0), "lang": chosen,
        "langs": [{"code": lang, "label": label, "rows": _quick(ask, person, lang)} for lang, label in LANGS.items()],
        "findings": findings(ask, person, typed.text) if typed.is_checked else None,
    }  # fmt: skip


def insert(ask: Ask, talk: Conversation, person: Person | None, typed: Typed, pressed: str) -> Typed:
    """What stands in the field after a press that sends nothing."""
    kind, _, value = pressed.partition(":")
    lang = typed.lang if typed.lang in LANGS else _lang(talk)
    typed = replace(typed, lang=lang)
    if kind == LANG:
        return replace(typed, lang=value)
    if kind == TIMES:
        return replace(typed, text=_joined(typed.text, times(ask, talk, person, lang)))
    if kind == TEXT:
        said = {row["key"]: row["text"] for row in _quick(ask, person, lang)}
        return replace(typed, text=_joined(typed.text, said.get(value, "")))
    return replace(typed, is_checked=True)


def times(ask: Ask, talk: Conversation, person: Person | None, lang: str) -> str:
    """Three free times as a sentence; empty where there are none."""
    office = office_of(ask.session, person)
    if office.id is None:
        return ""
    slots = meetings.choose(meetings.free(ask.session, office.id, conversation_id=talk.id, now=ask.now))
    said = [replies.say_short(slot.starts_at, lang) for slot in slots]
    if not said:
        return ""
    sentence, joint = _OFFER[lang]
    listed = f"{', '.join(said[:-1])} {joint} {said[-1]}" if len(said) > 1 else said[0]
    return sentence.format(times=listed)


def counted(text: str, price: Price | None) -> str:
    """1 del · 20 av 160 tecken · 0,52 kr"""
    size = wording.measure(text)
    line = campaign_words.size(size)
    return f"{line} · {str(price.of(size.parts)).replace('.', ',')} kr" if price is not None else line


def findings(ask: Ask, person: Person | None, text: str) -> list[Data]:
    """What the word check remarks on: here it warns, since a human answers somebody who has written. Only a
    personnummer stops.
    """
    office = office_of(ask.session, person)
    places = storage.offices.places(ask.session, office.id) if office.id is not None else []
    found = word_check.check_words(
        text, purpose="reply", senders=[ask.who.staff.first_name, office.sender_name],
        full_names=[person.name] if person else [], sensitive_places=[one.name for one in places if one.sensitive],
    )  # fmt: skip
    return [
        {"kind": "danger" if word_check.holds_personnummer(one.words) else "warn", "words": one.words, "why": one.why,
         "suggestion": one.suggestion}
        for one in found
    ]  # fmt: skip


def _quick(ask: Ask, person: Person | None, lang: str) -> list[Data]:
    office = office_of(ask.session, person)
    values = {"namn": ask.who.staff.first_name, "enhet": office.sender_name}
    rows = quick_texts.of(ask.session, office.id) if office.id is not None else quick_texts.proposed()
    return [
        {"key": str(number), "name": row.name, "text": row.says(lang, values)} for number, row in enumerate(rows, 1)
    ]


def _joined(text: str, more: str) -> str:
    return f"{text.rstrip()} {more}".strip() if more else text


def _lang(talk: Conversation) -> str:
    return "en" if talk.lang == "en" else "sv"


def _first_line(ask: Ask, talk: Conversation, sent: Sequence[Message]) -> str:
    """The first text after taking over says that it is no longer the automatic service that writes."""
    since = talk.held_since or ask.now
    if not sent or any(text.kind == "staff" and text.created_at >= since for text in sent):
        return ""
    own = own_texts.of(ask.session, "TAKEOVER", replies.said_in("TAKEOVER", talk.lang))
    return f"{replies.render('TAKEOVER', talk.lang, {'namn': ask.who.staff.first_name}, own=own)} "
