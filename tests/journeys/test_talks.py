"""Whole talks, one for each path of the state chart (ux §5.3), kept as text files that anybody can read.

A file in `talks/` holds what the youth writes (<), how long passes (+) and what staff do (!); everything that comes
back (>, with its code) and where the person stands (=) is written by the service itself. The test plays the file and
compares the whole of it: `pytest tests/journeys/test_talks.py --write-talks` writes what is played, to be read and
committed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from doubted_jobs import doubted
from talks import ADULT, CHILD, Clock, Town, Youth

import storage.conversations
import storage.meetings
import storage.messages
import storage.signups
import storage.staff
from bot.conversation import replies
from bot.wiring import House
from outreach import delivery, gatherings, meetings, takeover
from scheduler import jobs
from storage.conversations import STATES, Conversation
from storage.database import Session
from storage.messages import Message
from storage.staff import Staff

FOLDER = Path(__file__).parent / "talks"
FILES = sorted(FOLDER.glob("*.txt"))
_LENGTH = re.compile(r"(\d+) (minut|timm|dag)")
_UNITS = {"minut": "minutes", "timm": "hours", "dag": "days"}
_WRITTEN_BY_US = (">", "=", "@")
MEETING, FIRST_COMERS = "2026-12-03 17:00", ("90", "91")
_TICK, _DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def house(house: House) -> House:
    """A whole practice installation, of which no job may overlook what is due."""
    return replace(house, jobs=doubted(house.jobs))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_talk_goes_as_it_stands(file: Path, house: House, clock: Clock, request: pytest.FixtureRequest) -> None:
    written = file.read_text(encoding="utf-8")
    played = "\n".join(play(Town(house, clock), written)) + "\n"

    if request.config.getoption("--write-talks"):
        file.write_text(played, encoding="utf-8")
    assert played == written


def test_every_state_is_reached_in_some_talk() -> None:
    stood = {line.removeprefix("= ") for file in FILES for line in file.read_text(encoding="utf-8").splitlines()}

    assert set(STATES) - {"new"} <= stood


def play(town: Town, written: str) -> Iterator[str]:
    """The file anew, with what came back."""
    scene = Scene(town)
    for line in written.splitlines():
        if line[:1] in _WRITTEN_BY_US:
            continue
        yield line
        yield from scene.after(line)


class Scene:
    """One youth and the office, and where the talk stood last."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._youth: Youth | None = None
        self._state = ""
        self._seen: set[int] = set()

    def after(self, line: str) -> Iterator[str]:
        """What comes back when this line has been acted on."""
        if not line or line.startswith("#"):
            return
        sign, _, words = line.partition(" ")
        if sign == "*":
            self._youth = _begin(self._town, words)
        else:
            {"<": self._says, "+": self._wait, "!": self._staff}[sign](self.youth, words)
        yield from self._news()

    @property
    def youth(self) -> Youth:
        """Whom the talk is with."""
        assert self._youth is not None, "a talk begins with *"
        return self._youth

    def _news(self) -> Iterator[str]:
        for text in self._texts():
            yield f"@ {replies.say_short(text.sent_at or self._town.clock.now(), 'sv')}"
            yield f"> [{text.text_code or text.kind}] " + text.text.replace("\n", "\n>   ")
        if self.youth.person_id is not None or self._is_known():
            yield from self._moved()

    def _moved(self) -> Iterator[str]:
        if (state := self.youth.talk.state) != self._state:
            self._state = state
            yield f"= {state}"

    def _is_known(self) -> bool:
        with self._town.house.database.read() as session:
            return storage.conversations.of_unknown(session, "sms", self.youth.address) is not None

    def _texts(self) -> Sequence[Message]:
        with self._town.house.database.read() as session:
            rows = storage.messages.of_address(session, "sms", self.youth.address)
        come = [row for row in rows if row.id not in self._seen and row.state == "delivered"]
        self._seen |= {row.id for row in come}
        return come

    def _says(self, youth: Youth, words: str) -> None:
        youth.says(*words.split(" // "))

    def _wait(self, _: Youth, words: str) -> None:
        found = _LENGTH.match(words)
        assert found, f"how long is {words}?"
        clock = self._town.clock
        end = clock.now() + timedelta(**{_UNITS[found[2]]: float(found[1])})
        while (stop := self._next_stop()) < end:
            clock.moment = stop
            self._town.run()
        clock.moment = end
        self._town.run()

    def _next_stop(self) -> datetime:
        """When something falls due next, and a day from now at most."""
        now = self._town.clock.now()
        with self._town.house.database.read() as session:
            due = jobs.next_due(session, now) or now + _DAY
        return min(max(due, now + _TICK), now + _DAY)

    def _staff(self, youth: Youth, words: str) -> None:
        what, _, said = words.partition(": ")
        if what == "någon avbokar":
            self._town.stranger(FIRST_COMERS[0]).says("AVBOKA")
            return
        with self._town.house.database.write() as session:
            STAFF[what](Desk(session, self._town, youth), said)
        self._town.run()


