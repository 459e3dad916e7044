"""Sending and looking up SMS against Twilio's documented answers."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import httpx
import pytest
import requests
import respx
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.http_client import TwilioHttpClient
from watched_pool import WatchedPool

from bot.channels import sms
from bot.channels.readings import LONGEST_PATIENCE
from outreach.channels import Channel, Lookup, Outgoing, SendError, SendUnknown

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
API = "http://127.0.0.1:9"
ACCOUNT = "AC" + "0" * 32
TOKEN = "12345"
PUBLIC = "https://brygga.example.se"
MESSAGES = f"{API}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"

TEXT = Outgoing(code="k7Qp2", to="+46701740605", text="Hej Leila! Ska vi ses på tisdag?")


def a_message(**changes: Any) -> dict[str, Any]:
    """The Message resource as Twilio documents it."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": TEXT.text,
        "date_created": "Tue, 24 Nov 2026 12:04:00 +0000",
        "date_sent": None,
        "date_updated": "Tue, 24 Nov 2026 12:04:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+46766861004",
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "messaging_service_sid": None,
        "sid": "SM" + "a" * 32,
        "status": "queued",
        "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'a' * 32}/Media.json"},
        "to": TEXT.to,
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/SM{'a' * 32}.json",
    } | changes


def a_refusal(code: int, status: int) -> httpx.Response:
    """An error as Twilio documents it; its message often names the number."""
    body = {"code": code, "message": f"no to {TEXT.to}", "more_info": f"docs/errors/{code}", "status": status}
    return httpx.Response(status, json=body)


def a_list(*messages: dict[str, Any]) -> httpx.Response:
    body = {"messages": list(messages), "page": 0, "page_size": 100, "next_page_uri": None, "uri": "/"}
    return httpx.Response(200, json=body)


