"""Telegram, both ways: sending, and inbound texts by webhook or by polling."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Header, HTTPException, Request, Response
from pydantic_core import from_json
from starlette.background import BackgroundTask
from telegram import Bot, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove
from telegram.error import TelegramError, TimedOut

from bot.channels import telegram_codes, webhooks
from bot.channels.http_pool import AnswerLostError, Pool
from bot.channels.telegram_over_pool import BusyError, PoolForTelegram
from bot.channels.telegram_pace import Pace
from bot.channels.telegram_updates import LISTEN_FOR, Errand, Read, read_update
from bot.channels.webhooks import Keep
from outreach.channels import Accepted, Outgoing, SendUnknown
from outreach.errors import BadInput

LONG_POLL_SECONDS = 25
PAUSE_SECONDS = 5.0
# Somebody else fetches what comes in: no use asking often, and no fault of theirs.
OTHERS_POLL_SECONDS = 30.0
# Telegram holds a request that finds nothing; a stand-in that does not must not be asked without rest.
REST_SECONDS = 0.2
# Buttons with few letters (JA, SENARE, NEJ) share a row; times and places get one each.
LETTERS_IN_A_ROW = 24

_log = logging.getLogger(__name__)
# What the library raises where it cannot read a yes.
_UNREADABLE = (KeyError, TypeError)


class OthersPollError(Exception):
    """Telegram answered 409: another process asks for updates, or a webhook is set (Telegram docs: getUpdates)."""


class TelegramChannel:
    """Sends by the Bot API. The pool is the caller's to close; nothing is asked of Telegram until it is used.

    `farewell` is what a group hears before we leave it.
    """

    name = "telegram"
    provider = "telegram"

    def __init__(
        self, *, token: str, api_base: str | None, pool: Pool, pace: Pace | None = None, farewell: str = ""
    ) -> None:
        request = PoolForTelegram(pool)
        base: dict[str, Any] = {"base_url": api_base} if api_base else {}
        self._bot = Bot(token, request=request, get_updates_request=request, **base)
        self._pool = pool
        self._pace = pace or Pace()
        self._farewell = farewell

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to Telegram, with a reply keyboard for its buttons (Telegram docs: sendMessage).

        It counts as delivered at once, as no receipt ever comes.
        Raises SendError for a certain no, SendUnknown when Telegram may have taken it.
        """
        await self._pace.turn(message.to)
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
            if isinstance(no, BusyError) and no.retry_after:
                self._pace.rest(no.retry_after)
            raise telegram_codes.as_error(no) from None
        except _UNREADABLE:
            # It said yes; that the library cannot read what else it said changes nothing.
            return Accepted(provider_id=None, state="delivered")
        # Message ids are unique only within a chat.
        return Accepted(provider_id=f"{message.to}:{taken.message_id}", state="delivered")

    async def username(self) -> str:
        """Our name at Telegram, as links carry it (Telegram docs: getMe); empty when Telegram does not say."""
        with suppress(TelegramError, *_UNREADABLE):
            return (await self._bot.get_me()).username or ""
        return ""

    async def register_webhook(self, public_url: str, secret: str) -> bool:
        """Ask Telegram to call our webhook (Telegram docs: setWebhook). False when it did not agree."""
        try:
            return await self._bot.set_webhook(
                f"{public_url.rstrip('/')}/webhooks/telegram", secret_token=secret, allowed_updates=LISTEN_FOR
            )
        except TelegramError:
            return False

    async def run_errand(self, errand: Errand) -> None:
        """Let a pressed button rest (answerCallbackQuery), or leave a group after one sentence (leaveChat).

        Best effort: no answer to a person waits for it, and a group is no person, so the gate is not asked.
        """
        if errand.what == "press":
            with suppress(TelegramError, *_UNREADABLE):
                await self._bot.answer_callback_query(errand.id)
            return
        if self._farewell:
            with suppress(TelegramError, *_UNREADABLE):
                await self._bot.send_message(errand.id, self._farewell)
        with suppress(TelegramError, *_UNREADABLE):
            await self._bot.leave_chat(errand.id)

    async def poll(
        self, keep: Keep, *, now: Callable[[], datetime], pause: float = PAUSE_SECONDS,
        others_pause: float = OTHERS_POLL_SECONDS,
    ) -> None:  # fmt: skip
        """Fetch texts by long polling until cancelled, for places without a public address.

        A text is asked for again until `keep` has returned, so it may come twice. While
        another process polls, this one stands back and tries again now and then.
        """
        await self._unhook()
        offset, alone = 0, True
        while True:
            try:
                offset = await self._poll_once(offset, keep, now)
                alone = True
                await anyio.sleep(REST_SECONDS)
            except OthersPollError:
                if alone:
                    _log.info("Another process fetches from Telegram, or a webhook is set; standing back")
                alone = False
                await anyio.sleep(others_pause)
                await self._unhook()
            except Exception as error:  # noqa: BLE001 - whatever goes wrong with one round, the next must come
                _log.warning("Telegram polling failed: %s", type(error).__name__)
                await anyio.sleep(pause)

    async def _unhook(self) -> None:
        # Telegram refuses polling while a webhook is set.
        with suppress(TelegramError):
            await self._bot.delete_webhook()

    async def _poll_once(self, offset: int, keep: Keep, now: Callable[[], datetime]) -> int:
        for update in await self._updates(offset):
            try:
                read = read_update(update, now())
            except BadInput:
                _log.warning("An update from Telegram could not be read and was passed over")
            else:
                if read.inbound is not None:
                    await keep(read.inbound)
                if read.errand is not None:
                    await self.run_errand(read.errand)
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
        if answer.status == 409:
            raise OthersPollError
        updates = answer.json_object().get("result")
        if not answer.is_success or not isinstance(updates, list):
            raise AnswerLostError
        return updates


def router(
    *,
    secret: str,
    keep: Keep,
    run_errand: Callable[[Errand], Awaitable[None]] | None = None,
    now: Callable[[], datetime],
) -> APIRouter:
    """Telegram's webhook. What it brings is kept before it answers; errands are run afterwards.

    403 unless the call carries `secret`, and for every call when none is set (Telegram docs: setWebhook).
    """
    routes = APIRouter(responses={400: {}, 403: {}, 413: {}})

    @routes.post("/webhooks/telegram")
    async def inbound(
        request: Request, token: Annotated[str, Header(alias="X-Telegram-Bot-Api-Secret-Token")] = ""
    ) -> Response:
        if not secret or not hmac.compare_digest(token.encode(), secret.encode()):
            raise HTTPException(403)
        read = _read_or_400(await webhooks.read_body(request), now())
        if read.inbound is not None:
            await keep(read.inbound)
        later = BackgroundTask(run_errand, read.errand) if run_errand and read.errand else None
        return Response(background=later)

    return routes


def _read_or_400(body: bytes, now: datetime) -> Read:
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
