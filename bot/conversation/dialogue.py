"""The dialogue: where a person stands and what their text means decide what happens (ux §5.3, §5.4)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import storage.campaigns
import storage.conversations
import storage.messages
import storage.people
import storage.tasks
from bot.conversation import booking, follow_ups, gatherings, languages, linking, questions, replies, sensitive
from bot.conversation.turn import Turn
from outreach import quiet_hours
from outreach.gate import MINIMUM_AGE
from storage.local_time import age, local_date
from storage.tasks import Outcome, Task

# Meanings that are acted on whoever has the talk: safety, and the wish to be left alone.
ALWAYS_HEARD = ("crisis", "opt_out", "wrong_number")
# Answers that only the person we look for would give: they confirm whose number it is. A question, a no or a stop may
# come from anybody who has got a strange text.
CONFIRMING = (
    "yes", "choose_option", "day_time", "reschedule", "cancel", "running_late", "occupied", "human", "later",
    "struggling",
)  # fmt: skip
# What a stranger writes after "wrong number" without wanting anything of us.
NEEDS_NO_ANSWER = ("yes", "no", "thanks", "greeting", "unknown", "later", "wrong_number", "third_party")
DECLINED_RESTS = timedelta(days=182)
# "ok" just after we have agreed on something closes the talk; it asks for nothing.
CLOSING = timedelta(hours=1)
SETTLED = ("declined", "occupied", "resting", "cancelled")
# A stretch of a week or more that begins later than this is a wish to wait, not a time to meet.
FAR_OFF = timedelta(days=7)
# So many words tell which language somebody writes; fewer ("yes", "nice") do not.
TELLING_WORDS = 3
LATER_CHOICES = {1: timedelta(days=7), 2: timedelta(days=30), 3: timedelta(days=91)}

Handler = Callable[[Turn], None]


def answer(turn: Turn) -> None:
    """Act on a text and give at most one answer.

    1. what a telephone answers by itself is nobody's answer, and what is about a chat itself is soon answered, 2. note
    that the person answered, 3. stay silent where a human or the person's own stop says so, 4. let the meaning decide.
    """
    if turn.reading.kind == "auto_reply" or linking.hears(turn):
        return
    _note_answer(turn)
    _follow_language(turn)
    if _is_silent(turn):
        _leave_to_humans(turn)
    elif turn.reading.intent not in (*ALWAYS_HEARD, "my_data", "opt_in") and _is_for_humans(turn):
        _to_a_human(turn)
    elif turn.reading.intent not in ALWAYS_HEARD and not turn.has_room():
        # Nothing is done in silence: a time that cannot be confirmed is not booked.
        turn.wait_for_human("automaten har sagt sitt")
    elif not _is_someone_let_alone(turn):
        turn.misses = turn.forget_misses()
        _let_meaning_decide(turn)


def _let_meaning_decide(turn: Turn) -> None:
    waits_for_human = _answers_reminder(turn)
    if not any(hears(turn) for hears in OWN_QUESTIONS):
        HANDLERS[turn.reading.intent](turn)
    if waits_for_human and turn.conversation.state != "human":
        # The meeting is settled; what somebody is to call about is not.
        turn.conversation.resume_state = turn.conversation.state
        turn.move_to("human")


def answer_media(turn: Turn) -> None:
    """A picture or a voice message without words: we cannot open it, and say so unless somebody else has the talk."""
    turn.conversation.last_inbound_at = turn.now
    if linking.is_off(turn) or _is_silent(turn):
        _leave_to_humans(turn)
    elif _is_for_humans(turn):
        _to_a_human(turn)
    else:
        turn.say("MEDIA")


def _note_answer(turn: Turn) -> None:
    turn.conversation.last_inbound_at = turn.now
    # A reminder that waits for an hour would come after the answer it asks for.
    turn.take_back("nudge", reason="har skrivit själv")
    if turn.person is not None and turn.reading.intent in CONFIRMING:
        sensitive.number_answered(turn)
    if turn.person is not None:
        session, person_id = turn.session, turn.person.id
        turn.invited_by = storage.campaigns.record_answer(session, person_id, turn.reading.intent, now=turn.now)


def _follow_language(turn: Turn) -> None:
    # A language that somebody has chosen stays until they choose another.
    if len(turn.text.split()) >= TELLING_WORDS and {turn.reading.lang, turn.conversation.lang} <= {"sv", "en"}:
        turn.conversation.lang = turn.reading.lang


def _is_silent(turn: Turn) -> bool:
    intent, state = turn.reading.intent, turn.conversation.state
    # In an acute state only humans answer; a new cry for help and a stop are heard even there.
    if state == "urgent":
        return intent not in ("crisis", "opt_out")
    if intent in ALWAYS_HEARD or intent == "opt_in":
        return False
    held = turn.conversation.held_by_id is not None
    return held or state in ("human", "stopped") and not (_answers_reminder(turn) or languages.answers(turn))


def _is_for_humans(turn: Turn) -> bool:
    # Somebody we have closed, a child, or somebody whom no text may leave for (protected identity) may have good
    # reason to write; nothing is booked by a machine.
    person = turn.person
    if person is None:
        return False
    if person.protected or person.closed_at is not None:
        return True
    return person.birth_date is not None and age(person.birth_date, local_date(turn.now)) < MINIMUM_AGE


def _to_a_human(turn: Turn) -> None:
    # Whoever answers a dead person's telephone is not to be met by a machine at all.
    person = turn.person
    if person is not None and person.closed_reason != storage.people.DECEASED and not person.protected:
        turn.say("HUMAN")
    turn.hand_over("skyddade personuppgifter" if person and person.protected else "avslutad eller under 16 år")


def _is_someone_let_alone(turn: Turn) -> bool:
    # Whoever told us that the number was wrong has been promised that nothing more comes.
    if turn.person is not None or turn.reading.intent not in NEEDS_NO_ANSWER:
        return False
    conversation = turn.conversation
    return storage.conversations.said_wrong_number(turn.session, conversation.channel, conversation.address)


def _answers_reminder(turn: Turn) -> bool:
    # A reminder asks its own question: its numbers are answered even while somebody is to call about something else.
    numbered = turn.asked in ("REM-24", "MOVE") and turn.reading.intent == "choose_option"
    return turn.conversation.state == "human" and (numbered or gatherings.answers_offer(turn))


def _leave_to_humans(turn: Turn) -> None:
    if turn.reading.intent in ("thanks", "greeting") and turn.conversation.state == "stopped":
        return
    if turn.conversation.state == "stopped" and turn.reading.intent == "cancel" and booking.cancel_in_silence(turn):
        turn.wait_for_human("avbokade efter stopp")
        return
    turn.wait_for_human(turn.conversation.waiting_why or "skrev igen")


def _yes(turn: Turn) -> None:
    if turn.asked == "REM-24":
        booking.confirm(turn)
    elif turn.asked == "CALL?":
        turn.say("HUMAN")
        turn.hand_over("vill bli uppringd")
    elif turn.asked == "TIME-OK?" and turn.context.get("proposed"):
        booking.take(turn, int(turn.context["proposed"]))
    elif turn.asked in booking.OFFERS:
        _yes_to_offer(turn)
    elif turn.booking() is not None:
        turn.say("SEE-YOU")
    elif not _only_closes(turn):
        _yes_to_us(turn)


def _only_closes(turn: Turn) -> bool:
    conversation = turn.conversation
    if conversation.state not in SETTLED or booking.is_asked_for(turn.text):
        return False
    recent = turn.now - conversation.state_at < CLOSING
    return turn.reading.kind == "weak" or recent and conversation.state in ("occupied", "resting")


def _yes_to_us(turn: Turn) -> None:
    if turn.asked == "NO-OK" and not booking.is_asked_for(turn.text):
        # Yes to meeting after all, or yes to having a job? Asked back, never guessed.
        turn.say("HUH-1")
        turn.ask("HUH-1")
    else:
        booking.offer(turn)


def _yes_to_offer(turn: Turn) -> None:
    options: list[int] = turn.context.get("options", [])
    if len(options) == 1:
        booking.take(turn, options[0])
    else:
        # The same offer again would say nothing new: what is missing is which time.
        turn.say("TIME-HUH")


def _no(turn: Turn) -> None:
    if turn.asked in (*booking.OFFERS, "TIME-OK?"):
        _no_to_times(turn)
    elif turn.asked != "REM-24" and turn.booking() is not None:
        # A no to nothing in particular takes no meeting away: what stands is said, and how to change it.
        booking.say_again(turn)
    elif not booking.cancel(turn):
        _decline(turn)


def _no_to_times(turn: Turn) -> None:
    # A bare "nej" means none of these, once; anything more, or a second one, means no.
    if len(turn.text.split()) == 1 and turn.asked != "OFFER-MORE":
        booking.other_times(turn)
    elif turn.booking() is not None:
        turn.say("HUH-2")
        turn.hand_over("vill inte ha någon av tiderna, har en bokad tid")
    else:
        _decline(turn)


def _decline(turn: Turn) -> None:
    turn.say("NO-OK")
    turn.ask("NO-OK")
    turn.move_to("declined")
    _rest(turn, DECLINED_RESTS)


def _rest(turn: Turn, length: timedelta) -> None:
    if turn.person is not None:
        turn.person.paused_until = turn.now + length


def _later(turn: Turn) -> None:
    if turn.booking() is not None:
        # Whoever has a time and wants to wait wants another time, not to be left with both.
        booking.reschedule(turn)
        return
    if turn.reading.start is not None and turn.reading.start > turn.now and not turn.reading.ask:
        _rest_until(turn, turn.reading.start - turn.now)
        return
    turn.say("LATER?")
    turn.ask("LATER?")


def _rest_until(turn: Turn, length: timedelta) -> None:
    # We get in touch on a day when we write at all.
    until = quiet_hours.next_allowed(turn.now + length)
    _rest(turn, until - turn.now)
    turn.say("LATER-OK", dag=replies.say_day(local_date(until), turn.lang))
    turn.settle()
    turn.move_to("resting")


def _choose(turn: Turn) -> None:
    number, asked = turn.reading.option or 0, turn.asked
    options = len(turn.context.get("options", []))
    if turn.reading.ask is not None:
        turn.say("TIME-HUH" if asked in booking.OFFERS else "HUH-1")
    elif asked in booking.OFFERS and (number == -1 or 1 <= number <= options):
        # The last of an unknown number of times is the last that was offered.
        booking.choose(turn, options if number == -1 else number)
    elif asked in _NUMBERED and number in _NUMBERED[asked]:
        _NUMBERED[asked][number](turn)
    elif asked == "LATER?" and number in LATER_CHOICES:
        _rest_until(turn, LATER_CHOICES[number])
    else:
        _unknown(turn)


def _day_time(turn: Turn) -> None:
    reading = turn.reading
    if turn.asked == "LATER?" and reading.start is not None and reading.start > turn.now and not reading.ask:
        _rest_until(turn, reading.start - turn.now)
    elif turn.asked == "CALL?":
        turn.say("HUMAN")
        turn.hand_over(_call_wish(turn))
    elif booking.presses_time(turn):
        return
    elif reading.kind == "refused":
        booking.other_times(turn)
    elif reading.kind == "span":
        _span(turn)
    else:
        booking.reschedule(turn)


def _span(turn: Turn) -> None:
    """A week or more ("nästa vecka"): times within it; none so far ahead is a wish to wait."""
    start = turn.reading.start
    if start is None or booking.offer_within(turn, start, turn.reading.end):
        if start is None:
            turn.say("TIME-HUH")
    elif start - turn.now > FAR_OFF and turn.booking() is None:
        _rest_until(turn, start - turn.now)
    else:
        booking.taken(turn, start)


def _call_wish(turn: Turn) -> str:
    start = turn.reading.start
    return f"vill bli uppringd {replies.say_short(start, 'sv')}" if start is not None else "vill bli uppringd"


def _cancel(turn: Turn) -> None:
    if booking.cancel(turn):
        return
    if turn.reading.kind == "ill":
        turn.say("LATER?")
        turn.ask("LATER?")
    else:
        _no(turn)


def _occupied(turn: Turn) -> None:
    if turn.booking() is not None:
        turn.say("HUMAN")
        turn.hand_over("jobbar eller pluggar, men har en bokad tid")
        return
    if turn.person is not None:
        kind = {"work": "work", "study": "studies"}.get(turn.reading.kind, "other_measure")
        storage.tasks.add_outcome(
            turn.session,
            Outcome(person_id=turn.person.id, kind=kind, on=local_date(turn.now), source="svar", proposed_at=turn.now),
        )
    turn.say("BUSY-OK")
    turn.settle()
    turn.move_to("occupied")


def _who(turn: Turn) -> None:
    turn.say("WHY-ME" if turn.reading.kind == "why_me" else "WHO")


def _human(turn: Turn) -> None:
    if turn.reading.kind == "call" and turn.reading.start is None and turn.asked != "CALL?":
        turn.say("CALL?")
        turn.ask("CALL?")
        _ring_task(turn)
        turn.wait_for_human("vill bli uppringd")
        return
    turn.say("HUMAN")
    _ring_task(turn)
    turn.hand_over(_call_wish(turn) if turn.reading.start is not None else "vill ha en människa")


def _ring_task(turn: Turn) -> None:
    if turn.person is not None and turn.reading.kind == "call":
        task = Task(kind="ring", person_id=turn.person.id, conversation_id=turn.conversation.id,
                    office_id=turn.person.office_id, why="bad om ett samtal", created_at=turn.now)  # fmt: skip
        storage.tasks.ensure(turn.session, task)


def _running_late(turn: Turn) -> None:
    if not booking.running_late(turn):
        _unknown(turn)


def _thanks(turn: Turn) -> None:
    """Nothing to answer; an open question stays open."""


def _greeting(turn: Turn) -> None:
    turn.say("TIME-HUH" if turn.asked in booking.OFFERS else "HI")


def _unknown(turn: Turn) -> None:
    if turn.misses:
        turn.say("HUH-2")
        turn.hand_over("två missförstånd")
        return
    if turn.booking() is not None and not turn.asked:
        booking.say_again(turn)
    else:
        turn.say("TIME-HUH" if turn.asked in booking.OFFERS and turn.reading.ask else "HUH-1")
    turn.conversation.context = {**turn.context, "misses": 1}


HANDLERS: Mapping[str, Handler] = {
    "crisis": sensitive.crisis, "opt_out": sensitive.opt_out, "third_party": sensitive.third_party,
    "wrong_number": sensitive.wrong_number, "my_data": sensitive.my_data, "struggling": sensitive.struggling,
    "abuse": sensitive.abuse, "other_language": sensitive.other_language, "human": _human,
    "running_late": _running_late, "cancel": _cancel, "reschedule": booking.reschedule, "choose_option": _choose,
    "day_time": _day_time, "occupied": _occupied, "later": _later, "who": _who, "question": questions.answer, "no": _no,
    "yes": _yes, "opt_in": sensitive.opt_in, "thanks": _thanks, "greeting": _greeting, "unknown": _unknown,
}  # fmt: skip

# Rooms that ask questions of their own. Each says whether the text answered one of them, and has then dealt with it.
OWN_QUESTIONS: Sequence[Callable[[Turn], bool]] = (languages.hears, gatherings.hears, follow_ups.hears)

# Numbered questions whose numbers stand for something else than a time.
_NUMBERED: Mapping[str, Mapping[int, Handler]] = {
    "REM-24": {1: booking.confirm, 2: booking.reschedule, 3: _cancel},
    "NOSHOW": {1: booking.offer, 2: _human, 3: _later},
}
