"""The life of a campaign: draft, launch (twice does nothing twice), pause, stop, regret, and results. Who gets what is
said by `outreach.campaign_plan`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import storage.approvals
import storage.audit
import storage.bulk
import storage.campaign_queue
import storage.campaigns
import storage.conversations
import storage.meetings
import storage.messages
import storage.numbers
import storage.signups
import storage.trials
from outreach import (
    absence,
    approvals,
    audience,
    campaign_answers,
    campaign_plan,
    campaign_texts,
    campaign_versions,
    delivery,
    holiday_mode,
    pace,
    phone_numbers,
    quiet_hours,
)  # fmt: skip
from outreach.campaign_plan import Entry, Plan
from outreach.errors import BadInput, Conflict
from outreach.gate import Rules
from storage.campaigns import Campaign, Recipient
from storage.conversations import Conversation
from storage.database import Session
from storage.local_time import STOCKHOLM, local_date
from storage.messages import Message
from storage.offices import Office
from storage.staff import Staff
from storage.trials import RecipientDraw

# Why a campaign that was undone within its seconds of regret has ended.
REGRETTED = "ångrat"
RECEIPT_IS_LATE = timedelta(hours=72)
_CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Results:
    """What became of a campaign. sent + waiting + withheld + failed + unknown + expired = audience.

    `withheld` are all who got no text because somebody or some rule said so: at the start, at the gate, or by taking
    the text back; those are also counted in `taken_back`.
    """

    audience: int
    sent: int
    delivered: int
    waiting: int
    withheld: int
    failed: int
    unknown: int
    expired: int
    taken_back: int
    answered: int
    booked: int
    answers: dict[str, int]
    withheld_reasons: dict[str, int]

    @property
    def adds_up(self) -> bool:
        """Whether everybody is accounted for, once."""
        told = self.sent + self.waiting + self.withheld + self.failed + self.unknown + self.expired
        return told == self.audience


def create(session: Session, campaign: Campaign, *, now: datetime) -> Campaign:
    """Keep a draft. Raises BadInput when the audience or the text cannot be used."""
    audience.read(session, campaign.audience)
    campaign_texts.check(session, campaign)
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_created", now=now, staff_id=campaign.created_by_id, campaign=campaign.code)
    return campaign


def sketch(session: Session, campaign: Campaign, *, now: datetime) -> Campaign:
    """Keep a draft that may still lack its audience or its text; nothing can start from it until it has both."""
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_created", now=now, staff_id=campaign.created_by_id, campaign=campaign.code)
    return campaign


def send_test(
    session: Session, campaign: Campaign, staff: Staff, office: Office | None, *, now: datetime
) -> list[Message]:
    """Put the text, each version in each language it has, in the queue to the member of staff's own telephone.

    Raises BadInput when the account has no number, when the number is somebody's in the register, or when the text
    cannot be filled in.
    """
    if not staff.phone:
        raise BadInput("Vi vet inte ditt mobilnummer. Skriv det och försök igen.")
    if storage.numbers.people_at(session, phone_numbers.normalise(staff.phone)):
        raise BadInput("Numret hör till någon i registret. Skriv ditt eget mobilnummer.")
    storage.audit.write(session, "test_text", now=now, staff_id=staff.id, campaign=campaign.code)
    campaign_texts.check(session, campaign)
    made = [
        campaign_texts.Texts(session, campaign, local_date(now), words).sample(staff.first_name, lang, office)
        for words in campaign_versions.of(session, campaign)
        for lang in (("sv", "en") if words.en else ("sv",))
    ]
    address = phone_numbers.normalise(staff.phone)
    return [
        storage.messages.add(
            session,
            Message(
                kind="test", address=address, text=text.text, lang=text.lang, encoding=text.size.encoding,
                parts=text.size.parts, staff_id=staff.id, priority=delivery.PRIORITY["test"], send_after=now,
                send_before=now + delivery.ANSWER_KEEPS, created_at=now, state_at=now,
            ),
        )
        for text in made
    ]  # fmt: skip


def schedule(
    session: Session, campaign: Campaign, rules: Rules, start_at: datetime, *, now: datetime, staff_id: int | None
) -> None:  # fmt: skip
    """Let the campaign start by itself at a moment. Raises BadInput when it lacks something, such as another's
    approval, Conflict when it is no longer a draft.
    """
    audience.read(session, campaign.audience)
    campaign_texts.check(session, campaign)
    if start_at < now - timedelta(minutes=1):
        raise BadInput("Tiden har redan varit. Välj en tid framåt.")
    _check_answers(session, campaign, start_at, now)
    if not storage.campaigns.move(session, campaign, ("draft", "scheduled"), "scheduled"):
        raise Conflict("Utskicket är redan startat.")
    campaign.start_at = start_at
    storage.campaigns.add(session, campaign)
    gets = len(campaign_plan.plan(session, campaign, rules, now=now).sending)
    approvals.check(session, campaign, gets, rules, now=now)
    storage.audit.write(session, "campaign_scheduled", now=now, staff_id=staff_id, campaign=campaign.code)


def why_no_start(session: Session, campaign: Campaign, at: datetime, *, now: datetime) -> str:
    """Why nobody would answer what a campaign brings in on the day its first text may leave, in plain words: an office
    has a holiday without anybody who answers, or whoever is named is away. Empty where it may start.
    """
    day = local_date(quiet_hours.next_allowed(max(at, now)))
    reached = campaign_plan.office_ids(session, campaign, now=now)
    return holiday_mode.why_no_start(session, reached, day) or absence.why_nobody_answers(
        session, campaign.answered_by_id, day
    )


def _check_answers(session: Session, campaign: Campaign, at: datetime, now: datetime) -> None:
    if why := why_no_start(session, campaign, at, now=now):
        raise BadInput(why)


def unschedule(
    session: Session, campaign: Campaign, *, now: datetime, why: str = "", staff_id: int | None = None
) -> bool:
    """Make a scheduled campaign a draft again. False when it has started meanwhile."""
    if not storage.campaigns.move(session, campaign, ("scheduled",), "draft", why=why):
        return False
    storage.audit.write(session, "campaign_unscheduled", now=now, staff_id=staff_id, campaign=campaign.code)
    return True


def launch(
    session: Session, campaign: Campaign, rules: Rules, *, now: datetime, regret: timedelta = timedelta(),
    staff_id: int | None = None,
) -> bool:  # fmt: skip
    """Start the campaign: one row per person and one text per recipient. False when it had been started before.

    Raises BadInput, and leaves it to the caller to take everything back, when it lacks something: words, somebody who
    answers, or another's approval. Afterwards `start_at` is when the first text leaves; until then the start can be
    regretted. The state change is one conditional write and each person's row is unique, so two clicks, two processes
    or a crash in between never make two texts.
    """
    if not storage.campaigns.move(session, campaign, ("draft", "scheduled"), "running"):
        return False
    campaign_texts.check(session, campaign)
    _check_answers(session, campaign, campaign.start_at or now, now)
    earliest = max(now + regret, campaign.start_at or now)
    planned = campaign_plan.plan(session, campaign, rules, now=now, start_at=earliest)
    approvals.check(session, campaign, len(planned.sending), rules, now=now)
    _keep(session, campaign, planned, rules, now)
    first = next((entry.send_after for entry in planned.sending), earliest)
    campaign.launched_at, campaign.launched_by_id, campaign.start_at = now, staff_id, first
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_launched", now=now, staff_id=staff_id, campaign=campaign.code,
                        recipients=len(planned.sending), left_out=planned.left_out)  # fmt: skip
    finish_if_done(session, campaign, now=now)
    return True


def _keep(session: Session, campaign: Campaign, planned: Plan, rules: Rules, now: datetime) -> None:
    """Everybody gets their row and the recipients their text; by the thousand, so in bulk."""
    known = storage.campaigns.recipient_ids(session, campaign.id, step=1)
    entries = [entry for entry in planned.entries if entry.person.id not in known]
    storage.bulk.add(session, Recipient, [
        storage.bulk.row(
            Recipient, campaign_id=campaign.id, person_id=entry.person.id, withheld=entry.withheld, added_at=now
        )
        for entry in entries
    ])  # fmt: skip
    put_in_queue(session, campaign, entries, rules, now=now)


def put_in_queue(
    session: Session, campaign: Campaign, entries: Sequence[Entry], rules: Rules, *, now: datetime, by_lot: bool = True
) -> None:
    """Those of these, who have their rows already, who get a text get it, and what the lot has said of each is kept."""
    sending = [entry for entry in entries if not entry.withheld]
    _begin_talks(session, sending, now)
    rows = storage.campaigns.recipient_ids(session, campaign.id, step=1)
    talks = storage.conversations.ids_of_people(session)
    storage.bulk.add(
        session,
        Message,
        [_message(campaign, rules, rows[entry.person.id], talks[entry.person.id], entry, now) for entry in sending],
    )
    storage.bulk.add(session, RecipientDraw, [
        storage.bulk.row(
            RecipientDraw, recipient_id=rows[entry.person.id], version=entry.version, by_lot=by_lot,
            followed_from=entry.followed_from,
        )
        for entry in entries
        if entry.version or entry.followed_from is not None
    ])  # fmt: skip


def _begin_talks(session: Session, entries: Sequence[Entry], now: datetime) -> None:
    for start in range(0, len(entries), _CHUNK):
        some = entries[start : start + _CHUNK]
        known = storage.conversations.of_people(session, [entry.person.id for entry in some])
        for entry in some:
            if entry.person.id in known:
                _turn_to(known[entry.person.id], entry)
        storage.bulk.add(session, Conversation, [
            storage.bulk.row(
                Conversation, person_id=entry.person.id, address=entry.address, lang=entry.lang, state_at=now
            )
            for entry in some
            if entry.person.id not in known
        ])  # fmt: skip


def _turn_to(conversation: Conversation, entry: Entry) -> None:
    if conversation.channel == "sms":
        conversation.address = entry.address
        conversation.lang = "en" if entry.lang == "en" else conversation.lang


def _message(
    campaign: Campaign, rules: Rules, recipient_id: int, conversation_id: int, entry: Entry, now: datetime
) -> dict[str, Any]:
    assert entry.size is not None
    assert entry.send_after is not None
    return storage.bulk.row(
        Message, kind="campaign", address=entry.address, text=entry.text, text_code=campaign_plan.sameness(campaign),
        lang=entry.lang, encoding=entry.size.encoding, parts=entry.size.parts, person_id=entry.person.id,
        conversation_id=conversation_id, recipient_id=recipient_id, campaign_id=campaign.id, priority=5,
        send_after=entry.send_after, send_before=pace.stale_after(entry.send_after, rule=rules.allowed_hours),
        created_at=now, state_at=now,
    )  # fmt: skip


def pause(session: Session, campaign: Campaign, *, why: str, now: datetime, staff_id: int | None = None) -> bool:
    """Hold every text whose call has not begun. False when the campaign is not running."""
    moved = storage.campaigns.move(session, campaign, ("running",), "paused", why=why)
    if moved:
        storage.audit.write(session, "campaign_paused", now=now, staff_id=staff_id, campaign=campaign.code)
    return moved


def resume(session: Session, campaign: Campaign, rules: Rules, *, now: datetime, staff_id: int | None = None) -> bool:
    """Go on, by the campaign's own pace from the next allowed time: also with texts that were planned for a day that
    has been, because a person says so. What went before is not held against the campaign again. False when it is not
    paused.
    """
    moved = storage.campaigns.move(session, campaign, ("paused",), "running")
    if moved:
        plan_anew(session, campaign, rules, now=now)
        gone = storage.campaign_queue.gone(session, campaign.id)
        storage.campaigns.begin_anew(session, campaign, gone=gone, now=now)
        storage.audit.write(session, "campaign_resumed", now=now, staff_id=staff_id, campaign=campaign.code)
    return moved


def plan_anew(session: Session, campaign: Campaign, rules: Rules, *, now: datetime) -> None:
    """Give what waits new times from now on, in the order it had, beside what other campaigns have planned."""
    start_at = max(now, campaign.start_at or now)
    rows = storage.campaign_queue.waiting(session, campaign.id)
    moments = pace.spread(
        len(rows), start_at, per_day=campaign.per_day, per_second=rules.sms_per_second, rule=rules.allowed_hours,
        today=storage.campaign_queue.gone(session, campaign.id, _midnight(start_at)),
        taken=campaign_plan.taken(session, campaign, rules, start_at),
    )  # fmt: skip
    storage.campaign_queue.move(
        session,
        {row: (at, pace.stale_after(at, rule=rules.allowed_hours)) for row, at in zip(rows, moments, strict=True)},
    )


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(local_date(moment), time(), tzinfo=STOCKHOLM)


def stop(session: Session, campaign: Campaign, *, now: datetime, why: str = "", staff_id: int | None = None) -> bool:
    """Take back everything that has not left; what is gone is gone. False when it had already ended."""
    if not storage.campaigns.move(session, campaign, ("running", "paused", "scheduled"), "stopped", why=why):
        return False
    taken_back = storage.messages.cancel_campaign(session, campaign.id, reason="campaign_stopped", now=now)
    storage.trials.give_up_waiting(session, campaign.id, "campaign_stopped")
    campaign.finished_at = now
    storage.campaigns.add(session, campaign)
    storage.audit.write(
        session, "campaign_stopped", now=now, staff_id=staff_id, campaign=campaign.code, taken=taken_back
    )
    return True


def change_budget(session: Session, campaign: Campaign, kronor: int, *, now: datetime, staff_id: int) -> None:
    """Let a campaign cost this much, 0 = without limit; one that waits goes on only when somebody says so. Raises
    Conflict for one that has been approved as it is and not begun.
    """
    last = storage.approvals.latest(session, campaign.id)
    if campaign.state == "scheduled" and last is not None and last.state == storage.approvals.APPROVED:
        raise Conflict("Utskicket är godkänt som det är. Ta bort schemat, ändra taket och be om ett nytt godkännande.")
    campaign.budget_kr = kronor
    storage.campaigns.add(session, campaign)
    storage.audit.write(session, "campaign_budget", now=now, staff_id=staff_id, campaign=campaign.code, kronor=kronor)


def can_be_regretted(campaign: Campaign, *, now: datetime) -> bool:
    """Whether the campaign has been started but its first text has not been allowed to leave."""
    return campaign.state in ("running", "paused") and campaign.start_at is not None and now < campaign.start_at


def regret(session: Session, campaign: Campaign, *, now: datetime, staff_id: int | None = None) -> bool:
    """Undo a start before its first text leaves. False when that moment has passed."""
    if not can_be_regretted(campaign, now=now):
        return False
    return stop(session, campaign, now=now, why=REGRETTED, staff_id=staff_id)


def finish_if_done(session: Session, campaign: Campaign, *, now: datetime) -> bool:
    """Call the campaign done when none of its texts is waiting or under way, and nobody waits for the choice after a
    pilot.
    """
    counts = storage.messages.counts_of_campaign(session, campaign.id)
    if counts.get("queued", 0) + counts.get("sending", 0) or storage.trials.any_waiting(session, campaign.id):
        return False
    if not storage.campaigns.move(session, campaign, ("running",), "done"):
        return False
    campaign.finished_at = now
    storage.campaigns.add(session, campaign)
    return True


def results(session: Session, campaign: Campaign) -> Results:
    """What became of everybody in the campaign."""
    texts = storage.messages.counts_of_campaign(session, campaign.id)
    reasons = Counter(storage.campaigns.withheld_counts(session, campaign.id))
    awaiting = reasons.pop(storage.trials.AWAITS, 0)
    for state in ("withheld", "cancelled"):
        reasons.update(storage.campaign_queue.reasons(session, campaign.id, state))
    answers = storage.campaigns.answer_counts(session, campaign.id)
    return Results(
        audience=storage.campaigns.size(session, campaign.id),
        sent=texts.get("sent", 0) + texts.get("delivered", 0), delivered=texts.get("delivered", 0),
        waiting=texts.get("queued", 0) + texts.get("sending", 0) + awaiting, withheld=sum(reasons.values()),
        failed=texts.get("failed", 0) + texts.get("undelivered", 0), unknown=texts.get("unknown", 0),
        expired=texts.get("expired", 0), taken_back=texts.get("cancelled", 0),
        answered=sum(answers.values()), booked=len(campaign_answers.who_booked(session, campaign)),
        answers=answers, withheld_reasons=dict(reasons.most_common()),
    )  # fmt: skip


def without_receipt(session: Session, campaign: Campaign, *, now: datetime) -> int:
    """How many texts left three days ago or more without a word of how they fared: never counted as delivered, and not
    waited for any longer (ux §4.9).
    """
    return storage.campaign_queue.without_receipt(session, campaign.id, now - RECEIPT_IS_LATE)
