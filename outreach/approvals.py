"""Four eyes before many texts (ux §4.8): a campaign to more than an office's limit, or every one where the office wants
it, starts only as somebody else has approved it.

An approval holds for exactly what was asked about. Whoever changes the text, the selection, the time or a limit
afterwards has to ask again; what the register brings of new people meanwhile may make it a tenth larger, no more. A yes
to a campaign that begins whenever somebody presses is good for a week.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.approvals
import storage.audit
import storage.campaigns
import storage.offices
import storage.settings
import storage.staff
from outreach import absence, access, campaign_plan, campaign_versions, quiet_hours
from outreach.errors import BadInput, Conflict, NotAllowed
from outreach.gate import Rules
from storage.approvals import APPROVED, ASKED, SENT_BACK, Approval
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import local_date
from storage.offices import Office
from storage.staff import Staff

# The key of an office's own rule, followed by the office's number.
KEY = "approval:"
USUAL_LIMIT, MOST = 300, 200_000
LONGEST_LINE = 300
_GROWTH, _KEEPS = 1.1, timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Limit:
    """When an office wants a second pair of eyes: above so many recipients, or always."""

    limit: int = USUAL_LIMIT
    always: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How it is with a campaign's approval. `state` is that of the last question, "" before any, and "fallen" where
    what was asked about has changed since.
    """

    needed: bool
    state: str
    last: Approval | None

    @property
    def may_start(self) -> bool:
        """Whether nothing more has to be asked."""
        return not self.needed or self.state == APPROVED


def limit_of(session: Session, office_id: int) -> Limit:
    """An office's own rule."""
    return Limit(**storage.settings.read(session, f"{KEY}{office_id}", default={}))


def set_limit(session: Session, office_id: int, wanted: Limit, by: Staff, *, now: datetime) -> bool:
    """Set an office's rule; False when it is so already. Raises BadInput for a limit that is none."""
    if not 0 < wanted.limit <= MOST:
        raise BadInput(f"Skriv hur många mottagare med siffror, mellan 1 och {MOST}.")
    before = limit_of(session, office_id)
    if before == wanted:
        return False
    key, was, becomes = f"{KEY}{office_id}", _told(before), _told(wanted)
    storage.settings.note_change(session, key, was, becomes, now=now, staff_id=by.id)
    storage.settings.write(session, key, becomes, now=now, staff_id=by.id)
    storage.audit.write(session, "setting_changed", now=now, staff_id=by.id, setting=key, value=becomes)
    return True


def _told(wanted: Limit) -> dict[str, object]:
    return {"limit": wanted.limit, "always": wanted.always}


def is_needed(session: Session, campaign: Campaign, people: int, *, now: datetime) -> bool:
    """Whether so many recipients are more than one of the offices that are reached lets one person decide about."""
    limits = [_limit(session, office.id, campaign) for office in _reached(session, campaign, now)]
    return any(one.always or people > one.limit for one in limits)


def _limit(session: Session, office_id: int, campaign: Campaign) -> Limit:
    # Whoever makes a campaign at the machine itself may do anything there: no rule binds them but one that the office
    # has set, which is then a decision and not a habit.
    if campaign.created_by_id is None and storage.settings.read(session, f"{KEY}{office_id}") is None:
        return Limit(MOST)
    return limit_of(session, office_id)


def standing(session: Session, campaign: Campaign, people: int, rules: Rules, *, now: datetime) -> Standing:
    """How it is, for so many recipients."""
    last = storage.approvals.latest(session, campaign.id)
    needed = is_needed(session, campaign, people, now=now)
    state = _state(session, last, campaign, people, rules, now)
    return Standing(needed, state, last)


def _state(
    session: Session, last: Approval | None, campaign: Campaign, people: int, rules: Rules, now: datetime
) -> str:  # fmt: skip
    if last is None:
        return ""
    stands = last.state == SENT_BACK or _holds(session, last, campaign, people, rules, now)
    return last.state if stands else "fallen"


