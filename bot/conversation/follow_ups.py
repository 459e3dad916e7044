"""Answers to what we ask after a meeting: how it goes (FU-1), what they mostly do now (FU-3, FU-6), and the choice of
a call after a meeting that was missed (NOSHOW). Whatever needs care keeps its own handler.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import storage.follow_ups
import storage.tasks
from bot.conversation import booking, replies
from bot.conversation.turn import Turn
from storage.local_time import local_date
from storage.tasks import Outcome, Task

# Numbers of times mean nothing after 72 hours, since they book. These book nothing, and the question is about months:
# somebody who answers it in the second week still answers it.
HOLDS = timedelta(days=14)
FIRST, LAST = "FU-1", "FU-6"
# What answers the question in words, and no question of its own, wish for a human or reason for care.
ANSWERS = ("yes", "no", "thanks", "unknown", "choose_option", "occupied")
BOOKING_WORDS = ("boka", "book")
# The first three choices of FU-3 and FU-6; of the others a human makes what they are.
DOES_NOW = {1: "work", 2: "studies", 3: "work_experience"}
PLACEMENT_WORDS = ("praktik", "intern", "trainee", "arbetsträn")
LONGEST_ANSWER = 200
_CHOICE = re.compile(r"(\d)\) ([^\d.?]+?)(?= \d\)|[.?])")


def hears(turn: Turn) -> bool:
    """Whether the text answers one of these questions; it has then been dealt with."""
    if turn.asked == "NOSHOW" and turn.reading.intent == "choose_option" and turn.reading.option == 2:
        _call(turn)
        return True
    code = _open_question(turn)
    number = _number(turn, code) if code else 0
    if not code or turn.reading.intent not in ANSWERS or not number and _is_more_than_an_answer(turn):
        return False
    _keep(turn, code, number)
    turn.settle()
    _HOW_IT_GOES.get(number, _in_words)(turn) if code == FIRST else _what_they_do(turn, code, number)
    return True


def _open_question(turn: Turn) -> str:
    asked, asked_at = str(turn.context.get("asked", "")), turn.context.get("asked_at")
    if asked not in storage.follow_ups.KINDS or not asked_at:
        return ""
    return asked if turn.now - datetime.fromisoformat(asked_at) <= HOLDS else ""


def _number(turn: Turn, code: str) -> int:
    """Which of the choices was made, by number or in the question's own words; 0 for none of them."""
    choices = {label.casefold(): int(number) for number, label in _CHOICE.findall(replies.template(code, turn.lang))}
    if turn.reading.intent == "choose_option" and turn.reading.option is not None:
        number = len(choices) if turn.reading.option == -1 else turn.reading.option
        return number if number <= len(choices) else 0
    return choices.get(turn.text.strip(" .!").casefold(), 0)


def _is_more_than_an_answer(turn: Turn) -> bool:
    if turn.reading.option is not None or turn.text.strip().isdigit():
        # "7" of three is no answer; two numbers at once are one that a human reads.
        return True
    return any(word in turn.text.casefold() for word in BOOKING_WORDS)


def _keep(turn: Turn, code: str, number: int) -> None:
    row = storage.follow_ups.asked(turn.session, turn.person.id, code) if turn.person is not None else None
    if row is not None:
        answer = str(number) if number else turn.text[:LONGEST_ANSWER]
        storage.follow_ups.keep_answer(turn.session, row, answer, now=turn.now)


# ------------------------------------------------------------------------------------------------- how it goes


def _moving(turn: Turn) -> None:
    """Good to hear: the question was whether anything is needed, and nothing is."""


def _stuck(turn: Turn) -> None:
    turn.say("HUMAN")
    turn.hand_over("står still, en månad efter mötet")


def _in_words(turn: Turn) -> None:
    if turn.reading.intent == "occupied":
        _propose(turn, _kind_in_words(turn))
    elif turn.reading.intent != "thanks":
        _let_staff_see(turn)


_HOW_IT_GOES: Mapping[int, Callable[[Turn], None]] = {1: _moving, 2: _stuck, 3: booking.offer}


# ----------------------------------------------------------------------------------------------- what they do now


def _what_they_do(turn: Turn, code: str, number: int) -> None:
    kind = DOES_NOW.get(number, "")
    if turn.reading.intent == "occupied" and not kind and not number:
        kind = _kind_in_words(turn)
    if kind:
        _propose(turn, kind)
        if code == LAST:
            # Only now is it true that we stop asking.
            turn.say("BUSY-OK")
    elif turn.reading.intent != "thanks":
        _let_staff_see(turn)


def _kind_in_words(turn: Turn) -> str:
    if any(word in turn.text.casefold() for word in PLACEMENT_WORDS):
        return "work_experience"
    return {"work": "work", "study": "studies"}.get(turn.reading.kind, "other_measure")


def _propose(turn: Turn, kind: str) -> None:
    """What was read in an answer; a human confirms it before it is counted."""
    if turn.person is not None:
        proposed = Outcome(
            person_id=turn.person.id, kind=kind, on=local_date(turn.now), source="uppföljning", proposed_at=turn.now
        )
        storage.tasks.add_outcome(turn.session, proposed)


def _let_staff_see(turn: Turn) -> None:
    turn.wait_for_human("svarade på uppföljningen")


# --------------------------------------------------------------------------------------------- a missed meeting


def _call(turn: Turn) -> None:
    """ "2) ring mig i stället": a human rings, and until then the automatic service says nothing more of its own."""
    turn.say("HUMAN")
    turn.settle()
    turn.move_to("ladder")
    turn.wait_for_human("vill bli uppringd")
    if turn.person is not None:
        task = Task(kind="ring", person_id=turn.person.id, conversation_id=turn.conversation.id,
                    office_id=turn.person.office_id, why="bad om ett samtal", created_at=turn.now)  # fmt: skip
        storage.tasks.ensure(turn.session, task)
