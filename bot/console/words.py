"""States as staff read them: a shape and a word for each (ux §7), and what became of every text (ux §4.3)."""

from datetime import datetime

from bot import shown
from outreach import gate, in_words
from storage.conversations import Conversation
from storage.local_time import local
from storage.messages import Message

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
    if conversation.state == "urgent" or last_intent == "crisis":
        return "akut", "Akut"
    if _INTENT_GROUPS.get(last_intent) == "tuff":
        return _WAITING["tufft läge"]
    return group, word


def message(text: Message, now: datetime) -> Word:
    """What became of a text."""
    reason = _reason(text)
    if text.state == "queued":
        return {"kind": "waits", "text": _queued(text, now)}
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


def _queued(text: Message, now: datetime) -> str:
    if (text.send_after - now).total_seconds() < 60:
        return "Köad"
    day = "" if local(text.send_after).date() == local(now).date() else f"{shown.relative_day(text.send_after, now)} "
    return f"Väntar till {day}kl. {shown.time_text(text.send_after)}"


def _reason(text: Message) -> str:
    said = gate.REASONS.get(text.reason, text.reason).rstrip(".")
    return f"{said[:1].lower()}{said[1:]}"
