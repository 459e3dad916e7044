"""Somebody who stands at the telephone network and knows, without asking the product, who must not get what. What is
true of people, numbers, stops and campaigns is kept here a second time, in other words than the product's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import storage.conversations
import storage.meetings
import storage.messages
from storage.database import Database, Session
from storage.messages import Message

STOCKHOLM = ZoneInfo("Europe/Stockholm")
STARTED = ("campaign", "ladder", "nudge", "follow_up")
# What answers the hand that wrote, whoever's it is.
ANSWERS = ("crisis", "stop_confirmation")
ANSWERED_WITHIN = timedelta(hours=12, minutes=5)
# From the Swedish calendar by hand: weekdays on which nothing of ours starts, June 2026 to July 2027.
CLOSED = {
    date(2026, 6, 19), date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 6),
    date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6), date(2027, 6, 25),
}  # fmt: skip
AGES = {"kaa": range(16, 20), "uppsok": range(19, 30), "other": range(16, 30)}
RANK = {"unknown": 2, "sent": 3, "failed": 4, "undelivered": 5, "delivered": 6}


def say(moment: datetime) -> str:
    """ "Tue 24 Nov 13:04:00"."""
    return f"{moment.astimezone(STOCKHOLM):%a %d %b %H:%M:%S}"


@dataclass
class Somebody:
    """What is true of a person just now."""

    id: int
    name: str
    born: date | None = None
    office: int = 0
    programmes: dict[str, date | None] = field(default_factory=dict)
    protected: bool = False
    closed: bool = False
    dead: bool = False
    rests_until: datetime | None = None
    held: bool = False
    acute: bool = False
    helped: int = 0
    answered: int = -1

    def age(self, today: date) -> int | None:
        """Whole years."""
        if self.born is None:
            return None
        return sum(_birthday(self.born, year) <= today for year in range(self.born.year + 1, today.year + 1))


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


@dataclass
class Tie:
    """That somebody can be reached at a number."""

    person: int
    address: str
    kind: str = "mobile"
    guardian: bool = False
    struck: bool = False
    dead: bool = False


@dataclass
class Wish:
    """A stop: at an address, and of a person where it is known whose it is. It may be confirmed once, or not at all."""

    address: str
    person: int | None
    confirmations: int
    at_address: bool = True
    of_person: bool = True


@dataclass
class Handed:
    """A text that was handed to the network."""

    message: Message
    at: datetime
    turn: int
    refused: bool
    rank: int = 3
    counts: bool = True


class Witness:
    """Keeps what is true, and sees every text at the moment it is handed over."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self.database, self.now = database, now
        self.people: dict[int, Somebody] = {}
        self.ties: list[Tie] = []
        self.wishes: list[Wish] = []
        self.campaigns: dict[int, str] = {}
        self.offices: dict[int, int] = {}
        self.all_paused = False
        self.handed: list[Handed] = []
        self.wrote_at: dict[str, datetime] = {}
        self.apologies: dict[str, int] = {}
        self.may_repeat: set[str] = set()
        self.faults: list[str] = []
        self.turn = 0

    # ------------------------------------------------------------------------------------------ what is true

    def who(self, address: str) -> Somebody | None:
        """The one person who has this number, as themselves."""
        found = {tie.person for tie in self.ties if tie.address == address and not tie.struck and not tie.guardian}
        return self.people[found.pop()] if len(found) == 1 else None

    def hears(self, address: str, meaning: str) -> None:
        """Somebody writes from an address."""
        self.turn += 1
        person = self.who(address)
        self.wrote_at[address] = self.now()
        acute = person is not None and person.acute
        if person is not None:
            # Whatever was agreed may change when somebody writes: held against nobody.
            person.answered, person.rests_until = self.turn, None
            for tie in self.ties:
                tie.dead = tie.dead and (tie.person, tie.address) != (person.id, address)
        if meaning in ("stop", "provider_stop"):
            self.stops(address, person.id if person else None, confirmed=meaning == "stop")
        elif meaning == "start":
            self._starts(address, person.id if person else None)
        elif meaning == "wrong" and not acute:
            owed = not self._stopped_at(address) and not (person is not None and self._stopped(person.id))
            self.apologies[address] = self.apologies.get(address, 0) + owed
            self.strike(person.id if person else None, address)
        elif meaning == "crisis" and person is not None and not person.acute:
            person.acute, person.helped = True, 0

    def stops(self, address: str, person: int | None, *, confirmed: bool) -> None:
        """A stop, written, spoken or told of by the provider; a standing one is not confirmed again."""
        fresh = not self._stopped_at(address)
        self.wishes.append(Wish(address, person, int(confirmed and fresh)))

    def _starts(self, address: str, person: int | None) -> None:
        for wish in self.wishes:
            mine = person is not None and wish.person == person
            wish.at_address = wish.at_address and wish.address != address and not mine
            # Whoever else writes from the number does not take a person's own word back.
            wish.of_person = wish.of_person and not mine and wish.person is not None

    def _stopped_at(self, address: str) -> bool:
        return any(wish.at_address and wish.address == address for wish in self.wishes)

    def _stopped(self, person: int | None) -> bool:
        return any(wish.of_person and wish.person is not None and wish.person == person for wish in self.wishes)

    def strike(self, person: int | None, address: str) -> None:
        """The number is not this person's."""
        for tie in self.ties:
            tie.struck = tie.struck or (tie.person, tie.address) == (person, address)

    def told(self, handed: Handed, state: str, meaning: str) -> None:
        """A receipt; late and doubled ones change nothing."""
        if RANK[state] <= handed.rank:
            return
        handed.rank, handed.counts = RANK[state], state != "failed"
        message = handed.message
        for tie in self.ties:
            if (tie.person, tie.address) == (message.person_id, message.address):
                tie.dead = meaning == "number_dead" or tie.dead and state != "delivered"
        if meaning == "opted_out":
            self.stops(message.address, message.person_id, confirmed=False)

    # ------------------------------------------------------------------------------------- what must not happen

    def sees(self, code: str, *, refused: bool) -> Handed:
        """A text is handed over."""
        self.turn += 1
        with self.database.read() as session:
            message = storage.messages.by_code(session, code)
            assert message is not None
            found = list(self._wrong(session, message))
        self.faults += [f"{say(self.now())} {self._told_of(message)}: {fault}" for fault in found]
        earlier = [one for one in self.handed if one.message.code == code and not one.refused]
        handed = Handed(message, self.now(), self.turn, refused)
        if not refused and not earlier:
            self._count(message)
        self.handed.append(handed)
        self.may_repeat.discard(code)
        return handed

    def _told_of(self, message: Message) -> str:
        person = self.people.get(message.person_id or 0)
        return f"{message.kind} {message.text_code} to {person.name if person else 'nobody known'} at {message.address}"

    def _count(self, message: Message) -> None:
        if message.kind == "crisis" and message.person_id in self.people:
            self.people[message.person_id].helped += 1
        if message.text_code.startswith("STOP-OK"):
            wish = self._to_confirm(message.address)
            if wish is not None:
                wish.confirmations -= 1
        if message.text_code == "WRONG-OK":
            self.apologies[message.address] = self.apologies.get(message.address, 0) - 1

    def _to_confirm(self, address: str) -> Wish | None:
        return next((wish for wish in self.wishes if wish.address == address and wish.confirmations), None)

    def _wrong(self, session: Session, message: Message) -> Iterator[str]:
        gone = [one for one in self.handed if one.message.code == message.code and not one.refused]
        if gone and message.code not in self.may_repeat:
            yield "was handed over before"
        if self.all_paused and message.kind not in (*ANSWERS, "staff"):
            yield "all sending is paused"
        # That an answer nobody knows the fate of comes once more, however late, is staff's own decision.
        if message.code not in self.may_repeat or message.kind not in ANSWERS:
            yield from self._stop(message)
        wrote, answers = self.wrote_at.get(message.address), message.kind in (*ANSWERS, "reply", "notice")
        is_late = wrote is None or self.now() - wrote > ANSWERED_WITHIN
        if answers and is_late and message.code not in self.may_repeat:
            yield "nobody has written from there lately"
        person = self.people.get(message.person_id or 0)
        if person is not None:
            yield from self._person(session, message, person)
        if message.kind in STARTED:
            yield from self._started(session, message, person)

    def _stop(self, message: Message) -> Iterator[str]:
        stopped = self._stopped_at(message.address) or self._stopped(message.person_id)
        if message.text_code.startswith("STOP-OK"):
            if self._to_confirm(message.address) is None:
                yield "there is no stop to confirm, or it has been"
        elif message.text_code == "WRONG-OK":
            # An apology that is owed comes also when a stop has followed at once.
            if self.apologies.get(message.address, 0) < 1:
                yield "has said stop, or been apologised to"
        elif stopped and message.kind != "crisis":
            yield "has said stop"

    def _person(self, session: Session, message: Message, person: Somebody) -> Iterator[str]:
        if message.kind in ANSWERS:
            if message.kind == "crisis" and person.helped and message.code not in self.may_repeat:
                yield "has got the crisis text"
            return
        if person.protected:
            yield "is protected"
        if person.dead:
            yield "has died"
        if person.acute and message.kind != "staff":
            yield "is in an acute state"
        if message.kind not in (*STARTED, "reminder", "staff"):
            return
        years = person.age(self.now().astimezone(STOCKHOLM).date())
        if years is not None and years < 16:
            yield f"is {years}"
        yield from self._number(message, person)
        if message.kind == "reminder":
            yield from self._reminder(session, message, person)

    def _number(self, message: Message, person: Somebody) -> Iterator[str]:
        mine = [tie for tie in self.ties if (tie.person, tie.address) == (person.id, message.address)]
        if not mine:
            yield "is not their number"
        for tie in mine:
            bad = {"struck": tie.struck, "dead": tie.dead, "a guardian's": tie.guardian}
            yield from (f"the number is {name}" for name, is_so in bad.items() if is_so)
            if tie.kind == "landline" or tie.kind == "foreign" and message.kind == "campaign":
                yield f"the number is {tie.kind}"
        if len({tie.person for tie in self.ties if tie.address == message.address and not tie.struck}) > 1:
            yield "the number is shared"

    def _reminder(self, session: Session, message: Message, person: Somebody) -> Iterator[str]:
        here = self.now().astimezone(STOCKHOLM)
        if not time(8) <= here.time() <= time(20, 30):
            yield "not by day"
        if person.closed:
            yield "is closed"
        starts = [
            slot.starts_at.astimezone(STOCKHOLM)
            for booking, slot in storage.meetings.bookings_of_person(session, person.id)
            if booking.state in ("booked", "confirmed") and slot.starts_at > self.now()
        ]
        if not any(f"{start.hour}.{start.minute:02}" in message.text for start in starts):
            yield "no such meeting stands"

    def _started(self, session: Session, message: Message, person: Somebody | None) -> Iterator[str]:
        here = self.now().astimezone(STOCKHOLM)
        closes = {4: time(17)}.get(here.weekday(), time(19))
        if here.weekday() > 4 or here.date() in CLOSED or not time(10) <= here.time() < closes:
            yield "not at this hour"
        state = self.campaigns.get(message.campaign_id or 0, "running")
        if state != "running":
            yield f"the campaign is {state}"
        if person is None:
            yield "to nobody we know"
            return
        office = self.offices.get(message.campaign_id or 0)
        if office is not None and person.office != office:
            yield "another office's"
        if person.closed or person.rests_until is not None and person.rests_until > self.now():
            yield "is closed or rests"
        years, today = person.age(here.date()), here.date()
        inside = [name for name, last in person.programmes.items() if last is None or today <= last]
        if "kaa" in inside and years is not None and years >= 20:
            # On that birthday the municipality's own work with those who are older takes over.
            inside.append("uppsok")
        if years is None or not any(years in AGES[name] for name in inside):
            yield f"is {years} and in {inside or 'no programme'}"
        talk = storage.conversations.of_person(session, person.id)
        if person.held or talk is not None and talk.state in ("human", "urgent"):
            yield "a human has it"
        yield from self._cap(message, person)

    def _cap(self, message: Message, person: Somebody) -> Iterator[str]:
        unanswered = {
            one.message.code: one.at
            for one in self.handed
            if one.message.person_id == person.id and one.message.kind in STARTED and one.turn > person.answered
            and one.counts and not one.refused and one.message.code != message.code
        }  # fmt: skip
        if sum(self.now() - at < timedelta(days=7) for at in unanswered.values()) >= 1:
            yield "has an unanswered text of this week"
        if sum(self.now() - at < timedelta(days=90) for at in unanswered.values()) >= 3:
            yield "has three unanswered texts of 90 days"
