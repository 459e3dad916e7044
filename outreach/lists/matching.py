"""Decides which rows are the same person, and who in the register that is.

The order of certainty is personnummer, samordningsnummer or interim number; then own mobile and birth date; then name
and birth date, which is always asked. Two different personnummer are two people and nothing is asked. Twins often share
a telephone: the same mobile and birth date with another first name is asked about, never taken for one person.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import storage.people
from outreach.lists.register import Known, Register
from outreach.lists.rows import ReadRow

SAME, TWO = "same", "two"
"""The answers to a possible duplicate: one person, or two."""


@dataclass(slots=True, eq=False)
class Group:
    """The rows of one person, in the list's order. `asked` while nobody has said whether it is somebody else too."""

    rows: list[ReadRow]
    known: Known | None = None
    personnummer: str | None = None
    asked: bool = False
    like_row: int | None = None
    asked_about: list[Known] = field(default_factory=list)

    @property
    def row(self) -> int:
        """The person's first row."""
        return self.rows[0].row


def match(rows: Sequence[ReadRow], register: Register, answers: Mapping[int, str] | None = None) -> list[Group]:
    """The people of a list in the order of their first rows; faulty rows are left out. `answers` are by row."""
    groups = _by_identity([row for row in rows if row.fault is None], register)
    groups = _by_mobile_in_register(groups, register)
    groups = _by_mobile_in_list(groups)
    groups = _ask(groups, register, answers or {})
    return sorted(groups, key=lambda group: group.row)


def whom_a_faulty_row_means(row: ReadRow, register: Register) -> set[int]:
    """The ids of those a row that is held back may be about, so that they are not called missing."""
    found: list[Known | None] = []
    if row.identity:
        found.append(register.with_identity(register.mark(row.identity)))
    if row.birth_date:
        for number in row.phones:
            found.extend(register.with_mobile(number.e164, row.birth_date))
    if row.name:
        found.extend(register.with_name(row.name, row.birth_date))
    return {known.person.id for known in found if known}


def _by_identity(rows: Sequence[ReadRow], register: Register) -> list[Group]:
    groups: list[Group] = []
    by_mark: dict[str, Group] = {}
    for row in rows:
        mark = register.mark(row.identity) if row.identity else None
        if mark in by_mark:
            by_mark[mark].rows.append(row)
            continue
        group = Group([row])
        if mark and row.identity:
            by_mark[mark] = group
            group.known = register.with_identity(mark)
            group.personnummer = mark if row.identity.kind == "personnummer" else None
        groups.append(group)
    return groups


def _by_mobile_in_register(groups: list[Group], register: Register) -> list[Group]:
    by_person = {group.known.person.id: group for group in groups if group.known}
    kept: list[Group] = []
    for group in groups:
        candidates = [] if group.known else _with_its_mobiles(group, register)
        found = _only(group, candidates)
        if found is None:
            group.asked_about = candidates
            kept.append(group)
        elif found.person.id in by_person:
            _merge(by_person[found.person.id], group)
        else:
            group.known = by_person.setdefault(found.person.id, group).known or found
            kept.append(group)
    return kept


def _with_its_mobiles(group: Group, register: Register) -> list[Known]:
    found = {known.person.id: known for e164, born in _mobile_keys(group) for known in register.with_mobile(e164, born)}
    return [known for known in found.values() if not _are_two_people(group.personnummer, _personnummer_of(known))]


def _only(group: Group, candidates: list[Known]) -> Known | None:
    """The one it can be: with the same first name, and of several of those with the very same name."""
    possible = [known for known in candidates if _are_namesakes(_names(group), {known.person.name_key})]
    if len(possible) > 1:
        possible = [known for known in possible if known.person.name_key in _names(group)]
    return possible[0] if len(possible) == 1 else None


def _are_namesakes(names: set[str], others: set[str]) -> bool:
    return any(is_same_first_name(one, other) for one in names for other in others)


def is_same_first_name(one: str, other: str) -> bool:
    """Whether two name keys can be one person's: a first name of the one stands in the other, whole or as its first
    letter, whichever way round the names are written. Signs over the letters do not matter.
    """
    first, second = _letters(one), _letters(other)
    if not first or not second:
        return True
    return _stands_in(first[0], second) or _stands_in(second[0], first)


