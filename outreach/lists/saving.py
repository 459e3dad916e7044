"""Carries out a plan some people at a time, so that nobody else has to wait for a long list.

Each part is compared with the register once more in the transaction that writes it, and says what it wrote over: so an
import that was broken off can be carried on from the same list, and be undone (docs/adr/0016).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import storage.audit
import storage.bulk
import storage.imports
import storage.people
from outreach.lists import merging, missing, plan
from outreach.lists.plan import Choices, Plan, PlannedPerson
from outreach.lists.register import Register
from outreach.lists.report import as_dict
from storage.database import Session
from storage.imports import MISSING, ImportedPerson, ImportRun, SavedFile
from storage.numbers import Number, PersonNumber
from storage.people import Guardian, Person, ProgrammeMembership

SOURCE = "lista"
AT_A_TIME = 250
"""So many people are saved in one transaction: a tenth of a second."""
_KEPT_COUNTS = (
    "data_rows", "people", "new", "changed", "unchanged", "repeated_rows", "possible_duplicates", "faulty", "missing",
    "protected", "with_mobile", "landline_only", "no_number", "shared_mobile_only",
)  # fmt: skip
FIELDS = (*merging.PLAIN, "dropout_date", "birth_date")
"""Columns of a person that take what a row says as it stands."""


def begin(session: Session, file: SavedFile, choices: Choices, *, now: datetime, staff_id: int | None) -> ImportRun:
    """Hand a list in: from now on it is taken in whatever happens to whoever pressed the button."""
    run = storage.imports.add_run(
        session,
        ImportRun(list_type=choices.list_type, office_id=choices.office_id, staff_id=staff_id, imported_at=now),
    )
    storage.imports.hand_in(session, file, run_code=run.code, choices=asdict(choices))
    return run


def go_on(session: Session, run: ImportRun, *, staff_id: int, now: datetime) -> None:
    """Go on, from where it stopped, with an import that has halted, or with the undoing of it."""
    run.state, run.worker, run.worked_at = "undoing" if run.undone_at else "working", "", None
    run.counts = {name: number for name, number in run.counts.items() if name != storage.imports.HALTED}
    storage.imports.keep(session, run)
    storage.audit.write(session, "import_continued", now=now, staff_id=staff_id, run=run.code)


def reckon(session: Session, made: Plan, run: ImportRun) -> None:
    """Keep what the plan says that the import will come to; one that is carried on keeps its first counts."""
    if not run.counts:
        report = as_dict(made, with_rows=False)
        run.counts = {name: report[name] for name in _KEPT_COUNTS}
        storage.imports.keep(session, run)


def waiting(session: Session, made: Plan, run: ImportRun) -> list[PlannedPerson]:
    """The people of a plan whom this import has something to write about and has not saved yet."""
    done = storage.imports.rows_done(session, run.id)
    return [
        planned for planned in made.people
        if planned.rows[0] not in done and not (planned.result == "unchanged" and _is_member(planned, made))
    ]  # fmt: skip


def save(session: Session, made: Plan, run: ImportRun, part: Sequence[PlannedPerson]) -> None:
    """Write some people of a plan: 1. who they are, 2. guardians, 3. numbers, 4. programmes, 5. what was done."""
    people = _as_they_are_now(session, part)
    changes: dict[int, dict[str, Any]] = {}
    saved = [*_change_people(session, people, run, changes), *_add_people(session, people, run)]
    _save_guardians(session, saved, changes)
    _save_numbers(session, saved, run, changes)
    _save_memberships(session, saved, made, changes)
    done = [
        storage.bulk.row(ImportedPerson, run_id=run.id, person_id=person_id, row=planned.rows[0], result=planned.result,
                         fields=list(planned.fields), changes=changes.get(person_id, {}) if planned.known else {})
        for person_id, planned in saved if planned.result != "unchanged" or person_id in changes
    ]  # fmt: skip
    storage.bulk.add(session, ImportedPerson, done)


def finish(session: Session, made: Plan, run: ImportRun) -> None:
    """Everybody is saved: keep who is missing, protect whom a row held back means, and write it into the log."""
    likely = missing.likely_reasons(made)
    absent = [
        storage.bulk.row(ImportedPerson, run_id=run.id, person_id=person.id, row=0, result=MISSING,
                         fields=[likely[person.id]])
        for person in made.missing
    ]  # fmt: skip
    storage.bulk.add(session, ImportedPerson, absent)
    _shield(session, made, run)
    run.state = "done"
    storage.imports.keep(session, run)
    storage.audit.write(
        session, "list_imported", now=run.imported_at, staff_id=run.staff_id,
        actor="" if run.staff_id else "kommandoraden", run=run.code, **run.counts,
    )  # fmt: skip


def _shield(session: Session, made: Plan, run: ImportRun) -> None:
    """Protect those whom a row that is held back says are protected."""
    for person in storage.bulk.people(session, made.shielded):
        person.protected, person.protection_unclear, person.changed_at = True, True, run.imported_at
        session.add(person)
        storage.audit.write(
            session, "person_protected", now=run.imported_at, staff_id=run.staff_id, person_id=person.id, run=run.code
        )


def _is_member(planned: PlannedPerson, made: Plan) -> bool:
    return planned.known is not None and planned.known.person.id in made.members


def _as_they_are_now(session: Session, part: Sequence[PlannedPerson]) -> list[PlannedPerson]:
    """The people of a part beside the register of this moment. Whoever has been merged since is left alone."""
    marks = {
        planned.rows[0]: storage.people.identity_mark(session, planned.values.identity.digits)
        for planned in part if planned.values.identity
    }  # fmt: skip
    ids = [planned.known.person.id for planned in part if planned.known]
    register = Register(session, storage.bulk.people(session, ids, marks.values()))
    found: list[PlannedPerson] = []
    for planned in part:
        known = register.known.get(planned.known.person.id) if planned.known else None
        if planned.known is None and planned.rows[0] in marks:
            known = register.with_identity(marks[planned.rows[0]])
        if known or planned.known is None:
            found.append(plan.as_it_is_now(planned, known, register))
    return found


def _change_people(
    session: Session, people: Sequence[PlannedPerson], run: ImportRun, changes: dict[int, dict[str, Any]]
) -> list[tuple[int, PlannedPerson]]:  # fmt: skip
    """Write in the rows of known people what differs; who they are."""
    found: list[tuple[int, PlannedPerson]] = []
    for planned in people:
        if planned.known is None:
            continue
        person = planned.known.person
        found.append((person.id, planned))
        if planned.fields:
            changes[person.id] = _write(person, {**_values(session, planned), "changed_at": run.imported_at})
            session.add(person)
    return found


def _write(person: Person, values: Mapping[str, Any]) -> dict[str, Any]:
    """Put values into a person's row; what stood there and what stands there now, of those that differ."""
    told: dict[str, Any] = {}
    for name, value in values.items():
        if (before := getattr(person, name)) != value:
            told[name] = [_plain(before), _plain(value)]
            setattr(person, name, value)
    return told


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _add_people(
    session: Session, people: Sequence[PlannedPerson], run: ImportRun
) -> list[tuple[int, PlannedPerson]]:  # fmt: skip
    new = [planned for planned in people if planned.known is None]
    rows = [
        storage.bulk.row(Person, office_id=run.office_id, source=SOURCE, created_at=run.imported_at,
                         changed_at=run.imported_at, **_values(session, planned))
        for planned in new
    ]  # fmt: skip
    storage.bulk.add(session, Person, rows)
    ids = storage.bulk.person_ids(session, [row["code"] for row in rows])
    return [(ids[row["code"]], planned) for row, planned in zip(rows, new, strict=True)]


