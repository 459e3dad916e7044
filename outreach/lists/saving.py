"""Carries out a plan in the caller's transaction, many rows at a time."""

from collections.abc import Sequence
from datetime import date, datetime

import storage.audit
import storage.imports
import storage.numbers
import storage.people
from outreach.lists import merging
from outreach.lists.plan import Plan, PlannedPerson
from outreach.lists.report import as_dict
from storage.database import Session
from storage.imports import ImportedPerson, ImportRun
from storage.numbers import Number, PersonNumber
from storage.people import Guardian, Person, ProgrammeMembership

SOURCE = "lista"
_KEPT_COUNTS = (
    "data_rows", "people", "new", "changed", "unchanged", "repeated_rows", "possible_duplicates", "faulty", "missing",
    "protected", "with_mobile", "landline_only", "no_number", "shared_mobile_only",
)  # fmt: skip
_PLAIN_FIELDS = (*merging.ADDRESS, "district", "school", "language")
_IDS_AT_A_TIME = 10_000


def save(session: Session, plan: Plan, *, now: datetime, staff_id: int | None, actor: str) -> ImportRun:
    """Write what is new or different: 1. people, 2. guardians, 3. numbers, 4. programmes, 5. what was done."""
    run = _record_run(session, plan, now=now, staff_id=staff_id)
    people = [(_person(session, planned, plan, now), planned) for planned in plan.people]
    session.add_all(person for person, planned in people if planned.known is None)
    session.flush()
    _save_guardians(session, people)
    _save_numbers(session, people, now)
    _save_memberships(session, [person for person, _ in people], plan)
    session.add_all(
        ImportedPerson(run_id=run.id, person_id=person.id, row=planned.rows[0], result=planned.result,
                       fields=list(planned.fields))
        for person, planned in people if planned.result != "unchanged"
    )  # fmt: skip
    session.flush()
    storage.audit.write(session, "list_imported", now=now, staff_id=staff_id, actor=actor, run=run.code, **run.counts)
    return run


def _record_run(session: Session, plan: Plan, *, now: datetime, staff_id: int | None) -> ImportRun:
    report = as_dict(plan, with_rows=False)
    return storage.imports.add_run(
        session,
        ImportRun(
            list_type=plan.choices.list_type, office_id=plan.choices.office_id, staff_id=staff_id, imported_at=now,
            counts={name: report[name] for name in _KEPT_COUNTS},
        ),
    )  # fmt: skip


def _person(session: Session, planned: PlannedPerson, plan: Plan, now: datetime) -> Person:
    if planned.known is None:
        person = Person(
            first_name="", office_id=plan.choices.office_id, source=SOURCE, created_at=now, changed_at=now
        )  # fmt: skip
        _write(session, person, planned, rename=True)
        return person
    person = planned.known.person
    if planned.fields:
        person.changed_at = now
        _write(session, person, planned, rename="name" in planned.fields)
        session.add(person)
    return person


def _write(session: Session, person: Person, planned: PlannedPerson, *, rename: bool) -> None:
    values = planned.values
    if rename:
        person.first_name, person.last_name = values.first_name, values.last_name
        person.name_key = storage.people.name_key(person.name)
    for name in _PLAIN_FIELDS:
        if merging.says_else(getattr(values, name), getattr(person, name)):
            setattr(person, name, getattr(values, name))
    person.birth_date = person.birth_date or values.birth_date
    person.dropout_date = values.dropout_date or person.dropout_date
    if values.protected and not person.protected:
        person.protected, person.protection_unclear = True, values.protection_unclear
    if values.identity and (planned.known is None or merging.is_better_identity(values, planned.known)):
        storage.people.set_identity(session, person, values.identity.digits, values.identity.kind)


def _save_guardians(session: Session, people: Sequence[tuple[Person, PlannedPerson]]) -> None:
    for person, planned in people:
        for position, read in enumerate(planned.values.guardians, start=1):
            kept = planned.known.guardians.get(position) if planned.known else None
            if kept is None and not read.name and not read.phones:
                continue
            guardian = kept or Guardian(person_id=person.id, position=position)
            if merging.says_else(read.name, guardian.name):
                guardian.name = read.name
            if guardian.phone not in {number.e164 for number in read.phones}:
                guardian.phone = merging.guardian_phone(read) or guardian.phone
            session.add(guardian)


def _save_numbers(session: Session, people: Sequence[tuple[Person, PlannedPerson]], now: datetime) -> None:
    wanted = {number.e164: number.kind for _, planned in people for number in planned.new_numbers}
    known = {e164: storage.numbers.by_e164(session, e164) for e164 in wanted}
    rows = {e164: known[e164] or Number(e164=e164, kind=kind) for e164, kind in wanted.items()}
    session.add_all(rows.values())
    session.flush()
    session.add_all(
        PersonNumber(person_id=person.id, number_id=rows[number.e164].id, source=SOURCE, found_by="import",
                     found_at=now, standing_at=now)
        for person, planned in people for number in planned.new_numbers
    )  # fmt: skip


def _save_memberships(session: Session, people: Sequence[Person], plan: Plan) -> None:
    already: set[int] = set()
    ids = [person.id for person in people]
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        current = storage.people.current_memberships(session, ids[start : start + _IDS_AT_A_TIME], plan.today)
        already.update(
            person_id for person_id, rows in current.items() if any(row.programme == plan.programme for row in rows)
        )  # fmt: skip
    version = _rule_version(session, plan.programme, plan.today)
    session.add_all(
        ProgrammeMembership(person_id=person_id, programme=plan.programme, rule_version=version,
                            valid_from=plan.today, reason=SOURCE)
        for person_id in ids if person_id not in already
    )  # fmt: skip


def _rule_version(session: Session, programme: str, today: date) -> str:
    """The rule in force for the programme; "" where the installation has none."""
    rules = [rule for rule in storage.people.rules(session) if rule.programme == programme and rule.valid_from <= today]
    return rules[-1].version if rules else ""
