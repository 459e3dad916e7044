"""The texts of the ladder: first texts of offices that let them leave by themselves, never more in a day than staff
have time to answer; and the word that we are about to ring.
"""

from collections.abc import Sequence
from datetime import datetime

import storage.audit
import storage.campaign_queue
import storage.conversations
import storage.ladder_queue
import storage.ladders
import storage.people
import storage.staff
from outreach import access, gate, gate_facts, ladder, ladder_rules, languages, limits, one_by_one, pace, quiet_hours
from outreach.errors import Conflict
from outreach.gate import Facts, Rules
from outreach.ladder_rules import Step
from scheduler import unasked
from scheduler.unasked import Say, Wish
from storage.conversations import Conversation
from storage.database import Session
from storage.ladders import Ladder, LadderPlace
from storage.messages import Message
from storage.people import Person
from storage.staff import Staff

# What passes in some days; the step waits for it. Anything else passes the step over, with the reason.
PASSING = (
    "human_has_it", "in_conversation", "booked", "crisis", "frequency_cap", "paused", "practice", "contacted_today",
    "expired", "cancelled",
)  # fmt: skip
# First contact to a number of which we know whose it is, and to one of which we do not (ux §5.6).
KNOWN, UNKNOWN = "INV-2", "INV-1"


def write_due(session: Session, rules: Rules, now: datetime, say: Say) -> int:
    """Put the first texts that are due in the queue, in hours when they may leave; returns how many were dealt with."""
    return sum(_write(session, row, rules, now, say) for row in storage.ladders.texting(session))


def is_due(session: Session, rules: Rules, now: datetime) -> bool:
    """Whether there is a text to write now. Reads only."""
    return any(_due(session, row, rules, now, most=1) for row in storage.ladders.texting(session))


def next_due(session: Session, now: datetime) -> datetime | None:
    """When the next text may be written, as far as can be seen from here."""
    offices = [row.office_id for row in storage.ladders.texting(session)]
    due = storage.ladder_queue.first_to_text(session, offices) if offices else None
    if due is None:
        return None
    moment = quiet_hours.next_allowed(max(due, now))
    # What is due and could be written has been: the rest waits for tomorrow.
    return moment if moment > now else ladder_rules.next_sending(now)


def _due(session: Session, row: Ladder, rules: Rules, now: datetime, *, most: int) -> list[LadderPlace]:
    if quiet_hours.next_allowed(now, rule=rules.allowed_hours) > now:
        return []
    day = ladder.day_of(now)
    room = limits.texts_a_day(session) - storage.ladder_queue.invitations_on(session, day)
    return storage.ladder_queue.to_text(session, row.office_id, now, day, min(room, most)) if room > 0 else []


def _write(session: Session, row: Ladder, rules: Rules, now: datetime, say: Say) -> int:
    places = _due(session, row, rules, now, most=limits.texts_a_day(session))
    answerer = storage.staff.find(session, row.answerer_id)
    # A text in the name of somebody who has left would be answered by nobody.
    if not places or answerer is None:
        return 0
    if not access.may_now(session, answerer, "inbox", now=now, office_id=row.office_id):
        return 0
    people = storage.people.many(session, [place.person_id for place in places])
    facts = gate_facts.of_people(session, people, kind="ladder", now=now)
    announced = storage.ladder_queue.announced(session, people) if row.announce_first else set(people)
    steps = ladder.Steps(session).of(row.office_id)
    moments = pace.spread(
        len(places), now, per_day=0, per_second=rules.sms_per_second, rule=rules.allowed_hours,
        taken=storage.campaign_queue.planned(session, "sms", now) if rules.sms_per_second else (),
    )  # fmt: skip

    def step(place: LadderPlace) -> None:
        person, talk = people[place.person_id], _talk(session, people[place.person_id], facts, now)
        reason = _forbidden(facts[person.id], talk, rules, now)
        if person.id not in announced:
            ladder.take(session, place, "passed", now, steps=steps, why="not_announced")
        elif reason:
            hold(session, place, reason, now, steps)
        else:
            _queue(session, person, talk, facts[person.id], answerer, say, now, next(moments), rules)

    return one_by_one.each(session, places, step, job="climb")


def hold(session: Session, place: LadderPlace, reason: str, now: datetime, steps: Sequence[Step]) -> None:
    """A text may not leave as things stand: the step waits for what passes, for some time, and is else passed over."""
    if reason in PASSING and now < place.entered_at + ladder_rules.WAITS_TO_TEXT:
        ladder.wait(session, place, ladder_rules.next_sending(now))
    else:
        ladder.take(session, place, "passed", now, steps=steps, why=reason)


def _talk(session: Session, person: Person, facts: dict[int, Facts], now: datetime) -> Conversation:
    known = storage.conversations.of_person(session, person.id)
    if known is None:
        return storage.conversations.keep(session, Conversation(
            person_id=person.id, address=facts[person.id].address, lang=languages.of_person(session, person),
            state_at=now,
        ))  # fmt: skip
    if known.channel == "sms" and facts[person.id].address:
        known.address = facts[person.id].address
        storage.conversations.keep(session, known)
    return known


def _forbidden(facts: Facts, talk: Conversation, rules: Rules, now: datetime) -> str:
    if talk.channel != "sms":
        # What is wrong with somebody's telephone number says nothing about a chat.
        facts.channel, facts.address, facts.stopped, facts.shared = talk.channel, talk.address, False, False
    return gate.forbidden(facts, rules, now)


def _queue(
    session: Session, person: Person, talk: Conversation, facts: Facts, answerer: Staff, say: Say, now: datetime,
    at: datetime, rules: Rules,
) -> None:  # fmt: skip
    code = KNOWN if facts.standing == "confirmed" and person.first_name else UNKNOWN
    wish = Wish(code, talk, person, name=answerer.first_name)
    late = pace.stale_after(at, rule=rules.allowed_hours)
    message = unasked.queue(session, wish, say, now=now, send_before=late, kind="ladder")
    message.send_after = at


def announce_call(
    session: Session, person: Person, staff: Staff, rules: Rules, say: Say, now: datetime
) -> Message:  # fmt: skip
    """Tell somebody by text that we ring in half an hour, and put the call off until then. Raises Conflict with the
    gate's reason where no text may leave now.
    """
    facts = gate_facts.of_people(session, {person.id: person}, kind="nudge", now=now)
    reason = gate.forbidden(facts[person.id], gate_facts.rules_now(session, rules), now)
    if not reason and quiet_hours.next_allowed(now, rule=rules.allowed_hours) > now:
        reason = "quiet_hours"
    if not reason and ladder.contacted_today(session, [person.id], now):
        reason = "contacted_today"
    if reason:
        raise Conflict(f"Sms:et kan inte skickas: {gate.REASONS[reason]}. Du kan ringa ändå.")
    talk = _talk(session, person, facts, now)
    wish = Wish(storage.ladder_queue.CALL_SOON, talk, person, name=staff.first_name)
    rings_at = now + ladder_rules.CALL_AFTER
    message = unasked.queue(session, wish, say, now=now, send_before=rings_at)
    place = storage.ladder_queue.place_on(session, person.id)
    if place is not None and place.kind == "ring":
        ladder.wait(session, place, rings_at)
    storage.audit.write(session, "call_announced", now=now, staff_id=staff.id, person_id=person.id)
    return message
