"""The rows of a list that somebody should look at before it is taken in: faulty, doubtful, changed, missing.

Of protected people they hold no number, address or relative; of people at other offices nothing the list does not say.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import storage.people
from outreach import personnummer, phone_numbers
from outreach.lists.matching import SAME, TWO
from outreach.lists.plan import Plan, PlannedPerson, RowResult
from outreach.lists.register import Known
from outreach.lists.rows import AGES, ReadRow
from outreach.lists.tables import Line
from outreach.lists.words import FAULTS, FIELDS, many
from storage.local_time import age
from storage.people import Person

MOST_SHOWN = 500
"""So many rows stand on the page at once; longer lists have pages."""
ADULT = 18
"""From this age on relatives are nobody's business (ux §4.6)."""

_ANSWERS = {SAME: "samma", TWO: "tva"}
_NOT_SHOWN = "visas inte här"
_ELSEWHERE = "finns hos ett annat kontor"
_PROTECTED_FIELDS = frozenset({"own_phone", "address", "district"})
_SHORTEST_TO_MASK = 6
_DIGITS_OF_IDENTITY = 9


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan, the rows whose details are secret, who has said stop, and the offices of whoever asks."""

    plan: Plan
    secret: Collection[int]
    stopped: Sequence[PlannedPerson]
    office_ids: Collection[int]

    @property
    def today(self) -> date:
        """The day that ages are reckoned on."""
        return self.plan.today

    def with_result(self, result: str) -> list[RowResult]:
        """The rows that became this, in the list's order."""
        return [row for row in self.plan.rows if row.result == result]

    def may_open(self, person: Person) -> bool:
        """Whether what the register has of this person may be shown."""
        return person.office_id is None or person.office_id in self.office_ids


def faulty(trial: Trial) -> list[dict[str, Any]]:
    """The rows that are held back, with what is wrong first."""
    lines = {line.number: line for line in trial.plan.layout.people}
    return [
        {
            "row": row.read.row, "what": FAULTS[row.read.fault.code], "column": row.read.fault.column,
            "name": row.read.name or "saknas",
            "born": _written_identity(row.read, lines[row.read.row], trial.plan),
            "phone": _written_phone(row.read, lines[row.read.row], trial),
        }
        for row in trial.with_result("faulty")[:MOST_SHOWN] if row.read.fault
    ]  # fmt: skip


def twins(trial: Trial) -> list[dict[str, Any]]:
    """Those who may be somebody else, side by side; with the answer where one has been given."""
    answers = trial.plan.choices.answers
    rows = {row.read.row: row for row in trial.plan.rows}
    asked = [row for row in trial.plan.rows if row.result == "possible_duplicate" or row.read.row in answers]
    return [
        {
            "row": row.read.row, "answer": _ANSWERS.get(answers.get(row.read.row, ""), "vanta"),
            "theirs": _side(f"I filen, rad {row.read.row}", row.read, trial), "ours": _other_side(row, rows, trial),
        }
        for row in asked[:MOST_SHOWN]
    ]  # fmt: skip


def changed(trial: Trial) -> list[dict[str, Any]]:
    """Field by field what stands now and what it becomes."""
    return [
        {
            "row": row.read.row, "name": row.person.known.person.name,
            "href": f"/register/{row.person.known.person.code}",
            "fields": [_change(name, row.person, row.person.known, trial) for name in row.person.fields],
        }
        for row in trial.with_result("changed")[:MOST_SHOWN] if row.person and row.person.known
    ]  # fmt: skip


def missing(trial: Trial) -> dict[str, Any] | None:
    """Those a complete list no longer has, by what we can guess of why."""
    people = trial.plan.missing
    if not people:
        return None
    below = AGES[trial.plan.choices.list_type][1]
    grown = [person for person in people if person.birth_date and age(person.birth_date, trial.today) >= below]
    others = [person for person in people if person not in grown]
    groups = [(f"Har fyllt {below}", grown), ("Har troligen börjat skolan eller flyttat", others)]
    lies = "Den ligger" if len(people) == 1 else "De ligger"
    return {
        "words": f"{many(len(people), 'person', 'personer')} finns inte i listan. "
        f"{lies} kvar i registret tills någon avslutar {'den' if len(people) == 1 else 'dem'}.",
        "groups": [
            {"reason": reason, "count": len(group), "people": [_missing_line(person, trial) for person in group]}
            for reason, group in groups if group
        ],
    }  # fmt: skip


def mask(text: str) -> str:
    """A personnummer nobody can read, with its last four characters hidden."""
    return f"{text[:-4]}••••" if len(text) > _SHORTEST_TO_MASK else "••••" if text else ""


def words(born: date | None, district: str, reach: str, today: date) -> str:
    """What tells people in a list apart: 18 år · Unga Norr · egen mobil."""
    return " · ".join(part for part in (f"{age(born, today)} år" if born else "", district, reach) if part)


def _written_identity(read: ReadRow, line: Line, plan: Plan) -> str:
    """The personnummer with its last four hidden, or the birth date, as the list writes it."""
    if read.identity:
        return personnummer.masked(read.identity.digits)
    columns = plan.layout.by_meaning()
    named = (*columns.get("personnummer", ()), *columns.get("birth_date", ()))
    written = next((line.cell(column.index) for column in named if line.cell(column.index)), "")
    is_date = "personnummer" not in columns and sum(sign.isdigit() for sign in written) < _DIGITS_OF_IDENTITY
    return (written if is_date else mask(written)) or "saknas"


