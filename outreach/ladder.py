"""The contact ladder (kontakttrappan) on the tables: who comes on to it, who leaves, and from step to step (ux §4.10).

Whether somebody belongs there is worked out from what is true of them (`ladder_rules.why_not`), by the job for everyone
and by `follow` for one person in the transaction in which something happened to them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import storage.bulk
import storage.ladder_queue
import storage.ladders
import storage.people
from outreach import gate_facts, ladder_rules
from outreach.errors import Conflict
from outreach.ladder_rules import Step
from storage.cards import CardBatch
from storage.database import Session
from storage.ladder_queue import Day
from storage.ladders import Known, LadderEvent, LadderPlace
from storage.local_time import local_date
from storage.people import Person
from storage.staff import Staff

# What an event says when its step has been taken, one way or another.
UNANSWERED = ("no_answer", "busy")
TAKEN = ("done", *UNANSWERED, "sent", "passed")
_CHUNK = 5000


class Steps:
    """Every office's steps that are on, read when they are asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[int, list[Step]] = {}

    def of(self, office_id: int | None) -> list[Step]:
        """An office's steps in order; the usual ones where it has set none."""
        office_id = office_id or 0
        if office_id not in self._known:
            rows = storage.ladders.steps(self._session, office_id)
            own = [(row.position, row.kind, row.after_days) for row in rows if row.is_on]
            usual = [
                (position, kind, days)
                for position, (kind, days, is_on) in enumerate(ladder_rules.DEFAULT, 1)
                if is_on
            ]  # fmt: skip
            self._known[office_id] = ladder_rules.number_steps(own if rows else usual)
        return self._known[office_id]


# --------------------------------------------------------------------------------------------- coming and leaving


def to_settle(session: Session, now: datetime, ids: Sequence[int] | None = None) -> list[tuple[Known, str]]:
    """Whose place is not what it should be, and why they are not to be on the ladder (empty: they are). Reads only."""
    everybody = storage.ladders.known(session, now, ids)
    inside = in_programme(session, everybody, now)
    judged = [(one, ladder_rules.why_not(one, now, in_programme=one.person_id in inside)) for one in everybody]
    return [(one, why) for one, why in judged if _needs_change(one, why)]


def in_programme(session: Session, everybody: Sequence[Known], now: datetime) -> set[int]:
    """Which of these are in a programme today, within its ages."""
    today, rules = local_date(now), storage.people.rules(session)
    programmes = storage.people.current_programmes(session, [one.person_id for one in everybody], today)
    return {
        one.person_id
        for one in everybody
        if (mine := programmes.get(one.person_id))
        # Somebody whose age nobody knows can be rung and sent a card; the gate lets no text through.
        and (one.birth_date is None or gate_facts.within_age(one.birth_date, mine, rules, today))
    }


def _needs_change(one: Known, why: str) -> bool:
    if why:
        return one.state is None or one.state == "on" or one.left_why != why
    return one.state != "on" or _does_not_fit(one)


def _does_not_fit(one: Known) -> bool:
    if one.kind in ladder_rules.BY_NUMBER:
        return not one.reach
    return one.kind == "find_number" and bool(one.reach) or _has_new_number(one)


def _has_new_number(one: Known) -> bool:
    if one.kind not in ladder_rules.WITHOUT_NUMBER or one.number_at is None or one.entered_at is None:
        return False
    return one.number_at > one.entered_at


def settle(session: Session, now: datetime, ids: Sequence[int] | None = None) -> int:
    """Bring everybody's place, or these people's, in line with what is true of them; returns how many changed."""
    changes = to_settle(session, now, ids)
    _bring_in(session, [(one, why) for one, why in changes if one.state is None], now)
    moved = [(one, why) for one, why in changes if one.state is not None]
    steps = Steps(session)
    for start in range(0, len(moved), _CHUNK):
        some = moved[start : start + _CHUNK]
        places = storage.ladders.places(session, [one.person_id for one, _ in some])
        for one, why in some:
            _change(session, places[one.person_id], one, why, steps, now)
    return len(changes)


