"""The talk about dialog meetings (dialogmöten): yes or no to an invitation, KOM and a code, +1, giving a place back,
the waiting list, and a word afterwards. Who gets which place is said by `outreach.gatherings`.

The open question holds the meeting it is about (`slot`) and the sign-up that was last spoken of (`about`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import storage.conversations
import storage.meetings
import storage.messages
import storage.offices
import storage.signups
from bot.conversation import booking, gathering_texts, gathering_words, places, questions, replies
from bot.conversation.turn import Turn
from outreach import gatherings, share_links
from storage.meetings import Slot
from storage.signups import Signup

# Acted on, or answered, the same way whatever the talk is about.
_THEIR_OWN = (
    "crisis", "opt_out", "third_party", "wrong_number", "my_data", "struggling", "abuse", "other_language", "human",
    "who", "opt_in", "thanks", "greeting",
)  # fmt: skip
_INVITATION = "INV-3"
# What a campaign with a text of its own is taken to ask.
_FIRST_TEXT = "INV-1"
# Our last word was about the person's own booked time.
_OF_A_BOOKING = ("BOOKED", "SEE-YOU", "REM-24", "REM-2", "LATE-OK")
# Texts after which a number of people is read as companions, whatever else it could mean.
_MAY_NAME_COMPANIONS = ("yes", "question", "choose_option", "unknown", "day_time", "occupied")
# Being late is news from three hours before the start to an hour after (ux §5.4).
_NEAR, _LATE = timedelta(hours=3), timedelta(hours=1)
# "ja" answers "Vill du ha ett eget samtal?"; "ja mer fotboll så klart" answers what we should do more of.
_BARE = 2
_MOST_NAMED = 3

Standing = Sequence[tuple[Signup, Slot]]


def hears(turn: Turn) -> bool:
    """Whether the text was about a dialog meeting, and is done."""
    if turn.reading.intent in _THEIR_OWN:
        return False
    code = gathering_words.code(turn.text)
    if code and _comes_by(turn, code):
        return True
    return _answers(turn) or _is_about_a_place(turn)


def answers_offer(turn: Turn) -> bool:
    """Whether the text says yes or no to a place that is offered: it counts while somebody waits for a human, too."""
    return turn.asked == "SPOT" and turn.reading.intent in ("yes", "no", "cancel")


# ------------------------------------------------------------------------------------------------- signing up


def _comes_by(turn: Turn, code: str) -> bool:
    """KOM and a code, from anybody: an unknown number is tied to nobody, and asked nothing."""
    found = share_links.door(turn.session, code)
    if found is None:
        if not code.isdigit():
            turn.say("KOM-HUH", kod=code)
        # "kom 2345" is rather an hour than a code.
        return not code.isdigit()
    slot = found.slot
    if turn.person is None:
        turn.office = storage.offices.get(turn.session, slot.office_id)
    known = storage.signups.standing_for(turn.session, slot.id, turn.conversation.id)
    if turn.reading.intent in ("no", "cancel"):
        return known is not None and places.give_back(turn, known, slot)
    places.sign_up(turn, slot, source=found.source)
    return True


# ---------------------------------------------------------------------------------- answers to our own questions


def _answers(turn: Turn) -> bool:
    slot = _invited_to(turn)
    if turn.asked in _QUESTIONS and slot is None:
        return _QUESTIONS[turn.asked](turn)
    if slot is None:
        return False
    if _says_yes(turn):
        places.sign_up(turn, slot, source="campaign", campaign_id=turn.context_campaign())
        return True
    return places.inform(turn, slot, "DM-ASK", then=_INVITATION)


def _invited_to(turn: Turn) -> Slot | None:
    """The meeting that the open invitation is to. Where the talk had gone too far for a campaign to open its question,
    the invitation is open as long as it is our last word.
    """
    invited = turn.invited_by
    if invited is None or invited.slot_id is None:
        return None
    if turn.asked not in (_INVITATION, _FIRST_TEXT) and not _is_last_word(turn, invited.campaign_id):
        return None
    return storage.meetings.slot(turn.session, invited.slot_id)


def _is_last_word(turn: Turn, campaign_id: int) -> bool:
    last = turn.last
    return last is not None and last.campaign_id == campaign_id


def _says_yes(turn: Turn) -> bool:
    if turn.reading.intent == "yes" or gathering_words.comes(turn.text):
        return True
    if turn.reading.intent in _MAY_NAME_COMPANIONS and gathering_words.party(turn.text):
        return True
    return turn.reading.intent == "question" and "yes" in turn.reading.also and questions.says_yes_too(turn)


def _place_offered(turn: Turn) -> bool:
    """An answer to SPOT."""
    signup = storage.signups.find(turn.session, turn.context.get("about"))
    if signup is None:
        return False
    slot = storage.meetings.slot(turn.session, signup.slot_id)
    if _says_yes(turn):
        places.take_offer(turn, signup, slot)
        return True
    if turn.reading.intent in ("no", "cancel"):
        gatherings.cancel(turn.session, signup, slot, gathering_texts.write, now=turn.now)
        return places.no_thanks(turn)
    return places.inform(turn, slot, "DM-ASK", then="SPOT")


def _another_meeting(turn: Turn) -> bool:
    """An answer to a question whether they want another meeting (DM-OFF, SPOT-GONE, DM-NEXT)."""
    slot = storage.meetings.slot(turn.session, turn.context["slot"])
    leaving = storage.signups.find(turn.session, turn.context.get("leaving"))
    if _says_yes(turn):
        signup = places.sign_up(turn, slot, source="next")
        if leaving is not None and signup is not None and signup.state == "signed_up":
            old = storage.meetings.slot(turn.session, leaving.slot_id)
            gatherings.cancel(turn.session, leaving, old, gathering_texts.write, now=turn.now)
        return True
    if turn.reading.intent in ("no", "cancel"):
        return places.keep(turn, leaving) if leaving is not None else places.no_thanks(turn)
    return places.inform(turn, slot, "DM-ASK", then=turn.asked)


def _after(turn: Turn) -> bool:
    """An answer to DM-AFTER, for staff to read in the talk: it waits for nobody. A wish for a talk is none."""
    intent, is_bare = turn.reading.intent, len(turn.text.split()) <= _BARE
    wants_talk = intent == "yes" and (turn.reading.kind != "weak" and is_bare or "boka" in turn.text.casefold())
    if wants_talk or intent not in ("yes", "no", "choose_option", "day_time", "unknown"):
        return False
    if not turn.context.get("thanked"):
        turn.say("DM-THANKS")
        turn.conversation.context = {**turn.context, "thanked": True}
    return True


def _reminded(turn: Turn) -> bool:
    """An answer to the reminder of a place; that of a booked time is not ours."""
    found = _spoken_of(turn, _standing(turn))
    intent, number = turn.reading.intent, turn.reading.option
    if found is None or "booking" in turn.context:
        return False
    if intent == "yes" or (intent, number) == ("choose_option", 1) and gathering_words.party(turn.text) is None:
        places.say(turn, "SEE-YOU", *found)
    elif intent in ("reschedule", "later") or (intent, number) == ("choose_option", 2):
        _other_day(turn, *found)
    elif intent in ("no", "cancel") or (intent, number) == ("choose_option", 3):
        places.give_back(turn, *found)
    else:
        return False
    return True


def _which(turn: Turn) -> bool:
    """An answer to which of several times to cancel."""
    things: Sequence[tuple[str, int]] = turn.context.get("things", [])
    number = turn.reading.option or 0
    if turn.reading.intent != "choose_option" or not 1 <= number <= len(things):
        return False
    kind, row = things[number - 1]
    if kind == "booking":
        standing = turn.booking()
        # Another time may have been booked since: it was not what was asked about.
        return standing is not None and standing[0].id == row and booking.cancel(turn)
    signup = storage.signups.get(turn.session, row)
    return places.give_back(turn, signup, storage.meetings.slot(turn.session, signup.slot_id))


_QUESTIONS: Mapping[str, Callable[[Turn], bool]] = {
    "SPOT": _place_offered, "SPOT-GONE": _another_meeting, "DM-OFF": _another_meeting, "DM-NEXT": _another_meeting,
    "DM-AFTER": _after, "REM-24": _reminded, "WHICH": _which,
}  # fmt: skip


# --------------------------------------------------------------------------------------- while a place stands


def _is_about_a_place(turn: Turn) -> bool:
    standing = _standing(turn)
    if not standing:
        return False
    if turn.reading.intent == "cancel":
        return _cancel(turn, standing)
    found = _spoken_of(turn, standing)
    return found is not None and _changes(turn, *found)


def _standing(turn: Turn) -> Standing:
    return storage.signups.standing(turn.session, turn.conversation.id, after=turn.now - _LATE)


def _spoken_of(turn: Turn, standing: Standing) -> tuple[Signup, Slot] | None:
    """The place the talk is about: the one last spoken of, else the next, where nothing else is talked about."""
    about = turn.context.get("about")
    if about is not None:
        return next((found for found in standing if found[0].id == about), None)
    return standing[0] if standing and not turn.asked and turn.booking() is None else None


def _changes(turn: Turn, signup: Signup, slot: Slot) -> bool:
    intent, party = turn.reading.intent, gathering_words.party(turn.text)
    # "1" to "Svara +1" is +1 with a key that was hard to find.
    just_one = intent == "choose_option" and turn.reading.option == 1 and turn.asked in ("RSVP-OK", "DM-INFO")
    if just_one or party is not None and intent in _MAY_NAME_COMPANIONS:
        more = party.more(signup.companions) if party is not None else 1
        if signup.state == "signed_up":
            places.bring(turn, signup, slot, more)
        else:
            places.say_what_stands(turn, signup, slot)
        return True
    handler = _CHANGES.get(intent)
    return handler is not None and handler(turn, signup, slot)


def _agrees(turn: Turn, signup: Signup, slot: Slot) -> bool:
    """Yes to what has been agreed on. BOKA asks for a talk of one's own; a long yes may ask for more than we hear."""
    if any(word in turn.text.casefold() for word in ("boka", "book")):
        return False
    if turn.reading.kind != "weak" and signup.state == "signed_up":
        places.say(turn, "SEE-YOU", signup, slot)
    elif turn.reading.kind != "weak" and len(turn.text.split()) > _BARE:
        turn.wait_for_human("svarade på reservlistan")
    return True


