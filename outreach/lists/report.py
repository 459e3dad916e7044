"""The import contract's report of a plan, as plain data: counts, rows and codes; nothing from columns left out.

Of protected people it holds no number, address or relative.
"""

from collections.abc import Iterable
from typing import Any

from outreach.errors import Refused
from outreach.lists.plan import Plan, PlannedPerson, RowResult

_REACHES = ("protected", "with_mobile", "landline_only", "no_number", "shared_mobile_only")
_VALUES_THAT_HIDDEN_ROWS_CHANGE = (
    "data_rows", "people", "new", "changed", "unchanged", "repeated_rows", "possible_duplicates", "faulty", "missing",
    *_REACHES, "register_after", "shared_numbers", "faulty_rows", "changed_rows", "missing_people", "notices",
    "possible_duplicate_rows", "repeated",
)  # fmt: skip


def as_dict(plan: Plan, *, with_rows: bool = True) -> dict[str, Any]:
    """The report with the contract's names; `with_rows` adds each row's result and the values read."""
    report = {
        "read_as": _read_as(plan),
        "hidden_rows_taken_along": plan.choices.with_hidden,
        **_columns(plan),
        **_counts(plan),
        **_lists(plan),
        "warnings": _warnings(plan),
    }
    if plan.if_hidden:
        other = as_dict(plan.if_hidden, with_rows=False)
        report["if_hidden_rows_are_taken_along"] = {
            name: other[name] for name in _VALUES_THAT_HIDDEN_ROWS_CHANGE if other[name] != report[name]
        }
    if with_rows:
        report["rows"] = [_row(row) for row in plan.rows]
    return report


def refusal(refused: Refused) -> dict[str, Any]:
    """The report of a file that cannot be taken in at all."""
    return {"refused": True, "code": refused.code, "message": refused.sentence}


def _read_as(plan: Plan) -> dict[str, Any]:
    table, layout = plan.layout.table, plan.layout
    return {
        "encoding": table.encoding,
        "separator": table.separator,
        "header_row": layout.head_row,
        "title_rows": layout.head_row - 1,
        "empty_rows": list(layout.empty_rows),
        "total_rows": list(layout.total_rows),
        "sheet": table.sheet,
        "sheets": list(table.sheets),
        "hidden_rows": list(layout.hidden_rows),
    }


def _columns(plan: Plan) -> dict[str, Any]:
    columns = plan.layout.columns
    return {
        "columns": {column.head: column.field for column in columns if column.meaning},
        "ignored_columns": [column.head for column in columns if not column.meaning],
        "sensitive_columns": [column.head for column in columns if column.sensitive],
    }


def _counts(plan: Plan) -> dict[str, Any]:
    return {
        "data_rows": len(plan.rows),
        "people": len(plan.people),
        "new": plan.count("new"),
        "changed": plan.count("changed"),
        "unchanged": plan.count("unchanged"),
        "repeated_rows": plan.count("repeated"),
        "possible_duplicates": plan.count("possible_duplicate"),
        "faulty": plan.count("faulty"),
        "missing": len(plan.missing),
        **{reach: sum(person.reach == reach for person in plan.people) for reach in _REACHES},
        "register_before": plan.register_before,
        "register_after": plan.register_before + plan.count("new"),
    }


def _lists(plan: Plan) -> dict[str, Any]:
    return {
        "shared_numbers": _shared_numbers(plan.people),
        "faulty_rows": [
            {"row": row.read.row, "code": row.read.fault.code, "column": row.read.fault.column}
            for row in plan.rows
            if row.read.fault
        ],
        "possible_duplicate_rows": [
            {"row": row.read.row, "like_row": row.like_row} for row in plan.rows if row.result == "possible_duplicate"
        ],
        "repeated": [{"row": row.read.row, "first_row": row.like_row} for row in plan.rows if row.result == "repeated"],
        "changed_rows": [
            {"row": row.read.row, "fields": list(row.person.fields)}
            for row in plan.rows
            if row.result == "changed" and row.person
        ],
        "missing_people": [
            {"name": person.name, "birth_date": person.birth_date.isoformat() if person.birth_date else ""}
            for person in plan.missing
        ],
        "notices": [
            {"row": row.read.row, "code": notice.code, "column": notice.column}
            for row in plan.rows
            for notice in row.notices
        ],
    }


def _shared_numbers(people: Iterable[PlannedPerson]) -> list[dict[str, Any]]:
    rows: dict[str, list[int]] = {}
    secret: set[str] = set()
    for person in people:
        secret.update(person.numbers if person.protected else ())
        for e164 in person.shared:
            rows.setdefault(e164, []).append(person.rows[0])
    return [{"number": e164, "rows": sorted(rows[e164])} for e164 in sorted(rows) if e164 not in secret]


def _warnings(plan: Plan) -> list[str]:
    warnings = list(plan.layout.warnings)
    if plan.closed:
        who = "En person" if plan.closed == 1 else f"{plan.closed} personer"
        warnings.append(f"{who} i listan är avslutade i registret. Öppna dem där om de ska kontaktas igen.")
    return warnings


def _row(row: RowResult) -> dict[str, Any]:
    if row.read.fault:
        return {"row": row.read.row, "result": row.result, "code": row.read.fault.code}
    found: dict[str, Any] = {"row": row.read.row, "result": row.result, **_whose(row)}
    if row.person:
        found |= {
            "numbers": [] if row.person.protected else sorted(row.person.numbers),
            "reach": row.person.reach,
            "district": _after(row.person, "district"),
            "language": _after(row.person, "language"),
            "school": _after(row.person, "school"),
            "dropout_date": _after(row.person, "dropout_date"),
        }
    return found


def _whose(row: RowResult) -> dict[str, str]:
    values = row.person.values if row.person else row.read
    return {"name": values.name, "birth_date": str(values.birth_date or "")}


def _after(person: PlannedPerson, name: str) -> str:
    """The value as the register would have it afterwards; of protected people only what the list itself says."""
    kept = getattr(person.known.person, name) if person.known and not person.protected else ""
    return str(getattr(person.values, name) or kept or "")
