"""Telegram, both ways: sending, and inbound texts by webhook or by polling."""

import hmac
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import APIRouter, Header, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json
from telegram import Bot, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.error import TelegramError, TimedOut

from bot.channels import telegram_codes, webhooks
from bot.channels.http_pool import AnswerLostError, Pool
from bot.channels.telegram_over_pool import PoolForTelegram
from outreach.channels import Accepted, Inbound, Outgoing, SendUnknown
from outreach.errors import BadInput

LISTEN_FOR = ["message", "callback_query"]
LONG_POLL_SECONDS = 25
PAUSE_SECONDS = 5.0
# Telegram holds a request that finds nothing; a stand-in that does not must not be asked without rest.
REST_SECONDS = 0.2
# Buttons with few letters (JA, SENARE, NEJ) share a row; times and places get one each.
LETTERS_IN_A_ROW = 24

_log = logging.getLogger(__name__)

_ATTACHMENTS = {
    "animation", "audio", "contact", "document", "location", "paid_media", "photo", "poll", "sticker", "story",
    "venue", "video", "video_note", "voice",
}  # fmt: skip


class TelegramChannel:
    """Sends by the Bot API. The pool is the caller's to close; nothing is asked of Telegram until it is used."""

    name = "telegram"
    provider = "telegram"

    def __init__(self, *, token: str, api_base: str | None, pool: Pool) -> None:
        request = PoolForTelegram(pool)
        base: dict[str, Any] = {"base_url": api_base} if api_base else {}
        self._bot = Bot(token, request=request, get_updates_request=request, **base)
        self._pool = pool

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to Telegram, with a reply keyboard for its buttons (Telegram docs: sendMessage).

        It counts as delivered at once, as no receipt ever comes.
        Raises SendError for a certain no, SendUnknown when Telegram may have taken it.
        """
        try:
            taken = await self._bot.send_message(
                message.to,
                message.text,
                reply_markup=_keyboard(message.buttons),
                # Telegram would fetch the link to show it, and so use up one that works only once.
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TimedOut:
            raise SendUnknown from None
        except TelegramError as no:
            raise telegram_codes.as_error(no) from None
        except (KeyError, TypeError):
            # It said yes; that the library cannot read what else it said changes nothing.
            return Accepted(provider_id=None, state="delivered")
        # Message ids are unique only within a chat.
        return Accepted(provider_id=f"{message.to}:{taken.message_id}", state="delivered")

    async def register_webhook(self, public_url: str, secret: str) -> bool:
        """Ask Telegram to call our webhook (Telegram docs: setWebhook). False when it did not agree."""
        try:
            return await self._bot.set_webhook(
                f"{public_url.rstrip('/')}/webhooks/telegram", secret_token=secret, allowed_updates=LISTEN_FOR
            )
        except TelegramError:
            return False

    async def poll(
        self, keep_inbound: Callable[[Inbound], None], *, now: Callable[[], datetime], pause: float = PAUSE_SECONDS
    ) -> None:
        """Fetch texts by long polling until cancelled, for places without a public address.

        A text is asked for again until `keep_inbound` (run in a thread) has returned, so it may come twice.
        """
        with suppress(TelegramError):
            # Telegram refuses polling while a webhook is set.
            await self._bot.delete_webhook()
        offset = 0
        while True:
            try:
                offset = await self._poll_once(offset, keep_inbound, now)
                await anyio.sleep(REST_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever goes wrong with one round, the next must come
                _log.warning("Telegram polling failed: %s", type(error).__name__)
                await anyio.sleep(pause)

    async def _poll_once(
        self, offset: int, keep_inbound: Callable[[Inbound], None], now: Callable[[], datetime]
    ) -> int:
        for update in await self._updates(offset):
            try:
                inbound = read_update(update, now())
            except BadInput:
                _log.warning("An update from Telegram could not be read and was passed over")
            else:
                if inbound is not None:
                    await anyio.to_thread.run_sync(keep_inbound, inbound)
            offset = int(update["update_id"]) + 1
        return offset

    async def _updates(self, offset: int) -> list[dict[str, Any]]:
        # Not by the library: it reads all updates before we see one, so a single unreadable one would stop all.
        answer = await self._pool.ask(
            "POST",
            f"{self._bot.base_url}/getUpdates",
            data={"offset": offset, "timeout": LONG_POLL_SECONDS, "allowed_updates": LISTEN_FOR},
            longest=LONG_POLL_SECONDS + 15.0,
        )
        updates = answer.json_object().get("result")
        if not answer.is_success or not isinstance(updates, list):
            raise AnswerLostError
        return updates


class _Chat(BaseModel):
    id: int
    type: str


class _Message(BaseModel):
    model_config = ConfigDict(extra="allow")

    chat: _Chat
    text: str | None = None
    caption: str | None = None

    @property
    def has_media(self) -> bool:
        return not _ATTACHMENTS.isdisjoint(self.model_extra or {})


class _Callback(BaseModel):
    data: str = ""
    message: _Message | None = None


class _Update(BaseModel):
    update_id: Annotated[int, Field(ge=0, lt=2**63)]
    message: _Message | None = None
    callback_query: _Callback | None = None


def read_update(update: object, now: datetime) -> Inbound | None:
    """A text or a pressed button in a private chat; None for anything else, edited texts too (Telegram docs: Update).

    Raises BadInput when it is no update at all.
    """
    try:
        read = _Update.model_validate(update)
    except ValidationError:
        raise BadInput from None
    message, text, media = read.message, "", False
    if message is not None:
        text, media = message.text or message.caption or "", message.has_media
    elif read.callback_query is not None:
        message, text = read.callback_query.message, read.callback_query.data
    if message is None or message.chat.type != "private" or not (text or media):
        return None
    return Inbound(
        channel="telegram",
        provider_id=str(read.update_id),
        sender=str(message.chat.id),
        # PostgreSQL cannot keep a NUL.
        text=text.replace("\x00", ""),
        received_at=now,
        media=media,
    )


def router(*, secret: str, keep_inbound: Callable[[Inbound], None], now: Callable[[], datetime]) -> APIRouter:
    """Telegram's webhook. What it brings is kept (in a thread) before it answers.

    403 unless the call carries `secret`, and for every call when none is set (Telegram docs: setWebhook).
    """
    routes = APIRouter(responses={400: {}, 403: {}, 413: {}})

    @routes.post("/webhooks/telegram")
    async def inbound(
        request: Request, token: Annotated[str, Header(alias="X-Telegram-Bot-Api-Secret-Token")] = ""
    ) -> Response:
        if not secret or not hmac.compare_digest(token.encode(), secret.encode()):
            raise HTTPException(403)
        text = _read_or_400(await webhooks.read_body(request), now())
        if text is not None:
            await anyio.to_thread.run_sync(keep_inbound, text)
        return Response()

    return routes


def _read_or_400(body: bytes, now: datetime) -> Inbound | None:
    try:
        return read_update(from_json(body), now)
    except (ValueError, BadInput):
        raise HTTPException(400) from None


def _keyboard(buttons: tuple[str, ...]) -> ReplyKeyboardMarkup | ReplyKeyboardRemove:
    # Removed when there is nothing to press: an old offer must not be answered by mistake.
    if not buttons:
        return ReplyKeyboardRemove()
    one_row = len("".join(buttons)) <= LETTERS_IN_A_ROW
    rows = [list(buttons)] if one_row else [[button] for button in buttons]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)
