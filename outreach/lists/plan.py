"""What an import would do, row by row and person by person; it saves nothing.

Reach and shared numbers are reckoned as the register would be afterwards.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from outreach.lists import merging
from outreach.lists.layout import Layout
from outreach.lists.matching import Group, match, whom_a_faulty_row_means
from outreach.lists.register import Known, Register
from outreach.lists.rows import ReadRow, Remark
from outreach.phone_numbers import ReadNumber
from storage.people import Person

PROGRAMMES = {"kaa": "kaa", "uppsok": "uppsok", "tip": "other"}
"""The programme that being on a list of a type makes somebody a member of."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader of a list has said about it. `columns` is by head, `answers` (same or two) and `declined` (the
    fields that shall stay as they are) by row.
    """

    list_type: str
    office_id: int
    complete: bool = False
    with_hidden: bool = False
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[int, str] = field(default_factory=dict)
    declined: Mapping[int, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def kept(cls, saved: Mapping[str, Any]) -> "Choices":
        """The choices as they were kept beside a file; there every row's number has become a word."""
        known = {one.name: saved[one.name] for one in fields(cls) if one.name in saved}
        by_row = {
            name: {int(row): said for row, said in known.get(name, {}).items()} for name in ("answers", "declined")
        }
        return cls(**{**known, **by_row})


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """One person this import would save, as new, changed or unchanged; `numbers` are all own ones afterwards.
    `declined` are fields in which the list says something else, but somebody has said that they shall stay.
    """

    rows: tuple[int, ...]
    values: ReadRow
    known: Known | None
    result: str
    fields: tuple[str, ...]
    new_numbers: tuple[ReadNumber, ...]
    numbers: tuple[str, ...]
    shared: tuple[str, ...]
    protected: bool
    reach: str
    declined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowResult:
    """What becomes of a row. `like_row` is the row that a repeated one repeats, or a possible duplicate is like."""

    read: ReadRow
    result: str
    like_row: int | None = None
    notices: tuple[Remark, ...] = ()
    person: PlannedPerson | None = None
    asked_about: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole import before it is carried out.

    `members` are in the list's programme already; `shielded` are the ids of known people whom a row that is held back
    says are protected; `if_hidden` is the same plan with the hidden rows, if there are any.
    """

    layout: Layout
    choices: Choices
    today: date
    people: tuple[PlannedPerson, ...]
    rows: tuple[RowResult, ...]
    missing: tuple[Person, ...]
    members: frozenset[int]
    closed: int
    register_before: int
    shielded: frozenset[int] = frozenset()
    if_hidden: "Plan | None" = None

    @property
    def programme(self) -> str:
        """What the people on this list become members of."""
        return PROGRAMMES[self.choices.list_type]

    def count(self, *results: str) -> int:
        """How many rows became this; of new, changed and unchanged that is how many people."""
        return sum(row.result in results for row in self.rows)


def make(layout: Layout, rows: Sequence[ReadRow], register: Register, choices: Choices, *, today: date) -> Plan:
    """Match, compare and reckon: 1. who is who, 2. what is new, 3. whose numbers are shared, 4. who is missing."""
    members = register.members(PROGRAMMES[choices.list_type], today)
    groups = match(rows, register, choices.answers)
    drafts = {group.row: _draft(group, register, choices) for group in groups if not group.asked}
    holders = _holders(register, drafts.values())
    people = {row: _plan(draft, holders) for row, draft in drafts.items()}
    results = [result for group in groups for result in _results(group, people.get(group.row))]
    results += [RowResult(row, "faulty") for row in rows if row.fault]
    return Plan(
        layout=layout,
        choices=choices,
        today=today,
        people=tuple(people.values()),
        rows=tuple(sorted(results, key=lambda result: result.read.row)),
        missing=_missing(groups, rows, register, choices, members) if choices.complete else (),
        members=members,
        closed=sum(group.known is not None and group.known.person.closed_at is not None for group in groups),
        register_before=len(register.known),
        shielded=_shielded(groups, rows, register),
    )


def as_it_is_now(planned: PlannedPerson, known: Known | None, register: Register) -> PlannedPerson:
    """The same person compared once more with the register, which may have changed since the plan was made."""
    numbers = _numbers(planned.values, known, register, planned.declined)
    found = merging.differences(planned.values, known, numbers) if known else ()
    kept = tuple(name for name in found if name not in planned.declined)
    return replace(planned, known=known, new_numbers=numbers, fields=kept, result=_result(known, kept))


@dataclass(frozen=True, slots=True)
class _Draft:
    group: Group
    values: ReadRow
    new_numbers: tuple[ReadNumber, ...]
    declined: Sequence[str]


def _draft(group: Group, register: Register, choices: Choices) -> _Draft:
    values, declined = merging.lay_together(group.rows), choices.declined.get(group.row, ())
    return _Draft(group, values, _numbers(values, group.known, register, declined), declined)


def _numbers(
    values: ReadRow, known: Known | None, register: Register, declined: Sequence[str]
) -> tuple[ReadNumber, ...]:  # fmt: skip
    """The numbers the person gets."""
    return () if known and "own_phone" in declined else merging.new_numbers(values, known, register)


def _result(known: Known | None, changed: Sequence[str]) -> str:
    return "new" if known is None else "changed" if changed else "unchanged"


def _holders(register: Register, drafts: Iterable[_Draft]) -> Counter[str]:
    """How many people, guardians among them, will have each number."""
    holders = Counter(e164 for known in register.known.values() for e164 in known.ties)
    guardians = {
        (known.person.id, position): guardian.phone
        for known in register.known.values()
        for position, guardian in known.guardians.items()
    }
    for draft in drafts:
        known = draft.group.known
        holders.update(number.e164 for number in draft.new_numbers)
        for position, guardian in enumerate(draft.values.guardians, start=1):
            kept = known.guardians.get(position) if known else None
            if guardian.phones and not merging.has_phone(guardian, kept.phone if kept else ""):
                guardians[known.person.id if known else -draft.group.row, position] = merging.guardian_phone(guardian)
    holders.update(phone for phone in guardians.values() if phone)
    return holders


def _plan(draft: _Draft, holders: Counter[str]) -> PlannedPerson:
    known = draft.group.known
    found = merging.differences(draft.values, known, draft.new_numbers) if known else ()
    kept = tuple(name for name in found if name not in draft.declined)
    usable = [*draft.new_numbers, *(known.usable if known else ())]
    protected = draft.values.protected or (known is not None and known.person.protected)
    return PlannedPerson(
        rows=tuple(row.row for row in draft.group.rows),
        values=draft.values,
        known=known,
        result=_result(known, kept),
        fields=kept,
        new_numbers=draft.new_numbers,
        numbers=(*(known.ties if known else ()), *(number.e164 for number in draft.new_numbers)),
        shared=tuple(number.e164 for number in usable if number.kind == "mobile" and holders[number.e164] > 1),
        protected=protected,
        reach="protected" if protected else _reach(usable, holders),
        declined=tuple(draft.declined) if known else (),
    )


def _reach(usable: Sequence[ReadNumber], holders: Counter[str]) -> str:
    mobiles = [number.e164 for number in usable if number.kind == "mobile"]
    if mobiles:
        return "with_mobile" if any(holders[e164] == 1 for e164 in mobiles) else "shared_mobile_only"
    return "landline_only" if usable else "no_number"


def _results(group: Group, person: PlannedPerson | None) -> list[RowResult]:
    first, *later = group.rows
    if person is None:
        about = tuple(group.asked_about)
        asked = RowResult(first, "possible_duplicate", group.like_row, asked_about=about)
        return [asked, *(RowResult(row, "repeated", first.row) for row in later)]
    shared = (Remark("number_shared", None),) if person.shared else ()
    repeated = (Remark("repeated_person", None),)
    return [
        RowResult(first, person.result, notices=first.notices + shared, person=person),
        *(RowResult(row, "repeated", first.row, row.notices + repeated, person) for row in later),
    ]


def _missing(
    groups: Sequence[Group], rows: Sequence[ReadRow], register: Register, choices: Choices, members: frozenset[int]
) -> tuple[Person, ...]:  # fmt: skip
    """Those the register has on lists of this type at this office, and this complete list has not."""
    seen = {group.known.person.id for group in groups if group.known}
    seen |= {known.person.id for group in groups for known in group.asked_about}
    for row in rows:
        if row.fault:
            seen |= whom_a_faulty_row_means(row, register)
    people = (register.known[person_id].person for person_id in sorted(members - seen))
    return tuple(
        person for person in people if person.closed_at is None and person.office_id in (choices.office_id, None)
    )  # fmt: skip


def _shielded(groups: Sequence[Group], rows: Sequence[ReadRow], register: Register) -> frozenset[int]:
    """Those a row with a mark of protection means though it is held back: nobody shall have to mend it first."""
    asked = [group for group in groups if group.asked and any(row.protected for row in group.rows)]
    found = {known.person.id for group in asked for known in group.asked_about}
    for row in rows:
        # A name alone is not enough to tell who is meant.
        if row.fault and row.protected and row.birth_date:
            found |= whom_a_faulty_row_means(row, register)
    return frozenset(person_id for person_id in found if not register.known[person_id].person.protected)
