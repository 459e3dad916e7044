"""A whole house, a cast of very different people, and everything that can happen to them, one thing after another."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import anyio
import campaign_town
from builders import NOW, a_number, a_slot, a_staff, e164
from sqlmodel import SQLModel
from witness import STOCKHOLM, Handed, Somebody, Tie, Witness, say

import storage.people
import storage.settings
from bot.settings import Settings
from bot.wiring import House, build
from outreach import contact, numbers
from outreach.channels import Accepted, Inbound, Listed, Outgoing, Receipt, SendError
from scheduler import jobs, time_travel
from scheduler.clock import MovableClock
from storage.database import Database, Session
from storage.people import Guardian, Person, ProgrammeMembership
from storage.staff import Staff

# Who there can be: birthday and age (days from the first day until the next birthday, and the age it brings).
CAST: dict[str, dict[str, object]] = {
    "Alva": {}, "Adam": {}, "Bo turns 16": {"turns": (3, 16)}, "Cia 15": {"turns": (200, 16)},
    "Dan 16": {"turns": (90, 17)}, "Eli turns 20": {"turns": (2, 20)},
    "Fia turns 20 in both": {"turns": (2, 20), "programmes": ("kaa", "uppsok")},
    "Gus 21": {"turns": (40, 22), "programmes": ("uppsok",)},
    "Hal turns 30": {"turns": (1, 30), "programmes": ("uppsok",)},
    "Ida 30": {"turns": (40, 31), "programmes": ("uppsok",)}, "Jon ageless": {"turns": None},
    "Kim in nothing": {"programmes": ()}, "Liv leaves soon": {"leaves": 2}, "Mio protected": {"protected": True},
    "Nea closed": {"closed": True}, "Ola dead": {"dead": True}, "Pia rests": {"rests": 4},
    "Rut landline": {"kind": "landline"}, "Sam foreign": {"kind": "foreign"}, "Tea guardian's": {"owner": "guardian"},
    "Ulf and his mother": {"with_guardian": True}, "Vera": {}, "Vide like the one before": {"shares": True},
    "Wil unreachable": {"standing": "dead"}, "Xia struck": {"struck": True, "second": True},
    "Ylva two numbers": {"second": True}, "Zoe elsewhere": {"office": "Unga Syd"},
}  # fmt: skip
WORDS = {
    "Stopp!": "stop", "sluta sms:a mig": "stop", "START": "start", "fel nummer": "wrong", "jag vill dö": "crisis",
    "ja": "", "2": "", "1": "", "asdf qwer": "", "jag vill prata med en människa": "", "avboka": "", "senare": "",
    "nej": "", "byt tid": "", "vem är du": "", "tack": "", "det här är hans mamma": "", "radera mina uppgifter": "",
    "jag jobbar": "", "ring mig": "",
}  # fmt: skip
ids = count(1)


class StoryClock(MovableClock):
    """Stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(timedelta, lambda _offset: None)
        self.moment = moment

    def now(self) -> datetime:
        """Where it stands."""
        return self.moment

    def set(self, moment: datetime) -> None:
        """Move it."""
        self.moment = moment


class Network:
    """Takes every text in front of the witness, or fails as it was told to."""

    name, provider = "sms", "fake"

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        self.next: dict[str, list[Exception]] = {}

    async def send(self, message: Outgoing) -> Accepted:
        """One text."""
        outcomes = self.next.get(message.to)
        outcome = outcomes.pop(0) if outcomes else None
        handed = self.witness.sees(message.code, refused=isinstance(outcome, SendError))
        if isinstance(outcome, SendError):
            self._refuse(handed, outcome)
        if outcome is not None:
            handed.rank = 2
            raise outcome
        return Accepted(provider_id=f"SM-{message.code}")

    def _refuse(self, handed: Handed, error: SendError) -> None:
        handed.counts = False
        if error.permanent and error.meaning != "operator":
            handed.rank = 2
            self.witness.told(handed, "failed", error.meaning)

    async def lookup(self, to: str, _since: datetime, _provider: str = "") -> list[Listed]:
        """What was taken, newest first."""
        taken = [one for one in self.witness.handed if one.message.address == to and not one.refused]
        for one in taken:
            self.witness.told(one, "delivered", "")
        return [
            Listed(one.message.text, Receipt("delivered", one.at, provider_id=f"SM-{one.message.code}"))
            for one in reversed(taken)
        ]


def a_house(file: Path) -> House:
    """One for many stories: a new one each time would make every query anew."""
    return build(Settings(database_url=f"sqlite:///{file}", secret_key="x" * 20), clock=StoryClock(NOW))


def empty(database: Database) -> None:
    """Take everybody and everything away."""
    with database.connect() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())


