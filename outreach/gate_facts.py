"""Gathers, in a few queries for many people at once, what the gate judges by."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import storage.campaigns
import storage.conversations
import storage.ladder_queue
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
from outreach import gate_typed, second_try
from outreach.gate import ENCOURAGING, MINIMUM_AGE, REPEATS, Facts, Rules
from outreach.ladder_rules import midnights
from storage.conversations import Talk
from storage.database import Session
from storage.ladder_queue import Day
from storage.local_time import age, local_date
from storage.messages import Started
from storage.numbers import NOBODY, Contact, Holders
from storage.people import Person, ProgrammeRule, Standing
from storage.queue import Due
from storage.silence import INVITING, NUDGE

# The number to text first: one whose owner has answered, then one that has worked, then an untried one.
ORDER = {"confirmed": 0, "works": 1, "unverified": 2, "other_answers": 3, "dead": 4, "wrong_person": 5}
# A person as a page has them, or as sending has them by the thousand.
Whoever = Person | Standing


@dataclass(frozen=True, slots=True)
class Choice:
    """The number a person would be texted at, or the best of those that will not do."""

    address: str = ""
    kind: str = ""
    standing: str = "unverified"
    shared: bool = False


def rules_now(session: Session, rules: Rules) -> Rules:
    """The installation's rules with the switches that staff turn while it runs."""
    return replace(rules, global_pause=bool(storage.settings.read(session, "global_pause", default=False)))


def of_people(
    session: Session, people: Mapping[int, Whoever], *, kind: str, now: datetime, text_code: str = ""
) -> dict[int, Facts]:
    """What the gate would know about a text of this kind to each of these people by SMS.

    A text that already waits in the queue counts like one that has gone: two campaigns in one minute must not both
    promise to reach the same person.
    """
    person_ids = list(people)
    known = _Known(session, people, now)
    choices = choose_numbers(session, person_ids)
    sent = storage.messages.people_sent(session, person_ids, text_code) if text_code else set()
    waiting = storage.messages.people_waiting(session, person_ids)
    stopped = storage.numbers.stops_at(session, "sms", [choice.address for choice in choices.values()])
    found: dict[int, Facts] = {}
    for person_id, choice in choices.items():
        facts = known.facts(person_id, kind=kind, choice=choice)
        facts.same_text = person_id in sent
        facts.stopped = facts.stopped or choice.address in stopped
        facts.unanswered_7_days += person_id in waiting
        facts.unanswered_90_days += person_id in waiting
        found[person_id] = facts
    return found


def of_texts(session: Session, texts: Sequence[Due], *, now: datetime) -> dict[int, Facts]:
    """What the gate knows about texts that are about to leave; the address is the one the text was written to."""
    people = {text.person_id for text in texts if text.person_id is not None}
    known = _Known(session, storage.people.standings(session, people), now)
    by_id = {talk.id: talk for talk in known.talks.values()}
    apart = {text.conversation_id for text in texts if text.conversation_id is not None} - by_id.keys()
    by_id |= {talk.id: talk for talk in storage.conversations.talks(session, apart)} if apart else {}
    at = _at_addresses(session, people)
    stopped = _stopped_addresses(session, texts)
    states = _campaign_states(session, texts)
    contacted = _contacted_today(session, texts, now)
    tried = {text.again_of_id for text in texts if text.again_of_id is not None}
    overtaken = second_try.overtaken(session, tried, now)
    found: dict[int, Facts] = {}
    for text in texts:
        choice = at.get((text.person_id, text.address), Choice(address=text.address, kind=""))
        facts = known.facts(
            text.person_id, kind=text.kind, choice=choice, channel=text.channel, again_of=text.again_of_id
        )
        talk = by_id.get(text.conversation_id or 0)
        facts.send_before, facts.parts = text.send_before, text.parts
        facts.contacted_today = _begins(text) and text.person_id in contacted
        facts.repeats = text.kind == "nudge" and text.text_code in REPEATS
        facts.encourages = text.kind == "follow_up" and text.text_code in ENCOURAGING
        facts.stopped = facts.stopped or (text.channel, text.address) in stopped
        facts.campaign_state = states.get(text.campaign_id or 0, "")
        facts.second_try, facts.overtaken = text.again_of_id is not None, text.again_of_id in overtaken
        if talk is not None:
            facts.state, facts.held = talk.state, talk.held_by_id is not None
        found[text.id] = facts
    gate_typed.tighten(session, texts, found)
    return found


def choose_numbers(session: Session, person_ids: Sequence[int]) -> dict[int, Choice]:
    """The number each person would be texted at. Without a usable mobile, `kind` says what they have instead."""
    held: dict[int, list[Contact]] = {person_id: [] for person_id in person_ids}
    for contact in storage.numbers.contacts(session, person_ids):
        held[contact.person_id].append(contact)
    holders = storage.numbers.holders(session, {contact.number_id for ties in held.values() for contact in ties})
    return {person_id: _best(ties, holders) for person_id, ties in held.items()}


def _best(contacts: Sequence[Contact], holders: dict[int, Holders]) -> Choice:
    mobiles = [contact for contact in contacts if _kind(contact) == "mobile"]
    if not mobiles:
        kinds = {_kind(contact) for contact in contacts}
        return Choice(kind=next((kind for kind in ("landline", "foreign", "guardian") if kind in kinds), ""))
    return _choice(min(mobiles, key=lambda one: (_is_shared(one, holders), ORDER[one.standing], one.tie_id)), holders)


