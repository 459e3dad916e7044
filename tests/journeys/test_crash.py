"""Processes die at any moment: nobody is texted twice, nobody is forgotten, and every text is answered once."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import anyio
import loopback_provider
import pytest
from loopback_provider import Nursery, Provider
from twilio.request_validator import RequestValidator

from bot import wiring
from bot.commands import seeding
from bot.settings import Settings
from outreach import campaigns
from scheduler import jobs
from scheduler.clock import SystemClock
from storage.campaigns import Campaign

PEOPLE = 250
KILLS = 4
SENT_BETWEEN_KILLS = 25
FAULTS = {"refused": 0.05, "broken": 0.02, "hanging": 0.01, "reset": 0.01, "lost": 0.02}
TOKEN = "loopback-token"
TEXT = "Hej {fornamn}! Unga Björkstad här. Vill du ses och prata? Svara JA, NEJ eller STOPP."


class LateClock:
    """The machine's clock, put forward so that no test waits for a lease or for another try."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The time, and more."""
        return SystemClock().now() + self.ahead


@pytest.fixture(scope="module", autouse=True)
def nursery() -> Iterator[Nursery]:
    with loopback_provider.nursery() as nursery:
        yield nursery


@pytest.fixture
def provider() -> Iterator[Provider]:
    with loopback_provider.provider("--seed", "7") as provider:
        yield provider


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture
def told(tmp_path: Path, empty_database_file: bytes, provider: Provider, port: int) -> dict[str, str]:
    """Settings of an installation that sends to the pretended provider."""
    (tmp_path / "brygga.db").write_bytes(empty_database_file)
    return {
        "database_url": f"sqlite:///{tmp_path / 'brygga.db'}", "secret_key": "for trials only", "practice": "false",
        "public_url": f"http://127.0.0.1:{port}", "twilio_account_sid": "AC" + "b" * 32, "twilio_auth_token": TOKEN,
        "twilio_from": "+46766861004", "twilio_api_base": provider.url, "allowed_hours": "always",
        "send_concurrency": "10", "read_together_seconds": "1", "log_level": "ERROR",
    }  # fmt: skip


@pytest.fixture
def clock() -> LateClock:
    return LateClock()


@pytest.fixture
def house(told: dict[str, str], clock: LateClock) -> wiring.House:
    """The same installation from within this process; `finish` closes it."""
    house = wiring.build(Settings(**told), clock=clock)
    with house.database.write() as session:
        seeding.seed(session, people=PEOPLE, seed=1, now=house.now())
    return house


def launch(house: wiring.House, tmp_path: Path) -> None:
    """A campaign to everybody."""
    with house.database.write() as session:
        campaign = Campaign(name="Prov", audience="har mobil", text_sv=TEXT, created_at=house.now())
        campaigns.create(session, campaign, now=house.now())
        campaigns.launch(session, campaign, house.sender.rules, now=house.now())
    with closing(sqlite3.connect(tmp_path / "brygga.db", isolation_level=None)) as connection:
        # Midnight, when waiting texts expire, must not be able to fall in the middle of this.
        connection.execute("UPDATE message SET send_before = NULL")


def rows(tmp_path: Path, sql: str) -> list[tuple[str, ...]]:
    """What the database holds."""
    with closing(sqlite3.connect(tmp_path / "brygga.db")) as connection:
        return connection.execute(sql).fetchall()


def wait_until(done: Callable[[], bool], *, seconds: float = 15) -> bool:
    """Look again and again; False when the time is up."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.01)
    return done()


def finish(house: wiring.House, clock: LateClock) -> None:
    """Do whatever is due when dead senders' leases have ended, and when refused texts may be tried again."""

    async def twice() -> None:
        for _ in range(2):
            clock.ahead += timedelta(minutes=5)
            await jobs.run_until_idle(house.jobs)
        await house.close()

    anyio.run(twice)


def test_killed_senders_text_nobody_twice_and_forget_nobody(
    house: wiring.House, clock: LateClock, told: dict[str, str], nursery: Nursery, provider: Provider, tmp_path: Path
) -> None:
    launch(house, tmp_path)
    provider.behave(latency=0.1, **FAULTS)

    killed_at_work = []
    for _ in range(KILLS):
        enough = len(provider.taken()) + SENT_BETWEEN_KILLS
        sender = nursery.start(told, "work", "--drain")
        # A sender that only waits for answers that never come is killed as well.
        wait_until(lambda enough=enough: len(provider.taken()) >= enough, seconds=3)
        killed_at_work.append(nursery.kill(sender))
    provider.behave(latency=0, **dict.fromkeys(FAULTS, 0))
    finish(house, clock)

    taken, numbers = zip(*provider.taken(), strict=True)
    states = dict(rows(tmp_path, "SELECT code, state FROM message"))
    assert killed_at_work == [True] * KILLS
    assert len(taken) == len(set(taken)) == len(set(numbers))
    assert len(states) == PEOPLE
    assert set(taken) <= set(states)
    assert set(states.values()) <= {"sent", "unknown"}
    assert {code for code, state in states.items() if state == "sent"} <= set(taken)


def post(port: int, form: dict[str, str]) -> int:
    """Post a text as Twilio does; the status it is answered with."""
    url = f"http://127.0.0.1:{port}/webhooks/twilio/sms"
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    request = Request(url, data=urlencode(form).encode(), headers={"X-Twilio-Signature": signature})
    with urlopen(request, timeout=15) as answer:
        return int(answer.status)


def serve(nursery: Nursery, told: dict[str, str], port: int) -> int:
    """Start the service and wait until it answers; its process id."""

    def answers() -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return answer.status == 200
        except URLError:
            return False

    pid = nursery.start(told, "serve", "--port", str(port))
    assert wait_until(answers)
    return pid


def test_a_text_is_kept_before_it_is_answered_and_answered_once_however_often_it_comes(
    house: wiring.House, clock: LateClock, told: dict[str, str], nursery: Nursery, provider: Provider, port: int,
    tmp_path: Path,
) -> None:  # fmt: skip
    text = {"MessageSid": "SM" + "c" * 32, "From": "+46700000001", "To": "+46766861004", "Body": "vem är ni?"}

    service = serve(nursery, told, port)
    assert post(port, text) == 200
    nursery.kill(service)
    assert rows(tmp_path, "SELECT provider_id, handled_at FROM inboundtext") == [("SM" + "c" * 32, None)]
    service = serve(nursery, told, port)
    assert [post(port, text), post(port, text)] == [200, 200]
    assert wait_until(lambda: rows(tmp_path, "SELECT state FROM message") == [("sent",)])
    assert [post(port, text), post(port, text)] == [200, 200]
    nursery.kill(service)
    finish(house, clock)

    assert rows(tmp_path, "SELECT count(*) FROM inboundtext") == [(1,)]
    assert rows(tmp_path, "SELECT kind, state FROM message") == [("reply", "sent")]
    assert [to for _, to in provider.taken()] == ["+46700000001"]
