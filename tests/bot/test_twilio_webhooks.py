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

from bot.channels import sms
from bot.channels.twilio_signature import FIELDS_AT_MOST, Form, Signature
from bot.channels.webhooks import LARGEST_BODY
from outreach.channels import Inbound, Receipt
from outreach.errors import BadInput

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
TOKEN = "12345"
HEADER = "X-Twilio-Signature"
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

    @pytest.mark.parametrize(
        ("said", "did"),
        [("STOP", "stop"), ("START", "start"), ("HELP", "help"), ("stop", "stop"), ("", ""), ("SOMETHING_NEW", "")],
    )
    def test_what_twilio_has_done_about_a_text_by_itself(self, said: str, did: str) -> None:
        # Twilio docs: Advanced Opt-Out, OptOutType.
        assert sms.read_inbound(INBOUND | {"OptOutType": said}, NOW).provider_did == did

    def test_without_a_word_twilio_has_done_nothing_we_know_of(self) -> None:
        assert sms.read_inbound(INBOUND | {"Body": "STOP"}, NOW).provider_did == ""

    @pytest.mark.parametrize("missing", ["MessageSid", "From"])
    def test_without_sender_or_id_it_is_no_text(self, missing: str) -> None:
        with pytest.raises(BadInput):
            sms.read_inbound(INBOUND | {missing: ""}, NOW)

    def test_a_receipt_that_failed_says_why(self) -> None:
        read = sms.read_receipt("k7", {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}, NOW)

        assert (read.state, read.code, read.provider_id, read.error) == ("undelivered", "k7", "SM1", "30003")
        assert (read.meaning, read.sentence) == ("phone_off", "Telefonen är avstängd eller utan täckning.")

    @pytest.mark.parametrize(
        ("code", "meaning"),
        [("30005", "number_dead"), ("21610", "opted_out"), ("30500", "later"), ("63038", "operator"), ("1", "unknown")],
    )
    def test_a_receipt_says_what_its_code_means(self, code: str, meaning: str) -> None:
        read = sms.read_receipt("k7", {"MessageStatus": "failed", "ErrorCode": code}, NOW)

        assert (read.error, read.meaning) == (code, meaning)
        assert read.sentence

    def test_a_status_that_is_new_proves_that_twilio_took_the_text(self) -> None:
        assert sms.read_receipt("k7", {"MessageStatus": "teleported"}, NOW).state == "sent"

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
    PATH = "/webhooks/twilio/sms"

    def test_the_example_of_twilios_documentation(self) -> None:
        # Twilio docs: Security, Validating requests: token 12345 and this very form.
        form = Form.read(
            b"Digits=1234&To=%2B18005551212&From=%2B12349013030&Caller=%2B12349013030&CallSid=CA1234567890ABCDE"
        )
        signature = Signature("https://mycompany.com", "12345")

        assert signature.is_right("/myapp.php?foo=1&bar=2", form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")
        assert not signature.is_right("/myapp.php?foo=1&bar=3", form, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")

    @pytest.mark.parametrize(
        "fields",
        [
            list(INBOUND.items()),
            [*INBOUND.items(), ("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "a")],
            [("Body", "1 + 1 = 2 & 50 % åäö 👍🏽 €"), ("NewField", ""), ("To", "+46766861004")],
            [],
        ],
    )
    def test_the_right_one(self, fields: list[tuple[str, str]]) -> None:
        form = Form.read(urlencode(fields).encode())

        assert Signature(PUBLIC, TOKEN).is_right(self.PATH, form, sign(PUBLIC + self.PATH, fields))

    @pytest.mark.parametrize(
        ("public", "signed"),
        [
            ("https://brygga.example.se/", "https://brygga.example.se"),
            ("https://brygga.example.se:443", "https://brygga.example.se"),
            ("https://brygga.example.se", "https://brygga.example.se:443"),
            ("http://brygga.example.se", "http://brygga.example.se:80"),
            ("https://brygga.example.se:8443", "https://brygga.example.se:8443"),
            ("https://brygga.example.se:8443", "https://brygga.example.se"),
            ("https://Brygga.Example.SE", "https://Brygga.Example.SE"),
            ("https://Brygga.Example.SE", "https://brygga.example.se"),
            ("https://example.se/brygga/", "https://example.se/brygga"),
        ],
    )
    def test_the_address_may_be_written_in_many_ways(self, public: str, signed: str) -> None:
        fields = list(INBOUND.items())
        header = sign(signed + self.PATH, fields)

        assert Signature(public, TOKEN).is_right(self.PATH, Form.read(urlencode(fields).encode()), header)

    def test_a_wrong_one(self) -> None:
        fields = list(INBOUND.items())
        form, right = Form.read(urlencode(fields).encode()), sign(PUBLIC + self.PATH, fields)
        signature = Signature(PUBLIC, TOKEN)

        assert signature.is_right(self.PATH, form, right)
        assert not signature.is_right(self.PATH, form, None)
        assert not signature.is_right(self.PATH, form, "")
        assert not signature.is_right(self.PATH, form, "å" * len(right))
        assert not signature.is_right(self.PATH, form, right[:-1])
        assert not signature.is_right(self.PATH + "/", form, right)
        assert not signature.is_right(self.PATH, Form.read(urlencode([*fields, ("Body", "x")]).encode()), right)
        assert not Signature("http://brygga.example.se", TOKEN).is_right(self.PATH, form, right)
        assert not Signature(PUBLIC, TOKEN + "6").is_right(self.PATH, form, right)

    def test_nobody_can_sign_with_an_empty_token(self) -> None:
        assert not Signature(PUBLIC, "").is_right(self.PATH, Form(), sign(PUBLIC + self.PATH, [], token=""))


class Kept:
    """What the webhooks handed on."""

    def __init__(self) -> None:
        self.inbound: list[Inbound] = []
        self.receipts: list[Receipt] = []

    async def keep(self, item: Inbound | Receipt) -> None:
        (self.inbound if isinstance(item, Inbound) else self.receipts).append(item)  # type: ignore[arg-type]

    def client(self, public_url: str = PUBLIC) -> TestClient:
        app = FastAPI()
        app.include_router(
            sms.router(
                public_url=public_url,
                auth_token=TOKEN,
                keep=self.keep,
                now=lambda: NOW,
            )
        )
        return TestClient(app)


def post(client: TestClient, path: str, fields: list[tuple[str, str]], signature: str | None = None) -> Any:
    headers: dict[str, Any] = {
        "Content-Type": "application/x-www-form-urlencoded",
        HEADER: (sign(f"{PUBLIC}{path}", fields) if signature is None else signature).encode("latin-1"),
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

    @pytest.mark.parametrize("query", ["x=%C3%A5%20%2B+&y=", "a=1&a=2", "%ff=%FF", "bodySHA256=" + "0" * 64])
    def test_the_query_is_signed_as_it_was_written(self, query: str) -> None:
        assert post(Kept().client(), f"/webhooks/twilio/sms?{query}", list(INBOUND.items())).status_code == 200

    def test_behind_a_proxy_the_public_address_counts(self) -> None:
        kept = Kept()
        path, fields = "/webhooks/twilio/status/k7", [("MessageStatus", "sent")]
        client = kept.client("https://kommunen.example.se:8443/brygga/")
        headers = {"Host": "10.0.0.7:8000", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}

        signature = sign(f"https://kommunen.example.se:8443/brygga{path}", fields)

        assert client.post(path, data=dict(fields), headers=headers | {HEADER: signature}).status_code == 204
        signature = sign(f"http://10.0.0.7:8000{path}", fields)
        assert client.post(path, data=dict(fields), headers=headers | {HEADER: signature}).status_code == 403

    def test_new_fields_blank_ones_and_doubled_ones_are_taken(self) -> None:
        kept = Kept()
        fields = [
            *INBOUND.items(),
            ("RcsCapability", "x"),
            ("ChannelMetadata", "{}"),
            ("To", ""),
            ("Body", "b + c & 👍"),
        ]

        assert post(kept.client(), "/webhooks/twilio/sms", fields).status_code == 200
        assert (kept.inbound[0].text, kept.inbound[0].sender) == ("b + c & 👍", INBOUND["From"])

    @pytest.mark.parametrize("path", ["/webhooks/twilio/sms", "/webhooks/twilio/status/k7"])
    @pytest.mark.parametrize("signature", ["", " ", "d3Jvbmc=", "x" * 10_000, "åäö", "ÿ"])
    def test_nothing_is_kept_from_a_stranger(self, path: str, signature: str) -> None:
        kept = Kept()

        answer = post(kept.client(), path, [*INBOUND.items(), ("MessageStatus", "sent")], signature)

        assert answer.status_code == 403
        assert not kept.inbound
        assert not kept.receipts

    @pytest.mark.parametrize("path", ["/webhooks/twilio/sms", "/webhooks/twilio/status/k7"])
    @pytest.mark.parametrize("body", [b"", b"Body=hej", b'{"MessageSid": "SM1"}', b"=&=&&", b"%", b"%ED%A0%80=1"])
    def test_without_a_signature_nobody_comes_in(self, path: str, body: bytes) -> None:
        for content_type in (
            "application/x-www-form-urlencoded",
            "application/json",
            "text/plain",
            "multipart/form-data",
        ):
            answer = Kept().client().post(path, content=body, headers={"Content-Type": content_type})

            assert answer.status_code == 403

    def test_json_is_no_text_even_where_twilio_has_signed_it(self) -> None:
        # Twilio docs: Secure webhooks, JSON: the address is signed, and the body by its hash within it.
        body = b'{"MessageSid": "SM1", "From": "+46701740605"}'
        path = f"/webhooks/twilio/sms?bodySHA256={hashlib.sha256(body).hexdigest()}"
        headers = {HEADER: sign(PUBLIC + path, []), "Content-Type": "application/json"}

        assert Kept().client().post(path, content=body, headers=headers).status_code == 403

    def test_a_form_of_endless_fields_is_not_even_read(self) -> None:
        body = b"&".join(b"%d" % number for number in range(FIELDS_AT_MOST + 1))

        assert Kept().client().post("/webhooks/twilio/sms", content=body, headers={HEADER: "x"}).status_code == 400

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
