"""Campaigns: who is meant, what each gets, a dry run, launch (twice does nothing twice), pause, stop, and results."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.audit
import storage.campaigns
import storage.conversations
import storage.meetings
import storage.messages
import storage.people
import storage.register
from outreach import audience, campaign_texts, gate, gate_facts, pace
from outreach.errors import BadInput, Conflict
from outreach.gate import Rules
from outreach.wording import Size
from storage.campaigns import Campaign, Recipient
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import local_date
from storage.messages import Message
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
    send_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what and when, and who is left out and why. `entries` covers the whole audience."""

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


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a campaign. sent + waiting + withheld + failed + unknown + expired + cancelled = audience."""

    audience: int
    sent: int
    delivered: int
    waiting: int
    withheld: int
    failed: int
    unknown: int
    expired: int
    cancelled: int
    answered: int
    booked: int
    answers: dict[str, int]
    withheld_reasons: dict[str, int]

    @property
    def adds_up(self) -> bool:
        """Whether everybody is accounted for, once."""
        told = self.sent + self.waiting + self.withheld + self.failed + self.unknown + self.expired + self.cancelled
        return told == self.audience


def create(session: Session, campaign: Campaign, *, now: datetime) -> Campaign:
    """Keep a draft. Raises BadInput when the audience or the text cannot be used."""
    audience.read(session, campaign.audience)
    campaign_texts.check(session, campaign)
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_created", now=now, staff_id=campaign.created_by_id, campaign=campaign.code)
    return campaign


def plan(
    session: Session, campaign: Campaign, rules: Rules, *, now: datetime, start_at: datetime | None = None
) -> Plan:
    """The dry run: nothing is saved, and the rules are the ones that will hold at sending."""
    entries = list(_entries(session, campaign, rules, now))
    moments = pace.spread(
        sum(not entry.withheld for entry in entries), start_at or now, per_day=campaign.per_day,
        per_second=rules.sms_per_second, rule=rules.allowed_hours,
    )  # fmt: skip
    timed = [_at(entry, None if entry.withheld else next(moments)) for entry in entries]
    return Plan(timed)


def _at(entry: Entry, moment: datetime | None) -> Entry:
    return Entry(entry.person, entry.address, entry.lang, entry.text, entry.size, entry.withheld, moment)


def _entries(session: Session, campaign: Campaign, rules: Rules, now: datetime) -> Iterator[Entry]:
    wanted = audience.read(session, campaign.audience)
    everyone = storage.register.ids(session, wanted, now=now)
    rules = gate_facts.rules_now(session, rules)
    texts = campaign_texts.Texts(session, campaign, local_date(now))
    for start in range(0, len(everyone), _CHUNK):
        ids = everyone[start : start + _CHUNK]
        facts = gate_facts.of_people(session, ids, kind="campaign", now=now, text_code=_sameness(campaign))
        people = storage.people.many(session, ids)
        for person_id in ids:
            reason = gate.forbidden(facts[person_id], rules, now)
            yield _entry(people[person_id], facts[person_id], reason, texts)


def _entry(person: Person, facts: gate.Facts, reason: str, texts: campaign_texts.Texts) -> Entry:
    if reason:
        return Entry(person, "", "", "", None, reason)
    text = texts.render(person, confirmed=facts.standing == "confirmed")
    return Entry(person, facts.address, text.lang, text.text, text.size, "")


def _sameness(campaign: Campaign) -> str:
    # Two campaigns with the same template are the same text to the one who gets them.
    return campaign.text_code


def schedule(session: Session, campaign: Campaign, start_at: datetime, *, now: datetime, staff_id: int | None) -> None:
    """Let the campaign start by itself at a moment. Raises Conflict when it is no longer a draft."""
    if start_at < now - timedelta(minutes=1):
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    if not storage.campaigns.move(session, campaign, ("draft", "scheduled"), "scheduled"):
        raise Conflict("Utskicket är redan startat.")
    campaign.start_at = start_at
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_scheduled", now=now, staff_id=staff_id, campaign=campaign.code)


def launch(
    session: Session, campaign: Campaign, rules: Rules, *, now: datetime, regret: timedelta = timedelta(),
    staff_id: int | None = None,
) -> bool:  # fmt: skip
    """Start the campaign: one row per person and one text per recipient. False when it had been started before.

    The state change is one conditional write and each person's row is unique, so two clicks, two processes or a crash
    in between never make two texts.
    """
    if not storage.campaigns.move(session, campaign, ("draft", "scheduled"), "running"):
        return False
    start_at = max(now + regret, campaign.start_at or now)
    planned = plan(session, campaign, rules, now=now, start_at=start_at)
    _keep(session, campaign, planned, now)
    campaign.launched_at, campaign.launched_by_id, campaign.start_at = now, staff_id, start_at
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_launched", now=now, staff_id=staff_id, campaign=campaign.code,
                        recipients=len(planned.sending), left_out=planned.left_out)  # fmt: skip
    finish_if_done(session, campaign, now=now)
    return True


def _keep(session: Session, campaign: Campaign, planned: Plan, now: datetime) -> None:
    known = storage.campaigns.known_recipients(session, campaign.id, step=1)
    entries = [entry for entry in planned.entries if entry.person.id not in known]
    rows = [
        Recipient(campaign_id=campaign.id, person_id=entry.person.id, withheld=entry.withheld, added_at=now)
        for entry in entries
    ]
    storage.campaigns.add_recipients(session, rows)
    conversations = _conversations(session, [entry for entry in entries if not entry.withheld], now)
    texts = [
        _message(campaign, row, entry, conversations[entry.person.id], now)
        for row, entry in zip(rows, entries, strict=True)
        if not entry.withheld
    ]
    storage.messages.add_many(session, texts)


def _conversations(session: Session, entries: Sequence[Entry], now: datetime) -> dict[int, Conversation]:
    known = storage.conversations.of_people(session, [entry.person.id for entry in entries])
    for entry in entries:
        conversation = known.get(entry.person.id)
        if conversation is None:
            conversation = Conversation(
                person_id=entry.person.id, channel="sms", address=entry.address, lang=entry.lang, state_at=now
            )
            known[entry.person.id] = conversation
        elif conversation.channel == "sms":
            conversation.address = entry.address
    storage.conversations.keep_many(session, list(known.values()))
    return known


def _message(campaign: Campaign, row: Recipient, entry: Entry, conversation: Conversation, now: datetime) -> Message:
    assert entry.size is not None
    assert entry.send_after is not None
    return Message(
        kind="campaign", address=entry.address, text=entry.text, text_code=_sameness(campaign), lang=entry.lang,
        encoding=entry.size.encoding, parts=entry.size.parts, person_id=entry.person.id,
        conversation_id=conversation.id, recipient_id=row.id, campaign_id=campaign.id, priority=5,
        send_after=entry.send_after, send_before=pace.stale_after(entry.send_after), created_at=now, state_at=now,
    )  # fmt: skip


def pause(session: Session, campaign: Campaign, *, why: str, now: datetime, staff_id: int | None = None) -> bool:
    """Hold what has not left. False when the campaign is not running."""
    moved = storage.campaigns.move(session, campaign, ("running",), "paused", why=why)
    if moved:
        storage.audit.write(session, "campaign_paused", now=now, staff_id=staff_id, campaign=campaign.code)
    return moved


def resume(session: Session, campaign: Campaign, *, now: datetime, staff_id: int | None = None) -> bool:
    """Go on. Texts that have become stale meanwhile expire at the gate; they are not sent late."""
    moved = storage.campaigns.move(session, campaign, ("paused",), "running")
    if moved:
        storage.messages.wake_campaign(session, campaign.id, now=now)
        storage.audit.write(session, "campaign_resumed", now=now, staff_id=staff_id, campaign=campaign.code)
    return moved


def stop(session: Session, campaign: Campaign, *, now: datetime, staff_id: int | None = None) -> bool:
    """Take back everything that has not left; what is gone is gone. False when it had already ended."""
    if not storage.campaigns.move(session, campaign, ("running", "paused", "scheduled"), "stopped"):
        return False
    taken_back = storage.messages.cancel_campaign(session, campaign.id, reason="campaign_stopped", now=now)
    campaign.finished_at = now
    storage.campaigns.add(session, campaign)
    storage.audit.write(
        session, "campaign_stopped", now=now, staff_id=staff_id, campaign=campaign.code, taken=taken_back
    )
    return True


def regret(session: Session, campaign: Campaign, *, now: datetime, staff_id: int | None = None) -> bool:
    """Undo a start during the seconds of regret. False when something has left or the time has run out."""
    if campaign.start_at is None or now >= campaign.start_at:
        return False
    return stop(session, campaign, now=now, staff_id=staff_id)


def finish_if_done(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Call the campaign done when none of its texts is waiting or under way."""
    counts = storage.messages.counts_of_campaign(session, campaign.id)
    if counts.get("queued", 0) + counts.get("sending", 0):
        return False
    if not storage.campaigns.move(session, campaign, ("running",), "done"):
        return False
    campaign.finished_at = now
    storage.campaigns.add(session, campaign)
    return True


def results(session: Session, campaign: Campaign) -> Results:
    """What became of everybody in the campaign."""
    texts = storage.messages.counts_of_campaign(session, campaign.id)
    left_out = storage.campaigns.withheld_counts(session, campaign.id)
    at_gate = storage.messages.withheld_reasons(session, campaign.id)
    answers = storage.campaigns.answer_counts(session, campaign.id)
    reasons = {reason: left_out.get(reason, 0) + at_gate.get(reason, 0) for reason in {*left_out, *at_gate}}
    return Results(
        audience=storage.campaigns.size(session, campaign.id),
        sent=texts.get("sent", 0) + texts.get("delivered", 0), delivered=texts.get("delivered", 0),
        waiting=texts.get("queued", 0) + texts.get("sending", 0),
        withheld=sum(left_out.values()) + texts.get("withheld", 0),
        failed=texts.get("failed", 0) + texts.get("undelivered", 0), unknown=texts.get("unknown", 0),
        expired=texts.get("expired", 0), cancelled=texts.get("cancelled", 0),
        answered=sum(answers.values()), booked=storage.meetings.bookings_of_campaign(session, campaign.id),
        answers=answers, withheld_reasons=reasons,
    )  # fmt: skip