def _values(session: Session, planned: PlannedPerson) -> dict[str, Any]:
    """What is written in the person's row: all there is of a new person, of a known one the fields that change."""
    read, kept = planned.values, planned.known.person if planned.known else None
    changed = set(planned.fields)
    if "address" in changed:
        changed |= {name for name in merging.ADDRESS if merging.says_else(getattr(read, name), getattr(kept, name))}
    values = {name: getattr(read, name) for name in FIELDS if kept is None or name in changed}
    if kept is None or "name" in changed:
        values |= {"first_name": read.first_name, "last_name": read.last_name}
        values["name_key"] = storage.people.name_key(read.name)
    if read.protected and not (kept and kept.protected):
        values |= {"protected": True, "protection_unclear": read.protection_unclear}
    if read.identity and (kept is None or "personnummer" in changed):
        values |= {
            "identity_kind": read.identity.kind,
            "identity_sealed": session.vault.seal(read.identity.digits),
            "identity_mark": storage.people.identity_mark(session, read.identity.digits),
        }
    return values


def _save_guardians(
    session: Session, people: Iterable[tuple[int, PlannedPerson]], changes: dict[int, dict[str, Any]]
) -> None:
    rows: list[dict[str, Any]] = []
    for person_id, planned in people:
        for position, read in enumerate(planned.values.guardians, start=1):
            kept = planned.known.guardians.get(position) if planned.known else None
            name = read.name if _takes(planned, f"guardian_{position}") else ""
            phone = merging.guardian_phone(read) if _takes(planned, f"guardian_{position}_phone") else ""
            if not name and not phone:
                continue
            after = [name or (kept.name if kept else ""), phone or (kept.phone if kept else "")]
            before = [kept.name, kept.phone] if kept else None
            changes.setdefault(person_id, {})[f"guardian_{position}"] = [before, after]
            if kept is None:
                rows.append(
                    storage.bulk.row(Guardian, person_id=person_id, position=position, name=after[0], phone=after[1])
                )
            else:
                kept.name, kept.phone = after
    storage.bulk.add(session, Guardian, rows)


