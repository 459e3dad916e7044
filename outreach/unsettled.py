"""Texts whose fate neither the provider nor a receipt has told: after a while a person decides, once for each.

Nothing here guesses. A text is counted as sent, given up, or sent again only because somebody said so, and who said so
is logged. A receipt that comes later still has the last word.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import storage.audit
import storage.campaigns
import storage.unsettled
from outreach import delivery, pace, quiet_hours, receipts
from outreach.errors import Conflict
from outreach.gate import Rules
from storage.database import Session
from storage.messages import Message
from storage.people import Person
from storage.staff import Staff

# Until then the provider is asked, and receipts are waited for.
WAITED = timedelta(minutes=30)
JUDGED = "bedömt av människa"


def listed(session: Session, office_ids: Sequence[int], *, now: datetime) -> Sequence[tuple[Message, Person | None]]:
    """Texts to people of these offices, and to nobody we know, that a person should decide about; oldest first."""
    return storage.unsettled.listed(session, office_ids, now - WAITED)


def count_as_sent(session: Session, message: Message, staff: Staff, *, now: datetime) -> bool:
    """The person has got it, somebody says: the talk goes on as if we had known. False when it was decided already."""
    done = storage.unsettled.settle(session, message, state="sent", reason=JUDGED, state_at=now, sent_at=now)
    if done:
        receipts.follow(session, message, meaning="", now=now)
        _log(session, "unknown_counted_as_sent", message, staff, now)
    return done


def give_up(session: Session, message: Message, staff: Staff, *, now: datetime) -> bool:
    """It did not go out, and shall not be sent again. False when it was decided already."""
    done = storage.unsettled.settle(session, message, state="failed", reason=JUDGED, state_at=now)
    if done:
        _log(session, "unknown_given_up", message, staff, now)
    return done


def may_send_again(session: Session, message: Message) -> bool:
    """Not when its campaign has been stopped: what was taken back stays so."""
    return message.campaign_id is None or storage.campaigns.get(session, message.campaign_id).state != "stopped"


def send_again(session: Session, message: Message, staff: Staff, rules: Rules, *, now: datetime) -> bool:
    """Put it in the queue once more, though the person may then get it twice; it passes the gate anew. False when it
    was decided already. Raises Conflict for a stopped campaign.
    """
    if not may_send_again(session, message):
        raise Conflict("Utskicket är stoppat, så sms:et kan inte skickas igen. Skriv till personen i stället.")
    started = message.kind == "campaign"
    after = quiet_hours.next_allowed(now, rule=rules.allowed_hours) if started else now
    before = pace.stale_after(after, rule=rules.allowed_hours) if started else now + delivery.ANSWER_KEEPS
    done = storage.unsettled.settle(
        session, message, state="queued", reason=JUDGED, state_at=now, send_after=after, send_before=before,
        attempts=0, claimed_at=None,
    )  # fmt: skip
    if done:
        _reopen(session, message)
        _log(session, "unknown_sent_again", message, staff, now)
    return done


def _reopen(session: Session, message: Message) -> None:
    # A campaign that is done sends nothing; this one is not done after all.
    if message.campaign_id is not None:
        campaign = storage.campaigns.get(session, message.campaign_id)
        storage.campaigns.move(session, campaign, ("done",), "running")


def _log(session: Session, action: str, message: Message, staff: Staff, now: datetime) -> None:
    storage.audit.write(session, action, now=now, staff_id=staff.id, person_id=message.person_id, text=message.code)
