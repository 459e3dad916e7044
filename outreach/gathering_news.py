"""What is told about dialog meetings (dialogmöten), to whom, and what it is made of. Knows no words: whoever calls
hands in `write`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import storage.conversations
import storage.gatherings
import storage.offices
import storage.people
from outreach import consent, delivery, meetings, own_questions
from storage.conversations import Conversation
from storage.database import Session
from storage.meetings import Slot
from storage.signups import Signup


@dataclass(frozen=True, slots=True)
class News:
    """What a text about a meeting is made of: its code (SPOT, DM-OFF, DM-AFTER), who leads, until when a place is
    offered, and the next meeting, if there is one.
    """

    code: str
    lang: str
    slot: Slot
    leader: str
    until: datetime | None = None
    next_slot: Slot | None = None


class Written(NamedTuple):
    """The news in words, by the code of the text that fitted, and the buttons under it where the channel has any."""

    code: str
    text: str
    buttons: Sequence[str] = ()


Write = Callable[[Session, News], Written]


def next_meeting(session: Session, slot: Slot, *, now: datetime, besides: Sequence[int] = ()) -> Slot | None:
    """The office's next meeting beside this one and those: the first with an empty seat, else the first at all."""
    others = [slot.id, *besides]
    return storage.gatherings.next_announced(
        session, slot.office_id, after=now, besides=others, with_room=True
    ) or storage.gatherings.next_announced(session, slot.office_id, after=now, besides=others)


def leader(session: Session, slot: Slot) -> str:
    """The first name of who leads the meeting, mostly an ambassador; the office's neutral name until somebody does."""
    return meetings.who_meets(session, slot) or storage.offices.get(session, slot.office_id).sender_name


def listener(session: Session, signup: Signup) -> Conversation | None:
    """The talk to tell; None where nobody may be told: no telephone, a stop, an acute state, protected identity."""
    if signup.conversation_id is None:
        return None
    conversation = storage.conversations.get(session, signup.conversation_id)
    if conversation.state in ("stopped", "urgent") or consent.is_stopped(session, conversation):
        return None
    person_id = conversation.person_id
    hidden = person_id is not None and storage.people.get(session, person_id).protected
    return None if hidden else conversation


def tell(
    session: Session, signup: Signup, conversation: Conversation, written: Written, *, about: Slot, keeps: datetime,
    now: datetime,
) -> None:  # fmt: skip
    """Queue the text. Its question is open when it has left; what is then last spoken of is this sign-up."""
    text = delivery.queue(
        session, conversation, written.text, kind="reminder", text_code=written.code, send_before=keeps,
        buttons=written.buttons if conversation.channel != "sms" else (), now=now,
    )  # fmt: skip
    own_questions.ask_when_it_leaves(
        conversation, text, written.code, now=now, about=signup.id, slot=about.id
    )  # fmt: skip
    storage.conversations.keep(session, conversation)
