"""A telephone network that does as it is told."""

from collections.abc import Callable
from datetime import datetime

import anyio
import anyio.lowlevel
from builders import NOW

from outreach.channels import Accepted, Listed, Outgoing, Receipt, SendError, SendUnknown

Outcome = Accepted | Exception


def permanent(meaning: str = "number_dead") -> SendError:
    """A certain no, for good."""
    return SendError("Numret finns inte.", permanent=True, code="21211", meaning=meaning)


def passing(retry_after: float | None = None) -> SendError:
    """A certain no, for now."""
    return SendError("Leverantören svarar inte.", permanent=False, code="20429", retry_after=retry_after)


class FakeChannel:
    """Takes every text, in order, unless `then` has said what happens next to a number. `before` runs in mid-send."""

    name = "sms"
    provider = "fake"

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.before: Callable[[Outgoing], None] = lambda _message: None
        self.asked: list[str] = []
        self.silent = False
        self._next: dict[str, list[Outcome]] = {}

    def then(self, to: str, *outcomes: Outcome) -> None:
        """What happens to the next texts to a number, one by one; afterwards it works again."""
        self._next.setdefault(to, []).extend(outcomes)

    def lose_answer(self, to: str) -> None:
        """The text goes out, but we never hear that it did."""
        self.then(to, SendUnknown("Svaret kom bort."))

    async def send(self, message: Outgoing) -> Accepted:
        """Take one text, or fail in the way that was asked for."""
        await anyio.lowlevel.checkpoint()
        await anyio.to_thread.run_sync(self.before, message)
        outcomes = self._next.get(message.to)
        outcome = outcomes.pop(0) if outcomes else Accepted(provider_id=f"SM-{message.code}")
        if not isinstance(outcome, SendError):
            self.sent.append(message)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def lookup(self, to: str, _since: datetime, _provider: str = "") -> list[Listed]:
        """What the network says it has made of texts to a number, newest first; every question is counted."""
        self.asked.append(to)
        if self.silent:
            raise SendUnknown
        return [
            Listed(text=one.text, receipt=Receipt(state="delivered", at=NOW, provider_id=f"SM-{one.code}"))
            for one in reversed(self.sent)
            if one.to == to
        ]

    @property
    def texts_to(self) -> dict[str, list[str]]:
        """What each number has got, in order."""
        got: dict[str, list[str]] = {}
        for message in self.sent:
            got.setdefault(message.to, []).append(message.text)
        return got
