"""The pretended provider's receipts: signed as Twilio signs them, in order or not, once or twice."""

import asyncio
import random
from urllib.parse import urlsplit

import aiohttp
from twilio.request_validator import RequestValidator

ORDERS = ("right", "reverse", "doubled", "mixed")
STATUSES = ("sent", "delivered")
AT_A_TIME = 50


class Teller:
    """Posts what became of each text to its callback address, a moment after it was accepted."""

    def __init__(self, token: str, order: str, seed: int) -> None:
        self._validator = RequestValidator(token)  # type: ignore[no-untyped-call]
        self._order = order
        self._dice = random.Random(seed)
        self._room = asyncio.Semaphore(AT_A_TIME)
        self._under_way: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def soon(self, url: str, sid: str, to: str, sender: str) -> None:
        """Tell of a text; nobody outside this machine is ever told."""
        if urlsplit(url).hostname != "127.0.0.1":
            return
        task = asyncio.get_running_loop().create_task(self._tell(url, sid, to, sender))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _tell(self, url: str, sid: str, to: str, sender: str) -> None:
        for status in self._statuses():
            form = {
                "MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "To": to,
                "From": sender, "ApiVersion": "2010-04-01",
            }  # fmt: skip
            async with self._room:
                await self._post(url, form)

    def _statuses(self) -> list[str]:
        order = self._dice.choice(ORDERS[:-1]) if self._order == "mixed" else self._order
        statuses = list(STATUSES) * (2 if order == "doubled" else 1)
        return statuses[::-1] if order == "reverse" else statuses

    async def _post(self, url: str, form: dict[str, str]) -> None:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        signature = self._validator.compute_signature(url, form)  # type: ignore[no-untyped-call]
        try:
            async with self._session.post(url, data=form, headers={"X-Twilio-Signature": signature}) as answer:
                await answer.read()
        except aiohttp.ClientError:
            # Whoever is told may be dead at the moment, which is the point of some trials.
            return
