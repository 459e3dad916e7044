"""The practice telephones: all goes well unless a fault was asked for."""

from datetime import UTC, datetime

import pytest

from bot.channels.simulator import SimulatorChannel
from outreach.channels import Accepted, Channel, Outgoing, Receipt, SendError, SendUnknown

NOW = datetime(2026, 11, 24, 12, 4, tzinfo=UTC)
TEXT = Outgoing(code="k7Qp2", to="+46701740605", text="Hej!")

pytestmark = pytest.mark.anyio


def a_simulator(fault: str | None = None, receipts: list[Receipt] | None = None) -> Channel:
    return SimulatorChannel(
        "sms",
        fault_for={TEXT.to: fault}.get,
        keep_receipt=(receipts if receipts is not None else []).append,
        now=lambda: NOW,
    )


async def test_a_working_phone_gets_the_text_at_once() -> None:
    channel = a_simulator()

    assert await channel.send(TEXT) == Accepted(provider_id="sim-k7Qp2", state="delivered")
    assert channel.name == "sms"


@pytest.mark.parametrize(
    ("fault", "permanent", "meaning"),
    [("dead", True, "number_dead"), ("blocked", True, "opted_out"), ("down", False, "later")],
)
async def test_a_fault_that_is_a_no(fault: str, permanent: bool, meaning: str) -> None:
    with pytest.raises(SendError) as no:
        await a_simulator(fault).send(TEXT)

    assert (no.value.permanent, no.value.meaning) == (permanent, meaning)


async def test_a_phone_that_is_off_is_known_only_afterwards() -> None:
    receipts: list[Receipt] = []

    accepted = await a_simulator("off", receipts).send(TEXT)

    assert accepted.state == "sent"
    assert [(r.code, r.state, r.error, r.meaning) for r in receipts] == [("k7Qp2", "undelivered", "30003", "phone_off")]


async def test_a_receipt_that_is_late() -> None:
    receipts: list[Receipt] = []

    assert (await a_simulator("late", receipts).send(TEXT)).state == "sent"
    assert receipts == []


async def test_a_lost_answer() -> None:
    with pytest.raises(SendUnknown):
        await a_simulator("lost").send(TEXT)
