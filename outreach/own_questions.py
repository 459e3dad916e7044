"""Questions that we ask unasked: each is open from the moment its text left, and not before, so that a number in an
answer never means something else than what stood in the telephone when it was written.

Some are put beside the open question when their text is queued, with what the text is about (`ask_when_it_leaves`);
others when it has left (`open_those_of`). Both keep the question that was open until then `beneath`: what somebody had
received when they wrote is found again when the text is read (`as_received`), which may be much later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import storage.conversations
import storage.follow_ups
import storage.inbound
import storage.second_tries
from storage.conversations import Conversation
from storage.database import Session
from storage.messages import Message
from storage.queue import Due

AGAIN, MISSED, FOLLOW_UPS = "OFFER-AGAIN", "NOSHOW", storage.follow_ups.KINDS
KINDS = ("nudge", "follow_up")
_ONLY_PEOPLE = ("human", "urgent", "stopped")
# A text in one of these states may stand in the telephone, and in these it is still on its way there.
_MAY_HAVE_COME, _ON_ITS_WAY = ("sending", "sent", "delivered", "unknown"), ("queued", "sending")
# Keys of a question that is not, or was not always, the open one: its text, and the question under it.
_TEXT, _BENEATH = "message", "beneath"

Question = Mapping[str, Any]


# -------------------------------------------------------------------------------------- when a text is queued


def ask_when_it_leaves(conversation: Conversation, text: Message, code: str, *, now: datetime, **about: object) -> None:
    """The question of a text that has been queued, with what it is about. Until the text has left, what was open
    before it is answered.
    """
    question = {"asked": code, "asked_at": now.isoformat(), **about, _TEXT: text.id}
    conversation.context = {**question, _BENEATH: _without_depth(conversation.context)}


def _without_depth(context: Question) -> dict[str, Any]:
    """A question to lay beneath another: what lies under one that has left is not needed again."""
    return dict(context) if _TEXT in context else {key: context[key] for key in context if key != _BENEATH}


# ------------------------------------------------------------------------------------------ when it has left


def open_those_of(session: Session, texts: Iterable[tuple[Due | Message, datetime]], *, now: datetime) -> None:
    """Open the questions of texts that have left, each with the moment it left. Twice changes nothing, and where the
    person has written since, or a human has the talk, nothing is asked any more.
    """
    for text, left_at in texts:
        if text.kind in KINDS and text.conversation_id is not None:
            conversation = storage.conversations.get(session, text.conversation_id)
            if text.text_code in FOLLOW_UPS:
                _note_follow_up(session, conversation, text.text_code)
            if _is_open_to_questions(session, conversation, left_at):
                _open(conversation, text.text_code, left_at, now)
                storage.conversations.keep(session, conversation)


def _note_follow_up(session: Session, conversation: Conversation, code: str) -> None:
    row = storage.follow_ups.asked(session, conversation.person_id or 0, code)
    if row is not None and row.outcome == storage.follow_ups.QUEUED:
        row.outcome = storage.follow_ups.ASKED


def _is_open_to_questions(session: Session, conversation: Conversation, left_at: datetime) -> bool:
    """Whether nothing has been written, or asked by us, after the text left."""
    if conversation.held_by_id is not None or conversation.state in _ONLY_PEOPLE:
        return False
    heard = storage.inbound.latest(session, [conversation.id]).get(conversation.id)
    asked_at = _moment(conversation.context)
    return (heard is None or heard.received_at < left_at) and (asked_at is None or asked_at <= left_at)


def _open(conversation: Conversation, code: str, left_at: datetime, now: datetime) -> None:
    before = conversation.context
    if before.get("asked") == code and _moment(before) == left_at:
        # The news has come before.
        return
    if code == AGAIN and (times := before.get("again")):
        # Its numbers are those of the new text. How long somebody has been silent is counted as before.
        conversation.context = {**times, "asked": "OFFER", "asked_at": left_at.isoformat()}
        conversation.state = "offered"
    elif code == MISSED and conversation.state == "no_show" or code in FOLLOW_UPS:
        conversation.context = {"asked": code, "asked_at": left_at.isoformat()}
    else:
        return
    conversation.context = {**conversation.context, _BENEATH: _without_depth(before)}
    if code in FOLLOW_UPS:
        conversation.state, conversation.state_at = "follow_up", now


# ---------------------------------------------------------------------------------------- when a text is read


@dataclass(frozen=True, slots=True)
class Later:
    """Questions that had not come when somebody wrote, the latest first, and when the one they had was asked."""

    questions: tuple[Question, ...]
    asked_at: datetime | None


def as_received(session: Session, conversation: Conversation, at: datetime) -> Later:
    """Let the question that the person had received at a moment be the open one; returns those that came later or are
    still on their way, for `put_back`. One whose text never left is gone.
    """
    context, later = conversation.context, []
    while _BENEATH in context:
        left_at, may_come = _left(session, context)
        if left_at is not None and left_at <= at:
            context = {**_bare(context), "asked_at": left_at.isoformat()}
        else:
            later += [{key: context[key] for key in context if key != _BENEATH}] if may_come else []
            context = context[_BENEATH]
    if context is not conversation.context:
        conversation.context = dict(context)
    return Later(tuple(later), _moment(context))


def put_back(session: Session, conversation: Conversation, later: Later) -> None:
    """Lay the questions that were put aside over the open one again. One that has come is open now, unless we have
    asked something since.
    """
    asked_at = _moment(conversation.context)
    has_asked = asked_at is not None and asked_at != later.asked_at
    for question in reversed(later.questions):
        if not has_asked or _is_on_its_way(session, question):
            conversation.context = {**question, _BENEATH: _without_depth(conversation.context)}


def _left(session: Session, question: Question) -> tuple[datetime | None, bool]:
    """When the question's text left, and whether it has come or may still come."""
    if _TEXT not in question:
        return _moment(question), True
    text = storage.second_tries.telling(session, question[_TEXT])
    left_at = text.claimed_at if text.state in _MAY_HAVE_COME else None
    return left_at, text.state in (*_MAY_HAVE_COME, *_ON_ITS_WAY)


def _is_on_its_way(session: Session, question: Question) -> bool:
    return _TEXT in question and storage.second_tries.telling(session, question[_TEXT]).state in _ON_ITS_WAY


def _bare(question: Question) -> dict[str, Any]:
    return {key: question[key] for key in question if key not in (_TEXT, _BENEATH)}


def _moment(question: Question) -> datetime | None:
    asked_at = question.get("asked_at")
    return datetime.fromisoformat(asked_at) if asked_at else None
