"""Spacing what is sent to Telegram, on a clock of its own."""

import pytest

from bot.channels.telegram_pace import Pace
from outreach.channels import SendError


class Stopwatch:
    """A clock that sleeping moves."""

    def __init__(self) -> None:
        self.at = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))


@pytest.fixture
def watch() -> Stopwatch:
    return Stopwatch()


def a_pace(watch: Stopwatch, per_second: float = 0) -> Pace:
    return Pace(per_second, now=watch.now, sleep=watch.sleep)


@pytest.mark.anyio
async def test_without_a_limit_different_chats_wait_for_nobody(watch: Stopwatch) -> None:
    pace = a_pace(watch)

    for chat in "abcdef":
        await pace.turn(chat)

    assert watch.slept == []


@pytest.mark.anyio
async def test_so_many_a_second_in_all(watch: Stopwatch) -> None:
    pace = a_pace(watch, per_second=4)

    for chat in "abc":
        await pace.turn(chat)

    assert watch.slept == [0.25, 0.5]


@pytest.mark.anyio
async def test_one_a_second_to_each_chat(watch: Stopwatch) -> None:
    pace = a_pace(watch)

    for chat in "aab":
        await pace.turn(chat)
    watch.at += 2
    await pace.turn("a")

    assert watch.slept == [1.0]


@pytest.mark.anyio
async def test_nobody_waits_long_at_the_lease_of_a_sender(watch: Stopwatch) -> None:
    pace = a_pace(watch)
    pace.rest(60)

    with pytest.raises(SendError) as no:
        await pace.turn("a")

    assert (no.value.permanent, no.value.meaning, no.value.retry_after) == (False, "later", 60.0)
    assert watch.slept == []
