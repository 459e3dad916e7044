"""Sending: take due texts, ask the gate, and say that the calls begin; call with no transaction open; record what came
of it. Many rows at a time, one transaction a turn.
"""

import asyncio
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeGuard

import anyio
import anyio.to_thread
import structlog

import storage.campaign_queue
import storage.campaigns
import storage.messages
import storage.queue
from outreach import budget, campaigns, gate, gate_facts, halts, receipts
from outreach.channels import Accepted, Channel, Outgoing, SendError, SendUnknown
from outreach.gate import Rules, Verdict
from scheduler.brake import Brake
from scheduler.clock import Clock
from storage.database import Database, Session
from storage.messages import Message
from storage.queue import Due, Sent

log = structlog.get_logger()

# A call that began longer ago belongs to a sender that died: every call ends before (http_pool.LONGEST).
LEASE = timedelta(seconds=20)
# A text that waits for a switch (global pause, paused campaign) is looked at again after this.
LOOK_AGAIN = timedelta(seconds=60)
# A passing fault is retried with growing patience, and then given up as failed.
RETRIES = (timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
# Seconds that the first answer waits for others, so that one transaction serves many.
GATHER = 0.008

Result = Accepted | SendError | SendUnknown


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs: where the rows are, what time it is, the channels by name, and the installation's rules.

    `brake` keeps the pace of SMS within this process. Once `stopping` is set nothing new begins; what is under way is
    recorded.
    """

    database: Database
    clock: Clock
    channels: Mapping[str, Channel]
    rules: Rules
    concurrency: int = 100
    brake: Brake = field(default_factory=Brake)
    stopping: threading.Event = field(default_factory=threading.Event)


async def drain(sender: Sender) -> int:
    """Send until nothing is due; returns how many rows were dealt with. Where nothing is, nobody is held up."""
    if not await anyio.to_thread.run_sync(_any_due, sender):
        return 0
    return await _Run(sender).to_the_end()


def _any_due(sender: Sender) -> bool:
    with sender.database.read() as session:
        return storage.queue.any_due(session, sender.clock.now())


@dataclass(frozen=True, slots=True)
class _Call:
    """A text whose call has begun, with the provider and the moment that stand in its row."""

    text: Due
    provider: str
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one transaction left to do: the calls to make, how many texts it dealt with, and whether more may be due."""

    calls: list[_Call]
    taken: int
    more: bool


Answer = tuple[_Call, Result]


class _Run:
    """Texts pass through: called for (under way), answered (done), recorded."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._done: list[Answer] = []
        self._news = asyncio.Event()
        self._campaigns: set[int] = set()

    async def to_the_end(self) -> int:
        """Turn after turn until nothing is due and everything that began is recorded; returns how many rows."""
        dealt_with, more = 0, True
        try:
            while more or self._under_way or self._done:
                taken, more = await self._turn()
                dealt_with += taken
                await self._rest(more=more)
        finally:
            with anyio.CancelScope(shield=True):
                await self._wind_up()
        return dealt_with

    async def _turn(self) -> tuple[int, bool]:
        """Record, take, begin, in one transaction; then make the calls. Returns how many texts were dealt with, and
        whether more may be due.
        """
        answers, self._done = self._done, []
        room = 0 if self._sender.stopping.is_set() else self._sender.concurrency - len(self._under_way)
        sms_room = self._sender.brake.room(self._now())
        try:
            turn = await anyio.to_thread.run_sync(_turn, self._sender, answers, room, sms_room, set(self._under_way))
        except BaseException:
            self._done += answers
            raise
        waits = iter(self._sender.brake.take(sum(call.text.channel == "sms" for call in turn.calls), self._now()))
        for call in turn.calls:
            wait = next(waits) if call.text.channel == "sms" else 0.0
            self._under_way[call.text.address] = asyncio.create_task(self._make(call, wait))
        return turn.taken, turn.more

    async def _make(self, call: _Call, wait: float) -> None:
        if wait:
            await asyncio.sleep(wait)
        result = await _send(self._sender.channels.get(call.text.channel), call)
        self._done.append((call, result))
        del self._under_way[call.text.address]
        if call.text.campaign_id is not None:
            self._campaigns.add(call.text.campaign_id)
        self._news.set()

    async def _rest(self, *, more: bool) -> None:
        """Wait for an answer, and a moment more, so that one transaction serves many; or for the brake."""
        if self._under_way:
            await self._news.wait()
            await asyncio.sleep(GATHER)
        elif more and not self._done:
            await asyncio.sleep(self._sender.brake.wait(self._now()))
        self._news.clear()

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _wind_up(self) -> None:
        """Whatever ended the run, the answers to calls that began are recorded."""
        if self._under_way:
            await asyncio.wait(self._under_way.values())
        if self._done or self._campaigns:
            await anyio.to_thread.run_sync(_close, self._sender, self._done, self._campaigns)


def _turn(sender: Sender, answers: Sequence[Answer], room: int, sms_room: int, busy: set[str]) -> _Turn:
    now = sender.clock.now()
    with sender.database.write() as session:
        _record(session, answers, now)
        due = storage.queue.due(session, now=now, most=room) if room else []
        texts = _one_each(due, busy, sms_room)
        return _Turn(_begin(session, sender, _allowed(session, sender, texts, now), now), len(texts), bool(due))


def _one_each(due: Iterable[Due], busy: set[str], sms_room: int) -> list[Due]:
    """One text an address at a time, so that texts arrive in order and each is judged knowing of the one before, also
    of one to the person's other number; and no more by SMS than the pace has room for.
    """
    first: dict[str, Due] = {}
    people: set[int | None] = set()
    for text in due:
        if text.address in busy or text.address in first or text.person_id in people:
            continue
        if text.channel == "sms" and sms_room <= 0:
            continue
        first[text.address] = text
        people |= {text.person_id} - {None}
        sms_room -= text.channel == "sms"
    return list(first.values())


def _allowed(session: Session, sender: Sender, texts: Sequence[Due], now: datetime) -> list[Due]:
    """Ask the gate; what may not go now waits or ends, with the reason."""
    if not texts:
        return []
    rules = gate_facts.rules_now(session, sender.rules)
    verdicts = _judged(session, texts, rules, now)
    storage.queue.wait(session, _held(verdicts, now), now=now)
    storage.queue.end(session, _ended(verdicts), now=now)
    halts.after_gate(session, _asking(verdicts), rules, now=now)
    return [text for text, verdict in verdicts if verdict.sends]


def _judged(session: Session, texts: Sequence[Due], rules: Rules, now: datetime) -> list[tuple[Due, Verdict]]:
    """What the gate says of each, in order: what one text costs is not there for the next."""
    facts = gate_facts.of_texts(session, texts, now=now)
    campaign_ids = {text.campaign_id for text in texts if text.campaign_id is not None}
    purse = budget.purse(session, campaign_ids, now=now, keep=True)
    verdicts = []
    for text in texts:
        facts[text.id].parts_left = purse.left(text.campaign_id)
        verdict = gate.judge(facts[text.id], rules, now)
        verdicts.append((text, verdict))
        if verdict.sends and text.channel == "sms":
            purse.take(text.parts, text.campaign_id)
    return verdicts


def _asking(verdicts: Iterable[tuple[Due, Verdict]]) -> dict[int, str]:
    """Campaigns that a person must decide about before they go on, and why."""
    return {
        text.campaign_id: verdict.reason
        for text, verdict in verdicts
        if text.campaign_id is not None and text.again_of_id is None and verdict.reason in ("cut_by_evening", "budget")
    }


def _held(verdicts: Iterable[tuple[Due, Verdict]], now: datetime) -> list[tuple[int, datetime, str]]:
    return [
        (text.id, verdict.until or now + LOOK_AGAIN, verdict.reason)
        for text, verdict in verdicts
        if verdict.action == "wait"
    ]


def _ended(verdicts: Iterable[tuple[Due, Verdict]]) -> list[tuple[int, str, str]]:
    states = {"expire": "expired", "withhold": "withheld"}
    return [(text.id, states[verdict.action], verdict.reason) for text, verdict in verdicts if verdict.action in states]


def _begin(session: Session, sender: Sender, texts: Sequence[Due], now: datetime) -> list[_Call]:
    """Say in the rows that the calls begin, and to whom."""
    calls: list[_Call] = []
    for name in {text.channel for text in texts}:
        channel = sender.channels.get(name)
        provider = channel.provider if channel is not None else ""
        going = [_Call(text, provider, now) for text in texts if text.channel == name]
        storage.queue.begin(session, [call.text.id for call in going], provider, now=now)
        calls += going
    return calls


async def _send(channel: Channel | None, call: _Call) -> Result:
    if channel is None:
        return SendError("Kanalen är inte påslagen.", permanent=False, meaning="operator")
    text = call.text
    outgoing = Outgoing(
        code=text.code, to=text.address, text=text.text, provider=call.provider, send_before=text.send_before,
        buttons=tuple(text.buttons.split("|")) if text.buttons else (),
    )  # fmt: skip
    try:
        return await channel.send(outgoing)
    except (SendError, SendUnknown) as outcome:
        return outcome
    except Exception:
        # A fault in a channel leaves the text's fate open: it must not be sent again before somebody has asked.
        log.exception("channel_fault", code=text.code)
        return SendUnknown("Kanalen svarade på ett oväntat sätt.")


def _close(sender: Sender, answers: Sequence[Answer], campaign_ids: Iterable[int]) -> None:
    """Record what a broken turn left, each in a transaction of its own: one that cannot be recorded keeps no other."""
    for answer in answers:
        try:
            with sender.database.write() as session:
                _record(session, [answer], sender.clock.now())
        except Exception:
            log.exception("answer_not_recorded", code=answer[0].text.code)
    with sender.database.write() as session:
        for campaign_id in campaign_ids:
            campaigns.finish_if_done(session, storage.campaigns.get(session, campaign_id), now=sender.clock.now())


def _record(session: Session, answers: Sequence[Answer], now: datetime) -> None:
    """Texts that were taken by the batch, since there are thousands of them; the rest one by one."""
    if not answers:
        return
    taken = [(call, result.provider_id) for call, result in answers if _is_sent(result)]
    moved = storage.queue.record_sent(session, [Sent(call.text.id, given) for call, given in taken], now=now)
    left = [(call.text, call.begun_at) for call, _ in taken if call.text.id in moved]
    receipts.have_left(session, left, now=now)
    others = {call.text.id: result for call, result in answers if not _is_sent(result)}
    for message in storage.messages.locked(session, others) if others else ():
        _settle(session, message, others[message.id], now)
    unhappy = {call.text.campaign_id or 0 for call, _ in answers if call.text.id in others} - {0}
    halts.after_sending(session, unhappy, now=now)


def _is_sent(result: Result) -> TypeGuard[Accepted]:
    return isinstance(result, Accepted) and result.state == "sent"


def _settle(session: Session, message: Message, result: Result, now: datetime) -> None:
    if isinstance(result, Accepted):
        storage.messages.name_by_provider(session, message, result.provider_id)
        for state in ("sent", result.state):
            if storage.messages.advance(session, message, state, now=now):
                receipts.follow(session, message, meaning="", now=now)
    elif isinstance(result, SendUnknown):
        storage.messages.advance(session, message, "unknown", now=now, reason=storage.campaign_queue.ANSWER_LOST)
    else:
        _refused(session, message, result, now)


def _refused(session: Session, message: Message, error: SendError, now: datetime) -> None:
    if message.state != "sending":
        # A receipt has come, or the call was given up as lost, while the provider was slow: what is known stands.
        return
    if error.meaning == "operator" and message.campaign_id is not None:
        # No text of the campaign would fare better: it waits with the others until a person has mended the fault, and
        # has not used up its patience.
        message.attempts -= 1
        storage.queue.requeue(session, message, now + RETRIES[0], now=now, reason=error.sentence)
        halts.operator_fault(session, message, now=now)
        return
    if error.permanent or message.attempts > len(RETRIES):
        storage.messages.advance(session, message, "failed", now=now, reason=error.sentence, error=error.code or "")
        receipts.follow(session, message, meaning=error.meaning, now=now)
        return
    patience = RETRIES[message.attempts - 1]
    wait = max(patience, timedelta(seconds=error.retry_after)) if error.retry_after else patience
    storage.queue.requeue(session, message, now + wait, now=now, reason=error.sentence)
