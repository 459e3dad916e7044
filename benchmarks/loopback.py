"""A pretended Twilio in a process of its own, on 127.0.0.1 only: takes texts, keeps a ledger of them, and fails when
told to. `python -m benchmarks.loopback --port 0` prints the port it got.

It is written to cost little, so that it is not itself what is measured: a bare protocol, and no framework.
"""

import asyncio
import json
import os
import random
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass, fields
from email.utils import format_datetime
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks import callbacks
from scheduler.clock import SystemClock

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
KEY = re.compile(rb"\r\nauthorization:\s*basic ", re.IGNORECASE)
REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found",
           429: "Too Many Requests", 500: "Internal Server Error"}  # fmt: skip
LARGEST_PAGE = 1000


@dataclass(slots=True)
class Behaviour:
    """How the provider behaves; the faults are parts of one, and each request has at most one of them."""

    latency: float = 0.0
    refused: float = 0.0  # 429, not accepted
    broken: float = 0.0  # 500, every other one accepted
    hanging: float = 0.0  # no answer, every other one accepted
    reset: float = 0.0  # hung up before it was accepted
    lost: float = 0.0  # hung up after it was accepted
    hang_seconds: float = 60.0

    def change(self, values: dict[str, str]) -> None:
        """Take over what is named."""
        for name, value in values.items():
            setattr(self, name, float(value))


@dataclass(frozen=True, slots=True)
class Taken:
    """A text the provider has accepted. `code` is the last part of its callback address; `at` is monotonic time."""

    sid: str
    code: str
    to: str
    sender: str
    body: str
    at: float
    date: str


class Ledger:
    """Every text that was accepted, in order."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.by_number: dict[str, list[Taken]] = {}
        self.codes: set[str] = set()
        self.asked = 0

    def add(self, text: Taken) -> None:
        """Enter a text."""
        self.taken.append(text)
        self.codes.add(text.code)
        self.by_number.setdefault(text.to, []).append(text)

    def counts(self) -> dict[str, Any]:
        """How many were accepted, and whether any of them twice."""
        return {
            "accepted": len(self.taken), "distinct": len(self.codes), "doubles": len(self.taken) - len(self.codes),
            "asked": self.asked, "first": self.taken[0].at if self.taken else None,
            "last": self.taken[-1].at if self.taken else None,
        }  # fmt: skip


class Provider:
    """Answers requests by its behaviour and its ledger."""

    def __init__(self, behaviour: Behaviour, seed: int, tell: callbacks.Teller | None) -> None:
        self._behaviour = behaviour
        self._dice = random.Random(seed)
        self._tell = tell
        self._clock = SystemClock()
        self._loop = asyncio.get_running_loop()
        self._ledger = Ledger()
        self._every_other = False

    def answer(self, to: asyncio.Transport, head: bytes, body: bytes) -> None:
        """Answer one request, now, later or never."""
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        address = urlsplit(target)
        if not address.path.startswith("/2010-04-01/"):
            send(to, 200, self._control(method, address.path, body))
        elif not KEY.search(head):
            send(to, 401, _no(20003, 401, "Authenticate"))
        elif not address.path.endswith("/Messages.json"):
            send(to, 404, _no(20404, 404, "The requested resource was not found"))
        elif method == "POST":
            self._text(to, dict(parse_qsl(body.decode(), keep_blank_values=True)), address.path)
        else:
            self._later(lambda: send(to, 200, self._list(dict(parse_qsl(address.query)), target)))

    def _control(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        if path == "/ledger/codes":
            return {"codes": [[text.code, text.to, text.at] for text in self._ledger.taken]}
        if (method, path) == ("DELETE", "/ledger"):
            self._ledger = Ledger()
        if (method, path) == ("POST", "/behaviour"):
            self._behaviour.change(dict(parse_qsl(body.decode())))
        return self._ledger.counts()

    def _text(self, to: asyncio.Transport, form: dict[str, str], path: str) -> None:
        self._ledger.asked += 1
        if not (form.get("To") and form.get("From") and form.get("Body")):
            send(to, 400, _no(21604, 400, "A 'To', a 'From' and a 'Body' are required."))
            return
        fault = self._draw()
        if fault is None:
            text = self._accept(form)
            self._later(lambda: send(to, 201, _resource(text, path)))
        else:
            fault(to, form)

    def _draw(self) -> Callable[[asyncio.Transport, dict[str, str]], None] | None:
        rest, how = self._dice.random(), self._behaviour
        for chance, fault in (
            (how.refused, self._refuse), (how.broken, self._break), (how.hanging, self._hang),
            (how.reset, self._reset), (how.lost, self._lose),
        ):  # fmt: skip
            rest -= chance
            if rest < 0:
                return fault
        return None

    def _refuse(self, to: asyncio.Transport, _form: dict[str, str]) -> None:
        self._later(lambda: send(to, 429, _no(20429, 429, "Too Many Requests"), "Retry-After: 1\r\n"))

    def _break(self, to: asyncio.Transport, form: dict[str, str]) -> None:
        self._accept_every_other(form)
        self._later(lambda: send(to, 500, _no(20500, 500, "Internal Server Error")))

    def _hang(self, to: asyncio.Transport, form: dict[str, str]) -> None:
        self._accept_every_other(form)
        self._loop.call_later(self._behaviour.hang_seconds, to.abort)

    def _reset(self, to: asyncio.Transport, _form: dict[str, str]) -> None:
        to.abort()

    def _lose(self, to: asyncio.Transport, form: dict[str, str]) -> None:
        self._accept(form)
        self._later(to.abort)

    def _accept_every_other(self, form: dict[str, str]) -> None:
        self._every_other = not self._every_other
        if self._every_other:
            self._accept(form)

    def _accept(self, form: dict[str, str]) -> Taken:
        callback = form.get("StatusCallback", "")
        text = Taken(
            sid="SM" + token_hex(16), code=callback.rsplit("/", 1)[-1], to=form["To"], sender=form["From"],
            body=form["Body"], at=self._loop.time(), date=format_datetime(self._clock.now()),
        )  # fmt: skip
        self._ledger.add(text)
        if self._tell is not None and callback:
            self._tell.soon(callback, text.sid, text.to, text.sender)
        return text

    def _list(self, query: dict[str, str], uri: str) -> dict[str, Any]:
        size = min(int(query.get("PageSize", "50")), LARGEST_PAGE)
        newest_first = self._ledger.by_number.get(query.get("To", ""), [])[::-1][:size]
        return {
            "messages": [_resource(text, urlsplit(uri).path) for text in newest_first],
            "page": 0, "page_size": size, "start": 0, "end": max(len(newest_first) - 1, 0), "uri": uri,
            "first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None,
        }  # fmt: skip

    def _later(self, act: Callable[[], None]) -> None:
        if self._behaviour.latency:
            self._loop.call_later(self._behaviour.latency, act)
        else:
            act()


class Connection(asyncio.Protocol):
    """Cuts the bytes of one kept-alive connection into requests."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember whom to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._unread += data
        while (end := self._unread.find(b"\r\n\r\n")) >= 0:
            head, length = self._unread[:end], LENGTH.search(self._unread, 0, end)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._unread) < whole:
                return
            body, self._unread = self._unread[end + 4 : whole], self._unread[whole:]
            self._provider.answer(self._transport, head, body)