def follow(session: Session, person_id: int | None, now: datetime) -> None:
    """Something has happened to a person: whoever has been in contact leaves the ladder here and now."""
    for one in storage.ladders.known(session, now, [person_id]) if person_id is not None else ():
        # Whether they are in a programme is for the job to ask: nothing that happens in a talk changes it.
        why = ladder_rules.why_not(one, now, in_programme=True)
        if one.state == "on" and why:
            due_at = _worth_looking(why, now)
            storage.ladders.leave(session, one.person_id, _state_of(why), why, now=now, due_at=due_at)
        elif one.state == "on":
            settle(session, now, [one.person_id])


def unanswered(session: Session, person: Person, staff: Staff, result: str, now: datetime) -> None:
    """A call that was noted anywhere is the ladder's call, where that is what comes next."""
    place = storage.ladders.place(session, person.id)
    if place is not None and (place.state, place.kind) == ("on", "ring"):
        rang(session, place, result, now, steps=Steps(session).of(person.office_id), staff_id=staff.id)


def goes_on_without_call(session: Session, person_id: int) -> bool:
    """Whether somebody who does not answer texts has been rung, and is to be reached in another way next."""
    place = storage.ladders.place(session, person_id)
    return place is not None and place.state == "on" and place.kind in ladder_rules.AFTER_TEXTS


def leaves(session: Session, person_id: int, now: datetime) -> str:
    """Why a person is not on the ladder just now, in a word; empty when they are or may come on to it."""
    known = storage.ladders.known(session, now, [person_id])
    inside = in_programme(session, known, now)
    return ladder_rules.why_not(known[0], now, in_programme=person_id in inside) if known else "closed"


def _bring_in(session: Session, new: Sequence[tuple[Known, str]], now: datetime) -> None:
    steps = Steps(session)
    rows, events = [], []
    for one, why in new:
        kind, position = _first(steps.of(one.office_id), one)
        state = _state_of(why)
        rows.append(storage.bulk.row(
            LadderPlace, person_id=one.person_id, kind=kind, position=position, round=0 if why else 1, state=state,
            began_at=now, entered_at=now, due_at=now + ladder_rules.SILENT_FOR if why == "reached" else now,
            left_at=now if why else None, left_why=why,
        ))  # fmt: skip
        if not why:
            events.append(storage.bulk.row(
                LadderEvent, person_id=one.person_id, at=now, kind=kind, position=position, what="began"
            ))  # fmt: skip
    storage.bulk.add(session, LadderPlace, rows)
    storage.bulk.add(session, LadderEvent, events)


def _first(steps: Sequence[Step], one: Known) -> tuple[str, int]:
    first = steps[0] if steps else Step(0, "rest", 1, ladder_rules.SILENT_FOR.days)
    return (
        ("find_number", 0) if first.kind in ladder_rules.BY_NUMBER and not one.reach else (first.kind, first.position)
    )


def _state_of(why: str) -> str:
    return "on" if not why else "left" if why in ladder_rules.LEFT else "ended"


def _change(session: Session, place: LadderPlace, one: Known, why: str, steps: Steps, now: datetime) -> None:
    if why:
        _leave(session, place, why, now)
    elif place.state != "on":
        _come_back(session, place, one, steps.of(one.office_id), now)
    elif place.kind in ladder_rules.BY_NUMBER:
        tell(session, place, "number_lost", now)
        _stand(place, "find_number", place.position, 1, now, due=now)
    else:
        _use_number(session, place, one, steps.of(one.office_id), now)
    storage.ladders.keep(session, place)


def _leave(session: Session, place: LadderPlace, why: str, now: datetime) -> None:
    if place.state == "on":
        tell(session, place, "left", now, why=why)
        place.left_at = now
    place.state, place.left_why = _state_of(why), why
    place.due_at = _worth_looking(why, now) or place.due_at


def _worth_looking(why: str, now: datetime) -> datetime | None:
    """When somebody who was reached may have been silent for as long as a rest lasts."""
    return now + ladder_rules.SILENT_FOR if why == "reached" else None


def _come_back(session: Session, place: LadderPlace, one: Known, steps: Sequence[Step], now: datetime) -> None:
    had_contact = place.round == 0 or ladder_rules.in_contact_since(one) or place.left_why not in ladder_rules.LEFT
    place.state, place.left_why, place.left_at = "on", "", None
    if had_contact:
        begin_round(session, place, one, steps, now)
    else:
        tell(session, place, "returned", now)
        place.due_at = max(place.due_at, now)


