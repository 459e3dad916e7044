"""Ambassadors (ungdomsambassadörer, domain S14-S20): their own meetings and nothing else, one named supervisor each,
and what they ask of staff. They never see the register: of those who come they know a first name.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import storage.ambassadors
import storage.audit
import storage.gatherings
import storage.meetings
import storage.offices
import storage.people
import storage.signups
import storage.staff
from outreach import campaigns, gatherings
from outreach.access import Who
from outreach.errors import BadInput, Conflict, NotAllowed, NotFound
from storage.ambassadors import Wish
from storage.campaigns import Campaign
from storage.database import Session
from storage.local_time import local_date
from storage.meetings import Slot
from storage.signups import Signup
from storage.staff import Staff

ROLE = "ambassador"
# Whoever is left without a name of their own on the list: nobody can tell why.
NAMELESS = "Någon"
# Random keys are this long at most, and are forgotten when no phone still keeps what they belong to.
LONGEST_KEY, KEY_LASTS = 64, timedelta(days=90)
LONGEST_CAP = 200


# ------------------------------------------------------------------------------------------------- whose is it


def own_meeting(session: Session, who: Who, code: str) -> Slot:
    """A dialog meeting that one leads. Raises NotFound for anything else, whether or not it exists."""
    slot = storage.meetings.slot_by_code(session, code)
    mine = slot is not None and slot.kind == "dialog" and slot.staff_id == who.staff.id
    if slot is None or not mine or slot.office_id not in who.office_ids:
        raise NotFound("Mötet finns inte.")
    return slot


def own_meetings(session: Session, who: Who, since: datetime, until: datetime) -> list[Slot]:
    """The meetings one leads in a period, drafts and called-off ones too, in order."""
    return list(
        storage.gatherings.of_offices(session, who.office_ids, since=since, until=until, led_by=who.staff.id)
    )  # fmt: skip


def names(session: Session, signups: Iterable[Signup]) -> Mapping[str, str]:
    """By the sign-up's code: the first name they signed up with, which for somebody with protected identity nobody
    here may know.
    """
    rows = list(signups)
    known = storage.people.many(session, [row.person_id for row in rows if row.person_id is not None])
    hidden = {person.id for person in known.values() if person.protected}
    return {row.code: NAMELESS if row.person_id in hidden else _first(row.first_name) for row in rows}


def _first(written: str) -> str:
    """The first name alone of what somebody wrote as theirs, who may have written more."""
    first = next(iter(written.split()), "")
    return first if first.replace("-", "").replace("’", "").replace("'", "").isalpha() else NAMELESS


def own_signup(session: Session, slot: Slot, code: str) -> Signup:
    """A sign-up to this meeting. Raises NotFound."""
    found = next((row for row in storage.signups.of_slot(session, slot.id) if row.code == code), None)
    if found is None:
        raise NotFound("Anmälan finns inte kvar. Läs om sidan.")
    return found


def first_time(session: Session, staff: Staff, key: str, *, now: datetime) -> bool:
    """Whether an entry with this random key comes in for the first time; one without a key always does. To be asked in
    the transaction that carries it out. Raises BadInput for what cannot be a key.
    """
    if len(key) > LONGEST_KEY:
        raise BadInput("Det som skickades gick inte att läsa. Läs om sidan och gör om det.")
    if not key:
        return True
    storage.ambassadors.forget_entries(session, now - KEY_LASTS)
    return storage.ambassadors.take_entry(session, staff.id, key, now=now)


# ------------------------------------------------------------------------------- who leads them, and their unit


def supervisor(session: Session, staff: Staff) -> Staff | None:
    """Whom an ambassador turns to: their supervisor, while that is somebody who works here."""
    found = storage.staff.find(session, staff.supervisor_id)
    return found if found is not None and found.left_at is None else None


def at_offices(session: Session, office_ids: list[int], now: datetime) -> list[Staff]:
    """The ambassadors of these offices, by name, and whoever has left hours there: what was worked last is approved
    after the last day.
    """
    today = local_date(now)
    found = {
        staff.id: staff
        for office_id in office_ids
        for staff in storage.staff.with_role(session, ROLE, office_id, on=today)
    }
    worked = storage.ambassadors.have_worked(session, office_ids) - found.keys()
    found |= {staff_id: storage.staff.get(session, staff_id) for staff_id in worked}
    return sorted(found.values(), key=lambda staff: staff.name)


def lead(
    session: Session, staff: Staff, supervisor_id: int, cap: int | None, by: Staff, *, office_ids: list[int],
    now: datetime,
) -> None:  # fmt: skip
    """Name who supervises an ambassador, and how many hours a month they may work (None: no limit). Raises BadInput."""
    if supervisor_id not in {one.id for one in storage.staff.at_offices(session, office_ids, local_date(now))}:
        raise BadInput("Välj en handledare som arbetar på kontoret.")
    if cap is not None and not 1 <= cap <= LONGEST_CAP:
        raise BadInput(f"Skriv hur många timmar i månaden, från 1 till {LONGEST_CAP}.")
    staff.supervisor_id, staff.hours_cap = supervisor_id, cap
    storage.staff.add(session, staff)
    storage.audit.write(session, "ambassador_led", now=now, staff_id=by.id, colleague=staff.code, cap=cap)


def sign_out(session: Session, who: Who, staff: Staff, *, now: datetime) -> int:
    """Sign out every browser of an ambassador whose phone is lost; returns how many. Raises NotAllowed for anybody who
    is more than an ambassador: see `colleagues.sign_out_everywhere`.
    """
    if any(role.role != ROLE for role in storage.staff.roles(session, staff.id, local_date(now))):
        raise NotAllowed
    ended = storage.staff.end_sessions(session, staff.id, now=now)
    storage.audit.write(session, "signed_out_everywhere", now=now, staff_id=who.staff.id, colleague=staff.code)
    return ended


# ------------------------------------------------------------------------------------------------------ wishes


def wish(
    session: Session, slot: Slot, kind: str, staff: Staff, *, district: str = "", now: datetime
) -> Wish:  # fmt: skip
    """Ask staff for texts to young people in a district, or to call the meeting off. Asked again while the first wish
    is open, it is the same wish. Raises BadInput for no district of the office's, Conflict for a meeting that is past,
    off or not announced.
    """
    if kind == "texts" and district not in storage.offices.districts_of(session, slot.office_id):
        raise BadInput("Välj ett av områdena.")
    if not gatherings.is_ahead(slot, now) or slot.short_code is None:
        raise Conflict("Mötet är inte publicerat, eller har redan börjat.")
    asked = [one for one in storage.ambassadors.wishes_about(session, slot.id) if one.state == "open"]
    known = next((one for one in asked if (one.kind, one.district) == (kind, district)), None)
    if known is not None:
        return known
    row = Wish(kind=kind, slot_id=slot.id, office_id=slot.office_id, asked_by_id=staff.id, asked_at=now,
               district=district)  # fmt: skip
    storage.audit.write(session, "wished", now=now, staff_id=staff.id, slot=slot.code, what=kind)
    return storage.ambassadors.keep_wish(session, row)


def draft_texts(session: Session, row: Wish, by: Staff, campaign: Campaign, *, now: datetime) -> Campaign:
    """A wish for texts becomes a draft campaign, which staff go on with like any other. Raises Conflict for one that is
    answered.
    """
    _answer(session, row, "done", by, now)
    campaign.slot_id, campaign.office_id = row.slot_id, row.office_id
    kept = campaigns.sketch(session, campaign, now=now)
    row.campaign_id = kept.id
    storage.ambassadors.keep_wish(session, row)
    return kept


def answer(session: Session, row: Wish, by: Staff, *, done: bool, now: datetime) -> None:
    """Say that a wish has been seen to, or will not be. Raises Conflict for one that is answered."""
    _answer(session, row, "done" if done else "declined", by, now)
    storage.ambassadors.keep_wish(session, row)


def _answer(session: Session, row: Wish, state: str, by: Staff, now: datetime) -> None:
    if row.state != "open":
        raise Conflict("Någon har redan svarat på det. Läs om sidan.")
    row.state, row.answered_at, row.answered_by_id = state, now, by.id
    storage.audit.write(session, "wish_answered", now=now, staff_id=by.id, what=row.kind, state=state)
