"""A talk as it is shown: who is speaking, the texts by day, and what may be done now (ux §4.3)."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import storage.alerts
import storage.corrections
import storage.inbound
import storage.messages
import storage.people
import storage.staff
from bot import shown
from bot.console import campaign_words, composer, words
from bot.console.composer import Typed
from bot.console.read_as import Reader
from bot.requests import Ask
from outreach import consent, kept_reminders, phone_numbers, quiet_hours, takeover, talk_outcomes
from storage.conversations import Conversation
from storage.inbound import InboundText
from storage.local_time import local
from storage.messages import Message
from storage.people import Person

# The latest texts; all of them are asked for with ?samtal=allt.
LATEST = 20
# A text of one's own that we know never arrived; one whose fate nobody knows could arrive twice.
LOST = ("failed", "undelivered", "expired")
_CHANNELS = {"sms": "sms", "telegram": "Telegram"}

STEPS = (("vantar", "Vänta på vad personen säger"), ("bokning", "Boka en tid"), ("avsluta", "Avsluta samtalet"))


def show(
    ask: Ask, conversation: Conversation, person: Person | None, *, everything: bool = False,
    typed: Typed | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The talk, for `_samtal.html` and `_samtal_svara.html`. `typed` is what stands in the field already."""
    bubbles = _bubbles(ask, conversation, person)
    kept = bubbles if everything else bubbles[-LATEST:]
    return {
        "id": conversation.code,
        "speaker": _speaker(ask, conversation),
        "mine": _is_mine(ask, conversation),
        "may_take": takeover.may_take(conversation, ask.who.staff, now=ask.now),
        "can_finish": _can_finish(conversation),
        "seen": _seen(ask, conversation),
        "waited": _waited(ask, conversation),
        "alert": _alert(ask, conversation),
        "days": [{"day": day, "bubbles": list(many)} for day, many in groupby(kept, key=_day)],
        "earlier": len(bubbles) - len(kept),
        "steps": STEPS,
        "closed": _closed(ask, conversation, person),
        "noting": person is not None,
        "outcomes": [
            (kind, talk_outcomes.IN_WORDS[kind])
            for kind in talk_outcomes.offered(ask.session, conversation, person, ask.now)
        ],
        "undo": _undo(ask, conversation),
        "reminders": _reminders(ask, conversation),
        "compose": composer.show(ask, conversation, person, typed),
    }


def latest_in(ask: Ask, conversation: Conversation) -> InboundText | None:
    """The latest text that has come in; None before any."""
    return storage.inbound.latest(ask.session, [conversation.id]).get(conversation.id)


def _seen(ask: Ask, conversation: Conversation) -> int:
    """What the page has shown: the number of the latest text that has come in, 0 before any."""
    latest = latest_in(ask, conversation)
    return latest.id if latest is not None else 0


def _reminders(ask: Ask, conversation: Conversation) -> dict[str, Any] | None:
    """What leaves although one has the talk, and the switch."""
    found = kept_reminders.of(ask.session, conversation, now=ask.now) if _is_mine(ask, conversation) else ()
    if not found:
        return None
    rows = [
        {"at": campaign_words.near(reminder.due_at, ask.now), "about": campaign_words.near(slot.starts_at, ask.now)}
        for reminder, slot in found
    ]
    return {"rows": rows, "on": kept_reminders.are_on(found)}


def _is_mine(ask: Ask, conversation: Conversation) -> bool:
    return conversation.held_by_id == ask.who.staff.id


def undo_bar(ask: Ask) -> dict[str, Any]:
    """What the frame shows for ten seconds after an outcome was pressed, on whatever page comes next."""
    pressed = talk_outcomes.last(ask.session, ask.who.staff, ask.now)
    left = talk_outcomes.UNDO_SHOWN - (ask.now - pressed.at) if pressed is not None else timedelta()
    if pressed is None or left <= timedelta():
        return {}
    text = f"”{talk_outcomes.IN_WORDS[pressed.kind]}” är noterat."
    return {"undo": {"text": text, "action": "/inkorg/utfall/angra", "seconds": int(left.total_seconds())}}


def _undo(ask: Ask, conversation: Conversation) -> str:
    pressed = talk_outcomes.last(ask.session, ask.who.staff, ask.now)
    return talk_outcomes.IN_WORDS[pressed.kind] if pressed is not None and pressed.talk.id == conversation.id else ""


def name_of(conversation: Conversation) -> str:
    """What a talk with an unknown number is called."""
    return phone_numbers.show(conversation.address) if conversation.channel == "sms" else "Okänd i Telegram"


