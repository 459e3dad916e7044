"""Twilio's webhooks: what is read, what is refused, and the signature, computed here by the documented algorithm."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.datastructures import QueryParams

from bot.channels import sms
from bot.channels.webhooks import LARGEST_BODY
from outreach.channels import Inbound, Receipt
from outreach.errors import BadInput

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
TOKEN = "12345"
PUBLIC = "https://brygga.example.se"

INBOUND = {
    "MessageSid": "SM" + "b" * 32,
    "AccountSid": "AC" + "0" * 32,
    "From": "+46701740605",
    "To": "+46766861004",
    "Body": "tisdag funkar 👍",
    "NumMedia": "0",
    "FromCity": "",
}


class TestReading:
    def test_an_inbound_text(self) -> None:
        assert sms.read_inbound(INBOUND, NOW) == Inbound(
            channel="sms",
            provider_id="SM" + "b" * 32,
            sender="+46701740605",
            text="tisdag funkar 👍",
            received_at=NOW,
            recipient="+46766861004",
        )

    def test_a_picture_without_words(self) -> None:
        read = sms.read_inbound(INBOUND | {"Body": "", "NumMedia": "1"}, NOW)

        assert (read.text, read.media) == ("", True)

    @pytest.mark.parametrize("missing", ["MessageSid", "From"])
    def test_without_sender_or_id_it_is_no_text(self, missing: str) -> None:
        with pytest.raises(BadInput):
            sms.read_inbound(INBOUND | {missing: ""}, NOW)

    def test_a_receipt_that_failed_says_why(self) -> None:
        read = sms.read_receipt("k7", {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}, NOW)

        assert (read.state, read.code, read.provider_id, read.error) == ("undelivered", "k7", "SM1", "30003")
        assert (read.meaning, read.sentence) == ("later", "Telefonen är avstängd eller utan täckning.")

    def test_a_receipt_that_failed_without_reason(self) -> None:
        read = sms.read_receipt("k7", {"MessageStatus": "failed", "ErrorCode": ""}, NOW)

        assert (read.state, read.error, read.meaning) == ("failed", None, "unknown")

    def test_the_older_field_is_read_too(self) -> None:
        assert sms.read_receipt("k7", {"SmsStatus": "delivered"}, NOW) == Receipt(state="delivered", at=NOW, code="k7")

    def test_without_a_status_it_is_no_receipt(self) -> None:
        with pytest.raises(BadInput):
            sms.read_receipt("k7", {"MessageSid": "SM1"}, NOW)


def sign(url: str, fields: list[tuple[str, str]], token: str = TOKEN) -> str:
    """Twilio docs, Webhooks security: the address, then each name and value in order of name, HMAC-SHA1, base64."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


class TestSignature:
    URL = f"{PUBLIC}/webhooks/twilio/sms"

    @pytest.mark.parametrize(
        "fields",
        [
            list(INBOUND.items()),
            [*INBOUND.items(), ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "a")],
            [],
        ],
    )
    def test_the_right_one(self, fields: list[tuple[str, str]]) -> None:
        form = QueryParams(urlencode(fields))

        assert sms.signature_is_right(self.URL, form, sign(self.URL, fields), TOKEN)

    def test_a_wrong_one(self) -> None:
        fields = list(INBOUND.items())
        form, right = QueryParams(urlencode(fields)), sign(self.URL, fields)

        assert not sms.signature_is_right(self.URL, form, None, TOKEN)
        assert not sms.signature_is_right(self.URL, form, "å" * len(right), TOKEN)
        assert not sms.signature_is_right(self.URL.replace("https", "http"), form, right, TOKEN)
        assert not sms.signature_is_right(self.URL, QueryParams(urlencode([*fields, ("Body", "x")])), right, TOKEN)

    def test_nobody_can_sign_with_an_empty_token(self) -> None:
        assert not sms.signature_is_right(self.URL, QueryParams(""), sign(self.URL, [], token=""), "")


class Kept:
    """What the webhooks handed on."""

    def __init__(self) -> None:
        self.inbound: list[Inbound] = []
        self.receipts: list[Receipt] = []

    def client(self, public_url: str = PUBLIC) -> TestClient:
        app = FastAPI()
        app.include_router(
            sms.router(
                public_url=public_url,
                auth_token=TOKEN,
                keep_inbound=self.inbound.append,
                keep_receipt=self.receipts.append,
                now=lambda: NOW,
            )
        )
        return TestClient(app)


def post(client: TestClient, path: str, fields: list[tuple[str, str]], signature: str | None = None) -> Any:
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": sign(f"{PUBLIC}{path}", fields) if signature is None else signature,
    }
    return client.post(path, content=urlencode(fields), headers=headers)


class TestWebhooks:
    def test_a_text_is_kept_and_answered_with_silence(self) -> None:
        kept = Kept()

        answer = post(kept.client(), "/webhooks/twilio/sms", list(INBOUND.items()))

        assert (answer.status_code, answer.text) == (200, "<Response/>")
        assert answer.headers["content-type"].startswith("text/xml")
        assert kept.inbound == [sms.read_inbound(INBOUND, NOW)]

    def test_repeated_fields_do_not_break_the_signature(self) -> None:
        kept = Kept()
        fields = [*INBOUND.items(), ("MediaUrl", "b"), ("MediaUrl", "a")]

        assert post(kept.client(), "/webhooks/twilio/sms", fields).status_code == 200

    def test_the_query_is_signed_too(self) -> None:
        kept = Kept()

        assert post(kept.client(), "/webhooks/twilio/sms?a=1", list(INBOUND.items())).status_code == 200

    @pytest.mark.parametrize("path", ["/webhooks/twilio/sms", "/webhooks/twilio/status/k7"])
    @pytest.mark.parametrize("signature", ["", "d3Jvbmc="])
    def test_nothing_is_kept_from_a_stranger(self, path: str, signature: str) -> None:
        kept = Kept()

        answer = post(kept.client(), path, [*INBOUND.items(), ("MessageStatus", "sent")], signature)

        assert answer.status_code == 403
        assert not kept.inbound
        assert not kept.receipts

    def test_a_receipt_carries_our_code(self) -> None:
        kept = Kept()

        answer = post(kept.client(), "/webhooks/twilio/status/k7Qp2", [("MessageStatus", "delivered")])

        assert (answer.status_code, answer.content) == (204, b"")
        assert kept.receipts == [Receipt(state="delivered", at=NOW, code="k7Qp2")]

    @pytest.mark.parametrize("path", ["/webhooks/twilio/sms", "/webhooks/twilio/status/k7"])
    def test_a_signed_form_without_what_is_needed_is_refused(self, path: str) -> None:
        assert post(Kept().client(), path, [("Other", "1")]).status_code == 400

    def test_what_is_no_form_is_refused(self) -> None:
        client = Kept().client()

        assert client.post("/webhooks/twilio/sms", content=b"\xff\xfe").status_code == 400
        assert client.post("/webhooks/twilio/sms", content=b"x" * (LARGEST_BODY + 1)).status_code == 413
        assert client.post("/webhooks/twilio/status/" + "k" * 65).status_code == 422
