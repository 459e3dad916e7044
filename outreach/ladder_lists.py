"""The ladder's worklists, as its pages show them: whose turn it is, with what there is to go by, and how many stand
where (ux §4.10). Nobody stands on one who has been contacted today.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import storage.conversations
import storage.ladder_queue
import storage.ladders
import storage.numbers
import storage.people
import storage.tasks
from outreach import gate_facts, ladder, ladder_rules
from storage.database import Session
from storage.ladders import USABLE, LadderPlace
from storage.numbers import Number, PersonNumber
from storage.people import Guardian, Person
from storage.tasks import Task

# Steps that people take; "sms" stands here as long as the texts of an office do not leave by themselves.
BY_PEOPLE = (
    "ring", "find_number", "sms", "chat", "postcard", "closing_card", "other_way", "guardian_call", "home_visit",
)  # fmt: skip


_Row = tuple[Person, LadderPlace | None, Task | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody whose turn it is. `numbers` are those worth calling, the best one first; `best` the time of day that
    promises most; `task` a call that somebody has asked for or been promised. `place` is None for whoever has such a
    call and does not stand on the ladder.
    """

    person: Person
    place: LadderPlace | None
    task: Task | None = None
    numbers: Sequence[tuple[PersonNumber, Number]] = ()
    guardians: Sequence[Guardian] = ()
    tries: int = 0
    best: str = "afternoon"
    channel: str = "sms"

    @property
    def has_address(self) -> bool:
        """Whether a card can be sent."""
        return has_address(self.person)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are due now, by step; and where everybody stands: on the ladder by step, away from it by reason. The
    last three add up to the offices' people, the protected and the merged left out.
    """

    due: Mapping[str, int]
    on: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    ended: Mapping[str, int] = field(default_factory=dict)

    @property
    def everybody(self) -> int:
        """All that are counted."""
        return sum(sum(part.values()) for part in (self.on, self.left, self.ended))


def due(session: Session, office_ids: Sequence[int], kind: str, now: datetime, limit: int = 50) -> list[Turn]:
    """Whose step of this kind is due, longest wait first; calls that were promised or asked for come before all."""
    day = ladder.day_of(now)
    promised = storage.ladder_queue.promised(session, office_ids, day, limit) if kind == "ring" else []
    rows = storage.ladder_queue.due(
        session, office_ids, kind, now, day, band=_band(kind, now), limit=limit - len(promised)
    )
    tasks = storage.tasks.open_of_people(session, [person.id for _, person in rows]) if kind == "ring" else {}
    turns: list[_Row] = [(person, None, task) for task, person in promised]
    for place, person in rows:
        asked = [task for task in tasks.get(person.id, []) if task.kind == "ring"]
        turns.append((person, place, asked[0] if asked else None))
    return _filled(session, kind, turns)


def turn(session: Session, person: Person, kind: str) -> Turn:
    """One person's card, whether it is their turn or not."""
    return _filled(session, kind, [(person, storage.ladder_queue.place_on(session, person.id), None)])[0]


def counts(session: Session, office_ids: Sequence[int], now: datetime) -> Counts:
    """How many are due at each step, and where everybody stands."""
    by_state: dict[str, Counter[str]] = {"on": Counter(), "left": Counter(), "ended": Counter()}
    for state, kind, why, people in storage.ladder_queue.counts(session, office_ids):
        by_state[state][kind if state == "on" else why] += people
    return Counts(
        count_steps(session, office_ids, [kind for kind in BY_PEOPLE if by_state["on"][kind]], now), **by_state
    )


def count_steps(session: Session, office_ids: Sequence[int], kinds: Sequence[str], now: datetime) -> dict[str, int]:
    """How many are due now on the ladder, by step; calls that were promised or asked for beside it are not in."""
    return storage.ladder_queue.count_due(
        session, office_ids, kinds, now, ladder.day_of(now), ladder_rules.band(now)
    )  # fmt: skip


def count_due(session: Session, office_ids: Sequence[int], kind: str, now: datetime) -> int:
    """How many `due` would give without a limit."""
    day = ladder.day_of(now)
    promised = storage.ladder_queue.count_promised(session, office_ids, day) if kind == "ring" else 0
    return promised + count_steps(session, office_ids, [kind], now).get(kind, 0)


def next_turn(session: Session, office_ids: Sequence[int], kind: str, now: datetime) -> datetime | None:
    """When the next such step falls due, for a list that is empty now ("Nästa tur: onsdag")."""
    return storage.ladder_queue.next_after(session, office_ids, kind, now)


def has_address(person: Person) -> bool:
    """Whether a card can be sent to somebody."""
    return bool(person.street.strip() and person.postcode.strip() and person.town.strip())


def _band(kind: str, now: datetime) -> str:
    return ladder_rules.band(now) if kind == "ring" else ""


def _filled(session: Session, kind: str, turns: Sequence[_Row]) -> list[Turn]:
    ids = [person.id for person, _, _ in turns]
    numbers: dict[int, list[tuple[PersonNumber, Number]]] = {}
    for tie, number in storage.numbers.of_people(session, ids):
        if tie.standing in USABLE and tie.owner != "guardian":
            numbers.setdefault(tie.person_id, []).append((tie, number))
    talks = storage.conversations.of_people(session, ids)
    calls: dict[int, list[tuple[datetime, bool]]] = {}
    for person_id, at, was_answered in storage.ladder_queue.calls(session, ids):
        calls.setdefault(person_id, []).append((at, was_answered))
    found = []
    for person, place, task in turns:
        talk, mine = talks.get(person.id), calls.get(person.id, [])
        answered = [at for at, was_answered in mine if was_answered]
        if talk is not None and talk.last_inbound_at is not None:
            answered.append(talk.last_inbound_at)
        found.append(Turn(
            person, place, task,
            numbers=sorted(numbers.get(person.id, []), key=lambda pair: gate_facts.ORDER[pair[0].standing]),
            guardians=storage.people.guardians(session, person.id) if kind == "guardian_call" else (),
            tries=len(mine), best=ladder_rules.best_band(answered, [at for at, _ in mine]),
            channel=talk.channel if talk is not None else "sms",
        ))  # fmt: skip
    return found