def _says_no(turn: Turn, signup: Signup, slot: Slot) -> bool:
    # "nej" to "Tar du med någon?" takes nobody's place away: what stands is said, and how to give it back.
    places.say_what_stands(turn, signup, slot)
    return True


def _other_day(turn: Turn, signup: Signup, slot: Slot) -> bool:
    """Another day is another meeting; the place stands until the other one is theirs."""
    return places.name_next(turn, slot, leaving=signup.id)


def _runs_late(turn: Turn, _signup: Signup, slot: Slot) -> bool:
    if slot.starts_at - turn.now > _NEAR:
        return False
    turn.say("LATE-OK", **places.named(turn, slot))
    turn.wait_for_human("blir sen")
    return True


def _works(turn: Turn, _signup: Signup, _slot: Slot) -> bool:
    turn.say("HUMAN")
    turn.hand_over("jobbar eller pluggar, men är anmäld till en träff")
    return True


def _asks(turn: Turn, signup: Signup, slot: Slot) -> bool:
    return places.inform(turn, slot, "DM-INFO", then="DM-INFO", about=signup.id)


def _is_not_understood(turn: Turn, signup: Signup, slot: Slot) -> bool:
    # Twice in a row a human takes over, as always.
    if turn.misses or signup.state != "signed_up":
        return False
    places.say_what_stands(turn, signup, slot)
    turn.conversation.context = {**turn.context, "misses": 1}
    return True


