"""A person put into the register by hand: read, compared and kept as a list of one row would be (ux §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import storage.audit
import storage.people
from outreach import ladder, numbers, programmes, standing
from outreach.lists import merging, saving
from outreach.lists.columns import Column
from outreach.lists.matching import match
from outreach.lists.register import Known, Register
from outreach.lists.rows import ReadRow, Remark, read_person
from outreach.lists.tables import Line
from outreach.phone_numbers import ReadNumber
from storage.database import Session
from storage.local_time import age
from storage.people import Guardian, Person
from storage.staff import Staff

FIELDS = (
    "first_name", "last_name", "birth_date", "own_phone", "care_of", "street", "postcode", "town", "district", "school",
    "language", "guardian_1", "guardian_1_phone", "guardian_2", "guardian_2_phone", "protected",
)  # fmt: skip
"""What can be said about a person, by the names of a list's columns; a personnummer stands as `birth_date`."""
SOURCES = (
    "skola", "socialtjänst", "arbetsförmedlingen", "vårdnadshavare", "personen själv", "fältare", "annan samverkan",
)  # fmt: skip
"""Who told us about somebody."""
ADULT = 18
GUARDIAN_OF_ADULT = "guardian_of_adult"
_ANY_AGE = (0, 200)
_ROW = 1


@dataclass(frozen=True, slots=True)
class Alike:
    """Who a new person may be already. `is_certain` when it is by the very same personnummer: then there cannot be two.
    `struck` are numbers that have been wrong for one of them.
    """

    people: tuple[Known, ...]
    is_certain: bool
    struck: tuple[ReadNumber, ...]

    @property
    def codes(self) -> str:
        """Whom one has been asked about, so that an answer holds for nobody else."""
        return ",".join(sorted(known.person.code for known in self.people))


def read(session: Session, typed: Mapping[str, str], *, programme: str, today: date) -> ReadRow:
    """What somebody typed, as a row; notices and the fault name the field. An age that the programme does not take in
    is a notice.
    """
    columns = [Column(index, name, name) for index, name in enumerate(FIELDS)]
    line = Line(_ROW, tuple(typed.get(name, "") for name in FIELDS))
    rule = programmes.holding(session, programme, today)
    row = read_person(columns, line, ages=(rule.age_from, rule.age_below) if rule else _ANY_AGE, today=today)
    if row.fault is None and _has_needless_guardian(row, today):
        return replace(row, fault=Remark(GUARDIAN_OF_ADULT, "guardian_1"))
    return row


def _has_needless_guardian(row: ReadRow, today: date) -> bool:
    is_adult = row.birth_date is not None and age(row.birth_date, today) >= ADULT
    return is_adult and any(guardian.name or guardian.phones for guardian in row.guardians)


def alike(session: Session, row: ReadRow) -> Alike:
    """Who the person may be: by personnummer, by mobile and birth date, or by name and birth date."""
    known = {person.id: person for person in storage.people.born(session, row.birth_date)}
    if row.identity and (owner := storage.people.by_identity(session, row.identity.digits)):
        known[owner.id] = owner
    register = Register(session, list(known.values()))
    (group,) = match([row], register)
    people = tuple([group.known] if group.known else group.asked_about)
    struck = tuple(number for number in row.phones if any(register.is_struck(one, number.e164) for one in people))
    is_certain = row.identity is not None and register.with_identity(register.mark(row.identity)) is not None
    return Alike(people, is_certain, struck)


def add(
    session: Session, row: ReadRow, staff: Staff, *, programme: str, office_id: int, source: str, now: datetime,
    without: tuple[ReadNumber, ...] = (),
) -> Person:  # fmt: skip
    """Put somebody into the register, `without` the numbers that shall stay away."""
    person = Person(
        first_name=row.first_name, last_name=row.last_name, office_id=office_id, source=source,
        protected=row.protected, protection_unclear=row.protection_unclear, created_at=now, changed_at=now,
        **{name: getattr(row, name) for name in saving.FIELDS},
    )  # fmt: skip
    if row.identity:
        storage.people.set_identity(session, person, row.identity.digits, row.identity.kind)
    storage.people.add(session, person)
    for number in row.phones:
        if number not in without:
            numbers.add(session, person, number.e164, source=source, found_by=staff.name, now=now)
    _add_guardians(session, person, row)
    programmes.join(session, person, programme, now=now, reason=source)
    standing.amend(session, person, staff, "added", "", f"Källa: {source}", now=now)
    storage.audit.write(session, "person_added", now=now, staff_id=staff.id, person_id=person.id)
    ladder.settle(session, now, [person.id])
    return person


def _add_guardians(session: Session, person: Person, row: ReadRow) -> None:
    for position, guardian in enumerate(row.guardians, start=1):
        phone = merging.guardian_phone(guardian)
        if guardian.name or phone:
            storage.people.add_guardian(
                session, Guardian(person_id=person.id, position=position, name=guardian.name, phone=phone)
            )