def _written_phone(read: ReadRow, line: Line, trial: Trial) -> str:
    """The cell that is wrong, else the person's numbers."""
    cell = ""
    if read.fault and read.fault.code.startswith("phone"):
        cell = next(line.cell(column.index) for column in trial.plan.layout.columns if column.head == read.fault.column)
    text = cell or _numbers(number.e164 for number in read.phones)
    return _NOT_SHOWN if text and read.row in trial.secret else text


def _other_side(row: RowResult, rows: dict[int, RowResult], trial: Trial) -> dict[str, Any] | None:
    known = row.asked_about[0] if row.asked_about else row.person.known if row.person else None
    if known:
        return _kept_side(known, trial)
    like = rows.get(row.like_row or 0) or next((other for other in rows.values() if _is_like(row, other)), None)
    return _side(f"I filen, rad {like.read.row}", like.read, trial) if like else None


def _is_like(row: RowResult, other: RowResult) -> bool:
    who = (storage.people.name_key(row.read.name), row.read.birth_date)
    return row is not other and who == (storage.people.name_key(other.read.name), other.read.birth_date)


def _side(label: str, read: ReadRow, trial: Trial) -> dict[str, Any]:
    identity = personnummer.masked(read.identity.digits) if read.identity else "Utan personnummer"
    facts = [_born(read.birth_date, trial.today), identity]
    if read.row not in trial.secret:
        facts += [_address(read), read.district, read.school, _numbers(number.e164 for number in read.phones)]
    return {"label": label, "name": read.name, "facts": [fact for fact in facts if fact]}


def _kept_side(known: Known, trial: Trial) -> dict[str, Any]:
    person = known.person
    facts = [_born(person.birth_date, trial.today), f"Med {person.identity_kind or 'födelsedatum, utan personnummer'}"]
    if not trial.may_open(person):
        facts.append(_ELSEWHERE.capitalize())
    elif not person.protected:
        facts += [_address(person), person.district, person.school, _numbers(known.ties)]
    return {
        "label": "I registret", "name": person.name, "href": f"/register/{person.code}",
        "facts": [fact for fact in facts if fact],
    }  # fmt: skip


def _change(name: str, planned: PlannedPerson, known: Known, trial: Trial) -> dict[str, str]:
    born = known.person.birth_date or planned.values.birth_date
    is_relative = name.startswith("guardian")
    is_adult = born is not None and age(born, trial.today) >= ADULT
    if planned.protected and (name in _PROTECTED_FIELDS or is_relative) or (is_relative and is_adult):
        return {"label": FIELDS[name], "old": _NOT_SHOWN, "new": _NOT_SHOWN}
    is_ours = trial.may_open(known.person)
    old, new = _old_and_new(name, planned, known, is_ours=is_ours)
    return {"label": FIELDS[name], "old": old if is_ours else _ELSEWHERE, "new": new}


def _old_and_new(name: str, planned: PlannedPerson, known: Known, *, is_ours: bool) -> tuple[str, str]:
    values, person = planned.values, known.person
    if name == "own_phone":
        return _numbers(known.ties), "läggs till: " + _numbers(number.e164 for number in planned.new_numbers)
    if name == "address":
        return _address(person), _address(values, person if is_ours else None)
    if name == "protected":
        return "Nej", "Ja"
    if name == "personnummer":
        return person.identity_kind, personnummer.masked(values.identity.digits) if values.identity else ""
    if name.startswith("guardian"):
        return _old_and_new_guardian(name, planned, known)
    return str(getattr(person, name) or ""), str(getattr(values, name) or "")


def _old_and_new_guardian(name: str, planned: PlannedPerson, known: Known) -> tuple[str, str]:
    place = int(name.split("_")[1])
    kept, read = known.guardians.get(place), planned.values.guardians[place - 1]
    if not name.endswith("_phone"):
        return kept.name if kept else "", read.name
    return _numbers([kept.phone] if kept and kept.phone else []), _numbers(number.e164 for number in read.phones)


def _missing_line(person: Person, trial: Trial) -> dict[str, str]:
    district = "" if person.protected else person.district
    return {
        "name": person.name, "href": f"/register/{person.code}",
        "words": words(person.birth_date, district, "", trial.today),
    }  # fmt: skip


def _born(born: date | None, today: date) -> str:
    return f"{born.isoformat()}, {age(born, today)} år" if born else "Födelsedatum saknas"


def _numbers(e164s: Iterable[str]) -> str:
    return ", ".join(phone_numbers.show(e164) for e164 in e164s)


def _address(values: ReadRow | Person, kept: Person | None = None) -> str:
    """One line; what `values` leaves empty stands as it is kept."""

    def part(name: str) -> str:
        return str(getattr(values, name) or (getattr(kept, name) if kept else ""))

    care_of = f"c/o {part('care_of')}" if part("care_of") else ""
    place = f"{part('postcode')} {part('town')}".strip()
    return ", ".join(piece for piece in (care_of, part("street"), place) if piece)