@pytest.fixture(autouse=True)
def no_clients_of_twilios_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """respx cannot see them: had one been made, a test could reach the network."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a client of the SDK's own was made")

    for kind in (TwilioHttpClient, AsyncTwilioHttpClient, requests.Session, aiohttp.ClientSession):
        monkeypatch.setattr(kind, "__init__", refuse)


@pytest.fixture
async def channel() -> AsyncIterator[sms.TwilioChannel]:
    pool = WatchedPool()
    yield sms.TwilioChannel(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        from_number="+46766861004",
        api_base=API,
        public_url=PUBLIC + "/",
        pool=pool,
        now=lambda: NOW,
    )
    await pool.close()


def sent_form(route: respx.Route) -> dict[str, list[str]]:
    return parse_qs(route.calls.last.request.content.decode())


@pytest.mark.anyio
class TestSend:
    async def test_a_text_goes_out_with_our_code_in_the_callback(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(MESSAGES).respond(201, json=a_message())

        accepted = await channel.send(TEXT)

        assert (accepted.provider_id, accepted.state) == ("SM" + "a" * 32, "sent")
        assert sent_form(route) == {
            "To": [TEXT.to],
            "From": ["+46766861004"],
            "Body": [TEXT.text],
            "StatusCallback": [f"{PUBLIC}/webhooks/twilio/status/k7Qp2"],
        }
        assert route.calls.last.request.headers["Authorization"].startswith("Basic ")

    async def test_the_offices_own_number_is_the_sender(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.post(MESSAGES).respond(201, json=a_message())

        await channel.send(Outgoing(code="k", to=TEXT.to, text="Hej", sender="+46766861099"))

        assert sent_form(route)["From"] == ["+46766861099"]

    @pytest.mark.parametrize(
        ("left", "seconds"), [(timedelta(hours=2), "7200"), (timedelta(days=3), "36000"), (timedelta(seconds=1), "1")]
    )
    async def test_twilio_throws_away_what_it_cannot_send_in_time(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, left: timedelta, seconds: str
    ) -> None:
        route = respx_mock.post(MESSAGES).respond(201, json=a_message())

        await channel.send(Outgoing(code="k", to=TEXT.to, text="Hej", send_before=NOW + left))

        assert sent_form(route)["ValidityPeriod"] == [seconds]

    async def test_a_text_whose_time_has_passed_is_not_sent(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter
    ) -> None:
        with pytest.raises(SendError) as no:
            await channel.send(Outgoing(code="k", to=TEXT.to, text="Hej", send_before=NOW))

        assert (no.value.permanent, no.value.meaning) == (False, "later")
        assert not respx_mock.calls

    @pytest.mark.parametrize(
        ("code", "status", "meaning", "permanent"),
        [
            (21211, 400, "number_dead", True),
            (21614, 400, "number_dead", True),
            (21610, 400, "opted_out", True),
            (21408, 403, "operator", False),
            (20003, 401, "operator", False),
            (63038, 429, "operator", False),
            (20429, 429, "later", False),
            (21606, 400, "operator", False),
            (59999, 400, "unknown", False),
        ],
    )
    async def test_a_no_is_certain(
        self,
        channel: sms.TwilioChannel,
        respx_mock: respx.MockRouter,
        code: int,
        status: int,
        meaning: str,
        permanent: bool,
    ) -> None:
        respx_mock.post(MESSAGES).mock(return_value=a_refusal(code, status))

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.code, no.value.meaning, no.value.permanent) == (str(code), meaning, permanent)
        assert TEXT.to not in str(no.value)
        assert no.value.__suppress_context__

    async def test_too_many_requests_says_when_to_come_back(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter
    ) -> None:
        respx_mock.post(MESSAGES).respond(429, headers={"Retry-After": "7"}, text="Too Many Requests")

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.code, no.value.meaning, no.value.retry_after) == ("20429", "later", 7.0)

    @pytest.mark.parametrize("seconds", ["99999999", "9" * 30, "9" * 400])
    async def test_no_patience_asked_for_keeps_a_text_in_the_queue_for_years(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, seconds: str
    ) -> None:
        respx_mock.post(MESSAGES).respond(429, headers={"Retry-After": seconds}, text="Too Many Requests")

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert no.value.retry_after == LONGEST_PATIENCE

    @pytest.mark.parametrize(
        ("status", "code", "meaning"),
        [(401, "20003", "operator"), (404, "20404", "operator"), (429, "20429", "later"), (403, None, "unknown")],
    )
    async def test_a_no_without_a_code_is_read_by_its_status(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, status: int, code: str | None, meaning: str
    ) -> None:
        respx_mock.post(MESSAGES).respond(status, text="<html>No</html>")

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.code, no.value.meaning, no.value.permanent) == (code, meaning, False)

    @pytest.mark.parametrize(
        "answer",
        [
            httpx.Response(500, json={"code": 20500, "message": "Internal Server Error", "status": 500}),
            httpx.Response(503, text="Service Unavailable"),
            httpx.Response(201, text="<html>"),
            httpx.Response(200, json=[]),
            httpx.ReadTimeout("no answer"),
            httpx.RemoteProtocolError("hung up"),
            httpx.WriteError("reset"),
        ],
    )
    async def test_a_lost_answer_is_neither_yes_nor_no(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, answer: httpx.Response | Exception
    ) -> None:
        route = respx_mock.post(MESSAGES)
        route.side_effect = [answer]

        with pytest.raises(SendUnknown):
            await channel.send(TEXT)

    @pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
    async def test_a_provider_never_reached_is_tried_later(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, kind: type[httpx.TransportError]
    ) -> None:
        respx_mock.post(MESSAGES).mock(side_effect=kind("no way there"))

        with pytest.raises(SendError) as no:
            await channel.send(TEXT)

        assert (no.value.permanent, no.value.meaning, no.value.code) == (False, "later", None)

    async def test_no_number_or_text_is_logged(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        respx_mock.post(MESSAGES).respond(201, json=a_message())
        respx_mock.get(MESSAGES).mock(return_value=a_list(a_message()))

        await channel.send(TEXT)
        await channel.lookup(TEXT.to, NOW)

        assert TEXT.to[1:] not in caplog.text
        assert "Leila" not in caplog.text


@pytest.mark.anyio
class TestWhere:
    """Twilio docs: Using the Twilio REST API in a non-US Region."""

    @pytest.mark.parametrize(
        ("region", "edge", "api_base", "address"),
        [
            ("", "", None, "https://api.twilio.com"),
            ("ie1", "dublin", None, "https://api.dublin.ie1.twilio.com"),
            ("ie1", "", None, "https://api.dublin.ie1.twilio.com"),
            ("ie1", "frankfurt", None, "https://api.frankfurt.ie1.twilio.com"),
            ("", "dublin", None, "https://api.dublin.us1.twilio.com"),
            ("ie1", "dublin", API, API),
        ],
    )
    async def test_texts_go_where_the_settings_say_whatever_the_machine_says(
        self,
        respx_mock: respx.MockRouter,
        monkeypatch: pytest.MonkeyPatch,
        region: str,
        edge: str,
        api_base: str | None,
        address: str,
    ) -> None:
        for name, value in {"REGION": "au1", "EDGE": "sydney", "ACCOUNT_SID": "ACx", "AUTH_TOKEN": "x"}.items():
            monkeypatch.setenv(f"TWILIO_{name}", value)
        route = respx_mock.post(f"{address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json").respond(201, json=a_message())
        pool = WatchedPool()
        channel = sms.TwilioChannel(
            account_sid=ACCOUNT, auth_token=TOKEN, from_number="+46766861004", api_base=api_base, public_url=PUBLIC,
            pool=pool, now=lambda: NOW, region=region, edge=edge,
        )  # fmt: skip

        await channel.send(TEXT)

        assert route.called
        assert route.calls.last.request.headers["Authorization"] == httpx.BasicAuth(ACCOUNT, TOKEN)._auth_header
        await pool.close()


@pytest.mark.anyio
class TestLookup:
    async def test_it_finds_what_became_of_a_text(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter
    ) -> None:
        route = respx_mock.get(MESSAGES).mock(
            return_value=a_list(
                a_message(),
                a_message(sid="SM2", status="undelivered", error_code=30005),
                a_message(sid="SM1", date_created="Mon, 23 Nov 2026 12:04:00 +0000"),
            )
        )

        waiting, failed = await channel.lookup(TEXT.to, NOW + timedelta(milliseconds=300))

        assert dict(route.calls.last.request.url.params) == {"To": TEXT.to, "PageSize": "100"}
        assert (waiting.text, waiting.receipt.state, waiting.receipt.code) == (TEXT.text, "sent", None)
        assert (failed.receipt.provider_id, failed.receipt.state) == ("SM2", "undelivered")
        assert (failed.receipt.error, failed.receipt.meaning) == ("30005", "number_dead")

    @pytest.mark.parametrize("status", [401, 429, 500])
    async def test_no_answer_leaves_it_unknown(
        self, channel: sms.TwilioChannel, respx_mock: respx.MockRouter, status: int
    ) -> None:
        respx_mock.get(MESSAGES).respond(status)

        with pytest.raises(SendUnknown):
            await channel.lookup(TEXT.to, NOW)

    async def test_it_fills_the_port(self, channel: sms.TwilioChannel) -> None:
        port: Channel = channel

        assert isinstance(port, Lookup)