def _takes(planned: PlannedPerson, name: str) -> bool:
    """Whether a field of a guardian's is written: everything of a new person, of a known one what changes."""
    return planned.known is None or name in planned.fields


def _save_numbers(
    session: Session, people: Sequence[tuple[int, PlannedPerson]], run: ImportRun, changes: dict[int, dict[str, Any]]
) -> None:
    wanted = {number.e164: number.kind for _, planned in people for number in planned.new_numbers}
    kept = storage.bulk.number_ids(session, wanted)
    unknown = [storage.bulk.row(Number, e164=e164, kind=kind) for e164, kind in wanted.items() if e164 not in kept]
    storage.bulk.add(session, Number, unknown)
    ids = kept | storage.bulk.number_ids(session, [row["e164"] for row in unknown])
    now = run.imported_at
    ties = [
        storage.bulk.row(PersonNumber, person_id=person_id, number_id=ids[number.e164], source=SOURCE,
                         found_by="import", found_at=now, standing_at=now)
        for person_id, planned in people for number in planned.new_numbers
    ]  # fmt: skip
    storage.bulk.add(session, PersonNumber, ties)
    for person_id, planned in people:
        if planned.new_numbers:
            changes.setdefault(person_id, {})["numbers"] = [number.e164 for number in planned.new_numbers]


def _save_memberships(
    session: Session, people: Sequence[tuple[int, PlannedPerson]], made: Plan, changes: dict[int, dict[str, Any]]
) -> None:
    version = _rule_version(session, made.programme, made.today)
    current = storage.people.current_programmes(session, [person_id for person_id, _ in people], made.today)
    new = [person_id for person_id, _ in people if made.programme not in current.get(person_id, ())]
    rows = [
        storage.bulk.row(ProgrammeMembership, person_id=person_id, programme=made.programme, rule_version=version,
                         valid_from=made.today, reason=SOURCE)
        for person_id in new
    ]  # fmt: skip
    storage.bulk.add(session, ProgrammeMembership, rows)
    for person_id in new:
        changes.setdefault(person_id, {})["programme"] = made.programme


def _rule_version(session: Session, programme: str, today: date) -> str:
    """The rule in force for the programme; "" where the installation has none."""
    holds = [
        rule for rule in storage.people.rules(session)
        if rule.programme == programme and rule.valid_from <= today <= (rule.valid_to or today)
    ]  # fmt: skip
    return holds[-1].version if holds else ""