def _speaker(ask: Ask, conversation: Conversation) -> dict[str, str]:
    if conversation.held_by_id == ask.who.staff.id:
        return {"kind": "human", "text": "Du har samtalet", "more": "Automaten är tyst."}
    if conversation.held_by_id is not None:
        name = takeover.holder(ask.session, conversation)
        return {"kind": "human", "text": f"{name} har samtalet", "more": "Automaten är tyst."}
    if conversation.state in ("human", "urgent"):
        return {"kind": "nobody", "text": "Ingen har samtalet", "more": "Automaten är tyst tills någon tar över."}
    if conversation.state == "stopped":
        return {"kind": "nobody", "text": "Personen har sagt stopp", "more": "Inga meddelanden skickas."}
    return {"kind": "automatic", "text": "Automaten svarar", "more": ""}


def _can_finish(conversation: Conversation) -> bool:
    return conversation.held_by_id is not None or conversation.waiting_since is not None


def _waited(ask: Ask, conversation: Conversation) -> str:
    if conversation.waiting_since is None:
        return ""
    return shown.waited(quiet_hours.working_minutes_between(conversation.waiting_since, ask.now))


def _alert(ask: Ask, conversation: Conversation) -> dict[str, Any] | None:
    """The alert of an acute talk, or one nobody has seen. Read anew: this very page may have been what was seen."""
    with ask.house.database.read() as session:
        latest = storage.alerts.latest(session, conversation.id)
        is_over = latest is not None and latest.seen_at is not None and conversation.state != "urgent"
        return None if is_over else words.alert(latest, storage.staff.names(session), ask.now)


def _closed(ask: Ask, conversation: Conversation, person: Person | None) -> str:
    """Why nobody can write here just now; empty when one can."""
    if conversation.state == "stopped" or consent.is_stopped(ask.session, conversation):
        name = person.first_name if person else "Personen"
        return (
            f"{name} har sagt stopp till {_CHANNELS[conversation.channel]}. Om du ringer eller skickar brev är det din "
            "bedömning. Personen kan själv börja igen genom att skriva START."
        )
    if person is not None and person.protected:
        return "Personen har skyddade uppgifter. Sms skickas inte härifrån."
    if person is not None and person.closed_reason == storage.people.DECEASED:
        return "Personen är noterad som avliden. Inga sms skickas."
    return ""


def _bubbles(ask: Ask, conversation: Conversation, person: Person | None) -> list[dict[str, Any]]:
    names = storage.staff.names(ask.session)
    lang = words.html_lang(conversation.lang)
    youth = person.first_name if person else name_of(conversation)
    texts_in = storage.inbound.of_conversation(ask.session, conversation.id)
    texts_out = storage.messages.of_conversation(ask.session, conversation.id)
    corrected = storage.corrections.of_texts(ask.session, [text.id for text in texts_in])
    reader = Reader(ask, conversation, person, corrected, names)
    bubbles = [_from_youth(text, youth, lang, reader) for text in texts_in] + [
        _from_us(ask, text, names) | _again(ask, conversation, person, text, texts_out) for text in texts_out
    ]
    return sorted(bubbles, key=lambda bubble: bubble["at"])


def _from_youth(text: InboundText, name: str, lang: str, reader: Reader) -> dict[str, Any]:
    said = text.text or ("(bild eller fil)" if text.media else "(tomt)")
    return {
        "id": f"i{text.id}", "side": "youth", "by": name, "at": text.received_at, "text": said, "lang": lang,
        "reading": reader.tells(text),
    }  # fmt: skip


def _from_us(ask: Ask, text: Message, names: dict[int, str]) -> dict[str, Any]:
    human = text.kind == "staff"
    return {
        "id": f"m{text.id}", "side": "human" if human else "automatic",
        "by": names.get(text.staff_id or 0, "").split(" ")[0] or "Personal" if human else "Automaten",
        "at": text.sent_at or text.created_at, "text": text.text, "lang": words.html_lang(text.lang),
        "state": words.message(text, ask.now),
    }  # fmt: skip


def _again(
    ask: Ask, conversation: Conversation, person: Person | None, text: Message, ours: Sequence[Message]
) -> dict[str, Any]:  # fmt: skip
    """After which text one's own that did not arrive may be sent once more; nothing where it has been, or may not."""
    may = conversation.held_by_id == ask.who.staff.id and not _closed(ask, conversation, person)
    lost = text.kind == "staff" and text.state in LOST
    said_again = any(one.id > text.id and one.text == text.text for one in ours)
    return {"again": max(one.id for one in ours)} if may and lost and not said_again else {}


def _day(bubble: dict[str, Any]) -> date:
    return local(bubble["at"]).date()
