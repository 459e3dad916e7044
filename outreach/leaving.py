"""Somebody stops working here: nobody who waits for them may be forgotten (ux §4.16, domain: staff leave)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import storage.audit
import storage.calendar_feeds
import storage.campaigns
import storage.conversations
import storage.people
import storage.settings
import storage.staff
import storage.time_patterns
from outreach import access, alerts, colleagues, invitations, laying_out, one_by_one, own_office
from outreach.access import Who
from outreach.errors import BadInput, NotAllowed
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import OPEN, Slot
from storage.staff import Staff

_LOOKS_AHEAD = timedelta(days=400)
# How a talk waits whose colleague is gone.
WAITS = "vill ha en människa"


@dataclass(frozen=True, slots=True)
class Left:
    """What somebody has in hand: talks, people they are responsible for, campaigns whose answers they read, booked
    times ahead, and their places in the chain that is told of a crisis.
    """

    talks: int
    people: int
    campaigns: int
    times: list[Slot]
    on_duty: list[str]


def in_hand(session: Session, staff: Staff, now: datetime) -> Left:
    """What a colleague has in hand now."""
    booked = storage.calendar_feeds.booked(session, staff.id, OPEN, now, now + _LOOKS_AHEAD)
    duty = [key for key in alerts.CHAIN if storage.settings.read(session, key) == staff.id]
    talks, people = storage.conversations.held_by(session, staff.id), storage.people.of_responsible(session, staff.id)
    under_way = storage.campaigns.in_states(session, own_office.UNDER_WAY)
    answers = sum(one.answered_by_id == staff.id for one in under_way)
    return Left(len(talks), len(people), answers, list(booked), duty)


def end_employment(session: Session, who: Who, staff: Staff, last: date, *, now: datetime) -> None:
    """Their last day; with yesterday they leave at once. Raises BadInput, NotAllowed, and Conflict for the last
    administrator.
    """
    if not colleagues.may_manage(session, who, staff, now) or staff.left_at is not None:
        raise NotAllowed
    if last < local_date(now) - timedelta(days=1):
        raise BadInput("Välj i dag eller en senare dag.")
    if staff.employed_from is not None and local_date(now) <= last < staff.employed_from:
        raise BadInput("Sista dagen är före den första.")
    colleagues.keep_an_administrator(session, colleagues.standing(session, staff, now))
    staff.employed_to = last
    storage.staff.add(session, staff)
    storage.audit.write(session, "employment_ended", now=now, staff_id=who.staff.id, colleague=staff.code,
                        last=last.isoformat())  # fmt: skip
    _offer_no_times_after(session, staff, last, now)
    if last < local_date(now):
        _leave(session, staff, now)


def any_due(session: Session, now: datetime) -> bool:
    """Whether somebody's last day has been."""
    return bool(_due(session, now))


def leave_due(session: Session, now: datetime) -> int:
    """Let those go whose last day has been; returns how many."""
    return one_by_one.each(session, _due(session, now), lambda staff: _leave(session, staff, now), job="let_go")


def _due(session: Session, now: datetime) -> list[Staff]:
    today = local_date(now)
    return [one for one in storage.staff.everyone(session) if one.employed_to is not None and one.employed_to < today]


def _leave(session: Session, staff: Staff, now: datetime) -> None:
    """Browsers are signed out, passkeys and roles end, talks wait for the others, and nobody has them as responsible.
    Booked times stay: somebody has to speak with those who have them.
    """
    staff.left_at = now
    storage.staff.add(session, staff)
    invitations.withdraw(session, staff)
    storage.staff.end_sessions(session, staff.id, now=now)
    access.new_app(session, staff)
    for role in colleagues.standing(session, staff, now):
        role.valid_to = local_date(now) - timedelta(days=1)
        storage.staff.give_role(session, role)
    for talk in storage.conversations.held_by(session, staff.id):
        storage.conversations.give_to(session, talk, None, now=now)
        talk.waiting_since, talk.waiting_why = talk.waiting_since or now, talk.waiting_why or WAITS
        storage.conversations.keep(session, talk)
    people = storage.people.of_responsible(session, staff.id)
    for person in people:
        person.responsible_id, person.changed_at = None, now
        storage.people.keep(session, person)
    storage.audit.write(session, "staff_left", now=now, actor="automaten", colleague=staff.code, people=len(people))


def _offer_no_times_after(session: Session, staff: Staff, last: date, now: datetime) -> None:
    for pattern in storage.time_patterns.standing(session, staff.id):
        if pattern.valid_from > last or last < local_date(now):
            pattern.ended_at = now
        elif pattern.valid_to is None or pattern.valid_to > last:
            pattern.valid_to = last
        storage.time_patterns.keep(session, pattern)
    for slot, taken in storage.time_patterns.ahead(session, now):
        is_theirs = slot.staff_id == staff.id and slot.kind == "meeting" and not taken
        if is_theirs and local_date(slot.starts_at) > last:
            storage.time_patterns.withdraw(session, slot, now=now)
    laying_out.lay_out(session, now)