def check(session: Session, campaign: Campaign, people: int, rules: Rules, *, now: datetime) -> None:
    """Raises BadInput where a campaign to so many may not start, because nobody else has approved it as it stands."""
    found = standing(session, campaign, people, rules, now=now)
    if found.may_start:
        return
    if found.state == "fallen" and found.last is not None and found.last.state == APPROVED:
        raise BadInput(
            "Godkännandet gäller inte längre: utskicket har ändrats, eller så är det mer än en vecka sedan. Be om ett "
            "nytt under Kontroll."
        )
    raise BadInput(
        f"Utskicket går till {people} personer och behöver godkännas av en annan än den som gör det. Be om det i "
        "Brygga: öppna utskicket och steget Kontroll."
    )


def fits(session: Session, approval: Approval, campaign: Campaign, rules: Rules, *, now: datetime) -> bool:
    """Whether a question and its answer are about the campaign as it stands: nothing has changed since, and a yes
    without a day to begin on is no older than a week.
    """
    at = approval.answered_at if approval.state == APPROVED and campaign.start_at is None else None
    is_fresh = at is None or now - at <= _KEEPS
    return is_fresh and approval.mark == _mark(session, campaign, rules, now)


def _holds(
    session: Session, approval: Approval, campaign: Campaign, people: int, rules: Rules, now: datetime
) -> bool:  # fmt: skip
    return people <= approval.people * _GROWTH and fits(session, approval, campaign, rules, now=now)


def _mark(session: Session, campaign: Campaign, rules: Rules, now: datetime) -> str:
    """Everything that decides who gets what and when, and who answers. A selection is told by its rule, not its name;
    a time by when the first text may leave.
    """
    saved = storage.campaigns.saved_audience(session, campaign.audience)
    tried = campaign_versions.trial(session, campaign)
    begins = campaign.start_at and quiet_hours.next_allowed(campaign.start_at, rule=rules.allowed_hours)
    return session.vault.fingerprint(
        "approved", campaign.text_sv, campaign.text_en, campaign.text_code, campaign.channel,
        saved.sentence if saved is not None else campaign.audience,
        str(campaign_plan.office_ids(session, campaign, now=now)), begins.isoformat() if begins else "",
        str(campaign.per_day), str(campaign.budget_kr), str(campaign.answered_by_id), str(campaign.slot_id),
        str(campaign_versions.of(session, campaign)[1:]), tried.split, tried.question, tried.rule, str(tried.control),
    )  # fmt: skip


def ask(session: Session, campaign: Campaign, people: int, rules: Rules, by: Staff, *, now: datetime) -> bool:
    """Ask for an approval of the campaign as it stands; False when that has been asked, or given. Raises BadInput, in
    words that say what to do, where there is nobody to ask.
    """
    last = storage.approvals.latest(session, campaign.id)
    if last is not None and last.state != SENT_BACK and _holds(session, last, campaign, people, rules, now):
        return False
    if not who_can(session, campaign, now=now, asker_id=by.id):
        raise BadInput(why_nobody(session, campaign, now=now, asker_id=by.id))
    mark = _mark(session, campaign, rules, now)
    row = Approval(campaign_id=campaign.id, mark=mark, people=people, asked_at=now, asked_by_id=by.id)
    storage.approvals.add(session, row)
    storage.audit.write(
        session, "approval_asked", now=now, staff_id=by.id, campaign=campaign.code, recipients=people
    )  # fmt: skip
    return True


def approve(
    session: Session, campaign: Campaign, by: Staff, rules: Rules, *, seen: str, people: int, now: datetime
) -> bool:  # fmt: skip
    """Approve what one has `seen` (the mark of the page); False when somebody has answered already. Raises NotAllowed,
    and Conflict where it is no longer what was asked about.
    """
    row = _open(session, campaign, by, seen, now)
    if row is None:
        return False
    if not _holds(session, row, campaign, people, rules, now):
        raise Conflict("Utskicket har ändrats sedan frågan ställdes. Läs om sidan.")
    done = storage.approvals.answer(session, row, APPROVED, by.id, now=now)
    return _log(session, campaign, "campaign_approved", by, done, now)


def send_back(session: Session, campaign: Campaign, by: Staff, line: str, *, seen: str, now: datetime) -> bool:
    """Let whoever asked change it first, and say what; False when somebody has answered already. Raises NotAllowed, and
    BadInput without a line.
    """
    row = _open(session, campaign, by, seen, now)
    if row is None:
        return False
    said = " ".join(line.split())[:LONGEST_LINE]
    if not said:
        raise BadInput("Skriv en rad om vad som behöver ändras.")
    done = storage.approvals.answer(session, row, SENT_BACK, by.id, now=now, line=said)
    return _log(session, campaign, "campaign_sent_back", by, done, now)


