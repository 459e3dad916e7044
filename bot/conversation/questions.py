"""Answers to questions: the text that fits, a human where none does, an offer in the same text where one is wanted."""

import re
from collections.abc import Mapping

from bot.conversation import booking, linking, local_questions, understanding
from bot.conversation.turn import Turn
from storage.local_time import local

_PARTS = re.compile(r"[.,!?\n]+| men | but | fast ", re.IGNORECASE)

TEXTS: Mapping[str, str] = {
    "what": "F-WHAT", "duration": "F-WHAT", "cost": "F-COST", "money": "F-COST", "where": "F-WHERE",
    "privacy": "F-PRIV", "parent": "F-PARENT", "bring": "F-WHAT",
}  # fmt: skip


def answer(turn: Turn) -> None:
    """Answer a question, or let a human do it."""
    if turn.reading.kind == "telegram" and linking.offer(turn):
        return
    own = local_questions.answer(turn)
    code = local_questions.CODE if own else TEXTS.get(turn.reading.kind)
    if code is None:
        turn.say("F-HUMAN")
        turn.wait_for_human("fråga utan svar")
        return
    standing = turn.booking()
    if code == "F-WHERE" and standing is not None:
        turn.say(code, **turn.meeting_values(standing[1]))
        return
    if "yes" in turn.reading.also and turn.asked not in booking.OFFERS and standing is None and says_yes_too(turn):
        booking.offer_after(turn, own or turn.render(code), code)
        return
    turn.say_text(own or turn.render(code), code)


def says_yes_too(turn: Turn) -> bool:
    """Whether a question comes with a yes of its own."""
    # "ja men vad kostar det" says yes; "jaha ok. kostar det nåt" only says that something was read.
    parts = [part for part in _PARTS.split(turn.text.casefold()) if not part.strip().startswith(("jaha", "aha"))]
    readings = [understanding.understand(part, ref=local(turn.now)) for part in parts]
    return any(reading.intent == "yes" and reading.kind != "weak" for reading in readings)
