"""The office's directory of partners, and who came to us or went on through whom (domain S24, S25). Nothing is ever
e-mailed from here, and no partner signs in.
"""

from collections.abc import Mapping
from datetime import date, datetime

import storage.audit
import storage.partners
import storage.people
import storage.settings
from outreach import phone_numbers, standing
from outreach.errors import BadInput
from storage.database import Session
from storage.local_time import local_date
from storage.partners import Partner, Referral
from storage.people import Person
from storage.staff import Staff

KINDS = (
    "skola", "fältare", "fritidsgård", "polis", "arbetsförmedling", "socialtjänst", "vård", "förening", "annan",
)  # fmt: skip
# On what ground something was told, by them or by us.
GROUNDS = (
    "personen har sagt ja", "vårdnadshavare har sagt ja", "lag eller överenskommelse", "inga uppgifter lämnades",
)  # fmt: skip
# What the history of settings knows a partner by, before its code.
KEY = "partner:"
LONGEST = 120
WORDS = ("name", "contact", "phone", "email")


def save(
    session: Session, partner: Partner, words: Mapping[str, str], *, kind: str, staff: Staff, now: datetime
) -> Partner:
    """Keep a partner in the office's directory, new or changed. Raises BadInput without a name."""
    if not words["name"].strip():
        raise BadInput("Partnern behöver ett namn.")
    if kind not in KINDS:
        raise BadInput("Välj vilket slags partner det är.")
    phone = phone_numbers.normalise(words["phone"]) if words["phone"].strip() else ""
    before = _told(partner) if partner.id is not None else None
    for name in WORDS:
        setattr(partner, name, words[name].strip()[:LONGEST])
    partner.phone, partner.kind = phone, kind
    storage.partners.keep(session, partner)
    _note(session, partner, before, staff, now)
    storage.audit.write(session, "partner_saved", now=now, staff_id=staff.id, partner=partner.code)
    return partner


def end(session: Session, partner: Partner, staff: Staff, *, on: bool, now: datetime) -> None:
    """Let a partner be chosen no longer, or again; who came through them stays."""
    before = _told(partner)
    partner.ended_on = None if on else local_date(now)
    storage.partners.keep(session, partner)
    _note(session, partner, before, staff, now)
    storage.audit.write(session, "partner_begun" if on else "partner_ended", now=now, staff_id=staff.id,
                        partner=partner.code)  # fmt: skip


def _told(partner: Partner) -> dict[str, str]:
    ended = partner.ended_on.isoformat() if partner.ended_on is not None else ""
    return {**{name: getattr(partner, name) for name in WORDS}, "kind": partner.kind, "ended_on": ended}


def _note(session: Session, partner: Partner, before: dict[str, str] | None, staff: Staff, now: datetime) -> None:
    storage.settings.note_if_changed(
        session, f"{KEY}{partner.code}", before, _told(partner), now=now, staff_id=staff.id
    )  # fmt: skip


def refer(
    session: Session, person: Person, partner: Partner | None, staff: Staff, *, to_us: bool, on: date | None,
    ground: str, now: datetime,
) -> Referral:  # fmt: skip
    """Note through whom somebody came, or went on, and on what ground. Raises BadInput."""
    if partner is None or partner.office_id != person.office_id:
        raise BadInput("Välj en partner i listan.")
    if ground not in GROUNDS:
        raise BadInput("Välj på vilken grund uppgifterna lämnades.")
    if on is None or on > local_date(now):
        raise BadInput("Datumet gick inte att läsa eller har inte varit än. Skriv till exempel 2026-11-24.")
    referral = Referral(
        person_id=person.id, partner_id=partner.id, to_us=to_us, on=on, ground=ground, noted_at=now,
        noted_by_id=staff.id,
    )  # fmt: skip
    storage.partners.keep(session, referral)
    storage.audit.write(session, "referred", now=now, staff_id=staff.id, person_id=person.id, to_us=to_us)
    return referral


def take_back(session: Session, referral: Referral, staff: Staff, *, now: datetime) -> None:
    """It was noted by mistake."""
    partner = storage.partners.get(session, referral.partner_id)
    said = f"{'av' if referral.to_us else 'till'} {partner.name}, {referral.on.isoformat()}"
    person = storage.people.get(session, referral.person_id)
    storage.partners.forget(session, referral)
    standing.amend(session, person, staff, "referral", said, "", now=now)
    storage.audit.write(session, "referral_undone", now=now, staff_id=staff.id, person_id=referral.person_id)
