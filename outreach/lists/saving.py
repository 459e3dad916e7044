"""Carries out a plan in the caller's transaction, many rows at a time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import storage.audit
import storage.bulk
import storage.imports
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


def save(session: Session, plan: Plan, *, now: datetime, staff_id: int | None, actor: str) -> ImportRun:
    """Write what is new or different: 1. people, 2. guardians, 3. numbers, 4. programmes, 5. what was done."""
    run = _record_run(session, plan, now=now, staff_id=staff_id)
    _change_people(session, plan, now)
    people = [*_known_people(plan), *_add_people(session, plan, now)]
    _save_guardians(session, people)
    _save_numbers(session, people, now)
    _save_memberships(session, [person_id for person_id, _ in people], plan)
    done = [
        storage.bulk.row(ImportedPerson, run_id=run.id, person_id=person_id, row=planned.rows[0],
                         result=planned.result, fields=list(planned.fields))
        for person_id, planned in people if planned.result != "unchanged"
    ]  # fmt: skip
    storage.bulk.add(session, ImportedPerson, done)
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


def _change_people(session: Session, plan: Plan, now: datetime) -> None:
    for planned in plan.people:
        if planned.known and planned.fields:
            for name, value in _values(session, planned).items():
                setattr(planned.known.person, name, value)
            planned.known.person.changed_at = now
            session.add(planned.known.person)


def _known_people(plan: Plan) -> list[tuple[int, PlannedPerson]]:
    return [(planned.known.person.id, planned) for planned in plan.people if planned.known]


def _add_people(session: Session, plan: Plan, now: datetime) -> list[tuple[int, PlannedPerson]]:
    new = [planned for planned in plan.people if planned.known is None]
    rows = [
        storage.bulk.row(Person, office_id=plan.choices.office_id, source=SOURCE, created_at=now, changed_at=now,
                         **_values(session, planned))
        for planned in new
    ]  # fmt: skip
    storage.bulk.add(session, Person, rows)
    ids = storage.bulk.person_ids(session, [row["code"] for row in rows])
    return [(ids[row["code"]], planned) for row, planned in zip(rows, new, strict=True)]


def _values(session: Session, planned: PlannedPerson) -> dict[str, Any]:
    """What is written in the person's row: all there is of a new person, of a known one only what differs."""
    read, kept = planned.values, planned.known.person if planned.known else None
    values = {
        name: getattr(read, name)
        for name in _PLAIN_FIELDS
        if merging.says_else(getattr(read, name), getattr(kept, name, ""))
    }
    if kept is None or "name" in planned.fields:
        values |= {"first_name": read.first_name, "last_name": read.last_name}
        values["name_key"] = storage.people.name_key(read.name)
    if read.birth_date and (kept is None or kept.birth_date is None):
        values["birth_date"] = read.birth_date
    if read.dropout_date:
        values["dropout_date"] = read.dropout_date
    if read.protected and not (kept and kept.protected):
        values |= {"protected": True, "protection_unclear": read.protection_unclear}
    return values | _identity(session, planned)


def _identity(session: Session, planned: PlannedPerson) -> dict[str, Any]:
    identity = planned.values.identity
    if identity is None or (planned.known and not merging.is_better_identity(planned.values, planned.known)):
        return {}
    return {
        "identity_kind": identity.kind,
        "identity_sealed": session.vault.seal(identity.digits),
        "identity_mark": storage.people.identity_mark(session, identity.digits),
    }


def _save_guardians(session: Session, people: Sequence[tuple[int, PlannedPerson]]) -> None:
    rows: list[dict[str, Any]] = []
    for person_id, planned in people:
        for position, read in enumerate(planned.values.guardians, start=1):
            kept = planned.known.guardians.get(position) if planned.known else None
            phone = merging.guardian_phone(read)
            if kept is None and (read.name or phone):
                rows.append(
                    storage.bulk.row(Guardian, person_id=person_id, position=position, name=read.name, phone=phone)
                )
            elif kept:
                kept.name = read.name if merging.says_else(read.name, kept.name) else kept.name
                kept.phone = kept.phone if merging.has_phone(read, kept.phone) else phone or kept.phone
    storage.bulk.add(session, Guardian, rows)


def _save_numbers(session: Session, people: Sequence[tuple[int, PlannedPerson]], now: datetime) -> None:
    wanted = {number.e164: number.kind for _, planned in people for number in planned.new_numbers}
    kept = storage.bulk.number_ids(session, wanted)
    unknown = [storage.bulk.row(Number, e164=e164, kind=kind) for e164, kind in wanted.items() if e164 not in kept]
    storage.bulk.add(session, Number, unknown)
    ids = kept | storage.bulk.number_ids(session, [row["e164"] for row in unknown])
    ties = [
        storage.bulk.row(PersonNumber, person_id=person_id, number_id=ids[number.e164], source=SOURCE,
                         found_by="import", found_at=now, standing_at=now)
        for person_id, planned in people for number in planned.new_numbers
    ]  # fmt: skip
    storage.bulk.add(session, PersonNumber, ties)


def _save_memberships(session: Session, ids: Sequence[int], plan: Plan) -> None:
    version = _rule_version(session, plan.programme, plan.today)
    rows = [
        storage.bulk.row(ProgrammeMembership, person_id=person_id, programme=plan.programme, rule_version=version,
                         valid_from=plan.today, reason=SOURCE)
        for person_id in ids if person_id not in plan.members
    ]  # fmt: skip
    storage.bulk.add(session, ProgrammeMembership, rows)


def _rule_version(session: Session, programme: str, today: date) -> str:
    """The rule in force for the programme; "" where the installation has none."""
    holds = [
        rule for rule in storage.people.rules(session)
        if rule.programme == programme and rule.valid_from <= today <= (rule.valid_to or today)
    ]  # fmt: skip
    return holds[-1].version if holds else ""
