"""Telegram against the Bot API's documented answers."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from bot_api import BASE, CHAT, TOKEN, a_message, a_refusal, an_update, method
from fastapi import FastAPI
from fastapi.testclient import TestClient
from watched_pool import WatchedPool

from bot.channels import telegram
from bot.channels.readings import LONGEST_PATIENCE
from bot.channels.telegram_updates import Errand
from bot.channels.webhooks import LARGEST_BODY
from outreach.channels import Inbound, Outgoing, Receipt, SendError, SendUnknown

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
SECRET = "en-hemlighet"

TEXT = Outgoing(code="k7Qp2", to=str(CHAT), text="Hej Leila! Ska vi ses på tisdag?")


def a_press(chat: str = "private") -> dict[str, Any]:
    message = a_message(chat={"id": CHAT, "type": chat})
    return {
        "update_id": 1002,
        "callback_query": {"id": "1", "from": {"id": CHAT}, "message": message, "chat_instance": "1", "data": "JA"},
    }


@pytest.fixture
async def channel() -> AsyncIterator[telegram.TelegramChannel]:
    pool = WatchedPool()
    yield telegram.TelegramChannel(token=TOKEN, api_base=BASE, pool=pool, farewell="Vi lämnar gruppen.")
    await pool.close()


@pytest.mark.anyio
class TestSend:
    async def test_a_text_is_delivered_at_once(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(method("sendMessage")).respond(json={"ok": True, "result": a_message()})

        accepted = await channel.send(TEXT)

        form = parse_qs(route.calls.last.request.content.decode())
        assert (accepted.provider_id, accepted.state) == (f"{CHAT}:42", "delivered")
        assert (form["chat_id"], form["text"]) == ([str(CHAT)], [TEXT.text])
        assert json.loads(form["reply_markup"][0]) == {"remove_keyboard": True}
        assert json.loads(form["link_preview_options"][0]) == {"is_disabled": True}

    @pytest.mark.parametrize(
        ("buttons", "rows"),
        [
            (("JA", "SENARE", "NEJ"), [["JA", "SENARE", "NEJ"]]),
            (
                ("tors 26 nov kl. 14.00", "fre 27 nov kl. 10.30", "Andra tider"),
                [["tors 26 nov kl. 14.00"], ["fre 27 nov kl. 10.30"], ["Andra tider"]],
            ),
        ],
    )
    async def test_buttons_become_a_keyboard(
        self,
        channel: telegram.TelegramChannel,
        respx_mock: respx.MockRouter,
        buttons: tuple[str, ...],
        rows: list[list[str]],
    ) -> None:
        route = respx_mock.post(method("sendMessage")).respond(json={"ok": True, "result": a_message()})

        await channel.send(Outgoing(code="k", to=str(CHAT), text="När?", buttons=buttons))

        keyboard = json.loads(parse_qs(route.calls.last.request.content.decode())["reply_markup"][0])
        assert [[button["text"] for button in row] for row in keyboard["keyboard"]] == rows
        assert keyboard["one_time_keyboard"]

    async def test_a_yes_the_library_cannot_read_is_still_a_yes(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.post(method("sendMessage")).respond(json={"ok": True, "result": {"message_id": 42}})

        assert (await channel.send(TEXT)).state == "delivered"

    @pytest.mark.parametrize(
        ("answer", "meaning", "permanent"),
        [
            (a_refusal(403, "Forbidden: bot was blocked by the user"), "opted_out", True),
            (a_refusal(403, "Forbidden: user is deactivated"), "number_dead", True),
            (a_refusal(400, "Bad Request: chat not found"), "number_dead", True),
            (a_refusal(400, "Bad Request: message is too long"), "operator", False),
            (a_refusal(400, "Bad Request: group", parameters={"migrate_to_chat_id": -1}), "number_dead", True),
            (a_refusal(401, "Unauthorized"), "operator", False),
            (a_refusal(418, "I'm a teapot"), "later", False),
        ],
    )
    async def test_a_no_is_certain(
        self,
        channel: telegram.TelegramChannel,
        respx_mock: respx.MockRouter,
        answer: httpx.Response,
        meaning: str,
        permanent: bool,
    ) -> None:
        respx_mock.post(method("sendMessage")).mock(return_value=answer)

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.meaning, no.value.permanent) == (meaning, permanent)
        assert no.value.__suppress_context__

    async def test_too_many_requests_says_when_to_come_back(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        answer = a_refusal(429, "Too Many Requests: retry after 7", parameters={"retry_after": 7})
        respx_mock.post(method("sendMessage")).mock(return_value=answer)

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.code, no.value.meaning, no.value.retry_after) == ("429", "later", 7.0)

    async def test_no_patience_asked_for_silences_telegram_for_years(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        answer = a_refusal(429, "Too Many Requests: retry after a while", parameters={"retry_after": 10**400})
        respx_mock.post(method("sendMessage")).mock(return_value=answer)

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert no.value.retry_after == LONGEST_PATIENCE

    async def test_while_telegram_asks_for_rest_nothing_is_sent(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        answer = a_refusal(429, "Too Many Requests: retry after 60", parameters={"retry_after": 60})
        route = respx_mock.post(method("sendMessage")).mock(return_value=answer)
        with pytest.raises(SendError):
            await channel.send(TEXT)

        with pytest.raises(SendError) as no:
            await channel.send(Outgoing(code="k2", to="5", text="Hej"))

        assert no.value.retry_after is not None
        assert (no.value.permanent, 50 < no.value.retry_after <= 60) == (False, True)
        assert route.call_count == 1

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.ReadTimeout("no answer"),
            httpx.RemoteProtocolError("hung up"),
            httpx.Response(502, text="Bad Gateway"),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json={"ok": True}),
        ],
    )
    async def test_a_lost_answer_is_neither_yes_nor_no(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter, answer: httpx.Response | Exception
    ) -> None:
        route = respx_mock.post(method("sendMessage"))
        route.side_effect = [answer]

        with pytest.raises(SendUnknown):
            await channel.send(TEXT)

    async def test_a_provider_never_reached_is_tried_later(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.post(method("sendMessage")).mock(side_effect=httpx.ConnectError("no way there"))

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.meaning, no.value.permanent) == ("later", False)

    async def test_no_token_chat_or_text_is_logged(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        respx_mock.post(method("sendMessage")).respond(json={"ok": True, "result": a_message()})

        await channel.send(TEXT)

        assert not [secret for secret in (TOKEN, str(CHAT), "Leila") if secret in caplog.text]


@pytest.mark.anyio
async def test_the_webhook_is_registered_with_its_secret(
    channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.post(method("setWebhook"))
    route.side_effect = [httpx.Response(200, json={"ok": True, "result": True}), a_refusal(400, "bad webhook")]

    assert await channel.register_webhook("https://brygga.example.se/", SECRET)
    assert not await channel.register_webhook("http://127.0.0.1", SECRET)

    form = parse_qs(route.calls[0].request.content.decode())
    assert form["url"] == ["https://brygga.example.se/webhooks/telegram"]
    assert form["secret_token"] == [SECRET]
    assert json.loads(form["allowed_updates"][0]) == ["message", "edited_message", "callback_query", "my_chat_member"]


def a_client(kept: list[Inbound], secret: str = SECRET, errands: list[Errand] | None = None) -> TestClient:
    async def run(errand: Errand) -> None:
        (errands if errands is not None else []).append(errand)

    app = FastAPI()

    async def keep(item: Inbound | Receipt) -> None:
        assert isinstance(item, Inbound)
        kept.append(item)

    app.include_router(telegram.router(secret=secret, keep=keep, run_errand=run, now=lambda: NOW))
    return TestClient(app)


class TestWebhook:
    HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET}

    def test_a_text_is_kept(self) -> None:
        kept: list[Inbound] = []

        answer = a_client(kept).post("/webhooks/telegram", json=an_update(), headers=self.HEADERS)

        assert (answer.status_code, answer.content) == (200, b"")
        assert [text.text for text in kept] == ["tisdag funkar 👍"]

    def test_what_is_passed_over_is_answered_alike(self) -> None:
        kept: list[Inbound] = []
        reaction = {"update_id": 1, "message_reaction": {"chat": {"id": CHAT, "type": "private"}}}

        assert a_client(kept).post("/webhooks/telegram", json=reaction, headers=self.HEADERS).status_code == 200
        assert not kept

    def test_a_pressed_button_is_kept_and_let_rest(self) -> None:
        kept: list[Inbound] = []
        errands: list[Errand] = []

        a_client(kept, errands=errands).post("/webhooks/telegram", json=a_press(), headers=self.HEADERS)

        assert [text.text for text in kept] == ["JA"]
        assert errands == [Errand("press", "1")]

    @pytest.mark.parametrize(("secret", "header"), [(SECRET, "fel"), (SECRET, ""), (SECRET, None), ("", "")])
    def test_nothing_is_kept_from_a_stranger(self, secret: str, header: str | None) -> None:
        kept: list[Inbound] = []
        headers = {} if header is None else {"X-Telegram-Bot-Api-Secret-Token": header}

        answer = a_client(kept, secret).post("/webhooks/telegram", json=an_update(), headers=headers)

        assert answer.status_code == 403
        assert not kept

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"{", 400),
            (b"\xff", 400),
            (b"[" * 5000, 400),
            (b"[]", 400),
            (b'{"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": "\\ud800"}}', 400),
            (b" " * (LARGEST_BODY + 1), 413),
        ],
    )
    def test_what_is_no_update_is_refused(self, body: bytes, status: int) -> None:
        assert a_client([]).post("/webhooks/telegram", content=body, headers=self.HEADERS).status_code == status