def _letters(name_key: str) -> list[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFD", name_key) if not unicodedata.combining(sign))
    return [letters for word in plain.split() if (letters := word.strip("."))]


def _stands_in(first_name: str, name: list[str]) -> bool:
    return first_name in name or (len(first_name) == 1 and name[0].startswith(first_name))


def _by_mobile_in_list(groups: list[Group]) -> list[Group]:
    """The groups with those joined that share mobile and birth date; again until nothing more is found."""
    while True:
        kept = _join_once(groups)
        if len(kept) == len(groups):
            return kept
        groups = kept


def _join_once(groups: list[Group]) -> list[Group]:
    kept: list[Group] = []
    by_mobile: dict[tuple[str, date], list[Group]] = defaultdict(list)
    for group in groups:
        others = [other for key in _mobile_keys(group) for other in by_mobile[key]]
        # Whoever may be one of two in the register must be asked about, not joined with one of them.
        partner = None if group.asked_about else _partner(group, others)
        if partner is None:
            kept.append(group)
        else:
            _merge(partner, group)
        for key in _mobile_keys(group):
            by_mobile[key].append(partner or group)
    return kept


def _partner(group: Group, others: Iterable[Group]) -> Group | None:
    possible = list({id(other): other for other in others if _may_be_one(group, other)}.values())
    possible = [other for other in possible if _are_namesakes(_names(group), _names(other))]
    if len(possible) > 1:
        names = _names(group)
        possible = [other for other in possible if names & _names(other)]
    return possible[0] if len(possible) == 1 else None


def _ask(groups: list[Group], register: Register, answers: Mapping[int, str]) -> list[Group]:
    """Mark those who by name and birth date may be somebody else: not one with a certain match, else the later.

    So are those whose mobile and birth date fit two people.
    """
    settled: dict[tuple[str, date | None], list[Group]] = defaultdict(list)
    kept: list[Group] = []
    for group in sorted(groups, key=_certainty):
        others = [other for key in _keys(group) for other in settled[key] if _may_be_one(group, other)]
        answer = answers.get(group.row)
        if group.known is None and answer != TWO:
            _doubt(group, others, register)
        if group.asked and answer == SAME:
            group.asked = False
            if others:
                _merge(others[0], group)
                continue
            group.known = group.asked_about[0]
        kept.append(group)
        if not group.asked:
            for key in _keys(group):
                settled[key].append(group)
    return kept


def _certainty(group: Group) -> tuple[bool, bool, int]:
    """First those with a certain match in the register, then those with one in the list, then by row."""
    return group.known is None, group.known is None and len(group.rows) == 1, group.row


def _doubt(group: Group, others: list[Group], register: Register) -> None:
    named = [known for row in group.rows for known in register.with_name(row.name, row.birth_date)]
    found = {known.person.id: known for known in (*group.asked_about, *named)}
    group.asked_about = [
        known for known in found.values() if not _are_two_people(group.personnummer, _personnummer_of(known))
    ]  # fmt: skip
    group.asked = bool(others or group.asked_about)
    group.like_row = min((other.row for other in others), default=None)


def _merge(group: Group, other: Group) -> None:
    group.rows = sorted([*group.rows, *other.rows], key=lambda row: row.row)
    group.known = group.known or other.known
    group.personnummer = group.personnummer or other.personnummer


def _may_be_one(group: Group, other: Group) -> bool:
    if group is other or (group.known and other.known):
        return False
    theirs = [other.personnummer, _personnummer_of(other.known)]
    mine = [group.personnummer, _personnummer_of(group.known)]
    return not any(_are_two_people(one, another) for one in mine for another in theirs)


def _personnummer_of(known: Known | None) -> str | None:
    return known.person.identity_mark if known and known.person.identity_kind == "personnummer" else None


def _are_two_people(one: str | None, another: str | None) -> bool:
    return one is not None and another is not None and one != another


def _mobile_keys(group: Group) -> list[tuple[str, date]]:
    return [
        (number.e164, row.birth_date)
        for row in group.rows
        if row.birth_date
        for number in row.phones
        if number.kind == "mobile"
    ]


def _name_keys(group: Group) -> set[tuple[str, date | None]]:
    keys = {(storage.people.name_key(row.name), row.birth_date) for row in group.rows}
    if group.known:
        keys.add((group.known.person.name_key, group.known.person.birth_date))
    return keys


def _keys(group: Group) -> set[tuple[str, date | None]]:
    return _name_keys(group).union(_mobile_keys(group))


def _names(group: Group) -> set[str]:
    return {name for name, _ in _name_keys(group)}
