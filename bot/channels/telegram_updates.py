"""What Telegram tells us, read: texts, pressed buttons, edits, blocks, and what is to be done there besides."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from outreach.channels import Inbound
from outreach.errors import BadInput

LISTEN_FOR = ["message", "edited_message", "callback_query", "my_chat_member"]
# What a blocked bot is read as: a stop that Telegram has carried out by itself.
BLOCKED = "/stopp"

# A command, with the bot's name where the client adds it, and the code of a deep link (Telegram docs: Deep Linking).
_COMMAND = re.compile(r"(/[A-Za-z]\w*)(?:@\w+)?(?:\s+(.*))?", re.DOTALL)
# The code of a deep link to a dialog meeting (ux §5.8).
_MEETING = re.compile(r"kom-([0-9a-z]{4})", re.IGNORECASE)
_ATTACHMENTS = {
    "animation", "audio", "checklist", "contact", "dice", "document", "game", "location", "paid_media", "photo",
    "poll", "sticker", "story", "venue", "video", "video_note", "voice",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do at Telegram that no answer to a person depends on: let a pressed button rest, leave a group."""

    what: Literal["press", "group"]
    id: str


@dataclass(frozen=True, slots=True)
class Read:
    """What an update brought; both empty when it is nothing for us."""

    inbound: Inbound | None = None
    errand: Errand | None = None


class _Chat(BaseModel):
    id: int
    type: str

    @property
    def is_private(self) -> bool:
        return self.type == "private"


class _Contact(BaseModel):
    phone_number: str
    user_id: int | None = None


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    message_id: int = 0
    chat: _Chat
    text: str | None = None
    caption: str | None = None
    contact: _Contact | None = None

    @property
    def has_media(self) -> bool:
        return self.contact is not None or not _ATTACHMENTS.isdisjoint(self.model_extra or {})

    @property
    def own_number(self) -> str:
        """The number of somebody who shares their own contact; whose another card is, nobody knows."""
        own = self.contact is not None and self.contact.user_id == self.chat.id
        return self.contact.phone_number if self.contact is not None and own else ""


class _Callback(BaseModel):
    id: str
    data: str = ""
    message: _Message | None = None


class _Member(BaseModel):
    status: str


class _MyMembership(BaseModel):
    chat: _Chat
    new_chat_member: _Member


class _Update(BaseModel):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Callback | None = None
    my_chat_member: _MyMembership | None = None


def read_update(update: object, now: datetime) -> Read:
    """What an update brings: from private chats only; groups are left, never read (Telegram docs: Update).

    Raises BadInput when it is no update at all.
    """
    try:
        read = _Update.model_validate(update)
    except ValidationError:
        raise BadInput from None
    if read.my_chat_member is not None:
        return _membership(read.update_id, read.my_chat_member, now)
    if read.callback_query is not None:
        return _press(read.update_id, read.callback_query, now)
    if read.edited_message is not None:
        edited = _text(read.update_id, read.edited_message, now)
        return Read(replace(edited, edits=str(read.edited_message.message_id)) if edited is not None else None)
    return Read(_text(read.update_id, read.message, now) if read.message is not None else None)


def _text(update_id: int, message: _Message, now: datetime) -> Inbound | None:
    text = message.text or message.caption or message.own_number
    if not message.chat.is_private or not (text or message.has_media):
        return None
    # Update ids begin anew at random after a quiet week (Telegram docs: Update); with the message's own id they do not
    # collide, and an edited message finds the one it was.
    provider_id = f"{update_id}:{message.message_id}"
    return _inbound(provider_id, message.chat, text, now, media=message.has_media and not message.own_number)


def _press(update_id: int, pressed: _Callback, now: datetime) -> Read:
    errand = Errand("press", pressed.id)
    if pressed.message is None or not pressed.message.chat.is_private or not pressed.data:
        return Read(errand=errand)
    return Read(_inbound(str(update_id), pressed.message.chat, pressed.data, now), errand)


def _membership(update_id: int, mine: _MyMembership, now: datetime) -> Read:
    """A person who blocks us has said stop; one who opens again has not yet said start. Groups are left at once."""
    status = mine.new_chat_member.status
    if mine.chat.is_private:
        blocked = _inbound(str(update_id), mine.chat, BLOCKED, now)
        return Read(replace(blocked, provider_did="stop") if status == "kicked" else None)
    here = status not in ("left", "kicked")
    return Read(errand=Errand("group", str(mine.chat.id)) if here else None)


def _inbound(provider_id: str, chat: _Chat, text: str, now: datetime, *, media: bool = False) -> Inbound:
    # PostgreSQL cannot keep a NUL.
    command = _COMMAND.fullmatch(text := text.replace("\x00", ""))
    link = None
    if command is not None:
        text, said = command[1].lower(), (command[2] or "").strip()
        if text == "/start" and (meeting := _MEETING.fullmatch(said)) is not None:
            # The link of a dialog meeting says what its code says by SMS; it ties the chat to nobody.
            text = f"KOM {meeting[1].upper()}"
        elif text == "/start":
            link = said or None
        elif said:
            text = f"{text} {said}"
    return Inbound(
        channel="telegram", provider_id=provider_id, sender=str(chat.id), recipient=link, text=text, received_at=now,
        media=media,
    )  # fmt: skip
