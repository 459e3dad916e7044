"""The dry run of a campaign: who would get what and when, and who is left out and why. Nothing is saved."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import storage.campaign_queue
import storage.campaigns
import storage.conversations
import storage.offices
import storage.people
import storage.register
import storage.signups
import storage.staff
import storage.trials
from outreach import audience, campaign_versions, control_group, gate, gate_facts, lot, pace
from outreach.access import MAY
from outreach.campaign_texts import Rendered, Texts
from outreach.gate import Rules
from outreach.wording import BrokenTemplate, MissingValue, Size
from storage.campaigns import Campaign
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.people import Person

_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One person in a dry run: what they would get and when, or why they get nothing. `version` is the letter of the
    text where several are tried, and `said` each of them as it would read. `followed_from` is when the text leaves, or
    would have left, for those who could have been drawn for a control group; None for others.
    """

    person: Person
    address: str
    lang: str
    text: str
    size: Size | None
    withheld: str
    first_contact: bool = False
    named: bool = False
    send_after: datetime | None = None
    version: str = ""
    said: tuple[Rendered, ...] = ()
    followed_from: datetime | None = None


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
    wanted = replace(audience.read(session, campaign.audience), office_ids=office_ids(session, campaign, now=now))
    entries = _by_lot(session, campaign, storage.register.ids(session, wanted, now=now), rules, now)
    followed = _may_be_held_back(session, campaign, entries, now)
    held = lot.hold_back([entry.person.id in followed for entry in entries])
    entries = [_held_back(entry) if place in held else entry for place, entry in enumerate(entries)]
    letters = [words.letter for words in campaign_versions.of(session, campaign)]
    if len(letters) > 1:
        entries = _dealt(entries, letters, pilot=campaign_versions.is_pilot(session, campaign))
    timed = _timed(session, campaign, rules, entries, start_at or max(now, campaign.start_at or now))
    return Plan(_followed(timed, followed) if held else timed)


def plan_rest(
    session: Session, campaign: Campaign, letter: str, rules: Rules, *, now: datetime, start_at: datetime
) -> Plan:
    """What those who wait for the choice after a pilot would get if it were this version, by the rules as they are."""
    ids = list(storage.trials.waiting(session, campaign.id))
    letters = [words.letter for words in campaign_versions.of(session, campaign)]
    entries = [
        entry if entry.withheld else _saying(entry, letter, letters.index(letter))
        for entry in _by_lot(session, campaign, ids, rules, now)
    ]
    midnight = datetime.combine(local_date(now), time(), tzinfo=STOCKHOLM)
    today = storage.campaign_queue.gone(session, campaign.id, midnight)
    return Plan(_timed(session, campaign, rules, entries, start_at, today=today))


def _by_lot(session: Session, campaign: Campaign, ids: Sequence[int], rules: Rules, now: datetime) -> list[Entry]:
    # By lot, so that no office and no age always comes last; the same lot every time, so that what is shown is done.
    entries = _entries(session, campaign, ids, rules, now)
    return sorted(entries, key=lambda entry: lot.ticket(campaign.code, entry.person.code))


def _may_be_held_back(session: Session, campaign: Campaign, entries: Sequence[Entry], now: datetime) -> frozenset[int]:
    strangers = [entry.person for entry in entries if entry.first_contact and not entry.withheld]
    return control_group.who_may(session, campaign, strangers, now=now)


def _held_back(entry: Entry) -> Entry:
    return replace(entry, address="", text="", size=None, withheld=storage.trials.HELD)


def _dealt(entries: Sequence[Entry], letters: Sequence[str], *, pilot: bool) -> list[Entry]:
    """Each who gets a text gets the version that the lot says; in a pilot most wait for the choice."""
    cards = iter(lot.deal(sum(not entry.withheld for entry in entries), len(letters), pilot=pilot))
    return [entry if entry.withheld else _card(entry, next(cards), letters) for entry in entries]


def _card(entry: Entry, which: int | None, letters: Sequence[str]) -> Entry:
    return replace(entry, withheld=storage.trials.AWAITS) if which is None else _saying(entry, letters[which], which)


def _saying(entry: Entry, letter: str, which: int) -> Entry:
    said = entry.said[which]
    return replace(entry, version=letter, lang=said.lang, text=said.text, size=said.size)


def _timed(
    session: Session, campaign: Campaign, rules: Rules, entries: Sequence[Entry], start_at: datetime, *, today: int = 0
) -> list[Entry]:
    """Each text gets the moment at which it leaves, in the order of the lot."""
    moments = pace.spread(
        sum(not entry.withheld for entry in entries), start_at, per_day=campaign.per_day,
        per_second=rules.sms_per_second, rule=rules.allowed_hours, today=today,
        taken=taken(session, campaign, rules, start_at),
    )  # fmt: skip
    return [entry if entry.withheld else replace(entry, send_after=next(moments)) for entry in entries]


def _followed(entries: Sequence[Entry], followed: Collection[int]) -> list[Entry]:
    """From when those are followed who could have been held back: whoever was, from when the text before theirs in the
    order of the lot leaves, which is when theirs would have.
    """
    found, latest = [], next((entry.send_after for entry in entries if entry.send_after is not None), None)
    for entry in entries:
        latest = entry.send_after or latest
        found.append(replace(entry, followed_from=latest) if entry.person.id in followed else entry)
    return found


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


def _entries(
    session: Session, campaign: Campaign, everyone: Sequence[int], rules: Rules, now: datetime
) -> Iterator[Entry]:
    rules = gate_facts.rules_now(session, rules)
    versions = campaign_versions.of(session, campaign)
    texts = [Texts(session, campaign, local_date(now), words) for words in versions]
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
    person: Person, facts: gate.Facts, reason: str, texts: Sequence[Texts], conversation: Conversation | None
) -> Entry:
    if reason:
        return Entry(person, "", "", "", None, reason)
    confirmed = facts.standing == "confirmed"
    # Somebody who has asked for English in the talk gets English, whatever the list said.
    english = conversation is not None and conversation.lang == "en"
    try:
        # Whoever could not get one of the versions gets none, or the lot would not be between likes.
        said = tuple(one.render(person, confirmed=confirmed, asked_for_english=english) for one in texts)
    except (MissingValue, BrokenTemplate):
        return Entry(person, "", "", "", None, "missing_value")
    has_name = any(one.has_name for one in texts)
    return Entry(
        person, facts.address, said[0].lang, said[0].text, said[0].size, "", said=said,
        first_contact=facts.state == "new", named=has_name and confirmed and bool(person.first_name),
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