def _use_number(session: Session, place: LadderPlace, one: Known, steps: Sequence[Step], now: datetime) -> None:
    tell(session, place, "number_found", now)
    taken = steps_taken(session, place)
    tried = any(kind in ladder_rules.BY_NUMBER for kind, _ in taken)
    first = ladder_rules.next_step(steps, taken, 0, kinds=("ring", "sms"))
    if place.kind != "find_number" or tried or first is None:
        begin_round(session, place, one, steps, now)
    else:
        _stand(place, first.kind, first.position, first.attempt, now, due=now)


def begin_round(
    session: Session, place: LadderPlace, one: Known, steps: Sequence[Step], now: datetime, *,
    staff_id: int | None = None,
) -> None:  # fmt: skip
    """Start over from the first step."""
    kind, position = _first(steps, one)
    place.round, place.began_at = place.round + 1, now
    _stand(place, kind, position, 1, now, due=now)
    tell(session, place, "began", now, staff_id=staff_id)


def begin_again(session: Session, place: LadderPlace, steps: Sequence[Step], now: datetime) -> None:
    """The rest is over: start over from the first step."""
    tell(session, place, "done", now)
    one = storage.ladders.known(session, now, [place.person_id])[0]
    begin_round(session, place, one, steps, now)
    storage.ladders.keep(session, place)


def turn_to_closing_card(session: Session, place: LadderPlace, now: datetime) -> None:
    """A last card is next; afterwards the ladder goes on where it was."""
    place.kind, place.attempt, place.entered_at, place.due_at = "closing_card", 1, now, now
    tell(session, place, "began", now)


def put_on(session: Session, person: Person, staff: Staff, now: datetime) -> LadderPlace:
    """Staff put somebody on the ladder by hand: what has been, a stop to texts too, is no longer a reason to be off it
    (the gate still lets no text through to whoever has stopped them). Raises Conflict where something else speaks
    against it.
    """
    settle(session, now, [person.id])
    place = storage.ladders.place(session, person.id)
    why = leaves(session, person.id, now)
    if place is None or why not in ("", "stopped", "reached"):
        raise Conflict(f"Personen kan inte läggas på trappan: {ladder_rules.WHY_IN_WORDS.get(why, why)}.")
    if place.state != "on":
        place.state, place.left_why, place.left_at = "on", "", None
        one = storage.ladders.known(session, now, [person.id])[0]
        begin_round(session, place, one, Steps(session).of(person.office_id), now, staff_id=staff.id)
        storage.ladders.keep(session, place)
    return place


# ------------------------------------------------------------------------------------------------ from step to step


def tell(
    session: Session, place: LadderPlace, what: str, at: datetime, *, why: str = "", staff_id: int | None = None
) -> LadderEvent:
    """Tell what happened at the step somebody stands at; it is written with what changes next."""
    event = LadderEvent(
        person_id=place.person_id, at=at, kind=place.kind, position=place.position, attempt=place.attempt,
        round=place.round, what=what, why=why, staff_id=staff_id,
    )  # fmt: skip
    storage.ladders.tell(session, event)
    return event


def take(
    session: Session, place: LadderPlace, what: str, now: datetime, *, steps: Sequence[Step], why: str = "",
    at: datetime | None = None, staff_id: int | None = None,
) -> None:  # fmt: skip
    """The step has been taken, or passed over with a reason: on to the next one. `at` is when it was taken."""
    at = at or now
    tell(session, place, what, at, why=why, staff_id=staff_id)
    taken = steps_taken(session, place)
    following = ladder_rules.next_step(steps, taken, place.position) or _rest(place)
    band = why if place.kind == following.kind == "ring" else ""
    due = ladder_rules.due_at(steps, (place.kind, place.attempt), following, at, band)
    _stand(place, following.kind, following.position, following.attempt, now, due=due)
    storage.ladders.keep(session, place)


def _rest(place: LadderPlace) -> Step:
    # An office that has turned the rest off has not meant that people are to be forgotten.
    return Step(place.position, "rest", 1, ladder_rules.SILENT_FOR.days)


