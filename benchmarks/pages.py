"""How long Idag, Register, Inkorg and a search take with 200 people and with 20 000 who have had 100 000 texts: the
same pages, the same staff, a register in which most people have a story. Asked in this process, so that its processor
time is that of the pages (and of the client that asks, a few milliseconds).
"""

import random
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

import storage.bulk
import storage.conversations
import storage.offices
import storage.people
from benchmarks import trial
from benchmarks.report import Row, Table, at_most
from bot import wiring
from bot.app import create_app
from bot.commands import house, seeding
from bot.requests import COOKIE
from bot.settings import Settings
from bot.wiring import House
from outreach import access
from storage.conversations import Conversation
from storage.database import Session
from storage.inbound import InboundText
from storage.ladders import LadderPlace
from storage.local_time import STOCKHOLM
from storage.messages import Message
from storage.tasks import Attempt, Task

SIZES = (200, 20_000)
TODAY_MS, REGISTER_MS, INBOX_MS = 300.0, 500.0, 500.0
TEXTS_EACH = 5
_A_TUESDAY = datetime(2026, 11, 24, 10, tzinfo=STOCKHOLM)
_DISTRICTS = ("Norrby", "Åkersborg", "Hallen", "Sjövik", "Björkhagen")
_STATES = ("invited", "invited", "invited", "offered", "booked", "met", "declined", "occupied", "stopped")
_STEPS = ("ring", "ring", "sms", "reminder", "postcard", "find_number", "rest")
PAGES = (
    ("Idag", TODAY_MS, "/idag"),
    ("Register", REGISTER_MS, "/register"),
    ("Register, by the last reply", REGISTER_MS, "/register?ordning=last"),
    ("Register, four filters", REGISTER_MS, "/register?grupp=kaa&mobil=ja&nadd=nej&omrade=Norrby"),
    ("Register, the last page", REGISTER_MS, "/register?sida=last"),
    ("Inkorg", INBOX_MS, "/inkorg"),
    ("Inkorg, what the service answers", INBOX_MS, "/inkorg?flik=automaten"),
    ("Inkorg, done", INBOX_MS, "/inkorg?flik=klara"),
)
SEARCHES = (("a name", "Noor Khalil"), ("half a name", "khal"), ("a misspelt name", "Nor Kahlil"), ("a number", "1234"),
            ("a birth date", "2008-05-14"))  # fmt: skip


class StillClock:
    """Stands still."""

    def now(self) -> datetime:
        """A Tuesday at ten."""
        return _A_TUESDAY


def measure(options: Namespace) -> list[Table]:
    """One table: milliseconds with 20 000 people, and beside them with 200."""
    small, large = (_of_size(people, max(options.rounds, 3)) for people in SIZES)
    rows = [
        Row(f"{what}, {kind}", large[what][which], small[what][which], at_most(limit, of="figure"))
        for what, limit in _limits().items()
        for which, kind in enumerate(("ms", "ms of processor time"))
    ]
    how = (
        f"{SIZES[1]:,} people, and as reference {SIZES[0]}; medians of {max(options.rounds, 3)} rounds after a first "
        "one. Five texts each, conversations for two thirds with two answers each, calls and open tasks; the last "
        "answer is the whole page."
    )
    return [Table("pages", how.replace(",", " ", 1), rows)]


def _limits() -> dict[str, float]:
    return {what: limit for what, limit, _ in PAGES} | {f"Search for {what}": REGISTER_MS for what, _ in SEARCHES}