def send(to: asyncio.Transport, status: int, body: dict[str, Any], more: str = "") -> None:
    """Write an answer, unless whoever asked has gone."""
    if to.is_closing():
        return
    content = json.dumps(body).encode()
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: application/json;charset=utf-8\r\n"
        f"{more}Content-Length: {len(content)}\r\n\r\n"
    )
    to.write(head.encode() + content)


def _no(code: int, status: int, message: str) -> dict[str, Any]:
    return {"code": code, "message": message, "more_info": f"docs/errors/{code}", "status": status}


def _resource(text: Taken, path: str) -> dict[str, Any]:
    # As in Twilio docs: Message resource.
    own = f"{path.removesuffix('.json')}/{text.sid}"
    return {
        "account_sid": path.split("/")[3], "api_version": "2010-04-01", "body": text.body, "date_created": text.date,
        "date_sent": None, "date_updated": text.date, "direction": "outbound-api", "error_code": None,
        "error_message": None, "from": text.sender, "messaging_service_sid": None, "num_media": "0",
        "num_segments": "1", "price": None, "price_unit": "USD", "sid": text.sid, "status": "queued",
        "subresource_uris": {"media": f"{own}/Media.json"}, "to": text.to, "uri": f"{own}.json",
    }  # fmt: skip


async def serve(options: Namespace) -> None:
    """Answer until the time is up or whoever started this has died."""
    behaviour = Behaviour(**{field.name: getattr(options, field.name) for field in fields(Behaviour)})
    tell = callbacks.Teller(options.callbacks, options.callback_order, options.seed) if options.callbacks else None
    provider = Provider(behaviour, options.seed, tell)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", options.port, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await outlive(os.getppid(), loop.time() + options.seconds)


async def outlive(parent: int, end: float) -> None:
    """Return when this process has lost its parent, or at a monotonic time."""
    # A parent's death is no event that could be waited for.
    while os.getppid() == parent and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.5)


def read(arguments: list[str] | None = None) -> Namespace:
    """The command line."""
    parser = ArgumentParser(prog="python -m benchmarks.loopback", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=900, help="ends by itself after this long")
    parser.add_argument("--callbacks", default="", metavar="TOKEN", help="tell what became of texts, signed with this")
    parser.add_argument("--callback-order", choices=callbacks.ORDERS, default="right")
    for field in fields(Behaviour):
        parser.add_argument(f"--{field.name.replace('_', '-')}", type=float, default=field.default)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    asyncio.run(serve(read()))
