"""The choice of language: the answer to LANG, and a language named at any time (ux §5.4 row 8)."""

import re

from bot.conversation.turn import Turn
from outreach import languages

ASKED = "LANG"
WHY = "annat språk"
_EASY = re.compile(r"\b(?:lätt|lättare|enkel|enklare|latt|easy)\s+(?:svenska|swedish)\b", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d)\s*[.):]?\s*")


def hears(turn: Turn) -> bool:
    """Whether the text chose a language, and is done. A language we cannot be read in brings a human as well."""
    chosen = _chosen(turn)
    if not chosen:
        return False
    if chosen in languages.NEEDS_TRANSLATOR:
        _to_an_interpreter(turn, chosen)
    else:
        _go_on(turn, chosen)
    return True


def answers(turn: Turn) -> bool:
    """Whether the text answers LANG: that is heard although a human is on the way."""
    return turn.conversation.state == "human" and turn.asked == ASKED and bool(_chosen(turn))


def ask(turn: Turn) -> None:
    """LANG, and a human with an interpreter at once: whoever cannot read the menu is not left with it. The question
    that was open is opened again by whoever chooses a language that the service speaks.
    """
    before = turn.context
    turn.say(ASKED)
    turn.ask(ASKED, before=before)
    turn.hand_over(WHY)


def _chosen(turn: Turn) -> str:
    if turn.reading.intent == "other_language" and _EASY.search(turn.text):
        return "sv_easy"
    number = _NUMBER.fullmatch(turn.text)
    if turn.asked == ASKED and number is not None and 1 <= int(number[1]) <= len(languages.MENU):
        return languages.MENU[int(number[1]) - 1]
    return languages.named(turn.text)


def _go_on(turn: Turn, lang: str) -> None:
    conversation = turn.conversation
    conversation.lang = lang
    if turn.context.get("asked") == ASKED:
        conversation.context = turn.context.get("before", {})
        if conversation.state == "human" and conversation.waiting_why == WHY:
            turn.move_to(conversation.resume_state or "new")
            conversation.waiting_since, conversation.waiting_why, conversation.resume_state = None, "", ""
    turn.say("HI")


def _to_an_interpreter(turn: Turn, lang: str) -> None:
    if languages.is_on(turn.session, lang):
        turn.conversation.lang = lang
    if turn.context.get("asked") == ASKED:
        turn.conversation.context = turn.context.get("before", {})
    turn.say("HUMAN")
    turn.hand_over(f"{WHY}: {languages.in_swedish(lang)}")
