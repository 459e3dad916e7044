"""Puts the house together: settings to database, clock, channels and timetable. The only place that knows all."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio
import anyio.to_thread
from fastapi import APIRouter

import storage.queue
import storage.settings
from bot import inbox
from bot.channels import elks, elks_codes, http_pool, oidc, sms, telegram
from bot.channels.http_pool import Pool
from bot.channels.simulator import SimulatorChannel
from bot.channels.sms_route import Carrier, SmsRoute
from bot.channels.telegram_door import open_door
from bot.channels.telegram_pace import Pace
from bot.conversation import gathering_texts, replies, unasked
from bot.intake import Intake, Item, KeepAll
from bot.settings import Settings
from outreach import linking, own_texts, receipts, sms_choice
from outreach.channels import Channel, Inbound, Receipt
from outreach.gate import Rules
from outreach.sms_choice import Choice
from scheduler import jobs, reconcile
from scheduler.brake import Brake
from scheduler.clock import Clock, MovableClock, SystemClock
from scheduler.embedded import EmbeddedTimekeeper
from scheduler.jobs import Job
from scheduler.reminders import Occasion, Written
from scheduler.sending import Sender
from storage.database import Database, Session
from storage.vault import Vault

# With these Twilio takes no text at all from us, whomever it is for (Twilio docs: error 10001 and so on).
CLOSED_AT_TWILIO = frozenset({"10001", "20003", "20005", "20404", "70051", "90010"})


@dataclass(frozen=True)
class House:
    """One installation, ready to serve, to work or to be asked."""

    settings: Settings
    database: Database
    clock: Clock
    sender: Sender
    jobs: Sequence[Job]
    pool: Pool
    intake: Intake
    telegram: telegram.TelegramChannel | None
    sms_route: SmsRoute | None
    single_sign_on: oidc.OidcProvider | None

    def now(self) -> datetime:
        """What time it is here."""
        return self.clock.now()

    @property
    def regret(self) -> timedelta:
        """How long a started campaign can be undone before its first text leaves."""
        return timedelta(seconds=self.settings.regret_seconds)

    @property
    def sms_number(self) -> str:
        """The number that our texts come from now; empty where none is set."""
        if self.sms_route is not None:
            return self.sms_route.number
        return {"twilio": self.settings.twilio_from, "46elks": self.settings.elks_from}[self.settings.sms_provider]

    def keep_inbound(self, inbound: Inbound) -> None:
        """Keep a text in a transaction of its own."""
        with self.database.write() as session:
            inbox.keep(session, inbound)

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
                    keep=self.intake.keep,
                    now=self.now,
                )  # fmt: skip
            )
        if elks_secret := self.settings.elks_webhook_secret.get_secret_value():
            doors.append(
                elks.router(secret=elks_secret, keep=self.intake.keep, now=self.now)  # fmt: skip
            )
        if self.settings.telegram_enabled:
            doors.append(
                telegram.router(
                    secret=self.telegram_secret,
                    keep=self.intake.keep,
                    now=self.now,
                    run_errand=self.telegram.run_errand if self.telegram is not None else None,
                )  # fmt: skip
            )
        return doors

    @property
    def telegram_secret(self) -> str:
        """The word Telegram must send along; where none is set, one that only this installation can make."""
        chosen = self.settings.telegram_webhook_secret.get_secret_value()
        return chosen or self.database.vault.fingerprint("telegram webhook")

    def know_bot(self, name: str) -> None:
        """Remember our name at Telegram, in a transaction of its own."""
        with self.database.write() as session:
            linking.know_bot(session, name, now=self.now())

    @asynccontextmanager
    async def keeping_time(self) -> AsyncIterator[None]:
        """Run the timetable on this event loop, and what keeps Telegram in touch, until the block ends."""
        timekeeper = EmbeddedTimekeeper(self.jobs)
        timekeeper.start()
        async with anyio.create_task_group() as group:
            group.start_soon(self._keep_in_touch)
            try:
                yield
            finally:
                group.cancel_scope.cancel()
                self.sender.stopping.set()
                with anyio.CancelScope(shield=True):
                    await timekeeper.stop()

    async def _keep_in_touch(self) -> None:
        chosen, channel = self.settings, self.telegram
        # A practice installation has nobody to ask: its links carry the name it has been told.
        is_offered = chosen.telegram_enabled and (chosen.practice or channel is not None)
        polls = chosen.telegram_mode == "polling"
        async with anyio.create_task_group() as group:
            if channel is not None and polls:
                group.start_soon(lambda: channel.poll(self.intake.keep, now=self.now))
            await open_door(
                channel, name=chosen.telegram_bot if is_offered else "", know=self.know_bot,
                public_url="" if polls else chosen.public_url, secret=self.telegram_secret,
            )  # fmt: skip

    async def run_until_idle(self, *, patience: timedelta = timedelta()) -> int:
        """Run every job until nothing is due, nor falls due within `patience`. What another process has begun and not
        recorded is waited for: when that one died its calls become uncertain, and are asked about. Returns how much
        was dealt with.
        """
        dealt_with = await jobs.run_until_idle(self.jobs)
        try:
            while (pause := await anyio.to_thread.run_sync(self._soon, patience)) is not None:
                await anyio.sleep(pause)
                dealt_with += await jobs.run_until_idle(self.jobs)
        finally:
            # Connections belong to the event loop that is about to end.
            await self.pool.close()
        return dealt_with

    def _soon(self, patience: timedelta) -> float | None:
        """How many seconds until it is worth looking again, at most one; None when nothing is to be waited for."""
        with self.database.read() as session:
            if storage.queue.unsettled_since(session, self.now() - reconcile.ASKED_BY, self.now()):
                return 1.0
            due = jobs.next_due(session, self.now()) if patience else None
        if due is None or due > self.now() + patience:
            return None
        return min(max((due - self.now()).total_seconds(), 0.01), 1.0)

    async def close(self) -> None:
        """Give back connections."""
        await self.pool.close()
        self.database.close()


def _begun_at_once(settings: Settings) -> int:
    # Half as many again as there are connections: none stands idle until the next transaction has begun its text.
    return settings.send_concurrency * 3 // 2


def build(
    settings: Settings, *, pool: Pool | None = None, clock: Clock | None = None, database: Database | None = None
) -> House:
    """An installation by its settings. Tests hand in a pool that can be watched, a clock that stands still, and a
    database whose statements are made already.
    """
    database = database or Database(settings.database_url, Vault(settings.secret()))
    clock = clock or _clock(settings, database)
    pool = pool or http_pool.AiohttpPool(connections=settings.send_concurrency)
    telegram_channel = _telegram(settings, pool)
    sms_route = _sms_route(settings, database, clock, pool)
    sender = Sender(
        database=database, clock=clock, channels=_channels(settings, database, clock, sms_route, telegram_channel),
        rules=_rules(settings), concurrency=_begun_at_once(settings), brake=Brake(settings.sms_per_second),
    )  # fmt: skip

    intake = Intake(_keeper(database, clock))
    together = timedelta(seconds=settings.read_together_seconds)

    def read_texts(now: datetime) -> int:
        return inbox.read_due(database, together=together, now=now, give_way=intake.first)

    timetable = [*jobs.timetable(sender, read_texts, write_reminder, unasked.write, gathering_texts.write)]
    if sms_route is not None:
        timetable.append(Job("turn_back", 60, sms_route.look_again))
    single_sign_on = _single_sign_on(settings, pool)
    return House(
        settings, database, clock, sender, timetable, pool, intake, telegram_channel, sms_route, single_sign_on
    )  # fmt: skip


def _keeper(database: Database, clock: Clock) -> KeepAll:
    def keep_all(items: Sequence[Item]) -> None:
        """Texts first: they are what somebody has said, and cost next to nothing to keep."""
        with database.write() as session:
            inbox.keep_all(session, [item for item in items if isinstance(item, Inbound)])
            for item in items:
                if isinstance(item, Receipt):
                    receipts.record(session, item, now=clock.now())

    return keep_all


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
    settings: Settings, database: Database, clock: Clock, sms_route: SmsRoute | None,
    telegram_channel: telegram.TelegramChannel | None,
) -> dict[str, Channel]:  # fmt: skip
    # The one place where practice is decided: a practice installation holds no object that could reach a provider.
    if settings.practice:
        return {name: _simulator(name, database, clock) for name in ("sms", "telegram")}
    channels: dict[str, Channel] = {}
    if sms_route is not None:
        channels["sms"] = sms_route
    if telegram_channel is not None:
        channels["telegram"] = telegram_channel
    return channels


def _sms_route(settings: Settings, database: Database, clock: Clock, pool: Pool) -> SmsRoute | None:
    """The chosen provider and its stand-in. None in practice mode, and while the chosen one is not set up: a stand-in
    alone would text from a number that nobody expects.
    """
    wanted = dict.fromkeys(name for name in (settings.sms_provider, settings.sms_fallback) if name)
    set_up = {"twilio": bool(settings.twilio_account_sid), "46elks": bool(settings.elks_username)}
    if settings.practice or not set_up[settings.sms_provider]:
        return None
    providers = [name for name in wanted if set_up[name]]

    def load() -> Choice:
        with database.read() as session:
            return sms_choice.read(session, providers)

    def change(before: Choice, after: Choice) -> bool:
        with database.write() as session:
            return sms_choice.change(session, before, after, providers, now=clock.now())

    build_carrier = {"twilio": _twilio, "46elks": _elks}
    carriers = [build_carrier[name](settings, clock, pool) for name in providers]
    return SmsRoute(carriers, load=load, change=change, now=clock.now)


def _twilio(settings: Settings, clock: Clock, pool: Pool) -> Carrier:
    channel = sms.TwilioChannel(
        account_sid=settings.twilio_account_sid, auth_token=settings.twilio_auth_token.get_secret_value(),
        from_number=settings.twilio_from, api_base=settings.twilio_api_base or None,
        region=settings.twilio_region, edge=settings.twilio_edge,
        public_url=settings.public_url, pool=pool, now=clock.now,
    )  # fmt: skip
    return Carrier(channel, settings.twilio_from, CLOSED_AT_TWILIO)


def _elks(settings: Settings, clock: Clock, pool: Pool) -> Carrier:
    channel = elks.ElksChannel(
        username=settings.elks_username, password=settings.elks_password.get_secret_value(),
        from_number=settings.elks_from, api_base=settings.elks_api_base or None, public_url=settings.public_url,
        webhook_secret=settings.elks_webhook_secret.get_secret_value(), pool=pool, now=clock.now,
    )  # fmt: skip
    return Carrier(channel, settings.elks_from, elks_codes.CLOSED)


def _telegram(settings: Settings, pool: Pool) -> telegram.TelegramChannel | None:
    token = settings.telegram_token.get_secret_value()
    if settings.practice or not settings.telegram_enabled or not token:
        return None
    return telegram.TelegramChannel(
        token=token, api_base=settings.telegram_api_base or None, pool=pool, pace=Pace(settings.telegram_per_second),
        farewell="\n".join(replies.template("TG-GROUP", lang) for lang in ("sv", "en")),
    )  # fmt: skip


def _single_sign_on(settings: Settings, pool: Pool) -> oidc.OidcProvider | None:
    """The municipality's sign-in. None where it is not set up; in practice mode nothing but this machine is reached."""
    if not settings.oidc_issuer or not settings.oidc_client_id:
        return None
    if not oidc.may_reach(settings.oidc_issuer, stays_here=settings.practice):
        return None
    return oidc.OidcProvider(
        issuer=settings.oidc_issuer, client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(), label=settings.oidc_label,
        mfa=settings.oidc_mfa, mfa_acr=tuple(settings.oidc_mfa_acr.split()), trusts_email=settings.oidc_trust_email,
        stays_here=settings.practice, pool=pool,
    )  # fmt: skip


def _simulator(name: str, database: Database, clock: Clock) -> SimulatorChannel:
    def fault_for(address: str) -> str | None:
        with database.read() as session:
            faults: dict[str, str] = storage.settings.read(session, "phone_faults", default={})
        return faults.get(address) or faults.get("*")

    def keep_receipt(receipt: Receipt) -> None:
        with database.write() as session:
            receipts.record(session, receipt, now=clock.now())

    return SimulatorChannel(name, fault_for=fault_for, keep_receipt=keep_receipt, now=clock.now)


def write_reminder(session: Session, occasion: Occasion) -> Written:
    """The sentence of a reminder (ux §5.6), with its buttons."""
    own = own_texts.of(session, occasion.kind, replies.said_in(occasion.kind, occasion.lang))
    text = replies.render(
        occasion.kind,
        occasion.lang,
        {
            "namn": occasion.name, "plats": occasion.place, "kl": replies.say_clock(occasion.starts_at),
            "dag_rel": replies.say_relative_day(occasion.starts_at, occasion.now, occasion.lang),
        },
        own=own,
    )  # fmt: skip
    return Written(text, replies.buttons(occasion.kind, occasion.lang))
