"""Encouragement after a study start: when the next text of a series is due, and when the series ends by itself."""

from datetime import datetime, timedelta

import storage.conversations
import storage.inbound
import storage.numbers
import storage.offers
import storage.people
import storage.staff
from outreach import encouragement, follow_ups, gate, gate_facts, one_by_one
from outreach.gate import Rules
from scheduler import unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.offers import Encouragement
from storage.people import Person

# What ends a series for good: the rest is waited for.
ENDS = ("stopped", "closed", "protected", "age", "programme", "declined")
WAITS, TRIED_AGAIN = timedelta(days=1), timedelta(hours=1)


def encourage(session: Session, rules: Rules, now: datetime, say: Say) -> int:
    """Write the texts that are due, or let them wait, or end their series; returns how many were dealt with."""
    return one_by_one.each(
        session, storage.offers.due_series(session, now),
        lambda row: _deal_with(session, row, rules, say, now), job="encourage",
        put_off=lambda row: _wait(session, row, now + TRIED_AGAIN),
    )  # fmt: skip


def any_due(session: Session, now: datetime) -> bool:
    """Whether a text of a series is due."""
    return bool(storage.offers.due_series(session, now))


def _deal_with(session: Session, row: Encouragement, rules: Rules, say: Say, now: datetime) -> None:
    person = storage.people.get(session, row.person_id)
    talk = storage.conversations.of_person(session, person.id)
    reason = _reason(session, row, person, talk, rules, now)
    fits = follow_ups.next_hour(now)
    if talk is None or reason in ENDS:
        storage.offers.end_series(session, row, "said_no" if reason == "declined" else reason or "closed", now=now)
    elif reason or fits > now:
        _wait(session, row, max(fits, follow_ups.next_hour(now + WAITS)) if reason else fits)
    else:
        _write(session, row, Wish(encouragement.TEXTS[row.sent], talk, person, name=_signed(session, row)), say, now)


def _write(session: Session, row: Encouragement, wish: Wish, say: Say, now: datetime) -> None:
    unasked.queue(session, wish, say, kind="follow_up", now=now, send_before=follow_ups.closes_at(now))
    row.sent += 1
    if row.sent == len(encouragement.TEXTS):
        storage.offers.end_series(session, row, "all", now=now)
    else:
        _wait(session, row, follow_ups.next_hour(now + encouragement.EVERY))


def _wait(session: Session, row: Encouragement, until: datetime) -> None:
    row.next_at = until
    storage.offers.keep(session, row)


def _signed(session: Session, row: Encouragement) -> str:
    staff = storage.staff.find(session, row.begun_by_id)
    return staff.first_name if staff is not None else ""


def _reason(
    session: Session, row: Encouragement, person: Person, talk: Conversation | None, rules: Rules, now: datetime
) -> str:
    """Why not to write now; empty when nothing speaks against it. A stop since the series began ends it, even where
    the person has written START after that.
    """
    if talk is None or person.merged_into_id is not None:
        return "closed"
    if any(stop.since >= row.begun_at for stop in storage.numbers.stops_of(session, person.id)):
        return "stopped"
    if talk.state == "declined" or _said_no(session, talk, row.begun_at):
        return "declined"
    if talk.waiting_since is not None:
        return "in_conversation"
    facts = gate_facts.of_people(session, {person.id: person}, kind="follow_up", now=now)[person.id]
    facts.encourages = True
    if talk.channel != "sms":
        # What is wrong with somebody's telephone number says nothing about a chat.
        facts.channel, facts.stopped, facts.shared = talk.channel, False, False
    return gate.forbidden(facts, rules, now)


def _said_no(session: Session, talk: Conversation, since: datetime) -> bool:
    texts = storage.inbound.of_conversation(session, talk.id)
    return any(text.intent in ("no", "opt_out") and text.received_at >= since for text in texts)
