"""The doors' way in: what providers bring is kept before they are answered. What comes at the same moment is kept in
one transaction, so that a rush costs one write to disk and not a thousand.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from outreach.channels import Inbound, Receipt

Item = Inbound | Receipt
# Seconds since the last item for which the doors count as busy; then work rests this many times as long as it took, and
# at most so many seconds.
RUSH, REST, LONGEST_REST = 0.05, 4.0, 0.1
# Keeps items in one transaction; raises when none of them could be kept.
KeepAll = Callable[[Sequence[Item]], None]


class Intake:
    """Keeps what comes in, many items at a time and in the order they came. Used from one event loop."""

    def __init__(self, keep_all: KeepAll) -> None:
        self._keep_all = keep_all
        self._waiting: list[tuple[Item, asyncio.Future[None]]] = []
        self._keeper: asyncio.Task[None] | None = None
        self._last_at = 0.0
        # A thread of its own: no waiting behind pages and jobs for one of those that they share.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="intake")

    async def keep(self, item: Item) -> None:
        """Return when the item is safely kept; raises what kept it from being so."""
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, kept))
        self._last_at = time.monotonic()
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep_what_waits())
        await kept

    async def _keep_what_waits(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            items = [item for item, _ in batch]
            faults = await asyncio.get_running_loop().run_in_executor(self._writer, self._try, items)
            for (_, kept), fault in zip(batch, faults, strict=True):
                if kept.done():
                    continue
                if fault is None:
                    kept.set_result(None)
                else:
                    kept.set_exception(fault)

    @contextmanager
    def first(self) -> Iterator[None]:
        """Surrounds work in another thread that must not keep the doors waiting: while texts keep coming in, whoever
        has worked rests for longer than the work took.
        """
        began = time.monotonic()
        yield
        now = time.monotonic()
        if now - self._last_at < RUSH:
            time.sleep(min((now - began) * REST, LONGEST_REST))

    def _try(self, items: list[Item]) -> list[Exception | None]:
        """All at once; where that fails one by one, so that one that cannot be kept takes no other with it."""
        try:
            self._keep_all(items)
        except Exception as fault:  # noqa: BLE001 - told to each door, which answers with it
            return [fault] if len(items) == 1 else [self._try([item])[0] for item in items]
        return [None] * len(items)
