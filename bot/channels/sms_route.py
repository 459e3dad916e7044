"""SMS over one provider or two: which of them carries a text, and when the other takes over (ADR 0009).

Nothing is sent again from here. A text that was refused goes back to the queue by the sender's own rules and gets the
provider in use by then; one whose answer was lost is asked about at the provider that stands in its row.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import anyio.to_thread
import structlog

from bot.channels.readings import NOT_REACHED
from outreach import sms_choice
from outreach.channels import Accepted, Channel, Listed, Lookup, Outgoing, SendError, SendUnknown
from outreach.sms_choice import AUTO, NAMES, Choice

# The other provider takes over when so many of the latest texts met a fault of the first one's own.
FAILURES, LATEST, WITHIN = 10, 20, timedelta(minutes=5)
# So long the first one rests before it is asked whether it answers again.
REST = timedelta(minutes=30)
# Another process, or a hand, may have changed the choice.
READ_AGAIN = timedelta(seconds=5)
# So many faults in a row are called silence.
SILENCE = 3

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

log = structlog.get_logger()


class SmsChannel(Channel, Lookup, Protocol):
    """A provider that can be asked what became of a text."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A provider, the number its texts come from, and the codes by which it says that it takes nothing from us."""

    channel: SmsChannel
    number: str
    closed: frozenset[str]


class _Course:
    """What became of the latest texts handed to a provider, by this process."""

    def __init__(self) -> None:
        self._latest: deque[tuple[datetime, bool]] = deque(maxlen=LATEST)
        self._in_a_row = 0
        self._since = _LONG_AGO

    def note(self, *, failed: bool, now: datetime) -> None:
        self._latest.append((now, failed))
        self._in_a_row = self._in_a_row + 1 if failed else 0
        if self._in_a_row == 1:
            self._since = now

    def failures(self, after: datetime) -> int:
        return sum(failed for at, failed in self._latest if at > after)

    def silent_since(self, after: datetime) -> datetime | None:
        silent = self._in_a_row >= SILENCE and self._latest[-1][0] > after
        return self._since if silent else None


class SmsRoute:
    """A channel over the first provider and, where there is one, its stand-in.

    `load` reads the choice and `change` puts another in its place, False when it was no longer as `before` says.
    """

    name = "sms"

    def __init__(
        self,
        carriers: Sequence[Carrier],
        *,
        load: Callable[[], Choice],
        change: Callable[[Choice, Choice], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._carriers = {carrier.channel.provider: carrier for carrier in carriers}
        self._courses = {name: _Course() for name in self._carriers}
        self._load = load
        self._change = change
        self._now = now
        self._choice: Choice | None = None
        self._read_at = _LONG_AGO
        self._asked_at = _LONG_AGO

    @property
    def providers(self) -> tuple[str, ...]:
        """The first provider and its stand-in, by name."""
        return tuple(self._carriers)

    @property
    def provider(self) -> str:
        """Whom a text sent now goes to."""
        return self.choice().provider

    @property
    def number(self) -> str:
        """The number that a text sent now comes from."""
        return self._carriers[self.provider].number

    def choice(self) -> Choice:
        """Who carries texts and why, as it stood a few seconds ago at most."""
        now = self._now()
        if self._choice is None or not now - READ_AGAIN < self._read_at <= now:
            self._choice, self._read_at = self._load(), now
        return self._choice

    def read_anew(self) -> None:
        """Somebody has chosen: the next look at the choice is in the settings."""
        self._choice = None

    @property
    def is_well(self) -> bool:
        """Whether texts leave as they should, by what this process has seen."""
        choice = self.choice()
        return sms_choice.is_well(choice, self.providers[0], self._silent_since(choice))

    def health(self) -> str:
        """How sending is, in words; by what this process has seen since the choice was made."""
        choice = self.choice()
        return sms_choice.say_health(choice, self.providers[0], self._silent_since(choice), self._now())

    def _silent_since(self, choice: Choice) -> datetime | None:
        return self._courses[choice.provider].silent_since(choice.since or _LONG_AGO)

    async def send(self, message: Outgoing) -> Accepted:
        """Hand one text to the provider that stands in its row; to the one in use where none does, or one that is no
        longer here. Raises SendError and SendUnknown as that provider does.
        """
        provider = message.provider if message.provider in self._carriers else self.provider
        carrier = self._carriers[provider]
        try:
            taken = await carrier.channel.send(message)
        except (SendError, SendUnknown) as fault:
            await self._note(provider, failed=_is_its_own(fault, carrier))
            raise
        await self._note(provider, failed=False)
        return taken

    async def lookup(self, to: str, since: datetime, provider: str = "") -> list[Listed]:
        """As the provider says; the first where none is named. Raises SendUnknown for one that is no longer here."""
        carrier = self._carriers.get(provider or self.providers[0])
        if carrier is None:
            raise SendUnknown
        return await carrier.channel.lookup(to, since, carrier.channel.provider)

    async def look_again(self) -> int:
        """After its rest, ask the first provider a question and turn back if it answers; returns 1 when it did.

        No text is risked: what is asked is what it has sent to our own number.
        """
        choice, now, first = await anyio.to_thread.run_sync(self.choice), self._now(), self.providers[0]
        stood_in = choice.by == AUTO and choice.provider != first
        if not stood_in or now - max(choice.since or _LONG_AGO, self._asked_at) < REST:
            return 0
        self._asked_at = now
        try:
            await self.lookup(self._carriers[first].number, now, first)
        except SendUnknown:
            return 0
        return int(await self._turn(choice, Choice(first, AUTO, now, f"{NAMES[first]} svarar igen")))

    async def _note(self, provider: str, *, failed: bool) -> None:
        now = self._now()
        course = self._courses[provider]
        course.note(failed=failed, now=now)
        if not failed or len(self.providers) == 1 or course.failures(now - WITHIN) < FAILURES:
            return
        try:
            await self._fail_over(provider, course, now)
        except Exception:
            # What became of the text is known, and more important.
            log.exception("sms_route_not_changed")

    async def _fail_over(self, provider: str, course: _Course, now: datetime) -> None:
        choice = await anyio.to_thread.run_sync(self.choice)
        first, other = self.providers
        if choice.by != AUTO or choice.provider != provider or provider != first:
            return
        failures = course.failures(max(now - WITHIN, choice.since or _LONG_AGO))
        if failures >= FAILURES:
            why = f"{failures} av de senaste sms:en gick inte att lämna till {NAMES[first]}"
            await self._turn(choice, Choice(other, AUTO, now, why))

    async def _turn(self, before: Choice, after: Choice) -> bool:
        # At once, so that the next text goes the new way and nothing is changed twice.
        self._choice, self._read_at = after, self._now()
        changed = await anyio.to_thread.run_sync(self._change, before, after)
        if changed:
            log.warning("sms_route", provider=after.provider, why=after.why)
        else:
            self._choice = None
        return changed


def _is_its_own(fault: SendError | SendUnknown, carrier: Carrier) -> bool:
    """Whether a fault is the provider's or the account's: then it says nothing of the telephone it was for."""
    if isinstance(fault, SendUnknown):
        return True
    return fault.sentence == NOT_REACHED.sentence or fault.code in carrier.closed
