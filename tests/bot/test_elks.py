"""Sending and looking up SMS against 46elks' documented and recorded answers."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from watched_pool import WatchedPool

from bot.channels import elks, elks_codes
from bot.channels.elks import ElksChannel
from outreach.channels import Channel, Lookup, Outgoing, SendError, SendUnknown

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
API = "http://127.0.0.1:9"
TEXTS = f"{API}/a1/sms"
SECRET = "long-and-secret"

TEXT = Outgoing(code="k7Qp2", to="+46701740605", text="Hej Leila! Ska vi ses på tisdag?")
MEANINGS = {"number_dead", "opted_out", "later", "operator", "unknown"}


def a_text(**changes: Any) -> dict[str, Any]:
    """An SMS as 46elks documents it."""
    return {
        "status": "created",
        "direction": "outgoing",
        "from": "+46766861004",
        "created": "2026-11-24T12:04:00.314100",
        "parts": 1,
        "to": TEXT.to,
        "cost": 5000,
        "message": TEXT.text,
        "id": "s70df59406a1b4643b96f3f91e0bfb7b0",
    } | changes


@pytest.fixture
async def channel() -> AsyncIterator[ElksChannel]:
    pool = WatchedPool()
    yield a_channel(pool)
    await pool.close()


def a_channel(pool: WatchedPool, secret: str = SECRET) -> ElksChannel:
    return ElksChannel(
        username="u12345",
        password="hush",
        from_number="+46766861004",
        api_base=API + "/",
        public_url="https://brygga.example.se/",
        webhook_secret=secret,
        pool=pool,
        now=lambda: NOW,
    )


def sent_form(route: respx.Route) -> dict[str, list[str]]:
    return parse_qs(route.calls.last.request.content.decode())


@pytest.mark.anyio
class TestSend:
    async def test_a_text_goes_out_with_our_code_and_a_key_in_the_callback(
        self, channel: ElksChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(TEXTS).respond(200, json=a_text())

        accepted = await channel.send(TEXT)

        key = elks.status_key("k7Qp2", SECRET)
        assert (accepted.provider_id, accepted.state) == ("s70df59406a1b4643b96f3f91e0bfb7b0", "sent")
        assert sent_form(route) == {
            "from": ["+46766861004"],
            "to": [TEXT.to],
            "message": [TEXT.text],
            "whendelivered": [f"https://brygga.example.se/webhooks/46elks/status/k7Qp2?key={key}"],
        }
        assert route.calls.last.request.headers["Authorization"].startswith("Basic ")

    async def test_without_a_secret_no_receipt_is_asked_for(self, respx_mock: respx.MockRouter) -> None:
        route, pool = respx_mock.post(TEXTS).respond(200, json=a_text()), WatchedPool()

        await a_channel(pool, secret="").send(TEXT)

        await pool.close()
        assert "whendelivered" not in sent_form(route)

    async def test_the_offices_own_number_is_the_sender(
        self, channel: ElksChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(TEXTS).respond(200, json=a_text())

        await channel.send(replace(TEXT, sender="+46766861099"))

        assert sent_form(route)["from"] == ["+46766861099"]

    @pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=1)])
    async def test_a_text_whose_time_has_passed_is_not_sent(
        self, channel: ElksChannel, respx_mock: respx.MockRouter, late: timedelta
    ) -> None:
        with pytest.raises(SendError) as no:
            await channel.send(replace(TEXT, send_before=NOW - late))

        assert (no.value.permanent, no.value.meaning) == (False, "later")
        assert not respx_mock.calls

    @pytest.mark.parametrize(
        ("status", "words", "code", "meaning", "permanent"),
        [
            (401, "API access require proper Basic HTTP authentication.", "401", "operator", False),
            (402, "Payment Required", "402", "operator", False),
            (403, "Not enough credits", "credits", "operator", False),
            (403, '{"error": "Not enough credits"}', "credits", "operator", False),
            (403, "Invalid to number", "number", "number_dead", True),
            (403, "Something new about +46701740605", "403", "unknown", False),
            (400, "Bad request", "400", "unknown", False),
            (404, "Not found", "404", "operator", False),
            (429, "", "429", "later", False),
            (301, "", "301", "unknown", False),
        ],
    )
    async def test_a_no_is_certain(
        self,
        channel: ElksChannel,
        respx_mock: respx.MockRouter,
        caplog: pytest.LogCaptureFixture,
        status: int,
        words: str,
        code: str,
        meaning: str,
        permanent: bool,
    ) -> None:
        respx_mock.post(TEXTS).respond(status, text=words)

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.code, no.value.meaning, no.value.permanent) == (code, meaning, permanent)
        assert TEXT.to not in f"{no.value} {caplog.text}"

    async def test_too_many_requests_says_when_to_come_back(
        self, channel: ElksChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.post(TEXTS).respond(429, headers={"Retry-After": "7"})

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.meaning, no.value.retry_after) == ("later", 7.0)

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500),
            httpx.Response(503, text="Service Unavailable"),
            httpx.Response(200, text="<html>"),
            httpx.Response(200, json=[]),
            httpx.Response(200, json={"status": "created"}),
            httpx.Response(200, json=a_text(status="failed")),
            httpx.ReadTimeout("no answer"),
            httpx.RemoteProtocolError("hung up"),
        ],
    )
    async def test_a_lost_answer_is_neither_yes_nor_no(
        self, channel: ElksChannel, respx_mock: respx.MockRouter, answer: httpx.Response | Exception
    ) -> None:
        respx_mock.post(TEXTS).side_effect = [answer]

        with pytest.raises(SendUnknown):
            await channel.send(TEXT)

    async def test_a_provider_never_reached_is_tried_later(
        self, channel: ElksChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.post(TEXTS).mock(side_effect=httpx.ConnectError("no way there"))

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.permanent, no.value.meaning, no.value.code) == (False, "later", None)

    async def test_no_number_or_text_is_logged(
        self, channel: ElksChannel, respx_mock: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        respx_mock.post(TEXTS).respond(200, json=a_text())
        respx_mock.get(TEXTS).respond(200, json={"data": [a_text()]})

        await channel.send(TEXT)
        await channel.lookup(TEXT.to, NOW)

        assert TEXT.to[1:] not in caplog.text
        assert "Leila" not in caplog.text


@pytest.mark.anyio
class TestLookup:
    async def test_it_finds_what_became_of_a_text(self, channel: ElksChannel, respx_mock: respx.MockRouter) -> None:
        rows = [
            a_text(status="sent"),
            a_text(id="s3", status="failed"),
            a_text(id="s2", direction="incoming", message="ja"),
            a_text(id="s1", created="2026-11-24T12:03:59.900000"),
        ]
        route = respx_mock.get(TEXTS).respond(200, json={"data": rows, "next": "2026-11-24T12:03:59.900000"})

        waiting, failed = await channel.lookup(TEXT.to, NOW + timedelta(milliseconds=900))

        assert dict(route.calls.last.request.url.params) == {"to": TEXT.to, "limit": "100"}
        assert (waiting.text, waiting.receipt.state, waiting.receipt.code) == (TEXT.text, "sent", None)
        assert (failed.receipt.provider_id, failed.receipt.state) == ("s3", "undelivered")
        assert failed.receipt.meaning == "unknown"

    async def test_a_text_without_a_readable_time_is_not_passed_over(
        self, channel: ElksChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.get(TEXTS).respond(200, json={"data": [a_text(created=None), "?"]})

        assert len(await channel.lookup(TEXT.to, NOW)) == 1

    @pytest.mark.parametrize(
        "answer", [httpx.Response(401), httpx.Response(500), httpx.Response(200, text="?"), httpx.ConnectError("no")]
    )
    async def test_no_answer_leaves_it_unknown(
        self, channel: ElksChannel, respx_mock: respx.MockRouter, answer: httpx.Response | Exception
    ) -> None:
        respx_mock.get(TEXTS).side_effect = [answer]

        with pytest.raises(SendUnknown):
            await channel.lookup(TEXT.to, NOW)

    async def test_it_fills_the_port(self, channel: ElksChannel) -> None:
        port: Channel = channel

        assert isinstance(port, Lookup)


@pytest.mark.parametrize("code", elks_codes.CODES)
def test_every_row_is_whole(code: str) -> None:
    reading = elks_codes.CODES[code]

    assert reading.meaning in MEANINGS
    assert reading.sentence[0].isupper()
    assert reading.sentence.endswith(".")
    assert reading.source


def test_what_closes_the_account_is_for_somebody_to_mend() -> None:
    assert {elks_codes.CODES[code].meaning for code in elks_codes.CLOSED} == {"operator"}


@pytest.mark.parametrize(
    ("status", "state"),
    [("created", "sent"), ("sent", "sent"), ("delivered", "delivered"), ("failed", "undelivered")],
)
def test_status_means(status: str, state: str) -> None:
    assert elks_codes.STATUSES[status] == state
