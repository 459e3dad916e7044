"""Sending: claim due texts and commit, ask the gate, send with no transaction open, record in a new one, many
rows at a time.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio.to_thread
import structlog

import storage.campaigns
import storage.messages
from outreach import campaigns, gate, gate_facts, receipts
from outreach.channels import Accepted, Channel, Outgoing, SendError, SendUnknown
from outreach.gate import Rules, Verdict
from scheduler.clock import Clock
from storage.database import Database, Session
from storage.messages import Message

log = structlog.get_logger()

# A claim older than this belongs to a sender that died; every provider call times out long before.
LEASE = timedelta(seconds=120)
# A text that waits for a switch (global pause, paused campaign) is looked at again after this.
LOOK_AGAIN = timedelta(seconds=60)
# A passing fault is retried with growing patience, and then given up as failed.
RETRIES = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))

Result = Accepted | SendError | SendUnknown


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs: where the rows are, what time it is, the channels by name, and the installation's rules."""

    database: Database
    clock: Clock
    channels: Mapping[str, Channel]
    rules: Rules
    concurrency: int = 50
    sender_number: str = ""


async def send_due(sender: Sender) -> int:
    """Send one batch of due texts; returns how many rows were dealt with (0 = nothing is due)."""
    claimed, outgoing = await anyio.to_thread.run_sync(_claim, sender)
    if outgoing:
        results = await _send_all(sender, outgoing)
        await anyio.to_thread.run_sync(_record, sender, results)
    return claimed


async def drain(sender: Sender) -> int:
    """Send until nothing is due; returns how many rows were dealt with."""
    total = 0
    while dealt_with := await send_due(sender):
        total += dealt_with
    return total


def _claim(sender: Sender) -> tuple[int, list[tuple[int, str, Outgoing]]]:
    now = sender.clock.now()
    with sender.database.write() as session:
        messages = storage.messages.claim_due(session, now, limit=2 * sender.concurrency)
        if not messages:
            return 0, []
        rules = gate_facts.rules_now(session, sender.rules)
        facts = gate_facts.of_messages(session, messages, now=now)
        going = [
            message for message in messages if _passes(session, message, gate.judge(facts[message.id], rules, now), now)
        ]
        return len(messages), [(message.id, message.channel, _outgoing(sender, message)) for message in going]


def _passes(session: Session, message: Message, verdict: Verdict, now: datetime) -> bool:
    if verdict.action == "wait":
        # Being held is no try: a text that has waited through a pause keeps its patience for real faults.
        message.attempts -= 1
        until = verdict.until or now + LOOK_AGAIN
        storage.messages.requeue(session, message, until, now=now, reason=verdict.reason)
    elif not verdict.sends:
        state = "expired" if verdict.action == "expire" else "withheld"
        storage.messages.advance(session, message, state, now=now, reason=verdict.reason)
    return verdict.sends


def _outgoing(sender: Sender, message: Message) -> Outgoing:
    return Outgoing(
        code=message.code, to=message.address, text=message.text, sender=sender.sender_number or None,
        send_before=message.send_before, buttons=tuple(message.buttons.split("|")) if message.buttons else (),
    )  # fmt: skip


async def _send_all(sender: Sender, outgoing: Sequence[tuple[int, str, Outgoing]]) -> list[tuple[int, Result]]:
    room = asyncio.Semaphore(sender.concurrency)

    async def one(message_id: int, channel: str, text: Outgoing) -> tuple[int, Result]:
        async with room:
            return message_id, await _send(sender.channels.get(channel), text)

    return list(await asyncio.gather(*(one(*item) for item in outgoing)))


async def _send(channel: Channel | None, text: Outgoing) -> Result:
    if channel is None:
        return SendError("Kanalen är inte påslagen.", permanent=False, meaning="operator")
    try:
        return await channel.send(text)
    except (SendError, SendUnknown) as outcome:
        return outcome
    except Exception:
        # A fault in a channel leaves the text's fate open: it must not be sent again before somebody has asked.
        log.exception("channel_fault", code=text.code)
        return SendUnknown("Kanalen svarade på ett oväntat sätt.")


def _record(sender: Sender, results: Sequence[tuple[int, Result]]) -> None:
    now = sender.clock.now()
    with sender.database.write() as session:
        touched: set[int] = set()
        found = {message.id: message for message in storage.messages.locked(session, [row for row, _ in results])}
        for message_id, result in results:
            message = found[message_id]
            _settle(session, message, result, now)
            if message.campaign_id is not None:
                touched.add(message.campaign_id)
        for campaign_id in touched:
            campaigns.finish_if_done(session, storage.campaigns.get(session, campaign_id), now=now)


def _settle(session: Session, message: Message, result: Result, now: datetime) -> None:
    if isinstance(result, Accepted):
        storage.messages.name_by_provider(session, message, result.provider_id)
        for state in ("sent", result.state):
            if storage.messages.advance(session, message, state, now=now):
                receipts.follow(session, message, meaning="", now=now)
    elif isinstance(result, SendUnknown):
        storage.messages.advance(session, message, "unknown", now=now, reason="svaret från leverantören kom bort")
    else:
        _refused(session, message, result, now)


def _refused(session: Session, message: Message, error: SendError, now: datetime) -> None:
    if message.state != "sending":
        # A receipt has come, or the claim ran out, while the provider was slow: what is known stands.
        return
    if error.permanent or message.attempts > len(RETRIES):
        storage.messages.advance(session, message, "failed", now=now, reason=error.sentence, error=error.code or "")
        receipts.follow(session, message, meaning=error.meaning, now=now)
        return
    patience = RETRIES[message.attempts - 1]
    wait = max(patience, timedelta(seconds=error.retry_after)) if error.retry_after else patience
    storage.messages.requeue(session, message, now + wait, now=now, reason=error.sentence)
