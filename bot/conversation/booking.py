"""Booking by text: offering times, taking one by number or by own words, moving, cancelling, coming late."""

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

import storage.meetings
from bot.conversation import replies
from bot.conversation.turn import Turn
from outreach import meetings
from outreach.meetings import Window
from storage.local_time import local
from storage.meetings import Booking, Slot

# Questions whose numbers stand for times.
OFFERS = ("OFFER", "OFFER-MORE", "TIME-FULL", "MOVE")
# "ja vi kan prata nu" asks for a time; "då pratar vi då" has one in mind already.
_MEETING = {"prata", "snacka", "träffas", "träffa", "talk", "meet"}
_ANOTHER_DAY = {"då", "sen", "sedan", "then", "later", "senare"}


def is_asked_for(text: str) -> bool:
    """Whether somebody who says yes, after a talk was closed, wants to meet all the same."""
    written = text.casefold()
    words = set(re.findall(r"\w+", written))
    return "boka" in written or "book" in written or bool(words & _MEETING and not words & _ANOTHER_DAY)


def offer(turn: Turn, code: str = "OFFER", *, window: Window | None = None) -> None:
    """Offer three times; with none free a human takes over, since nothing can be promised."""
    if turn.person is None:
        return _ask_human(turn, "vill boka, okänt nummer")
    if code == "OFFER" and turn.booking() is not None:
        # Whoever has a time already is told that it stays until another is chosen.
        code = "MOVE"
    shown = turn.context.get("shown", []) if code == "OFFER-MORE" else []
    slots = meetings.offer(
        turn.session, turn.office.id, conversation_id=turn.conversation.id, now=turn.now, window=window, besides=shown
    )
    if not slots:
        return _ask_human(turn, "inga lediga tider")
    say_offer(turn, code, slots)
    turn.move_to("offered")
    turn.wake()
    return None


def offer_after(turn: Turn, answer: str, code: str) -> None:
    """Answer a question and offer times in the same text ("ja men vad kostar det"); the answer goes by this code."""
    slots = meetings.offer(turn.session, turn.office.id, conversation_id=turn.conversation.id, now=turn.now)
    if turn.person is None or not slots:
        turn.say_text(answer, code)
        return
    say_offer(turn, "OFFER", slots, before=answer + " ")
    turn.move_to("offered")


def say_offer(turn: Turn, code: str, slots: Sequence[Slot], *, before: str = "") -> None:
    """Say the times with their numbers and remember which number means which time."""
    times = {f"t{number}": replies.say_short(slot.starts_at, turn.lang) for number, slot in enumerate(slots, start=1)}
    shown = [*turn.context.get("shown", []), *[slot.id for slot in slots]]
    moving = turn.context.get("moving")
    offered = turn.render_offer(code, len(slots), **times)
    turn.say_text(before + offered, code, times=times)
    turn.ask(code, options=[slot.id for slot in slots], shown=shown, **({"moving": moving} if moving else {}))


def choose(turn: Turn, number: int) -> None:
    """Take the time with this number of those that were offered last; a taken time gives new ones."""
    options: list[int] = turn.context.get("options", [])
    take(turn, options[number - 1])


def presses_time(turn: Turn) -> bool:
    """Whether the text is the button of a time that was offered last: it is taken at once, as a number is."""
    if turn.conversation.channel == "sms" or turn.asked not in OFFERS:
        return False
    slots = storage.meetings.slots(turn.session, turn.context.get("options", []))
    labels = [{replies.say_short(slot.starts_at, lang) for lang in ("sv", "en")} for slot in slots]
    number = next((number for number, label in enumerate(labels, start=1) if turn.text in label), 0)
    if number:
        choose(turn, number)
    return number > 0


def take(turn: Turn, slot_id: int) -> None:
    """Book the time, or move the standing booking to it."""
    if turn.person is None:
        return _ask_human(turn, "vill boka, okänt nummer")
    standing = turn.booking()
    if standing is not None and turn.asked_before(standing[0].made_at):
        # Booked since, perhaps over the telephone: the number is no wish to move that.
        _say_what_stands(turn, standing[0])
        return None
    if standing is not None:
        booking = meetings.move(turn.session, standing[0], slot_id, now=turn.now)
    else:
        booking = meetings.book(
            turn.session, person_id=turn.person.id, slot_id=slot_id, now=turn.now,
            conversation_id=turn.conversation.id, campaign_id=turn.context_campaign(),
        )  # fmt: skip
    if booking is None:
        return taken(turn, storage.meetings.slot(turn.session, slot_id).starts_at)
    turn.say("BOOKED", **turn.meeting_values(storage.meetings.slot(turn.session, booking.slot_id)))
    turn.settle()
    turn.move_to("booked")
    turn.wake()
    return None


def _say_what_stands(turn: Turn, booking: Booking) -> None:
    say_again(turn)
    turn.settle()
    turn.move_to(booking.state)


