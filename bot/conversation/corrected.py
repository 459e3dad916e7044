"""The answer that the automatic service would have given, had it read a text as staff say that it was meant. Given only
when somebody presses for it.
"""

from datetime import datetime

import storage.audit
import storage.conversations
from bot.conversation import dialogue, unasked
from bot.conversation.turn import Turn
from bot.conversation.understanding import Reading
from outreach import set_right
from outreach.gate import Rules
from outreach.set_right import Case
from storage.conversations import Conversation


def answer(case: Case, meant: str, rules: Rules) -> bool:
    """Let the automatic service go on from a corrected text, once. False when it may not: somebody has answered, the
    person has written more, or nothing may leave.

    1. the talk is put back to where the text met it, without the question that the misreading asked, 2. the text is
    answered by its meaning, as any other.
    """
    if not set_right.may_be_answered(case, meant, rules):
        return False
    set_right.step_back(case)
    _meet_again(case.conversation, case.text.handled_at or case.now, case.now)
    turn = Turn(
        case.session, case.conversation, case.person, unasked.office_of(case.session, case.person),
        "\n".join(text.text for text in case.together), Reading(meant), case.now,
    )  # fmt: skip
    if not any(hears(turn) for hears in dialogue.OWN_QUESTIONS):
        dialogue.HANDLERS[meant](turn)
    storage.conversations.keep(case.session, case.conversation)
    storage.audit.write(case.session, "answered_as_corrected", now=case.now, staff_id=case.staff.id, meant=meant,
                        person_id=case.conversation.person_id, conversation=case.conversation.code)  # fmt: skip
    return turn.has_said


def _meet_again(conversation: Conversation, read_at: datetime, now: datetime) -> None:
    asked_at = conversation.context.get("asked_at")
    if asked_at is not None and datetime.fromisoformat(asked_at) >= read_at:
        conversation.context = {}
    if conversation.state == "human":
        conversation.state, conversation.state_at = conversation.resume_state or "invited", now
        conversation.resume_state = ""
    conversation.waiting_since, conversation.waiting_why = None, ""
