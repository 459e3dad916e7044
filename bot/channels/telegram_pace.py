"""Spaces what is sent to Telegram: so many texts a second in all, one a second to each chat, none while it asks for
rest.
"""

from collections.abc import Awaitable, Callable

import anyio

from bot.channels.readings import LATER, Reading

# Telegram docs: Bots FAQ, "avoid sending more than one message per second" in a single chat.
CHAT_RESTS = 1.0
# The sender holds its lease while we wait: what would take longer goes back to the queue.
LONGEST_WAIT = 5.0

_FULL = Reading(LATER, "Det är många texter till Telegram just nu. Vi skickar strax.", source="Telegram docs: Bots FAQ")


class Pace:
    """Whose turn it is. `per_second` is for all chats together, 0 = no limit."""

    def __init__(
        self,
        per_second: float = 0,
        *,
        now: Callable[[], float] = anyio.current_time,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._now = now
        self._sleep = sleep
        self._next = 0.0
        self._chats: dict[str, float] = {}

    async def turn(self, chat: str) -> None:
        """Wait for this chat's turn. Raises SendError, with when to come back, where that is too long to wait."""
        now = self._now()
        place = max(now, self._next)
        starts = max(place, self._chats.get(chat, now))
        if starts - now > LONGEST_WAIT:
            raise _FULL.as_error(None, starts - now)
        self._next = place + self._gap
        self._chats = {one: free for one, free in self._chats.items() if free > now} | {chat: starts + CHAT_RESTS}
        if starts > now:
            await self._sleep(starts - now)

    def rest(self, seconds: float) -> None:
        """Nothing leaves for so long (Telegram docs: ResponseParameters, retry_after)."""
        self._next = max(self._next, self._now() + seconds)