def _begin(town: Town, words: str) -> Youth:
    if words == "okänt nummer":
        return town.stranger()
    if words == "affisch":
        town.gathering(MEETING, seats=2)
        return town.stranger()
    if words.endswith("dialogmöte"):
        return _invited_to_a_meeting(town, is_full=words.startswith("fullt"))
    youth = town.youth(born=CHILD if words == "16 år" else ADULT, invited=False)
    with town.house.database.write() as session:
        now = town.clock.now()
        talk = Conversation(person_id=youth.person_id, address=youth.address, state_at=now)
        storage.conversations.keep(session, talk)
        values = {"enhet": "Unga Björkstad", "kommun": "Björkstads kommun"}
        text = replies.render("INV-1", "sv", values)
        delivery.queue(session, talk, text, kind="ladder", text_code="INV-1", now=now)
    town.run()
    return youth


def _invited_to_a_meeting(town: Town, *, is_full: bool) -> Youth:
    meeting = town.gathering(MEETING, seats=2)
    if is_full:
        for ending in FIRST_COMERS:
            town.stranger(ending).says("KOM 7K3P")
    youth = town.youth(invited=False)
    town.invites_to(meeting)
    return youth


@dataclass(frozen=True)
class Desk:
    """What staff have before them."""

    session: Session
    town: Town
    youth: Youth

    @property
    def talk(self) -> Conversation:
        """The talk, to be changed."""
        return storage.conversations.get(self.session, self.youth.talk.id)

    @property
    def staff(self) -> Staff:
        """Samira."""
        return storage.staff.get(self.session, self.town.staff_id)

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.town.clock.now()

    def attend(self, state: str) -> None:
        """Mark whether the youth came."""
        assert self.youth.person_id is not None
        booking = storage.meetings.open_booking(self.session, self.youth.person_id)
        assert booking is not None
        meetings.attend(self.session, booking, state, now=self.now, staff_id=self.staff.id)

    def came_to_the_meeting(self) -> None:
        """Mark that the youth came to the dialog meeting."""
        signup, _ = storage.signups.standing(self.session, self.talk.id, after=self.now - _DAY)[0]
        gatherings.attend(self.session, signup, "came", now=self.now, staff_id=self.staff.id)


def _give_back(desk: Desk, step: str) -> None:
    takeover.give_back(desk.session, desk.talk, desk.staff, step=step, now=desk.now)


STAFF: Mapping[str, Callable[[Desk, str], object]] = {
    "kom": lambda desk, _: desk.attend("came"),
    "kom inte": lambda desk, _: desk.attend("no_show"),
    "tar över": lambda desk, _: takeover.take_over(desk.session, desk.talk, desk.staff, now=desk.now),
    "skriver": lambda desk, said: takeover.write(desk.session, desk.talk, desk.staff, said, now=desk.now),
    "lämnar tillbaka": _give_back,
    "kom till träffen": lambda desk, _: desk.came_to_the_meeting(),
}
