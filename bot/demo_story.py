"""What has happened in the practice town: campaigns launched, texts sent, answers read, meetings held. Nothing is
made up in the tables: the clock is moved, and the real thing runs.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import storage.campaigns
import storage.meetings
import storage.numbers
import storage.offices
import storage.people
import storage.settings
import storage.staff
from bot import demo_gatherings, demo_town
from bot.conversation import replies
from bot.demo_town import Data
from bot.wiring import House
from outreach import campaign_plan, campaigns, ladder_notes, meetings, phone_numbers
from outreach.channels import Inbound
from outreach.ladder_notes import Noted
from scheduler import time_travel
from scheduler.clock import MovableClock
from storage.campaigns import Campaign
from storage.codes import new_code
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Slot

_DAY = re.compile(r"\{day([+-]\d+)\}")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at a moment: an answer comes in, a call is noted, or a campaign is launched."""

    at: datetime
    row: Data


class Story:
    """Plays what is written down, from the town's first day to the moment the demo is opened."""

    def __init__(self, house: House, clock: MovableClock, data: Data, opens: datetime) -> None:
        self._house, self._clock, self._data, self._opens = house, clock, data, opens
        self._today: date = local_date(opens)
        self._numbers: dict[str, str] = {}

    async def play(self) -> None:
        """Everything, in order."""
        with self._house.database.write() as session:
            self._numbers = _numbers(session)
            _set_faults(session, self._data, self._numbers)
            demo_gatherings.lay_out(session, self._data, self._opens, self._house.now())
            self._draft(session)
        events = [self._event(row) for row in _happenings(self._data) if _has_time(row)]
        for event in sorted(events, key=lambda event: event.at):
            await time_travel.travel(self._clock, self._house.database, self._house.jobs, event.at)
            if "audience" in event.row:
                self._launch(event.row)
            elif "came" in event.row:
                self._held(event.row)
            elif "step" in event.row:
                self._note(event.row)
            else:
                self._write(event.row)
        await time_travel.travel(self._clock, self._house.database, self._house.jobs, self._opens)
        with self._house.database.write() as session:
            _note_attendance(session, self._today, now=self._house.now())

    def _event(self, row: Data) -> Event:
        if "before" in row:
            return Event(self._opens - timedelta(seconds=row["before"]), row)
        return Event(demo_town.at(demo_town.working_day(self._today, row["day"]), row["clock"]), row)

    def _draft(self, session: Session) -> None:
        for row in self._data["campaigns"]:
            if not _has_time(row):
                self._create(session, row)

    def _launch(self, row: Data) -> None:
        with self._house.database.write() as session:
            campaign = self._create(session, row)
            self._draw(session, campaign, row.get("first", ()))
            campaigns.launch(
                session, campaign, self._house.sender.rules, now=self._house.now(), regret=self._house.regret,
                staff_id=campaign.created_by_id,
            )  # fmt: skip

    def _draw(self, session: Session, campaign: Campaign, first: Sequence[str]) -> None:
        # Who gets their text on the first day is drawn by lot; drawn again until it suits what is told here.
        wanted = set(first)
        for _ in range(200 if wanted else 0):
            plan = campaign_plan.plan(session, campaign, self._house.sender.rules, now=self._house.now())
            if wanted <= {entry.person.name for entry in plan.sending[: campaign.per_day]}:
                return
            campaign.code = new_code()

    def _create(self, session: Session, row: Data) -> Campaign:
        sara = storage.staff.with_role(session, "samordnare")[0]
        office = storage.offices.by_name(session, row["office"]) if "office" in row else None
        now = self._house.now()
        campaign = Campaign(
            name=row["name"], audience=row["audience"], text_code=row["text_code"], purpose=row["purpose"],
            text_sv=replies.template(row["text_code"], "sv"), text_en=replies.template(row["text_code"], "en"),
            office_id=office.id if office else None, per_day=row.get("per_day", 0), answered_by_id=sara.id,
            created_by_id=sara.id, created_at=now,
        )  # fmt: skip
        return campaigns.create(session, campaign, now=now)

    def _write(self, row: Data) -> None:
        now = self._house.now()
        senders = [self._numbers[row["who"]]] if "who" in row else row["numbers"]
        for sender in map(phone_numbers.normalise, senders):
            inbound = Inbound(
                channel="sms", provider_id=f"demo-{sender}-{now.timestamp()}", sender=sender,
                text=self._words(row["text"]), received_at=now,
            )  # fmt: skip
            self._house.keep_inbound(inbound)

    def _held(self, row: Data) -> None:
        with self._house.database.write() as session:
            demo_gatherings.note_what_came_of_it(session, row, self._house.now())

    def _note(self, row: Data) -> None:
        noted = Noted(row["step"], row["result"], source=row.get("source", ""))
        with self._house.database.write() as session:
            sara = storage.staff.with_role(session, "samordnare")[0]
            person = next(one for one in storage.people.everyone(session) if one.name == row["who"])
            ladder_notes.note(session, person, sara, noted, self._house.now())

    def _words(self, text: str) -> str:
        def as_date(found: re.Match[str]) -> str:
            day = demo_town.working_day(self._today, int(found[1]))
            return f"{day.day}/{day.month}"

        return _DAY.sub(as_date, text).replace("{later}", self._later())

    def _later(self) -> str:
        # A meeting later today, so that Idag has one ahead; the last one of the day when the day is nearly over.
        clocks: list[str] = self._data["times"]["clocks"]
        soon = self._opens + timedelta(hours=1)
        return next((clock for clock in clocks if demo_town.at(self._today, clock) > soon), clocks[-1])


def _happenings(data: Data) -> Sequence[Data]:
    announced = [row for row in data["gatherings"] if "code" in row]
    signed = [row["written"] | {"text": f"KOM {row['code']}"} for row in announced]
    held = [row | {"clock": "19.05"} for row in announced if "came" in row]
    return [*data["campaigns"], *data["replies"], *data["tries"], *signed, *held]


def _has_time(row: Data) -> bool:
    return "day" in row or "before" in row


def _numbers(session: Session) -> dict[str, str]:
    """Whom each practice mobile belongs to, by name."""
    people = {person.id: person.name for person in storage.people.everyone(session)}
    found: dict[str, str] = {}
    for tie, number in storage.numbers.everyones(session):
        if number.kind == "mobile":
            found.setdefault(people[tie.person_id], number.e164)
    return found


def _set_faults(session: Session, data: Data, numbers: dict[str, str]) -> None:
    faults: dict[str, Any] = {numbers[row["name"]]: row["fault"] for row in data["people"] if "fault" in row}
    storage.settings.write(session, "phone_faults", faults)


def _note_attendance(session: Session, today: date, *, now: datetime) -> None:
    """Whoever had a meeting before yesterday came; yesterday's is left for the reader to note."""
    office_ids = [office.id for office in storage.offices.all_offices(session)]
    yesterday = demo_town.at(demo_town.working_day(today, -1), "00.00")
    held = storage.meetings.bookings_between(session, office_ids, demo_town.first_day(today), yesterday)
    for booking, slot, _ in held:
        meetings.attend(session, booking, "came", now=now, staff_id=_host(slot))


def _host(slot: Slot) -> int | None:
    return slot.staff_id
