"""What an office can offer and has offered: measures (insatser), enrolments elsewhere, education contracts
(domain S2, S27, S30, S64).
"""

from collections.abc import Mapping
from datetime import date, datetime

import storage.audit
import storage.offers
import storage.settings
from outreach.errors import BadInput, Conflict
from storage.database import Session
from storage.local_time import local_date
from storage.offers import AIMS, EducationContract, Enrolment, Measure, Offer
from storage.people import Person
from storage.staff import Staff

# What the history of settings knows a measure by, before its code.
KEY = "measure:"
LONGEST = 200
ANSWERS = ("accepted", "declined")
# From when to when a person can have an education contract, in whole years.
CONTRACT_AGES = range(20, 25)
# A measure's own words, as they are asked for.
WORDS = ("name", "for_whom", "place", "times", "how_to_book")


def save_measure(
    session: Session, measure: Measure, words: Mapping[str, str], *, aim: str, staff: Staff, now: datetime
) -> Measure:
    """Keep a measure in the office's catalogue, new or changed. Raises BadInput without a name or an aim."""
    if not words["name"].strip():
        raise BadInput("Insatsen behöver ett namn.")
    if aim not in AIMS:
        raise BadInput("Välj vad insatsen leder till: studier, arbete eller annat stöd.")
    before = _told(measure) if measure.id is not None else None
    for name in WORDS:
        setattr(measure, name, words[name].strip()[:LONGEST])
    measure.aim = aim
    if measure.id is None:
        others = storage.offers.measures(session, measure.office_id)
        measure.position = 1 + max((one.position for one in others), default=0)
    storage.offers.keep(session, measure)
    _note(session, measure, before, staff, now)
    storage.audit.write(session, "measure_saved", now=now, staff_id=staff.id, measure=measure.code)
    return measure


def end_measure(session: Session, measure: Measure, staff: Staff, *, on: bool, now: datetime) -> None:
    """Let a measure be offered no longer, or again; what has been offered stays."""
    before = _told(measure)
    measure.ended_on = None if on else local_date(now)
    storage.offers.keep(session, measure)
    _note(session, measure, before, staff, now)
    storage.audit.write(session, "measure_begun" if on else "measure_ended", now=now, staff_id=staff.id,
                        measure=measure.code)  # fmt: skip


def _told(measure: Measure) -> dict[str, str]:
    ended = measure.ended_on.isoformat() if measure.ended_on is not None else ""
    return {**{name: getattr(measure, name) for name in WORDS}, "aim": measure.aim, "ended_on": ended}


def _note(session: Session, measure: Measure, before: dict[str, str] | None, staff: Staff, now: datetime) -> None:
    storage.settings.note_if_changed(
        session, f"{KEY}{measure.code}", before, _told(measure), now=now, staff_id=staff.id
    )  # fmt: skip


def move_up(session: Session, measure: Measure) -> None:
    """Change places with the one before it that leads to the same."""
    alike = [one for one in storage.offers.measures(session, measure.office_id) if one.aim == measure.aim]
    at = alike.index(measure)
    if at:
        before = alike[at - 1]
        before.position, measure.position = measure.position, before.position
        if before.position == measure.position:
            before.position += 1
        storage.offers.keep(session, before)
        storage.offers.keep(session, measure)


def offer(
    session: Session, person: Person, measure: Measure | None, staff: Staff, *, on: date | None, now: datetime
) -> Offer:
    """Note that a person has been offered a measure. Raises BadInput for a day that has not been, or a measure that
    cannot be offered.
    """
    day = been(on, now)
    if measure is None or measure.office_id != person.office_id or (measure.ended_on and measure.ended_on <= day):
        raise BadInput("Välj en insats i listan.")
    kept = storage.offers.keep(
        session, Offer(person_id=person.id, measure_id=measure.id, offered_on=day, offered_by_id=staff.id)
    )
    storage.audit.write(session, "offered", now=now, staff_id=staff.id, person_id=person.id, measure=measure.code)
    return kept


def answer(session: Session, offer_: Offer, staff: Staff, *, said: str, now: datetime) -> None:
    """Note what the person said; it can be changed. Raises BadInput for anything else, Conflict for one taken back."""
    if said not in ANSWERS:
        raise BadInput("Välj om personen tackade ja eller nej.")
    if offer_.withdrawn_at is not None:
        raise Conflict("Erbjudandet är borttaget. Läs om sidan.")
    offer_.answer, offer_.answered_on = said, local_date(now)
    storage.offers.keep(session, offer_)
    storage.audit.write(session, "offer_answered", now=now, staff_id=staff.id, person_id=offer_.person_id, answer=said)


def withdraw(session: Session, offer_: Offer, staff: Staff, *, now: datetime) -> None:
    """It was noted by mistake: an answer goes first, then the offer. It counts no longer."""
    if offer_.answer:
        offer_.answer, offer_.answered_on = "", None
    elif offer_.withdrawn_at is None:
        offer_.withdrawn_at = now
    storage.offers.keep(session, offer_)
    storage.audit.write(session, "offer_undone", now=now, staff_id=staff.id, person_id=offer_.person_id)


def enrol(session: Session, person: Person, staff: Staff, *, system: str, on: date | None, now: datetime) -> Enrolment:
    """Note that somebody is enrolled in another system: its name and the day, never what stands there."""
    day, system = been(on, now), system.strip()[:60]
    if not system:
        raise BadInput("Skriv vilket system personen är inskriven i.")
    kept = storage.offers.keep(
        session,
        Enrolment(person_id=person.id, system=system, enrolled_on=day, noted_at=now, noted_by_id=staff.id),
    )
    storage.audit.write(session, "enrolled", now=now, staff_id=staff.id, person_id=person.id)
    return kept


def sign_contract(
    session: Session, person: Person, staff: Staff, *, on: date | None, ends: date | None, now: datetime
) -> EducationContract:
    """Note that there is an education contract, from when and, where it is known, to when."""
    day = been(on, now)
    if ends is not None and ends <= day:
        raise BadInput("Kontraktet slutar innan det börjar. Ändra datumen.")
    kept = storage.offers.keep(
        session,
        EducationContract(person_id=person.id, signed_on=day, ends_on=ends, noted_at=now, noted_by_id=staff.id),
    )
    storage.audit.write(session, "contract_signed", now=now, staff_id=staff.id, person_id=person.id)
    return kept


def end(
    session: Session, row: Enrolment | EducationContract, staff: Staff, *, on: date | None, why: str, now: datetime
) -> None:
    """An enrolment or a contract is over. Raises BadInput for a day before it began or that has not been."""
    day = been(on, now)
    begun = row.enrolled_on if isinstance(row, Enrolment) else row.signed_on
    if day < begun:
        raise BadInput("Slutdatumet ligger före startdatumet. Ändra det.")
    if isinstance(row, Enrolment):
        row.ended_on = day
    else:
        row.ends_on = day
    row.ended_why = why.strip()[:LONGEST] or "avslutad"
    storage.offers.keep(session, row)
    storage.audit.write(session, "ended", now=now, staff_id=staff.id, person_id=row.person_id,
                        what=type(row).__name__.lower())  # fmt: skip


def been(on: date | None, now: datetime) -> date:
    """The day, as it was typed. Raises BadInput for one that could not be read or has not been yet."""
    if on is None:
        raise BadInput("Datumet gick inte att läsa. Skriv till exempel 2026-11-24.")
    if on > local_date(now):
        raise BadInput("Datumet har inte varit än. Skriv den dag det blev så.")
    return on
