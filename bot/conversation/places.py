"""A place at a dialog meeting: taken, shared, given back, asked about, and what is said of it each time. Which of these
a text asks for is read by `bot.conversation.gatherings`.
"""

from collections.abc import Callable
from typing import Any

import storage.meetings
import storage.messages
import storage.signups
from bot.conversation import gathering_texts, gathering_words, replies
from bot.conversation.turn import Turn
from outreach import gathering_news, gatherings
from storage.meetings import Slot
from storage.signups import Signup

# Questions that the meeting's own place and time answer.
_ABOUT_THE_MEETING = ("what", "duration", "cost", "where", "bring")
# Texts that speak of bringing somebody, and what is said instead where each comes alone.
_SOLO = {"RSVP-OK": "RSVP-AGAIN", "RSVP-ALONE": "RSVP-SOLO", "DM-INFO": "RSVP-AGAIN", "DM-ASK": "DM-ASK-SOLO"}


def sign_up(turn: Turn, slot: Slot, *, source: str, campaign_id: int | None = None) -> Signup | None:
    """Put the person on the list with whoever comes along, or in line, and say which. None when it is too late."""
    known = storage.signups.standing_for(turn.session, slot.id, turn.conversation.id)
    signup = gatherings.sign_up(
        turn.session, slot, turn.conversation, source=source, campaign_id=campaign_id, now=turn.now
    )
    if signup is None:
        _say_none_is_left(turn, slot)
        return None
    turn.wake()
    if known is not None and known.state != "offered":
        _say_where(turn, signup, slot, otherwise=say_what_stands)
    elif known is not None:
        take_offer(turn, signup, slot)
    else:
        _say_where(turn, signup, slot, otherwise=_welcome)
    return signup


def take_offer(turn: Turn, signup: Signup, slot: Slot) -> None:
    """Yes to a place that was offered: it is theirs, unless it is too late."""
    if gatherings.accept(turn.session, signup, slot, now=turn.now):
        turn.wake()
        _say_where(turn, signup, slot, otherwise=_welcome)
    else:
        _come_too_late(turn, slot)


def _say_where(turn: Turn, signup: Signup, slot: Slot, *, otherwise: Callable[[Turn, Signup, Slot], None]) -> None:
    party = gathering_words.party(turn.text)
    if party is not None and signup.state == "signed_up":
        bring(turn, signup, slot, party.more(signup.companions))
    else:
        otherwise(turn, signup, slot)


def _welcome(turn: Turn, signup: Signup, slot: Slot) -> None:
    if signup.state == "signed_up":
        say(turn, _fitting(turn, "RSVP-OK", slot), signup, slot)
    else:
        say_what_stands(turn, signup, slot)


def _fitting(turn: Turn, code: str, slot: Slot) -> str:
    """The text that asks nobody to bring a friend where each comes alone."""
    return code if gatherings.terms(turn.session, slot).plus_one else _SOLO[code]


def bring(turn: Turn, signup: Signup, slot: Slot, more: int) -> None:
    """So many more come along, as far as there are seats; says how many they are now, or that it is full."""
    if more > 0 and not gatherings.bring(turn.session, signup, more, now=turn.now):
        say(turn, _fitting(turn, "RSVP-ALONE", slot), signup, slot)
    else:
        say(turn, "RSVP-PLUS", signup, slot, n=signup.companions + 1)


def say_what_stands(turn: Turn, signup: Signup, slot: Slot) -> None:
    """Say again how it is: on the list, a place offered, or which place in line."""
    if signup.state == "signed_up":
        say(turn, "RSVP-AGAIN", signup, slot)
    elif signup.state == "offered" and signup.offer_until is not None:
        say(turn, "SPOT", signup, slot, frist=replies.say_deadline(signup.offer_until, turn.lang))
    else:
        _say_place_in_line(turn, signup, slot)


def _say_place_in_line(turn: Turn, signup: Signup, slot: Slot) -> None:
    following = _following(turn, slot)
    values: dict[str, object] = {
        "n": storage.signups.place_in_line(turn.session, signup),
        "timmar": gatherings.hours_to_answer(slot, turn.now),
    }
    if following is None:
        say(turn, "FULL-LAST", signup, slot, **values)
    else:
        say(turn, "FULL", signup, slot, **values, tid_kort=replies.say_short(following.starts_at, turn.lang))


