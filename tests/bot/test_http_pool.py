"""The HTTP pool over real sockets: only there can "never reached" be told from "answer lost"."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from bot.channels.http_pool import AiohttpPool, AnswerLostError, NotReachedError, Pool

pytestmark = pytest.mark.anyio

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def a_server(answer: Answer) -> AsyncIterator[str]:
    """Reads a request, then lets `answer` do as it likes."""
    calls: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(asyncio.create_task(serve(reader, writer)))

    async with await asyncio.start_server(accept, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


@pytest.fixture
async def pool() -> AsyncIterator[AiohttpPool]:
    made = AiohttpPool()
    yield made
    await made.close()


async def ask(pool: Pool, url: str, longest: float = 1.0) -> int:
    answer = await pool.ask("POST", url, form={"To": "+46701740605"}, longest=longest)
    return answer.status


async def say(writer: asyncio.StreamWriter, words: bytes) -> None:
    writer.write(words)
    await writer.drain()


async def test_any_status_is_an_answer(pool: Pool) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, b"HTTP/1.1 429 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    async with a_server(refuse) as url:
        assert await ask(pool, url) == 429


async def test_nobody_listening_is_never_reached(pool: Pool) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"

        with pytest.raises(NotReachedError):
            await ask(pool, url)


async def test_waiting_in_vain_for_a_free_connection_is_never_reached() -> None:
    async def silence(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    pool = AiohttpPool(connections=1, free_within=0.2)
    async with a_server(silence) as url:
        outcomes = await asyncio.gather(ask(pool, url), ask(pool, url), return_exceptions=True)
    await pool.close()

    assert [type(outcome) for outcome in outcomes] == [AnswerLostError, NotReachedError]


async def test_an_unknown_host_is_never_reached(pool: Pool) -> None:
    with pytest.raises(NotReachedError):
        await ask(pool, "http://brygga.invalid")


async def test_hanging_up_without_a_word_is_a_lost_answer(pool: Pool) -> None:
    async def hang_up(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        return

    async with a_server(hang_up) as url:
        with pytest.raises(AnswerLostError):
            await ask(pool, url)


async def test_a_reset_is_a_lost_answer(pool: Pool) -> None:
    async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with a_server(reset) as url:
        with pytest.raises(AnswerLostError):
            await ask(pool, url)


async def test_silence_is_a_lost_answer(pool: Pool) -> None:
    async def silence(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with a_server(silence) as url:
        with pytest.raises(AnswerLostError):
            await ask(pool, url)


@pytest.mark.parametrize("words", [b"garbage\r\n\r\n", b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n{"])
async def test_half_an_answer_is_a_lost_answer(pool: Pool, words: bytes) -> None:
    async def mumble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, words)

    async with a_server(mumble) as url:
        with pytest.raises(AnswerLostError):
            await ask(pool, url)


async def test_an_answer_that_trickles_does_not_outlive_the_claim(pool: Pool) -> None:
    async def trickle(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, b"HTTP/1.1 201 Created\r\nContent-Length: 99\r\n\r\n")
        while True:
            await say(writer, b" ")
            await asyncio.sleep(0.1)

    async with a_server(trickle) as url:
        with pytest.raises(AnswerLostError):
            await ask(pool, url, longest=0.5)


async def test_addresses_are_not_logged(pool: Pool, caplog: pytest.LogCaptureFixture) -> None:
    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await say(writer, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    caplog.set_level(logging.INFO)
    async with a_server(accept) as url:
        await ask(pool, f"{url}/bot123456:ABC")

    assert "ABC" not in caplog.text
