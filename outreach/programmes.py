"""The programmes a person can be part of (KAA, uppsök, other) and whom each takes in by age; and all that a fresh
installation starts with.
"""

from collections.abc import Collection
from datetime import date, datetime

import storage.people
from outreach import help_lines
from storage.database import Session
from storage.local_time import age, local_date
from storage.people import Person, ProgrammeMembership, ProgrammeRule

# KAA as the law has it since 2018 (domain B1). Uppsök is the municipality's own; the two overlap at 19 (domain S28).
_RULES = (
    ("kaa", "kaa-2018-07-01", 16, 20, date(2018, 7, 1), "skollagen 29:9"),
    ("uppsok", "uppsok-2024-01-01", 19, 30, date(2024, 1, 1), "kommunens uppdrag"),
    ("other", "other-2018-07-01", 16, 30, date(2018, 7, 1), "kommunens uppdrag"),
)


def ensure_defaults(session: Session, now: datetime) -> None:
    """Give an installation its programme rules and help lines. What is there already is left as staff have set it."""
    known = {rule.programme for rule in storage.people.rules(session)}
    for programme, version, age_from, age_below, valid_from, source in _RULES:
        if programme not in known:
            storage.people.add_rule(
                session,
                ProgrammeRule(programme=programme, version=version, age_from=age_from, age_below=age_below,
                              valid_from=valid_from, source=source),
            )  # fmt: skip
    help_lines.ensure_defaults(session, now)


def for_age(years: int) -> str:
    """The programme somebody of this age belongs to first; empty outside 16-29."""
    return "kaa" if 16 <= years < 20 else "uppsok" if 20 <= years < 30 else ""


def join(session: Session, person: Person, programme: str, *, now: datetime, reason: str) -> ProgrammeMembership:
    """Let a person be part of a programme from today on, by the rule that holds now."""
    today = local_date(now)
    rule = holding(session, programme, today)
    return storage.people.add_membership(
        session,
        ProgrammeMembership(
            person_id=person.id, programme=programme, rule_version=rule.version if rule is not None else "",
            valid_from=today, reason=reason,
        ),
    )  # fmt: skip


def join_by_age(session: Session, person: Person, *, now: datetime, reason: str) -> ProgrammeMembership | None:
    """Let a person be part of the programme of their age; None when none takes them in."""
    programme = for_age(age(person.birth_date, local_date(now))) if person.birth_date else ""
    return join(session, person, programme, now=now, reason=reason) if programme else None


def primary(programmes: Collection[str]) -> str:
    """The one that a person of several programmes belongs to first: KAA as long as it holds, since the law says so."""
    return next((name for name in ("kaa", "uppsok", "other") if name in programmes), "")


def holding(session: Session, programme: str, day: date) -> ProgrammeRule | None:
    """The rule that a programme goes by on a day; None where it takes nobody in."""
    return all_holding(session, day).get(programme)


def all_holding(session: Session, day: date) -> dict[str, ProgrammeRule]:
    """The rule that each programme goes by on a day, by programme; those that take nobody in are left out."""
    rules = storage.people.rules(session)
    return {rule.programme: rule for rule in rules if rule.valid_from <= day <= (rule.valid_to or day)}
