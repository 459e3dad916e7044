"""The rows of a list that somebody should look at before it is taken in: faulty, doubtful, changed, missing.

Of protected people they hold no number, address or relative; of people at other offices nothing the list does not say.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import storage.people
from outreach import personnummer, phone_numbers
from outreach.lists import missing
from outreach.lists.matching import SAME, TWO, is_same_first_name
from outreach.lists.plan import Choices, Plan, PlannedPerson, RowResult
from outreach.lists.register import Known
from outreach.lists.rows import ReadRow
from outreach.lists.tables import Line
from outreach.lists.words import FAULTS, FIELDS, many
from storage.local_time import age
from storage.people import Person

MOST_SHOWN = 500
"""So many rows stand on the page at once; longer lists have pages."""
ADULT = 18
"""From this age on relatives are nobody's business (ux §4.6)."""

DECLINABLE = frozenset(FIELDS) - {"protected"}
"""The fields of which somebody may say that they shall stay. Protection is taken away on the person's page alone."""

_ANSWERS = {SAME: "samma", TWO: "tva"}
_SAID = {value: answer for answer, value in _ANSWERS.items()}
_NOT_SHOWN = "visas inte här"
_ELSEWHERE = "finns hos ett annat kontor"
_PROTECTED_FIELDS = frozenset({"own_phone", "address", "district"})
_SHORTEST_TO_MASK = 6
_DIGITS_OF_IDENTITY = 9


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan, the rows whose details are secret, who has said stop, the offices of whoever asks, and whom they know."""

    plan: Plan
    secret: Collection[int]
    stopped: Sequence[PlannedPerson]
    office_ids: Collection[int]
    knows: Collection[int] = ()

    @property
    def today(self) -> date:
        """The day that ages are reckoned on."""
        return self.plan.today

    def with_result(self, result: str) -> list[RowResult]:
        """The rows that became this, in the list's order."""
        return [row for row in self.plan.rows if row.result == result]

    def may_open(self, person: Person) -> bool:
        """Whether what the register has of this person may be shown."""
        return person.id not in self.knows and (person.office_id is None or person.office_id in self.office_ids)


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
            "theirs": _row_side(row.read, trial), "ours": _other_side(row, rows, trial),
            "why": _why_asked(row, rows),
        }
        for row in asked[:MOST_SHOWN]
    ]  # fmt: skip


def changed(trial: Trial) -> list[dict[str, Any]]:
    """Field by field what stands now and what it becomes; also what somebody has said shall stay as it is."""
    rows = [row for row in trial.plan.rows if row.result == "changed" or (row.person and row.person.declined)]
    return [
        {
            "row": row.read.row, "name": _name(row.person, row.person.known, trial),
            "href": f"/register/{row.person.known.person.code}",
            "fields": [
                {**_change(name, row.person, row.person.known, trial), "key": name, "kept": name in row.person.declined,
                 "fixed": name not in DECLINABLE}
                for name in sorted({*row.person.fields, *row.person.declined})
            ],
        }
        for row in rows[:MOST_SHOWN] if row.result != "repeated" and row.person and row.person.known
    ]  # fmt: skip


def absent(trial: Trial) -> dict[str, Any] | None:
    """Those a complete list no longer has, by what we can guess of why. Protected people are counted, never listed."""
    if not trial.plan.missing:
        return None
    likely, list_type = missing.likely_reasons(trial.plan), trial.plan.choices.list_type
    secret = [person for person in trial.plan.missing if person.protected]
    shown = [person for person in trial.plan.missing if not person.protected and person.id not in trial.knows]
    groups = [(key, [person for person in shown if likely[person.id] == key]) for key in missing.REASONS]
    count = len(trial.plan.missing)
    stay = (
        "Den ligger kvar i registret tills någon avslutar den"
        if count == 1
        else ("De ligger kvar i registret tills någon avslutar dem")
    )
    return {
        "words": f"{many(count, 'person', 'personer')} finns inte i listan. {stay}. Det gör ni efter importen.",
        "protected": len(secret),
        "groups": [
            {"reason": missing.guessed(key, list_type), "count": len(group),
             "people": [_missing_line(person, trial) for person in group]}
            for key, group in groups if group
        ],
    }  # fmt: skip


def answered(choices: Choices, fields: Mapping[str, str]) -> Choices:
    """The choices with what the form says about doubts and what shall stay; rows it does not name are as before."""
    said = dict(_by_row(fields, "tvilling_"))
    answers = {row: answer for row, answer in choices.answers.items() if row not in said}
    answers |= {row: _SAID[value] for row, value in said.items() if value in _SAID}
    seen = {row for row, _ in _by_row(fields, "visad_")}
    declined = {row: names for row, names in choices.declined.items() if row not in seen}
    for name in fields:
        row, _, field = name.removeprefix("behall_").partition("_")
        if name.startswith("behall_") and row.isdecimal() and int(row) in seen and field in DECLINABLE:
            declined[int(row)] = [*declined.get(int(row), ()), field]
    return replace(choices, answers=answers, declined=declined)