_CHANGES: Mapping[str, Callable[[Turn, Signup, Slot], bool]] = {
    "yes": _agrees, "no": _says_no, "reschedule": _other_day, "later": _other_day, "running_late": _runs_late,
    "occupied": _works, "question": _asks, "unknown": _is_not_understood,
}  # fmt: skip


# -------------------------------------------------------------------------------------------- giving a place back


def _cancel(turn: Turn, standing: Standing) -> bool:
    """Cancel what was last spoken of. Where that is not clear nothing is cancelled: what stands is said, by number."""
    about = turn.context.get("about")
    found = next((one for one in standing if one[0].id == about), None)
    if found is None and _speaks_of_times(turn):
        return False
    if found is None and turn.booking() is None and len(standing) == 1:
        found = standing[0]
    return places.give_back(turn, *found) if found is not None else _ask_which(turn, standing)


def _speaks_of_times(turn: Turn) -> bool:
    """Whether the talk is about the person's own time: offered ones that do not suit, or the one that is booked."""
    if turn.asked in (*booking.OFFERS, "TIME-OK?"):
        return turn.reading.kind != "cancel" or turn.booking() is not None
    last = turn.last
    return turn.booking() is not None and last is not None and last.text_code in _OF_A_BOOKING


def _ask_which(turn: Turn, standing: Standing) -> bool:
    booked = turn.booking()
    things = [("booking", booked[0].id, booked[1].starts_at)] if booked is not None else []
    things += [("signup", signup.id, slot.starts_at) for signup, slot in standing]
    shown = sorted(things, key=lambda thing: thing[2])[:_MOST_NAMED]
    times = {f"t{number}": replies.say_short(thing[2], turn.lang) for number, thing in enumerate(shown, start=1)}
    turn.say_text(turn.render_offer("WHICH", len(shown), **times), "WHICH")
    turn.ask("WHICH", things=[thing[:2] for thing in shown])
    return True
