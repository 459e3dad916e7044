"""What comes in at the same moment is kept together, and nothing keeps anything else from being kept."""

from collections.abc import Sequence
from datetime import UTC, datetime

import anyio
import pytest

from bot.intake import Intake, Item
from outreach.channels import Inbound

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)


def a_text(which: int) -> Inbound:
    return Inbound("sms", f"SM{which}", "+46701740605", f"text {which}", NOW)


class Book:
    """Keeps what it is given, in transactions; some texts cannot be kept."""

    def __init__(self, *broken: str) -> None:
        self.transactions: list[list[str]] = []
        self._broken = set(broken)

    def keep_all(self, items: Sequence[Item]) -> None:
        ids = [str(item.provider_id) for item in items]
        if self._broken & set(ids):
            raise RuntimeError(ids[0])
        self.transactions.append(ids)

    @property
    def kept(self) -> list[str]:
        return [one for transaction in self.transactions for one in transaction]


async def keep(intake: Intake, count: int) -> list[Exception | None]:
    """Everything at once; what each door was told."""
    told: list[Exception | None] = [None] * count

    async def door(which: int) -> None:
        try:
            await intake.keep(a_text(which))
        except RuntimeError as fault:
            told[which] = fault

    async with anyio.create_task_group() as doors:
        for which in range(count):
            doors.start_soon(door, which)
    return told


async def test_a_rush_is_kept_in_few_transactions_and_in_order() -> None:
    book = Book()

    assert await keep(Intake(book.keep_all), 100) == [None] * 100

    assert book.kept == [f"SM{which}" for which in range(100)]
    assert len(book.transactions) < 10


async def test_one_that_cannot_be_kept_is_told_and_harms_no_other() -> None:
    book = Book("SM3")

    told = await keep(Intake(book.keep_all), 6)

    assert [which for which, fault in enumerate(told) if fault] == [3]
    assert book.kept == ["SM0", "SM1", "SM2", "SM4", "SM5"]


async def test_a_door_that_gives_up_waiting_does_not_lose_its_text() -> None:
    book = Book()
    intake = Intake(book.keep_all)

    with anyio.move_on_after(0):
        await intake.keep(a_text(1))
    await intake.keep(a_text(2))

    assert sorted(book.kept) == ["SM1", "SM2"]
