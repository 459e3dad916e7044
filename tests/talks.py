"""Youths who text, and an office that answers: the real inbox, dialogue and timetable, under a clock that stands
still.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Protocol

import anyio
from builders import a_number, a_person, a_slot, a_staff, an_office, e164
from sqlmodel import select

import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.settings
import storage.signups
import storage.tasks
from bot.conversation import replies
from bot.wiring import House
from outreach import campaigns, delivery, programmes
from outreach.channels import Inbound
from scheduler import jobs
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.local_time import STOCKHOLM
from storage.meetings import Seat
from storage.messages import Message

# Wednesday morning and afternoon, Thursday, Friday, Monday, and next Tuesday at 14.
TIMES = (
    "2026-11-25 10:00", "2026-11-25 14:00", "2026-11-26 10:00", "2026-11-26 14:00", "2026-11-27 10:30",
    "2026-11-30 13:00", "2026-12-01 14:00",
)  # fmt: skip
ADULT, CHILD = date(2008, 5, 14), date(2009, 12, 2)

_ids = count(1)


class Clock(Protocol):
    """A clock that a test moves."""

    moment: datetime

    def now(self) -> datetime:
        """The moment it stands at."""
        ...

    def forward(self, **length: float) -> object:
        """Move it on."""
        ...


def at(written: str) -> datetime:
    """ "2026-11-25 10:00" on the wall clock."""
    return datetime.fromisoformat(written).replace(tzinfo=STOCKHOLM)


@dataclass
class Town:
    """An office with staff, free times and programme rules; `youth` adds somebody with a telephone."""

    house: House
    clock: Clock
    times: Sequence[str] = TIMES
    office_id: int = field(init=False)
    staff_id: int = field(init=False)

    def __post_init__(self) -> None:
        with self.house.database.write() as session:
            programmes.ensure_defaults(session, self.clock.now())
            office = an_office(session)
            staff = a_staff(session, name="Samira Ali", office=office)
            staff.phone = "+46701740698"
            storage.settings.write(session, "on_duty", staff.id)
            for written in self.times:
                a_slot(session, at(written), office=office, staff=staff)
            self.office_id, self.staff_id = office.id, staff.id

    def youth(self, name: str = "Leila", mobile: str = "05", *, born: date = ADULT, invited: bool = True) -> "Youth":
        """Somebody in the register, with the first text already in their telephone."""
        with self.house.database.write() as session:
            person = a_person(session, name, born=born, mobile=mobile)
        youth = Youth(self, e164(mobile), person.id)
        if invited:
            youth.is_invited()
        return youth

    def gathering(
        self, written: str = "2026-12-03 17:00", *, seats: int = 12, short_code: str | None = "7K3P",
        leader: str = "Mohammed Ali", place: str = "Hallens bibliotek",
    ) -> int:  # fmt: skip
        """A dialog meeting; its id."""
        with self.house.database.write() as session:
            office = an_office(session)
            staff = a_staff(session, "ambassador", name=leader, office=office)
            slot = a_slot(
                session, at(written), office=office, staff=staff, place=place, seats=seats, kind="dialog",
                short_code=short_code, topic="sommarjobb",
            )  # fmt: skip
            return slot.id

    def invites_to(self, slot_id: int) -> None:
        """A campaign invites everybody to a dialog meeting."""
        now = self.clock.now()
        with self.house.database.write() as session:
            campaign = campaigns.create(session, Campaign(
                name=f"Träff {next(_ids)}", audience="alla", text_code="INV-3", slot_id=slot_id, created_at=now,
                text_sv=replies.template("INV-3", "sv"), text_en=replies.template("INV-3", "en"),
            ), now=now)  # fmt: skip
            campaigns.launch(session, campaign, self.house.sender.rules, now=now)
        self.run()

    def signups(self, slot_id: int) -> list[tuple[str, str, int]]:
        """Everybody's sign-up to a meeting, in the order of the line: first name, state, companions."""
        with self.house.database.read() as session:
            rows = storage.signups.of_slot(session, slot_id)
        return [(row.first_name, row.state, row.companions) for row in rows]

    def taken(self, slot_id: int) -> int:
        """How many seats of a meeting somebody has."""
        with self.house.database.read() as session:
            seats = session.exec(select(Seat).where(Seat.slot_id == slot_id)).all()
        return sum(seat.signup_id is not None or seat.taken_by is not None for seat in seats)

    def stranger(self, mobile: str = "99") -> "Youth":
        """Somebody whose number nobody in the register has."""
        return Youth(self, e164(mobile), None)

    def run(self) -> None:
        """Do everything that is due now."""
        anyio.run(jobs.run_until_idle, self.house.jobs)


