"""A register of people with habits, and a coordinator who works the ladder every working day, through a year."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import anyio
import campaign_town
from builders import a_number, a_slot, a_staff
from long_story import Network, StoryClock, empty, ids
from witness import STOCKHOLM, Somebody, Tie, Witness

import storage.cards
import storage.conversations
import storage.ladders
import storage.messages
import storage.people
import storage.settings
from bot.wiring import House
from outreach import ladder, ladder_lists, ladder_notes, ladder_settings, meetings, quiet_hours
from outreach.channels import Inbound, SendError
from outreach.ladder_notes import Noted
from scheduler import jobs
from storage.cards import Card, CardBatch
from storage.database import Session
from storage.people import Person, ProgrammeMembership
from storage.tasks import TALKED

FIRST_DAY = date(2026, 7, 6)
# The block that seeded people have too: given to nobody.
FIRST_NUMBER = 46_700_000_000
STARTED = ("campaign", "ladder", "nudge", "follow_up")


@dataclass(frozen=True)
class Habit:
    """How somebody is. `answers_call` is the number of the call that is answered, `then` what is agreed in it; `texts`
    are what they write, one after each text of ours; `happens` is what befalls them on a day (counted from the first).
    """

    share: int
    answers_call: int = 0
    then: str = ""
    texts: tuple[str, ...] = ()
    wrong_number: bool = False
    number: str = "mobile"
    has_address: bool = True
    day: int = 0
    happens: str = ""
    turns: tuple[int, int] = (400, 19)


HABITS: dict[str, Habit] = {
    "silent": Habit(60),
    "silent at 17": Habit(20, turns=(200, 18)),
    "answers the first call": Habit(25, answers_call=1, then="booked"),
    "answers the second call and thinks": Habit(20, answers_call=2, then="thinks"),
    "works": Habit(15, answers_call=2, then="occupied"),
    "does not want to": Habit(10, answers_call=1, then="declined"),
    "wants no texts": Habit(5, answers_call=2, then="blocked"),
    "answers the fourth call": Habit(15, answers_call=4, then="booked"),
    "books by text": Habit(20, texts=("ja", "1")),
    "yes and then silent": Habit(15, texts=("ja",)),
    "later": Habit(10, texts=("senare", "2")),
    "no by text": Habit(15, texts=("nej",)),
    "stops": Habit(20, texts=("Stopp!",)),
    "stops at the reminder": Habit(10, texts=("", "Stopp!")),
    "asks who we are": Habit(10, texts=("vem är du",)),
    "wrong number by text": Habit(10, texts=("fel nummer",)),
    "wrong number by call": Habit(15, wrong_number=True),
    "number dies": Habit(15, happens="number dies", day=100),
    "number dies at once": Habit(10, happens="number dies", day=1),
    "turns 20 and goes on": Habit(25, turns=(150, 20)),
    "turns 20 soon": Habit(10, turns=(40, 20)),
    "turns 20 reached": Habit(10, turns=(180, 20), answers_call=1, then="occupied"),
    "turns 30": Habit(10, turns=(120, 30)),
    "becomes protected in December": Habit(15, happens="is protected", day=150),
    "moves": Habit(15, happens="is closed", day=60),
    "no number": Habit(25, number=""),
    "no number and no address": Habit(10, number="", has_address=False),
    "number found in March": Habit(20, number="", happens="can be found", day=245),
    "shares": Habit(20, number="shared"),
    "landline": Habit(10, number="landline"),
    "is paused": Habit(15, happens="is paused", day=20),
}  # fmt: skip


@dataclass
class Youth:
    """A person in the year: who they are to the office, and how they are."""

    id: int
    habit: Habit
    address: str
    calls: int = 0
    written: int = 0
    seen: int = 0
    has_befallen: bool = False
    can_be_found: bool = False


@dataclass
class Contact:
    """That somebody was contacted on a day, and how."""

    person_id: int
    on: date
    how: str


@dataclass
class Year:
    """The house, its people, its coordinator, and all contacts that were made."""

    house: House
    people_wanted: int
    texts_itself: bool = True
    people: dict[int, Youth] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    days: int = 0
    card_week: int = 0

    def __post_init__(self) -> None:
        assert isinstance(self.house.clock, StoryClock)
        self.clock, self.database = self.house.clock, self.house.database
        self.clock.set(_at(FIRST_DAY, 7, 30))
        empty(self.database)
        self.witness = Witness(self.database, self.clock.now)
        self.network = Network(self.witness)
        self.house.sender.channels["sms"] = self.network  # type: ignore[index]
        numbers = iter(range(FIRST_NUMBER, FIRST_NUMBER + 10_000))
        with self.database.write() as session:
            self.office = campaign_town.an_office(session).id
            self.staff = a_staff(session, name="Samira Ali", office=campaign_town.an_office(session))
            storage.settings.write(session, "on_duty", self.staff.id)
            storage.settings.write(session, "answers_a_day", 30)
            ladder_settings.change(
                session, self.office, self.staff, texts_itself=self.texts_itself, answerer_id=self.staff.id,
                announce_first=True, text_before_call=False, now=self.now,
            )  # fmt: skip
            for week in range(54):
                for weekday in (1, 3):
                    day = FIRST_DAY + timedelta(weeks=week, days=weekday)
                    a_slot(session, _at(day, 15, 0), staff=self.staff, seats=40)
            total = sum(habit.share for habit in HABITS.values())
            for habit in HABITS.values():
                for which in range(max(1, round(habit.share * self.people_wanted / total))):
                    self._enters(session, habit, numbers, which)

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """Which day it is in Stockholm."""
        return self.now.astimezone(STOCKHOLM).date()

    def _enters(self, session: Session, habit: Habit, numbers: Iterator[int], which: int) -> None:
        days, years = habit.turns
        birthday = FIRST_DAY + timedelta(days=days + 7 * (which % 10))
        born = birthday.replace(year=birthday.year - years)
        programme = "uppsok" if years > 20 else "kaa"
        address = {"street": "Storgatan 1", "postcode": "123 45", "town": "Björkstad"} if habit.has_address else {}
        person = campaign_town.a_person(
            session, first_name=f"Namn{next(ids)}", born=born, programme="", has_number=False, **address
        )
        member = ProgrammeMembership(person_id=person.id, programme=programme, rule_version="test",
                                     valid_from=date(2026, 1, 1))  # fmt: skip
        storage.people.add_membership(session, member)
        shares = habit.number == "shared" and which % 2
        before = self.people[person.id - 1].address if shares else ""
        number = before or f"+{next(numbers)}"
        self.people[person.id] = Youth(person.id, habit, number)
        self.witness.people[person.id] = Somebody(
            person.id, f"{person.first_name}: {habit}", born, self.office, {programme: None}
        )
        if habit.number:
            self._ties(session, person, number, "landline" if habit.number == "landline" else "mobile")

    def _ties(self, session: Session, person: Person, number: str, kind: str = "mobile") -> None:
        a_number(session, person, number, kind=kind, now=self.now)
        self.witness.ties.append(Tie(person.id, number, kind))

    # ------------------------------------------------------------------------------------------------- a day

    def lives(self, day: date) -> None:
        """A working day from morning to evening."""
        self.clock.set(_at(day, 8, 30))
        self._befalls()
        self.days += 1
        early = self.days % 2 == 0
        if early:
            self._works()
        self.clock.set(_at(day, 10, 20))
        self.runs()
        self._reads_and_writes()
        if not early:
            self.clock.set(_at(day, 14, 0))
            self._works()

    def runs(self) -> None:
        """Everything that is due now is done."""
        anyio.run(jobs.run_until_idle, self.house.jobs)

    def _befalls(self) -> None:
        for one in self.people.values():
            due = one.habit.happens and self.today >= FIRST_DAY + timedelta(days=one.habit.day + one.id % 5)
            if due and not one.has_befallen:
                one.has_befallen = True
                self._befalls_one(one)

    def _befalls_one(self, one: Youth) -> None:
        what, somebody = one.habit.happens, self.witness.people[one.id]
        with self.database.write() as session:
            person = storage.people.get(session, one.id)
            if what == "is protected":
                person.protected = somebody.protected = True
            elif what == "is closed":
                person.closed_at, person.closed_reason = self.now, "flyttat"
                somebody.closed = True
            elif what == "is paused":
                person.paused_until, person.paused_why = self.now + timedelta(days=60), "vill vänta"
                somebody.rests_until = person.paused_until
        one.can_be_found = one.can_be_found or what == "can be found"
        if what == "number dies":
            # Whatever is sent there from now on is refused.
            self.network.next[one.address] = [
                SendError("Numret finns inte.", permanent=True, meaning="number_dead") for _ in range(50)
            ]

    # ------------------------------------------------------------------------------------- what people write

    def _reads_and_writes(self) -> None:
        """Whoever has got a text and usually answers does so."""
        wrote = False
        by_person: dict[int, int] = {}
        for handed in self.witness.handed:
            if not handed.refused and handed.message.kind in (*STARTED, "reply"):
                by_person[handed.message.person_id or 0] = by_person.get(handed.message.person_id or 0, 0) + 1
        for one in self.people.values():
            got = by_person.get(one.id, 0)
            if got <= one.seen or not one.habit.texts:
                continue
            one.seen = got
            if one.written < len(one.habit.texts):
                text = one.habit.texts[one.written]
                one.written += 1
                wrote = wrote or bool(text)
                if text:
                    self._writes(one, text)
        if wrote:
            self.clock.set(self.now + timedelta(seconds=30))
            self.runs()
            self._reads_and_writes()

    def _writes(self, one: Youth, text: str) -> None:
        meaning = {"Stopp!": "stop", "fel nummer": "wrong"}.get(text, "")
        self.house.keep_inbound(Inbound("sms", f"y{next(ids)}", one.address, text, self.now))
        self.witness.hears(one.address, meaning)

    # -------------------------------------------------------------------------------------- the coordinator

    def _works(self) -> None:
        with self.database.write() as session:
            for kind, do in (("ring", self._rings), ("find_number", self._looks), ("chat", self._chats),
                             ("other_way", self._other_way)):  # fmt: skip
                for turn in ladder_lists.due(session, [self.office], kind, self.now, limit=70):
                    assert not turn.person.protected
                    do(session, turn)
            if self.today.isocalendar().week != self.card_week:
                self.card_week = self.today.isocalendar().week
                for kind, batch in (("postcard", "first"), ("closing_card", "closing")):
                    self._sends_cards(session, kind, batch)

    def _rings(self, session: Session, turn: ladder_lists.Turn) -> None:
        one = self.people[turn.person.id]
        self._contacted(one.id, "call")
        one.calls += 1
        number = turn.numbers[0][1].e164 if turn.numbers else ""
        if one.habit.wrong_number and number:
            self.witness.strike(one.id, number)
            self._notes(session, turn, Noted("ring", "wrong_number", number=number))
        elif one.habit.answers_call == one.calls:
            self._is_answered(session, turn, one)
        else:
            self._notes(session, turn, Noted("ring", "busy" if one.id % 3 == 0 else "no_answer"))

    def _is_answered(self, session: Session, turn: ladder_lists.Turn, one: Youth) -> None:
        then = one.habit.then
        self._notes(session, turn, Noted("ring", TALKED, then=then, slot_id=self._free_time(session, then)))
        if then in ("thinks", "declined"):
            self.witness.people[one.id].rests_until = turn.person.paused_until
        if then == "blocked":
            self.witness.stops(one.address, one.id, confirmed=False)

    def _free_time(self, session: Session, then: str) -> int | None:
        if then != "booked":
            return None
        slots = meetings.free(session, self.office, conversation_id=None, now=self.now, even_held=True)
        return slots[0].id

    def _looks(self, session: Session, turn: ladder_lists.Turn) -> None:
        one = self.people[turn.person.id]
        if not one.can_be_found:
            self._notes(session, turn, Noted("find_number", "not_found", source="öppen nummertjänst"))
            return
        self._notes(session, turn, Noted("find_number", "found", number=one.address, source="skola"))
        self.witness.ties.append(Tie(one.id, one.address))

    def _chats(self, session: Session, turn: ladder_lists.Turn) -> None:
        self._contacted(turn.person.id, "chat")
        self._notes(session, turn, Noted("chat", "done"))

    def _other_way(self, session: Session, turn: ladder_lists.Turn) -> None:
        self._contacted(turn.person.id, "other way")
        self._notes(session, turn, Noted("other_way", "done"))

    def _notes(self, session: Session, turn: ladder_lists.Turn, noted: Noted) -> None:
        ladder_notes.note(session, turn.person, self.staff, noted, self.now)

    def _sends_cards(self, session: Session, kind: str, batch_kind: str) -> None:
        turns = [turn for turn in ladder_lists.due(session, [self.office], kind, self.now, limit=200)
                 if turn.has_address]  # fmt: skip
        if not turns:
            return
        batch = CardBatch(office_id=self.office, kind=batch_kind, design="1", text="Hej!", made_at=self.now,
                          sent_at=self.now)  # fmt: skip
        session.add(batch)
        session.flush()
        for position, turn in enumerate(turns, 1):
            session.add(Card(batch_id=batch.id, person_id=turn.person.id, position=position))
            self._contacted(turn.person.id, kind)
        session.flush()
        assert ladder.card_sent(session, [turn.person.id for turn in turns], batch, self.now) == len(turns)

    def _contacted(self, person_id: int, how: str) -> None:
        self.contacts.append(Contact(person_id, self.today, how))

    def all_contacts(self) -> list[Contact]:
        """Everything by which anybody was contacted: by hand and by texts that we start."""
        texts = [
            Contact(one.message.person_id or 0, one.at.astimezone(STOCKHOLM).date(), one.message.text_code)
            for one in self.witness.handed
            if one.message.kind in STARTED and not one.refused
        ]
        return [*self.contacts, *texts]


def working_days(count: int, every: int) -> list[date]:
    """Every so manieth working day among so many days from the first."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(count)]
    return [day for day in days if quiet_hours.is_working_day(day)][::every]


def _at(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=STOCKHOLM).astimezone(campaign_town.NOW.tzinfo)
