"""Asking how it goes after a first meeting: "ask after booking B at T" reads what is true when T comes (ux §5.7)."""

from datetime import datetime, timedelta

import storage.conversations
import storage.follow_ups
import storage.meetings
import storage.people
from outreach import consent, follow_ups, gate, gate_facts, meetings, one_by_one
from outreach.gate import Rules
from scheduler import unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.follow_ups import FollowUp
from storage.people import Person

# What may be over in a few days; after that the question would no longer say when we met.
PASSING = ("human_has_it", "booked", "in_conversation", "paused", "crisis", "frequency_cap")
WAITS_FOR = timedelta(days=7)
# Where the person stands in something newer, which a question about an old meeting would disturb.
ELSEWHERE = ("no_show", "signed_up", "waiting_list", "human")
OVER_AFTER = timedelta(days=14)
# One that could not be dealt with for a fault of ours is tried again after the others.
TRIED_AGAIN = timedelta(hours=1)


def follow_up(session: Session, rules: Rules, now: datetime, say: Say) -> int:
    """Deal with the follow-ups that have come due, and end the talks whose last one is over; returns how many."""
    due = storage.follow_ups.due(session, now)
    done = one_by_one.each(
        session, due, lambda row: _deal_with(session, row, rules, say, now), job="follow_up",
        put_off=lambda row: storage.follow_ups.put_off(session, row, now + TRIED_AGAIN),
    )  # fmt: skip
    not_sent = storage.follow_ups.not_sent(session)
    for row, why in not_sent:
        storage.follow_ups.finish(session, row, why, now=now)
    over = storage.follow_ups.over(session, now - OVER_AFTER)
    for conversation in over:
        conversation.state, conversation.state_at, conversation.context = "ended", now, {}
        storage.conversations.keep(session, conversation)
    return done + len(not_sent) + len(over)


def any_due(session: Session, now: datetime) -> bool:
    """Whether a follow-up has come due, could not leave, or was the last and is over."""
    return bool(
        storage.follow_ups.due(session, now)
        or storage.follow_ups.not_sent(session)
        or storage.follow_ups.over(session, now - OVER_AFTER)
    )


def next_due(session: Session) -> datetime | None:
    """When the next follow-up is due, or the next last one over."""
    last = storage.follow_ups.first_over(session)
    moments = (storage.follow_ups.next_due(session), last and last + OVER_AFTER)
    return min((moment for moment in moments if moment is not None), default=None)


def _deal_with(session: Session, row: FollowUp, rules: Rules, say: Say, now: datetime) -> None:
    """Ask, wait for an hour or a day when it fits better, or let it be, with the reason."""
    conversation = storage.conversations.of_person(session, row.person_id)
    person = storage.people.get(session, row.person_id)
    if conversation is None:
        storage.follow_ups.finish(session, row, "no_conversation", now=now)
        return
    reason = _reason(session, conversation, person, rules, now)
    slot = storage.meetings.slot(session, storage.meetings.booking(session, row.booking_id).slot_id)
    fits = follow_ups.next_hour(now)
    if reason in PASSING and now < follow_ups.due_at(row.kind, slot.starts_at) + WAITS_FOR:
        row.due_at = follow_ups.next_hour(now + timedelta(days=1))
    elif reason:
        storage.follow_ups.finish(session, row, reason, now=now)
    elif fits > now:
        row.due_at = fits
    else:
        wish = Wish(row.kind, conversation, person, name=meetings.who_meets(session, slot))
        unasked.queue(session, wish, say, kind="follow_up", now=now, send_before=follow_ups.closes_at(now))
        storage.follow_ups.finish(session, row, storage.follow_ups.QUEUED, now=now)


def _reason(session: Session, conversation: Conversation, person: Person, rules: Rules, now: datetime) -> str:
    """Why not to ask now, by the gate's own rules; empty when nothing speaks against it."""
    if consent.is_stopped(session, conversation):
        return "stopped"
    if conversation.waiting_since is not None or conversation.state in ELSEWHERE:
        return "in_conversation"
    facts = gate_facts.of_people(session, {person.id: person}, kind="follow_up", now=now)[person.id]
    if conversation.channel != "sms":
        # What is wrong with somebody's telephone number says nothing about a chat.
        facts.channel, facts.stopped, facts.shared = conversation.channel, False, False
    return gate.forbidden(facts, rules, now)
