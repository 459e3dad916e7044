"""Birthdays that change whose somebody is: out of KAA at 20 and on to uppsök where the municipality has it, out of
everything at 30 (domain S28). By each programme's rule as it is on the day.
"""

from datetime import date, datetime, timedelta

import storage.ages
import storage.audit
import storage.people
import storage.tasks
from outreach import programmes
from outreach.ladder_rules import SOON
from storage.database import Session
from storage.local_time import age, local_date
from storage.people import PROGRAMMES, Person, ProgrammeMembership, ProgrammeRule
from storage.tasks import Task

# What comes after which programme, where a rule takes the person in.
AFTER = {"kaa": "uppsok"}
HAND_OVER = "hand_over"
_IN_WORDS = {"kaa": "aktivitetsansvaret", "uppsok": "det uppsökande arbetet", "other": "målgruppen"}


def anybody(session: Session, now: datetime) -> bool:
    """Whether somebody has grown out of a programme, or is soon to be handed over. Reads only."""
    today = local_date(now)
    grown = any(
        storage.ages.any_outgrown(session, rule.programme, _born_by(rule, today), today)
        for rule in _all(session, today)
    )
    return grown or bool(_to_hand_over(session, today))


def grow(session: Session, now: datetime) -> int:
    """End what has been outgrown, begin what comes after it, and ask for a hand-over in good time; returns how many.
    Whoever belongs to nothing any longer is closed, with the reason.
    """
    today = local_date(now)
    grown = [
        (rule, member, person)
        for rule in _all(session, today)
        for member, person in storage.ages.outgrown(session, rule.programme, _born_by(rule, today), today)
    ]
    for rule, member, person in grown:
        _grow_out(session, rule, member, person, today, now)
    for person in {person.id: person for _, _, person in grown}.values():
        _close_if_nobodys(session, person, now)
    soon = _to_hand_over(session, today)
    for person in soon:
        _ask_for_hand_over(session, person, now)
    return len(grown) + len(soon)


def next_due(session: Session, now: datetime) -> date | None:
    """The next day on which somebody grows out of a programme, or is so near that they are to be handed over."""
    today = local_date(now)
    days = []
    for rule in _all(session, today):
        born = storage.ages.first_born_after(session, rule.programme, _born_by(rule, today), today)
        if born is not None:
            days.append(birthday(born, rule.age_below))
    kaa = programmes.holding(session, "kaa", today)
    if kaa is not None:
        born = storage.ages.first_born_after(session, "kaa", _born_by(kaa, today + SOON), today)
        days += [birthday(born, kaa.age_below) - SOON] if born is not None else []
    return min(days, default=None)


def turning(session: Session, now: datetime) -> list[Person]:
    """Who is part of KAA and grows out of it within 60 days."""
    today = local_date(now)
    rule = programmes.holding(session, "kaa", today)
    if rule is None:
        return []
    return storage.ages.turning(session, "kaa", _born_by(rule, today), _born_by(rule, today + SOON), today)


def birthday(born: date, years: int) -> date:
    """The day on which somebody becomes so old; 1 March for those born on a leap day, in other years."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def years_before(day: date, years: int) -> date:
    """Whoever was born on that day or before it is so old."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def _all(session: Session, today: date) -> list[ProgrammeRule]:
    rules = programmes.all_holding(session, today)
    return [rules[name] for name in PROGRAMMES if name in rules]


def _born_by(rule: ProgrammeRule, day: date) -> date:
    """Whoever was born on this day or before is too old on the other."""
    return years_before(day, rule.age_below)


def _grow_out(
    session: Session, rule: ProgrammeRule, member: ProgrammeMembership, person: Person, today: date, now: datetime
) -> None:  # fmt: skip
    assert person.birth_date is not None
    last = birthday(person.birth_date, rule.age_below) - timedelta(days=1)
    # Whoever came in too old has not been part of it for a day.
    member.valid_to = last if last >= member.valid_from else today - timedelta(days=1)
    storage.people.add_membership(session, member)
    following = programmes.holding(session, AFTER.get(rule.programme, ""), today)
    current = storage.people.current_programmes(session, [person.id], today).get(person.id, set())
    if following is not None and person.closed_at is None and following.programme not in current:
        years = age(person.birth_date, today)
        if following.age_from <= years < following.age_below:
            reason = f"fyllde {rule.age_below}, kom från {_IN_WORDS[rule.programme]}"
            programmes.join(session, person, following.programme, now=now, reason=reason)
    storage.audit.write(session, "programme_ended", now=now, person_id=person.id, programme=rule.programme)


def _close_if_nobodys(session: Session, person: Person, now: datetime) -> None:
    today = local_date(now)
    if person.closed_at is not None or storage.people.current_programmes(session, [person.id], today):
        return
    assert person.birth_date is not None
    reached = max(rule.age_below for rule in _all(session, today) if rule.age_below <= age(person.birth_date, today))
    person.closed_at, person.closed_reason, person.changed_at = now, f"fyllt {reached}", now
    storage.audit.write(session, "aged_out", now=now, person_id=person.id)


def _to_hand_over(session: Session, today: date) -> list[Person]:
    rule = programmes.holding(session, "kaa", today)
    if rule is None:
        return []
    until = _born_by(rule, today + SOON)
    return storage.ages.turning_without(session, HAND_OVER, "kaa", _born_by(rule, today), until, today)


def _ask_for_hand_over(session: Session, person: Person, now: datetime) -> None:
    rule = programmes.holding(session, "kaa", local_date(now))
    assert rule is not None
    assert person.birth_date is not None
    day = birthday(person.birth_date, rule.age_below)
    storage.tasks.ensure(session, Task(
        kind=HAND_OVER, person_id=person.id, office_id=person.office_id, created_at=now,
        why=f"fyller {rule.age_below} den {day.isoformat()}",
    ))  # fmt: skip
