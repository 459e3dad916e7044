"""A member of staff's ring pass (ringpass): one card at a time, and never the same card at two desks (ux §4.10).

A pass needs no table of its own: it is a setting per member of staff, and the card it shows is claimed for some
minutes. Whoever wants the next card takes it inside a transaction that begins by writing to one row common to all, so
that two who press at once come one after the other.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

import storage.conversations
import storage.ladders
import storage.people
import storage.settings
import storage.tasks
from outreach import ladder, ladder_lists, ladder_rules, ladder_undo
from outreach.ladder_lists import Turn
from storage.codes import new_code
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person
from storage.staff import Staff

# So long a card stays with whoever looks at it; a call and its note take less. Looking again makes it begin anew.
CLAIM_HOLDS = timedelta(minutes=10)
# A card that was put aside comes back after this.
PUT_ASIDE = timedelta(hours=2)
_PREFIX, _ONE_AT_A_TIME = "ring-pass-", "ring-pass"
_KEYS_KEPT, _AT_LEAST = 20, 5
HAS_WRITTEN = "har skrivit till er"
_LONG_AGO = "1970-01-01T00:00:00+00:00"


@dataclass(slots=True)
class Pass:
    """How far a pass of one day has come. `card` is the code of the person shown, and `key` the mark of that showing: a
    form that comes back with a mark in `used` has been dealt with. `aside` are cards to come back to, until when.
    """

    day: str
    card: str = ""
    key: str = ""
    taken_at: str = _LONG_AGO
    until: str = _LONG_AGO
    stays: bool = False
    rung: int = 0
    answered: int = 0
    last: str = ""
    last_answered: bool = False
    used: list[str] = field(default_factory=list)
    aside: dict[str, str] = field(default_factory=dict)


def current(session: Session, staff: Staff, now: datetime) -> Pass | None:
    """Today's pass; None when none has been started."""
    kept = storage.settings.read(session, _PREFIX + str(staff.id))
    return Pass(**kept) if kept and kept["day"] == local_date(now).isoformat() else None


def begin(session: Session, staff: Staff, now: datetime) -> Pass:
    """Start a pass; one that is under way goes on."""
    pass_ = current(session, staff, now) or Pass(local_date(now).isoformat())
    _keep(session, staff, pass_)
    return pass_


def end(session: Session, staff: Staff) -> None:
    """The pass is over; its card is free for others."""
    storage.settings.write(session, _PREFIX + str(staff.id), {})


def shown(session: Session, pass_: Pass) -> Person | None:
    """Whom the pass shows."""
    return storage.people.by_code(session, pass_.card) if pass_.card else None


def holds(pass_: Pass, now: datetime) -> bool:
    """Whether the card is still the pass's own, with time left to make a call."""
    return bool(pass_.card) and datetime.fromisoformat(pass_.until) - now > CLAIM_HOLDS / 2


def hold_on(session: Session, staff: Staff, pass_: Pass, now: datetime) -> None:
    """Somebody looks at the card again: it stays theirs, unless a colleague has it by now."""
    _one_at_a_time(session, now)
    if pass_.card not in _claimed_by_others(session, staff, now):
        pass_.until = (now + CLAIM_HOLDS).isoformat()
        _keep(session, staff, pass_)


def take_next(
    session: Session, staff: Staff, pass_: Pass, office_ids: Sequence[int], now: datetime, *,
    besides: Collection[int] = (),
) -> Turn | None:  # fmt: skip
    """Put the next card on the pass and claim it; None when there is none. One that was put aside until now comes
    before all others, at whatever time of day. `besides` are people who are not for this member of staff.
    """
    _one_at_a_time(session, now)
    claimed = _claimed_by_others(session, staff, now)
    back = _back(session, pass_, office_ids, now)
    pass_.aside = {code: until for code, until in pass_.aside.items() if datetime.fromisoformat(until) > now}
    first = next((one for one in back if one.code not in claimed and one.id not in besides), None)
    if first is not None:
        _show(pass_, first, now)
        _keep(session, staff, pass_)
        return ladder_lists.turn(session, first, "ring")
    taken = claimed | pass_.aside.keys()
    turns = ladder_lists.due(session, office_ids, "ring", now, limit=_AT_LEAST + len(taken) + len(besides))
    free = (one for one in turns if one.person.code not in taken and one.person.id not in besides)
    turn = next(free, None)
    _show(pass_, turn.person if turn is not None else None, now)
    _keep(session, staff, pass_)
    return turn


