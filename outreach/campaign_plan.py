"""The dry run of a campaign: who would get what and when, and who is left out and why. Nothing is saved."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import storage.campaign_queue
import storage.campaigns
import storage.conversations
import storage.offices
import storage.people
import storage.register
import storage.signups
import storage.staff
from outreach import audience, campaign_texts, gate, gate_facts, pace
from outreach.access import MAY
from outreach.gate import Rules
from outreach.wording import BrokenTemplate, MissingValue, Size
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.people import Person

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in a dry run: what they would get and when, or why they get nothing."""

    person: Person
    address: str
    lang: str
    text: str
    size: Size | None
    withheld: str
    first_contact: bool = False
    named: bool = False
    send_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what and when, and who is left out and why. `entries` covers the whole audience, once each."""

    entries: Sequence[Entry]

    @property
    def sending(self) -> list[Entry]:
        """Those who get a text, in the order it leaves."""
        return [entry for entry in self.entries if not entry.withheld]

    @property
    def left_out(self) -> dict[str, int]:
        """How many are left out, by reason, the commonest first."""
        counts: dict[str, int] = {}
        for entry in self.entries:
            if entry.withheld:
                counts[entry.withheld] = counts.get(entry.withheld, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    @property
    def parts(self) -> int:
        """How many SMS parts are paid for."""
        return sum(entry.size.parts for entry in self.sending if entry.size is not None)

    @property
    def by_day(self) -> dict[date, int]:
        """How many texts leave on each day, in order."""
        counts: dict[date, int] = {}
        for entry in self.sending:
            if entry.send_after is not None:
                day = local_date(entry.send_after)
                counts[day] = counts.get(day, 0) + 1
        return counts


def plan(
    session: Session, campaign: Campaign, rules: Rules, *, now: datetime, start_at: datetime | None = None
) -> Plan:
    """The dry run, by the rules that will hold at sending. Raises BadInput when the audience cannot be read."""
    # By lot, so that no office and no age always comes last; the same lot every time, so that what is shown is done.
    entries = sorted(_entries(session, campaign, rules, now), key=lambda entry: _lot(campaign, entry.person))
    start_at = start_at or max(now, campaign.start_at or now)
    moments = pace.spread(
        sum(not entry.withheld for entry in entries), start_at, per_day=campaign.per_day,
        per_second=rules.sms_per_second, rule=rules.allowed_hours, taken=taken(session, campaign, rules, start_at),
    )  # fmt: skip
    return Plan([entry if entry.withheld else replace(entry, send_after=next(moments)) for entry in entries])


def taken(session: Session, campaign: Campaign, rules: Rules, since: datetime) -> Sequence[datetime]:
    """The moments of the sender's time that other campaigns have taken; of no interest where there is no pace."""
    if not rules.sms_per_second:
        return ()
    return storage.campaign_queue.planned(session, campaign.channel, since, leave_out=campaign.id)


def office_ids(session: Session, campaign: Campaign, *, now: datetime) -> tuple[int, ...] | None:
    """The offices whose people the campaign may reach: its own, else those of whoever made it.

    None (everybody) only where a script on the machine made it: then no member of staff's reach is at stake.
    """
    if campaign.office_id is not None:
        return (campaign.office_id,)
    if campaign.created_by_id is None:
        return None
    roles = storage.staff.roles(session, campaign.created_by_id, local_date(now))
    offices = storage.staff.offices_of_roles(session, [role for role in roles if "campaigns" in MAY[role.role]])
    return tuple(office.id for office in offices)


def may_see(session: Session, campaign: Campaign, mine: Collection[int], *, now: datetime) -> bool:
    """Whether a campaign concerns any of these offices."""
    reached = office_ids(session, campaign, now=now)
    return reached is None or any(office_id in mine for office_id in reached)


def may_change(session: Session, campaign: Campaign, mine: Collection[int], *, now: datetime) -> bool:
    """Whether a campaign reaches nobody outside these offices, so that whoever works there may write and start it."""
    reached = office_ids(session, campaign, now=now)
    if reached is None:
        reached = tuple(office.id for office in storage.offices.all_offices(session))
    return all(office_id in mine for office_id in reached)


def _lot(campaign: Campaign, person: Person) -> bytes:
    return hashlib.blake2s(f"{campaign.code} {person.code}".encode()).digest()


def _entries(session: Session, campaign: Campaign, rules: Rules, now: datetime) -> Iterator[Entry]:
    wanted = replace(audience.read(session, campaign.audience), office_ids=office_ids(session, campaign, now=now))
    everyone = storage.register.ids(session, wanted, now=now)
    rules = gate_facts.rules_now(session, rules)
    texts = campaign_texts.Texts(session, campaign, local_date(now))
    for start in range(0, len(everyone), _CHUNK):
        ids = everyone[start : start + _CHUNK]
        people = storage.people.many(session, ids)
        facts = gate_facts.of_people(session, people, kind="campaign", now=now, text_code=_same_text(campaign))
        for person_id in _invited_already(session, campaign, ids):
            facts[person_id].same_text = True
        conversations = storage.conversations.of_people(session, ids)
        for person_id in ids:
            reason = gate.forbidden(facts[person_id], rules, now)
            yield _entry(people[person_id], facts[person_id], reason, texts, conversations.get(person_id))


def _entry(
    person: Person, facts: gate.Facts, reason: str, texts: campaign_texts.Texts, conversation: Conversation | None
) -> Entry:
    if reason:
        return Entry(person, "", "", "", None, reason)
    confirmed = facts.standing == "confirmed"
    # Somebody who has asked for English in the talk gets English, whatever the list said.
    english = conversation is not None and conversation.lang == "en"
    try:
        text = texts.render(person, confirmed=confirmed, asked_for_english=english)
    except (MissingValue, BrokenTemplate):
        return Entry(person, "", "", "", None, "missing_value")
    return Entry(
        person, facts.address, text.lang, text.text, text.size, "",
        first_contact=facts.state == "new", named=texts.has_name and confirmed and bool(person.first_name),
    )  # fmt: skip


def _same_text(campaign: Campaign) -> str:
    # An invitation to a meeting is made from the template of every other, and is about something new.
    return "" if campaign.slot_id is not None else sameness(campaign)


def _invited_already(session: Session, campaign: Campaign, person_ids: Sequence[int]) -> set[int]:
    """Who has been invited to the same meeting, or stands on its list."""
    if campaign.slot_id is None:
        return set()
    invited = storage.campaigns.people_invited(session, person_ids, campaign.slot_id)
    return invited | storage.signups.people_signed_up(session, campaign.slot_id, person_ids)


def sameness(campaign: Campaign) -> str:
    """What makes two campaigns the same text to the one who gets them: the template they were made from."""
    return campaign.text_code
