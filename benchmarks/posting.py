"""Posts signed texts to a webhook as Twilio does, in a process of its own, and says how fast they were answered.

- closed: each connection posts the next text when the last has been answered;
- by the clock: so many a second, whether or not earlier ones have been answered. Time counts from when a text should
  have been posted, so that a stall is felt by everybody who would have met it.
"""

import asyncio
import json
import random
from argparse import ArgumentParser, Namespace
from collections import deque
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from benchmarks.trial import ACCOUNT, SENDER, TOKEN

REPLIES = (
    "ja", "Ja gärna!", "nej tack", "vem är ni?", "tisdag funkar", "kan på torsdag efter 14", "hej, vad handlar det om",
    "fel nummer", "jag jobbar redan", "nån annan dag?", "ok 2", "måste kolla med mamma först", "när då",
    "asså vet inte",
    "kan ni ringa mig istället", "jag pluggar på komvux nu", "1", "kanske nästa vecka", "får jag ta med en kompis?",
)  # fmt: skip
# As the register is seeded (bot/commands/seeding.py), and then numbers that nobody in it has.
KNOWN, UNKNOWN = 46_700_000_000, 46_709_000_000
EVERY_FIFTH_UNKNOWN = 5
# Twilio posts a text again when it thinks that the first post was not answered.
EVERY_TWENTIETH_TWICE = 20


def forms(options: Namespace) -> list[dict[str, str]]:
    """Texts from people in the register and from strangers; some are posted twice."""
    dice = random.Random(options.seed)
    made = []
    for index in range(options.count):
        known = index % EVERY_FIFTH_UNKNOWN or not options.people
        number = KNOWN + dice.randrange(options.people) if known else UNKNOWN + dice.randrange(100_000)
        form = {
            "MessageSid": f"SM{options.seed:08x}{index:024x}", "SmsMessageSid": f"SM{options.seed:08x}{index:024x}",
            "AccountSid": ACCOUNT, "From": f"+{number}", "To": SENDER, "Body": dice.choice(REPLIES), "NumMedia": "0",
            "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01", "FromCountry": "SE",
            "ToCountry": "SE", "FromCity": "", "FromState": "", "FromZip": "", "ToCity": "", "ToState": "", "ToZip": "",
        }  # fmt: skip
        made += [form, form] if index % EVERY_TWENTIETH_TWICE == 0 else [form]
    return made


def requests(options: Namespace) -> deque[bytes]:
    """The same as bytes, made beforehand."""
    validator = RequestValidator(TOKEN)  # type: ignore[no-untyped-call]
    made: deque[bytes] = deque()
    for form in forms(options):
        body = urlencode(form).encode()
        signature = validator.compute_signature(options.url, form)  # type: ignore[no-untyped-call]
        address = urlsplit(options.url)
        head = (
            f"POST {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nX-Twilio-Signature: {signature}\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\nUser-Agent: TwilioProxy/1.1\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


class Line:
    """One kept-alive connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def post(self, request: bytes) -> None:
        """Post and wait for the answer, which must be 200."""
        self._writer.write(request)
        head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        await self._reader.readexactly(int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]))
        assert head.startswith(b"http/1.1 200"), head


async def lines(options: Namespace) -> list[Line]:
    """Every connection, open."""
    address = urlsplit(options.url)
    return [
        Line(*await asyncio.open_connection(address.hostname, address.port)) for _ in range(options.connections)
    ]  # fmt: skip


async def closed(waiting: deque[bytes], open_lines: list[Line]) -> list[float]:
    """One after another on each connection; how long each took."""
    took: list[float] = []
    loop = asyncio.get_running_loop()

    async def one_after_another(line: Line) -> None:
        while waiting:
            began = loop.time()
            await line.post(waiting.popleft())
            took.append(loop.time() - began)

    await asyncio.gather(*(one_after_another(line) for line in open_lines))
    return took


async def by_the_clock(waiting: deque[bytes], open_lines: list[Line], rate: float) -> list[float]:
    """So many a second; how long after its moment each was answered."""
    took: list[float] = []
    free = asyncio.Queue[Line]()
    for line in open_lines:
        free.put_nowait(line)
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def at(moment: float, request: bytes) -> None:
        line = await free.get()
        await line.post(request)
        free.put_nowait(line)
        took.append(loop.time() - moment)

    async with asyncio.TaskGroup() as under_way:
        for index, request in enumerate(waiting):
            moment = began + index / rate
            await asyncio.sleep(max(0.0, moment - loop.time()))
            under_way.create_task(at(moment, request))
    return took


async def timed(options: Namespace) -> dict[str, float]:
    """What was found."""
    waiting, open_lines = requests(options), await lines(options)
    loop = asyncio.get_running_loop()
    began = loop.time()
    took = await (by_the_clock(waiting, open_lines, options.rate) if options.rate else closed(waiting, open_lines))
    hundredths = quantiles(took, n=100)
    return {
        "posted": len(took), "a_second": len(took) / (loop.time() - began), "p50": hundredths[49],
        "p99": hundredths[98], "longest": max(took),
    }  # fmt: skip


def main() -> None:
    """Read the command line and post."""
    parser = ArgumentParser(prog="python -m benchmarks.posting", description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--people", type=int, required=True, help="how many the register was seeded with")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--rate", type=float, default=0, help="texts a second by the clock; 0 = as fast as answered")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other texts and other ids")
    print(json.dumps(asyncio.run(timed(parser.parse_args()))))


if __name__ == "__main__":
    main()
