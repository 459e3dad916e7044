"""Gathers, in a few queries for many people at once, what the gate judges by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import storage.campaigns
import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.people
import storage.settings
from outreach.gate import MINIMUM_AGE, Facts, Rules
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import age, local_date
from storage.messages import Message
from storage.numbers import Contact
from storage.people import Person, ProgrammeMembership, ProgrammeRule

# The number to text first: one whose owner has answered, then one that has worked, then an untried one.
_ORDER = {"confirmed": 0, "works": 1, "unverified": 2, "other_answers": 3, "dead": 4, "wrong_person": 5}


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
    session: Session, people: Mapping[int, Person], *, kind: str, now: datetime, text_code: str = ""
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
        facts = known.facts(person_id, kind=kind, choice=choice, same_text=person_id in sent)
        more = int(person_id in waiting)
        found[person_id] = replace(
            facts,
            stopped=facts.stopped or choice.address in stopped,
            unanswered_7_days=facts.unanswered_7_days + more,
            unanswered_90_days=facts.unanswered_90_days + more,
        )
    return found


def of_messages(session: Session, messages: Sequence[Message], *, now: datetime) -> dict[int, Facts]:
    """What the gate knows about texts that are about to leave; the address is the one the text was written to."""
    people = {message.person_id for message in messages if message.person_id is not None}
    known = _Known(session, storage.people.many(session, people), now)
    conversations = _conversations(session, messages, known)
    at = _at_addresses(session, messages)
    stopped = _stopped_addresses(session, messages)
    states = _campaign_states(session, messages)
    found: dict[int, Facts] = {}
    for message in messages:
        choice = at.get((message.person_id, message.address), Choice(address=message.address, kind=""))
        facts = known.facts(
            message.person_id, kind=message.kind, choice=choice, channel=message.channel, itself=message
        )
        conversation = conversations.get(message.conversation_id)
        found[message.id] = replace(
            facts,
            send_before=message.send_before,
            stopped=facts.stopped or (message.channel, message.address) in stopped,
            state=conversation.state if conversation is not None else facts.state,
            held=conversation.held_by_id is not None if conversation is not None else facts.held,
            campaign_state=states.get(message.campaign_id, ""),
        )
    return found


def choose_numbers(session: Session, person_ids: Sequence[int]) -> dict[int, Choice]:
    """The number each person would be texted at. Without a usable mobile, `kind` says what they have instead."""
    held: dict[int, list[Contact]] = {person_id: [] for person_id in person_ids}
    for contact in storage.numbers.contacts(session, person_ids):
        held[contact.person_id].append(contact)
    sharing = storage.numbers.sharing(session, {contact.number_id for ties in held.values() for contact in ties})
    return {person_id: _best(ties, sharing) for person_id, ties in held.items()}


def _best(contacts: Sequence[Contact], sharing: dict[int, int]) -> Choice:
    mobiles = [contact for contact in contacts if _kind(contact) == "mobile"]
    if not mobiles:
        kinds = {_kind(contact) for contact in contacts}
        return Choice(kind=next((kind for kind in ("landline", "foreign", "guardian") if kind in kinds), ""))
    return _choice(min(mobiles, key=lambda one: (_is_shared(one, sharing), _ORDER[one.standing], one.tie_id)), sharing)


def _choice(contact: Contact, sharing: dict[int, int]) -> Choice:
    return Choice(contact.e164, _kind(contact), contact.standing, _is_shared(contact, sharing))


def _kind(contact: Contact) -> str:
    # A guardian's telephone is never texted, however good it is.
    return "guardian" if contact.owner == "guardian" else contact.kind


def _is_shared(contact: Contact, sharing: dict[int, int]) -> bool:
    return sharing.get(contact.number_id, 0) > 1


class _Known:
    """What holds for a person whatever the text: loaded once for all of them."""

    def __init__(self, session: Session, people: Mapping[int, Person], now: datetime) -> None:
        person_ids = list(people)
        self.now = now
        self.today = local_date(now)
        self.people = people
        self.conversations = storage.conversations.of_people(session, person_ids)
        self.stopped = storage.numbers.people_stopped(session, "sms", person_ids)
        self.booked = storage.meetings.people_booked(session, person_ids, after=now)
        self.rules = storage.people.rules(session)
        self.memberships = storage.people.current_memberships(session, person_ids, self.today)
        self.started = self._started(session, person_ids)

    def facts(
        self, person_id: int | None, *, kind: str, choice: Choice, channel: str = "sms",
        same_text: bool = False, itself: Message | None = None,
    ) -> Facts:  # fmt: skip
        """Everything about a text to this person; `itself` is left out where earlier texts are counted."""
        person = self.people.get(person_id) if person_id is not None else None
        if person is None:
            return Facts(kind=kind, channel=channel, address=choice.address, person_known=False)
        conversation = self.conversations.get(person.id)
        memberships = self.memberships.get(person.id, [])
        week, quarter = self._unanswered(person.id, conversation, itself)
        return Facts(
            kind=kind, channel=channel, address=choice.address, number_kind=choice.kind, standing=choice.standing,
            shared=choice.shared, protected=person.protected, birth_date=person.birth_date,
            programme_now=bool(memberships),
            within_age=within_age(person, memberships, self.rules, self.today),
            closed=person.closed_at is not None or person.merged_into_id is not None,
            deceased=person.closed_reason == "deceased",
            paused_until=person.paused_until, stopped=person.id in self.stopped,
            state=conversation.state if conversation is not None else "new",
            held=conversation is not None and conversation.held_by_id is not None,
            booked=person.id in self.booked, same_text=same_text,
            unanswered_7_days=week, unanswered_90_days=quarter,
        )  # fmt: skip

    def _started(self, session: Session, person_ids: Sequence[int]) -> dict[int, list[Message]]:
        sent: dict[int, list[Message]] = {}
        for message in storage.messages.started_since(session, person_ids, self.now - timedelta(days=90)):
            if message.person_id is not None:
                sent.setdefault(message.person_id, []).append(message)
        return sent

    def _unanswered(self, person_id: int, conversation: Conversation | None, itself: Message | None) -> tuple[int, int]:
        answered = conversation.last_inbound_at if conversation is not None else None
        moments = [
            earlier.claimed_at
            for earlier in self.started.get(person_id, [])
            if earlier.claimed_at is not None and not _is_itself_or_later(earlier, itself)
        ]
        unanswered = [moment for moment in moments if answered is None or moment > answered]
        return sum(moment > self.now - timedelta(days=7) for moment in unanswered), len(unanswered)


def _is_itself_or_later(earlier: Message, itself: Message | None) -> bool:
    # Of two texts claimed together the one with the lower id goes first and is counted for the other.
    return itself is not None and (
        earlier.id == itself.id or (earlier.claimed_at == itself.claimed_at and earlier.id > itself.id)
    )


def within_age(
    person: Person, memberships: Iterable[ProgrammeMembership], rules: Iterable[ProgrammeRule], today: date
) -> bool:
    """Whether any of the person's programmes takes in their age on this day; unknown age is outside (domain S28,
    S48).
    """
    if person.birth_date is None:
        return False
    years = age(person.birth_date, today)
    programmes = {membership.programme for membership in memberships}
    return years >= MINIMUM_AGE and any(
        rule.age_from <= years < rule.age_below
        for rule in rules
        if rule.programme in programmes and rule.valid_from <= today <= (rule.valid_to or today)
    )


def _conversations(session: Session, messages: Sequence[Message], known: _Known) -> dict[int | None, Conversation]:
    by_id: dict[int | None, Conversation] = {row.id: row for row in known.conversations.values()}
    missing = {message.conversation_id for message in messages} - by_id.keys() - {None}
    for row in storage.conversations.many(session, [number for number in missing if number is not None]):
        by_id[row.id] = row
    return by_id


def _at_addresses(session: Session, messages: Sequence[Message]) -> dict[tuple[int | None, str], Choice]:
    people = {message.person_id for message in messages if message.person_id is not None}
    contacts = storage.numbers.contacts(session, people)
    sharing = storage.numbers.sharing(session, {contact.number_id for contact in contacts})
    return {(contact.person_id, contact.e164): _choice(contact, sharing) for contact in contacts}


def _stopped_addresses(session: Session, messages: Sequence[Message]) -> set[tuple[str, str]]:
    channels = {message.channel for message in messages}
    return {
        (channel, address)
        for channel in channels
        for address in storage.numbers.stops_at(
            session, channel, [message.address for message in messages if message.channel == channel]
        )
    }


def _campaign_states(session: Session, messages: Sequence[Message]) -> dict[int | None, str]:
    wanted = {message.campaign_id for message in messages if message.campaign_id is not None}
    return {campaign_id: storage.campaigns.get(session, campaign_id).state for campaign_id in wanted}
