"""Settling: texts whose sender died or whose answer was lost are unknown. The provider is asked what became of them,
and a receipt may tell; until then, and after that, they are never sent again.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import anyio.to_thread
import structlog

import storage.campaigns
import storage.messages
import storage.queue
import storage.unsettled
from outreach import campaigns, receipts
from outreach.channels import Listed, Lookup, SendUnknown
from scheduler.sending import LEASE, Sender
from storage.database import Session
from storage.messages import Message

log = structlog.get_logger()

# The provider is asked this long after a text became unknown, and then no more: a receipt may still come.
ASK_AFTER = (
    timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=12),
)  # fmt: skip
ASK_FOR = timedelta(days=1)
# By then whoever asks has asked once about a text that became unknown.
ASKED_BY = ASK_AFTER[0] + timedelta(seconds=5)
ASK_AT_MOST, ASK_AT_ONCE = 200, 10
# A provider whose clock is behind ours by less than this is understood all the same.
CLOCKS_DIFFER = timedelta(minutes=2)
# Said so often that a provider's list which lags behind has caught up: somebody who decides may lean on it.
DENIED_FOR_SURE = 3


def any_stuck(session: Session, now: datetime) -> bool:
    """Whether any call began longer ago than any call lasts."""
    return storage.queue.any_stuck(session, now - LEASE, now + LEASE)


def settle_stuck(session: Session, now: datetime) -> int:
    """Texts whose call began longer ago than any call lasts become unknown; returns how many."""
    stuck = storage.queue.stuck(session, now - LEASE, now + LEASE)
    for message in stuck:
        storage.messages.advance(session, message, "unknown", now=now, reason="sändningen avbröts")
    for campaign_id in {message.campaign_id for message in stuck if message.campaign_id is not None}:
        campaigns.finish_if_done(session, storage.campaigns.get(session, campaign_id), now=now)
    return len(stuck)


def finish_campaigns(session: Session, now: datetime) -> int:
    """Call running campaigns done when nothing of theirs is left to send; returns how many."""
    running = storage.campaigns.in_states(session, ("running",))
    return sum(campaigns.finish_if_done(session, campaign, now=now) for campaign in running)


class Inquiry:
    """Asks the provider, with growing patience, what became of texts whose fate is unknown. How often each has been
    asked about is kept in memory only: after a restart it is asked again, which harms nobody. That a provider does not
    know a text never makes it leave again: a person decides.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._times: dict[int, int] = {}

    async def run(self) -> int:
        """Ask about what is due; returns how many texts were settled."""
        due = await anyio.to_thread.run_sync(self._due)
        room = asyncio.Semaphore(ASK_AT_ONCE)

        async def one(message: Message) -> bool:
            async with room:
                return await self._ask(message)

        return sum(await asyncio.gather(*(one(message) for message in due)))

    def _due(self) -> list[Message]:
        now = self._sender.clock.now()
        with self._sender.database.read() as session:
            unknown = storage.unsettled.since(session, now - ASK_FOR)
        self._times = {message.id: self._times.get(message.id, 0) for message in unknown}
        return [message for message in unknown if self._is_due(message, now)][:ASK_AT_MOST]

    def _is_due(self, message: Message, now: datetime) -> bool:
        times = self._times[message.id]
        return times < len(ASK_AFTER) and now - message.state_at >= ASK_AFTER[times]

    async def _ask(self, message: Message) -> bool:
        self._times[message.id] += 1
        channel = self._sender.channels.get(message.channel)
        if not isinstance(channel, Lookup):
            return False
        try:
            since = (message.claimed_at or message.created_at) - CLOCKS_DIFFER
            listed = await channel.lookup(message.address, since, message.provider)
        except SendUnknown:
            return False
        except Exception:
            log.exception("lookup_fault", code=message.code)
            return False
        return await anyio.to_thread.run_sync(self._settle, message, listed)

    def _settle(self, message: Message, listed: list[Listed]) -> bool:
        """The newest text with these words that is not known to be another of ours is this one."""
        now = self._sender.clock.now()
        with self._sender.database.write() as session:
            for one in listed:
                known = storage.messages.by_provider_id(session, one.receipt.provider_id or "")
                if one.text == message.text and known is None:
                    return receipts.record(session, replace(one.receipt, code=message.code), now=now)
            if self._times[message.id] >= DENIED_FOR_SURE:
                storage.messages.explain(session, message.id, "unknown", "leverantören har inget sådant sms")
        return False