def _of_size(people: int, rounds: int) -> dict[str, tuple[float, float]]:
    with trial.folder() as home, _house(home) as installation:
        token, csrf = _fill(installation, people)
        with TestClient(create_app(installation, keep_time=False)) as client:
            client.cookies.set(COOKIE, token)
            last = str(-(-people // 50))
            found = {what: _timed(_page(client, address.replace("sida=last", f"sida={last}")), rounds)
                     for what, _, address in PAGES}  # fmt: skip
            for what, words in SEARCHES:
                found[f"Search for {what}"] = _timed(_search(client, csrf, words), rounds)
    return found


@contextmanager
def _house(home: Path) -> Iterator[House]:
    settings = Settings(database_url=f"sqlite:///{home / 'brygga.db'}", secret_key=SecretStr("for trials only"),
                        practice=True)  # fmt: skip
    installation = wiring.build(settings, clock=StillClock())
    house.bring_up_to_date(installation)
    yield installation


def _timed(ask: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Medians of wall time and of this process's processor time, in milliseconds; the first time does not count."""
    ask()
    spent = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        spent.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
    return median(wall for wall, _ in spent), median(cpu for _, cpu in spent)


def _page(client: TestClient, address: str) -> Callable[[], None]:
    def ask() -> None:
        assert client.get(address).status_code == 200

    return ask


def _search(client: TestClient, csrf: str, words: str) -> Callable[[], None]:
    def ask() -> None:
        # The answer to the form is the way to the page, which is followed.
        assert client.post("/register/sok", data={"csrf": csrf, "q": words}).status_code == 200

    return ask


def _fill(installation: House, people: int) -> tuple[str, str]:
    """People with a story, and somebody who is signed in: their token and the one of their forms."""
    with installation.database.write() as session:
        seeding.seed(session, people=people, seed=1, now=_A_TUESDAY)
        office = storage.offices.all_offices(session)[0]
        _stories(session, office.id)
        staff, _ = access.new_staff(
            session, email="sara@bjorkstad.example", name="Sara Lind", password="for trials only", role="samordnare",
            office_id=office.id, now=_A_TUESDAY,
        )  # fmt: skip
        token = access.open_session(session, staff, now=_A_TUESDAY)
        row = access.find_session(session, token, now=_A_TUESDAY)
        assert row is not None
        return token, row.csrf


def _stories(session: Session, office_id: int) -> None:
    dice = random.Random(2)  # noqa: S311 - invented lives, no secrets
    rows: dict[type[Any], list[dict[str, Any]]] = {
        table: [] for table in (Conversation, LadderPlace, Attempt, Task, Message)
    }
    for number, person in enumerate(storage.people.everyone(session)):
        person.district = _DISTRICTS[number % len(_DISTRICTS)]
        at = _A_TUESDAY - timedelta(days=dice.randrange(60), minutes=dice.randrange(600))
        rows[Message] += [
            _text(person.id, at - timedelta(days=2 * earlier), arrived=earlier > 0 or number % 25 != 1)
            for earlier in reversed(range(TEXTS_EACH))
        ]
        rows[LadderPlace].append(_place(person.id, dice.choice(_STEPS), at))
        if number % 3:
            rows[Conversation].append(_talk(person.id, dice.choice(_STATES), at, waits=number % 200 == 1))
        if number % 4 == 0:
            rows[Attempt].append(storage.bulk.row(Attempt, person_id=person.id, kind="call", result="no_answer", at=at))
        if number % 10 == 0:
            kind = dice.choice(("ring", "find_number", "postcard", "shared_number", "duplicate"))
            rows[Task].append(
                storage.bulk.row(Task, kind=kind, person_id=person.id, office_id=office_id, created_at=at)
            )
    session.flush()
    for table, many in rows.items():
        storage.bulk.add(session, table, many)
    talks = storage.conversations.ids_of_people(session).values()
    storage.bulk.add(session, InboundText, [_answer(talk, number) for talk in talks for number in (1, 2)])


def _place(person_id: int, step: str, at: datetime) -> dict[str, Any]:
    return storage.bulk.row(
        LadderPlace, person_id=person_id, kind=step, position=1, began_at=at, entered_at=at,
        due_at=at + timedelta(days=7),
    )  # fmt: skip


def _talk(person_id: int, state: str, at: datetime, *, waits: bool) -> dict[str, Any]:
    return storage.bulk.row(
        Conversation, person_id=person_id, address="", state="human" if waits else state, state_at=at,
        waiting_since=at if waits else None, last_inbound_at=at,
    )  # fmt: skip


def _answer(talk_id: int, number: int) -> dict[str, Any]:
    return storage.bulk.row(
        InboundText, channel="sms", provider_id=f"SM{talk_id}-{number}", sender="", text="hur lång tid tar det",
        received_at=_A_TUESDAY, handled_at=_A_TUESDAY, conversation_id=talk_id, intent="question", rule="trial",
    )  # fmt: skip


def _text(person_id: int, at: datetime, *, arrived: bool) -> dict[str, Any]:
    state, error = ("delivered", "") if arrived else ("undelivered", "30003")
    return storage.bulk.row(
        Message, kind="campaign", person_id=person_id, address="", text="Hej", send_after=at, created_at=at, sent_at=at,
        state=state, state_at=at, error=error,
    )  # fmt: skip
