"""Practice telephones: takes every text at once, and fails on request in the ways real providers do."""

from collections.abc import Callable
from datetime import datetime

import anyio.to_thread

from bot.channels import sms_codes
from bot.channels.readings import NOT_REACHED
from outreach.channels import Accepted, Outgoing, Receipt, SendUnknown


class SimulatorChannel:
    """Stands in for a channel of any `name`. Nothing leaves the machine.

    `fault_for(to)` names what is wrong with a number: dead (does not exist), off (taken, then undelivered),
    down (the provider is), lost (the answer is), blocked (by the person), late (no receipt comes); None when it works.
    """

    provider = "simulator"

    def __init__(
        self,
        name: str,
        *,
        fault_for: Callable[[str], str | None],
        keep_receipt: Callable[[Receipt], None],
        now: Callable[[], datetime],
    ) -> None:
        self.name = name
        self._fault_for = fault_for
        self._keep_receipt = keep_receipt
        self._now = now

    async def send(self, message: Outgoing) -> Accepted:
        """Take one text. Raises SendError for dead, down and blocked, SendUnknown for lost."""
        provider_id = f"sim-{message.code}"
        match self._fault_for(message.to):
            case "dead":
                raise sms_codes.read("21211").as_error("21211")
            case "blocked":
                raise sms_codes.read("21610").as_error("21610")
            case "down":
                raise NOT_REACHED.as_error(None)
            case "lost":
                raise SendUnknown
            case "off":
                await anyio.to_thread.run_sync(self._keep_receipt, self._phone_is_off(message.code, provider_id))
                return Accepted(provider_id=provider_id, state="sent")
            case "late":
                return Accepted(provider_id=provider_id, state="sent")
            case _:
                return Accepted(provider_id=provider_id, state="delivered")

    def _phone_is_off(self, code: str, provider_id: str) -> Receipt:
        reading = sms_codes.read("30003")
        return Receipt(
            state="undelivered",
            at=self._now(),
            code=code,
            provider_id=provider_id,
            error="30003",
            sentence=reading.sentence,
            meaning=reading.meaning,
        )