def _back(session: Session, pass_: Pass, office_ids: Sequence[int], now: datetime) -> list[Person]:
    """Whose hour has come, longest wait first, of those who are still to be rung."""
    waited = sorted((until, code) for code, until in pass_.aside.items() if datetime.fromisoformat(until) <= now)
    people = {one.code: one for one in storage.people.by_codes(session, [code for _, code in waited])}
    return [
        person
        for _, code in waited
        if (person := people.get(code)) is not None
        and not person.protected
        and person.office_id in office_ids
        and not _why_not(session, person, now)
    ]


def put_aside(pass_: Pass, person: Person, until: datetime) -> None:
    """The card comes back later, in this pass or another."""
    pass_.aside[person.code] = until.isoformat()


def is_new(pass_: Pass, key: str) -> bool:
    """Whether what this showing of a card said has not been dealt with: a button pressed twice counts once."""
    return not key or key not in pass_.used


def noted(session: Session, staff: Staff, pass_: Pass, person: Person, key: str, *, answered: bool, now: datetime
          ) -> None:  # fmt: skip
    """An outcome has been written."""
    pass_.rung, pass_.answered = pass_.rung + 1, pass_.answered + answered
    pass_.last, pass_.last_answered = person.code, answered
    pass_.used = [*pass_.used, key][-_KEYS_KEPT:]
    pass_.key, pass_.stays = new_code(), True
    pass_.until = (now + CLAIM_HOLDS).isoformat()
    _keep(session, staff, pass_)


def to_undo(session: Session, staff: Staff, pass_: Pass, now: datetime) -> Person | None:
    """Whose outcome can be taken back: the last one of the pass."""
    person = ladder_undo.last(session, staff, now)
    return person if person is not None and person.code == pass_.last else None


def undo(session: Session, staff: Staff, pass_: Pass, now: datetime) -> Person:
    """Take the last outcome back and show that card again. Raises Conflict when something has come in between."""
    person = ladder_undo.undo(session, staff, now)
    if person.code == pass_.last:
        pass_.rung, pass_.answered = pass_.rung - 1, pass_.answered - pass_.last_answered
    pass_.last, pass_.last_answered = "", False
    _show(pass_, person, now)
    _keep(session, staff, pass_)
    return person


def left(session: Session, pass_: Pass, office_ids: Sequence[int], now: datetime) -> int:
    """How many calls are left, the card that is shown included."""
    count = ladder_lists.count_due(session, office_ids, "ring", now)
    return max(count, int(bool(pass_.card) and not pass_.stays))


def why_gone(session: Session, staff: Staff, pass_: Pass, person: Person, now: datetime) -> str:
    """Why the person on the card is not to be rung any more, in words; empty when they are."""
    if pass_.stays:
        return ""
    if pass_.card in _claimed_by_others(session, staff, now):
        return "rings av en kollega"
    talk = storage.conversations.of_person(session, person.id)
    taken_at = datetime.fromisoformat(pass_.taken_at)
    if talk is not None and talk.last_inbound_at is not None and talk.last_inbound_at >= taken_at:
        return HAS_WRITTEN
    return _why_not(session, person, now)


def _why_not(session: Session, person: Person, now: datetime) -> str:
    if ladder.contacted_today(session, [person.id], now):
        return "har redan kontaktats i dag"
    place = storage.ladders.place(session, person.id)
    to_ring = place is not None and (place.state, place.kind) == ("on", "ring")
    if to_ring or storage.tasks.open_task(session, "ring", person.id) is not None:
        return ""
    why = ladder.leaves(session, person.id, now)
    return ladder_rules.WHY_IN_WORDS.get(why, "har gått vidare i trappan")


def _show(pass_: Pass, person: Person | None, now: datetime) -> None:
    pass_.card, pass_.key = (person.code, new_code()) if person is not None else ("", "")
    pass_.stays, pass_.taken_at = False, now.isoformat()
    pass_.until = (now + CLAIM_HOLDS).isoformat()


def _claimed_by_others(session: Session, staff: Staff, now: datetime) -> set[str]:
    """The cards that colleagues look at, and those they are to come back to at an hour that was agreed."""
    passes = storage.settings.starting_with(session, _PREFIX)
    others = [kept for key, kept in passes.items() if kept and key != _PREFIX + str(staff.id)]
    claims = [(kept["card"], kept["until"]) for kept in others]
    claims += [promise for kept in others for promise in kept["aside"].items()]
    return {code for code, until in claims if code and datetime.fromisoformat(until) > now}


def _one_at_a_time(session: Session, now: datetime) -> None:
    storage.settings.write(session, _ONE_AT_A_TIME, [now.isoformat(), new_code()])


def _keep(session: Session, staff: Staff, pass_: Pass) -> None:
    storage.settings.write(session, _PREFIX + str(staff.id), asdict(pass_))