def rang(
    session: Session, place: LadderPlace, result: str, now: datetime, *, steps: Sequence[Step], staff_id: int | None
) -> None:
    """Nobody answered. A second call on the same day as the first, or at the same time of day, is kept, but is no
    second try.
    """
    band, before = ladder_rules.band(now), _call_before(session, place)
    if before is not None and (before.why == band or local_date(before.at) == local_date(now)):
        tell(session, place, "tried", now, why=band, staff_id=staff_id)
        wait(session, place, max(place.due_at, ladder_rules.at_other_time(now)))
    else:
        take(session, place, result, now, steps=steps, why=band, staff_id=staff_id)


def _call_before(session: Session, place: LadderPlace) -> LadderEvent | None:
    before = ("ring", place.round, place.attempt - 1)
    calls = [
        event
        for event in storage.ladders.events(session, place.person_id)
        if (event.kind, event.round, event.attempt) == before and event.what in UNANSWERED
    ]
    return calls[-1] if calls else None


def give_up_number(session: Session, place: LadderPlace, now: datetime, *, steps: Sequence[Step]) -> None:
    """No number was found: what needs one is passed over, and the card comes next."""
    storage.ladders.keep(
        session,
        *(
            LadderEvent(person_id=place.person_id, at=now, kind=step.kind, position=step.position,
                        attempt=step.attempt, round=place.round, what="passed", why="no_number")
            for step in ladder_rules.passed_over(steps, steps_taken(session, place), place.position)
        ),
    )  # fmt: skip
    take(session, place, "passed", now, steps=steps, why="no_number")


def wait(session: Session, place: LadderPlace, until: datetime) -> None:
    """The step's day has been moved."""
    place.due_at = until
    storage.ladders.keep(session, place)


def steps_taken(session: Session, place: LadderPlace) -> set[tuple[str, int]]:
    """The steps of this round that have been taken or passed over, each with its try."""
    return {
        (event.kind, event.attempt)
        for event in storage.ladders.events(session, place.person_id)
        if event.round == place.round and event.what in TAKEN
    }


def _stand(place: LadderPlace, kind: str, position: int, attempt: int, now: datetime, *, due: datetime) -> None:
    place.kind, place.position, place.attempt = kind, position, attempt
    place.entered_at, place.due_at = now, due


# ------------------------------------------------------------------------------------------------------------- cards


def card_sent(
    session: Session, person_ids: Iterable[int], batch: CardBatch, now: datetime, *, staff_id: int | None = None
) -> int:
    """Cards have been sent: whoever stood at that step goes on. Returns how many."""
    kind = "closing_card" if batch.kind == "closing" else "postcard"
    steps, moved = Steps(session), 0
    ids = list(person_ids)
    people = storage.people.many(session, ids)
    for person_id, place in storage.ladders.places(session, ids).items():
        if place.state == "on" and place.kind == kind:
            take(session, place, "sent", now, steps=steps.of(people[person_id].office_id), staff_id=staff_id)
            moved += 1
    return moved


def card_unsent(session: Session, person_ids: Iterable[int], batch: CardBatch) -> None:
    """The cards had not left after all: whoever has done nothing since stands at that step again."""
    ids = list(person_ids)
    for person_id, place in storage.ladders.places(session, ids).items():
        events = storage.ladders.events(session, person_id)
        last = events[-1] if events else None
        if place.state == "on" and last is not None and last.what == "sent" and last.at == batch.sent_at:
            _stand(place, last.kind, last.position, last.attempt, last.at, due=last.at)
            storage.ladders.keep(session, place)
            storage.ladders.forget_event(session, last.id)


def card_returned(session: Session, person_id: int, now: datetime, *, staff_id: int | None = None) -> None:
    """A card came back: the address is wrong. Nobody waits for an answer to it, so the next step is due at once."""
    place = storage.ladders.place(session, person_id)
    if place is not None and place.state == "on":
        tell(session, place, "card_returned", now, staff_id=staff_id)
        if place.kind != "rest":
            wait(session, place, min(place.due_at, ladder_rules.next_morning(now)))


def day_of(now: datetime) -> Day:
    """The day that a moment is in."""
    return Day(*ladder_rules.midnights(now))


def contacted_today(session: Session, person_ids: Iterable[int], now: datetime) -> set[int]:
    """Whom of these anybody has contacted today by any means, or whom a text that waits is about to."""
    return storage.ladder_queue.contacted(session, person_ids, day_of(now))
