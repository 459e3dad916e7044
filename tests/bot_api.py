"""A Telegram that is not there: the Bot API's documented objects and answers, for tests of the channel."""

from typing import Any

import httpx

BASE = "http://127.0.0.1:9/bot"
TOKEN = "123456:ABC-DEF"
CHAT = 987654321


def method(name: str) -> str:
    """The address of a method."""
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
    """The Update object with that message in it."""
    return {"update_id": number, "message": a_message()} | changes


def a_refusal(code: int, description: str, **more: Any) -> httpx.Response:
    """Telegram says no."""
    return httpx.Response(code, json={"ok": False, "error_code": code, "description": description} | more)
