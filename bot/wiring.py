"""Puts the house together: settings to database, clock, channels and timetable. The only place that knows all."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio
from fastapi import APIRouter

import storage.settings
from bot import inbox
from bot.channels import http_pool, sms, telegram
from bot.channels.http_pool import Pool
from bot.channels.simulator import SimulatorChannel
from bot.conversation import replies
from bot.settings import Settings
from outreach import receipts
from outreach.channels import Channel, Inbound, Receipt
from outreach.gate import Rules
from scheduler import jobs
from scheduler.clock import Clock, MovableClock, SystemClock
from scheduler.embedded import EmbeddedTimekeeper
from scheduler.jobs import Job
from scheduler.reminders import Occasion
from scheduler.sending import Sender
from storage.database import Database
from storage.vault import Vault


@dataclass(frozen=True)
class House:
    """One installation, ready to serve, to work or to be asked."""

    settings: Settings
    database: Database
    clock: Clock
    sender: Sender
    jobs: Sequence[Job]
    pool: Pool
    telegram: telegram.TelegramChannel | None

    def now(self) -> datetime:
        """What time it is here."""
        return self.clock.now()

    @property
    def regret(self) -> timedelta:
        """How long a started campaign can be undone before its first text leaves."""
        return timedelta(seconds=self.settings.regret_seconds)

    def keep_inbound(self, inbound: Inbound) -> None:
        """Keep a text in a transaction of its own, before the provider gets its answer."""
        together = timedelta(seconds=self.settings.read_together_seconds)
        with self.database.write() as session:
            inbox.keep(session, inbound, together=together, now=self.now())

    def keep_receipt(self, receipt: Receipt) -> None:
        """Keep what became of a text, in a transaction of its own."""
        with self.database.write() as session:
            receipts.record(session, receipt, now=self.now())

    def webhooks(self) -> Sequence[APIRouter]:
        """The doors that providers knock on. In practice mode they are closed: nobody outside knows of it."""
        if self.settings.practice:
            return ()
        doors = []
        if self.settings.twilio_auth_token.get_secret_value():
            doors.append(
                sms.router(
                    public_url=self.settings.public_url,
                    auth_token=self.settings.twilio_auth_token.get_secret_value(),
                    keep_inbound=self.keep_inbound,
                    keep_receipt=self.keep_receipt,
                    now=self.now,
                )  # fmt: skip
            )
        if self.settings.telegram_enabled:
            secret = self.settings.telegram_webhook_secret.get_secret_value()
            doors.append(telegram.router(secret=secret, keep_inbound=self.keep_inbound, now=self.now))
        return doors

    @asynccontextmanager
    async def keeping_time(self) -> AsyncIterator[None]:
        """Run the timetable on this event loop, and Telegram's polling where that is chosen, until the block ends."""
        timekeeper = EmbeddedTimekeeper(self.jobs)
        timekeeper.start()
        async with anyio.create_task_group() as group:
            if self.telegram is not None and self.settings.telegram_mode == "polling":
                poll = self.telegram.poll
                group.start_soon(lambda: poll(self.keep_inbound, now=self.now))
            try:
                yield
            finally:
                group.cancel_scope.cancel()
                timekeeper.stop()

    async def close(self) -> None:
        """Give back connections."""
        await self.pool.close()
        self.database.close()


def build(settings: Settings, *, pool: Pool | None = None, clock: Clock | None = None) -> House:
    """An installation by its settings. Tests hand in a pool that can be watched and a clock that stands still."""
    database = Database(settings.database_url, Vault(settings.secret()))
    clock = clock or _clock(settings, database)
    pool = pool or http_pool.AiohttpPool(connections=settings.send_concurrency)
    telegram_channel = _telegram(settings, pool)
    sender = Sender(
        database=database, clock=clock, channels=_channels(settings, database, clock, pool, telegram_channel),
        rules=_rules(settings), concurrency=settings.send_concurrency, sender_number=settings.twilio_from,
    )  # fmt: skip
    timetable = jobs.timetable(sender, inbox.read_due, write_reminder)
    return House(settings, database, clock, sender, timetable, pool, telegram_channel)


def _rules(settings: Settings) -> Rules:
    return Rules(
        allowed_hours=settings.allowed_hours, frequency_cap=settings.frequency_cap == "on",
        practice=settings.practice, sms_per_second=settings.sms_per_second,
        real_channels=frozenset() if settings.practice else frozenset({"sms", "telegram"}),
    )  # fmt: skip


def _clock(settings: Settings, database: Database) -> Clock:
    if not settings.practice:
        return SystemClock()

    def load() -> timedelta:
        with database.read() as session:
            return timedelta(seconds=float(storage.settings.read(session, "clock_offset", default=0.0)))

    def save(offset: timedelta) -> None:
        with database.write() as session:
            storage.settings.write(session, "clock_offset", offset.total_seconds())

    return MovableClock(load, save)


def _channels(
    settings: Settings, database: Database, clock: Clock, pool: Pool,
    telegram_channel: telegram.TelegramChannel | None,
) -> dict[str, Channel]:  # fmt: skip
    # The one place where practice is decided: a practice installation holds no object that could reach a provider.
    if settings.practice:
        return {name: _simulator(name, database, clock) for name in ("sms", "telegram")}
    channels: dict[str, Channel] = {}
    if settings.twilio_account_sid:
        channels["sms"] = sms.TwilioChannel(
            account_sid=settings.twilio_account_sid, auth_token=settings.twilio_auth_token.get_secret_value(),
            from_number=settings.twilio_from, api_base=settings.twilio_api_base or None,
            public_url=settings.public_url, pool=pool, now=clock.now,
        )  # fmt: skip
    if telegram_channel is not None:
        channels["telegram"] = telegram_channel
    return channels


def _telegram(settings: Settings, pool: Pool) -> telegram.TelegramChannel | None:
    token = settings.telegram_token.get_secret_value()
    if settings.practice or not settings.telegram_enabled or not token:
        return None
    return telegram.TelegramChannel(token=token, api_base=settings.telegram_api_base or None, pool=pool)


def _simulator(name: str, database: Database, clock: Clock) -> SimulatorChannel:
    def fault_for(address: str) -> str | None:
        with database.read() as session:
            faults: dict[str, str] = storage.settings.read(session, "phone_faults", default={})
        return faults.get(address) or faults.get("*")

    def keep_receipt(receipt: Receipt) -> None:
        with database.write() as session:
            receipts.record(session, receipt, now=clock.now())

    return SimulatorChannel(name, fault_for=fault_for, keep_receipt=keep_receipt, now=clock.now)


def write_reminder(occasion: Occasion) -> str:
    """The sentence of a reminder (ux §5.6)."""
    return replies.render(
        occasion.kind,
        occasion.lang,
        {
            "namn": occasion.name, "plats": occasion.place, "kl": replies.say_clock(occasion.starts_at),
            "dag_rel": replies.say_relative_day(occasion.starts_at, occasion.now, occasion.lang),
        },
    )  # fmt: skip
