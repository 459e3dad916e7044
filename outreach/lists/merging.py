"""Lays the rows of one person together, and tells what they say that the register does not.

A later row only fills in. A difference is one in what is said, not in how it is written; an empty cell says nothing.
"""

from collections.abc import Sequence
from dataclasses import replace

from outreach.lists.register import Known, Register
from outreach.lists.rows import ReadGuardian, ReadRow, tidy
from outreach.phone_numbers import ReadNumber

ADDRESS = ("care_of", "street", "postcode", "town")
PLAIN = (*ADDRESS, "district", "school", "language")
"""Fields of a person that are kept as the list writes them."""
_RANK = {"": 0, "interim": 1, "samordningsnummer": 2, "personnummer": 3}


def lay_together(rows: Sequence[ReadRow]) -> ReadRow:
    """One row of all: the first one, with what it leaves empty and further numbers from the later ones."""
    whole = rows[0]
    for row in rows[1:]:
        whole = _fill_in(whole, row)
    return whole


def _fill_in(whole: ReadRow, row: ReadRow) -> ReadRow:
    texts = {name: getattr(whole, name) or getattr(row, name) for name in PLAIN}
    identities = [found for found in (whole.identity, row.identity) if found]
    protected = whole.protected or row.protected
    return replace(
        whole,
        **texts,
        identity=max(identities, key=lambda identity: _RANK[identity.kind], default=None),
        birth_date=whole.birth_date or row.birth_date,
        dropout_date=whole.dropout_date or row.dropout_date,
        phones=_together(whole.phones, row.phones),
        guardians=(
            _fill_in_guardian(whole.guardians[0], row.guardians[0]),
            _fill_in_guardian(whole.guardians[1], row.guardians[1]),
        ),
        protected=protected,
        protection_unclear=protected and all(one.protection_unclear for one in (whole, row) if one.protected),
    )


def _fill_in_guardian(whole: ReadGuardian, row: ReadGuardian) -> ReadGuardian:
    return ReadGuardian(whole.name or row.name, _together(whole.phones, row.phones))


def _together(numbers: Sequence[ReadNumber], more: Sequence[ReadNumber]) -> tuple[ReadNumber, ...]:
    return tuple({number.e164: number for number in (*numbers, *more)}.values())


def new_numbers(whole: ReadRow, known: Known | None, register: Register) -> tuple[ReadNumber, ...]:
    """The numbers the person does not have yet; one that was struck for this person stays away."""
    if known is None:
        return whole.phones
    return tuple(
        number for number in whole.phones
        if number.e164 not in known.ties and not register.is_struck(known, number.e164)
    )  # fmt: skip


def differences(whole: ReadRow, known: Known, numbers: Sequence[ReadNumber]) -> tuple[str, ...]:
    """The fields in which the list says something else than the register, in alphabetical order."""
    person = known.person
    found = {name for name in PLAIN if says_else(getattr(whole, name), getattr(person, name))}
    if found & set(ADDRESS):
        found = (found - set(ADDRESS)) | {"address"}
    if says_else(whole.name, person.name):
        found.add("name")
    if numbers:
        found.add("own_phone")
    if whole.dropout_date and whole.dropout_date != person.dropout_date:
        found.add("dropout_date")
    if whole.birth_date and person.birth_date is None:
        found.add("birth_date")
    if is_better_identity(whole, known):
        found.add("personnummer")
    if whole.protected and not person.protected:
        found.add("protected")
    return tuple(sorted(found | _guardian_differences(whole, known)))


def says_else(written: str, kept: str) -> bool:
    """Whether a cell says something else than what is kept; spacing and capitals say nothing."""
    return bool(written) and written != kept and tidy(written).casefold() != tidy(kept).casefold()


def is_better_identity(whole: ReadRow, known: Known) -> bool:
    """A personnummer takes the place of a samordningsnummer, and either that of an interim number; never back."""
    return whole.identity is not None and _RANK[whole.identity.kind] > _RANK[known.person.identity_kind]


def guardian_phone(guardian: ReadGuardian) -> str:
    """The number that is kept of a guardian's: a mobile first."""
    numbers = sorted(guardian.phones, key=lambda number: number.kind != "mobile")
    return numbers[0].e164 if numbers else ""


def has_phone(guardian: ReadGuardian, e164: str) -> bool:
    """Whether the list gives this number too, so that nothing is said against what is kept."""
    return any(number.e164 == e164 for number in guardian.phones)


def _guardian_differences(whole: ReadRow, known: Known) -> set[str]:
    found: set[str] = set()
    for position, guardian in enumerate(whole.guardians, start=1):
        kept = known.guardians.get(position)
        if says_else(guardian.name, kept.name if kept else ""):
            found.add(f"guardian_{position}")
        if guardian.phones and not has_phone(guardian, kept.phone if kept else ""):
            found.add(f"guardian_{position}_phone")
    return found
