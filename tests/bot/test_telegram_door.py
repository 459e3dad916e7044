"""How Telegram reaches us: polling, errands, the webhook and our name, through outages and other processes."""

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
from bot_api import BASE, TOKEN, a_message, a_refusal, an_update, method
from watched_pool import WatchedPool

from bot.channels import telegram
from bot.channels.telegram_door import open_door
from bot.channels.telegram_updates import Errand
from outreach.channels import Inbound, Receipt

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
SECRET = "en-hemlighet"


@pytest.fixture
async def channel() -> AsyncIterator[telegram.TelegramChannel]:
    pool = WatchedPool()
    yield telegram.TelegramChannel(token=TOKEN, api_base=BASE, pool=pool, farewell="Vi lämnar gruppen.")
    await pool.close()


@pytest.mark.anyio
class TestErrands:
    async def test_a_pressed_button_stops_spinning(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(method("answerCallbackQuery")).respond(json={"ok": True, "result": True})

        await channel.run_errand(Errand("press", "77"))

        assert parse_qs(route.calls.last.request.content.decode())["callback_query_id"] == ["77"]

    async def test_a_group_hears_one_sentence_and_is_left(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        said = respx_mock.post(method("sendMessage")).mock(return_value=a_refusal(400, "Bad Request: no rights"))
        left = respx_mock.post(method("leaveChat")).respond(json={"ok": True, "result": True})

        await channel.run_errand(Errand("group", "-100"))

        assert parse_qs(said.calls.last.request.content.decode())["text"] == ["Vi lämnar gruppen."]
        assert left.called


@pytest.mark.anyio
class TestDoor:
    async def test_an_outage_is_waited_out_and_our_name_found(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        me = {"id": 1, "is_bot": True, "first_name": "Brygga", "username": "brygga_bot"}
        respx_mock.post(method("getMe")).mock(
            side_effect=[httpx.ConnectError("away"), httpx.Response(200, json={"ok": True, "result": me})]
        )
        hook = respx_mock.post(method("setWebhook"))
        hook.side_effect = [httpx.Response(502), httpx.Response(200, json={"ok": True, "result": True})]
        known: list[str] = []

        await open_door(channel, name="", know=known.append, public_url="https://b.se", secret=SECRET, patience=0)

        assert (known, hook.call_count) == (["brygga_bot"], 2)

    async def test_a_name_that_is_told_is_not_asked_for(self, channel: telegram.TelegramChannel) -> None:
        known: list[str] = []

        await open_door(channel, name="brygga_bot", know=known.append)

        assert known == ["brygga_bot"]


@pytest.mark.anyio
async def test_a_database_that_is_busy_is_waited_for_too(channel: telegram.TelegramChannel) -> None:
    known: list[str] = []

    def know(name: str) -> None:
        known.append(name)
        if len(known) == 1:
            raise OSError

    await open_door(channel, name="brygga_bot", know=know, patience=0)

    assert known == ["brygga_bot", "brygga_bot"]


@pytest.mark.anyio
async def test_without_telegram_there_is_no_name() -> None:
    known: list[str] = []

    await open_door(None, name="", know=known.append, public_url="https://b.se")

    assert known == [""]


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

    async def keep(self, text: Inbound | Receipt) -> None:
        assert isinstance(text, Inbound)
        if not self.kept and text.text == "går inte":
            self.kept.append("fel")
            raise RuntimeError
        self.kept.append(text.provider_id)

    async def run(self, channel: telegram.TelegramChannel) -> None:
        async with anyio.create_task_group() as tasks:

            async def poll() -> None:
                await channel.poll(self.keep, now=lambda: NOW, pause=0, others_pause=0)

            tasks.start_soon(poll)
            with anyio.fail_after(5):
                await self.waiting.wait()
            tasks.cancel_scope.cancel()


@pytest.mark.anyio
class TestPolling:
    async def test_each_text_is_kept_before_the_next_is_asked_for(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        reaction = {"update_id": 1003, "message_reaction": {}}
        polled = Polled(respx_mock, [an_update(1001), an_update(1002), reaction], [])

        await polled.run(channel)

        assert polled.unhook.called
        assert polled.kept == ["1001:42", "1002:42"]
        assert polled.offsets == [0, 1004, 1004]

    async def test_a_text_that_could_not_be_kept_is_asked_for_again(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        batch = [an_update(1001, message=a_message(text="går inte"))]
        polled = Polled(respx_mock, batch, batch)

        await polled.run(channel)

        assert polled.kept == ["fel", "1001:42"]
        assert polled.offsets == [0, 0, 1002]

    async def test_an_unreadable_update_does_not_stop_the_rest(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter
    ) -> None:
        polled = Polled(respx_mock, [{"update_id": 1001, "message": "?"}, an_update(1002)])

        await polled.run(channel)

        assert polled.kept == ["1002:42"]

    @pytest.mark.parametrize("answer", [httpx.Response(502), httpx.Response(200)])
    async def test_an_outage_is_waited_out(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter, answer: httpx.Response
    ) -> None:
        polled = Polled(respx_mock, answer, [an_update(1001)])

        await polled.run(channel)

        assert polled.kept == ["1001:42"]

    async def test_while_another_process_polls_this_one_stands_back(
        self, channel: telegram.TelegramChannel, respx_mock: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        taken = a_refusal(409, "Conflict: terminated by other getUpdates request")
        polled = Polled(respx_mock, taken, taken, [an_update(1001)])

        await polled.run(channel)

        assert polled.kept == ["1001:42"]
        assert [row.levelname for row in caplog.records if row.name == "bot.channels.telegram"] == ["INFO"]
        # A webhook may have been what was in the way.
        assert polled.unhook.call_count == 3
