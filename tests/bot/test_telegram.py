"""Telegram against the Bot API's documented answers."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx
import pytest
import respx
from fastapi import FastAPI
from fastapi.testclient import TestClient
from watched_pool import WatchedPool

from bot.channels import telegram
from bot.channels.webhooks import LARGEST_BODY
from outreach.channels import Inbound, Outgoing, SendError, SendUnknown
from outreach.errors import BadInput

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
BASE = "http://127.0.0.1:9/bot"
TOKEN = "123456:ABC-DEF"
CHAT = 987654321
SECRET = "en-hemlighet"

TEXT = Outgoing(code="k7Qp2", to=str(CHAT), text="Hej Leila! Ska vi ses på tisdag?")


def method(name: str) -> str:
    return f"{BASE}{TOKEN}/{name}"


def a_message(**changes: Any) -> dict[str, Any]:
    """The Message object as Telegram documents it."""
    return {
        "message_id": 42,
        "from": {"id": CHAT, "is_bot": False, "first_name": "Leila", "language_code": "sv"},
        "chat": {"id": CHAT, "first_name": "Leila", "type": "private"},
        "date": 1795521840,
        "text": "tisdag funkar 👍",
    } | changes


def an_update(number: int = 1001, **changes: Any) -> dict[str, Any]:
    return {"update_id": number, "message": a_message()} | changes


def a_press(chat: str = "private") -> dict[str, Any]:
    message = a_message(chat={"id": CHAT, "type": chat})
    return {
        "update_id": 1002,
        "callback_query": {"id": "1", "from": {"id": CHAT}, "message": message, "chat_instance": "1", "data": "JA"},
    }


def a_refusal(code: int, description: str, **more: Any) -> httpx.Response:
    return httpx.Response(code, json={"ok": False, "error_code": code, "description": description} | more)


@pytest.fixture
async def channel() -> AsyncIterator[telegram.TelegramChannel]:
    pool = WatchedPool()
    yield telegram.TelegramChannel(token=TOKEN, api_base=BASE, pool=pool)
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
    assert json.loads(form["allowed_updates"][0]) == ["message", "callback_query"]


class TestReading:
    def test_a_text(self) -> None:
        assert telegram.read_update(an_update(), NOW) == Inbound(
            channel="telegram", provider_id="1001", sender=str(CHAT), text="tisdag funkar 👍", received_at=NOW
        )

    def test_a_pressed_button(self) -> None:
        read = telegram.read_update(a_press(), NOW)

        assert read is not None
        assert (read.provider_id, read.sender, read.text) == ("1002", str(CHAT), "JA")

    @pytest.mark.parametrize(
        ("content", "text"),
        [
            ({"photo": [{"file_id": "1"}], "caption": "här bor jag"}, "här bor jag"),
            ({"voice": {"file_id": "1"}}, ""),
            ({"contact": {"phone_number": "46701740605"}}, ""),
        ],
    )
    def test_media(self, content: dict[str, Any], text: str) -> None:
        message = a_message() | content
        del message["text"]

        read = telegram.read_update(an_update(message=message), NOW)

        assert read is not None
        assert (read.text, read.media) == (text, True)

    @pytest.mark.parametrize(
        "update",
        [
            {"update_id": 1, "edited_message": a_message()},
            {"update_id": 1, "message": a_message(chat={"id": -5, "type": "group", "title": "alla"})},
            {"update_id": 1, "message": a_message(text="")},
            {"update_id": 1, "my_chat_member": {"chat": {"id": CHAT}}},
            {"update_id": 1, "callback_query": {"id": "1", "from": {"id": CHAT}, "inline_message_id": "1"}},
            a_press(chat="group"),
        ],
    )
    def test_what_is_no_private_text_is_passed_over(self, update: dict[str, Any]) -> None:
        assert telegram.read_update(update, NOW) is None

    @pytest.mark.parametrize("update", [{}, [], None, {"update_id": -1}, {"update_id": 2**63}, {"update_id": "å"}])
    def test_what_is_no_update(self, update: object) -> None:
        with pytest.raises(BadInput):
            telegram.read_update(update, NOW)

    def test_a_nul_is_taken_out(self) -> None:
        read = telegram.read_update(an_update(message=a_message(text="ja\x00")), NOW)

        assert read is not None
        assert read.text == "ja"


def a_client(kept: list[Inbound], secret: str = SECRET) -> TestClient:
    app = FastAPI()
    app.include_router(telegram.router(secret=secret, keep_inbound=kept.append, now=lambda: NOW))
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
        edited = {"update_id": 1, "edited_message": a_message()}

        assert a_client(kept).post("/webhooks/telegram", json=edited, headers=self.HEADERS).status_code == 200
        assert not kept

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


class Polled:
    """Answers getUpdates with one batch a time, then holds the line as Telegram does; notes the offsets asked for."""

    def __init__(self, respx_mock: respx.MockRouter, *batches: Any) -> None:
        self.batches = list(batches)
        self.offsets: list[int] = []
        self.waiting = anyio.Event()
        self.kept: list[str] = []
        self.unhook = respx_mock.post(method("deleteWebhook")).respond(json={"ok": True, "result": True})
        respx_mock.post(method("getUpdates")).mock(side_effect=self.answer)

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.offsets.append(json.loads(request.content)["offset"])
        if not self.batches:
            self.waiting.set()
            await anyio.sleep_forever()
        batch = self.batches.pop(0)
        return httpx.Response(200, json={"ok": True, "result": batch}) if isinstance(batch, list) else batch

    def keep(self, text: Inbound) -> None:
        if not self.kept and text.text == "går inte":
            self.kept.append("fel")
            raise RuntimeError
        self.kept.append(text.provider_id)

    async def run(self, channel: telegram.TelegramChannel) -> None:
        async with anyio.create_task_group() as tasks:

            async def poll() -> None:
                await channel.poll(self.keep, now=lambda: NOW, pause=0)

            tasks.start_soon(poll)
            with anyio.fail_after(5):
                await self.waiting.wait()
            tasks.cancel_scope.cancel()


@pytest.mark.anyio
class TestPolling:
    async def test_each_text_is_kept_before_the_next_is_asked_for(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        edited = {"update_id": 1003, "edited_message": a_message()}
        polled = Polled(respx_mock, [an_update(1001), an_update(1002), edited], [])

        await polled.run(channel)

        assert polled.unhook.called
        assert polled.kept == ["1001", "1002"]
        assert polled.offsets == [0, 1004, 1004]

    async def test_a_text_that_could_not_be_kept_is_asked_for_again(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        batch = [an_update(1001, message=a_message(text="går inte"))]
        polled = Polled(respx_mock, batch, batch)

        await polled.run(channel)

        assert polled.kept == ["fel", "1001"]
        assert polled.offsets == [0, 0, 1002]

    async def test_an_unreadable_update_does_not_stop_the_rest(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        polled = Polled(respx_mock, [{"update_id": 1001, "message": "?"}, an_update(1002)])

        await polled.run(channel)

        assert polled.kept == ["1002"]

    @pytest.mark.parametrize("answer", [a_refusal(409, "Conflict"), httpx.Response(502), httpx.Response(200)])
    async def test_an_outage_is_waited_out(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter, answer: httpx.Response
    ) -> None:
        polled = Polled(respx_mock, answer, [an_update(1001)])

        await polled.run(channel)

        assert polled.kept == ["1001"]