@dataclass
class Youth:
    """Somebody who writes from a telephone, and what has come to it."""

    town: Town
    address: str
    person_id: int | None
    seen: int = 0
    channel: str = "sms"

    def is_invited(self) -> None:
        """INV-1 comes."""
        with self.town.house.database.write() as session:
            now = self.town.clock.now()
            talk = storage.conversations.keep(
                session, Conversation(person_id=self.person_id, address=self.address, state_at=now)
            )
            delivery.queue(session, talk, "Hej! Vill du?", kind="ladder", text_code="INV-1", now=now)
        self.town.run()
        assert self.hears() == ["INV-1"]

    def shares_with(self, name: str) -> "Youth":
        """Somebody else who has the same number."""
        with self.town.house.database.write() as session:
            other = a_person(session, name)
            a_number(session, other, self.address)
        return Youth(self.town, self.address, other.id)

    def writes(self, text: str, *, provider_id: str = "", media: bool = False, provider_did: str = "") -> None:
        """A text reaches us; nothing has read it yet."""
        now = self.town.clock.now()
        inbound = Inbound(
            channel=self.channel, provider_id=provider_id or f"t{next(_ids)}", sender=self.address, text=text,
            received_at=now, media=media, provider_did=provider_did,
        )  # fmt: skip
        self.town.house.keep_inbound(inbound)

    def says(self, *texts: str) -> list[str]:
        """Write these quickly after each other, pause, and hear what comes: the codes of the texts."""
        for text in texts:
            self.writes(text)
        self.town.clock.forward(seconds=26)
        self.town.run()
        return self.hears()

    def waits(self, **length: float) -> list[str]:
        """Time goes on; what comes of itself."""
        self.town.clock.forward(**length)
        self.town.run()
        return self.hears()

    def hears(self) -> list[str]:
        """The codes of the texts that have come since the last time."""
        return [row.text_code for row in self.new_texts()]

    def new_texts(self) -> list[Message]:
        """The texts that have come since the last time."""
        with self.town.house.database.read() as session:
            rows = storage.messages.of_address(session, self.channel, self.address)
        fresh = [row for row in rows if row.id > self.seen and row.state == "delivered"]
        self.seen = max([self.seen, *(row.id for row in fresh)])
        return fresh

    @property
    def last(self) -> str:
        """The words of the latest text on the telephone."""
        with self.town.house.database.read() as session:
            rows = storage.messages.of_address(session, self.channel, self.address)
        return [row.text for row in rows if row.state == "delivered"][-1]

    @property
    def talk(self) -> Conversation:
        """The conversation as it stands."""
        with self.town.house.database.read() as session:
            if self.person_id is not None:
                found = storage.conversations.of_person(session, self.person_id)
            else:
                found = storage.conversations.of_unknown(session, self.channel, self.address)
        assert found is not None
        return found

    @property
    def booked(self) -> str | None:
        """When the standing meeting begins, as "2026-11-25 10:00"."""
        assert self.person_id is not None
        with self.town.house.database.read() as session:
            booking = storage.meetings.open_booking(session, self.person_id)
            if booking is None:
                return None
            starts_at = storage.meetings.slot(session, booking.slot_id).starts_at
        return f"{starts_at.astimezone(STOCKHOLM):%Y-%m-%d %H:%M}"

    @property
    def tasks(self) -> list[str]:
        """Kinds of what is to be done about this person."""
        assert self.person_id is not None
        with self.town.house.database.read() as session:
            return [task.kind for task in storage.tasks.of_person(session, self.person_id) if task.done_at is None]

    @property
    def rests_for(self) -> timedelta | None:
        """How long we leave the person alone."""
        assert self.person_id is not None
        with self.town.house.database.read() as session:
            until = storage.people.get(session, self.person_id).paused_until
        return until - self.town.clock.now() if until is not None else None


def by_code(town: Town, *endings: str) -> list[Youth]:
    """Strangers who come by the poster, one after another."""
    strangers = [town.stranger(ending) for ending in endings]
    for stranger in strangers:
        stranger.says("KOM 7K3P")
    return strangers
