"""How a text was read, as it stands under it in a talk (ux §4.3): the meaning in words, what else it could be, who has
corrected it, and what may be pressed about that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import storage.corrections
import storage.staff
from bot.console import words
from bot.conversation import gathering_texts
from bot.requests import Ask
from outreach import set_right
from outreach.set_right import Case
from storage.conversations import Conversation
from storage.corrections import Correction
from storage.inbound import InboundText
from storage.people import Person

# A rule is shown where it is words; a pattern says nothing to whoever reads.
_WORDS = re.compile(r"[a-zåäöé]+(?: [a-zåäöé]+)*", re.IGNORECASE)


def case(ask: Ask, conversation: Conversation, person: Person | None, text: InboundText) -> Case:
    """The text with those that were read as one with it, and who looks at it again."""
    together = storage.corrections.read_with(ask.session, text)
    return Case(ask.session, conversation, person, together, ask.who.staff, gathering_texts.write, ask.now)


@dataclass(frozen=True, slots=True)
class Reader:
    """Tells how the texts of a talk were read."""

    ask: Ask
    conversation: Conversation
    person: Person | None
    corrected: Mapping[int, Correction]
    names: Mapping[int, str]

    def tells(self, text: InboundText) -> dict[str, Any] | None:
        """How a text was read, what else fitted, and what staff say that it meant; None for one nobody has read."""
        if not words.read_as(text.intent):
            return None
        correction = self.corrected.get(text.id)
        return {
            "text": text.id, "meaning": text.intent, "words": words.read_as(text.intent), "why": why(text.rule),
            "considered": words.considered(text.considered), "meant": correction.meant if correction else "",
            "corrected": words.correction(correction, self.names) if correction else "", "menu": words.MEANINGS,
            **self._presses(text, correction),
        }  # fmt: skip

    def _presses(self, text: InboundText, correction: Correction | None) -> dict[str, bool]:
        if correction is None or self.conversation.context.get("was", {}).get("text") != text.id:
            return {"undo": False, "answer": False}
        looked_at = case(self.ask, self.conversation, self.person, text)
        rules = self.ask.house.sender.rules
        return {
            "undo": set_right.can_step_back(looked_at),
            "answer": set_right.may_be_answered(looked_at, correction.meant, rules),
        }


def why(rule: str) -> str:
    """The words that a text was read by; empty where the rule is no words."""
    return rule if _WORDS.fullmatch(rule) else ""