def _choice(contact: Contact, holders: dict[int, Holders]) -> Choice:
    return Choice(contact.e164, _kind(contact), contact.standing, _is_shared(contact, holders))


def _kind(contact: Contact) -> str:
    # A guardian's telephone is never texted, however good it is.
    return "guardian" if contact.owner == "guardian" else contact.kind


def _is_shared(contact: Contact, holders: dict[int, Holders]) -> bool:
    return holders.get(contact.number_id, NOBODY).is_shared(contact.own_since)


class _Known:
    """What holds for a person whatever the text: loaded once for all of them."""

    def __init__(self, session: Session, people: Mapping[int, Whoever], now: datetime) -> None:
        person_ids = list(people)
        self.now = now
        self.today = local_date(now)
        self.people = people
        self.talks = {talk.person_id: talk for talk in storage.conversations.talks_of_people(session, person_ids)}
        self.stopped = storage.numbers.people_stopped(session, "sms", person_ids)
        self.booked = storage.meetings.people_booked(session, person_ids, after=now)
        self.rules = storage.people.rules(session)
        self.programmes = storage.people.current_programmes(session, person_ids, self.today)
        self.started = self._started(session, person_ids)

    def facts(
        self, person_id: int | None, *, kind: str, choice: Choice, channel: str = "sms", again_of: int | None = None
    ) -> Facts:
        """Everything about a text to this person. `again_of` is the text that it is the second try of."""
        person = self.people.get(person_id) if person_id is not None else None
        if person is None:
            return Facts(kind=kind, channel=channel, address=choice.address, person_known=False)
        talk = self.talks.get(person.id)
        programmes = self.programmes.get(person.id, set())
        week, quarter = self._unanswered(person.id, talk, again_of)
        return Facts(
            kind=kind, channel=channel, address=choice.address, number_kind=choice.kind, standing=choice.standing,
            shared=choice.shared, protected=person.protected, birth_date=person.birth_date,
            programme_now=bool(programmes),
            within_age=within_age(person.birth_date, programmes, self.rules, self.today),
            closed=person.closed_at is not None or person.merged_into_id is not None,
            deceased=person.closed_reason == storage.people.DECEASED,
            paused_until=person.paused_until, stopped=channel == "sms" and person.id in self.stopped,
            state=talk.state if talk is not None else "new",
            held=talk is not None and talk.held_by_id is not None,
            booked=person.id in self.booked,
            unanswered_7_days=week, unanswered_90_days=quarter,
        )  # fmt: skip

    def _started(self, session: Session, person_ids: Sequence[int]) -> dict[int, list[Started]]:
        sent: dict[int, list[Started]] = {}
        for text in storage.messages.started_since(session, person_ids, self.now - timedelta(days=90)):
            sent.setdefault(text.person_id, []).append(text)
        return sent

    def _unanswered(self, person_id: int, talk: Talk | None, again_of: int | None) -> tuple[int, int]:
        answered = talk.last_inbound_at if talk is not None else None
        started = self.started.get(person_id, [])
        # A text and its second try are one, and the first does not stand in the way of the second.
        again = {text.again_of_id for text in started} | {again_of}
        moments = [text.claimed_at for text in started if text.id not in again]
        unanswered = [moment for moment in moments if answered is None or moment > answered]
        return sum(moment > self.now - timedelta(days=7) for moment in unanswered), len(unanswered)


def within_age(
    birth_date: date | None, programmes: Collection[str], rules: Iterable[ProgrammeRule], today: date
) -> bool:
    """Whether any of these programmes takes in the age on this day of somebody born then; unknown age is outside
    (domain S28, S48).
    """
    if birth_date is None:
        return False
    years = age(birth_date, today)
    return years >= MINIMUM_AGE and any(
        rule.age_from <= years < rule.age_below
        for rule in rules
        if rule.programme in programmes and rule.valid_from <= today <= (rule.valid_to or today)
    )


def _at_addresses(session: Session, people: Iterable[int]) -> dict[tuple[int | None, str], Choice]:
    contacts = storage.numbers.contacts(session, people)
    holders = storage.numbers.holders(session, {contact.number_id for contact in contacts})
    return {(contact.person_id, contact.e164): _choice(contact, holders) for contact in contacts}


def _stopped_addresses(session: Session, texts: Sequence[Due]) -> set[tuple[str, str]]:
    return {
        (channel, address)
        for channel in {text.channel for text in texts}
        for address in storage.numbers.stops_at(
            session, channel, [text.address for text in texts if text.channel == channel]
        )
    }


def _begins(text: Due) -> bool:
    """Whether a text begins something, or begins it again; what goes on in a talk is another matter."""
    return text.kind in INVITING or text.kind == "nudge" and text.text_code == NUDGE


def _contacted_today(session: Session, texts: Sequence[Due], now: datetime) -> set[int]:
    people = {text.person_id for text in texts if text.person_id is not None and _begins(text)}
    return storage.ladder_queue.contacted_by_hand(session, people, Day(*midnights(now))) if people else set()


def _campaign_states(session: Session, texts: Sequence[Due]) -> dict[int, str]:
    return storage.campaigns.states(session, {text.campaign_id for text in texts if text.campaign_id is not None})
