"""States as staff read them: a shape and a word for each (ux §7), and what became of every text (ux §4.3)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot import shown
from outreach import gate, in_words
from storage.alerts import Alert
from storage.conversations import Conversation
from storage.corrections import Correction
from storage.local_time import local
from storage.messages import UNSENT, Message

Word = dict[str, str]

# The shape beside the word: needs (kräver oss), waits (väntar på svar), rests, done, stop, acute.
_KINDS = {
    "new": "rests", "invited": "waits", "offered": "waits", "time_proposed": "waits", "booked": "done",
    "confirmed": "done", "cancelled": "rests", "met": "done", "no_show": "needs", "resting": "rests",
    "declined": "rests", "occupied": "done", "wrong_number": "needs", "ladder": "waits", "follow_up": "waits",
    "signed_up": "done", "waiting_list": "waits", "human": "needs", "urgent": "acute", "stopped": "stop",
    "ended": "rests",
}  # fmt: skip

_STANDING_KINDS = {
    "unverified": "rests", "works": "done", "confirmed": "done", "dead": "fault", "wrong_person": "stop",
    "other_answers": "fault",
}  # fmt: skip

_BOOKING_KINDS = {
    "booked": "waits", "confirmed": "done", "moved": "rests", "cancelled": "rests", "came": "done",
    "came_late": "done", "no_show": "needs", "called_off": "stop",
}  # fmt: skip

# Why somebody waits -> which group on Idag, and the word there. What is not here stands with those who asked for us.
_WAITING = {
    "akut": ("akut", "Akut"),
    "vill ha en människa": ("manniska", "Vill prata"),
    "fråga utan svar": ("fraga", "Fråga utan svar"),
    "tufft läge": ("tuff", "Läs i dag"),
    "annat språk": ("sprak", "Annat språk"),
}
# The groups in the order of Idag; inside each the longest wait comes first.
GROUPS = ("akut", "manniska", "fraga", "tuff", "sprak")
# Words in these groups are read on the person's page, never in a list.
READ_ALONE = ("akut", "tuff")
_INTENTS_ALONE = ("crisis", "struggling", "third_party")
_INTENT_GROUPS = {"crisis": "akut", "struggling": "tuff"}


def state(name: str) -> Word:
    """Where a person stands."""
    return {"kind": _KINDS[name], "text": in_words.STATES[name]}


def standing(name: str) -> Word:
    """How a telephone number stands."""
    return {"kind": _STANDING_KINDS[name], "text": in_words.STANDINGS[name].capitalize()}


def booking(name: str) -> Word:
    """How a booking stands."""
    return {"kind": _BOOKING_KINDS[name], "text": in_words.BOOKINGS[name]}


def waiting(conversation: Conversation, last_intent: str = "") -> tuple[str, str]:
    """Why somebody waits, as group and word on Idag: the graver of why they wait and what they wrote last."""
    why = conversation.waiting_why
    group, word = _WAITING.get(why, ("manniska", f"{why[:1].upper()}{why[1:]}" or "Har skrivit"))
    if why.startswith("annat språk: "):
        group, word = "sprak", why.removeprefix("annat språk: ").capitalize()
    if conversation.state == "urgent" or last_intent == "crisis":
        return "akut", "Akut"
    if _INTENT_GROUPS.get(last_intent) == "tuff":
        return _WAITING["tufft läge"]
    return group, word


def is_read_alone(group: str, last_intent: str) -> bool:
    """Whether what somebody wrote is read in the talk and never in a list, also when nobody waits any more."""
    return group in READ_ALONE or last_intent in _INTENTS_ALONE


def alert(alert: Alert | None, names: Mapping[int, str], now: datetime) -> dict[str, Any] | None:
    """Whether somebody has seen that a talk is acute, and who; None when nothing has been raised."""
    if alert is None:
        return None
    if alert.seen_at is None:
        return {"seen": False, "text": "Ingen har sett det ännu"}
    name = names.get(alert.seen_by_id or 0, "Någon").split(" ")[0]
    when = f"{shown.relative_day(alert.seen_at, now)} kl. {shown.time_text(alert.seen_at)}"
    return {"seen": True, "text": f"{name} såg det {when}"}


def html_lang(lang: str) -> str:
    """The language of a text as the page marks it; empty for Swedish, plain Swedish too."""
    return "" if lang in ("sv", "sv_easy") else lang


def message(text: Message, now: datetime) -> Word:
    """What became of a text."""
    reason = _reason(text)
    if text.state == "queued":
        return {"kind": "waits", "text": _queued(text, now)}
    if text.again_of_id is not None and text.state in UNSENT:
        return {"kind": "rests", "text": f"Försökte inte igen – {reason}"}
    if text.state in ("withheld", "cancelled") and text.reason == "stopped":
        return {"kind": "stop", "text": "Stoppad av mottagaren"}
    kind, words = {
        "sending": ("waits", "Skickas nu"),
        "sent": ("waits", "Skickad"),
        "delivered": ("done", "Levererad"),
        "undelivered": ("fault", "Gick inte fram"),
        "failed": ("fault", "Gick inte fram"),
        "unknown": ("fault", "Okänt om den gick fram"),
        "withheld": ("rests", "Skickades inte"),
        "expired": ("rests", "Skickades inte"),
        "cancelled": ("rests", "Togs tillbaka"),
    }[text.state]
    says_why = reason and text.state not in ("sending", "sent", "delivered")
    return {"kind": kind, "text": f"{words} – {reason}" if says_why else words}


def read_as(intent: str) -> str:
    """What the service understood; empty for a text it has not read."""
    return in_words.INTENTS.get(intent, "")


# Every meaning a text can have, for the menu that corrects a reading.
MEANINGS = tuple((intent, said[:1].upper() + said[1:]) for intent, said in in_words.INTENTS.items())


def considered(readings: Iterable[str]) -> list[str]:
    """What else a text could have meant, each once; kept as "intent: rule"."""
    intents = dict.fromkeys(reading.partition(": ")[0] for reading in readings)
    return [in_words.INTENTS[intent] for intent in intents if intent in in_words.INTENTS]


def correction(corrected: Correction, names: Mapping[int, str]) -> str:
    """Rättat av Sara 2026-11-24: vill vänta."""
    name = names.get(corrected.staff_id or 0, "personal").split(" ")[0]
    return f"Rättat av {name} {shown.date_table(corrected.at)}: {read_as(corrected.meant)}"


def _queued(text: Message, now: datetime) -> str:
    again = text.again_of_id is not None
    if (text.send_after - now).total_seconds() < 60:
        return "Försöker igen nu – telefonen var avstängd" if again else "Köad"
    day = "" if local(text.send_after).date() == local(now).date() else f"{shown.relative_day(text.send_after, now)} "
    when = f"{day}kl. {shown.time_text(text.send_after)}"
    return f"Försöker igen {when} – telefonen var avstängd" if again else f"Väntar till {when}"


def _reason(text: Message) -> str:
    said = gate.REASONS.get(text.reason, text.reason).rstrip(".")
    return f"{said[:1].lower()}{said[1:]}"