def _open(session: Session, campaign: Campaign, by: Staff, seen: str, now: datetime) -> Approval | None:
    """The question that waits, for somebody who may answer it; None where it has been answered."""
    row = storage.approvals.latest(session, campaign.id)
    if row is None or not may_answer(session, campaign, by, now=now):
        raise NotAllowed("Någon annan än den som gör utskicket behöver godkänna det.")
    if row.mark != seen or campaign.state != "draft":
        raise Conflict("Utskicket har ändrats sedan du öppnade sidan. Läs om den.")
    return row if row.state == ASKED else None


def _log(session: Session, campaign: Campaign, action: str, by: Staff, done: bool, now: datetime) -> bool:  # noqa: FBT001
    if done:
        storage.audit.write(session, action, now=now, staff_id=by.id, campaign=campaign.code)
    return done


def waiting(session: Session, by: Staff, rules: Rules, *, now: datetime) -> list[tuple[Approval, Campaign]]:
    """What waits for somebody's answer, and what has been answered that they asked about; longest wait first. What has
    been changed since is nobody's to answer.
    """
    return [
        (row, campaign)
        for row, campaign in storage.approvals.of_drafts(session)
        if fits(session, row, campaign, rules, now=now)
        and (row.asked_by_id == by.id if row.state != ASKED else may_answer(session, campaign, by, now=now))
    ]


def may_answer(session: Session, campaign: Campaign, staff: Staff, *, now: datetime) -> bool:
    """Whether somebody may approve a campaign: a head of every office that is reached, or who stands in for one; never
    who made it or asked.
    """
    reached, own = _reached(session, campaign, now), _own(session, campaign)
    if staff.id in own:
        return False
    return _covers(session, staff, "approve", reached, now) or staff.id in _present(session, reached, now)


def who_can(session: Session, campaign: Campaign, *, now: datetime, asker_id: int | None = None) -> list[Staff]:
    """Who is here to be asked: heads of every office that is reached, and for one who is away who stands in."""
    found = _present(session, _reached(session, campaign, now), now) - _own(session, campaign) - {asker_id}
    return sorted((storage.staff.get(session, one) for one in found if one is not None), key=lambda one: one.name)


def _own(session: Session, campaign: Campaign) -> set[int | None]:
    last = storage.approvals.latest(session, campaign.id)
    return {campaign.created_by_id, last.asked_by_id if last is not None else None}


def _present(session: Session, reached: Sequence[Office], now: datetime) -> set[int | None]:
    here = {one.id for one in storage.staff.everyone(session) if _covers(session, one, "campaigns", reached, now)}
    gone = absence.away(session, local_date(now))
    return {absence.stands_in(head.id, gone, here) for head in _heads(session, reached, now)} - {None}


def _heads(session: Session, reached: Sequence[Office], now: datetime) -> list[Staff]:
    return [one for one in storage.staff.everyone(session) if _covers(session, one, "approve", reached, now)]


def _covers(session: Session, staff: Staff, what: str, reached: Sequence[Office], now: datetime) -> bool:
    return bool(reached) and all(
        access.may_now(session, staff, what, now=now, office_id=office.id) for office in reached
    )  # fmt: skip


def why_nobody(session: Session, campaign: Campaign, *, now: datetime, asker_id: int) -> str:
    """What to do where nobody can be asked, in plain words."""
    reached = _reached(session, campaign, now)
    others = [one for one in _heads(session, reached, now) if one.id not in _own(session, campaign) | {asker_id}]
    if others:
        names = " och ".join(one.name for one in others)
        return f"{names} är borta utan ersättare. Välj en ersättare under Inställningar, Vem svarar, eller vänta."
    if len(reached) > 1:
        return "Ingen annan chef har hand om alla de här kontoren. Gör ett utskick för varje kontor."
    return (
        "Den som gör utskicket kan inte godkänna det själv, och det finns ingen annan chef. Låt en kollega göra "
        "utskicket, eller be en administratör ge någon mer rollen enhetschef."
    )


def _reached(session: Session, campaign: Campaign, now: datetime) -> list[Office]:
    reached = campaign_plan.office_ids(session, campaign, now=now)
    return [office for office in storage.offices.all_offices(session) if reached is None or office.id in reached]
