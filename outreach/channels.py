"""The port to the telephone: what a channel must be able to do. `bot.wiring` fills it; rules and jobs know only
this.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text to hand to a provider. `code` is our own and comes back in receipts; `to` is E.164 or a chat id.

    `provider` is the one that the channel named when the text was taken for sending; it stands in the text's row before
    the call begins, so that whoever must find out later knows whom to ask.
    """

    code: str
    to: str
    text: str
    provider: str = ""
    sender: str | None = None
    send_before: datetime | None = None
    buttons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took the text. `state` is "sent" or "delivered" where the provider says so at once."""

    provider_id: str | None
    state: str = "sent"


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text from a telephone. `provider_id` is unique per channel; `received_at` is aware UTC; `provider_did` is
    "stop", "start" or "help" when the provider has acted on the text, and answered it, by itself.

    `recipient` is our number, or for a Telegram chat the code of the link that opened it. `edits` is what ends the
    `provider_id` (after a colon) of every earlier wording of a text that somebody has changed.
    """

    channel: str
    provider_id: str
    sender: str
    text: str
    received_at: datetime
    recipient: str | None = None
    media: bool = False
    provider_did: str = ""
    edits: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says became of a text; found by our own `code` or by `provider_id`.

    `state` is one of sent, delivered, undelivered, failed; `error` is the provider's code, `sentence` says it in
    Swedish.
    """

    state: str
    at: datetime
    code: str | None = None
    provider_id: str | None = None
    error: str | None = None
    sentence: str | None = None
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A text in the provider's own list, which does not give our `code` back: it is recognised by its words."""

    text: str
    receipt: Receipt


class SendError(Exception):
    """The provider said no. Certain: the text has not gone out.

    `permanent` means never again to this number; otherwise it may be tried later. `meaning` is one of
    number_dead, opted_out, phone_off, later, operator, unknown (see the code table beside each client).
    """

    def __init__(
        self,
        sentence: str,
        *,
        permanent: bool,
        code: str | None = None,
        meaning: str = "later",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.permanent = permanent
        self.code = code
        self.meaning = meaning
        self.retry_after = retry_after


class SendUnknown(Exception):
    """The provider's answer was lost: the text may or may not have gone out. Never sent again before it is known."""


class Channel(Protocol):
    """A way to reach a telephone."""

    name: str

    @property
    def provider(self) -> str:
        """Who would carry a text that is sent now, as it stands in the text's row."""
        ...

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to the provider. Raises SendError (certain no) or SendUnknown (answer lost)."""
        ...


@runtime_checkable
class Lookup(Protocol):
    """A channel whose provider can be asked what became of a text: how an unknown outcome is settled."""

    async def lookup(self, to: str, since: datetime, provider: str = "") -> list[Listed]:
        """Texts that `provider` has made to `to` at or after `since`. Raises SendUnknown when it does not say."""
        ...