def taken(turn: Turn, wanted: datetime) -> None:
    """The time is gone: offer the two nearest, else hand over to a human."""
    free = meetings.free(
        turn.session, turn.office.id, conversation_id=turn.conversation.id, now=turn.now, even_held=True
    )
    nearest = sorted(sorted(free, key=lambda slot: abs(slot.starts_at - wanted))[:2], key=lambda slot: slot.starts_at)
    if not nearest:
        return _ask_human(turn, "ingen ledig tid nära den önskade")
    say_offer(turn, "TIME-FULL", nearest)
    turn.move_to("offered")
    return None


def own_time(turn: Turn) -> None:
    """A day or time in the youth's own words: always confirmed with ja before it is booked (ux §5.5)."""
    reading = turn.reading
    if turn.person is None:
        _ask_human(turn, "vill boka, okänt nummer")
    elif reading.ask or reading.start is None:
        turn.say("TIME-HUH")
    elif free := _free_as_wished(turn, reading.start, reading.end):
        propose(turn, free[0])
    elif reading.any_day and reading.end != reading.start:
        # "efter 17" is a condition: a time before it would not be heard as an answer.
        _ask_human(turn, "ingen ledig tid på den tid av dagen som passar")
    else:
        taken(turn, reading.start)


def _free_as_wished(turn: Turn, start: datetime, end: datetime | None) -> Sequence[Slot]:
    window = None if turn.reading.any_day else _window(start, end)
    free = meetings.free(
        turn.session, turn.office.id, conversation_id=turn.conversation.id, now=turn.now, window=window, even_held=True
    )
    if not turn.reading.any_day:
        return free
    from_hour, to_hour = local(start).time(), local(end or start).time()
    return [slot for slot in free if _at_that_hour(local(slot.starts_at).time(), from_hour, to_hour)]


def _at_that_hour(hour: time, from_hour: time, to_hour: time) -> bool:
    if from_hour == to_hour:
        return hour == from_hour
    return from_hour <= hour and (hour < to_hour or to_hour == time())


def propose(turn: Turn, slot: Slot) -> None:
    """Ask whether this was the time that was meant."""
    moving, shown = turn.context.get("moving"), turn.context.get("shown", [])
    turn.say("TIME-OK?", **turn.meeting_values(slot))
    turn.ask("TIME-OK?", proposed=slot.id, shown=[*shown, slot.id], **({"moving": moving} if moving else {}))
    turn.move_to("time_proposed")


def _window(start: datetime, end: datetime | None) -> Window:
    # A bare hour means a meeting that begins then; anything longer is a stretch to look in.
    return Window(start, end if end is not None and end > start else start + timedelta(minutes=1))


def reschedule(turn: Turn) -> None:
    """Another time, or a first one in own words. A standing time stays until the new one is chosen."""
    standing = turn.booking()
    if standing is not None:
        turn.conversation.context = {**turn.context, "moving": standing[0].id}
    if turn.reading.intent == "day_time" or turn.reading.start is not None and not turn.reading.ask:
        own_time(turn)
    else:
        other_times(turn)


def other_times(turn: Turn) -> None:
    """None of these fits, or another time is wanted: times that have not been shown."""
    if turn.asked in (*OFFERS, "TIME-OK?"):
        offer(turn, "OFFER-MORE")
    else:
        offer(turn, "MOVE" if turn.booking() is not None else "OFFER")


def offer_within(turn: Turn, start: datetime, end: datetime | None) -> bool:
    """Offer times within a stretch; False when there are none."""
    slots = meetings.offer(
        turn.session, turn.office.id, conversation_id=turn.conversation.id, now=turn.now, window=_window(start, end)
    )
    if turn.person is None or not slots:
        return False
    say_offer(turn, "MOVE" if turn.booking() is not None else "OFFER", slots)
    turn.move_to("offered")
    return True


def cancel(turn: Turn) -> bool:
    """Call off the meeting; False when there is none."""
    standing = turn.booking()
    if standing is None:
        return False
    booking, slot = standing
    meetings.cancel(turn.session, booking, now=turn.now)
    turn.say("CANCELLED", **turn.meeting_values(slot))
    turn.ask("CANCELLED")
    turn.move_to("cancelled")
    return True


def cancel_in_silence(turn: Turn) -> bool:
    """Call off the meeting of somebody who wants no texts; False when there is none."""
    standing = turn.booking()
    return standing is not None and meetings.cancel(turn.session, standing[0], now=turn.now)


def say_again(turn: Turn) -> None:
    """Say which meeting stands, and how to change it."""
    standing = turn.booking()
    if standing is not None:
        turn.say("BOOKED", **turn.meeting_values(standing[1]))


def confirm(turn: Turn) -> None:
    """Yes to a reminder."""
    standing = turn.booking()
    if standing is None:
        offer(turn)
        return
    meetings.confirm(turn.session, standing[0], now=turn.now)
    turn.say("SEE-YOU")
    turn.settle()
    turn.move_to("confirmed")


def running_late(turn: Turn) -> bool:
    """Coming late; only from three hours before the start to an hour after. False when no meeting is that near."""
    standing = turn.booking()
    if standing is None or standing[1].starts_at - turn.now > timedelta(hours=3):
        return False
    turn.say("LATE-OK", **turn.meeting_values(standing[1]))
    turn.wait_for_human("blir sen")
    return True


def _ask_human(turn: Turn, why: str) -> None:
    turn.say("HUMAN")
    turn.hand_over(why)