class Story:
    """The house, and what happens in it."""

    def __init__(self, house: House, start: datetime, cast: list[str]) -> None:
        assert isinstance(house.clock, StoryClock)
        self.house, self.clock = house, house.clock
        self.clock.set(start.astimezone(UTC))
        self.database, self.rules = house.database, house.sender.rules
        empty(self.database)
        self.witness = Witness(self.database, self.clock.now)
        self.network = Network(self.witness)
        self.house.sender.channels["sms"] = self.network  # type: ignore[index]
        self.told: list[str] = [f"{say(self.now)} begins, with {', '.join(cast)}"]
        self.addresses: dict[int, list[str]] = {}
        self.free = iter(e164(f"{ending:02d}") for ending in range(5, 100))
        with self.database.write() as session:
            self.staff: Staff = a_staff(session, name="Samira Ali", office=campaign_town.an_office(session))
            storage.settings.write(session, "on_duty", self.staff.id)
            for days, hours in ((1, -3), (1, 2), (2, 0), (3, -3), (5, 1), (6, 0), (9, 3), (11, 0)):
                a_slot(session, self.now.replace(minute=0) + timedelta(days=days, hours=hours), staff=self.staff)
            for name in cast:
                self._enters(session, name, **CAST[name])

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.clock.now()

    def _enters(
        self, session: Session, name: str, *, turns: tuple[int, int] | None = (150, 18), programmes: tuple[str, ...] = (
            "kaa",), leaves: int = 0, protected: bool = False, closed: bool = False, dead: bool = False, rests: int = 0,
        kind: str = "mobile", owner: str = "unknown", with_guardian: bool = False, shares: bool = False,
        standing: str = "unverified", struck: bool = False, second: bool = False, office: str = "Unga Norr",
    ) -> None:  # fmt: skip
        today = self.now.astimezone(STOCKHOLM).date()
        born = _born(today, *turns) if turns else None
        last = today + timedelta(days=leaves) if leaves else None
        row = campaign_town.a_person(
            session, first_name=name.split()[0], born=born, programme="", has_number=False, protected=protected,
            office=campaign_town.an_office(session, office), closed_at=self.now if closed else None,
            paused_until=self.now + timedelta(days=rests) if rests else None,
        )  # fmt: skip
        for programme in programmes:
            member = ProgrammeMembership(person_id=row.id, programme=programme, rule_version="test",
                                         valid_from=date(2025, 8, 1), valid_to=last)  # fmt: skip
            storage.people.add_membership(session, member)
        self.witness.people[row.id] = Somebody(
            row.id, name, born, row.office_id or 0, dict.fromkeys(programmes, last), protected, closed, dead,
            row.paused_until,
        )  # fmt: skip
        before = self.addresses.get(row.id - 1, []) if shares else []
        addresses = self.addresses[row.id] = [*before[:1]] or [next(self.free)]
        self.ties(session, row, addresses[0], kind=kind, owner=owner, standing=standing)
        if second:
            addresses.append(next(self.free))
            self.ties(session, row, addresses[1])
        if struck:
            self.struck(session, row, addresses[0])
        if with_guardian:
            storage.people.add_guardian(session, Guardian(person_id=row.id, position=1, phone=addresses[0]))
            self.witness.ties.append(Tie(0, addresses[0], guardian=True))
        if dead:
            contact.outcome(session, row, self.staff, kind="deceased", on=today, now=self.now)

    def ties(self, session: Session, person: Person, address: str, *, kind: str = "mobile", owner: str = "unknown",
             standing: str = "unverified") -> None:  # fmt: skip
        """A number of somebody's."""
        a_number(session, person, address, kind=kind, owner=owner, standing=standing, now=self.now)
        guardians = owner == "guardian"
        self.witness.ties.append(Tie(person.id, address, kind, guardian=guardians, dead=standing == "dead"))

    def struck(self, session: Session, person: Person, address: str) -> None:
        """The number is not theirs."""
        numbers.strike(session, person, address, why="fel person", now=self.now)
        self.witness.strike(person.id, address)

    def passes(self, length: timedelta, *, machine_on: bool = True) -> None:
        """Time goes on."""
        if machine_on:
            anyio.run(time_travel.travel, self.clock, self.database, self.house.jobs, self.now + length)
        else:
            self.clock.set(self.now + length)
            self.runs()

    def until(self, hour: int, minute: int) -> None:
        """Until this hour of the wall clock comes next."""
        here = self.now.astimezone(STOCKHOLM)
        then = here.replace(hour=hour, minute=minute, second=50)
        then = then if then > here else (then + timedelta(days=1))
        self.passes(then.astimezone(UTC) - self.now)

    def runs(self) -> None:
        """Everything that is due now is done."""
        anyio.run(jobs.run_until_idle, self.house.jobs)

    def says(self, who: int, how: int, *texts: str) -> None:
        """Somebody writes, pauses, and is read."""
        address = self.addresses[who][how % len(self.addresses[who])]
        for text in texts:
            self.writes(address, text)
            self.witness.hears(address, WORDS[text])
        self.clock.set(self.now + timedelta(seconds=26))
        self.runs()

    def writes(self, address: str, text: str, provider_did: str = "") -> None:
        """A text reaches us; nothing has read it yet."""
        inbound = Inbound("sms", f"t{next(ids)}", address, text, self.now, provider_did=provider_did)
        self.house.keep_inbound(inbound)


def _born(today: date, days: int, years: int) -> date:
    """The birth date of somebody who gets so old in so many days."""
    then = today + timedelta(days=days)
    return then.replace(year=then.year - years)
