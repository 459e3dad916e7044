"""What Telegram's updates are read as: texts, commands, presses, edits, blocks, groups."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.channels.telegram_updates import Errand, Read, read_update
from outreach.channels import Inbound
from outreach.errors import BadInput

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
CHAT = 987654321


def a_message(**changes: Any) -> dict[str, Any]:
    """The Message object as Telegram documents it."""
    return {
        "message_id": 42,
        "from": {"id": CHAT, "is_bot": False, "first_name": "Leila", "language_code": "sv"},
        "chat": {"id": CHAT, "first_name": "Leila", "type": "private"},
        "date": 1795521840,
        "text": "tisdag funkar 👍",
    } | changes


def in_group(kind: str = "supergroup") -> dict[str, Any]:
    return {"chat": {"id": -100, "type": kind, "title": "alla"}}


def read(**update: Any) -> Read:
    return read_update({"update_id": 1001} | update, NOW)


def inbound(**update: Any) -> Inbound:
    found = read(**update).inbound
    assert found is not None
    return found


def membership(status: str, **chat: Any) -> dict[str, Any]:
    here = chat or {"chat": {"id": CHAT, "type": "private"}}
    user = {"id": 1, "is_bot": True, "first_name": "Brygga"}
    return here | {"from": {"id": CHAT}, "date": 1, "new_chat_member": {"status": status, "user": user}}


def test_a_text() -> None:
    assert inbound(message=a_message()) == Inbound(
        channel="telegram", provider_id="1001:42", sender=str(CHAT), text="tisdag funkar 👍", received_at=NOW
    )


@pytest.mark.parametrize(
    ("written", "text", "link"),
    [
        ("/start", "/start", None),
        ("/START@brygga_bot", "/start", None),
        ("/start k3Jq8-Zt_M", "/start", "k3Jq8-Zt_M"),
        ("/start@brygga_bot k3Jq8", "/start", "k3Jq8"),
        ("/stopp@brygga_bot", "/stopp", None),
        ("/stop nu", "/stop nu", None),
        ("1/2 kanske", "1/2 kanske", None),
    ],
)
def test_a_command(written: str, text: str, link: str | None) -> None:
    found = inbound(message=a_message(text=written))

    assert (found.text, found.recipient) == (text, link)


def test_a_pressed_button_is_a_text_and_stops_spinning() -> None:
    found = read(callback_query={"id": "7", "from": {"id": CHAT}, "message": a_message(), "data": "JA"})

    assert found.errand == Errand("press", "7")
    assert found.inbound is not None
    assert (found.inbound.provider_id, found.inbound.sender, found.inbound.text) == ("1001", str(CHAT), "JA")


def test_an_edited_text_knows_which_it_was() -> None:
    found = inbound(edited_message=a_message(text="onsdag"), update_id=1005)

    assert (found.provider_id, found.edits, found.text) == ("1005:42", "42", "onsdag")


@pytest.mark.parametrize(
    ("content", "text", "media"),
    [
        ({"photo": [{"file_id": "1"}], "caption": "här bor jag"}, "här bor jag", True),
        ({"voice": {"file_id": "1"}}, "", True),
        ({"sticker": {"file_id": "1"}}, "", True),
        ({"location": {"latitude": 1.0, "longitude": 2.0}}, "", True),
        ({"dice": {"emoji": "🎲", "value": 1}}, "", True),
        ({"contact": {"phone_number": "46701740605", "user_id": CHAT}}, "46701740605", False),
        ({"contact": {"phone_number": "46701740605", "user_id": 5}}, "", True),
        ({"contact": {"phone_number": "46701740605"}}, "", True),
    ],
)
def test_media_and_contacts(content: dict[str, Any], text: str, media: bool) -> None:
    message = a_message() | content
    del message["text"]

    found = inbound(message=message)

    assert (found.text, found.media) == (text, media)


def test_whoever_blocks_us_says_stop() -> None:
    found = inbound(my_chat_member=membership("kicked"))

    assert (found.text, found.provider_did, found.sender) == ("/stopp", "stop", str(CHAT))


def test_whoever_opens_again_has_not_yet_said_start() -> None:
    assert read(my_chat_member=membership("member")) == Read()


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_group_is_left(kind: str) -> None:
    for status in ("member", "administrator", "restricted"):
        assert read(my_chat_member=membership(status, **in_group(kind))) == Read(errand=Errand("group", "-100"))
    for status in ("left", "kicked"):
        assert read(my_chat_member=membership(status, **in_group(kind))) == Read()


@pytest.mark.parametrize(
    "update",
    [
        {"message": a_message(**in_group())},
        {"edited_message": a_message(**in_group())},
        {"message": a_message(text="")},
        {"message": a_message(text=None, pinned_message={})},
        {"channel_post": a_message(**in_group("channel"))},
        {"message_reaction": {"chat": {"id": CHAT, "type": "private"}}},
        {"something_new": 1},
    ],
)
def test_what_is_no_private_text_is_passed_over(update: dict[str, Any]) -> None:
    assert read(**update) == Read()


def test_a_press_in_a_group_is_not_read() -> None:
    pressed = {"id": "7", "from": {"id": CHAT}, "message": a_message(**in_group()), "data": "JA"}

    assert read(callback_query=pressed).inbound is None


@pytest.mark.parametrize("update", [{}, [], None, {"update_id": -1}, {"update_id": 2**63}, {"update_id": "å"}])
def test_what_is_no_update(update: object) -> None:
    with pytest.raises(BadInput):
        read_update(update, NOW)


def test_a_nul_is_taken_out() -> None:
    assert inbound(message=a_message(text="ja\x00")).text == "ja"
