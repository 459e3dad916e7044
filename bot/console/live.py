"""Live pages: one stream of server-sent events per browser, saying which topics have something new."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

import storage.changes
from bot.requests import House, Installation, Reading

routes = APIRouter(include_in_schema=False)

LOOK_EVERY = 1.0
# A stream ends by itself after this; the browser opens a new one, which also checks that it is still signed in.
LONGEST_SECONDS = 600
PING_EVERY = 15


@routes.get("/handelser")
def events(ask: Reading, house: House, topic: Annotated[list[str], Query()] = []) -> StreamingResponse:  # noqa: B006
    """Server-sent events named by topic. They carry no data: the page fetches the fragment it may see."""
    known = [name for name in topic if name.replace("-", "").isalnum()][:20]
    return StreamingResponse(
        _stream(house, known), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _stream(house: Installation, topics: list[str]) -> AsyncIterator[str]:
    seen = await anyio.to_thread.run_sync(_mark, house)
    yield "retry: 3000\n\n"
    for tick in range(int(LONGEST_SECONDS / LOOK_EVERY)):
        await anyio.sleep(LOOK_EVERY)
        mark = await anyio.to_thread.run_sync(_mark, house)
        if mark != seen:
            seen = mark
            for topic in topics:
                yield f"event: {topic}\ndata: \n\n"
        elif tick % PING_EVERY == 0:
            yield ": still here\n\n"


def _mark(house: Installation) -> str:
    with house.database.read() as session:
        return storage.changes.mark(session)
