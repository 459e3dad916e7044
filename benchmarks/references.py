"""What sending is compared with: plain loops that post the same forms, run as a process of their own.

- raw: hand-written requests on bare sockets, to see what the pretended provider itself can take;
- aiohttp: a bare loop on aiohttp;
- durable: the same, but each hundred is claimed and recorded in SQLite, synchronous=FULL, as a careful sender must.
"""

import asyncio
import json
import sqlite3
from argparse import ArgumentParser, Namespace
from base64 import b64encode
from collections import deque
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode, urlsplit

import aiohttp

from benchmarks.trial import ACCOUNT, SENDER, TEXT, TOKEN

PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
LOGIN = f"Basic {b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}"
BATCH = 100

Text = tuple[int, str, str]
Post = Callable[[Text], Awaitable[str]]


def form(text: Text) -> dict[str, str]:
    """The same fields as Brygga posts."""
    row, to, body = text
    return {
        "To": to, "From": SENDER, "Body": body, "ValidityPeriod": "36000",
        "StatusCallback": f"http://127.0.0.1:9/webhooks/twilio/status/code{row:010}",
    }  # fmt: skip


def texts(count: int) -> deque[Text]:
    """Texts as a campaign would have them."""
    return deque((row, f"+467{row:08}", TEXT.replace("{fornamn}", "Leila")) for row in range(count))


class Outbox:
    """Texts in SQLite: claimed and recorded by the hundred, each time to the disk."""

    def __init__(self, path: str, count: int) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(
            "CREATE TABLE message (id INTEGER PRIMARY KEY, address TEXT, text TEXT, state TEXT, sid TEXT)"
        )
        self._database.execute("CREATE INDEX by_state ON message (state)")
        self._write("INSERT INTO message VALUES (?, ?, ?, 'queued', NULL)", list(texts(count)))
        self._done: list[tuple[str, int]] = []

    def claim(self) -> list[Text]:
        """The next hundred."""
        self._database.execute("BEGIN IMMEDIATE")
        claimed = self._database.execute(
            "UPDATE message SET state = 'sending' WHERE id IN "
            "(SELECT id FROM message WHERE state = 'queued' ORDER BY id LIMIT ?) RETURNING id, address, text",
            (BATCH,),
        ).fetchall()
        self._database.execute("COMMIT")
        return claimed

    def done(self, row: int, sid: str) -> None:
        """A text has been accepted; written down when there are a hundred."""
        self._done.append((sid, row))
        if len(self._done) >= BATCH:
            self.record()

    def record(self) -> None:
        """Write down what has been accepted."""
        self._write("UPDATE message SET state = 'sent', sid = ? WHERE id = ?", self._done)
        self._done = []

    def _write(self, sql: str, rows: list[tuple[str, int]] | list[Text]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        self._database.executemany(sql, rows)
        self._database.execute("COMMIT")


async def send_all(post: Post, waiting: deque[Text], concurrency: int) -> None:
    """Post everything, so many at a time."""

    async def one_after_another() -> None:
        while waiting:
            await post(waiting.popleft())

    await asyncio.gather(*(one_after_another() for _ in range(concurrency)))


async def send_durably(post: Post, outbox: Outbox, concurrency: int) -> None:
    """Claim, post and record without ever letting the wire stand idle for a whole batch."""
    waiting: deque[Text] = deque()

    async def one_after_another() -> None:
        while True:
            if not waiting:
                waiting.extend(outbox.claim())
            if not waiting:
                return
            text = waiting.popleft()
            outbox.done(text[0], await post(text))

    await asyncio.gather(*(one_after_another() for _ in range(concurrency)))
    outbox.record()


async def over_aiohttp(options: Namespace) -> None:
    """Both loops on aiohttp."""
    connector = aiohttp.TCPConnector(limit=options.concurrency)
    async with aiohttp.ClientSession(connector=connector, headers={"Authorization": LOGIN}) as session:

        async def post(text: Text) -> str:
            async with session.post(options.url + PATH, data=form(text)) as answer:
                assert answer.status == 201
                return str((await answer.json())["sid"])

        if options.way == "durable":
            await send_durably(post, Outbox(options.database, options.count), options.concurrency)
        else:
            await send_all(post, texts(options.count), options.concurrency)


async def over_sockets(options: Namespace) -> None:
    """As fast as Python can write and read bytes; every body is made beforehand."""
    address = urlsplit(options.url)
    waiting = deque(_request(text) for text in texts(options.count))

    async def one_after_another() -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        while waiting:
            writer.write(waiting.popleft())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.rsplit(b"Content-Length: ", 1)[1]))
        writer.close()

    await asyncio.gather(*(one_after_another() for _ in range(options.concurrency)))


def _request(text: Text) -> bytes:
    body = urlencode(form(text)).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {LOGIN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Read the command line and post."""
    parser = ArgumentParser(prog="python -m benchmarks.references", description=__doc__)
    parser.add_argument("way", choices=("raw", "aiohttp", "durable"))
    parser.add_argument("--url", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--concurrency", type=int, required=True)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    asyncio.run(over_sockets(options) if options.way == "raw" else over_aiohttp(options))
    print(json.dumps({"posted": options.count}))


if __name__ == "__main__":
    main()
