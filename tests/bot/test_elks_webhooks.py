"""46elks' webhooks: what is read, what is refused, and that nobody without our secret is let in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import storage.inbound
from bot.app import create_app
from bot.channels import elks
from bot.channels.webhooks import LARGEST_BODY
from bot.settings import Settings
from bot.wiring import House, build
from outreach.channels import Inbound, Receipt
from outreach.errors import BadInput

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
SECRET = "long-and-secret"
SMS = f"/webhooks/46elks/sms/{SECRET}"

INBOUND = {
    "direction": "incoming",
    "id": "sf8425555e5d8db61dda7a7b3f1b91bdb",
    "from": "+46701740605",
    "to": "+46766861004",
    "created": "2026-11-24T12:04:00.741000",
    "message": "tisdag funkar 👍",
}


def status_path(code: str = "k7Qp2", secret: str = SECRET) -> str:
    return f"/webhooks/46elks/status/{code}?key={elks.status_key(code, secret)}"


class TestReading:
    def test_an_inbound_text(self) -> None:
        assert elks.read_inbound(INBOUND, NOW) == Inbound(
            channel="sms",
            provider_id="46elks:sf8425555e5d8db61dda7a7b3f1b91bdb",
            sender="+46701740605",
            text="tisdag funkar 👍",
            received_at=NOW,
            recipient="+46766861004",
        )

    @pytest.mark.parametrize("missing", ["id", "from"])
    def test_without_sender_or_id_it_is_no_text(self, missing: str) -> None:
        with pytest.raises(BadInput):
            elks.read_inbound(INBOUND | {missing: ""}, NOW)

    @pytest.mark.parametrize(
        ("status", "state"),
        [("sent", "sent"), ("delivered", "delivered"), ("failed", "undelivered"), ("invented since", "sent")],
    )
    def test_a_receipt(self, status: str, state: str) -> None:
        read = elks.read_receipt("k7", {"id": "s1", "status": status}, NOW)

        assert (read.state, read.code, read.provider_id, read.error) == (state, "k7", "s1", None)
        assert read.meaning == ("unknown" if state == "undelivered" else None)

    def test_without_a_status_it_is_no_receipt(self) -> None:
        with pytest.raises(BadInput):
            elks.read_receipt("k7", {"id": "s1"}, NOW)


class Kept:
    """What the webhooks handed on."""

    def __init__(self) -> None:
        self.inbound: list[Inbound] = []
        self.receipts: list[Receipt] = []

    async def keep(self, item: Inbound | Receipt) -> None:
        (self.inbound if isinstance(item, Inbound) else self.receipts).append(item)  # type: ignore[arg-type]

    def client(self, secret: str = SECRET) -> TestClient:
        app = FastAPI()
        app.include_router(elks.router(secret=secret, keep=self.keep, now=lambda: NOW))
        return TestClient(app)


def post(client: TestClient, path: str, fields: dict[str, str]) -> Any:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.post(path, content=urlencode(fields), headers=headers)


class TestDoors:
    def test_a_text_is_kept_and_answered_with_no_word_that_could_be_texted_back(self) -> None:
        kept = Kept()

        answer = post(kept.client(), SMS, INBOUND | {"new_field": "1"})

        assert (answer.status_code, answer.content) == (204, b"")
        assert kept.inbound == [elks.read_inbound(INBOUND, NOW)]

    def test_a_receipt_carries_our_code(self) -> None:
        kept = Kept()

        answer = post(kept.client(), status_path(), {"id": "s1", "status": "delivered", "delivered": "2026-11-24"})

        assert (answer.status_code, answer.content) == (204, b"")
        assert kept.receipts == [Receipt(state="delivered", at=NOW, code="k7Qp2", provider_id="s1")]

    @pytest.mark.parametrize(
        "path",
        [
            "/webhooks/46elks/sms/wrong",
            "/webhooks/46elks/sms/%C3%A5%FF",
            "/webhooks/46elks/status/k7Qp2",
            "/webhooks/46elks/status/k7Qp2?key=",
            "/webhooks/46elks/status/k7Qp2?key=%FFwrong",
            "/webhooks/46elks/status/other?key=" + elks.status_key("k7Qp2", SECRET),
            status_path(secret="guessed"),
        ],
    )
    def test_nothing_is_kept_from_a_stranger(self, path: str) -> None:
        kept = Kept()

        answer = post(kept.client(), path, INBOUND | {"status": "delivered"})

        assert answer.status_code == 403
        assert not kept.inbound
        assert not kept.receipts

    @pytest.mark.parametrize("path", ["/webhooks/46elks/sms/x", status_path(secret="")])
    def test_without_a_secret_of_ours_the_doors_are_closed(self, path: str) -> None:
        assert post(Kept().client(secret=""), path, INBOUND | {"status": "sent"}).status_code == 403

    @pytest.mark.parametrize("path", [SMS, status_path()])
    def test_what_is_no_form_of_theirs_is_refused(self, path: str) -> None:
        client = Kept().client()

        assert post(client, path, {"other": "1"}).status_code == 400
        assert client.post(path, content=b"\xff\xfe").status_code == 400
        assert client.post(path, content=b"x" * (LARGEST_BODY + 1)).status_code == 413


class TestWholeHouse:
    @pytest.fixture
    def house(self, tmp_path: Path, empty_database_file: bytes) -> House:
        path = tmp_path / "house.db"
        path.write_bytes(empty_database_file)
        return build(
            Settings(
                database_url=f"sqlite:///{path}",
                secret_key="x" * 20,
                practice=False,
                sms_provider="46elks",
                elks_username="u",
                elks_from="+46766861004",
                elks_webhook_secret=SECRET,
            )
        )

    @pytest.fixture
    async def keep(self, item: Inbound | Receipt) -> None:
        (self.inbound if isinstance(item, Inbound) else self.receipts).append(item)  # type: ignore[arg-type]

    def client(self, house: House) -> Iterator[TestClient]:
        with TestClient(create_app(house, keep_time=False)) as client:
            yield client

    def test_a_text_that_is_brought_twice_is_kept_once(self, house: House, client: TestClient) -> None:
        answers = [post(client, SMS, INBOUND).status_code for _ in range(2)]

        with house.database.read() as session:
            kept = storage.inbound.unread_from(session, "sms", "+46701740605")
        assert answers == [204, 204]
        assert [text.provider_id for text in kept] == ["46elks:sf8425555e5d8db61dda7a7b3f1b91bdb"]

    def test_a_receipt_for_a_text_nobody_knows_is_no_fault(self, client: TestClient) -> None:
        assert post(client, status_path("nobody"), {"id": "s1", "status": "sent"}).status_code == 204

    def test_practice_has_no_such_doors(self, tmp_path: Path, empty_database_file: bytes) -> None:
        (tmp_path / "practice.db").write_bytes(empty_database_file)
        settings = Settings(
            database_url=f"sqlite:///{tmp_path / 'practice.db'}", secret_key="x" * 20, elks_webhook_secret=SECRET
        )

        with TestClient(create_app(build(settings), keep_time=False)) as client:
            assert post(client, SMS, INBOUND).status_code == 404