def say(turn: Turn, code: str, signup: Signup, slot: Slot, **values: object) -> None:
    """Say it about this sign-up, unless it was the last thing said; what the person writes next is about it."""
    text = turn.render(code, **{**named(turn, slot), **values})
    last = turn.last
    if last is None or last.text != text:
        turn.say_text(text, code)
    turn.ask(code, about=signup.id, slot=slot.id)


def named(turn: Turn, slot: Slot) -> dict[str, str]:
    """What a text about the meeting may name."""
    return gathering_texts.meeting_values(slot, gathering_news.leader(turn.session, slot), turn.lang)


def _come_too_late(turn: Turn, slot: Slot) -> None:
    """The offer is at an end: the place again where nobody has taken it, else the next meeting."""
    known = storage.signups.standing_for(turn.session, slot.id, turn.conversation.id)
    if known is not None and known.state == "signed_up":
        say_what_stands(turn, known, slot)
    elif gatherings.is_ahead(slot, turn.now) and storage.meetings.seats_left(turn.session, slot.id):
        sign_up(turn, slot, source="waiting_list")
    else:
        _say_gone(turn, slot)


def _say_none_is_left(turn: Turn, slot: Slot) -> None:
    """Too late, or full with no line to stand in: the next meeting instead."""
    if gatherings.is_ahead(slot, turn.now):
        _say_gone(turn, slot)
    else:
        name_next(turn, slot)


def _say_gone(turn: Turn, slot: Slot) -> None:
    if following := _following(turn, slot):
        turn.say("SPOT-GONE", **named(turn, following))
        turn.ask("SPOT-GONE", slot=following.id)
    else:
        turn.say("SPOT-GONE-LAST")
        turn.ask("SPOT-GONE-LAST")


def no_thanks(turn: Turn) -> bool:
    """A no to a place, or to another meeting: nothing more comes of it, and the talk is at rest."""
    turn.say("DM-NO")
    turn.ask("DM-NO")
    if turn.conversation.state in ("new", "invited"):
        turn.move_to("cancelled")
    return True


def keep(turn: Turn, signup: Signup) -> bool:
    """A no to another meeting takes nobody off the list of the first."""
    say_what_stands(turn, signup, storage.meetings.slot(turn.session, signup.slot_id))
    return True


def give_back(turn: Turn, signup: Signup, slot: Slot) -> bool:
    """The place is free again, for the next in line; said as of any time that is cancelled."""
    gatherings.cancel(turn.session, signup, slot, gathering_texts.write, now=turn.now)
    turn.say("CANCELLED", **named(turn, slot))
    turn.ask("CANCELLED")
    return True


def _following(turn: Turn, slot: Slot) -> Slot | None:
    mine = storage.signups.standing(turn.session, turn.conversation.id, after=turn.now)
    return gathering_news.next_meeting(turn.session, slot, besides=[known.id for _, known in mine], now=turn.now)


def name_next(turn: Turn, slot: Slot, **context: Any) -> bool:
    """Ask whether the next meeting would suit; a human where there is none. `context` is kept with the question."""
    following = _following(turn, slot)
    if following is None:
        turn.say("HUMAN")
        turn.hand_over("frågar efter en annan träff, ingen finns")
        return True
    turn.say("DM-NEXT", **named(turn, following))
    turn.ask("DM-NEXT", slot=following.id, **context)
    return True


def inform(turn: Turn, slot: Slot, code: str, *, then: str, **context: Any) -> bool:
    """Answer a question with the meeting's own place and time; what was open stays so."""
    asks_when = turn.reading.kind == "other" and gathering_words.asks_when(turn.text)
    if turn.reading.intent != "question" or not asks_when and turn.reading.kind not in _ABOUT_THE_MEETING:
        return False
    turn.say(_fitting(turn, code, slot), **named(turn, slot))
    kept = {key: value for key, value in turn.context.items() if key not in ("asked", "asked_at")}
    turn.ask(then, **{**kept, "slot": slot.id, **context})
    return True