def _by_row(fields: Mapping[str, str], prefix: str) -> Iterator[tuple[int, str]]:
    for name, value in fields.items():
        row = name.removeprefix(prefix)
        if row != name and row.isdecimal():
            yield int(row), value


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
        return kept_side(known, trial.today, is_ours=trial.may_open(known.person))
    like = rows.get(row.like_row or 0) or next((other for other in rows.values() if _is_like(row, other)), None)
    return _row_side(like.read, trial) if like else None


def _why_asked(row: RowResult, rows: dict[int, RowResult]) -> str:
    known = row.asked_about[0] if row.asked_about else row.person.known if row.person else None
    like = rows.get(row.like_row or 0)
    return why_alike(row.read.name, known.person.name if known else like.read.name if like else row.read.name)


def why_alike(name: str, other: str) -> str:
    """What makes two of these names look like one person, and what speaks against it."""
    if is_same_first_name(storage.people.name_key(other), storage.people.name_key(name)):
        return "Samma namn och födelsedatum, men inget som visar säkert att det är samma person."
    return "Samma mobil och födelsedatum, men olika förnamn. Syskon och tvillingar kan dela telefon."


def _is_like(row: RowResult, other: RowResult) -> bool:
    if row is other or row.read.birth_date != other.read.birth_date:
        return False
    mobiles = {number.e164 for number in row.read.phones if number.kind == "mobile"}
    shares = any(number.e164 in mobiles for number in other.read.phones)
    return shares or storage.people.name_key(row.read.name) == storage.people.name_key(other.read.name)


def _row_side(read: ReadRow, trial: Trial) -> dict[str, Any]:
    return written_side(f"I filen, rad {read.row}", read, trial.today, is_secret=read.row in trial.secret)


def written_side(label: str, read: ReadRow, today: date, *, is_secret: bool) -> dict[str, Any]:
    """A person as somebody wrote them, beside another; of a secret one no number, address or school."""
    identity = personnummer.masked(read.identity.digits) if read.identity else "Utan personnummer"
    facts = [_born(read.birth_date, today), identity]
    if not is_secret:
        facts += [_address(read), read.district, read.school, _numbers(number.e164 for number in read.phones)]
    return {"label": label, "name": read.name, "facts": [fact for fact in facts if fact]}


def kept_side(known: Known, today: date, *, is_ours: bool) -> dict[str, Any]:
    """A person as the register has them, for somebody at their office (`is_ours`) or at another."""
    person = known.person
    facts = [_born(person.birth_date, today), f"Med {person.identity_kind or 'födelsedatum, utan personnummer'}"]
    if not is_ours:
        facts.append(_ELSEWHERE.capitalize())
    elif not person.protected:
        facts += [_address(person), person.district, person.school, _numbers(known.ties)]
    return {
        "label": "I registret", "name": person.name, "href": f"/register/{person.code}",
        "facts": [fact for fact in facts if fact],
    }  # fmt: skip


def _name(planned: PlannedPerson, known: Known, trial: Trial) -> str:
    """The name as the register has it; as the list has it, of somebody the reader knows (jäv)."""
    return planned.values.name if known.person.id in trial.knows else known.person.name


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
        added = [number.e164 for number in planned.values.phones if number.e164 not in known.ties]
        return _numbers_with_standing(known), "läggs till: " + _numbers(added)
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


def _numbers_with_standing(known: Known) -> str:
    """A person's numbers; those they have answered from are pointed out, since no list takes them away."""
    return ", ".join(
        phone_numbers.show(e164) + (" (bekräftat)" if tie.standing == "confirmed" else "")
        for e164, (tie, _) in known.ties.items()
    )


def _numbers(e164s: Iterable[str]) -> str:
    return ", ".join(phone_numbers.show(e164) for e164 in e164s)


def _address(values: ReadRow | Person, kept: Person | None = None) -> str:
    """One line; what `values` leaves empty stands as it is kept."""

    def part(name: str) -> str:
        return str(getattr(values, name) or (getattr(kept, name) if kept else ""))

    care_of = f"c/o {part('care_of')}" if part("care_of") else ""
    place = f"{part('postcode')} {part('town')}".strip()
    return ", ".join(piece for piece in (care_of, part("street"), place) if piece)
